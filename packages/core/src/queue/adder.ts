import { Batcher } from '../batcher.ts'
import type { Clock } from '../environment.ts'
import { NotFoundError, UnavailableError } from '../errors.ts'
import { fact, type NewFact } from '../events/event.ts'
import {
  type CurrentCall,
  DONE_UNANSWERED,
  type IdempotencyStore,
  type IdempotentCall,
} from '../idempotency.ts'
import type { JobId, ProjectId } from '../ids.ts'
import type { NewJob, QueueItem } from '../jobs/job.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { Transactions } from '../transactions.ts'

/** Items of several calls that go together at most. */
const MAX_TOGETHER = 256

/** Items of one call that go together at most, unless they must all. */
export const MAX_AT_ONCE = 1_000

/** Items of one call that are named one by one in the feed; of more it says how many. */
const MAX_NAMED = 100

interface Stores {
  readonly jobs: JobStore
  readonly idempotency: IdempotencyStore
}

/** Dependencies of adding items. */
export interface AdderDeps {
  readonly transactions: Transactions<Stores>
  readonly clock: Clock
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
  /** Called after the commit of items with their facts, and when it was asked for. */
  readonly told?: ((facts: readonly NewFact[], since: Date) => void) | undefined
  readonly calls?: CurrentCall | undefined
}

/** An item, and the call with a key that it comes by. */
interface Wanted {
  readonly job: NewJob
  readonly call: IdempotentCall | undefined
}

/** Projects that are not there. */
type Missing = ReadonlySet<ProjectId>

type Answer = { readonly item: QueueItem } | { readonly error: unknown }

/**
 * Puts items in line in one statement: those of one call, and those that come one by one at about the same moment, so that many at once wait for each
 * other and not for connections, which the workers of this process need too. Each has its own answer.
 */
export class Adder {
  readonly #deps: AdderDeps
  readonly #together: Batcher<Wanted, Answer>

  constructor(deps: AdderDeps) {
    this.#deps = deps
    const { calls, clock } = deps
    const add = (wanted: readonly Wanted[]): Promise<Answer[]> => {
      const addAll = (): Promise<Answer[]> => this.#addAll(wanted)
      return calls === undefined ? addAll() : calls.outside(addAll)
    }
    this.#together = new Batcher<Wanted, Answer>(MAX_TOGETHER, add, clock)
  }

  /** The item as it stands in the queue. @throws NotFoundError if there is no such project; what the stores throw */
  async add(job: NewJob): Promise<QueueItem> {
    const answer = await this.#together.add({ job, call: this.#deps.calls?.current() })
    if ('error' in answer) throw answer.error
    return answer.item
  }

  /**
   * Adds items of one project, a thousand a statement, or `whole`: all of them or none. Those of a call with a key are always whole, for the key is kept
   * with them. @throws NotFoundError if there is no such project
   */
  async addMany(jobs: readonly NewJob[], whole: boolean): Promise<void> {
    const withKey = this.#deps.calls?.current() !== undefined
    const most = whole || withKey ? jobs.length : MAX_AT_ONCE
    for (let start = 0; start < jobs.length; start += most) {
      const some = jobs.slice(start, start + most)
      const facts = jobs.length <= MAX_NAMED ? some.map(added) : addedTogether(some)
      // A transaction of the call keeps its key, unless it throws.
      const inside = withKey ? async (_: Stores, missing: Missing) => demandAll(missing) : undefined
      const addTo = async (store: JobStore, since: Date): Promise<Missing> =>
        new Set(await store.addItems(some, facts, since))
      demandAll(await this.#adding(addTo, facts, inside))
    }
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
    const finishCalls = async ({ idempotency }: Stores, unknown: Missing): Promise<void> => {
      for (const { job, call } of together)
        if (call && !unknown.has(job.projectId)) await idempotency.finish(call, DONE_UNANSWERED)
    }
    const facts = jobs.map(added)
    const withCalls = together.some(({ call }) => call !== undefined)
    const items = new Map<JobId, QueueItem>()
    const addTo = async (store: JobStore, since: Date): Promise<Missing> => {
      items.clear()
      for (const item of await store.addPlaced(jobs, facts, since)) items.set(item.jobId, item)
      return new Set(jobs.flatMap(({ jobId, projectId }) => (items.has(jobId) ? [] : [projectId])))
    }
    await this.#adding(addTo, facts, withCalls ? finishCalls : undefined)
    return jobs.map(({ jobId, projectId }) => {
      const item = items.get(jobId)
      return item ? { item } : { error: new NotFoundError('project', projectId) }
    })
  }

  /** Adds jobs with their facts in one statement, or in a transaction with what is done `inside`; gives the projects that are not there. */
  async #adding(
    addTo: (store: JobStore, since: Date) => Promise<Missing>,
    facts: readonly NewFact[],
    inside?: (stores: Stores, missing: Missing) => Promise<void>,
  ): Promise<Missing> {
    const { transactions, clock, nudge, told } = this.#deps
    const since = clock.now()
    const missing =
      inside === undefined
        ? await addTo(transactions.stores.jobs, since)
        : await transactions.transaction(async (stores) => {
            const unknown = await addTo(stores.jobs, since)
            await inside(stores, unknown)
            return unknown
          })
    const kept = facts.filter(({ projectId }) => !missing.has(projectId))
    if (kept.length > 0) {
      told?.(kept, since)
      nudge()
    }
    return missing
  }
}

function demandAll(missing: Missing): void {
  for (const projectId of missing) throw new NotFoundError('project', projectId)
}

function added({ projectId, jobId, type, priority, createdBy }: NewJob): NewFact {
  return fact(projectId, 'queue_item_added', { itemId: jobId, type, priority, createdBy })
}

/** One fact for all of them, which are of one project and from one person. */
function addedTogether(jobs: readonly NewJob[]): NewFact[] {
  const [first] = jobs
  if (first === undefined) return []
  const types = new Map<string, number>()
  for (const { type } of jobs) types.set(type, (types.get(type) ?? 0) + 1)
  const { projectId, createdBy } = first
  const told = { count: jobs.length, types: Object.fromEntries(types), createdBy }
  return [fact(projectId, 'queue_item_added', told)]
}
