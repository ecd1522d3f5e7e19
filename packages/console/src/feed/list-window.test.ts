import { expect, it } from 'vitest'
import { CallError } from '../api/call.ts'
import { Entities } from './entities.ts'
import { ListWindow } from './list-window.ts'
import { Selection } from './selection.ts'

interface Row {
  readonly id: string
  readonly word: string
}

/** A list of so many rows, read by the place of a row as cursor. */
function listOf(
  count: number,
  { pageSize = 10, most = 30 } = {},
): { list: ListWindow<Row>; reads: (string | undefined)[] } {
  const reads: (string | undefined)[] = []
  const list = new ListWindow<Row>({
    keyOf: ({ id }) => id,
    pageSize,
    most,
    read: async (cursor, limit) => {
      reads.push(cursor)
      const from = Number(cursor ?? 0)
      const items = Array.from({ length: Math.min(limit, count - from) }, (_, n) => ({
        id: `r${from + n}`,
        word: '',
      }))
      return { items, nextCursor: from + limit < count ? String(from + limit) : null }
    },
  })
  return { list, reads }
}

const ids = (list: ListWindow<Row>): string[] => list.rows.peek().map(({ id }) => id)

it('reads on at its end, holds so many rows and no more, and reads back what it let go', async () => {
  const { list, reads } = listOf(48)
  await list.open()
  // A screen full comes first.
  expect(ids(list)).toEqual(['r0', 'r1', 'r2'])
  for (let n = 0; n < 6; n += 1) await list.near('end')
  expect(reads).toEqual([undefined, '3', '13', '23', '33', '43'])
  expect([ids(list)[0], ids(list).at(-1), ids(list).length]).toEqual(['r23', 'r47', 25])
  expect(list.isComplete.peek()).toBe(true)
  await list.near('start')
  await list.near('start')
  await list.near('start')
  await list.near('start')
  expect([ids(list)[0], ids(list).at(-1), ids(list).length]).toEqual(['r0', 'r22', 23])
  expect(new Set(ids(list)).size).toBe(23)
  expect(list.isComplete.peek()).toBe(false)
  await list.near('end')
  expect([ids(list)[0], ids(list).at(-1)]).toEqual(['r3', 'r32'])
})

it('lets no row move under the reader: what is new waits, what changed changes where it stands', async () => {
  const { list } = listOf(5, { pageSize: 20 })
  await list.open()
  list.at.value = 'r2'
  list.arrive('new')
  list.arrive('new')
  list.change({ id: 'r3', word: 'changed' })
  list.change({ id: 'elsewhere', word: 'changed' })
  list.leave('r1')
  expect(ids(list)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4'])
  expect(list.rows.peek()[3]?.word).toBe('changed')
  expect([list.waiting, list.isDimmed('r1'), list.isDimmed('r2')]).toEqual([1, true, false])
  list.arrive('r1')
  expect(list.isDimmed('r1')).toBe(false)
  await list.open()
  expect([list.waiting, list.at.peek()]).toEqual([0, 'r2'])
})

it('loses nothing that came while rows were read that are from before it', async () => {
  const answers: (() => void)[] = []
  const list = new ListWindow<Row>({
    keyOf: ({ id }) => id,
    read: () =>
      new Promise((resolve) => {
        const items = ['r0', 'r1'].map((id) => ({ id, word: 'old' }))
        answers.push(() => resolve({ items, nextCursor: null }))
      }),
  })
  const first = list.open()
  answers.shift()?.()
  await first
  const again = list.open()
  list.arrive('new')
  list.arrive('gone')
  list.change({ id: 'r0', word: 'changed' })
  list.leave('gone')
  list.leave('r1')
  answers.shift()?.()
  await again
  expect([list.waiting, list.rows.peek()[0]?.word, list.isDimmed('r1')]).toEqual([1, 'changed', true])
  // Rows that are asked for after it hold it.
  const last = list.open()
  answers.shift()?.()
  await last
  expect([list.waiting, list.rows.peek()[0]?.word, list.isDimmed('r1')]).toEqual([0, 'old', false])
})

it('keeps what it holds in sight if it cannot be read anew, and says why', async () => {
  let isDown = false
  const list = new ListWindow<Row>({
    keyOf: ({ id }) => id,
    read: async () => {
      if (isDown) throw new CallError({ status: 0, code: 'offline', detail: 'The server cannot be reached' })
      return { items: [{ id: 'r0', word: '' }], nextCursor: null }
    },
  })
  await list.open()
  isDown = true
  await list.open()
  expect([ids(list), list.state.peek(), list.problem.peek()?.code]).toEqual([['r0'], 'ready', 'offline'])
  isDown = false
  await list.open()
  expect(list.problem.peek()).toBeUndefined()
})

it('shows what was asked for last, whichever answer comes first', async () => {
  const answers: (() => void)[] = []
  const list = new ListWindow<Row>({
    keyOf: ({ id }) => id,
    read: (cursor) =>
      new Promise((resolve) => {
        answers.push(() => resolve({ items: [{ id: cursor ?? 'first', word: '' }], nextCursor: null }))
      }),
  })
  const reads = [list.open('one'), list.open('two')]
  for (const answer of answers.reverse()) answer()
  await Promise.all(reads)
  expect(ids(list)).toEqual(['two'])
})

it('selects rows one by one, by ranges, all that is shown, and then all that match', () => {
  const selection = new Selection(() => ['a', 'b', 'c', 'd'])
  selection.toggle('b')
  selection.range('d')
  selection.toggle('c')
  expect(Array.from(selection.ids.peek())).toEqual(['b', 'd'])
  selection.all()
  expect([selection.count(900), selection.isAllMatching.peek()]).toEqual([4, false])
  selection.all()
  expect([selection.count(900), selection.has('elsewhere')]).toEqual([900, true])
  selection.toggle('a')
  expect([selection.count(900), selection.has('a'), selection.has('b')]).toEqual([3, false, true])
})

it('keeps each thing once, and forgets those that were put first', () => {
  const things = new Entities<number>(2)
  const a = things.of('a')
  things.put('a', 1)
  things.change('a', (before) => before + 1)
  things.change('b', (before) => before + 1)
  expect([a.peek(), things.size]).toEqual([2, 1])
  things.put('b', 1)
  things.put('c', 1)
  expect([things.size, things.of('c').peek()]).toEqual([2, 1])
})
