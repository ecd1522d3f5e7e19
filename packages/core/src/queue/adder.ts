import { Batcher } from '../batcher.ts'
import type { Clock } from '../environment.ts'
import { BusyError, NotFoundError, UnavailableError } from '../errors.ts'
import type { NewFact } from '../events/event.ts'
import {
  type CurrentCall,
  DONE_UNANSWERED,
  type IdempotencyStore,
  type IdempotentCall,
} from '../idempotency.ts'
import type { JobId, ProjectId } from '../ids.ts'
import type { FlowStore } from '../jobs/flow-store.ts'
import type { NewJob, QueueItem } from '../jobs/job.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { KeyedJob, TakenKey, UniqueStore } from '../jobs/unique-store.ts'
import { elapsedMs } from '../time.ts'
import type { Transactions } from '../transactions.ts'
import { added, addedTogether, MAX_NAMED } from './added-facts.ts'
import type { AddedQueueItem, OnExisting } from './queues.ts'

/** Items of several calls that go together at most. */
const MAX_TOGETHER = 256

/** Items of one call that go together at most, unless they must all. */
export const MAX_AT_ONCE = 1_000

/** How long items wait behind an open transaction that holds one of their keys before each is tried alone, in ms. */
const KEY_WAIT_MS = 250

/** How long an item is tried alone before it is given up, in ms. */
const KEY_PATIENCE_MS = 5_000

/** The stores that items are added to. */
export interface AdderStores {
  readonly flows: FlowStore
  readonly jobs: JobStore
  readonly uniques: UniqueStore
  readonly idempotency: IdempotencyStore
}

/** Dependencies of adding items. */
export interface AdderDeps {
  readonly transactions: Transactions<AdderStores>
  readonly clock: Clock
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
  /** Called after the commit of items with their facts, and when it was asked for. */
  readonly told?: ((facts: readonly NewFact[], since: Date) => void) | undefined
  readonly calls?: CurrentCall | undefined
  /** Called after a commit that changed the line and made no fact true. */
  readonly changed?: ((projectId: ProjectId) => void) | undefined
}

/** An item to be added, and what becomes of the one that holds its key already. */
export interface NewItem {
  readonly job: NewJob
  readonly onExisting: OnExisting
}

/** An item, and the call with a key that it comes by. */
interface Wanted extends NewItem {
  readonly call: IdempotentCall | undefined
}

/** How an item came off: it is there, or another holds its key, or it gave up waiting for that. */
export type Ended =
  | { readonly jobId: JobId; readonly status: 'added' }
  | { readonly jobId: JobId; readonly status: 'existing'; readonly differs: boolean }
  | { readonly busy: BusyError; readonly at: 'unique.key' | 'after.jobs' }

/** The jobs of one call that others are instead, which hold their keys, and those that gave up. */
interface Fates {
  readonly instead: Map<JobId, JobId>
  readonly lost: Set<JobId>
}

const freshFates = (): Fates => ({ instead: new Map(), lost: new Set() })

/** Projects that are not there. */
type Missing = ReadonlySet<ProjectId>

type Answer = { readonly item: AddedQueueItem } | { readonly error: unknown }

/**
 * Puts items in line in one statement: those of one call, and those that come one by one at about the same moment, so that many at once wait for each
 * other and not for connections, which the workers of this process need too. Each has its own answer. Items with a unique key go by themselves: they may
 * have to wait for somebody's transaction.
 */
export class Adder {
  readonly #deps: AdderDeps
  readonly #together: Batcher<Wanted, Answer>
  readonly #keyed: Batcher<Wanted, () => Promise<Answer>>

  constructor(deps: AdderDeps) {
    this.#deps = deps
    const { calls, clock } = deps
    const outside = <T>(work: () => T): T => (calls === undefined ? work() : calls.outside(work))
    this.#together = new Batcher<Wanted, Answer>(
      MAX_TOGETHER,
      (wanted) => outside(() => this.#addAll(wanted)),
      clock,
    )
    this.#keyed = new Batcher<Wanted, () => Promise<Answer>>(
      MAX_TOGETHER,
      (wanted) => outside(() => this.#addKeyedTogether(wanted)),
      clock,
    )
  }

  /** The item as it stands in the queue. @throws NotFoundError if there is no such project; BusyError; what the stores throw */
  async add(wish: NewItem): Promise<AddedQueueItem> {
    const wanted = { ...wish, call: this.#deps.calls?.current() }
    const answer =
      wish.job.unique === undefined && wish.job.after === undefined
        ? await this.#together.add(wanted)
        : await (await this.#keyed.add(wanted))()
    if ('error' in answer) throw answer.error
    return answer.item
  }

  /**
   * Adds items of one project, a thousand a statement, or `whole`: all of them or none. Those of a call with a key are always whole, for the key is kept
   * with them. Says of each how it came off. @throws NotFoundError if there is no such project; BusyError, if `whole`
   */
  async addMany(items: readonly NewItem[], whole: boolean): Promise<readonly Ended[]> {
    const withKey = this.#deps.calls?.current() !== undefined
    const isNamed = items.length <= MAX_NAMED
    if (whole || withKey) {
      return items.some(({ job }) => job.unique !== undefined)
        ? this.#addKeyed(items, isNamed)
        : this.#addLoose(items, isNamed, items.length)
    }
    if (items.some(({ job }) => job.after !== undefined)) return this.#addInOrder(items, isNamed)
    const ended = new Map<NewItem, Ended>()
    const note = (some: readonly NewItem[], ends: readonly Ended[]): void => {
      for (const [place, item] of some.entries()) ended.set(item, ends[place] as Ended)
    }
    const loose = items.filter(({ job }) => job.unique === undefined)
    note(loose, await this.#addLoose(loose, isNamed, MAX_AT_ONCE))
    const keyed = items.filter(({ job }) => job.unique !== undefined)
    for (let start = 0; start < keyed.length; start += MAX_AT_ONCE) {
      const some = keyed.slice(start, start + MAX_AT_ONCE)
      note(some, await this.#orEachAlone(some, isNamed))
    }
    return items.map((item) => ended.get(item) as Ended)
  }

  /** Adds items of which some wait for others, so that each comes behind those that it waits for. */
  async #addInOrder(items: readonly NewItem[], isNamed: boolean): Promise<readonly Ended[]> {
    const ends: Ended[] = []
    const fates = freshFates()
    for (let start = 0; start < items.length; start += MAX_AT_ONCE) {
      const some = items.slice(start, start + MAX_AT_ONCE)
      const { instead, lost } = fates
      const isLoose = instead.size + lost.size === 0 && some.every(({ job }) => job.unique === undefined)
      ends.push(
        ...(isLoose
          ? await this.#addLoose(some, isNamed, MAX_AT_ONCE)
          : await (lost.size > 0
              ? this.#eachAlone(some, isNamed, fates)
              : this.#orEachAlone(some, isNamed, fates))),
      )
    }
    return ends
  }

  async #addLoose(items: readonly NewItem[], isNamed: boolean, most: number): Promise<Ended[]> {
    const jobs = items.map(({ job }) => job)
    const withKey = this.#deps.calls?.current() !== undefined
    for (let start = 0; start < jobs.length; start += most) {
      const some = jobs.slice(start, start + most)
      const facts = isNamed ? some.map(added) : addedTogether(some)
      // A transaction of the call keeps its key, unless it throws.
      const inside = withKey ? async (_: AdderStores, missing: Missing) => demandAll(missing) : undefined
      const addTo = async (store: JobStore, since: Date): Promise<Missing> =>
        new Set(await store.addItems(some, facts, since))
      demandAll(await this.#adding(addTo, facts, inside))
    }
    return jobs.map(({ jobId }) => ({ jobId, status: 'added' }))
  }

  /** Adds items of one project, of which some have keys, all or none; `calls` are kept with them. */
  async #addKeyed(
    items: readonly NewItem[],
    isNamed: boolean,
    calls: readonly IdempotentCall[] = [],
    { instead } = freshFates(),
  ): Promise<Ended[]> {
    const { transactions, clock, nudge, told, changed } = this.#deps
    const since = clock.now()
    const { ends, facts, replaced } = await transactions.transaction(async (stores) => {
      const keyed = items.filter(isKeyed)
      const taken = await stores.uniques.take(
        keyed.map(({ job }) => job),
        since,
        KEY_WAIT_MS,
      )
      const takenBy = new Map<NewItem, TakenKey>(keyed.map((item, place) => [item, taken[place] as TakenKey]))
      const holderOf = (item: NewItem): JobId | null => takenBy.get(item)?.holder ?? null
      const changes = keyed.flatMap((item) => {
        const holder = holderOf(item)
        return holder !== null && item.onExisting === 'replace' ? [{ holder, by: item.job }] : []
      })
      const changedIds = await replaceAll(stores, changes, since)
      const held = keyed.flatMap((item): (readonly [JobId, JobId])[] => {
        const holder = holderOf(item)
        return holder === null ? [] : [[item.job.jobId, holder]]
      })
      const become = new Map([...instead, ...held])
      const jobs = items.filter((item) => holderOf(item) === null).map(({ job }) => behind(job, become))
      const told = isNamed ? jobs.map(added) : addedTogether(jobs)
      demandAll(new Set(await stores.jobs.addItems(jobs, told, since)))
      // A holder of this very call was not there when others were replaced.
      const own = new Set(jobs.map(({ jobId }) => jobId))
      await replaceAll(
        stores,
        changes.filter(({ holder }) => own.has(holder)),
        since,
      )
      for (const call of calls) await stores.idempotency.finish(call, DONE_UNANSWERED)
      const ends = items.map((item): Ended => {
        const holder = holderOf(item)
        const differs = takenBy.get(item)?.differs ?? false
        return holder === null
          ? { jobId: item.job.jobId, status: 'added' }
          : { jobId: holder, status: 'existing', differs }
      })
      return { ends, facts: told, replaced: changedIds > 0 }
    })
    for (const [place, { job }] of items.entries()) {
      const end = ends[place]
      if (end && !('busy' in end) && end.jobId !== job.jobId) instead.set(job.jobId, end.jobId)
    }
    if (facts.length > 0) told?.(facts, since)
    const [first] = items
    if (replaced && facts.length === 0 && first !== undefined) changed?.(first.job.projectId)
    nudge()
    return ends
  }

  /** As {@link Adder.#addKeyed}; if somebody's transaction holds one of the keys, each by itself, so that only those in the way give up. */
  async #orEachAlone(
    items: readonly NewItem[],
    isNamed: boolean,
    fates = freshFates(),
  ): Promise<readonly Ended[]> {
    try {
      return await this.#addKeyed(items, isNamed, [], fates)
    } catch (error) {
      if (!(error instanceof BusyError)) throw error
      return this.#eachAlone(items, isNamed, fates)
    }
  }

  /** Tries each by itself, and those that are in the way again and again. */
  async #eachAlone(
    items: readonly NewItem[],
    isNamed: boolean,
    fates = freshFates(),
  ): Promise<readonly Ended[]> {
    const { clock } = this.#deps
    const until = elapsedMs(clock) + KEY_PATIENCE_MS
    const ends = new Map<NewItem, Ended>()
    let left = items
    for (;;) {
      const inTheWay: NewItem[] = []
      const waiting = new Set(fates.lost)
      for (const item of left) {
        try {
          // One that waits for an item that is not there yet comes behind it.
          const missing = item.job.after?.parents.find((parent) => waiting.has(parent))
          if (missing !== undefined) throw new BusyError(`It waits for an item that is not added: ${missing}`)
          const [end] = await this.#addKeyed([item], isNamed, callsOf([item]), fates)
          ends.set(item, end as Ended)
        } catch (error) {
          if (!(error instanceof BusyError)) throw error
          ends.set(
            item,
            item.job.unique
              ? { busy: heldTooLong(item, error), at: 'unique.key' }
              : { busy: error, at: 'after.jobs' },
          )
          inTheWay.push(item)
          waiting.add(item.job.jobId)
        }
      }
      if (inTheWay.length === 0 || elapsedMs(clock) >= until) {
        for (const { job } of inTheWay) fates.lost.add(job.jobId)
        return items.map((item) => ends.get(item) as Ended)
      }
      left = inTheWay
    }
  }

  /** Answers that are there at once, or come later, of those that stand behind somebody's transaction. */
  async #addKeyedTogether(wanted: readonly Wanted[]): Promise<(() => Promise<Answer>)[]> {
    const answers = new Map<Wanted, () => Promise<Answer>>()
    for (const some of Map.groupBy(wanted, ({ job }) => job.projectId).values()) {
      try {
        const ends = await this.#addKeyed(some, true, callsOf(some))
        const items = await this.#itemsOf(ends)
        for (const [place, one] of some.entries()) answers.set(one, async () => items[place] as Answer)
      } catch (error) {
        const isAway = error instanceof UnavailableError && !(error instanceof BusyError)
        const alone = async (one: Wanted): Promise<Answer> => {
          if (isAway || error instanceof NotFoundError) return { error }
          try {
            return (await this.#itemsOf(await this.#eachAlone([one], true)))[0] as Answer
          } catch (again) {
            return { error: again }
          }
        }
        for (const one of some) {
          const answer = alone(one)
          answers.set(one, () => answer)
        }
      }
    }
    return wanted.map((one) => answers.get(one) as () => Promise<Answer>)
  }

  /** The items as they stand in the queue now. */
  async #itemsOf(ends: readonly Ended[]): Promise<Answer[]> {
    const ids = ends.flatMap((end) => ('busy' in end ? [] : [end.jobId]))
    const items = await this.#deps.transactions.stores.jobs.findItems([...new Set(ids)])
    const byId = new Map(items.map((item) => [item.jobId, item]))
    return ends.map((end) => {
      if ('busy' in end) return { error: end.busy }
      const item = byId.get(end.jobId)
      if (item === undefined) return { error: new NotFoundError('item', end.jobId) }
      const { jobId: _, ...how } = end
      return { item: { ...item, ...how } }
    })
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
    const finishCalls = async ({ idempotency }: AdderStores, unknown: Missing): Promise<void> => {
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
      return item
        ? { item: { ...item, status: 'added' } }
        : { error: new NotFoundError('project', projectId) }
    })
  }

  /** Adds jobs with their facts in one statement, or in a transaction with what is done `inside`; gives the projects that are not there. */
  async #adding(
    addTo: (store: JobStore, since: Date) => Promise<Missing>,
    facts: readonly NewFact[],
    inside?: (stores: AdderStores, missing: Missing) => Promise<void>,
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

/** Gives pending holders that have never begun what they are to be instead; the last of several for one holder counts. Says how many that were. */
async function replaceAll(
  { jobs, uniques }: AdderStores,
  changes: readonly { readonly holder: JobId; readonly by: KeyedJob }[],
  now: Date,
): Promise<number> {
  const byHolder = new Map(changes.map(({ holder, by }) => [holder, by]))
  if (byHolder.size === 0) return 0
  let count = 0
  for (const { jobId, state, startedAt } of await jobs.lockMany([...byHolder.keys()])) {
    const by = byHolder.get(jobId)
    if (by === undefined || state !== 'pending' || startedAt !== null) continue
    await uniques.replace(jobId, by, now)
    count++
  }
  return count
}

/** The job, behind those that the ones that it waits for are instead. */
function behind(job: NewJob, instead: ReadonlyMap<JobId, JobId>): NewJob {
  const { after } = job
  if (after === undefined || instead.size === 0) return job
  const parents = new Set(after.parents.map((parent) => instead.get(parent) ?? parent))
  return { ...job, after: { ...after, parents: [...parents] } }
}

function isKeyed<Item extends NewItem>(item: Item): item is Item & { readonly job: KeyedJob } {
  return item.job.unique !== undefined
}

function callsOf(
  items: readonly (NewItem & { readonly call?: IdempotentCall | undefined })[],
): IdempotentCall[] {
  return items.flatMap(({ call }) => (call === undefined ? [] : [call]))
}

function heldTooLong({ job }: NewItem, cause: BusyError): BusyError {
  const message = `An open transaction holds the unique key ${job.unique?.key ?? ''} of ${job.type}: try again when it has ended`
  return new BusyError(message, {}, { cause })
}

function demandAll(missing: Missing): void {
  for (const projectId of missing) throw new NotFoundError('project', projectId)
}
