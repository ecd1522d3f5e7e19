import { SeededRandom, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../errors.ts'
import type { JobId } from '../ids.ts'
import { DECIDE_MS, Scheduler, type SchedulerDeps } from './scheduler.ts'
import { LEASE_MS } from './worker/lease.ts'
import type { WorkerStore } from './worker-store.ts'

function setup(
  change: { readonly workers?: Partial<WorkerStore>; readonly deps?: Partial<SchedulerDeps> } = {},
) {
  const clock = new VirtualClock()
  const start = clock.now().getTime()
  const calls: [string, number][] = []
  /** Notes the call and says that there was nothing to do. */
  const note = (what: string, at = clock.now().getTime() - start) => {
    calls.push([what, at])
    return 0
  }
  const quiet = () => undefined
  const workers = {
    reapWorkers: async () => note('reap'),
    wakeDue: async () => ({ woken: note('wake'), nextAt: null }),
    sweepCancelled: async () => note('sweep'),
    listUndelivered: async () => Array.from({ length: note('undelivered') }),
    ...change.workers,
  } as unknown as WorkerStore
  const scheduler = new Scheduler({
    workers,
    events: { prune: async (before: Date) => note('facts', start - before.getTime()) } as never,
    idempotency: {
      prune: async (before: Date) => note('answers', start - before.getTime()),
    } as never,
    drafts: { prune: async (before: Date) => note('drafts', start - before.getTime()) },
    thinRates: async () => note('rates'),
    expireDue: async () => note('expire'),
    escalate: async () => ({ more: note('escalate') > 0 }),
    refit: async () => note('refit'),
    operate: async () => 0,
    mendFlows: async () => {},
    collect: async () => 0,
    sweepAsks: async () => 0,
    sweepLinks: async () => 0,
    watchBudgets: async () => 0,
    fireSchedules: async () => null,
    refitScheduled: async () => 0,
    ticks: { prune: async () => 0 },
    webhookTries: { prune: async () => 0 },
    bring: () => async () => 0,
    importRows: { prune: async () => 0 },
    writeExports: () => async () => note('exports written'),
    oldExports: { prune: async (before: Date) => note('exports gone', start - before.getTime()) },
    operations: { prune: async () => 0 },
    clock,
    random: new SeededRandom(3),
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    metrics: { count: quiet, gauge: quiet, observe: quiet },
    keepEventsHours: 0.5,
    holdEventsHours: 1,
    keepDraftsDays: 30,
    nudge: () => void note('nudge'),
    ...change.deps,
  })
  scheduler.start()
  const timesOf = (what: string) => calls.filter(([name]) => name === what).map(([, at]) => at)
  return { clock, scheduler, timesOf }
}

/** When dead workers were looked for; each look takes so long. */
function looking(msOf: (nth: number) => number) {
  const looks: number[] = []
  const startedAt = new VirtualClock().now().getTime()
  const { clock } = setup({
    workers: {
      reapWorkers: async (now) => {
        looks.push(now.getTime() - startedAt)
        const ms = msOf(looks.length)
        if (ms > 0) await clock.wait(ms)
        return 0
      },
    },
  })
  return { clock, looks }
}

describe('Scheduler', () => {
  it('decides at once when woken, and then lets what becomes ready gather for a moment', async () => {
    const { clock, scheduler, timesOf } = setup()
    await clock.advance(500)
    for (let ms = 0; ms < 3 * DECIDE_MS; ms += DECIDE_MS / 10) {
      scheduler.nudge()
      await clock.advance(DECIDE_MS / 10)
    }
    expect(timesOf('escalate')).toEqual([0, 500, 500 + DECIDE_MS, 500 + 2 * DECIDE_MS, 500 + 3 * DECIDE_MS])
    scheduler.nudge()
    const closed = scheduler.close()
    await clock.advance(0)
    await closed
  })

  it('looks seldom for what only a change brings where nothing has changed for long, and at once after one', async () => {
    let changedAt = new VirtualClock().now().getTime()
    const links: number[] = []
    const arrived: number[] = []
    const noting = (times: number[]) => async () => {
      times.push(now())
      return 0
    }
    const { clock, scheduler, timesOf } = setup({
      deps: { changedAt: () => changedAt, sweepLinks: noting(links), collect: noting(arrived) },
    })
    const now = () => clock.now().getTime()
    const apart = (times: readonly number[]) => (times.at(-1) ?? 0) - (times.at(-2) ?? 0)
    const gaps = () => [links, arrived, timesOf('wake')].map(apart)
    await clock.advance(14_950)
    expect(gaps()).toEqual([1_000, 100, 1_000])
    await clock.advance(20_000)
    expect(gaps()).toEqual([5_000, 1_000, 1_000])
    const asked = timesOf('escalate').length
    scheduler.nudge()
    await clock.advance(0)
    expect(timesOf('escalate')).toHaveLength(asked + 1)
    changedAt = now()
    await clock.advance(2_000)
    expect(gaps()).toEqual([1_000, 100, 1_000])
  })

  it('looks at what is due every second, and forgets what is old every minute', async () => {
    const { clock, timesOf } = setup()
    await clock.advance(3_500)
    for (const chore of ['reap', 'wake', 'expire']) expect(timesOf(chore)).toEqual([0, 1_000, 2_000, 3_000])
    expect(timesOf('sweep')).toEqual([0])
    expect(timesOf('facts')).toEqual([30 * 60 * 1_000])
    expect(timesOf('answers')).toEqual([24 * 60 * 60 * 1_000])
    expect(timesOf('drafts')).toEqual([30 * 24 * 60 * 60 * 1_000])
    expect(timesOf('undelivered')).toEqual([])
    await clock.advance(60_000)
    expect(timesOf('facts')).toHaveLength(2)
  })

  it('is there when the next retry is due, and nudges the feeder', async () => {
    let left = 2
    const due = new Date(new VirtualClock().now().getTime() + 1_300)
    const { clock, timesOf } = setup({
      workers: {
        wakeDue: async (now) => {
          if (now.getTime() < due.getTime()) return { woken: 0, nextAt: due }
          return { woken: left > 0 ? left-- : 0, nextAt: null }
        },
      },
    })
    await clock.advance(1_299)
    expect(timesOf('nudge')).toEqual([])
    await clock.advance(1)
    expect(timesOf('nudge')).toEqual([1_300])
  })

  it('tidies until nothing is left', async () => {
    let rows = 2_500
    const { clock } = setup({
      workers: {
        sweepCancelled: async (limit) => {
          const swept = Math.min(limit, rows)
          rows -= swept
          return swept
        },
      },
    })
    await clock.advance(0)
    expect(rows).toBe(0)
  })

  it('forgets what is old in parts, without waiting a minute for the next', async () => {
    const left = { facts: 12_345, answers: 12_345 }
    const forgetting = (what: keyof typeof left) =>
      ({
        prune: async (_before: Date, limit: number) => {
          const gone = Math.min(limit, left[what])
          left[what] -= gone
          return gone
        },
      }) as never
    const { clock } = setup({
      deps: { events: forgetting('facts'), idempotency: forgetting('answers') },
    })
    await clock.advance(100)
    expect(left).toEqual({ facts: 0, answers: 0 })
  })

  it('goes on with the rest when one chore fails, and with that one when it works again', async () => {
    let away = true
    const reaped: number[] = []
    const { clock, timesOf } = setup({
      workers: {
        reapWorkers: async (now) => {
          if (away) throw new UnavailableError('away')
          return reaped.push(now.getTime())
        },
      },
    })
    await clock.advance(10_000)
    expect(timesOf('expire').length).toBeGreaterThanOrEqual(4)
    expect(reaped).toEqual([])
    away = false
    await clock.advance(3_000)
    expect(reaped.length).toBeGreaterThan(0)
    expect(timesOf('nudge').length).toBe(reaped.length)
  })

  it('judges no worker by a silence that it slept through itself', async () => {
    const { clock, looks } = looking((nth) => (nth === 2 ? 5_000 : 0))
    await clock.advance(14_000)
    expect(looks).toEqual([0, 1_000, 12_010, 13_010])
  })

  it('tells of a dead worker, but not of registrations that a stall of the store has replaced', async () => {
    const said: string[] = []
    const quiet = () => undefined
    let looks = 0
    const { clock } = setup({
      workers: {
        reapWorkers: async () => {
          looks++
          if (looks === 2) await clock.wait(3_000)
          return 1
        },
      },
      deps: {
        logger: {
          debug: (_, message) => void said.push(`debug ${message}`),
          info: quiet,
          warn: (_, message) => void said.push(`warn ${message}`),
          error: quiet,
        },
      },
    })
    await clock.advance(30_000)
    const died = said.filter((line) => line.endsWith('A worker died: its jobs are in line again'))
    const [first, second, ...later] = died.map((line) => line.split(' ', 1)[0])
    expect([first, second]).toEqual(['warn', 'warn'])
    expect(later.slice(0, 2)).toEqual(['debug', 'debug'])
    expect(later.at(-1)).toBe('warn')
  })

  it('finds the dead on a machine that is always late, too', async () => {
    const { clock, looks } = looking(() => 3_000)
    await clock.advance(30_000)
    const gaps = looks.map((at, index) => at - (looks[index - 1] ?? 0))
    expect(looks.length).toBeGreaterThan(4)
    expect(Math.max(...gaps)).toBeLessThan(2 * LEASE_MS)
  })

  it('delivers again what a broker may have lost', async () => {
    const delivered: string[] = []
    const lost = [{ jobId: 'j1' as JobId, type: 'probe', lane: 1 }]
    const { clock } = setup({
      workers: { listUndelivered: async () => lost.splice(0) },
      deps: {
        queue: {
          deliver: async (jobs: readonly { jobId: JobId }[]) =>
            delivered.push(...jobs.map(({ jobId }) => jobId)),
        } as never,
      },
    })
    await clock.advance(2_000)
    expect(delivered).toEqual(['j1'])
  })

  it('ends when closed', async () => {
    const { clock, scheduler, timesOf } = setup()
    await clock.advance(0)
    await scheduler.close()
    await scheduler.close()
    await clock.advance(10_000)
    expect(timesOf('reap')).toEqual([0])
  })
})
