import type { Ids } from '../environment.ts'
import { JobValidationError, ValidationError } from '../errors.ts'
import type { JobId, ProjectId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobType, NewJob } from '../jobs/job.ts'
import { readPayload } from '../jobs/payload.ts'
import { retryPolicy } from '../jobs/retry/retry.ts'
import { pathOf } from '../json/json.ts'
import { Adder, type AdderDeps, MAX_AT_ONCE } from './adder.ts'
import { manyQueueItems, newQueueItem } from './queue-input.ts'
import type { AddedItem, NewQueueItem, ProjectQueueUseCases } from './queues.ts'

/** Priority of a loose item that names none; a run of normal priority has the same. */
const DEFAULT_ITEM_PRIORITY = 5

interface AddingDeps extends AdderDeps {
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly ids: Ids
}

/** An item as it is to be added, or the reason against it. */
type Read = { readonly job: NewJob } | { readonly refusal: ValidationError }

/** The three ways to put loose jobs in line: one, many, and as many as come. */
export function itemAdding(deps: AddingDeps): Pick<ProjectQueueUseCases, 'add' | 'addMany' | 'addAll'> {
  const { clock, ids, jobTypes } = deps
  const adder = new Adder(deps)

  const read = async (
    projectId: ProjectId,
    item: unknown,
    createdBy: UserId | null,
    at: readonly PropertyKey[],
  ): Promise<NewJob> => {
    const wanted = parse(newQueueItem, item, at)
    const { type: typeName, payload, priority = DEFAULT_ITEM_PRIORITY, delaySeconds = 0 } = wanted
    const type = jobTypes.get(typeName)
    if (!type) throw unknownType(typeName, [...at, 'type'])
    await readPayload(type, payload, [...at, 'payload'])
    const now = clock.now()
    return {
      jobId: ids.next() as JobId,
      projectId,
      taskId: null,
      type: typeName,
      payload,
      priority,
      maxAttempts: retryPolicy(type.retry).maxAttempts,
      availableAt: new Date(now.getTime() + delaySeconds * 1_000),
      createdBy,
      createdAt: now,
    }
  }

  /** Reads each by itself; `first` is the place of the first among all. */
  const readAll = async (
    projectId: ProjectId,
    items: readonly unknown[],
    createdBy: UserId | null,
    first = 0,
  ): Promise<Read[]> => {
    const all: Read[] = []
    for (const [nth, item] of items.entries()) {
      try {
        all.push({ job: await read(projectId, item, createdBy, ['items', first + nth]) })
      } catch (error) {
        if (!(error instanceof ValidationError)) throw error
        all.push({ refusal: error })
      }
    }
    return all
  }

  const addReadable = async (reads: readonly Read[]): Promise<AddedItem[]> => {
    await adder.addMany(
      reads.flatMap((one) => ('job' in one ? [one.job] : [])),
      false,
    )
    return reads.map((one) =>
      'job' in one
        ? { status: 'added', jobId: one.job.jobId }
        : { status: 'refused', code: one.refusal.code, errors: one.refusal.issues },
    )
  }

  return {
    async add(projectId, item, createdBy = null) {
      return adder.add(await read(projectId, item, createdBy, []))
    },

    async addMany(projectId, given, { createdBy = null, ...options } = {}) {
      const { items, mode = 'each' } = parse(manyQueueItems, { items: given, ...options })
      const reads = await readAll(projectId, items, createdBy)
      const refusals = reads.flatMap((one) => ('refusal' in one ? [one.refusal] : []))
      const counts = { added: items.length - refusals.length, refused: refusals.length }
      if (mode === 'each') return { ...counts, items: await addReadable(reads) }
      if (refusals.length > 0) throw together(refusals)
      const jobs = reads.flatMap((one) => ('job' in one ? [one.job] : []))
      await adder.addMany(jobs, true)
      return { ...counts, items: jobs.map(({ jobId }) => ({ status: 'added', jobId })) }
    },

    async *addAll(projectId, items, { createdBy = null } = {}) {
      let count = 0
      for await (const batch of batched(items)) {
        yield* await addReadable(await readAll(projectId, batch, createdBy, count))
        count += batch.length
      }
    },
  }
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
