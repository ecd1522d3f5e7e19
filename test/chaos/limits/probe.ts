import { setTimeout as delay } from 'node:timers/promises'
import { type JobId, type JobType, jobType } from '@muster/core'
import type { NewLimit } from '@muster/core/limits'
import { z } from 'zod'

/** Jobs that hold keys, and jobs that cost money beside. */
export const HOLDING = 'chaos:holding'
export const COSTLY = 'chaos:costly'

/** Costs of an attempt are half of its estimate to twice as much. */
export const ESTIMATE_MICROS = 1_000

/** Jobs whose numbers differ by so much have the same narrow key. */
export const SAME_NARROW = 32
const NARROW = 4
const WIDE = 10

/** Every key, with how many of its jobs may run at once or start in a minute. */
export const LIMITS: Readonly<Record<string, NewLimit>> = {
  'narrow:*': { concurrency: 2 },
  'wide:*': { concurrency: 6 },
  'all:costly': { concurrency: 24 },
  'rate:slow': { perMinute: 600 },
  'rate:fast': { perMinute: 12_000 },
}

/** One to three keys of the job with that number. */
export function keysOf(type: string, nth: number): string[] {
  if (type === COSTLY) return ['all:costly']
  const keys = [`wide:${nth % WIDE}`]
  if (nth % 8 === 1) keys.unshift(`narrow:${(nth >> 3) % NARROW}`)
  // Many at once: a rate that is not kept shows within seconds.
  if (nth % 4_800 < 40) keys.unshift('rate:slow')
  else if (nth % 3 === 0) keys.push('rate:fast')
  return keys
}

/** The limit of a key by its name. */
export function limitOf(key: string): NewLimit {
  return LIMITS[key] ?? LIMITS[`${key.split(':')[0]}:*`] ?? {}
}

/** What an attempt at the costly job with that number costs. */
export function costOf(nth: number): number {
  return ESTIMATE_MICROS / 2 + ((nth * 397) % (1.5 * ESTIMATE_MICROS))
}

/** Where handlers write that they begin and end: each is there, whole, before they go on. */
export interface Log {
  began(jobId: JobId, nth: number, costly: boolean): Promise<{ readonly ended: () => Promise<void> }>
}

/** Both types, whose handlers say in the log when they run, and finish whatever they are told. */
export function jobTypes(log: Log): JobType[] {
  const payload = z.strictObject({ nth: z.int(), ms: z.int() })
  return [
    jobType({
      name: HOLDING,
      payload,
      retry: { maxAttempts: 3, baseMs: 10, capMs: 50 },
      limits: ({ payload: { nth } }) => keysOf(HOLDING, nth),
      async handler({ jobId, payload: { nth, ms }, attempt }) {
        const run = await log.began(jobId, nth, false)
        await delay(ms)
        await run.ended()
        if (attempt === 1 && nth % 13 === 0) throw new Error('It fails as it should')
        return nth
      },
    }),
    jobType({
      name: COSTLY,
      payload,
      limits: ({ payload: { nth } }) => keysOf(COSTLY, nth),
      estimate: () => ({ costMicros: ESTIMATE_MICROS }),
      async handler({ jobId, payload: { nth, ms } }, { usage }) {
        const run = await log.began(jobId, nth, true)
        await delay(ms)
        await usage({ input: 0, output: 0, costMicros: costOf(nth) })
        await run.ended()
        return nth
      },
    }),
  ]
}
