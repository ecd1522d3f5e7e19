import type { NewestKey, Slice } from '../paging.ts'
import type { RowIndex } from './row-index.ts'

/** Ids and names in the order of their UTF-16 units: for ASCII that is the order of their bytes. */
export function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Order of every list that is newest first: descending (createdAt, id). */
export function newestFirst<Row extends { readonly createdAt: Date }>(
  idOf: (row: Row) => string,
): (a: Row, b: Row) => number {
  return (a, b) => b.createdAt.getTime() - a.createdAt.getTime() || byText(idOf(b), idOf(a))
}

/** The part of a newest-first group that `slice` asks for. */
export function sliceNewest<Group extends string | number, Row extends { readonly createdAt: Date }>(
  index: RowIndex<Group, Row>,
  group: Group,
  idOf: (row: Row) => string,
  { limit, after }: Slice<NewestKey>,
  where: (row: Row) => boolean = () => true,
): Row[] {
  const at = after?.createdAt.getTime()
  const start =
    after === undefined || at === undefined
      ? 0
      : index.placeOf(group, (row) => {
          const created = row.createdAt.getTime()
          return created > at || (created === at && idOf(row) >= after.id)
        })
  return takeWhere(index.in(group), start, limit, where)
}

/** Up to `limit` rows that fit, from `start` on. */
export function takeWhere<Row>(
  rows: readonly Row[],
  start: number,
  limit: number,
  where: (row: Row) => boolean,
): Row[] {
  const taken: Row[] = []
  for (let place = start; place < rows.length && taken.length < limit; place += 1) {
    const row = rows[place] as Row
    if (where(row)) taken.push(row)
  }
  return taken
}

/** One key from parts that hold no NUL. */
export function keyOf(...parts: readonly (string | number)[]): string {
  return parts.join('\u0000')
}
