import { describe, expect, it } from 'vitest'
import type { WireEvent } from '../feed/follow.ts'
import { ListWindow, type Rows } from '../feed/list-window.ts'
import { type Limit, lookOfLimit, merged, refresh, settingsOf, textsOf, told } from './data.ts'

const limitOf = (key: string, given: Partial<Limit> = {}): Limit => ({
  key,
  origin: 'api',
  concurrency: null,
  perMinute: null,
  burst: null,
  unitsPerMinute: null,
  estimate: null,
  adaptive: null,
  paused: false,
  version: 1,
  inUse: 0,
  startsLastMinute: 0,
  unitsLastMinute: 0,
  waiting: 0,
  window: null,
  opensAt: null,
  coolUntil: null,
  coolDowns: 0,
  ...given,
})

const NOW = Date.parse('2026-11-30T10:00:00Z')
const SOON = '2026-11-30T10:01:30Z'

it.each([
  ['open', {}],
  ['open', { concurrency: 3, inUse: 2, coolUntil: '2026-11-30T09:59:59Z' }],
  ['full', { concurrency: 3, inUse: 3 }],
  ['full', { concurrency: 200, adaptive: { min: 2, start: 8 }, window: 8.9, inUse: 8 }],
  ['opens in 1 min 30 s', { opensAt: SOON, concurrency: 3, inUse: 3 }],
  ['cools for 1 min 30 s', { coolUntil: SOON, opensAt: SOON }],
  ['paused', { paused: true, coolUntil: SOON }],
] as const)('says %s', (word, given) => {
  expect(lookOfLimit(limitOf('model:y', given), NOW).word).toBe(word)
})

it('changes a key as a signal tells, and no other', () => {
  const state = { key: 'model:y', inUse: 2, waiting: 7, opensAt: SOON }
  const event = { type: 'limit_changed', data: state } as unknown as WireEvent
  const limit = limitOf('model:y', { concurrency: 3, inUse: 1 })
  const next = told(limit, event)
  expect(next).toEqual({ ...limit, inUse: 2, waiting: 7, opensAt: SOON })
  for (const same of [next, limitOf('model:z'), undefined]) expect(told(same, event)).toBeUndefined()
  expect(told(limit, { ...event, type: 'run_progress' } as WireEvent)).toBeUndefined()
})

describe('what is typed', () => {
  it('means the settings that it was written from', () => {
    const given = { concurrency: 200, perMinute: 0.5, burst: 1, unitsPerMinute: 1e12, estimate: 5 }
    const adaptive = { min: 2, start: 8 }
    const limit = limitOf('model:y', { ...given, adaptive, paused: true })
    expect(settingsOf(textsOf(limit))).toEqual({ ...given, adaptive, paused: true })
    expect(settingsOf(textsOf(undefined))).toEqual({ paused: false })
  })

  it('is sent as it is if it is no number, for it would lift the limit', () => {
    expect(settingsOf({ ...textsOf(undefined), concurrency: '1,5', 'adaptive.min': 'x' })).toEqual({
      concurrency: '1,5',
      adaptive: { min: 'x' },
      paused: false,
    })
  })

  it('stays on top of what somebody else saved', () => {
    const before = textsOf(limitOf('model:y', { concurrency: 3, perMinute: 60 }))
    const fresh = textsOf(limitOf('model:y', { concurrency: 4, perMinute: 90 }))
    const now = merged({ ...before, perMinute: '' }, before, fresh)
    expect(now).toEqual({ ...fresh, perMinute: '' })
  })
})

describe('reading again', () => {
  const nameOf = (n: number): string => `k:${String(n).padStart(4, '0')}`
  /** Keys of a server, and a window on them. */
  const listOf = (count: number) => {
    const server = new Map(Array.from({ length: count }, (_, n) => [nameOf(n * 2), limitOf(nameOf(n * 2))]))
    const read = async (cursor: string | undefined, limit: number): Promise<Rows<Limit>> => {
      const all = [...server.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
      const rest = all.filter(({ key }) => cursor === undefined || key > cursor)
      const items = rest.slice(0, limit)
      return { items, nextCursor: rest.length > limit ? (items.at(-1)?.key ?? null) : null }
    }
    return { server, read, list: new ListWindow<Limit>({ read, keyOf: ({ key }) => key }) }
  }
  const put = (server: Map<string, Limit>, n: number, given: Partial<Limit> = {}): void =>
    void server.set(nameOf(n), limitOf(nameOf(n), given))

  it('changes rows where they stand, counts new ones and dims those that are gone', async () => {
    const { server, read, list } = listOf(10)
    await list.open()
    put(server, 4, { inUse: 7 })
    put(server, 5)
    put(server, 99)
    server.delete(nameOf(6))
    await refresh(list, read)
    expect(list.rows.peek().map(({ inUse }) => inUse)).toEqual([0, 0, 7, 0, 0, 0, 0, 0, 0, 0])
    expect(list.waiting).toBe(2)
    expect(list.isDimmed(nameOf(6))).toBe(true)
  })

  it('counts none that lies behind the rows that are held', async () => {
    const { server, read, list } = listOf(300)
    await list.open()
    put(server, 1)
    put(server, 401)
    await refresh(list, read)
    expect(list.waiting).toBe(1)
  })

  it('reads the first thousand keys of a long list', async () => {
    const { server, read, list } = listOf(1_500)
    await list.open()
    while (!list.isComplete.peek()) await list.near('end')
    put(server, 0, { inUse: 1 })
    put(server, 2_998, { inUse: 1 })
    let reads = 0
    await refresh(list, (cursor, limit) => {
      reads += 1
      return read(cursor, limit)
    })
    expect(reads).toBe(5)
    expect([list.rows.peek()[0]?.inUse, list.rows.peek().at(-1)?.inUse]).toEqual([1, 0])
    expect(list.waiting).toBe(0)
    expect(list.isDimmed(nameOf(2_998))).toBe(false)
  })

  it('leaves alone what was opened anew meanwhile', async () => {
    const { server, read, list } = listOf(3)
    await list.open()
    put(server, 1)
    await refresh(list, async (cursor, limit) => {
      const before = await read(cursor, limit)
      put(server, 3)
      await list.open()
      return before
    })
    expect(list.rows.peek()).toHaveLength(5)
    expect(list.waiting).toBe(0)
    expect(list.isDimmed(nameOf(3))).toBe(false)
  })
})
