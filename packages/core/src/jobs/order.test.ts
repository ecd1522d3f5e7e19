import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder, type Line, positionAt } from './order.ts'

const lines = fc
  .array(fc.record({ priority: fc.integer({ min: -1, max: 1 }), turn: fc.nat(5), length: fc.nat(6) }), {
    maxLength: 8,
  })
  .map((lanes) =>
    lanes.map(({ priority, turn, length }, lane) => ({
      lane,
      priority,
      turn,
      length,
      items: Array.from({ length }, (_, index) => `${lane}/${index + 1}`),
    })),
  )

describe('The order of what is in line', () => {
  it('gives lanes of one priority a job each, round by round, the longest unserved first', () => {
    const order = inOrder([
      { lane: 1, priority: 5, turn: 9, items: ['a1', 'a2', 'a3'] },
      { lane: 2, priority: 5, turn: 3, items: ['b1'] },
      { lane: 3, priority: 10, turn: 99, items: ['c1', 'c2'] },
    ])
    expect([...order].map(({ item }) => item)).toEqual(['c1', 'c2', 'b1', 'a1', 'a2', 'a3'])
  })

  it('reads a long lane only as far as it is asked', () => {
    let read = 0
    function* endless(): Generator<number> {
      for (;;) yield ++read
    }
    const order = inOrder([{ lane: 1, priority: 0, turn: 0, items: endless() } satisfies Line<number>])
    expect([order.next().value?.item, order.next().value?.item]).toEqual([1, 2])
    expect(read).toBe(2)
  })

  it('gives every job the position that is its rank', () => {
    fc.assert(
      fc.property(lines, (lanes) => {
        const ranks = [...inOrder(lanes)].map(({ item }) => item)
        for (const mine of lanes) {
          mine.items.forEach((item, index) => {
            expect(positionAt(mine, index + 1, lanes)).toBe(ranks.indexOf(item) + 1)
          })
        }
      }),
    )
  })

  it('keeps strict priority and the age within a lane', () => {
    fc.assert(
      fc.property(lines, (lanes) => {
        const order = [...inOrder(lanes)]
        expect(order).toHaveLength(lanes.reduce((sum, { length }) => sum + length, 0))
        const priorities = order.map(({ lane }) => lanes[lane]?.priority ?? Number.NaN)
        expect(priorities).toEqual([...priorities].sort((a, b) => b - a))
        for (const { lane, items } of lanes) {
          expect(order.filter((place) => place.lane === lane).map(({ item }) => item)).toEqual(items)
        }
      }),
    )
  })
})
