/** The count that a statement gives in its one row. */
export function countOf([row]: readonly { readonly count: number }[]): number {
  return row?.count ?? 0
}
