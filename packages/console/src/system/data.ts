import { type AnswerOf, call } from '../api/call.ts'
import { duration, figure } from '../design/time.ts'
import { WORDS } from './words.ts'

/** All queues together. */
type Queue = AnswerOf<'GET /system/queue'>
/** The processes that there are. */
type Processes = AnswerOf<'GET /system/processes'>
/** One of them. */
export type Process = NonNullable<Processes['processes']>[number]
/** What is served, on what, by which rules. */
export type Setup = AnswerOf<'GET /system'>
/** Somebody of the directory. */
export type User = AnswerOf<'GET /users'>['items'][number]
type Rates = AnswerOf<'GET /system/rates'>
type Causes = AnswerOf<'GET /jobs/causes'>['items']

const HOUR_MS = 3_600_000
/** Rates are those of so many last minutes. */
const RATE_MINUTES = 5

/** Jobs of a type: how many there are, how fast they go, and what was lost. */
export interface TypeRow {
  readonly type: string
  readonly workers: number
  readonly pending: number
  readonly active: number
  readonly failed: number
  /** Jobs that ended, a second. */
  readonly rate: number
  readonly p95Ms: number | null
  /** Attempts that lost their worker in the last hour. */
  readonly lost: number
  /** Jobs that are failed because they lost one worker after the other. */
  readonly workerLost: number
}

/** What types are made of. */
export interface TypeParts {
  readonly queue: Queue
  readonly processes: Processes
  readonly rates: Rates
  readonly causes: Causes
}

/** Reads how fast jobs of each type went in the last hour, by minutes, and why jobs fail. */
export async function ratesAndCauses(now: number): Promise<Pick<TypeParts, 'rates' | 'causes'>> {
  const query = { from: new Date(now - HOUR_MS).toISOString(), step: 60 }
  const [rates, { items: causes }] = await Promise.all([
    call('GET /system/rates', { query }),
    call('GET /jobs/causes', { query: {} }),
  ])
  return { rates, causes }
}

/** A row for each type that has jobs or workers, by name. */
export function typeRows({ queue, processes, rates, causes }: TypeParts): TypeRow[] {
  const names = new Set([
    ...queue.types.map(({ type }) => type),
    ...processes.workers.map(({ type }) => type),
  ])
  const recent = Date.parse(rates.to) - RATE_MINUTES * 60_000
  return Array.from(names)
    .sort()
    .map((name) => {
      const counts = queue.types.find(({ type }) => type === name)
      const ofType = rates.jobs.filter(({ type }) => type === name)
      const settled = ofType
        .filter(({ at }) => Date.parse(at) >= recent)
        .reduce((sum, row) => sum + row.settled, 0)
      return {
        type: name,
        workers: processes.workers.find(({ type }) => type === name)?.workers ?? 0,
        pending: counts?.pending ?? 0,
        active: counts?.active ?? 0,
        failed: counts?.failed ?? 0,
        rate: settled / (RATE_MINUTES * 60),
        p95Ms: processes.durations?.find(({ type }) => type === name)?.p95Ms ?? null,
        lost: ofType.reduce((sum, row) => sum + row.lost, 0),
        workerLost: causes
          .filter(({ type, code }) => type === name && code === 'worker_lost')
          .reduce((sum, { failed }) => sum + failed, 0),
      }
    })
}

/** What nobody does, each as a sentence. */
export function unattendedWords(rows: readonly TypeRow[], processes: readonly Process[]): readonly string[] {
  const idle = rows
    .filter(({ workers, pending }) => workers === 0 && pending > 0)
    .map(
      ({ type, pending }) =>
        `No worker that is alive does jobs of type ${type}, and ${figure(pending)} ${pending === 1 ? 'waits' : 'wait'} for one.`,
    )
  const isScheduled = processes.some(
    ({ roles, silentSince }) => silentSince === null && roles.includes('scheduler'),
  )
  return isScheduled || processes.length === 0
    ? idle
    : [...idle, `${WORDS.noScheduler} ${WORDS.noSchedulerDo}`]
}

/** What a process works on, by type: `probe 2 of 4`. */
export function loadWords({ types }: Pick<Process, 'types'>): string {
  return types.map(({ type, active, slots }) => `${type} ${figure(active)} of ${figure(slots)}`).join(', ')
}

/** How long things are kept, in words: `72 h`. */
export function keptWords(hours: number): string {
  return duration(hours * HOUR_MS)
}

/** A duration that may be far below a second. */
export function shortDuration(ms: number | null): string {
  if (ms === null) return '–'
  return ms < 1_000 ? `${figure(ms)} ms` : duration(ms)
}
