import type { Clock, Logger } from '../environment.ts'
import { fact, type NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { JobId } from '../ids.ts'
import type { EndedChild, FlowStore } from '../jobs/flow-store.ts'
import type { Transactions } from '../transactions.ts'

/** Ends that one transaction works off. */
const BATCH = 1_000

interface Deps {
  readonly transactions: Transactions<{ readonly flows: FlowStore; readonly events: EventStore }>
  readonly clock: Clock
  readonly logger: Logger
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
}

/**
 * Works off the ends of jobs that others wait for: these go on, or end without having begun, and so on down the flow. Says how many ends that were;
 * 0: no more are there.
 */
export function sweeping({ transactions, clock, nudge }: Omit<Deps, 'logger'>): () => Promise<number> {
  return async () => {
    const { moved, started } = await transactions.transaction(async ({ flows, events }) => {
      const swept = await flows.sweep(BATCH, clock.now())
      const facts = swept.ended.map(endedFact)
      if (facts.length > 0) await events.append(facts)
      return swept
    })
    if (started > 0) nudge()
    return moved
  }
}

/**
 * Looks for jobs that wait for none that is open, and has them looked at again. Says in the log that there were any: it should find none.
 */
export function mending({
  transactions,
  logger,
}: Pick<Deps, 'transactions' | 'logger'>): () => Promise<void> {
  return async () => {
    let after: JobId | null = null
    do {
      const { mended, goesOn }: Awaited<ReturnType<FlowStore['mend']>> = await transactions.transaction(
        ({ flows }) => flows.mend(after, BATCH),
      )
      if (mended.length > 0)
        logger.error(
          { jobs: mended.length, first: mended[0] },
          'Jobs waited for others that had all ended: they are looked at again',
        )
      after = goesOn
    } while (after !== null)
  }
}

function endedFact({
  projectId,
  jobId,
  type,
  priority,
  createdBy,
  attempt,
  state,
  error,
}: EndedChild): NewFact {
  if (state === 'cancelled' || error === null)
    return fact(projectId, 'queue_item_removed', { itemId: jobId, type, priority, createdBy })
  const { code, message } = error
  return fact(projectId, 'job_failed', {
    itemId: jobId,
    runId: null,
    type,
    attempt,
    error: { code, message },
  })
}
