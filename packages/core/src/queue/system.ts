import type { Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { SYSTEM_TOPIC } from '../events/signals.ts'
import type { JobCounts, JobStore } from '../jobs/job-store.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { Transactions } from '../transactions.ts'
import { totalOf } from './counts.ts'
import type { SystemQueueUseCases } from './queues.ts'

/** Dependencies of the use cases of all queues together. */
export interface SystemQueueDeps {
  readonly transactions: Transactions<{ readonly jobs: JobStore; readonly projects: ProjectStore }>
  readonly broadcast: Broadcast
  readonly logger: Logger
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
}

/** Control of all queues together. A global pause belongs to no project, so it is no fact: it is stored, and broadcast as a signal. */
export function systemQueueUseCases({
  transactions,
  broadcast,
  logger,
  nudge,
}: SystemQueueDeps): Omit<SystemQueueUseCases, 'unattended' | 'processes' | 'setup'> {
  const { jobs, projects } = transactions.stores

  const status: SystemQueueUseCases['status'] = async () => {
    const paused = await projects.systemPaused()
    const byType: ReadonlyMap<string, JobCounts> = await jobs.countByType(null)
    const types = [...byType]
      .map(([type, counts]) => ({ type, ...counts }))
      .sort((a, b) => (a.type < b.type ? -1 : 1))
    return { paused, counts: totalOf(byType.values()), types }
  }

  const setPaused = async (paused: boolean) => {
    const changed = await transactions.transaction((stores) => stores.projects.setPaused(null, paused))
    nudge()
    if (changed) {
      const signal = { type: paused ? 'queue_paused' : 'queue_resumed', data: { global: true } }
      await broadcast.publish(SYSTEM_TOPIC, signal).catch((error: unknown) => {
        logger.warn({ err: error }, 'A global pause or resume took effect but could not be broadcast')
      })
    }
    return status()
  }

  return { status, pause: () => setPaused(true), resume: () => setPaused(false) }
}
