import { Batcher } from '../batcher.ts'
import { NotFoundError, UnavailableError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import {
  type CurrentCall,
  DONE_UNANSWERED,
  type IdempotencyStore,
  type IdempotentCall,
} from '../idempotency.ts'
import type { JobId } from '../ids.ts'
import type { NewJob, QueueItem } from '../jobs/job.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { Transactions } from '../transactions.ts'

/** Items that go together at most. */
const MAX_TOGETHER = 256

interface Stores {
  readonly jobs: JobStore
  readonly projects: ProjectStore
  readonly events: EventStore
  readonly idempotency: IdempotencyStore
}

/** An item, and the call with a key that it comes by. */
interface Wanted {
  readonly job: NewJob
  readonly call: IdempotentCall | undefined
}

type Answer = { readonly item: QueueItem } | { readonly error: unknown }

/**
 * Adds items that come at about the same moment in one transaction, so that many at once wait for each other and not for connections, which
 * the workers of this process need too. Each has its own answer.
 */
export class Adder {
  readonly #transactions: Transactions<Stores>
  readonly #nudge: () => void
  readonly #calls: CurrentCall | undefined
  readonly #together = new Batcher<Wanted, Answer>(MAX_TOGETHER, (wanted) => {
    const addAll = (): Promise<Answer[]> => this.#addAll(wanted)
    return this.#calls === undefined ? addAll() : this.#calls.outside(addAll)
  })

  constructor(transactions: Transactions<Stores>, nudge: () => void, calls?: CurrentCall) {
    this.#transactions = transactions
    this.#calls = calls
    this.#nudge = nudge
  }

  /** The item as it stands in the queue. @throws NotFoundError if there is no such project; what the stores throw */
  async add(job: NewJob): Promise<QueueItem> {
    const answer = await this.#together.add({ job, call: this.#calls?.current() })
    if ('error' in answer) throw answer.error
    return answer.item
  }

  async #addAll(jobs: readonly Wanted[]): Promise<Answer[]> {
    try {
      return await this.#addTogether(jobs)
    } catch (error) {
      // Nobody waits again behind a backend that is away, and nobody fails for another's sake.
      if (jobs.length === 1 || error instanceof UnavailableError) return jobs.map(() => ({ error }))
      const answers: Answer[] = []
      for (const job of jobs) answers.push(...(await this.#addAll([job])))
      return answers
    }
  }

  async #addTogether(together: readonly Wanted[]): Promise<Answer[]> {
    const jobs = together.map(({ job }) => job)
    const added = await this.#transactions.transaction(async (stores) => {
      const { projects, jobs: queue, events, idempotency } = stores
      const known = new Set<string>()
      for (const projectId of new Set(jobs.map((job) => job.projectId))) {
        if (await projects.find(projectId)) known.add(projectId)
      }
      const wanted = jobs.filter(({ projectId }) => known.has(projectId))
      await queue.add(wanted)
      await events.append(
        wanted.map(({ projectId, jobId, type, priority, createdBy }) =>
          fact(projectId, 'queue_item_added', { itemId: jobId, type, priority, createdBy }),
        ),
      )
      for (const { job, call } of together) {
        if (call && known.has(job.projectId)) await idempotency.finish(call, DONE_UNANSWERED)
      }
      return wanted.map(({ jobId }) => jobId)
    })
    if (added.length > 0) this.#nudge()
    const items = new Map<JobId, QueueItem>()
    for (const item of await this.#transactions.stores.jobs.findItems(added)) items.set(item.jobId, item)
    return jobs.map(({ jobId, projectId }) => {
      const item = items.get(jobId)
      return item ? { item } : { error: new NotFoundError('project', projectId) }
    })
  }
}
