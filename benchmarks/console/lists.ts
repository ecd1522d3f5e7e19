import type { ProjectId, RunId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import { systemClock } from '@muster/host'
import { ids, openStores, query } from '../databases.ts'
import { aRun, prepare, TYPE } from '../fixtures.ts'

/** A project with a run that has ended, and jobs that wait: a million in all. */
export interface Lists {
  readonly projectId: ProjectId
  readonly runId: RunId
  readonly scenarios: number
  readonly jobs: number
}

const MODELS = 4
const MODELS_THAT_WAIT = 6
const AT_ONCE = 1_000
/** Of so many scenarios one is a disagreement. */
const SPLIT_IN = 10

/** Fills a database with scenarios × 4 models that have settled, and × 6 that wait. */
export async function fill(connectionString: string, scenarios: number): Promise<Lists> {
  const persistence = await openStores({ connectionString })
  try {
    const { stores } = persistence
    const { projectId, definition } = await prepare(persistence, scenarios)
    const { run } = await stores.runs.add(aRun(projectId, definition, MODELS))
    const workerId = ids.next() as WorkerId
    const now = new Date()
    await stores.workers.openWorker({ workerId, leaseUntil: new Date(Date.now() + 3_600_000), now })
    for (let settled = 0; settled < scenarios * MODELS; ) {
      const deliveries = await stores.workers.feed({
        limit: AT_ONCE,
        types: [TYPE],
        now: systemClock.now(),
      })
      const active = await stores.workers.begin({ deliveries, workerId, now: systemClock.now() })
      if (active.length === 0) throw new Error('The run has fewer jobs than it should')
      const outcomes = active.map(({ jobId, start, model, scenarioId }) => {
        const isSplit = Number(scenarioId) % SPLIT_IN === 0 && model === 'model-2'
        return { jobId, start, kind: 'completed' as const, result: { label: isSplit ? 'nb' : 'da' } }
      })
      const { recorded } = await stores.workers.settle({ outcomes, workerId, now: systemClock.now() })
      settled += recorded.length
    }
    await stores.workers.closeWorker(workerId, systemClock.now())
    await stores.runs.add(aRun(projectId, definition, MODELS_THAT_WAIT, 'low'))
    await query(connectionString, 'vacuum analyze')
    return { projectId, runId: run.runId, scenarios, jobs: scenarios * (MODELS + MODELS_THAT_WAIT) }
  } finally {
    await persistence.close()
  }
}
