import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Marking } from './marking.ts'
import { piecesOf, wholeWords, wordEdge } from './spans.ts'

const TEXT = 'Ada 👩‍💻 wrote it in 1843, so they say.'
const points = Array.from(TEXT)

it('cuts a text so that its pieces are the text, and each is marked as a whole', () => {
  const span = fc
    .tuple(fc.nat(points.length), fc.nat(points.length))
    .map(([one, other]) => ({ start: Math.min(one, other), end: Math.max(one, other) }))
    .filter(({ start, end }) => start < end)
  fc.assert(
    fc.property(fc.array(span, { maxLength: 5 }), (spans) => {
      const pieces = piecesOf(points, spans)
      expect(pieces.map(({ text }) => text).join('')).toBe(TEXT)
      for (const { start, end, over } of pieces) {
        for (const [index, mark] of spans.entries()) {
          const inside = mark.start <= start && mark.end >= end
          const outside = mark.end <= start || mark.start >= end
          expect(inside || outside).toBe(true)
          expect(over.includes(index)).toBe(inside)
        }
      }
    }),
  )
})

it('moves by words, counting code points', () => {
  expect(wordEdge(points, 0, 1)).toBe(3)
  expect(points.slice(0, wordEdge(points, 3, 1)).join('')).toBe('Ada 👩‍💻 wrote')
  expect(wordEdge(points, points.length, -1)).toBe(points.indexOf('s', 28))
  expect(wordEdge(points, 0, -1)).toBe(0)
})

it('widens to whole words, and never to what is between them', () => {
  const year = TEXT.indexOf('1843') - (TEXT.length - points.length)
  expect(points.slice(...wholeWords(points, year + 1, year + 2)).join('')).toBe('1843')
  expect(points.slice(...wholeWords(points, year - 1, year + 5)).join('')).toBe('1843,')
})

it('marks what is selected, refuses what overlaps, and changes the label of the mark in focus', () => {
  const marking = new Marking(
    {
      id: 'm',
      type: 'spans',
      title: 'Marks',
      of: 'text',
      labels: [{ value: 'name', key: 'n' }, { value: 'date' }],
    },
    TEXT,
  )
  expect(marking.mark([], 'name')).toBeUndefined()
  expect(marking.said.value).toBe('Select a stretch of the text first')
  marking.move(1, true)
  const one = marking.mark([], 'name') ?? []
  expect(one).toEqual([{ start: 0, end: 3, label: 'name' }])
  expect(marking.mark(one, 'date')).toEqual([{ start: 0, end: 3, label: 'date' }])
  marking.select(1, 8)
  expect(marking.mark(one, 'date')).toBeUndefined()
  expect(marking.said.value).toBe('Marks may not overlap here')
  marking.nextMark(one)
  expect(marking.unmark(one)).toEqual([])
  expect([...marking.keys]).toEqual([
    ['n', 'name'],
    ['1', 'date'],
  ])
})
