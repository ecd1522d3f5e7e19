import type { Broadcast, EventStore } from '../events/ports.ts'
import { type Hint, hintTopic } from '../events/signals.ts'
import type { ProjectId } from '../ids.ts'
import type { Logger } from '../ports.ts'
import type { Persistence, Stores } from '../stores.ts'

interface Deps {
  readonly broadcast: Broadcast
  readonly logger: Logger
}

/** Says that there is something new of a project. Whoever does not hear it finds it by polling, a moment later. */
export async function hint({ broadcast, logger }: Deps, projectId: ProjectId, what: Hint): Promise<void> {
  try {
    await broadcast.publish(hintTopic(projectId), what)
  } catch (error) {
    logger.debug({ err: error, projectId }, 'A hint was lost')
  }
}

/** `persistence`, hinting after each transaction that appended facts that it has committed. */
export function hinting(persistence: Persistence, deps: Deps): Persistence {
  return {
    stores: persistence.stores,
    async transaction(work) {
      const projects = new Set<ProjectId>()
      const result = await persistence.transaction((stores) => {
        projects.clear()
        return work({ ...stores, events: noting(stores.events, projects) })
      })
      // The caller does not wait for those who watch.
      for (const projectId of projects) void hint(deps, projectId, 'facts')
      return result
    },
    snapshot: <T>(work: (stores: Stores) => Promise<T>) => persistence.snapshot(work),
    check: () => persistence.check(),
    close: () => persistence.close(),
  }
}

function noting(events: EventStore, projects: Set<ProjectId>): EventStore {
  return {
    append(facts) {
      for (const { projectId } of facts) projects.add(projectId)
      return events.append(facts)
    },
    read: (projectId, afterSeq, limit) => events.read(projectId, afterSeq, limit),
    head: (projectId) => events.head(projectId),
    heads: (projectIds) => events.heads(projectIds),
    seqBefore: (projectId, moment) => events.seqBefore(projectId, moment),
    epoch: () => events.epoch(),
    prune: (before) => events.prune(before),
  }
}
