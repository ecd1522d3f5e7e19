import { describe, expect, it } from 'vitest'
import type { JobId } from '../ids.ts'
import { MOST_DEATHS, WORKER_LOST } from './limits.ts'
import { afterDeath, afterOutcome } from './settling.ts'
import type { Outcome } from './worker-store.ts'

const error = { code: 'odd', message: 'It went oddly', retryable: true }
const availableAt = new Date(1_000)
const tried = { attempt: 2, deaths: 3, notNows: 4 }

type Ended<Kind = Outcome> = Kind extends Outcome ? Omit<Kind, 'jobId' | 'start'> : never
const after = (outcome: Ended) => afterOutcome({ ...outcome, jobId: '' as JobId, start: 1 } as Outcome, tried)

describe('an outcome', () => {
  it('ends a job and forgets what it went through', () => {
    const ended = { attempt: 2, deaths: 0, notNows: 0 }
    expect(after({ kind: 'completed', result: 1 })).toEqual({ ...ended, state: 'completed', error: null })
    expect(after({ kind: 'cancelled' })).toEqual({ ...ended, state: 'cancelled', error: null })
    expect(after({ kind: 'failed', error })).toEqual({ ...ended, state: 'failed', error })
  })

  it('counts the attempt of a retry, and waits asked for in a row only if it was one', () => {
    const again = { state: 'again', attempt: 2, deaths: 0, error, availableAt }
    expect(after({ kind: 'retry', error, availableAt })).toEqual({ ...again, notNows: 0 })
    expect(after({ kind: 'retry', error, availableAt, notNow: true })).toEqual({ ...again, notNows: 4 })
  })

  it('gives the attempt back if the other side asks to wait, and counts that', () => {
    const waits = { state: 'again', attempt: 1, deaths: 0, notNows: 5, error, availableAt }
    expect(after({ kind: 'notNow', error, availableAt })).toEqual(waits)
  })

  it('gives the attempt back at a shutdown and changes nothing else', () => {
    expect(after({ kind: 'returned' })).toEqual({ state: 'again', attempt: 1, deaths: 3, notNows: 4 })
  })
})

describe('the death of a worker', () => {
  it('gives the attempt back until it is one too many', () => {
    const last = { ...tried, deaths: MOST_DEATHS - 1 }
    expect(afterDeath(tried, false)).toEqual({ state: 'again', attempt: 1, deaths: 4, notNows: 4 })
    expect(afterDeath(last, false)).toMatchObject({ state: 'failed', attempt: 1, error: WORKER_LOST })
  })

  it('blames no job that was to stop', () => {
    expect(afterDeath({ ...tried, deaths: MOST_DEATHS }, true)).toMatchObject({ state: 'again' })
  })
})
