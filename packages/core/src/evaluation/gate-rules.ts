import {
  bootstrapMarginTests,
  floorTests,
  type GateRule,
  gate,
  type MarginTests,
  type MetricComparison,
  marginTests,
  summary,
} from '@muster/statistics/comparison'
import { sameJson } from '../json/json.ts'
import type { Columns } from './columns.ts'
import { type CompareSettings, type CountedValues, compareValues, counted } from './compare.ts'
import type { Gate, JudgedRule, Policy, PolicyRule } from './gate.ts'
import type { Metric } from './metric.ts'

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

/** Applies a policy to what its metrics came to: one test for each limit of each rule. */
export function judgePolicy(
  { alpha = 0.05, metrics, rules }: Policy,
  columns: Columns,
  settings: CompareSettings,
): Pick<Gate, 'decision' | 'rules'> {
  const tests = rules.flatMap(eachLimit)
  const compared = comparedOnce(columns, metrics, settings)
  const figures = tests.map((rule) => figuresOf(rule, metrics, compared))
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
type Compared = (index: number, slice: PolicyRule['slice']) => ComparedPart | null

/** Compares a metric, all of it or one slice, once for all rules about it; null if the slice has no pair. */
function comparedOnce(columns: Columns, metrics: readonly Metric[], settings: CompareSettings): Compared {
  const known = new Map<string, ComparedPart | null>()
  const part = (index: number, slice: PolicyRule['slice']): ComparedPart | null => {
    const metric = metrics[index] as Metric
    if (slice === undefined) {
      const values = counted(columns, index)
      return { values, found: compareValues(values, metric, metric.name, settings) }
    }
    const places = placesIn(columns, slice)
    if (places.length === 0) return null
    const values = counted(columns, index, places)
    const kind = metric.kind ?? compared(index, undefined)?.found.kind
    const name = `${metric.name}\n${slice.at}\n${JSON.stringify(slice.is)}`
    return { values, found: compareValues(values, { ...metric, kind }, name, settings) }
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

function figuresOf(rule: PolicyRule, metrics: readonly Metric[], compared: Compared): Figures {
  const index = metrics.findIndex(({ name }) => name === rule.metric)
  const metric = metrics[index]
  if (metric === undefined) return { ...NOTHING, n: 0, reason: 'missing_metric' }
  const part = compared(index, rule.slice)
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
