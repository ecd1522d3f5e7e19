import { expect, it } from 'vitest'
import { Pace } from './pace.ts'

/** A pace in virtual time. */
function paced(most?: number): {
  readonly pace: Pace<string>
  readonly batches: (readonly string[] | 'anew')[]
  readonly times: number[]
  readonly pass: (ms: number) => void
} {
  let now = 0
  const due: { at: number; act: () => void }[] = []
  const batches: (readonly string[] | 'anew')[] = []
  const times: number[] = []
  const note = (what: readonly string[] | 'anew'): void => {
    batches.push(what)
    times.push(now)
  }
  const pace = new Pace<string>({
    apply: note,
    tooMany: () => note('anew'),
    ...(most !== undefined && { most }),
    now: () => now,
    later: (act, ms) => {
      const entry = { at: now + ms, act }
      due.push(entry)
      return () => {
        const place = due.indexOf(entry)
        if (place >= 0) due.splice(place, 1)
      }
    },
  })
  const pass = (ms: number): void => {
    const end = now + ms
    for (;;) {
      const next = due.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0]
      if (next === undefined) break
      due.splice(due.indexOf(next), 1)
      now = next.at
      next.act()
    }
    now = end
  }
  return { pace, batches, times, pass }
}

it('applies at most one batch each 100 ms, and drops no fact', () => {
  const { pace, batches, times, pass } = paced()
  for (let n = 0; n < 100; n += 1) {
    pace.put(`fact ${n}`)
    pass(10)
  }
  pass(200)
  expect(batches.flat()).toEqual(Array.from({ length: 100 }, (_, n) => `fact ${n}`))
  expect(batches.length).toBeLessThanOrEqual(12)
  expect(times.slice(1).every((at, place) => at - (times[place] ?? 0) >= 100)).toBe(true)
})

it('keeps of what has a key the latest alone, where the first of it stood', () => {
  const { pace, batches, pass } = paced()
  pace.put('progress 1', 'run')
  pace.put('fact')
  pace.put('progress 2', 'run')
  expect(pace.waiting).toBe(3)
  pass(100)
  pace.put('progress 3', 'run')
  pass(100)
  expect(batches).toEqual([['progress 2', 'fact'], ['progress 3']])
})

it('applies nothing while it stands still, then all in one batch', () => {
  const { pace, batches, pass } = paced()
  pace.standStill(true)
  for (let n = 0; n < 30; n += 1) {
    pace.put(`fact ${n}`)
    pass(1_000)
  }
  expect(batches).toEqual([])
  expect(pace.waiting).toBe(30)
  pace.standStill(false)
  expect(batches.map((batch) => batch.length)).toEqual([30])
  pace.put('next')
  pass(100)
  expect(batches.at(-1)).toEqual(['next'])
})

it('asks to read anew if more came than it keeps, and goes on after', () => {
  const { pace, batches, pass } = paced(10)
  pace.standStill(true)
  for (let n = 0; n < 11; n += 1) pace.put(`fact ${n}`)
  pace.standStill(false)
  expect(batches).toEqual(['anew'])
  pace.put('next')
  pass(100)
  expect(batches).toEqual(['anew', ['next']])
})

it('drops what was put aside when it is stopped', () => {
  const { pace, batches, pass } = paced()
  pace.put('fact')
  pace.stop()
  pass(1_000)
  expect(batches).toEqual([])
})
