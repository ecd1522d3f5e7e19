import { SeededRandom, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { BusyError, MisconfiguredError, UnavailableError, UnstorableError } from '../../errors.ts'
import type { JobId, WorkerId } from '../../ids.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import type { Lease } from './lease.ts'
import { type Ended, Recorder } from './recorder.ts'

type Settle = (outcomes: readonly Outcome[], workerId: WorkerId) => void

/** A recorder on a store that keeps outcomes once, unless `before` throws. */
function setup(before: Settle = () => undefined) {
  const clock = new VirtualClock()
  const kept = new Map<JobId, Outcome>()
  const batches: number[] = []
  const told: JobId[] = []
  const lost: JobId[] = []
  const quiet = () => undefined
  const recorder = new Recorder(
    {
      workers: {
        async settle({ outcomes, workerId }) {
          batches.push(outcomes.length)
          before(outcomes, workerId)
          const recorded = outcomes.filter(({ jobId }) => !kept.has(jobId))
          for (const outcome of recorded) kept.set(outcome.jobId, outcome)
          return { recorded: recorded.map(({ jobId }) => jobId) }
        },
      },
      clock,
      random: new SeededRandom(1),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { count: quiet, gauge: quiet, observe: quiet },
    },
    {
      settled: (ended) => void told.push(...ended.map(({ job }) => job.jobId)),
      unrecorded: ({ job }) => void lost.push(job.jobId),
    },
  )
  return { clock, kept, batches, told, lost, recorder }
}

const leaseOf = (name: string): Lease => ({ workerId: name as WorkerId, held: 1, beats: 0, state: 'open' })

function ended(name: string, lease: Lease, result = name): Ended {
  const job = { jobId: name as JobId, attempt: 1, start: 1, type: 'probe' } as ActiveJob
  return { job, lease, outcome: { kind: 'completed', jobId: job.jobId, start: 1, result } }
}

describe('Recorder', () => {
  it('records what comes together in one batch, and tells each whether it was recorded', async () => {
    const { recorder, batches, told } = setup()
    const lease = leaseOf('w')
    const answers = ['a', 'b', 'c', 'a'].map((name) => recorder.record(ended(name, lease)))
    expect((await Promise.all(answers)).filter(Boolean).length).toBeGreaterThanOrEqual(3)
    expect(batches).toEqual([4])
    expect(new Set(told)).toEqual(new Set(['a', 'b', 'c']))
    expect(await recorder.record(ended('b', lease))).toBe(false)
  })

  it('tells what was surely not recorded, and nothing of what an earlier try may have', async () => {
    let answered = true
    const { recorder, clock, lost } = setup(() => {
      if (!answered) throw new UnavailableError('away')
    })
    const lease = leaseOf('w')
    await recorder.record(ended('a', lease))
    expect(await recorder.record(ended('a', lease))).toBe(false)
    expect(lost).toEqual(['a'])
    answered = false
    const again = recorder.record(ended('a', lease))
    await clock.advance(1)
    answered = true
    await clock.advance(2_000)
    expect(await again).toBe(false)
    expect(lost).toEqual(['a'])
    lease.state = 'lost'
    expect(await recorder.record(ended('b', lease))).toBe(false)
    expect(lost).toEqual(['a', 'b'])
  })

  it('waits while the store is away and then records everything once', async () => {
    let away = true
    const { recorder, clock, kept } = setup(() => {
      if (away) throw new UnavailableError('away')
    })
    const lease = leaseOf('w')
    const answers = Promise.all(['a', 'b'].map((name) => recorder.record(ended(name, lease))))
    await clock.advance(60_000)
    expect(kept.size).toBe(0)
    away = false
    await clock.advance(5_000)
    expect(await answers).toEqual([true, true])
  })

  it('keeps the outcomes of two leases apart, and drops those of a lost one', async () => {
    const workers: WorkerId[] = []
    const { recorder } = setup((_, workerId) => void workers.push(workerId))
    const lost: Lease = { ...leaseOf('lost'), state: 'lost' }
    const [one, two] = [leaseOf('w1'), leaseOf('w2')]
    const answers = [ended('a', one), ended('b', two), ended('c', lost), ended('d', one)].map((end) =>
      recorder.record(end),
    )
    expect(await Promise.all(answers)).toEqual([true, true, false, true])
    expect(workers).toEqual(['w1', 'w2'])
  })

  it('fails the one job whose value the store refuses, and records all others', async () => {
    const lease = leaseOf('w')
    const { recorder, kept } = setup((outcomes) => {
      if (outcomes.some((outcome) => outcome.kind === 'completed' && outcome.result === 'poison')) {
        throw new UnstorableError('The database refuses a value')
      }
    })
    const answers = Promise.all([
      recorder.record(ended('a', lease)),
      recorder.record(ended('b', lease, 'poison')),
      recorder.record(ended('c', lease)),
    ])
    expect(await answers).toEqual([true, true, true])
    expect(kept.get('a' as JobId)?.kind).toBe('completed')
    expect(kept.get('c' as JobId)?.kind).toBe('completed')
    expect(kept.get('b' as JobId)).toMatchObject({
      kind: 'failed',
      error: { code: 'not_recordable', retryable: false },
    })
  })

  it.each([
    ['takes no writes', new UnavailableError('read-only')],
    ['is busy', new BusyError('locked')],
    ['refuses this program', new MisconfiguredError('no privilege')],
  ])('holds no result for faulty while beats are answered by a store that %s', async (_, refusal) => {
    const lease = leaseOf('w')
    let refuses = true
    const { recorder, clock, kept } = setup(() => {
      if (refuses) throw refusal
    })
    const answers = Promise.all(['a', 'b'].map((name) => recorder.record(ended(name, lease))))
    for (let second = 0; second < 60; second++) {
      lease.beats++
      await clock.advance(1_000)
    }
    refuses = false
    await clock.advance(60_000)
    expect(await answers).toEqual([true, true])
    expect([...kept.values()].map(({ kind }) => kind)).toEqual(['completed', 'completed'])
  })

  it('leaves a job to be done again if its outcome cannot be recorded for a reason that nobody knows', async () => {
    const lease = leaseOf('w')
    const { recorder, clock, kept } = setup((outcomes) => {
      if (outcomes.some(({ jobId }) => jobId === 'b')) throw new TypeError('a defect')
    })
    const answers = Promise.all(['a', 'b', 'c'].map((name) => recorder.record(ended(name, lease))))
    for (let second = 0; second < 30; second++) {
      lease.beats++
      await clock.advance(1_000)
    }
    expect(await answers).toEqual([true, false, true])
    expect([...kept.keys()]).toEqual(['a', 'c'])
    expect(lease.state).toBe('suspect')
  })

  it('loses no result to a store that is away without saying so', async () => {
    const lease = leaseOf('w')
    let away = true
    const { recorder, clock, kept } = setup(() => {
      if (away) throw new TypeError('Cannot read properties of undefined')
    })
    const answers = Promise.all(['a', 'b', 'c'].map((name) => recorder.record(ended(name, lease))))
    await clock.advance(120_000)
    away = false
    await clock.advance(10_000)
    expect(await answers).toEqual([true, true, true])
    expect([...kept.values()].map(({ kind }) => kind)).toEqual(['completed', 'completed', 'completed'])
  })

  it('gives up when told to', async () => {
    const { recorder, clock } = setup(() => {
      throw new UnavailableError('away')
    })
    const answer = recorder.record(ended('a', leaseOf('w')))
    await clock.advance(1_000)
    recorder.giveUp()
    expect(await answer).toBe(false)
  })
})
