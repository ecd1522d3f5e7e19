import { pgModule } from '@muster/adapters-pg'
import { jobType } from '@muster/core'
import type { EscalationPolicy } from '@muster/core/escalation'
import { createMuster } from '@muster/host'
import { z } from 'zod'
import { query } from './databases.ts'
import { silent } from './peers/muster.ts'

/** What a round tells the process that started it. */
export interface EscalationRound {
  /** From the first job taken to the last one settled. */
  readonly drainMs: number
  /** CPU of this process meanwhile. */
  readonly cpuMs: number
  /** From there until every scenario is decided. */
  readonly behindMs: number
  /** From a scenario's last job to its task, at the 95th percentile; null without a policy. */
  readonly openedMs: number | null
}

const MODELS = ['a', 'b', 'c', 'd']
/** One scenario in so many is one that the models split on. */
const SPLIT = 10
/** Without an end by then it is a failure, not a figure. */
const PATIENCE_MS = 120_000

const [kind = '', url = '', count = ''] = process.argv.slice(2)
const scenarios = Number(count)

const echo = jobType({
  name: 'bench',
  payload: z.object({ n: z.number() }),
  handler: ({ payload: { n }, model }) => ({ label: n % SPLIT === 0 ? (model ?? '') : 'same' }),
})
const muster = await createMuster({
  jobTypes: [echo],
  logger: silent,
  modules: [pgModule({ connectionString: url })],
})
const { workflowId } = await muster.workflows.add({
  name: 'label',
  steps: [{ stepId: 'label', stepType: 'annotation' }],
})
const { projectId } = await muster.projects.add({ name: 'Benchmark', workflowId })
const policy: EscalationPolicy = {
  when: [{ type: 'disagreement', agreeOn: '/label' }],
  task: { payload: { n: { $: '/scenario/payload/n' }, candidates: { $: '/candidates' } } },
}
const run = await muster.runs.start(projectId, {
  jobType: echo,
  scenarios: Array.from({ length: scenarios }, (_, index) => ({ payload: { n: index + 1 } })),
  models: MODELS,
  ...(kind === 'with' && { escalation: policy }),
})
await query(url, 'checkpoint')

const until = performance.now() + PATIENCE_MS
const told = async () => {
  if (performance.now() > until) throw new Error(`The round ${kind} did not end in ${PATIENCE_MS} ms`)
  await new Promise((next) => setTimeout(next, 100))
  return muster.runs.get(run.runId)
}
const start = performance.now()
const before = process.cpuUsage()
await muster.work()
while ((await told()).status !== 'completed');
const drainMs = performance.now() - start
const { user, system } = process.cpuUsage(before)
for (;;) {
  const { escalation } = await told()
  if (!escalation || escalation.escalated + escalation.kept === scenarios) break
}
const behindMs = performance.now() - start - drainMs
const { escalation } = await muster.runs.get(run.runId)
if (escalation && escalation.tasks.open !== Math.floor(scenarios / SPLIT)) {
  throw new Error(`${escalation.tasks.open} tasks for ${Math.floor(scenarios / SPLIT)} splits`)
}
const { rows } = await query<{ ms: number | null }>(
  url,
  `select (percentile_cont(0.95) within group (order by extract(epoch from t.created_at - j.ended) * 1000))::float8 as ms
   from run_scenario as s join task as t using (task_id)
   join lateral (select max(finished_at) as ended from job where run_no = s.run_no and place = s.place) as j on true`,
)
await muster.close()
const round: EscalationRound = {
  drainMs,
  cpuMs: (user + system) / 1_000,
  behindMs,
  openedMs: rows[0]?.ms ?? null,
}
process.send?.(round, () => process.exit(0))
