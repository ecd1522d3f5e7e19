import type { Clock } from '../environment.ts'
import type { NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { Persistence, Stores } from '../stores.ts'

/** `persistence`, telling `listener` of the facts that each transaction appended, once it has committed, and when it began. */
export function tellingFacts(
  persistence: Persistence,
  clock: Clock,
  listener: (facts: readonly NewFact[], since: Date) => void,
): Persistence {
  const told = (facts: readonly NewFact[], since: Date): void => {
    if (facts.length > 0) listener(facts, since)
  }
  return {
    stores: {
      ...persistence.stores,
      jobs: notingItems(persistence.stores.jobs, (facts) => told(facts, clock.now())),
    },
    async transaction(work) {
      const since = clock.now()
      const facts: NewFact[] = []
      const result = await persistence.transaction((stores) => {
        facts.length = 0
        const note = (some: readonly NewFact[]): void => void facts.push(...some)
        return work({
          ...stores,
          events: noting(stores.events, note),
          jobs: notingItems(stores.jobs, note),
        })
      })
      told(facts, since)
      return result
    },
    snapshot: <T>(work: (stores: Stores) => Promise<T>) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(persistence.time && { time: persistence.time }),
    close: () => persistence.close(),
  }
}

type Note = (facts: readonly NewFact[]) => void

/** `jobs`, noting the facts that items were added with. */
function notingItems(jobs: JobStore, note: Note): JobStore {
  const addItems: JobStore['addItems'] = async (added, facts, now) => {
    const missing = new Set(await jobs.addItems(added, facts, now))
    note(facts.filter(({ projectId }) => !missing.has(projectId)))
    return [...missing]
  }
  return new Proxy(jobs, {
    get: (target, property) => (property === 'addItems' ? addItems : (bound(target, property) as unknown)),
  })
}

function bound(target: object, property: PropertyKey): unknown {
  const member: unknown = Reflect.get(target, property)
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}

function noting(events: EventStore, note: Note): EventStore {
  return {
    append(facts) {
      note(facts)
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
