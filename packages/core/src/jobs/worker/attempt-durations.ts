import { type DurationCounts, durationBucket, durationSum } from '../processes/durations.ts'

/** Durations are forgotten one or two such stretches later, in ms. */
const STRETCH_MS = 300_000

/** How long the attempts of each type took in the last five to ten minutes. */
export class AttemptDurations {
  #now = new Map<string, Record<number, number>>()
  #before: ReadonlyMap<string, DurationCounts> = new Map()
  #turnedAt = 0

  /** An attempt took so long; `at` is by `elapsedMs`. */
  took(type: string, ms: number, at: number): void {
    this.#turn(at)
    const counts = this.#now.get(type) ?? {}
    const bucket = durationBucket(ms)
    counts[bucket] = (counts[bucket] ?? 0) + 1
    this.#now.set(type, counts)
  }

  of(type: string, at: number): DurationCounts {
    this.#turn(at)
    return durationSum([this.#before.get(type) ?? {}, this.#now.get(type) ?? {}])
  }

  #turn(at: number): void {
    const past = at - this.#turnedAt
    if (past < STRETCH_MS) return
    this.#before = past < 2 * STRETCH_MS ? this.#now : new Map()
    this.#now = new Map()
    this.#turnedAt = at
  }
}
