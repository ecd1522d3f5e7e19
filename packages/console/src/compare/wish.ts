import { parsed } from '../api/call.ts'
import { scoreOf, type WishedScorer } from '../design/scorer.tsx'

/** A side of a comparison that somebody wishes for. */
export interface WishedSide {
  readonly runId: string
  readonly model: string
}

/** A metric as its fields have it. */
export interface WishedMetric extends WishedScorer {
  readonly name: string
  readonly better: 'higher' | 'lower'
  readonly aggregate: 'mean' | 'median' | 'p95'
}

/** The metric that one begins with. */
export const FRESH_METRIC: WishedMetric = {
  name: 'right',
  scorer: 'equals',
  at: '/label',
  to: '/label',
  better: 'higher',
  aggregate: 'mean',
}

/** What is compared, as somebody wishes it; metrics in fields, or as they were given in JSON. */
export interface Wish {
  readonly baseline: WishedSide
  readonly candidate: WishedSide
  readonly metrics: readonly WishedMetric[] | readonly unknown[]
  /** Pointers with commas between. */
  readonly slices: string
  readonly clusterBy: string
}

const isWished = (metric: unknown): metric is WishedMetric =>
  typeof metric === 'object' && metric !== null && 'scorer' in metric

/** The request of a wish. */
export function bodyOf({ baseline, candidate, metrics, slices, clusterBy }: Wish) {
  const pointers = slices
    .split(',')
    .map((at) => at.trim())
    .filter((at) => at !== '')
  return {
    baseline,
    candidate,
    metrics: metrics.map((metric) => (isWished(metric) ? metricOf(metric) : metric)),
    ...(pointers.length > 0 && { slices: pointers }),
    ...(clusterBy.trim() !== '' && { clusterBy: clusterBy.trim() }),
  }
}

function metricOf({ name, better, aggregate, ...score }: WishedMetric) {
  return {
    name,
    score: scoreOf(score),
    ...(better === 'lower' && { better }),
    ...(score.scorer === 'value' && aggregate !== 'mean' && { aggregate }),
  }
}

/** Metrics out of JSON: a list of them, or a policy that has them. */
export function metricsFrom(text: string): {
  readonly metrics?: readonly unknown[]
  readonly fault?: string
} {
  let given: unknown
  try {
    given = parsed(text)
  } catch (error) {
    return { fault: error instanceof SyntaxError ? error.message : String(error) }
  }
  const metrics = typeof given === 'object' && given !== null && 'metrics' in given ? given.metrics : given
  return Array.isArray(metrics) ? { metrics } : { fault: 'Must be a list of metrics, or have one as metrics' }
}
