import type { UserId } from '@muster/core'
import type { PersonSettings, SettingsStore } from '@muster/core/inbox'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const FIND = statement('settings_find', 'select settings from person_settings where user_id = $1')
const SAVE = statement(
  'settings_save',
  `insert into person_settings (user_id, settings) values ($1, $2::json)
   on conflict (user_id) do update set settings = excluded.settings`,
)

/** Settings of people in `person_settings`. */
export class PgSettingsStore implements SettingsStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async find(userId: UserId): Promise<PersonSettings | undefined> {
    const [row] = await this.#connection.rows<{ readonly settings: PersonSettings }>(FIND, [userId])
    return row?.settings
  }

  async save(userId: UserId, settings: PersonSettings): Promise<void> {
    await this.#connection.rows(SAVE, [userId, jsonText(settings)])
  }
}
