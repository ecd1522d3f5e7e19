import { meanInterval, shareInterval } from '@muster/statistics'
import { sum } from '@muster/statistics/arithmetic'
import {
  type ActiveEstimate,
  active,
  anytimeMultiplier,
  type Estimate,
  type EstimateOptions,
  judgeQuality,
  stratified,
  uniform,
} from '@muster/statistics/calibration'
import type {
  CalibratedDifference,
  CalibratedModel,
  Calibration,
  CalibrationFrame,
  CalibrationLabel,
  CalibrationRefusal,
  CurvePoint,
  KeptCalibration,
} from './calibration.ts'
import { inDrawnOrder, membersOf, scaled } from './calibration-draw.ts'
import { numberSaid } from './outside-scores.ts'

/** An estimate rests on these too, beside the labels. */
export interface Beside {
  /** The run's version now. */
  readonly runVersion: number | undefined
  /** How far people agree on tasks that several answered; null: too few were. */
  readonly agreement: { readonly items: number; readonly high: number } | null
}

/** Fewer labels, clusters, or even weights give no number. */
const LEAST_LABELS = 30
const LEAST_CLUSTERS = 10
const LEAST_WEIGHT = 30
/** Most of the counted labels, and of the units, that may be missing. */
const MOST_MISSING = 0.05
/** Below, people do not agree; from so many tasks that several answered. */
const LEAST_AGREEMENT = 0.2
export const LEAST_AGREED = 30

/** A label that is not there yet; null: it will not come. */
const OPEN = Symbol('open')
type Label = number | null | typeof OPEN

/** A calibration by the labels so far: a pure function of what is kept. */
export function calibrationOf(
  kept: KeptCalibration,
  frame: CalibrationFrame,
  labels: readonly CalibrationLabel[],
  beside: Beside,
): Calibration {
  const { calibrationId, projectId, runId, design, kind, budget, seed, target, unscored, createdAt, asked } =
    kept
  const anytime = asked.anytime === true
  const waiting = labels.filter(({ status }) => status === 'open').length
  const status = kept.cancelled ? 'cancelled' : waiting > 0 ? 'labelling' : 'complete'
  const drawn = [...new Set(labels.map(({ unit }) => unit))].sort((a, b) => a - b)
  const order = inDrawnOrder(frame, drawn, seed)
  const byModel = kept.models.map((_, model) => labelsOf(kept, labels, model))
  const sampleOf = (of: (unit: number) => Label): Sample => ({ kept, frame, order, labelOf: of })
  const models = kept.models.map((model, m): CalibratedModel => {
    const scores = valuesOf(kept, frame.scores[m] ?? [])
    return modelOf(
      model,
      sampleOf((unit) => labelIn(byModel[m], unit)),
      scores,
      beside,
    )
  })
  return {
    calibrationId,
    projectId,
    runId,
    design,
    kind,
    budget,
    seed,
    target,
    unscored,
    createdAt,
    judge: asked.judge,
    range: asked.range,
    truth: asked.truth,
    anytime,
    status,
    units: frame.keys.length,
    labelled: countedOf(everyLabelOf(kept, frame, labels, order)).length,
    waiting,
    provisional: status === 'labelling' && !anytime,
    extended: budget !== kept.planned && !anytime,
    models,
    differences: differencesOf(kept, frame, byModel, models, sampleOf),
  }
}

/** Drawn units of which every label is there or will not come, as far as they count. */
export function labelledOf(
  kept: KeptCalibration,
  frame: CalibrationFrame,
  labels: readonly CalibrationLabel[],
): number {
  const drawn = [...new Set(labels.map(({ unit }) => unit))].sort((a, b) => a - b)
  const order = inDrawnOrder(frame, drawn, kept.seed)
  return countedOf(everyLabelOf(kept, frame, labels, order)).length
}

/** A unit is labelled once it is for every model. */
function everyLabelOf(
  kept: KeptCalibration,
  frame: CalibrationFrame,
  labels: readonly CalibrationLabel[],
  order: readonly number[],
): Sample {
  const byModel = kept.models.map((_, model) => labelsOf(kept, labels, model))
  return { kept, frame, order, labelOf: (unit) => together(byModel.map((of) => labelIn(of, unit))) }
}

interface Sample {
  readonly kept: KeptCalibration
  readonly frame: CalibrationFrame
  /** The places of drawn units, in the order in which they were drawn. */
  readonly order: readonly number[]
  readonly labelOf: (unit: number) => Label
}

/** People's answers to one model, by the unit: of several repeats their mean, as soon as all are there. */
export function labelsOf(
  { asked: { truth }, kind }: Pick<KeptCalibration, 'asked' | 'kind'>,
  labels: readonly CalibrationLabel[],
  model: number,
): Map<number, Label> {
  const mine = Map.groupBy(
    labels.filter((label) => label.model === model),
    ({ unit }) => unit,
  )
  const answers = (each: CalibrationLabel): Label =>
    each.status === 'open' ? OPEN : answerIn(each, truth, kind)
  return new Map([...mine].map(([unit, repeats]) => [unit, meanOf(repeats.map(answers))]))
}

/** The number that people settled on; a share takes none beyond 0 to 1. */
function answerIn(
  { status, outcome }: Pick<CalibrationLabel, 'status' | 'outcome'>,
  { question, map }: KeptCalibration['asked']['truth'],
  kind: 'share' | 'mean',
): number | null {
  const said = status === 'completed' ? numberSaid(outcome, question, map) : null
  return said !== null && kind === 'share' && (said < 0 || said > 1) ? null : said
}

/** The judge's scores on the scale of people's answers. */
function valuesOf({ kind, asked: { range } }: KeptCalibration, scores: readonly number[]): readonly number[] {
  return kind === 'share' ? scaled(scores, range) : scores
}

function together(labels: readonly Label[]): Label {
  if (labels.includes(OPEN)) return OPEN
  return labels.includes(null) ? null : 0
}

function meanOf(labels: readonly Label[]): Label {
  const whole = together(labels)
  return whole === 0 ? sum(labels as readonly number[]) / labels.length : whole
}

/** Units that count: those drawn first of whose labels none is open, in each stratum; of an active design all, or none. */
function countedOf({ kept: { design }, frame, order, labelOf }: Sample): number[] {
  if (design === 'active') return order.some((unit) => labelOf(unit) === OPEN) ? [] : [...order]
  const strata = membersOf(frame)
  const open = new Set<number>()
  return order.filter((unit) => {
    const stratum = strata.length === 1 ? 0 : (frame.strata?.[unit] ?? 0)
    if (labelOf(unit) === OPEN) open.add(stratum)
    return !open.has(stratum)
  })
}

/** An estimate whose interval holds whatever the missing labels would have been. */
interface Bounded {
  readonly counted: number
  readonly missing: number
  readonly middle: Estimate
  readonly estimate: number
  readonly se: number
  readonly low: number
  readonly high: number
}

/** Estimates with the missing labels at their worst and at their best; null if there is no estimate. */
function bounded(
  sample: Sample,
  scores: readonly number[],
  kind: 'share' | 'mean',
  [least, most]: readonly [number, number],
): Bounded | { readonly counted: number; readonly missing: number } {
  const counted = countedOf(sample)
  const missing = counted.filter((unit) => sample.labelOf(unit) === null).length
  const counts = { counted: counted.length - missing, missing }
  const ends = missing === 0 ? [null] : [least, most]
  const found = ends.map((end) => estimateOf(sample, counted, scores, kind, end))
  const [worst] = found
  const best = found.at(-1)
  if (!worst?.interval || !best?.interval || worst.estimate === null || best.estimate === null) return counts
  return {
    ...counts,
    middle: worst,
    estimate: (worst.estimate + best.estimate) / 2,
    se: Math.max(worst.se ?? 0, best.se ?? 0),
    low: worst.interval.low,
    high: best.interval.high,
  }
}

function estimateOf(
  { kept, frame, labelOf }: Sample,
  counted: readonly number[],
  scores: readonly number[],
  kind: 'share' | 'mean',
  missingAs: number | null,
): Estimate {
  const counts = new Set(counted)
  const units = scores.map((f, unit) => {
    const label = counts.has(unit) ? labelOf(unit) : null
    const y = label === OPEN ? null : counts.has(unit) ? (label ?? missingAs) : null
    const cluster = frame.clusters?.[unit]
    return { f, y, ...(cluster !== undefined && { cluster }) }
  })
  const options: EstimateOptions = {
    kind,
    target: kept.target,
    ...(kept.asked.anytime === true &&
      counted.length > 0 && { multiplier: anytimeMultiplier(counted.length, { planned: kept.planned }) }),
  }
  if (kept.design === 'uniform') return uniform(units, options)
  if (kept.design === 'active')
    return active(
      units.map((unit, i) => ({ ...unit, pi: frame.pi[i] as number })),
      options,
    )
  return stratified(
    membersOf(frame).map((of) => of.map((i) => units[i] as (typeof units)[number])),
    options,
  )
}

function modelOf(model: string, sample: Sample, scores: readonly number[], beside: Beside): CalibratedModel {
  const { kept, frame } = sample
  const ends = kept.kind === 'share' ? ([0, 1] as const) : kept.asked.range
  const found = bounded(sample, scores, kept.kind, ends)
  const refused = refusalOf(sample, found, beside)
  const nothing = {
    model,
    labelled: found.counted,
    estimate: null,
    low: null,
    high: null,
    se: null,
    lambda: null,
    judgeMean: null,
    bias: null,
    saved: null,
    judge: null,
    curve: [],
  }
  if (refused !== null || !('middle' in found)) return { ...nothing, refused }
  const { estimate, low, high, se, middle } = found
  const { judgeMean } = middle
  return {
    ...nothing,
    estimate,
    low,
    high,
    se,
    lambda: middle.lambda,
    judgeMean,
    bias:
      judgeMean === null
        ? null
        : { value: judgeMean - estimate, low: judgeMean - high, high: judgeMean - low },
    saved: middle.saved,
    judge: kept.kind === 'share' ? judgeBeside(sample, scores, frame) : null,
    curve: curveOf(sample, scores, ends),
    refused: null,
  }
}

/** The judge's yes and no beside people's; null if an answer is between. */
function judgeBeside(
  sample: Sample,
  scores: readonly number[],
  { pi }: CalibrationFrame,
): CalibratedModel['judge'] {
  const judged = countedOf(sample).flatMap((unit) => {
    const y = sample.labelOf(unit)
    return y === 0 || y === 1 ? [{ f: scores[unit] as number, y: y as 0 | 1, pi: pi[unit] as number }] : []
  })
  return judged.length === 0 ? null : judgeQuality(judged)
}

/** Parts of the judge's range that people's answers are shown beside. */
const CURVE_PARTS = 5

/** People's mean beside the judge's, part by part of the judge's range, each unit weighted by 1/π. */
function curveOf(
  sample: Sample,
  scores: readonly number[],
  [least, most]: readonly [number, number],
): CurvePoint[] {
  const labelled = countedOf(sample).flatMap((unit) => {
    const y = sample.labelOf(unit)
    const f = scores[unit] as number
    return typeof y === 'number' ? [{ f, y, weight: 1 / (sample.frame.pi[unit] as number) }] : []
  })
  const partOf = ({ f }: { readonly f: number }): number =>
    Math.min(CURVE_PARTS - 1, Math.floor((CURVE_PARTS * (f - least)) / (most - least)))
  const parts = Map.groupBy(labelled, partOf)
  return [...parts]
    .sort(([one], [other]) => one - other)
    .map(([, units]) => {
      const all = sum(units.map(({ weight }) => weight))
      const mean = (of: (unit: (typeof units)[number]) => number): number =>
        sum(units.map((unit) => unit.weight * of(unit))) / all
      const answer = mean(({ y }) => y)
      const even = (all * all) / sum(units.map(({ weight }) => weight * weight))
      const point = { score: mean(({ f }) => f), n: units.length, answer }
      if (even < 2) return { ...point, low: null, high: null }
      const spread = Math.sqrt(mean(({ y }) => (y - answer) * (y - answer)) / (even - 1))
      const interval = sample.kept.kind === 'share' ? shareInterval : meanInterval
      const { low, high } = interval(answer, sample.kept.kind === 'share' ? 0 : spread, even)
      return { ...point, low, high }
    })
}

function refusalOf(
  { kept, frame }: Sample,
  found: ReturnType<typeof bounded>,
  { runVersion, agreement }: Beside,
): CalibratedModel['refused'] {
  const refuse = (code: CalibrationRefusal, message: string) => ({ code, message })
  const { counted, missing } = found
  const all = frame.keys.length + kept.unscored
  if (runVersion !== kept.runVersion)
    return refuse('run_changed', 'The run has changed since: draw from it anew')
  if (kept.unscored > MOST_MISSING * all)
    return refuse('unscored', `${kept.unscored} of ${all} units have no score of the judge: judge them`)
  // Labels that people disagree on are among the missing ones: this says why.
  if (agreement !== null && agreement.items >= LEAST_AGREED && agreement.high < LEAST_AGREEMENT)
    return refuse('people_disagree', 'People do not agree on the question: mend the form or the guide')
  if (counted < LEAST_LABELS)
    return refuse('too_few_labels', `${counted} labels count, of ${LEAST_LABELS} that are needed: extend`)
  if (missing > MOST_MISSING * (counted + missing))
    return refuse(
      'labels_missing',
      `${missing} of ${counted + missing} labels will not come: adjudicate or extend`,
    )
  if (!('middle' in found)) return refuse('too_few_labels', 'A stratum has fewer than two labels: extend')
  const { labelledClusters } = found.middle
  if (labelledClusters !== null && labelledClusters < LEAST_CLUSTERS)
    return refuse('too_few_labels', `${labelledClusters} clusters are labelled, of ${LEAST_CLUSTERS}: extend`)
  const { effectiveLabels = LEAST_WEIGHT } = found.middle as Partial<ActiveEstimate>
  if (effectiveLabels < LEAST_WEIGHT)
    return refuse('unstable_weights', `The labels weigh as ${effectiveLabels.toFixed(1)} even ones: extend`)
  return null
}

/** Each two models on the units that both are labelled for. */
function differencesOf(
  kept: KeptCalibration,
  frame: CalibrationFrame,
  byModel: readonly ReadonlyMap<number, Label>[],
  models: readonly CalibratedModel[],
  sampleOf: (of: (unit: number) => Label) => Sample,
): CalibratedDifference[] {
  const [least, most] = kept.kind === 'share' ? [0, 1] : kept.asked.range
  const width = most - least
  return models.flatMap((one, a) =>
    models.slice(a + 1).map(({ model, refused }, behind): CalibratedDifference => {
      const b = a + 1 + behind
      const nothing = { a: one.model, b: model, estimate: null, low: null, high: null, se: null, labelled: 0 }
      if (one.refused !== null || refused !== null) return nothing
      const sample = sampleOf((unit) => minus(labelIn(byModel[b], unit), labelIn(byModel[a], unit)))
      const [scores, others] = [valuesOf(kept, frame.scores[b] ?? []), valuesOf(kept, frame.scores[a] ?? [])]
      const apart = scores.map((score, unit) => score - (others[unit] as number))
      const found = bounded(sample, apart, 'mean', [-width, width])
      if (!('middle' in found)) return nothing
      const { estimate, low, high, se, counted } = found
      return { ...nothing, estimate, low, high, se, labelled: counted }
    }),
  )
}

/** The label of a unit; one that was not asked for is as if it were to come. */
function labelIn(labels: ReadonlyMap<number, Label> | undefined, unit: number): Label {
  const label = labels?.get(unit)
  return label === undefined ? OPEN : label
}

function minus(one: Label, other: Label): Label {
  if (one === OPEN || other === OPEN) return OPEN
  return one === null || other === null ? null : one - other
}
