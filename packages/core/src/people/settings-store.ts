import type { UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** Settings of one person, by name: any JSON that a page keeps for them. */
export type PersonSettings = Readonly<Record<string, Json>>

/** Keeps the settings of people, also of those whom no directory knows. */
export interface SettingsStore {
  find(userId: UserId): Promise<PersonSettings | undefined>
  /** Keeps them in place of those before. */
  save(userId: UserId, settings: PersonSettings): Promise<void>
}
