/** A rate is known from the present stretch and the one before, each so long at least. */
export const RATE_STRETCH_MS = 5_000

interface Stretch {
  /** In ms of the epoch. */
  readonly since: number
  readonly settled: number
}

/** The marks from which a run's rate is measured. */
export interface Pace extends Stretch {
  readonly before: Stretch | null
}

/** The pace of a run that begins to move, for the first time or anew. */
export function freshPace(now: number): Pace {
  return { since: now, settled: 0, before: null }
}

/** The pace after `settled` more jobs ended, and how many a second these were over both stretches. */
export function paceAfter(
  pace: Pace,
  settled: number,
  now: number,
): { readonly pace: Pace; readonly ratePerSecond: number } {
  const stretch = { since: pace.since, settled: pace.settled + settled }
  const over = now - pace.since >= RATE_STRETCH_MS
  const next = over ? { since: now, settled: 0, before: stretch } : { ...stretch, before: pace.before }
  const ms = now - (next.before?.since ?? next.since)
  const both = next.settled + (next.before?.settled ?? 0)
  return { pace: next, ratePerSecond: ms > 0 ? both / (ms / 1_000) : 0 }
}
