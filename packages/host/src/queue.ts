import type { JobType, Json, PayloadOf, ProjectId, QueueItem, UserId } from '@muster/core'
import type { NewQueueItem, ProjectQueueUseCases } from '@muster/core/calls'

/** How a job waits: `priority` −1000..1000, higher first, default 5; `delaySeconds` before it is in line. */
export interface AddOptions extends Pick<NewQueueItem, 'priority' | 'delaySeconds'> {
  readonly createdBy?: UserId | null | undefined
}

/** A project's queue of jobs, of job types that keep their types. */
export interface Queue<Types extends JobType = JobType> extends Omit<ProjectQueueUseCases, 'add'> {
  /** @throws JobValidationError naming each path; ValidationError for a type that is not registered here */
  add<Type extends Types>(
    projectId: ProjectId,
    jobType: Type,
    payload: PayloadOf<Type>,
    options?: AddOptions,
  ): Promise<QueueItem>
  /** As above, of a type by its name. */
  add(projectId: ProjectId, item: NewQueueItem, createdBy?: UserId | null): Promise<QueueItem>
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
  }
}
