import { frozen } from './frozen.ts'
import { RowIndex, type RowOrder } from './row-index.ts'
import type { UndoJournal } from './undo-journal.ts'

/**
 * Rows by key. A row never changes, it is replaced: {@link set} keeps a frozen copy. Every write goes into the journal, so that a
 * transaction that throws leaves nothing, neither here nor in the indexes.
 */
export class MemoryTable<Key extends string | number, Row extends object> {
  readonly #rows = new Map<Key, Row>()
  readonly #indexes: RowIndex<string | number, Row>[] = []
  readonly #journal: UndoJournal

  readonly #keep: (row: Row) => Row

  /** @param keep what makes a row that nobody can change; rows that never leave their stores need no copy */
  constructor(journal: UndoJournal, keep: (row: Row) => Row = frozen) {
    this.#journal = journal
    this.#keep = keep
  }

  /** An index over the rows, those already here included. */
  index<Group extends string | number>(
    groupOf: (row: Row) => Group | undefined,
    order: RowOrder<Row>,
  ): RowIndex<Group, Row> {
    const index = new RowIndex<Group, Row>(groupOf, order)
    for (const row of this.#rows.values()) index.add(row)
    this.#indexes.push(index as unknown as RowIndex<string | number, Row>)
    return index
  }

  get size(): number {
    return this.#rows.size
  }

  get(key: Key): Row | undefined {
    return this.#rows.get(key)
  }

  has(key: Key): boolean {
    return this.#rows.has(key)
  }

  keys(): IterableIterator<Key> {
    return this.#rows.keys()
  }

  /** In no promised order. */
  entries(): IterableIterator<[Key, Row]> {
    return this.#rows.entries()
  }

  /** In no promised order. */
  values(): IterableIterator<Row> {
    return this.#rows.values()
  }

  /** Keeps a frozen copy of `row`, replacing what was there, and gives it back. */
  set(key: Key, row: Row): Row {
    const before = this.#rows.get(key)
    this.#journal.record(() => this.#put(key, before))
    const after = this.#keep(row)
    this.#put(key, after)
    return after
  }

  /** Whether there was such a row. */
  delete(key: Key): boolean {
    const before = this.#rows.get(key)
    if (!before) return false
    this.#journal.record(() => this.#put(key, before))
    this.#put(key, undefined)
    return true
  }

  #put(key: Key, after: Row | undefined): void {
    const before = this.#rows.get(key)
    for (const index of this.#indexes) {
      if (before && after) index.replace(before, after)
      else if (before) index.remove(before)
      else if (after) index.add(after)
    }
    if (after) this.#rows.set(key, after)
    else this.#rows.delete(key)
  }
}
