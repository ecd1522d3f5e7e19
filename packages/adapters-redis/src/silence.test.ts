import { expect, it, vi } from 'vitest'
import { LOOK_MS, Silence } from './silence.ts'

it('counts time in which the process listened, and little of a turn that took long', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    let now = 0
    const pass = (ms: number): void => {
      for (const end = now + ms; now < end; vi.advanceTimersByTime(LOOK_MS)) now += LOOK_MS
    }
    const silence = new Silence(() => now)
    expect(silence.ms).toBe(0)
    silence.begin()
    pass(1_000)
    silence.begin()
    expect(silence.ms).toBe(1_000)
    now += 5_000
    expect(silence.ms).toBe(1_000 + 2 * LOOK_MS)
    pass(500)
    expect(silence.ms).toBe(1_500 + 2 * LOOK_MS)
    silence.end()
    expect(silence.ms).toBe(0)
    silence.begin()
    expect(silence.ms).toBe(0)
    silence.end()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})
