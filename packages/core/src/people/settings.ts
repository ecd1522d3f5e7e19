import { ValidationError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { Transactions } from '../transactions.ts'
import { settingsChange } from './people-input.ts'
import type { PersonSettings, SettingsStore } from './settings-store.ts'

/** The settings of a person: what a page keeps for them, such as keys and colours. Input schema: `settingsChange`. */
export interface SettingsUseCases {
  /** Empty if none were kept. */
  settingsOf(userId: UserId): Promise<PersonSettings>
  /** Keeps them in place of those before. @throws ValidationError for more than 16 KiB of JSON */
  keepSettings(userId: UserId, settings: PersonSettings): Promise<PersonSettings>
}

/** Most that is kept for a person, in bytes as JSON. */
const MOST_BYTES = 16 * 1024

/** The use cases of settings. */
export function settingsUseCases(
  transactions: Transactions<{ readonly settings: SettingsStore }>,
): SettingsUseCases {
  return {
    settingsOf: async (userId) => (await transactions.stores.settings.find(userId)) ?? {},

    async keepSettings(userId, given) {
      const { settings } = parse(settingsChange, { settings: given })
      if (new TextEncoder().encode(JSON.stringify(settings)).length > MOST_BYTES)
        throw new ValidationError([
          { path: 'settings', rule: 'tooLong', message: `must be at most ${MOST_BYTES / 1024} KiB of JSON` },
        ])
      await transactions.transaction((stores) => stores.settings.save(userId, settings))
      return settings
    },
  }
}
