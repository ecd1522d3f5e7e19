import { summary } from '@muster/statistics/comparison'
import { NotFoundError } from '../errors.ts'
import type { RunId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { runResults } from '../runs/run-results.ts'
import { clusterOfPairs } from './columns.ts'
import { runMetricsAsked } from './comparison-input.ts'
import type { ModelMetric, RunMetricsAsked } from './comparisons.ts'
import type { EvaluationDeps } from './evaluation-deps.ts'
import type { Metric } from './metric.ts'
import { standIn } from './pairs.ts'
import type { Score } from './scorers.ts'
import { scoresFor } from './scoring.ts'
import { checkedValue } from './values.ts'

/** The values of one model by one metric. */
interface Gathered {
  readonly values: Float64Array
  readonly clusters: string[] | undefined
  n: number
  missing: number
}

/** Each metric of each model of a run, from its settled jobs. @throws NotFoundError, ValidationError */
export async function runMetrics(
  { transactions: { stores }, scorers }: Pick<EvaluationDeps, 'transactions' | 'scorers'>,
  runId: RunId,
  asked: RunMetricsAsked,
): Promise<ModelMetric[]> {
  const { metrics, clusterBy, level } = parse(runMetricsAsked, asked)
  const run = await stores.runs.find(runId)
  if (run === undefined) throw new NotFoundError('run', runId)
  const { models } = run.config
  const targets = models.map((model) => ({ runId, model }))
  const scored: { readonly metric: Metric; readonly scores: readonly Score[] }[] = []
  for (const [index, metric] of metrics.entries()) {
    const at = `metrics[${index}].score`
    scored.push({ metric, scores: await scoresFor(stores, scorers, run.projectId, metric, targets, at) })
  }
  const clusterOf = clusterOfPairs(clusterBy, run.config.repeats > 1)
  const gathered = models.map((model) =>
    metrics.map((): Gathered => {
      const most = run.tallies.byModel[model]?.total ?? 0
      return { values: new Float64Array(most), clusters: clusterOf && [], n: 0, missing: 0 }
    }),
  )
  for await (const { scenarioId, model, repeat, state, payload, result } of runResults(stores.runs, runId)) {
    const side = models.indexOf(model)
    for (const [index, { metric, scores }] of scored.entries()) {
      const into = gathered[side]?.[index]
      const score = scores[side]
      if (into === undefined || score === undefined) throw new RangeError(`The run has no model ${model}`)
      const value = state === 'completed' ? score({ scenarioId, repeat, payload, result }) : null
      if (value === null) into.missing += 1
      const counts = value === null ? standIn(metric) : checkedValue(value, metric, index, scenarioId)
      if (counts === null) continue
      into.values[into.n++] = counts
      if (clusterOf) into.clusters?.push(clusterOf({ scenarioId, payload }))
    }
  }
  return models.flatMap((model, side) =>
    metrics.map((metric, index) => toldOf(model, metric, gathered[side]?.[index] as Gathered, level)),
  )
}

function toldOf(
  model: string,
  { name, kind, aggregate }: Metric,
  { values, n, missing, clusters }: Gathered,
  level: number | undefined,
): ModelMetric {
  const { value, interval } = summary(values.subarray(0, n), {
    ...(kind && { kind }),
    ...(aggregate && { aggregate }),
    ...(level !== undefined && { level }),
    ...(clusters && new Set(clusters).size < n && { clusters }),
  })
  return { model, name, n, missing, value, low: interval?.low ?? null, high: interval?.high ?? null }
}
