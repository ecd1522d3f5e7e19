import { openPg, pgModule } from '@muster/adapters-pg'
import { jobType, type ProjectId, type RunId, UnavailableError } from '@muster/core'
import type { EscalationPolicy } from '@muster/core/escalation'
import type { Persistence, Stores } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import { CLOCK, coreModule, createMuster, IDS, PERSISTENCE, silentLogger } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import { z } from 'zod'
import { overriding } from '../overriding.ts'

/** How a process gets to what it shares with the others. */
export interface Way {
  readonly url: string
  /** So many times its transactions come to nothing where a decision is written. */
  readonly dying?: number
  /** Tasks are there before their decision is committed: it breaks a rule on purpose. */
  readonly decidesFirst?: boolean
}

const CONNECTIONS = 4
export const MODELS = ['one', 'two', 'three'] as const

/** A model that fails on every seventeenth scenario, and splits from the others on every third. */
const label = jobType({
  name: 'chaos:label',
  payload: z.object({ n: z.number() }),
  handler: ({ payload: { n }, model }) => {
    if (n % 17 === 0 && model === 'two') throw Object.assign(new Error('No'), { status: 422 })
    return { label: n % 3 === 0 ? model : 'same' }
  },
})

const policy: EscalationPolicy = {
  when: [
    { type: 'disagreement', agreeOn: '/label' },
    { type: 'failure' },
    { type: 'sample', count: 25, seed: 3 },
  ],
  task: { payload: { n: { $: '/scenario/payload/n' }, candidates: { $: '/candidates' } } },
}

/** Muster on what all processes share; with faults, on a persistence that has them. */
export async function openMuster({ url, dying = 0, decidesFirst = false }: Way): Promise<Muster> {
  const core = coreModule({ jobTypes: [label], logger: silentLogger })
  const options = { connectionString: url, poolSize: CONNECTIONS }
  if (dying === 0) return createMuster({ modules: [core, pgModule(options)] })
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (clock, ids) => faulty(await openPg(options, { clock, ids }), dying, decidesFirst),
      [CLOCK, IDS],
    )
  })
  const container = new Container({ defaultScope: 'Singleton' })
  return createMuster({ container, modules: [core, persistence] })
}

function faulty(persistence: Persistence, dying: number, decidesFirst: boolean): Persistence {
  let deaths = 0
  const within = (stores: Stores): Stores => ({
    ...stores,
    tasks: decidesFirst
      ? overriding(stores.tasks, { add: (works) => persistence.stores.tasks.add(works) })
      : stores.tasks,
    escalations: overriding(stores.escalations, {
      async decide(...given) {
        if (deaths++ < dying) throw new UnavailableError('The process has died')
        await stores.escalations.decide(...given)
      },
    }),
  })
  return overriding(persistence, {
    transaction: (work) => persistence.transaction((stores) => work(within(stores))),
  })
}

/** A run with a policy, of so many scenarios, its jobs so many a second at most. */
export async function makeRun(
  muster: Muster,
  scenarios: number,
  jobsPerSecond: number,
): Promise<{ readonly projectId: ProjectId; readonly runId: RunId }> {
  const { workflowId } = await muster.workflows.add({
    name: 'Label',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  const { projectId } = await muster.projects.add({ name: 'Under fire', workflowId })
  const { runId } = await muster.runs.start(projectId, {
    jobType: label,
    models: MODELS,
    scenarios: Array.from({ length: scenarios }, (_, index) => ({ payload: { n: index + 1 } })),
    maxJobsPerSecond: jobsPerSecond,
    escalation: policy,
  })
  return { projectId, runId }
}
