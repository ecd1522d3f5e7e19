import type { CalibratedModel, Calibration } from './calibration.ts'
import type { ComparedMetric, ComparisonVerdict } from './comparison.ts'

/** A verdict as people read it. */
export const VERDICTS_SAID: Readonly<Record<ComparisonVerdict, string>> = {
  improved: 'improved',
  regressed: 'regressed',
  no_difference_shown: 'no difference shown',
  INCONCLUSIVE: 'inconclusive',
}

/** Why a metric is inconclusive, as people read it. */
export const REASONS_SAID: Readonly<Record<NonNullable<ComparedMetric['reason']>, string>> = {
  too_few_pairs: 'fewer than 10 pairs or clusters',
  too_many_missing: 'more than one pair in twenty has no value',
}

/** A value with its interval; null: it has none. */
export interface ShownDifference {
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
}

/** The ends of the line that a difference is drawn on, with 0 in its middle: metrics have different units. null: there is no interval. */
export function differenceLine({ difference, low, high }: ShownDifference): readonly [number, number] | null {
  if (difference === null || low === null || high === null) return null
  const most = Math.max(Math.abs(low), Math.abs(high), Math.abs(difference)) || 1
  return [-most, most]
}

/** The ends of the line that people's answers and the judge's scores are drawn on: 0 to 1 of shares, else as far as they go. */
export function answerLine(
  kind: Calibration['kind'],
  models: readonly Pick<CalibratedModel, 'low' | 'high' | 'judgeMean' | 'curve'>[],
): readonly [number, number] {
  if (kind === 'share') return [0, 1]
  const all = models.flatMap(({ low, high, judgeMean, curve }) => [
    low ?? 0,
    high ?? 0,
    judgeMean ?? 0,
    ...curve.flatMap(({ score, answer }) => [score, answer]),
  ])
  return all.length === 0 ? [0, 1] : [Math.min(...all), Math.max(...all)]
}

/** How wide an interval would be with so many labels. */
export interface WidthByLabels {
  readonly labels: number
  readonly halfWidth: number
  /** Without the judge; null: not known. */
  readonly alone: number | null
}

const TIMES = [0.5, 1, 1.5, 2, 3, 4]

/** About how wide the interval of a model would be with fewer and with more labels: by the root of their number. Empty if it has none. */
export function widthsByLabels({
  low,
  high,
  labelled,
  saved,
}: Pick<CalibratedModel, 'low' | 'high' | 'labelled' | 'saved'>): readonly WidthByLabels[] {
  if (low === null || high === null || labelled === 0) return []
  const half = (high - low) / 2
  const alone = saved === null || saved >= 1 ? null : half / Math.sqrt(1 - saved)
  return TIMES.map((times) => {
    const labels = Math.round(times * labelled)
    const at = (width: number): number => width * Math.sqrt(labelled / labels)
    return { labels, halfWidth: at(half), alone: alone === null ? null : at(alone) }
  })
}
