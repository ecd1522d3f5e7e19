import { assertShare } from '../arithmetic/input.ts'

/**
 * P-values adjusted so that the chance of any false alarm among them keeps its level.
 *
 * Source: Holm 1979, Scand J Stat 6.
 *
 * @throws RangeError if one is not in 0…1
 */
export function holm(p: readonly number[]): number[] {
  const adjusted = p.slice()
  let least = 0
  for (const [rank, i] of ascending(p).entries()) {
    least = Math.min(1, Math.max(least, (p.length - rank) * (p[i] as number)))
    adjusted[i] = least
  }
  return adjusted
}

/**
 * P-values adjusted so that the share of false ones among the alarms keeps its level.
 *
 * Source: Benjamini & Hochberg 1995, JRSS B 57.
 *
 * @throws RangeError if one is not in 0…1
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const adjusted = p.slice()
  let most = 1
  for (const [fromLast, i] of ascending(p).reverse().entries()) {
    most = Math.min(most, ((p[i] as number) * p.length) / (p.length - fromLast))
    adjusted[i] = most
  }
  return adjusted
}

/** The places of the p-values from the smallest on. */
function ascending(p: readonly number[]): number[] {
  for (const [i, each] of p.entries()) assertShare(`p[${i}]`, each)
  return [...p.keys()].sort((i, j) => (p[i] as number) - (p[j] as number) || i - j)
}
