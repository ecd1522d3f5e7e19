import type { JobType, Json, PayloadOf, ProjectId, UserId } from '@muster/core'
import type { AddedItems, AddMode, NewQueueItem, ProjectQueueUseCases } from '@muster/core/calls'
import type { AddedQueueItem } from '@muster/core/making'

/** How a job waits, and which unique key it holds: as in {@link NewQueueItem}. */
export interface AddOptions extends Omit<NewQueueItem, 'type' | 'payload'> {
  readonly createdBy?: UserId | null | undefined
}

/** How many jobs are added at once: `each` (default) by itself, or `atomic`, all of them or none. */
interface AddManyOptions extends AddOptions {
  readonly mode?: AddMode | undefined
}

/** A project's queue of jobs, of job types that keep their types. */
export interface Queue<Types extends JobType = JobType>
  extends Omit<ProjectQueueUseCases, 'add' | 'addMany'> {
  /** @throws JobValidationError naming each path; ValidationError for a type that is not registered here */
  add<Type extends Types>(
    projectId: ProjectId,
    jobType: Type,
    payload: PayloadOf<Type>,
    options?: AddOptions,
  ): Promise<AddedQueueItem>
  /** As above, of a type by its name. */
  add(projectId: ProjectId, item: NewQueueItem, createdBy?: UserId | null): Promise<AddedQueueItem>
  /** Up to 10 000 jobs of one type, a thousand in one statement. @throws as `add`, if `atomic`; NotFoundError for the project */
  addMany<Type extends Types>(
    projectId: ProjectId,
    jobType: Type,
    payloads: readonly PayloadOf<Type>[],
    options?: AddManyOptions,
  ): Promise<AddedItems>
  /** As above, each of a type by its name. */
  addMany(
    projectId: ProjectId,
    items: readonly NewQueueItem[],
    options?: Pick<AddManyOptions, 'mode' | 'createdBy'>,
  ): Promise<AddedItems>
}

/** The use cases of a project's queue, for job types too. */
export function queueOf(queue: ProjectQueueUseCases): Queue {
  return {
    ...queue,
    async add(
      projectId: ProjectId,
      wanted: JobType | NewQueueItem,
      given?: unknown,
      { createdBy = null, ...options }: AddOptions = {},
    ) {
      return 'type' in wanted
        ? queue.add(projectId, wanted, given as UserId | null | undefined)
        : queue.add(projectId, { type: wanted.name, payload: given as Json, ...options }, createdBy)
    },
    async addMany(
      projectId: ProjectId,
      wanted: JobType | readonly NewQueueItem[],
      given?: unknown,
      { createdBy, mode, ...options }: AddManyOptions = {},
    ) {
      if (!('handler' in wanted)) return queue.addMany(projectId, wanted, given as AddManyOptions | undefined)
      // Not a list: the list of items says so.
      const items = Array.isArray(given)
        ? (given as readonly Json[]).map((payload) => ({ type: wanted.name, payload, ...options }))
        : (given as readonly NewQueueItem[])
      return queue.addMany(projectId, items, { createdBy, mode })
    },
  }
}
