import { ConflictError } from '../errors.ts'
import type { ComparedPair } from './comparison.ts'
import type { ComparisonStore, Pair, PairSlice } from './comparison-store.ts'
import type { Metric, RunModel } from './metric.ts'
import type { Score, ScoredJob } from './scorers.ts'

/** Jobs of a model that one read looks through. */
const BATCH = 2_000

/** Something for each side. */
export interface BySide<Thing> {
  readonly baseline: Thing
  readonly candidate: Thing
}

/** All pairs of two models, a batch in memory at a time; while one is worked on, the next is read. */
export async function* pairsOf(
  comparisons: Pick<ComparisonStore, 'listPairs'>,
  { baseline, candidate }: BySide<RunModel>,
): AsyncGenerator<readonly Pair[], void> {
  const sides = { baseline: named(baseline), candidate: named(candidate) }
  const read = (from: number): Promise<PairSlice> => comparisons.listPairs(sides, { from, limit: BATCH })
  let reading: Promise<PairSlice> | undefined = read(1)
  try {
    while (reading !== undefined) {
      const { pairs, next }: PairSlice = await reading
      reading = next === undefined ? undefined : read(next)
      yield pairs
    }
  } finally {
    // A reader that stops, or fails itself, does not hear of what was read ahead.
    reading?.catch(() => undefined)
  }
}

/** The job of one side as scores take it; null if it gave no result. */
export function scoredJob(pair: Pair, side: keyof BySide<Score>): ScoredJob | null {
  const { state, result } = pair[side]
  if (state !== 'completed') return null
  return { scenarioId: pair.scenarioId, repeat: pair.repeat, payload: pair.payload, result }
}

/** The value that stands for none; null: the pair is dropped. */
export function standIn({
  missing,
  range,
  better,
}: Pick<Metric, 'missing' | 'range' | 'better'>): number | null {
  if (missing !== 'worst' || range === undefined) return null
  return better === 'lower' ? range[1] : range[0]
}

/** A pair by one metric. */
export function comparedPair(pair: Pair, metric: Metric, scores: BySide<Score>): ComparedPair {
  const valueOn = (side: keyof BySide<Score>): number | null => {
    const job = scoredJob(pair, side)
    return job && scores[side](job)
  }
  const [baseline, candidate] = [valueOn('baseline'), valueOn('candidate')]
  const [one, other] = [baseline ?? standIn(metric), candidate ?? standIn(metric)]
  const { scenarioId, repeat } = pair
  if (one === null || other === null) return { scenarioId, repeat, baseline, candidate, change: null }
  const gain = metric.better === 'lower' ? one - other : other - one
  const change = gain > 0 ? 'better' : gain < 0 ? 'worse' : 'same'
  return { scenarioId, repeat, baseline, candidate, change }
}

/** @throws ConflictError if a run is no longer as it was: results were retried meanwhile */
export function demandUnchanged(
  before: BySide<number>,
  now: BySide<number | undefined>,
  since: string,
): void {
  for (const side of ['baseline', 'candidate'] as const) {
    if (before[side] === now[side]) continue
    throw new ConflictError(`The run of the ${side} has changed since ${since}: compare anew`, { side })
  }
}

function named({ runId, model }: RunModel): RunModel {
  return { runId, model }
}
