import type { NewestKey, Slice } from '@muster/core/ports'
import type { RowIndex } from '../tables/row-index.ts'

/** Ids and names in the order of their UTF-16 units: for ASCII that is the order of their bytes. */
export function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/**
 * Ascending (createdAt, id): what lists that are newest first read from the end, see {@link sliceNewest}. Kept this way round because
 * what is new is then put at the end of an index, which costs nothing.
 */
export function byAge<Row extends { readonly createdAt: Date }>(
  idOf: (row: Row) => string,
): (a: Row, b: Row) => number {
  return (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || byText(idOf(a), idOf(b))
}

/** The part of a list, newest first, that `slice` asks for; `index` is in the order of {@link byAge}. */
export function sliceNewest<Group extends string | number, Row extends { readonly createdAt: Date }>(
  index: RowIndex<Group, Row>,
  group: Group,
  idOf: (row: Row) => string,
  { limit, after }: Slice<NewestKey>,
  where: (row: Row) => boolean = () => true,
): Row[] {
  const rows = index.in(group)
  const end = after ? index.placeOf(group, (row) => isOlder(row, after)) : rows.length
  const taken: Row[] = []
  for (let place = end - 1; place >= 0 && taken.length < limit; place -= 1) {
    const row = rows[place] as Row
    if (where(row)) taken.push(row)
  }
  return taken

  function isOlder(row: Row, { createdAt, id }: NewestKey): boolean {
    const older = row.createdAt.getTime() - createdAt.getTime()
    return older < 0 || (older === 0 && idOf(row) < id)
  }
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
