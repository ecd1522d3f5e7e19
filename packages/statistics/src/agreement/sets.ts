/**
 * How far two sets are the same: Jaccard's share, times 1 if they are equal, 2/3 if one holds the
 * other, 1/3 if they overlap. 0 if they have nothing in common; 1 if both are empty.
 *
 * Source: Passonneau 2006, LREC (MASI).
 */
export function masi(a: Iterable<unknown>, b: Iterable<unknown>): number {
  const [left, right] = [new Set(a), new Set(b)]
  let both = 0
  for (const each of left) if (right.has(each)) both++
  return masiOf(both, left.size, right.size)
}

/** The same from the sizes of two sets and of what they have in common. */
export function masiOf(both: number, left: number, right: number): number {
  const either = left + right - both
  if (either === 0) return 1
  const jaccard = both / either
  if (both === either) return jaccard
  return both === left || both === right ? (jaccard * 2) / 3 : jaccard / 3
}
