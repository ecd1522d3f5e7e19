import { parseArgs } from 'node:util'
import { assignBatch } from './assign-batch.ts'
import { away } from './away.ts'
import { type BesideOptions, beside } from './beside.ts'
import { calibrate } from './calibrate.ts'
import { claim } from './claim.ts'
import { claimScale } from './claim-scale.ts'
import { compare } from './compare.ts'
import { console_ } from './console.ts'
import { control } from './control.ts'
import { controls } from './controls.ts'
import { type DayOptions, day } from './day.ts'
import { drain } from './drain.ts'
import { drainCluster } from './drain-cluster.ts'
import { endedRuns } from './ended-runs.ts'
import { escalation } from './escalation.ts'
import { exporting } from './exports.ts'
import { fairness } from './fairness.ts'
import { type FanoutOptions, fanout } from './fanout.ts'
import { forms } from './forms.ts'
import { http } from './http.ts'
import { idle } from './idle.ts'
import { live } from './live/live.ts'
import { memory } from './memory.ts'
import { neverAnalyzed } from './never-analyzed.ts'
import { overlap } from './overlap.ts'
import { progress } from './progress.ts'
import { pythonWorker } from './python-worker.ts'
import { startRun } from './start-run.ts'
import { statistics } from './statistics.ts'
import { strategies } from './strategies/main.ts'
import { usage } from './usage.ts'

type Options = FanoutOptions & DayOptions & BesideOptions

const BENCHMARKS: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  'start-run': startRun,
  drain,
  'drain-cluster': drainCluster,
  progress,
  http,
  fanout,
  claim,
  'claim-scale': claimScale,
  'assign-batch': assignBatch,
  calibrate,
  compare,
  console: console_,
  control,
  controls,
  escalation,
  fairness,
  idle,
  live,
  memory,
  away,
  forms,
  overlap,
  day,
  strategies,
  statistics,
  'never-analyzed': neverAnalyzed,
  'ended-runs': endedRuns,
  exports: exporting,
  beside,
  usage,
  'python-worker': pythonWorker,
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of `fanout`: projects that are told of. */
    busy: { type: 'string', default: '1' },
    /** Of `fanout`: what clients follow over. */
    wire: { type: 'string', default: 'socket.io' },
    /** Of `day`: how long it takes; of `beside`: how long it goes on. */
    minutes: { type: 'string', default: '20' },
    /** Of `day`: `pglite` or `postgres`; without it both. */
    on: { type: 'string' },
    /** Of `beside`: the folder of another checkout. */
    other: { type: 'string' },
  },
})
const [name = '', ...bars] = positionals
const benchmark = BENCHMARKS[name]
if (!benchmark) {
  console.error(`There is no benchmark "${name}". There are: ${Object.keys(BENCHMARKS).join(', ')}`)
  process.exit(2)
}
await benchmark({
  busy: Number(values.busy),
  wire: values.wire,
  minutes: Number(values.minutes),
  on: values.on,
  other: values.other,
  bars,
})
