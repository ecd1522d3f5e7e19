import { type AnswerOf, CallError, call } from '../api/call.ts'
import { me } from '../api/session.ts'
import type { Look } from '../design/state.tsx'
import { formatted } from '../design/time.ts'

/** A schedule, as far as this person may see it. */
export type Schedule = AnswerOf<'GET /schedules/{id}'>
/** A tick that has come. */
export type Tick = AnswerOf<'GET /schedules/{id}/ticks'>['items'][number]
/** A tick to come. */
export type Upcoming = AnswerOf<'GET /schedules/{id}/next'>['items'][number]

/** A tick that is due is told by no fact: schedules are read again this long after each answer while one is. */
export const AGAIN_MS = 2_000
/** A tick that is due for so long has nobody to fire it. */
const LATE_MS = 30_000

/** Whether this person is offered to change schedules; the server decides. */
export function mayManage(): boolean {
  return me.value?.role === 'manager' || me.value?.role === 'admin'
}

/** Reads a schedule; undefined if it is gone. @throws CallError */
export async function findSchedule(scheduleId: string): Promise<Schedule | undefined> {
  try {
    return await call('GET /schedules/{id}', { params: { id: scheduleId } })
  } catch (error) {
    if (error instanceof CallError && error.problem.status === 404) return undefined
    throw error
  }
}

/** Whether the next tick of a schedule should have come. */
export function isDue({ nextAt }: Schedule, now: number): boolean {
  return nextAt !== null && Date.parse(nextAt) <= now
}

/** How a schedule stands, in words. */
export function lookOfSchedule({ jitterSeconds, nextAt, paused }: Schedule, now: number): Look {
  if (paused) return { shape: 'bars', word: 'paused', tone: 'wait' }
  if (nextAt === null) return { shape: 'check', word: 'ended', tone: 'rest' }
  const lateMs = now - Date.parse(nextAt) - jitterSeconds * 1_000
  if (lateMs > LATE_MS) return { shape: 'mark', word: 'nobody fires', tone: 'failed' }
  return { shape: 'arc', word: 'on', tone: 'active' }
}

/** How a tick came off, in words. */
export const TICK_LOOKS = {
  started: { shape: 'check', word: 'started', tone: 'done' },
  overlapped: { shape: 'slash', word: 'overlapped', tone: 'rest' },
  missed: { shape: 'clock', word: 'missed', tone: 'wait' },
  refused: { shape: 'cross', word: 'refused', tone: 'failed' },
} as const satisfies Record<Tick['outcome'], Look>

/** What a schedule may start, as far as it is told in words. */
interface Started {
  readonly job?: { readonly type: string }
  readonly run?: { readonly definition?: string; readonly models: readonly string[] }
  readonly refit?: { readonly question?: string }
}

/** What a schedule starts, in a few words; empty for who may not know. */
export function startSaid(start: unknown): string {
  const { job, run, refit } = (start ?? {}) as Started
  if (job !== undefined) return `job ${job.type}`
  if (run !== undefined) {
    const { definition, models } = run
    const many = `${models.length} ${models.length === 1 ? 'model' : 'models'}`
    return `run${definition === undefined ? '' : ` of ${definition}`}, ${many}`
  }
  if (refit === undefined) return ''
  return refit.question === undefined ? 'fit of people' : `fit of people at ${refit.question}`
}

const weekdayOf = formatted({ weekday: 'short', timeZone: 'UTC' })

/** The day and time of a tick as its zone's clock shows them, with the offset from UTC. */
export function localSaid({ local, offset }: Upcoming): string {
  return `${weekdayOf(new Date(`${local}Z`))} ${local.replace('T', ' ').replace(/:00$/, '')} ${offset}`
}
