import { type AnswerOf, CallError, call } from '../api/call.ts'
import { me } from '../api/session.ts'
import type { Look } from '../design/state.tsx'
import { decimal, duration, figure } from '../design/time.ts'
import { follow, type WireEvent } from '../feed/follow.ts'
import type { ListWindow, Rows } from '../feed/list-window.ts'
import { projectInSight, projects } from '../feed/projects.ts'
import { NUMBERS } from './words.ts'

/** A key with its settings and its use. */
export type Limit = AnswerOf<'GET /limits/{key}'>

/** Starts of the last minute move without a signal: keys are read again this long after each answer. */
export const AGAIN_MS = 5_000

/** What a signal tells of a key. */
const TOLD = ['inUse', 'waiting', 'opensAt'] as const

/** The key as a signal tells that it stands now; of another key, or if nothing has moved, undefined. */
export function told(limit: Limit | undefined, { type, data }: WireEvent): Limit | undefined {
  const state = data as unknown as Pick<Limit, 'key' | (typeof TOLD)[number]>
  if (limit === undefined || type !== 'limit_changed' || state.key !== limit.key) return undefined
  if (TOLD.every((name) => limit[name] === state[name])) return undefined
  const { inUse, waiting, opensAt } = state
  return { ...limit, inUse, waiting, opensAt }
}

/** Hears how keys stand: an admin of all, others of those that the project in sight has. */
export function hearLimits(hear: (event: WireEvent) => void): () => void {
  const projectId = projectInSight.peek()
  if (me.peek()?.role === 'admin') return follow('admin', { event: hear })
  return projectId === undefined ? () => undefined : follow(`project:${projectId}`, { event: hear })
}
const PAGE = 200
/** Pages that are read again at most. */
const MOST_PAGES = 5

/** Reads a part of the list. */
export function readLimits(
  prefix: string | undefined,
  cursor: string | undefined,
  limit: number,
): Promise<AnswerOf<'GET /limits'>> {
  return call('GET /limits', {
    query: { limit, ...(prefix !== undefined && { prefix }), ...(cursor !== undefined && { cursor }) },
  })
}

/** Reads again what a window holds, the first thousand keys of it: rows change where they stand, new ones wait to be asked for. */
export async function refresh(
  list: ListWindow<Limit>,
  read: (cursor: string | undefined, limit: number) => Promise<Rows<Limit>>,
): Promise<void> {
  const rows = list.rows.peek()
  const before = new Map(rows.map((row) => [row.key, row]))
  // What lies behind the rows that are held comes as one scrolls.
  const last = list.isComplete.peek() ? undefined : rows.at(-1)?.key
  const found: Limit[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const { items, nextCursor } = await read(cursor, PAGE)
    found.push(...items)
    cursor = nextCursor ?? undefined
    if (cursor === undefined || items.some(({ key }) => key === last)) break
  }
  // It was read anew meanwhile, perhaps for another beginning.
  if (list.rows.peek() !== rows) return
  for (const row of found) {
    const old = before.get(row.key)
    if (old !== undefined && JSON.stringify(old) !== JSON.stringify(row)) list.change(row)
  }
  const end = found.findIndex(({ key }) => key === last)
  if (end < 0 && cursor !== undefined) return
  for (const { key } of end < 0 ? found : found.slice(0, end)) if (!before.has(key)) list.arrive(key)
  const now = new Set(found.map(({ key }) => key))
  for (const key of before.keys()) if (!now.has(key)) list.leave(key)
}

/** Whether this person is offered to change a key; the server decides. */
export function mayChange(key: string): boolean {
  if (me.value?.role === 'admin') return true
  return (projects.value ?? []).some(({ projectId }) => key.startsWith(`project:${projectId}:`))
}

/** The jobs that may run at once now: of an adaptive key its window. */
export function mostAtOnce({ concurrency, window }: Limit): number | null {
  return window === null ? concurrency : Math.floor(window)
}

/** A figure of as many as there may be; without a limit, the figure alone. */
export function ofMost(used: number, most: number | null): string {
  return most === null ? decimal(used) : `${decimal(used)} of ${decimal(most)}`
}

/** Whether something may begin under the key, in words. */
export function lookOfLimit(limit: Limit, now: number): Look {
  const { coolUntil, inUse, opensAt, paused } = limit
  const most = mostAtOnce(limit)
  if (paused) return { shape: 'bars', word: 'paused', tone: 'wait' }
  if (isAfter(coolUntil, now))
    return { shape: 'clock', word: `cools for ${left(coolUntil, now)}`, tone: 'wait' }
  if (isAfter(opensAt, now)) return { shape: 'clock', word: `opens in ${left(opensAt, now)}`, tone: 'wait' }
  if (most !== null && inUse >= most) return { shape: 'arc', word: 'full', tone: 'active' }
  return { shape: 'check', word: 'open', tone: 'done' }
}

/** Whether nothing begins under the key for some time yet. */
export function isAfter(at: string | null, now: number): at is string {
  return at !== null && Date.parse(at) > now
}

const left = (at: string, now: number): string => duration(Math.max(1_000, Date.parse(at) - now))

type NumberName = keyof typeof NUMBERS

/** The settings of a key as they are typed. */
export type Texts = Readonly<Record<NumberName | 'paused', string>>

/** The settings of a key as texts; of one that is not set, none. */
export function textsOf(limit: Limit | undefined): Texts {
  const { adaptive } = limit ?? { adaptive: null }
  const text = (value: number | null | undefined): string => (value == null ? '' : String(value))
  return {
    concurrency: text(limit?.concurrency),
    perMinute: text(limit?.perMinute),
    burst: text(limit?.burst),
    unitsPerMinute: text(limit?.unitsPerMinute),
    estimate: text(limit?.estimate),
    'adaptive.min': text(adaptive?.min),
    'adaptive.start': text(adaptive?.start),
    paused: limit?.paused === true ? 'yes' : 'no',
  }
}

/** The settings that texts mean. What is no number is sent as it is: left out it would lift a limit. */
export function settingsOf({ paused, ...numbers }: Texts): object {
  const given = Object.entries(numbers).flatMap(([name, text]) => {
    const typed = text.trim()
    if (typed === '') return []
    return [[name, Number.isFinite(Number(typed)) ? Number(typed) : typed] as const]
  })
  const flat = given.filter(([name]) => !name.startsWith('adaptive.'))
  const adaptive = given.filter(([name]) => name.startsWith('adaptive.'))
  return {
    ...Object.fromEntries(flat),
    ...(adaptive.length > 0 && {
      adaptive: Object.fromEntries(adaptive.map(([name, value]) => [name.slice('adaptive.'.length), value])),
    }),
    paused: paused === 'yes',
  }
}

/** What was typed, on top of what somebody else saved meanwhile. */
export function merged(typed: Texts, before: Texts, fresh: Texts): Texts {
  const own = Object.entries(typed).filter(([name, text]) => text !== before[name as keyof Texts])
  return { ...fresh, ...Object.fromEntries(own) }
}

/** Reads a key; undefined if no job has it and nobody has set it. @throws CallError */
export async function findLimit(key: string): Promise<Limit | undefined> {
  try {
    return await call('GET /limits/{key}', { params: { key } })
  } catch (error) {
    if (error instanceof CallError && error.problem.status === 404) return undefined
    throw error
  }
}

/** What is set of a key, each with its name. */
export function settingsWords(limit: Limit): (readonly [title: string, words: string])[] {
  const { adaptive, concurrency, perMinute, burst, unitsPerMinute, estimate } = limit
  const values: Readonly<Record<NumberName, number | null>> = {
    concurrency,
    perMinute,
    burst: perMinute === null ? null : burst,
    unitsPerMinute,
    estimate,
    'adaptive.min': adaptive?.min ?? null,
    'adaptive.start': adaptive?.start ?? null,
  }
  return (Object.entries(NUMBERS) as [NumberName, (typeof NUMBERS)[NumberName]][]).flatMap(
    ([name, { title, unit }]) => {
      const value = values[name]
      return value === null ? [] : [[title, `${value < 10 ? decimal(value) : figure(value)} ${unit}`]]
    },
  )
}
