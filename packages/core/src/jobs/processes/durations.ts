/** Buckets to each doubling: a percentile is at most 5 % off. */
const PER_OCTAVE = 8

/** How many attempts took how long, by bucket. */
export type DurationCounts = Readonly<Record<string, number>>

/** The bucket that a duration falls in. */
export function durationBucket(ms: number): number {
  return ms <= 1 ? 0 : Math.round(PER_OCTAVE * Math.log2(ms))
}

/** The duration under which such a share of all lies, in ms; null: there are none. */
export function durationAt(share: number, counts: DurationCounts): number | null {
  const buckets = Object.entries(counts)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .sort(([a], [b]) => a - b)
  const all = buckets.reduce((sum, [, count]) => sum + count, 0)
  let below = 0
  for (const [bucket, count] of buckets) {
    below += count
    if (below >= share * all) return Math.round(2 ** (bucket / PER_OCTAVE))
  }
  return null
}

/** Counts of several together. */
export function durationSum(several: readonly DurationCounts[]): DurationCounts {
  const sum: Record<string, number> = {}
  for (const counts of several) {
    for (const [bucket, count] of Object.entries(counts)) sum[bucket] = (sum[bucket] ?? 0) + count
  }
  return sum
}
