import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Ear, readSaid } from './renderer-messages.ts'

describe('a message of a renderer', () => {
  it('is a height or an answer', () => {
    expect(readSaid({ height: 120.5 })).toEqual({ height: 120.5 })
    expect(readSaid({ height: 1e9 })).toEqual({ height: 20_000 })
    expect(readSaid({ answer: { marked: [1, 2] } })).toEqual({ answer: { marked: [1, 2] } })
    expect(readSaid({ answer: {} })).toEqual({ answer: {} })
  })

  it('is nothing else', () => {
    const round: Record<string, unknown> = {}
    round['self'] = round
    for (const data of [
      undefined,
      null,
      'text',
      7n,
      [],
      {},
      { height: -1 },
      { height: '100' },
      { height: Number.NaN },
      { height: 1, answer: {} },
      { answer: null },
      { answer: [1] },
      { answer: 'x' },
      { answer: {}, submit: true },
      { answer: round },
      new Map([['height', 1]]),
    ])
      expect(readSaid(data)).toBeUndefined()
  })

  it('is no longer than a mebibyte', () => {
    const room = 1_048_576 - JSON.stringify({ answer: { text: '' } }).length
    expect(readSaid({ answer: { text: 'x'.repeat(room) } })).toBeDefined()
    expect(readSaid({ answer: { text: 'x'.repeat(room + 1) } })).toBeUndefined()
  })

  it('is plain JSON, whatever was sent', () => {
    const hostile: unknown = JSON.parse('{"answer":{"__proto__":{"polluted":1},"when":0}}')
    const said = readSaid({ ...(hostile as object) })
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(Object.keys(said?.answer ?? {})).toEqual(['__proto__', 'when'])
    expect(readSaid({ answer: { when: new Date(0), none: undefined } })).toEqual({
      answer: { when: '1970-01-01T00:00:00.000Z' },
    })
  })
})

describe('an ear', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('hears twenty messages a second, and of those beyond the last one later', () => {
    const heard: unknown[] = []
    const ear = new Ear((data) => heard.push(data))
    for (let n = 1; n <= 100; n++) ear.take(n, performance.now())
    expect(heard).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
    vi.advanceTimersByTime(1_001)
    expect(heard).toHaveLength(21)
    expect(heard.at(-1)).toBe(100)
  })

  it('hears what waits when it is closed, and nothing after', () => {
    const heard: unknown[] = []
    const ear = new Ear((data) => heard.push(data))
    for (let n = 1; n <= 30; n++) ear.take(n, performance.now())
    ear.close()
    expect(heard.at(-1)).toBe(30)
    vi.advanceTimersByTime(5_000)
    expect(heard).toHaveLength(21)
  })
})
