import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MemoryTable } from './table.ts'
import { UndoJournal } from './undo-journal.ts'

interface Row {
  readonly id: number
  readonly group: number
  readonly rank: number
}

function open() {
  const journal = new UndoJournal()
  const table = new MemoryTable<number, Row>(journal)
  const index = table.index(
    ({ group }) => (group === 0 ? undefined : group),
    (a, b) => a.rank - b.rank || a.id - b.id,
  )
  const contents = () => ({
    rows: [...table.values()].sort((a, b) => a.id - b.id),
    groups: [1, 2, 3].map((group) => [...index.in(group)]),
  })
  return { journal, table, index, contents }
}

const writes = fc.array(
  fc.record({
    id: fc.nat(9),
    deletes: fc.boolean(),
    group: fc.nat(3),
    rank: fc.nat(4),
  }),
  { maxLength: 40 },
)

describe('MemoryTable', () => {
  it('keeps its indexes in order, and takes everything back, whatever was written', () => {
    fc.assert(
      fc.property(writes, writes, (kept, undone) => {
        const { journal, table, contents } = open()
        const apply = (all: typeof kept) => {
          for (const { id, deletes, group, rank } of all) {
            if (deletes) table.delete(id)
            else table.set(id, { id, group, rank })
          }
        }
        journal.begin()
        apply(kept)
        journal.commit()
        const before = contents()
        const inOrder = [1, 2, 3].map((wanted) =>
          before.rows.filter(({ group }) => group === wanted).sort((a, b) => a.rank - b.rank || a.id - b.id),
        )
        expect(before.groups).toEqual(inOrder)

        journal.begin()
        apply(undone)
        journal.rollback()
        expect(contents()).toEqual(before)
      }),
    )
  })

  it('finds the place in a group where something no longer holds', () => {
    const { journal, table, index } = open()
    journal.begin()
    for (const rank of [4, 1, 3, 2]) table.set(rank, { id: rank, group: 1, rank })
    journal.commit()
    expect([0, 2, 9].map((limit) => index.placeOf(1, ({ rank }) => rank <= limit))).toEqual([0, 2, 4])
    expect(index.placeOf(2, () => true)).toBe(0)
    expect([...index.groups()]).toEqual([1])
  })

  it('refuses to write outside of a transaction', () => {
    const { table } = open()
    expect(() => table.set(1, { id: 1, group: 1, rank: 1 })).toThrow('outside of a transaction')
  })
})
