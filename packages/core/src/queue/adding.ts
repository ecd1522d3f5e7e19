import { digestOf } from '../digest.ts'
import type { Ids } from '../environment.ts'
import { JobValidationError, OutOfBoundsError, ValidationError } from '../errors.ts'
import type { JobId, ProjectId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { FlowStore } from '../jobs/flow-store.ts'
import { type After, MOST_LINKS } from '../jobs/flows.ts'
import type { JobState, JobType, NewJob, UniqueBy } from '../jobs/job.ts'
import { limitsOf } from '../jobs/limited.ts'
import { assertSize, MAX_PAYLOAD_BYTES, readPayload } from '../jobs/payload.ts'
import { retryPolicy } from '../jobs/retry/retry.ts'
import { canonicalJson, type Json, pathOf } from '../json/json.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { Transactions } from '../transactions.ts'
import { Adder, type AdderDeps, type AdderStores, type Ended, MAX_AT_ONCE, type NewItem } from './adder.ts'
import { MAX_ITEMS, manyQueueItems, newQueueItem, type ReadQueueItem } from './queue-input.ts'
import type { AddedItem, AfterWish, NewQueueItem, ProjectQueueUseCases, UniqueWish } from './queues.ts'

/** Priority of a loose item that names none; a run of normal priority has the same. */
const DEFAULT_ITEM_PRIORITY = 5

/** How far ahead an item may wait: five years, in ms. */
const FARTHEST_MS = 5 * 366 * 24 * 60 * 60 * 1_000

/** The states in which a job holds its key unless it says otherwise. */
const HOLDING: readonly JobState[] = ['pending', 'active']

interface AddingStores extends AdderStores {
  readonly runs: Pick<RunStore, 'findMany'>
}

interface AddingDeps extends AdderDeps {
  readonly transactions: Transactions<AddingStores>
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly ids: Ids
  /** The largest payload, in bytes as JSON; default 256 KiB. */
  readonly maxPayloadBytes?: number | undefined
}

/** An item as it is to be added, or the reason against it. */
type Read = NewItem | { readonly refusal: ValidationError }

/** Items of the call before this one: how many, and the job of each that was not refused. */
interface EarlierItems {
  readonly count: number
  readonly jobAt: (place: number) => JobId | undefined
}

/** Dependencies of reading items. */
export type ItemReaderDeps = Pick<AddingDeps, 'clock' | 'ids' | 'jobTypes' | 'maxPayloadBytes'>

/** Reads an item as it is to be added; only a schema of its type that is itself asynchronous makes the answer a promise. */
export type ReadItem = (
  projectId: ProjectId,
  item: unknown,
  createdBy: UserId | null,
  at?: readonly PropertyKey[],
  /** The job that an earlier item of the call is to be; undefined: that was refused. Left out: there are none. */
  earlier?: EarlierItems,
) => NewItem | Promise<NewItem>

/** @throws by the function that it gives: ValidationError, JobValidationError with paths behind `at` */
export function itemReader({
  clock,
  ids,
  jobTypes,
  maxPayloadBytes = MAX_PAYLOAD_BYTES,
}: ItemReaderDeps): ReadItem {
  return (projectId, item, createdBy, at = [], earlier) => {
    const wanted = parse(newQueueItem, item, at)
    const { type: typeName, payload, priority = DEFAULT_ITEM_PRIORITY, unique } = wanted
    const after = wanted.after && afterOf(wanted.after, [...at, 'after', 'jobs'], earlier)
    const type = jobTypes.get(typeName)
    if (!type) throw unknownType(typeName, [...at, 'type'])
    assertSize(payload, maxPayloadBytes, [...at, 'payload'])
    const made = (): NewItem => {
      const now = clock.now()
      const job: NewJob = {
        jobId: ids.next() as JobId,
        projectId,
        taskId: null,
        type: typeName,
        payload,
        priority,
        maxAttempts: retryPolicy(type.retry).maxAttempts,
        availableAt: availableAt(wanted, now, at),
        createdBy,
        createdAt: now,
        ...(unique && { unique: uniqueBy(unique, payload, now) }),
        ...(after && { after }),
        limits: limitsOf(type, { projectId, model: null, payload }),
      }
      return { job, onExisting: unique?.onExisting ?? 'keep' }
    }
    const checked = readPayload(type, payload, [...at, 'payload'])
    return checked instanceof Promise ? checked.then(made) : made()
  }
}

/** The three ways to put loose jobs in line: one, many, and as many as come. */
export function itemAdding(deps: AddingDeps): Pick<ProjectQueueUseCases, 'add' | 'addMany' | 'addAll'> {
  const adder = new Adder(deps)
  const read = itemReader(deps)
  const { stores } = deps.transactions

  /** Reads each by itself. `first`: the place of the first in a stream, whose items are named by their ids alone. */
  const readAll = async (
    projectId: ProjectId,
    items: readonly unknown[],
    createdBy: UserId | null,
    first?: number,
  ): Promise<Read[]> => {
    const all: Read[] = []
    for (const [nth, item] of items.entries()) {
      try {
        const jobAt = (place: number): JobId | undefined => {
          const one = all[place]
          return one && 'job' in one ? one.job.jobId : undefined
        }
        const earlier = first === undefined ? { count: nth, jobAt } : undefined
        all.push(await read(projectId, item, createdBy, ['items', (first ?? 0) + nth], earlier))
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error
        all.push({ refusal: error })
      }
    }
    return withParents(projectId, all, stores, first ?? 0)
  }

  const addReadable = async (reads: readonly Read[], first = 0): Promise<AddedItem[]> => {
    const ended = (await adder.addMany(readable(reads), false)).values()
    return reads.map((one, place) =>
      'job' in one
        ? answerOf(ended.next().value as Ended, first + place)
        : { status: 'refused', code: one.refusal.code, errors: one.refusal.issues },
    )
  }

  return {
    async add(projectId, item, createdBy = null) {
      const wanted = await read(projectId, item, createdBy)
      const [one = wanted] = wanted.job.after ? await withParents(projectId, [wanted], stores) : [wanted]
      if ('refusal' in one) throw one.refusal
      return adder.add(one)
    },

    async addMany(projectId, given, { createdBy = null, ...options } = {}) {
      const { items, mode = 'each' } = parse(manyQueueItems, { items: given, ...options })
      if (items.length > MAX_ITEMS) {
        const message = `must be at most ${MAX_ITEMS}: add more in further calls`
        throw new OutOfBoundsError('too_many', 'items', message)
      }
      const reads = await readAll(projectId, items, createdBy)
      const refusals = reads.flatMap((one) => ('refusal' in one ? [one.refusal] : []))
      if (mode === 'atomic' && refusals.length > 0) throw together(refusals)
      const answers =
        mode === 'each'
          ? await addReadable(reads)
          : (await adder.addMany(readable(reads), true)).map((end, place) => answerOf(end, place))
      const count = (status: AddedItem['status']): number =>
        answers.filter((answer) => answer.status === status).length
      return {
        added: count('added'),
        existing: count('existing'),
        refused: count('refused'),
        items: answers,
      }
    },

    async *addAll(projectId, items, { createdBy = null } = {}) {
      let count = 0
      for await (const batch of batched(items)) {
        yield* await addReadable(await readAll(projectId, batch, createdBy, count), count)
        count += batch.length
      }
    },
  }
}

/** The jobs or the run that an item waits for. @throws OutOfBoundsError for too many, or an item that was refused; ValidationError for one named twice, or an item that is none before it */
function afterOf(
  { jobs = [], need = 'completed', runId, when, onFailure = 'fail' }: AfterWish,
  at: readonly PropertyKey[],
  earlier?: EarlierItems,
): After {
  if (runId !== undefined && when !== undefined)
    return { parents: [], run: { runId, when }, need: when === 'ended' ? 'ended' : 'completed', onFailure }
  if (jobs.length > MOST_LINKS)
    throw new OutOfBoundsError('too_many', pathOf(at), `must be at most ${MOST_LINKS}`)
  const parents = new Set<JobId>()
  for (const [nth, job] of jobs.entries()) {
    const parent = typeof job === 'string' ? job : jobOf(job.item, [...at, nth, 'item'], earlier)
    if (parents.has(parent))
      throw new ValidationError([{ path: pathOf([...at, nth]), message: 'names a job twice' }])
    parents.add(parent)
  }
  return { parents: [...parents], need, onFailure }
}

/** The job of an earlier item. @throws ValidationError, OutOfBoundsError */
function jobOf(item: number, at: readonly PropertyKey[], earlier?: EarlierItems): JobId {
  if (earlier === undefined)
    throw new ValidationError([
      { path: pathOf(at), message: 'names a place, as in addMany alone: name the job by its id' },
    ])
  if (item >= earlier.count)
    throw new ValidationError([
      { path: pathOf(at), message: 'must be the place of an earlier item of the call' },
    ])
  const parent = earlier.jobAt(item)
  if (parent !== undefined) return parent
  throw new OutOfBoundsError('parent_unknown', pathOf(at), 'names an item that was refused')
}

/** The items, of which those are refused that wait for jobs or a run that are none of the project, or for a job that too many wait for. */
async function withParents(
  projectId: ProjectId,
  reads: readonly Read[],
  { flows, runs }: { readonly flows: FlowStore } & Pick<AddingStores, 'runs'>,
  first?: number,
): Promise<Read[]> {
  const items = readable(reads)
  if (items.every(({ job }) => job.after === undefined)) return [...reads]
  const own = new Set(items.map(({ job }) => job.jobId))
  const outside = new Set(items.flatMap(({ job }) => job.after?.parents ?? []).filter((id) => !own.has(id)))
  const known = await flows.findParents(projectId, [...outside])
  const children = new Map(known)
  const awaited = new Set(items.flatMap(({ job }) => job.after?.run?.runId ?? []))
  const found = awaited.size === 0 ? [] : await runs.findMany([...awaited])
  const ownRuns = new Set(found.flatMap((run) => (run.projectId === projectId ? run.runId : [])))
  return reads.map((one, nth): Read => {
    if (!('job' in one)) return one
    const { parents = [], run } = one.job.after ?? {}
    const at = first === undefined ? [] : ['items', first + nth]
    if (run !== undefined && !ownRuns.has(run.runId)) {
      const path = pathOf([...at, 'after', 'runId'])
      return { refusal: new OutOfBoundsError('parent_unknown', path, 'names no run of the project') }
    }
    for (const [place, parent] of parents.entries()) {
      const path = pathOf([...at, 'after', 'jobs', place])
      const count = children.get(parent)
      if (count === undefined)
        return { refusal: new OutOfBoundsError('parent_unknown', path, 'names no job of the project') }
      if (count >= MOST_LINKS) {
        const message = `names a job that ${MOST_LINKS} wait for already`
        return { refusal: new OutOfBoundsError('too_many', path, message) }
      }
    }
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1)
    // One that is refused is not there for those behind it.
    children.set(one.job.jobId, 0)
    return one
  })
}

/** When it is to be in line. @throws OutOfBoundsError for more than five years ahead */
function availableAt(
  { delaySeconds, runAt }: Pick<ReadQueueItem, 'delaySeconds' | 'runAt'>,
  now: Date,
  at: readonly PropertyKey[],
): Date {
  const time = runAt?.getTime() ?? now.getTime() + (delaySeconds ?? 0) * 1_000
  if (time > now.getTime() + FARTHEST_MS) {
    const path = pathOf([...at, runAt === undefined ? 'delaySeconds' : 'runAt'])
    throw new OutOfBoundsError('too_far', path, 'must be at most five years ahead')
  }
  return new Date(Math.max(time, now.getTime()))
}

function uniqueBy({ key, windowSeconds, states = HOLDING }: UniqueWish, payload: Json, now: Date): UniqueBy {
  const until = windowSeconds === undefined ? null : new Date(now.getTime() + windowSeconds * 1_000)
  return { key, states, until, digest: digestOf(canonicalJson(payload)) }
}

function readable(reads: readonly Read[]): NewItem[] {
  return reads.flatMap((one) => ('job' in one ? [one] : []))
}

function answerOf(ended: Ended, place: number): AddedItem {
  if (!('busy' in ended)) return ended
  const { code, message } = ended.busy
  return { status: 'refused', code, errors: [{ path: `items[${place}].${ended.at}`, message }] }
}

/** A job type of that name is not registered here. */
export function unknownType(name: string, at: readonly PropertyKey[] = ['type']): ValidationError {
  return new ValidationError([{ path: pathOf(at), message: `names no registered job type: ${name}` }])
}

/** All that speaks against a list, as one error of the kind of the first. */
function together(refusals: readonly ValidationError[]): ValidationError {
  const Kind = refusals[0] instanceof JobValidationError ? JobValidationError : ValidationError
  return new Kind(refusals.flatMap(({ issues }) => issues))
}

async function* batched(
  items: Iterable<NewQueueItem> | AsyncIterable<NewQueueItem>,
): AsyncGenerator<NewQueueItem[], void> {
  let batch: NewQueueItem[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < MAX_AT_ONCE) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
