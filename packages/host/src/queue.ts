import type { JobType, Json, PayloadOf, ProjectId, UserId } from '@muster/core'
import type { AddedItems, AddMode, NewQueueItem, ProjectQueueUseCases } from '@muster/core/calls'
import type {
  AddedQueueItem,
  ArrivingItem,
  HostStatement,
  HostTransaction,
  JoiningUseCases,
} from '@muster/core/making'

/** How a job waits, and which unique key it holds: as in {@link NewQueueItem}. */
export interface AddOptions extends Omit<NewQueueItem, 'type' | 'payload'> {
  readonly createdBy?: UserId | null | undefined
}

/** In a transaction that the host has opened on Muster's own database. */
interface JoinOptions extends AddOptions {
  readonly tx: HostTransaction
}

/** How many jobs are added at once: `each` (default) by itself, or `atomic`, all of them or none. */
interface AddManyOptions extends AddOptions {
  readonly mode?: AddMode | undefined
}

/** A project's queue of jobs, of job types that keep their types. */
export interface Queue<Types extends JobType = JobType>
  extends Omit<ProjectQueueUseCases, 'add' | 'addMany'> {
  /**
   * Adds the job in a transaction of the host: it is there once that commits, and in line within 100 ms of it.
   * @throws JobValidationError naming each path; ValidationError for a type that is not registered here, and if all is kept in memory; TypeError for a
   * connection that is closed or would wait for itself; MisconfiguredError for one that leads to another database; BusyError
   */
  add<Type extends Types>(
    projectId: ProjectId,
    jobType: Type,
    payload: PayloadOf<Type>,
    options: JoinOptions,
  ): Promise<ArrivingItem>
  /** @throws JobValidationError naming each path; ValidationError for a type that is not registered here */
  add<Type extends Types>(
    projectId: ProjectId,
    jobType: Type,
    payload: PayloadOf<Type>,
    options?: AddOptions,
  ): Promise<AddedQueueItem>
  /** As above, of a type by its name. */
  add(projectId: ProjectId, item: NewQueueItem, createdBy?: UserId | null): Promise<AddedQueueItem>
  /**
   * The statement that adds the job, for a library that runs it in the host's transaction: one `select` whose only value is text.
   * @throws as `add`; TypeError for a job type whose schema is asynchronous
   */
  statement<Type extends Types>(
    projectId: ProjectId,
    jobType: Type,
    payload: PayloadOf<Type>,
    options?: AddOptions,
  ): HostStatement
  /** Puts jobs in line at once that transactions of the host have added, instead of within 100 ms. Call it after the commit. */
  nudge(): void
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
export function queueOf(
  queue: ProjectQueueUseCases & Pick<JoiningUseCases, 'addIn'>,
  { statement, nudge }: Pick<JoiningUseCases, 'statement'> & Pick<Queue, 'nudge'>,
): Queue {
  const { addIn, ...calls } = queue
  const add = async (
    projectId: ProjectId,
    wanted: JobType | NewQueueItem,
    given?: unknown,
    { createdBy = null, tx, ...options }: AddOptions & Partial<JoinOptions> = {},
  ): Promise<AddedQueueItem | ArrivingItem> => {
    if ('type' in wanted) return queue.add(projectId, wanted, given as UserId | null | undefined)
    const item = { type: wanted.name, payload: given as Json, ...options }
    return tx === undefined ? queue.add(projectId, item, createdBy) : addIn(projectId, item, tx, createdBy)
  }
  return {
    ...calls,
    add: add as Queue['add'],
    statement: (projectId, { name: type }, payload, { createdBy = null, ...options } = {}) =>
      statement(projectId, { type, payload: payload as Json, ...options }, createdBy),
    nudge,
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
