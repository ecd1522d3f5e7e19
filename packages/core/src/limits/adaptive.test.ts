import { expect, it } from 'vitest'
import { cooled, type KeyState, OPEN, roomOf, spend, UNUSED, warmed } from './keys.ts'

const SETTINGS = { ...OPEN, concurrency: 100, adaptive: { min: 1, start: 8 } }
const MINUTE_MS = 60_000

/** The other side: so many requests at once, a second each give or take a half, and a refusal for one more. */
class Provider {
  limit = 0
  refused = 0
  asked = 0
  usedMs = 0
  readonly #ends: number[] = []
  #seed = 7

  /** The first end, if it is by then. */
  ends(by: number): number | undefined {
    const first = this.#ends[0]
    return first !== undefined && first <= by ? this.#ends.shift() : undefined
  }

  /** Whether it is refused. */
  ask(now: number): boolean {
    this.asked++
    if (this.#ends.length >= this.limit) {
      this.refused++
      return true
    }
    this.#ends.push(now + 500 + this.#next() * 1_000)
    this.#ends.sort((a, b) => a - b)
    return false
  }

  /** A generator of Lehmer: the same numbers on every machine. */
  #next(): number {
    this.#seed = (this.#seed * 48_271) % 0x7fffffff
    return this.#seed / 0x7fffffff
  }

  get running(): number {
    return this.#ends.length
  }
}

/** Minutes under a limit that moves, with more to do than there is room for. Gives the share of the limit that was used, and of the requests that were refused. */
function live(limits: readonly number[], minutesEach: number): { used: number; refused: number } {
  const provider = new Provider()
  let state: KeyState = UNUSED
  let had = 0
  let before = 0
  for (let now = 0; now < limits.length * minutesEach * MINUTE_MS; now += 5) {
    provider.limit = limits[Math.floor(now / (minutesEach * MINUTE_MS))] ?? 0
    let completed = 0
    while (provider.ends(now) !== undefined) completed++
    if (completed > 0) state = warmed(SETTINGS, state, completed)
    state = { ...state, inUse: state.inUse - completed }
    for (let room = roomOf(SETTINGS, state, now, 0); room > 0; room--) {
      state = spend(SETTINGS, state, now, 1, 0)
      if (!provider.ask(now)) continue
      state = cooled(SETTINGS, state, now, { random: 0.5 }, now)
      state = { ...state, inUse: state.inUse - 1 }
    }
    if (now < MINUTE_MS) {
      before = provider.asked
      provider.refused = 0
      continue
    }
    provider.usedMs += Math.min(provider.running, provider.limit) * 5
    had += provider.limit * 5
  }
  return { used: provider.usedMs / had, refused: provider.refused / (provider.asked - before) }
}

it('makes use of nine tenths of a limit that moves every five minutes, and is refused once in a hundred times', () => {
  const { used, refused } = live([40, 20, 60, 30], 5)
  expect(used).toBeGreaterThanOrEqual(0.9)
  expect(refused).toBeLessThanOrEqual(0.01)
})

it('grows to its most where nobody refuses, and no further', () => {
  expect(live([1_000], 5)).toEqual({ used: expect.closeTo(0.1, 2), refused: 0 })
})
