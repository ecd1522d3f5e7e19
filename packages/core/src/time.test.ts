import { VirtualClock } from '@muster/testing'
import { describe, expect, it } from 'vitest'
import type { Clock } from './environment.ts'
import { COMPARE_MS, StoreClock } from './time.ts'

const MINUTE = 60_000

/** A machine and a store, each with a clock that can be set; a round trip to the store takes `tripMs`. */
function machineAndStore({ offMs = 0, tripMs = 2 } = {}) {
  const real = new VirtualClock()
  const state = { offMs, storeOffMs: 0, away: false }
  const lines: string[] = []
  const gauges: number[] = []
  const say = (_: object, message: string) => void lines.push(message)
  const machine: Clock = {
    now: () => new Date(real.now().getTime() + state.offMs),
    wait: (ms, signal) => real.wait(ms, signal),
    elapsed: () => real.now().getTime(),
  }
  const clock = new StoreClock(machine)
  const time = async (): Promise<Date> => {
    await real.wait(tripMs / 2)
    if (state.away) throw new Error('away')
    const now = real.now().getTime() + state.storeOffMs
    await real.wait(tripMs / 2)
    return new Date(now)
  }
  const logger = { debug: () => undefined, info: say, warn: say, error: say }
  const follow = async () => {
    clock.follow({
      time,
      logger,
      metrics: {
        count: () => undefined,
        gauge: (_, value) => void gauges.push(value),
        observe: () => undefined,
      },
    })
    await real.advance(tripMs)
  }
  /** How far the clock is off the store's. */
  const error = () => Math.abs(clock.now().getTime() - real.now().getTime() - state.storeOffMs)
  return { real, state, clock, follow, error, lines, gauges }
}

describe("A process's clock", () => {
  it.each([-MINUTE, MINUTE, 90 * MINUTE])(
    "is the store's, if the machine's is off by %i ms",
    async (offMs) => {
      const { clock, follow, error, lines, gauges, real } = machineAndStore({ offMs })
      expect(error()).toBe(Math.abs(offMs))
      await follow()
      expect(error()).toBeLessThanOrEqual(2)
      for (let passed = 0; passed < 10 * COMPARE_MS; passed += COMPARE_MS) {
        clock.now()
        await real.advance(COMPARE_MS)
      }
      expect(lines).toHaveLength(1)
      expect(lines[0]).toMatch(offMs > 0 ? /clock is \d+\.0 s ahead of/ : /clock is 60\.0 s behind/)
      expect(gauges[0]).toBeCloseTo(offMs / 1_000, 1)
    },
  )

  it('stays where it is if both agree within a round trip', async () => {
    const { clock, follow, real, state } = machineAndStore({ tripMs: 40 })
    state.storeOffMs = 15
    await follow()
    expect(clock.now()).toEqual(real.now())
  })

  it("goes on through every setting of the machine's clock, and says so once each time", async () => {
    const { clock, follow, error, lines, state, real } = machineAndStore()
    await follow()
    for (const offMs of [MINUTE, 0, -60 * MINUTE, 0]) {
      state.offMs = offMs
      expect(error()).toBeLessThanOrEqual(2)
      await real.advance(10)
      clock.now()
      await real.advance(COMPARE_MS)
      expect(error()).toBeLessThanOrEqual(2)
    }
    expect(lines.map((line) => line.match(/ahead|behind|agrees/)?.[0])).toEqual([
      'ahead',
      'agrees',
      'behind',
      'agrees',
    ])
  })

  it('follows a store whose clock is set, or that another one has replaced', async () => {
    const { clock, follow, error, state, real } = machineAndStore()
    await follow()
    state.storeOffMs = 5_000
    await real.advance(COMPARE_MS)
    clock.now()
    await real.advance(10)
    expect(error()).toBeLessThanOrEqual(2)
  })

  it('keeps what it knows while the store is away', async () => {
    const { clock, follow, error, state, real, lines } = machineAndStore({ offMs: MINUTE })
    await follow()
    state.away = true
    for (let looks = 0; looks < 5; looks++) {
      await real.advance(COMPARE_MS)
      expect(error()).toBeLessThanOrEqual(2)
    }
    expect(lines).toHaveLength(1)
    expect(clock.elapsed()).toBe(real.now().getTime())
  })

  it("is the machine's if the store has none, and a virtual one if a test brings it", async () => {
    const virtual = new VirtualClock()
    const clock = new StoreClock(virtual)
    clock.follow({
      time: () => Promise.reject(new Error('asked')),
      logger: { debug: fail, info: fail, warn: fail, error: fail },
      metrics: { count: fail, gauge: fail, observe: fail },
    })
    await virtual.advance(2 * COMPARE_MS)
    expect(clock.now()).toEqual(virtual.now())
  })
})

function fail(): never {
  throw new Error('nothing is compared')
}
