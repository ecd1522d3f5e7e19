import type { Clock } from '../environment.ts'
import type { NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { ProjectId } from '../ids.ts'
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
  /** Called after a commit that changed the line and made no fact true. */
  readonly changed?: ((projectId: ProjectId) => void) | undefined
  /** Goes on behind jobs that ended, and says how many these were. */
  readonly sweep: () => Promise<number>
}

/**
 * Puts jobs in line that have arrived by transactions of hosts, and tells of them, those that people have answered, and those that wait for others no
 * longer. Says how many it moved; 0: no more are there.
 */
export function collecting({
  transactions,
  jobTypes,
  clock,
  nudge,
  changed = () => undefined,
  sweep,
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
    const { arrived, ended } = await arrivals.look(recent)
    const swept = ended ? await sweep() : 0
    if (!arrived) {
      if (!recent) allAt = now
      return swept
    }
    const collected = await transactions.transaction(async (stores) => {
      const jobs = await stores.arrivals.collect(BATCH, recent)
      const fresh = jobs.filter(({ counted }) => !counted)
      const facts: NewFact[] = [...Map.groupBy(fresh, ({ projectId }) => projectId).values()].flatMap(
        (added) => addedFacts(added),
      )
      if (facts.length > 0) await stores.events.append(facts)
      return jobs
    })
    const counted = collected.filter(({ counted }) => counted)
    for (const projectId of new Set(counted.map((job) => job.projectId))) changed(projectId)
    if (collected.length > 0) nudge()
    return swept + collected.length
  }
}
