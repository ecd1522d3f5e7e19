import type { Clock } from '../environment.ts'
import type { NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import { following, replacing } from '../following.ts'
import type { Persistence } from '../stores.ts'

/** `persistence`, telling `listener` of the facts that each transaction appended, once it has committed, and when it began. */
export function tellingFacts(
  persistence: Persistence,
  clock: Clock,
  listener: (facts: readonly NewFact[], since: Date) => void,
): Persistence {
  return following(persistence, () => {
    const since = clock.now()
    let facts: NewFact[] = []
    return {
      through: (stores) => {
        facts = []
        return { ...stores, events: noting(stores.events, facts) }
      },
      committed: () => {
        if (facts.length > 0) listener(facts, since)
      },
    }
  })
}

function noting(events: EventStore, noted: NewFact[]): EventStore {
  return replacing(events, {
    append(facts) {
      for (const fact of facts) noted.push(fact)
      return events.append(facts)
    },
  })
}
