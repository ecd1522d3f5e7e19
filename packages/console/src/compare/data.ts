import { type AnswerOf, call } from '../api/call.ts'
import { readLines } from '../api/lines.ts'
import { decimal, figure } from '../design/time.ts'

/** Two runs' models, as they were compared. */
export type Comparison = AnswerOf<'GET /comparisons/{id}'>
/** One metric of a comparison. */
export type Compared = Comparison['metrics'][number]
/** One value of a slice. */
export type Slice = Comparison['slices'][number]

/** A pair by one metric, as a line of the API has it. */
export interface Pair {
  readonly scenarioId: string
  readonly repeat: number
  readonly baseline: number | null
  readonly candidate: number | null
  readonly change: 'better' | 'worse' | 'same' | null
}

/** Which pairs are looked at; `none`: a side has no value. */
export type Change = 'worse' | 'better' | 'same' | 'none'
/** Each change with how its tab calls it. */
export const CHANGES: Readonly<Record<Change, string>> = {
  worse: 'Worse',
  better: 'Better',
  same: 'Same',
  none: 'No value',
}

/** How many pairs changed so, by one metric. */
export function countOf({ pairs }: Comparison, { wins, losses, n }: Compared, change: Change): number {
  if (change === 'better') return wins
  if (change === 'worse') return losses
  return change === 'same' ? n - wins - losses : pairs.n - n
}

/** A key of a pair. */
export const keyOfPair = ({ scenarioId, repeat }: Pair): string => `${repeat} ${scenarioId}`

/**
 * Reads the pairs that changed so, as they come.
 * @throws CallError
 */
export function readPairs(
  comparisonId: string,
  metric: string,
  change: Change,
  take: (pairs: readonly Pair[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ metric, ...(change !== 'none' && { change }) })
  return readLines<Pair>(
    `/comparisons/${encodeURIComponent(comparisonId)}/pairs.ndjson?${query}`,
    (pairs) => take(change === 'none' ? pairs.filter((pair) => pair.change === null) : pairs),
    signal,
  )
}

/** The metric that is looked at first: one that fell, else one that rose, else the first. */
export function firstMetric(metrics: readonly Compared[]): Compared | undefined {
  return (
    metrics.find(({ verdict }) => verdict === 'regressed') ??
    metrics.find(({ verdict }) => verdict === 'improved') ??
    metrics[0]
  )
}

/** A probability; what is close to 0 is never said to be 0. */
export function chance(p: number | null): string {
  if (p === null) return '–'
  return p < 0.0001 ? '< 0.0001' : decimal(p, p < 0.01 ? 4 : 3)
}

/** In one sentence how many metrics are better and how many worse. */
export function summaryOf(metrics: readonly Pick<Compared, 'verdict'>[]): string {
  const of = (verdict: Compared['verdict']): number =>
    metrics.filter((metric) => metric.verdict === verdict).length
  const parts = [
    [of('regressed'), 'regressed'],
    [of('improved'), 'improved'],
    [of('no_difference_shown'), 'without a shown difference'],
    [of('INCONCLUSIVE'), 'inconclusive'],
  ] as const
  return parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${figure(count)} ${words}`)
    .join(' · ')
}

/** A value of a slice as text. */
export const valueSaid = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** The settled job of a model that did a scenario, in full; undefined if it is no longer there. */
export async function readJob(
  projectId: string,
  { runId, model }: Comparison['baseline'],
  { scenarioId, repeat }: Pick<Pair, 'scenarioId' | 'repeat'>,
) {
  const query = { runId, model, scenarioId }
  const { items } = await call('GET /projects/{projectId}/jobs', { params: { projectId }, query })
  const found = items.find((job) => (job.repeat ?? 1) === repeat)
  if (found === undefined) return undefined
  return call('GET /projects/{projectId}/queue/{itemId}', { params: { projectId, itemId: found.jobId } })
}
