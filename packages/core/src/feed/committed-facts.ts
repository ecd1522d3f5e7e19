import type { Clock } from '../environment.ts'
import type { NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { Persistence, Stores } from '../stores.ts'

/** `persistence`, telling `listener` of the facts that each transaction appended, once it has committed, and when it began. */
export function tellingFacts(
  persistence: Persistence,
  clock: Clock,
  listener: (facts: readonly NewFact[], since: Date) => void,
): Persistence {
  return {
    stores: persistence.stores,
    async transaction(work) {
      const since = clock.now()
      const facts: NewFact[] = []
      const result = await persistence.transaction((stores) => {
        facts.length = 0
        return work({ ...stores, events: noting(stores.events, facts) })
      })
      if (facts.length > 0) listener(facts, since)
      return result
    },
    snapshot: <T>(work: (stores: Stores) => Promise<T>) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(persistence.time && { time: persistence.time }),
    close: () => persistence.close(),
  }
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
