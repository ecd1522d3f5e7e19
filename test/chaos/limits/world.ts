import { openPg, pgModule } from '@muster/adapters-pg'
import type { ProjectId } from '@muster/core'
import type { Persistence, Stores } from '@muster/core/ports'
import type { BudgetId } from '@muster/core/usage'
import type { Muster } from '@muster/host'
import { CLOCK, coreModule, createMuster, IDS, PERSISTENCE, silentLogger } from '@muster/host'
import { Container, ContainerModule } from 'inversify'
import { overriding } from '../overriding.ts'
import type { PgLog } from './log.ts'
import { COSTLY, HOLDING, jobTypes, LIMITS, type Log } from './probe.ts'

const CONNECTIONS = 5
const PAGE = 10_000

/** Nobody works here. */
const NO_LOG: Log = { began: () => Promise.reject(new Error('No handler runs in this process')) }

/** Muster on what all processes share, for one that does no jobs. */
export function openMuster(url: string): Promise<Muster> {
  const core = coreModule({ jobTypes: jobTypes(NO_LOG), limits: LIMITS, logger: silentLogger })
  return createMuster({ modules: [core, pgModule({ connectionString: url, poolSize: CONNECTIONS })] })
}

/** The same for one that does jobs and logs which of them it was given. */
export function openWorking(url: string, log: PgLog): Promise<Muster> {
  const core = coreModule({ jobTypes: jobTypes(log), limits: LIMITS, logger: silentLogger })
  const options = { connectionString: url, poolSize: CONNECTIONS }
  const persistence = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue(
      async (clock, ids) => logging(await openPg(options, { clock, ids }), log),
      [CLOCK, IDS],
    )
  })
  return createMuster({
    container: new Container({ defaultScope: 'Singleton' }),
    modules: [core, persistence],
  })
}

function logging(persistence: Persistence, log: PgLog): Persistence {
  const { workers } = persistence.stores
  const stores: Stores = {
    ...persistence.stores,
    workers: overriding(workers, {
      async take(request) {
        const taken = await workers.take(request)
        const { workerId, now: askedAt } = request
        for (const { jobId, start } of taken.jobs) log.given(jobId, { start, workerId, askedAt })
        return taken
      },
    }),
  }
  return overriding(persistence, { stores })
}

/** How much there is to do. */
export interface Size {
  /** Loose jobs that hold keys. */
  readonly jobs: number
  /** By so much the number of each is more than that of the one before. Default: 1. */
  readonly step?: number
  /** Handlers run for less than this, by the number of their job. */
  readonly mostMs: number
  /** Jobs of a run with a budget. */
  readonly costly: number
  /** Of that budget, in micros. */
  readonly capMicros: number
}

/** Jobs that hold one to three keys, and a run with a budget that is not enough for it. */
export async function makeWork(
  muster: Muster,
  { jobs, costly, capMicros, mostMs, step = 1 }: Size,
): Promise<{ readonly projectId: ProjectId; readonly budgetId: BudgetId }> {
  const { projectId } = await muster.projects.add({ name: 'Under fire' })
  const payloadOf = (nth: number) => ({ nth, ms: (nth * 37) % mostMs })
  const scenarios = Array.from({ length: costly }, (_, place) => ({ payload: payloadOf(place) }))
  const { definitionId } = await muster.definitions.add(projectId, {
    name: 'Costly',
    jobType: COSTLY,
    scenarios,
  })
  await muster.runs.start(projectId, { definitionId, models: ['one'], budgetMicros: capMicros })
  for (let from = 0; from < jobs; from += PAGE) {
    const items = Array.from({ length: Math.min(PAGE, jobs - from) }, (_, place) => ({
      type: HOLDING,
      payload: payloadOf(1 + step * (from + place)),
    }))
    await muster.queue.addMany(projectId, items)
  }
  const [budget] = (await muster.budgets.list(projectId)).items
  if (!budget) throw new Error('The run has no budget')
  return { projectId, budgetId: budget.budgetId }
}
