import { type EngineName, engines } from './engines.ts'
import type { Reader } from './judge.ts'
import { answer, type StepWork, type WorkResult } from './scripted-work.ts'
import measured from './skills.json' with { type: 'json' }

/** Somebody in the story: a program that stands in for a person, and is marked so wherever it is shown. */
export interface ScriptedPerson {
  /** Unique and stable: what to find them by when the story goes on. */
  readonly key: string
  /** Says that they are scripted. */
  readonly displayName: string
  readonly scripted: true
  readonly status: 'active' | 'away'
  readonly engine: EngineName
  /** Language → level 1..5, by how often they were right about it on texts that no task is made of. */
  readonly skills: Readonly<Record<string, number>>
  /** What they submit for a step. The same text and candidates in the same order always give the same. */
  readonly answer: (text: string, candidates: readonly string[], work: StepWork) => WorkResult
}

interface Role {
  readonly name: string
  readonly engine: EngineName
  readonly reads: readonly string[]
  readonly takesFor?: Readonly<Record<string, string>>
  readonly status?: 'away'
}

/** No engine knows Yoruba, Malay or Amharic: who reads them goes by elimination, or by a kindred language. Two read Yoruba, and one of them is away. */
export const roles: Readonly<Record<string, Role>> = {
  ingrid: { name: 'Ingrid', engine: 'tinyld', reads: ['da', 'de', 'en', 'et', 'fi', 'nl', 'no', 'sv'] },
  marko: { name: 'Marko', engine: 'languagedetect', reads: ['bg', 'cs', 'hr', 'it', 'sk', 'sl', 'sq', 'sr'] },
  jana: { name: 'Jana', engine: 'tinyld', reads: ['be', 'bg', 'cs', 'pl', 'ru', 'sk', 'sr', 'uk'] },
  olena: { name: 'Olena', engine: 'lande', reads: ['be', 'bg', 'da', 'hr', 'no', 'ru', 'sr', 'sv', 'uk'] },
  lucia: { name: 'Lucía', engine: 'tinyld', reads: ['ca', 'es', 'fr', 'it', 'pt', 'ro'] },
  duarte: { name: 'Duarte', engine: 'lande', reads: ['ca', 'en', 'es', 'fr', 'it', 'pt', 'ro'] },
  priya: {
    name: 'Priya',
    engine: 'languagedetect',
    reads: ['az', 'en', 'fa', 'hi', 'mr', 'ms', 'tr', 'ur'],
    takesFor: { id: 'ms' },
  },
  siti: {
    name: 'Siti',
    engine: 'lande',
    reads: ['en', 'ja', 'ms', 'tl', 'vi', 'zh'],
    takesFor: { id: 'ms' },
  },
  amina: { name: 'Amina', engine: 'tinyld', reads: ['am', 'ar', 'en', 'fr', 'yo'], takesFor: { vi: 'yo' } },
  tunde: {
    name: 'Tunde',
    engine: 'languagedetect',
    reads: ['am', 'en', 'nl', 'no', 'yo'],
    status: 'away',
  },
}

/** What somebody in a role judges with. */
export function readerOf({ engine, reads, takesFor }: Role): Reader {
  return { engine: engines[engine], reads, ...(takesFor === undefined ? {} : { takesFor }) }
}

/** How often somebody was right about texts of a language. */
interface TrackRecord {
  readonly right: number
  readonly total: number
}

/** Share of right answers from which on a level is reached; who reaches none of them is at 1. */
const LEVELS = [
  [0.95, 5],
  [0.85, 4],
  [0.7, 3],
  [0.5, 2],
] as const

function levelOf({ right, total }: TrackRecord): number {
  return LEVELS.find(([share]) => right >= share * total)?.[1] ?? 1
}

const measurements: Readonly<Record<string, Readonly<Record<string, TrackRecord>>>> = measured

export const cast: readonly ScriptedPerson[] = Object.entries(roles).map(([key, role]) => {
  const reader = readerOf(role)
  const records = Object.entries(measurements[key] ?? {})
  return {
    key,
    displayName: `${role.name} (scripted)`,
    scripted: true,
    status: role.status ?? 'active',
    engine: role.engine,
    skills: Object.fromEntries(records.map(([language, record]) => [language, levelOf(record)])),
    answer: (text, candidates, work) => answer(reader, text, candidates, work),
  }
})
