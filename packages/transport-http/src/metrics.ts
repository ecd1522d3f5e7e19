import type { Metrics } from '@muster/core/ports'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

type Labels = Readonly<Record<string, string>>

/** How often the lag of the event loop is measured, in ms. Each time wakes the process: at the usual 10 an idle one spends more on that than on all else. */
const LAG_MS = 100

/** What is not counted in seconds. */
const NUMBERS_OF_JOBS = [1, 2, 5, 10, 20, 50, 100, 200, 500]

/** Core's metrics and the process's own, for Prometheus. A metric is made when it is first used; its labels are then fixed. */
export function promMetrics(): { readonly metrics: Metrics; readonly registry: Registry } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: LAG_MS })
  const made = <Metric>(
    make: (name: string, labels: Labels) => Metric,
  ): ((name: string, labels: Labels) => Metric) => {
    const known = new Map<string, Metric>()
    return (name, labels) => {
      const metric = known.get(name) ?? make(name, labels)
      known.set(name, metric)
      return metric
    }
  }
  const settings = (name: string, labels: Labels) => ({
    name,
    help: name.replaceAll('_', ' '),
    labelNames: Object.keys(labels),
    registers: [registry],
  })
  const counter = made((name, labels) => new Counter(settings(name, labels)))
  const gauge = made((name, labels) => new Gauge(settings(name, labels)))
  const histogram = made(
    (name, labels) =>
      new Histogram({
        ...settings(name, labels),
        ...(name.endsWith('_jobs') && { buckets: NUMBERS_OF_JOBS }),
      }),
  )
  return {
    registry,
    metrics: {
      count: (name, by = 1, labels = {}) => counter(name, labels).inc({ ...labels }, by),
      gauge: (name, value, labels = {}) => gauge(name, labels).set({ ...labels }, value),
      observe: (name, value, labels = {}) => histogram(name, labels).observe({ ...labels }, value),
    },
  }
}
