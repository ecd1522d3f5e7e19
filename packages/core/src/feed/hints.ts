import type { NewFact } from '../events/event.ts'
import type { Broadcast, EventStore } from '../events/ports.ts'
import { type Hint, hintTopic } from '../events/signals.ts'
import type { ProjectId } from '../ids.ts'
import type { Enqueued, Tracing } from '../jobs/tracing.ts'
import type { Clock, Logger } from '../ports.ts'
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

/** `persistence`, hinting after each transaction that appended facts that it has committed, and telling `tracing` what these put in line. */
export function hinting(
  persistence: Persistence,
  deps: Deps & { readonly clock: Clock; readonly tracing?: Tracing | undefined },
): Persistence {
  return {
    stores: persistence.stores,
    async transaction(work) {
      const since = deps.clock.now()
      const facts: NewFact[] = []
      const result = await persistence.transaction((stores) => {
        facts.length = 0
        return work({ ...stores, events: noting(stores.events, facts) })
      })
      // The caller does not wait for those who watch.
      for (const projectId of new Set(facts.map((fact) => fact.projectId)))
        void hint(deps, projectId, 'facts')
      if (deps.tracing) traceEnqueued(deps.tracing, facts, since)
      return result
    },
    snapshot: <T>(work: (stores: Stores) => Promise<T>) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(persistence.time && { time: persistence.time }),
    close: () => persistence.close(),
  }
}

function traceEnqueued(tracing: Tracing, facts: readonly NewFact[], since: Date): void {
  const enqueued = facts.flatMap(({ projectId, type, data }): Enqueued[] => {
    if (type !== 'queue_item_added') return []
    return 'itemId' in data
      ? [{ projectId, jobId: data.itemId, type: data.type }]
      : [{ projectId, runId: data.runId, count: data.count }]
  })
  if (enqueued.length > 0) tracing.enqueued(enqueued, since)
}

function noting(events: EventStore, noted: NewFact[]): EventStore {
  return {
    append(facts) {
      for (const fact of facts) noted.push(fact)
      return events.append(facts)
    },
    read: (projectId, afterSeq, limit) => events.read(projectId, afterSeq, limit),
    head: (projectId) => events.head(projectId),
    heads: (projectIds) => events.heads(projectIds),
    seqBefore: (projectId, moment) => events.seqBefore(projectId, moment),
    epoch: () => events.epoch(),
    prune: (before, limit) => events.prune(before, limit),
  }
}
