import { pgModule } from '@muster/adapters-pg'
import { jobType } from '@muster/core'
import { createMuster } from '@muster/host'
import { z } from 'zod'
import { query } from './databases.ts'
import { silent } from './peers/muster.ts'

/** What a round tells the process that started it. */
export interface UsageRound {
  /** From the first job taken to the last one settled. */
  readonly drainMs: number
  /** CPU of this process meanwhile. */
  readonly cpuMs: number
}

const MODELS = ['a', 'b']
/** Without an end by then it is a failure, not a figure. */
const PATIENCE_MS = 120_000

const [kind = '', url = '', count = ''] = process.argv.slice(2)
const jobs = Number(count)

const spend = jobType({
  name: 'bench',
  payload: z.object({ n: z.number() }),
  handler: ({ payload: { n } }, { usage }) => {
    if (kind === 'usage') void usage({ input: n, output: 1 })
    return { ok: true }
  },
})
const muster = await createMuster({
  jobTypes: [spend],
  logger: silent,
  modules: [pgModule({ connectionString: url })],
})
const { projectId } = await muster.projects.add({ name: 'Benchmark' })
const price = { from: new Date(0), inputMicros: 1_500_000, outputMicros: 1_500_000 }
await muster.usage.putPrices({ items: MODELS.map((model) => ({ model, ...price })) })
const scenarios = Array.from({ length: jobs / MODELS.length }, (_, index) => ({ payload: { n: index + 1 } }))
const { runId } = await muster.runs.start(projectId, { jobType: spend, scenarios, models: MODELS })
await query(url, 'checkpoint')

const until = performance.now() + PATIENCE_MS
const start = performance.now()
const before = process.cpuUsage()
const worker = await muster.work()
while ((await muster.runs.get(runId)).status !== 'completed') {
  if (performance.now() > until) throw new Error(`The round ${kind} did not end in ${PATIENCE_MS} ms`)
  await new Promise((next) => setTimeout(next, 20))
}
const drainMs = performance.now() - start
const { user, system } = process.cpuUsage(before)
await worker.close()

const { calls, input, output, costMicros, byModel } = await muster.usage.ofRun(runId)
let [units, cost] = [0, 0]
for await (const result of muster.runs.resultsWithUsage(runId)) {
  units += result.usage?.units ?? 0
  cost += result.usage?.costMicros ?? 0
}
const reported = kind === 'usage' ? scenarios : []
const sum = (of: (n: number) => number): number =>
  MODELS.length * reported.reduce((total, { payload: { n } }) => total + of(n), 0)
const expected = [sum(() => 1), sum((n) => n), sum(() => 1), sum((n) => Math.ceil(1.5 * (n + 1)))]
const got = [calls, input, output, costMicros]
const ofJobs = [(expected[1] ?? 0) + (expected[2] ?? 0), expected[3]]
const [seen, wanted] = [[...got, units, cost].join(), [...expected, ...ofJobs].join()]
if (seen !== wanted) throw new Error(`Sums differ from all calls: ${seen} in place of ${wanted}`)
if (kind === 'usage' && Object.keys(byModel).length !== MODELS.length) throw new Error('A model is missing')
await muster.close()
process.send?.({ drainMs, cpuMs: (user + system) / 1_000 } satisfies UsageRound, () => process.exit(0))
