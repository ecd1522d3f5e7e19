import {
  benjaminiHochberg,
  compareMetricSteps,
  type MetricComparison,
  verdicts,
} from '@muster/statistics/comparison'
import type { Json } from '../json/json.ts'
import { compareTexts } from '../text-order.ts'
import type { Codes, Column, Columns, SliceCodes } from './columns.ts'
import type { ComparedMetric, ComparedSlice } from './comparison.ts'
import type { Metric } from './metric.ts'

/** How a comparison is computed. */
export interface CompareSettings {
  readonly seed: number
  readonly level: number
  /** Of sign flips. */
  readonly draws: number
  /** Lets what waits in this process go on: drawing from many pairs takes seconds. */
  readonly turn: () => Promise<void>
}

/** A metric as it was compared, with what tests about limits need. */
export interface ComputedMetric {
  readonly computed: MetricComparison
  /** The pairs that count. */
  readonly values: CountedValues
  readonly told: ComparedMetric
}

/** The pairs of a metric of which both sides have a value. */
export interface CountedValues extends Column {
  readonly clusters: readonly string[] | undefined
  readonly missing: { readonly baseline: number; readonly candidate: number }
  /** Pairs that were left out. */
  readonly dropped: number
}

/** Most values of a slice that are told one by one. */
const MOST_VALUES = 1_000
/** Stands for all other values. */
const OTHERS = '…'

/** Compares each metric, and all of them together. */
export async function compareColumns(
  columns: Columns,
  metrics: readonly Metric[],
  settings: CompareSettings,
): Promise<ComputedMetric[]> {
  const computed: { metric: Metric; values: CountedValues; computed: MetricComparison }[] = []
  for (const [index, metric] of metrics.entries()) {
    const values = counted(columns, index)
    computed.push({ metric, values, computed: await compareValues(values, metric, metric.name, settings) })
  }
  const { level } = settings
  const all = verdicts(
    computed.map((each) => each.computed),
    { level },
  )
  return computed.map(({ metric, values, computed: found }, index) => {
    const { pAdjusted = null, verdict = 'INCONCLUSIVE' } = all[index] ?? {}
    const { pivot, drawn: _drawn, verdict: _verdict, ...told } = found
    return {
      computed: found,
      values,
      told: {
        metric: metric.name,
        ...told,
        missing: values.missing,
        se: pivot?.se ?? null,
        pAdjusted,
        verdict,
      },
    }
  })
}

/** The test and interval of a metric on the pairs that count. */
export async function compareValues(
  { baseline, candidate, clusters, dropped }: CountedValues,
  { kind, better, aggregate }: Metric,
  name: string,
  { seed, level, draws, turn }: CompareSettings,
): Promise<MetricComparison> {
  const steps = compareMetricSteps(
    { baseline, candidate },
    {
      name,
      seed,
      level,
      draws,
      missing: dropped,
      ...(kind && { kind }),
      ...(better && { better }),
      ...(aggregate && { aggregate }),
      ...(clusters && { clusters }),
    },
  )
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    await turn()
  }
}

/** The pairs of a metric, all or those at some places, of which both sides have a value. */
export function counted(
  { n, columns, clusters }: Columns,
  index: number,
  places?: readonly number[],
): CountedValues {
  const column = columns[index] as Column
  const wanted = places?.length ?? n
  const [baseline, candidate] = [new Float64Array(wanted), new Float64Array(wanted)]
  const keys: string[] | undefined = clusters && []
  const missing = { baseline: 0, candidate: 0 }
  let kept = 0
  for (let nth = 0; nth < wanted; nth++) {
    const place = places === undefined ? nth : (places[nth] as number)
    const [one, other] = [column.baseline[place] as number, column.candidate[place] as number]
    if (Number.isNaN(one)) missing.baseline += 1
    if (Number.isNaN(other)) missing.candidate += 1
    if (Number.isNaN(one) || Number.isNaN(other)) continue
    baseline[kept] = one
    candidate[kept] = other
    if (clusters && keys) keys.push(textAt(clusters, place))
    kept += 1
  }
  return {
    baseline: baseline.subarray(0, kept),
    candidate: candidate.subarray(0, kept),
    clusters: keys,
    missing,
    dropped: wanted - kept,
  }
}

/** Each metric on the pairs of each value of each slice: they move no verdict. */
export async function compareSlices(
  columns: Columns,
  metrics: readonly Metric[],
  computed: readonly ComputedMetric[],
  settings: CompareSettings,
): Promise<ComparedSlice[]> {
  const told: ComparedSlice[] = []
  for (const slice of columns.slices) {
    const groups = groupsOf(slice)
    for (const [index, metric] of metrics.entries()) {
      // A slice in which all values happen to be 0 or 1 is none of shares.
      const kind = computed[index]?.computed.kind
      const found: Omit<ComparedSlice, 'at' | 'metric' | 'q' | 'exploratory'>[] = []
      for (const { value, places } of groups) {
        const values = { ...counted(columns, index, places), dropped: 0 }
        const name = `${metric.name}\n${slice.at}\n${JSON.stringify(value)}`
        const part = await compareValues(values, { ...metric, ...(kind && { kind }) }, name, settings)
        const { n, units, difference, low, high, p } = part
        found.push({ value, n, units, difference, low, high, p })
      }
      const tested = found.filter(({ p }) => p !== null)
      const adjusted = benjaminiHochberg(tested.map(({ p }) => p ?? 1))
      const qs = new Map(tested.map((each, place) => [each, adjusted[place] ?? null]))
      for (const each of found) {
        const q = qs.get(each) ?? null
        told.push({ at: slice.at, metric: metric.name, ...each, q, exploratory: true })
      }
      await settings.turn()
    }
  }
  return told
}

/** The values of a slice, the most frequent first, each with the places of its pairs; beyond the thousandth all as one. */
function groupsOf({ of, texts, values }: SliceCodes): { value: Json; places: number[] }[] {
  const places: number[][] = texts.map(() => [])
  for (const [place, code] of of.entries()) places[code]?.push(place)
  const order = [...texts.keys()].sort(
    (one, other) =>
      (places[other]?.length ?? 0) - (places[one]?.length ?? 0) ||
      compareTexts(texts[one] ?? '', texts[other] ?? ''),
  )
  const groups = order
    .slice(0, MOST_VALUES)
    .map((code) => ({ value: values[code] ?? null, places: places[code] ?? [] }))
  const others = order.slice(MOST_VALUES).flatMap((code) => places[code] ?? [])
  others.sort((one, other) => one - other)
  return others.length === 0 ? groups : [...groups, { value: OTHERS, places: others }]
}

function textAt({ of, texts }: Codes, place: number): string {
  return texts[of[place] as number] ?? ''
}
