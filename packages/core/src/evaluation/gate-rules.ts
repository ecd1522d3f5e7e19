import {
  bootstrapMarginTests,
  floorTests,
  type GateRule,
  gate,
  type MarginTests,
  type MetricComparison,
  marginTests,
  minimumDetectable,
  summary,
} from '@muster/statistics/comparison'
import { sameJson } from '../json/json.ts'
import type { CalibratedDifference, CalibratedModel, Calibration } from './calibration.ts'
import type { Columns } from './columns.ts'
import { type CompareSettings, type CountedValues, compareValues, counted } from './compare.ts'
import type { Gate, JudgedRule, Policy, PolicyRule, RuleReason } from './gate.ts'
import type { Metric, RunModel } from './metric.ts'

const LEAST_PAIRS = 10
/** Of which a mean has an error. */
const LEAST_VALUES = 2

type Figures = Pick<
  JudgedRule,
  'n' | 'value' | 'difference' | 'low' | 'high' | 'minimumDetectable' | 'reason'
> & { readonly tests: MarginTests | null }

const NOTHING = {
  value: null,
  difference: null,
  low: null,
  high: null,
  minimumDetectable: null,
  reason: null,
  tests: null,
} as const

/** The calibrations that rules name, by their ids, with the models that they must be of. */
export interface Calibrated {
  readonly baseline: RunModel
  readonly candidate: RunModel
  readonly calibrations: ReadonlyMap<string, Calibration>
}

/** Applies a policy to what its metrics came to: one test for each limit of each rule. */
export async function judgePolicy(
  { alpha = 0.05, metrics, rules }: Policy,
  columns: Columns,
  settings: CompareSettings,
  calibrated: Calibrated,
): Promise<Pick<Gate, 'decision' | 'rules'>> {
  const tests = rules.flatMap(eachLimit)
  const compared = comparedOnce(columns, metrics, settings)
  const figures: Figures[] = []
  for (const rule of tests) figures.push(await figuresOf(rule, metrics, compared, calibrated))
  const given = figures.map(({ tests: found, reason }, index): GateRule => {
    const { tier } = tests[index] as PolicyRule
    return found === null ? { tier, missing: reason ?? '' } : { tier, ...found }
  })
  const { decision, rules: verdicts } = gate(given, { alpha })
  return {
    decision,
    rules: tests.map((rule, index): JudgedRule => {
      const { tests: found, ...figure } = figures[index] as Figures
      const { verdict = 'INCONCLUSIVE', blockAdjusted = null } = verdicts[index] ?? {}
      return {
        ...rule,
        ...figure,
        pass: found?.pass ?? null,
        block: found?.block ?? null,
        blockAdjusted,
        verdict,
      }
    }),
  }
}

/** A rule with both limits as two. */
function eachLimit({ maxDrop, minValue, ...rule }: PolicyRule): PolicyRule[] {
  return [
    ...(maxDrop === undefined ? [] : [{ ...rule, maxDrop }]),
    ...(minValue === undefined ? [] : [{ ...rule, minValue }]),
  ]
}

interface ComparedPart {
  readonly values: CountedValues
  readonly found: MetricComparison
}
type Compared = (index: number, slice: PolicyRule['slice']) => Promise<ComparedPart | null>

/** Compares a metric, all of it or one slice, once for all rules about it; null if the slice has no pair. */
function comparedOnce(columns: Columns, metrics: readonly Metric[], settings: CompareSettings): Compared {
  const known = new Map<string, Promise<ComparedPart | null>>()
  const part: Compared = async (index, slice) => {
    const metric = metrics[index] as Metric
    if (slice === undefined) {
      const values = counted(columns, index)
      return { values, found: await compareValues(values, metric, metric.name, settings) }
    }
    const places = placesIn(columns, slice)
    if (places.length === 0) return null
    const values = counted(columns, index, places)
    const kind = metric.kind ?? (await compared(index, undefined))?.found.kind
    const name = `${metric.name}\n${slice.at}\n${JSON.stringify(slice.is)}`
    return { values, found: await compareValues(values, { ...metric, kind }, name, settings) }
  }
  const compared: Compared = (index, slice) => {
    const key = JSON.stringify([index, slice ?? null])
    const before = known.get(key)
    if (before !== undefined) return before
    const found = part(index, slice)
    known.set(key, found)
    return found
  }
  return compared
}

function placesIn({ slices }: Columns, { at, is }: NonNullable<PolicyRule['slice']>): number[] {
  const slice = slices.find((each) => each.at === at)
  const code = slice?.values.findIndex((value) => sameJson(value, is)) ?? -1
  return slice === undefined || code === -1
    ? []
    : [...slice.of.keys()].filter((place) => slice.of[place] === code)
}

async function figuresOf(
  rule: PolicyRule,
  metrics: readonly Metric[],
  compared: Compared,
  calibrated: Calibrated,
): Promise<Figures> {
  const index = metrics.findIndex(({ name }) => name === rule.metric)
  const metric = metrics[index]
  if (metric === undefined) return { ...NOTHING, n: 0, reason: 'missing_metric' }
  if (rule.calibrationId !== undefined) return calibratedFigures(rule, metric, calibrated)
  const part = await compared(index, rule.slice)
  if (part === null) return { ...NOTHING, n: 0, reason: 'missing_slice' }
  const { found, values } = part
  const { n, units, reason } = found
  if (reason !== null) return { ...NOTHING, n, reason }
  if (units < Math.max(rule.minPairs ?? LEAST_PAIRS, LEAST_VALUES))
    return { ...NOTHING, n, reason: 'too_few_pairs' }
  if (rule.minValue !== undefined) return { n, ...floorOf(rule.minValue, metric, values) }
  const { pivot, drawn, difference, low, high, minimumDetectable } = found
  const { maxDrop = 0 } = rule
  const tests = drawn ? bootstrapMarginTests(drawn, maxDrop) : pivot ? marginTests(pivot, maxDrop) : null
  return { ...NOTHING, n, difference, low, high, minimumDetectable, tests }
}

/** The candidate's own mean against a limit. */
function floorOf(
  limit: number,
  { better = 'higher', kind }: Metric,
  { candidate, clusters }: CountedValues,
): Omit<Figures, 'n'> {
  const isClustered = clusters !== undefined && new Set(clusters).size < clusters.length
  const apart = isClustered ? { clusters } : {}
  const { value, interval } = summary(candidate, { ...(kind && { kind }), ...apart })
  return {
    ...NOTHING,
    value,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    tests: floorTests(candidate, limit, { better, ...apart }),
  }
}

/** People's answers as estimated, in place of the metric's values: their error is that of the labels. */
function calibratedFigures(
  { calibrationId = '', minValue, maxDrop = 0, minPairs = LEAST_PAIRS }: PolicyRule,
  { better = 'higher' }: Metric,
  { baseline, candidate, calibrations }: Calibrated,
): Figures {
  const nothing = (reason: RuleReason, n = 0): Figures => ({ ...NOTHING, n, reason })
  const calibration = calibrations.get(calibrationId)
  const modelOf = ({ runId, model }: RunModel): CalibratedModel | undefined =>
    calibration?.runId === runId ? calibration.models.find((each) => each.model === model) : undefined
  const own = modelOf(candidate)
  const other = minValue === undefined ? modelOf(baseline) : own
  if (calibration === undefined || own === undefined || other === undefined) return nothing('not_drawn_here')
  if (calibration.provisional) return nothing('provisional', own.labelled)
  const refused = own.refused ?? other.refused
  if (refused !== null) return nothing(refused.code, own.labelled)
  const found =
    minValue === undefined ? differenceOf(calibration, baseline, candidate) : { ...own, turned: 1 }
  if (
    found === null ||
    found.estimate === null ||
    found.se === null ||
    found.low === null ||
    found.high === null
  )
    return nothing('too_few_labels', own.labelled)
  const { labelled: n, se } = found
  if (n < minPairs) return nothing('too_few_pairs', n)
  const sign = found.turned * (better === 'higher' ? 1 : -1)
  const df = n - 1
  if (minValue !== undefined) {
    const { estimate: value, low, high } = found
    const tests = marginTests({ centre: sign * (value - minValue), se, df }, 0)
    return { ...NOTHING, n, value, low, high, tests }
  }
  const difference = sign * found.estimate
  const [low, high] = sign > 0 ? [found.low, found.high] : [-found.high, -found.low]
  const tests = marginTests({ centre: difference, se, df }, maxDrop)
  return { ...NOTHING, n, difference, low, high, minimumDetectable: minimumDetectable(se, df), tests }
}

/** The candidate less the baseline: a calibration tells each two models one way round. */
function differenceOf(
  { differences }: Calibration,
  baseline: RunModel,
  candidate: RunModel,
): (CalibratedDifference & { readonly turned: 1 | -1 }) | null {
  const find = (one: RunModel, other: RunModel): CalibratedDifference | undefined =>
    differences.find(({ a, b }) => a === one.model && b === other.model)
  const straight = find(baseline, candidate)
  if (straight) return { ...straight, turned: 1 }
  const back = find(candidate, baseline)
  return back ? { ...back, turned: -1 } : null
}
