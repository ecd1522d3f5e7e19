import { SeededRandom, VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../../errors.ts'
import { Feeder, POLL_MS, REST_MS } from './feeder.ts'

/** A feeder between a line of `left` jobs and slots before which what was brought waits until it is taken. */
function setup(left: number, window = 10, alone = false) {
  const clock = new VirtualClock()
  const quiet = () => undefined
  const state = { left, window, waiting: 0, away: false }
  const asked: number[] = []
  const feeder = new Feeder(
    {
      clock,
      random: new SeededRandom(5),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      metrics: { count: quiet, gauge: quiet, observe: quiet },
      alone,
    },
    {
      rooms: () => [{ types: ['t'], window: state.window, waiting: state.waiting }],
      async bring(_, limit) {
        if (state.away) throw new UnavailableError('away')
        asked.push(limit)
        const count = Math.min(limit, state.left)
        state.left -= count
        state.waiting += count
        return count
      },
    },
  )
  feeder.start()
  return { clock, feeder, state, asked }
}

describe('Feeder', () => {
  it('fills the window and no more, and again once it is half empty', async () => {
    const { clock, feeder, state, asked } = setup(1_000)
    await clock.advance(10 * POLL_MS)
    expect(asked).toEqual([10])
    state.waiting -= 4
    feeder.makeRoom()
    await clock.advance(0)
    expect(asked).toEqual([10])
    state.waiting -= 1
    feeder.makeRoom()
    await clock.advance(0)
    expect(asked).toEqual([10, 5])
  })

  it('brings nothing if there is no room', async () => {
    const { clock, state, asked } = setup(1_000, 0)
    await clock.advance(POLL_MS)
    expect(asked).toEqual([])
    state.window = 10
    state.waiting = 5
    await clock.advance(POLL_MS)
    expect(asked).toEqual([5])
  })

  it('looks again at once when nudged, and by itself when it was not', async () => {
    const { clock, feeder, state, asked } = setup(0)
    await clock.advance(0)
    expect(asked).toHaveLength(1)
    state.left = 1
    feeder.nudge()
    await clock.advance(0)
    expect(state.waiting).toBe(1)
    state.left = 1
    await clock.advance(POLL_MS)
    expect(state.waiting).toBe(2)
  })

  it('looks once for all types while there is nothing, and for each on its own once there is', async () => {
    const clock = new VirtualClock()
    const quiet = () => undefined
    const asked: [string, number][] = []
    const line = { b: 0 }
    const rooms = [
      { types: ['a'], window: 2, waiting: 0 },
      { types: ['b', 'c'], window: 50, waiting: 0 },
    ]
    const feeder = new Feeder(
      {
        clock,
        random: new SeededRandom(5),
        logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        metrics: { count: quiet, gauge: quiet, observe: quiet },
      },
      {
        rooms: () => rooms,
        async bring(types, limit) {
          asked.push([types.join(' '), limit])
          const count = types.includes('b') ? Math.min(limit, line.b) : 0
          line.b -= count
          return count
        },
      },
    )
    const looksOf = async (ms: number) => {
      asked.length = 0
      await clock.advance(ms)
      return [...asked]
    }
    const each = [
      ['a', 2],
      ['b c', 50],
    ]
    feeder.start()
    expect(await looksOf(0)).toEqual(each)
    expect(await looksOf(POLL_MS)).toEqual([['a b c', 2]])
    line.b = 5
    expect(await looksOf(POLL_MS)).toEqual([['a b c', 2], ...each])
    expect(line.b).toBe(0)
    await looksOf(2 * POLL_MS)
    feeder.nudge()
    expect(await looksOf(0)).toEqual(each)
    await feeder.close()
  })

  it('looks half as often after a while without jobs where it hears every nudge, and there alone', async () => {
    for (const [alone, looks] of [
      [true, 20],
      [false, 40],
    ] as const) {
      const { clock, feeder, asked } = setup(0, 10, alone)
      await clock.advance(30 * POLL_MS)
      asked.length = 0
      await clock.advance(40 * POLL_MS)
      expect(asked).toHaveLength(looks)
      feeder.nudge()
      await clock.advance(0)
      await clock.advance(POLL_MS)
      expect(asked).toHaveLength(looks + 2)
      await feeder.close()
    }
  })

  it('rests if the line gives less than there is room for, however much room is made', async () => {
    const { clock, feeder, state, asked } = setup(0)
    for (let ms = 0; ms < 1_000; ms++) {
      state.left = 1
      state.waiting = 0
      feeder.makeRoom()
      await clock.advance(1)
    }
    expect(asked.length).toBeGreaterThan(500 / REST_MS)
    expect(asked.length).toBeLessThanOrEqual(1_000 / REST_MS + 1)
  })

  it('waits while the store is away, and goes on', async () => {
    const { clock, state } = setup(5)
    state.away = true
    await clock.advance(30_000)
    expect(state.waiting).toBe(0)
    state.away = false
    await clock.advance(5_000)
    expect(state.waiting).toBe(5)
  })

  it('ends when closed', async () => {
    const { clock, feeder, asked } = setup(0)
    await clock.advance(0)
    await feeder.close()
    await clock.advance(10 * POLL_MS)
    expect(asked).toHaveLength(1)
    expect(clock.waiting).toBe(0)
  })
})
