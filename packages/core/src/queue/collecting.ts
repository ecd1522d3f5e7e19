import type { Clock } from '../environment.ts'
import type { NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { ArrivalStore } from '../jobs/arrival-store.ts'
import type { JobType } from '../jobs/job.ts'
import { elapsedMs } from '../time.ts'
import type { Transactions } from '../transactions.ts'
import { addedFacts } from './added-facts.ts'

/** Jobs put in line by one transaction. */
const BATCH = 1_000

/** How often jobs that arrived long ago are looked for, in ms: their transaction was open all the while. */
const ALL_EVERY_MS = 10_000

interface Deps {
  readonly transactions: Transactions<{ readonly arrivals: ArrivalStore; readonly events: EventStore }>
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly clock: Clock
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
}

/** Puts jobs in line that have arrived by transactions of hosts, and tells of them. Says how many these were; 0: no more are there. */
export function collecting({
  transactions,
  jobTypes,
  clock,
  nudge,
}: Deps): (all?: boolean) => Promise<number> {
  let allAt = Number.NEGATIVE_INFINITY
  let isKnown = false
  return async (all = false) => {
    const { arrivals } = transactions.stores
    if (!isKnown) {
      await arrivals.know([...jobTypes.keys()])
      isKnown = true
    }
    const now = elapsedMs(clock)
    const recent = !all && now < allAt + ALL_EVERY_MS
    if (!(await arrivals.hasArrived(recent))) {
      if (!recent) allAt = now
      return 0
    }
    const count = await transactions.transaction(async (stores) => {
      const arrived = await stores.arrivals.collect(BATCH, recent)
      const facts: NewFact[] = [...Map.groupBy(arrived, ({ projectId }) => projectId).values()].flatMap(
        (jobs) => addedFacts(jobs),
      )
      if (facts.length > 0) await stores.events.append(facts)
      return arrived.length
    })
    if (count > 0) nudge()
    return count
  }
}
