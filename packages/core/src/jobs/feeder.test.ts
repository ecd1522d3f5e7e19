import { describe, expect, it } from 'vitest'
import { QueueError, Unavailable } from '../errors.ts'
import type { JobId, WorkerId } from '../ids.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import { Feeder, POLL_MS, REST_MS } from './feeder.ts'
import type { Delivery } from './ports.ts'

/** A feeder between a store with `left` jobs in line and a queue on which what was delivered waits until it is taken. */
function setup(left: number, window = 10) {
  const clock = new VirtualClock()
  const quiet = () => undefined
  const state = { left, window, held: 0, away: false, queueAway: false }
  const feeds: number[] = []
  const waiting: Delivery[] = []
  const failed: (WorkerId | null)[] = []
  const feeder = new Feeder(
    {
      jobs: {
        async feed({ limit }) {
          if (state.away) throw new Unavailable('away')
          feeds.push(limit)
          const count = Math.min(limit, state.left)
          state.left -= count
          return Array.from({ length: count }, (_, index) => ({
            jobId: `j${state.left + index}` as JobId,
            type: 't',
            lane: 1,
          }))
        },
      },
      queue: {
        shared: false,
        counts: async () => new Map([['t', { waiting: waiting.length, active: 0 }]]),
        async deliver(deliveries) {
          if (state.queueAway) throw new QueueError('away')
          waiting.push(...deliveries)
        },
      },
      clock,
      random: new SeededRandom(5),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { count: quiet, gauge: quiet, observe: quiet },
    },
    {
      rooms: () => [{ types: ['t'], window: state.window, held: state.held }],
      workerId: () => 'w' as WorkerId,
      failed: (workerId) => failed.push(workerId),
    },
  )
  feeder.start()
  return { clock, feeder, state, feeds, waiting, failed }
}

describe('Feeder', () => {
  it('fills the window and no more, and again once it is half empty', async () => {
    const { clock, feeder, feeds, waiting } = setup(1_000)
    await clock.advance(10 * POLL_MS)
    expect(feeds).toEqual([10])
    waiting.splice(0, 4)
    feeder.makeRoom()
    await clock.advance(0)
    expect(feeds).toEqual([10])
    waiting.splice(0, 1)
    feeder.makeRoom()
    await clock.advance(0)
    expect(feeds).toEqual([10, 5])
  })

  it('counts what the worker holds before a slot, and feeds nothing where there is no room', async () => {
    const { clock, state, feeds } = setup(1_000, 0)
    await clock.advance(POLL_MS)
    expect(feeds).toEqual([])
    state.window = 10
    state.held = 5
    await clock.advance(POLL_MS)
    expect(feeds).toEqual([5])
  })

  it('looks again at once when nudged, and by itself when it was not', async () => {
    const { clock, feeder, state, feeds, waiting } = setup(0)
    await clock.advance(0)
    expect(feeds).toHaveLength(1)
    state.left = 1
    feeder.nudge()
    await clock.advance(0)
    expect(waiting).toHaveLength(1)
    state.left = 1
    await clock.advance(POLL_MS)
    expect(waiting).toHaveLength(2)
  })

  it('rests where the line gives less than there is room for, however much room is made', async () => {
    const { clock, feeder, state, feeds, waiting } = setup(0)
    for (let ms = 0; ms < 1_000; ms++) {
      state.left = 1
      waiting.length = 0
      feeder.makeRoom()
      await clock.advance(1)
    }
    expect(feeds.length).toBeGreaterThan(500 / REST_MS)
    expect(feeds.length).toBeLessThanOrEqual(1_000 / REST_MS + 1)
  })

  it('waits while the store is away, says whose jobs may be adrift, and goes on', async () => {
    const { clock, state, waiting, failed } = setup(5)
    state.away = true
    await clock.advance(30_000)
    expect(failed[0]).toBe('w')
    state.away = false
    await clock.advance(5_000)
    expect(waiting).toHaveLength(5)
  })

  it('delivers what it took out of line however long the queue is away', async () => {
    const { clock, state, feeds, waiting } = setup(5)
    state.queueAway = true
    await clock.advance(30_000)
    expect(feeds).toEqual([10])
    state.queueAway = false
    await clock.advance(5_000)
    expect(waiting).toHaveLength(5)
  })

  it('ends when closed', async () => {
    const { clock, feeder, feeds } = setup(0)
    await clock.advance(0)
    await feeder.close()
    await clock.advance(10 * POLL_MS)
    expect(feeds).toHaveLength(1)
    expect(clock.waiting).toBe(0)
  })
})
