/** Says which of two rows comes first; 0 only for one and the same row. */
export type RowOrder<Row> = (a: Row, b: Row) => number

/**
 * The rows of a table by group, sorted inside each group. The table keeps it up to date, in undoing too.
 * Arrays given out are live: take what you need from them before you write to the table.
 */
export class RowIndex<Group extends string | number, Row extends object> {
  readonly #groups = new Map<Group, Row[]>()
  readonly #groupOf: (row: Row) => Group | undefined
  readonly #order: RowOrder<Row>

  /** Rows whose `groupOf` is undefined are left out. */
  constructor(groupOf: (row: Row) => Group | undefined, order: RowOrder<Row>) {
    this.#groupOf = groupOf
    this.#order = order
  }

  /** The rows of the group in order. */
  in(group: Group): readonly Row[] {
    return this.#groups.get(group) ?? []
  }

  /** Groups that have at least one row, in no order. */
  groups(): IterableIterator<Group> {
    return this.#groups.keys()
  }

  /**
   * The place (from 0) of the first row in the group for which `isBefore` no longer holds; the count where it always does.
   * `isBefore` must hold for a beginning of the group and for nothing after it.
   */
  placeOf(group: Group, isBefore: (row: Row) => boolean): number {
    return firstPlace(this.in(group), isBefore)
  }

  /** For the table alone. */
  add(row: Row): void {
    const group = this.#groupOf(row)
    if (group === undefined) return
    const rows = this.#groups.get(group)
    if (!rows) {
      this.#groups.set(group, [row])
      return
    }
    const last = rows.at(-1)
    if (last && this.#order(last, row) < 0) rows.push(row)
    else rows.splice(this.#place(rows, row), 0, row)
  }

  /** For the table alone. */
  remove(row: Row): void {
    const group = this.#groupOf(row)
    if (group === undefined) return
    const rows = this.#groups.get(group)
    if (!rows) return
    const place = this.#place(rows, row)
    if (rows[place] !== row)
      throw new Error('The order of an index is not total: a row cannot be found by it')
    if (rows.length === 1) this.#groups.delete(group)
    else if (place === 0) rows.shift()
    else rows.splice(place, 1)
  }

  /** For the table alone. A row that keeps its place is exchanged there: most writes change nothing that an index asks. */
  replace(before: Row, after: Row): void {
    const group = this.#groupOf(before)
    const rows = group === undefined ? undefined : this.#groups.get(group)
    if (group === this.#groupOf(after) && (!rows || this.#order(before, after) === 0)) {
      if (rows) rows[this.#placeOfRow(rows, before)] = after
      return
    }
    this.remove(before)
    this.add(after)
  }

  #placeOfRow(rows: readonly Row[], row: Row): number {
    const place = this.#place(rows, row)
    if (rows[place] !== row)
      throw new Error('The order of an index is not total: a row cannot be found by it')
    return place
  }

  #place(rows: readonly Row[], row: Row): number {
    return firstPlace(rows, (other) => this.#order(other, row) < 0)
  }
}

function firstPlace<Row>(rows: readonly Row[], isBefore: (row: Row) => boolean): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(rows[middle] as Row)) low = middle + 1
    else high = middle
  }
  return low
}
