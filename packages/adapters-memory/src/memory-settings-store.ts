import type { UserId } from '@muster/core'
import type { PersonSettings, SettingsStore } from '@muster/core/inbox'
import type { PeopleTables } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Settings of people in memory. */
export class MemorySettingsStore implements SettingsStore {
  readonly #tables: PeopleTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.people
  }

  async find(userId: UserId): Promise<PersonSettings | undefined> {
    return this.#tables.settings.get(userId)
  }

  async save(userId: UserId, settings: PersonSettings): Promise<void> {
    this.#tables.settings.set(userId, settings)
  }
}
