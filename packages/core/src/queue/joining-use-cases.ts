import { ValidationError } from '../errors.ts'
import type { ProjectId, UserId } from '../ids.ts'
import type { NewJob } from '../jobs/job.ts'
import type { ArrivingItem, HostStatement, HostTransaction, Joining } from '../jobs/joining.ts'
import type { NewItem } from './adder.ts'
import { type ItemReaderDeps, itemReader } from './adding.ts'
import type { NewQueueItem } from './queues.ts'

/** Adds items in transactions of the host. */
export interface JoiningUseCases {
  /**
   * Adds an item in a transaction that the host has opened: it is there once that commits, and is in line within 100 ms of it.
   * @throws ValidationError, JobValidationError as `add`, and if nothing can be added so; what {@link Joining.add} throws
   */
  addIn(
    projectId: ProjectId,
    item: NewQueueItem,
    tx: HostTransaction,
    createdBy?: UserId | null,
  ): Promise<ArrivingItem>
  /**
   * The statement that adds an item, for the host to run in its own transaction.
   * @throws ValidationError, JobValidationError as `add`, and if nothing can be added so; TypeError for a job type whose schema is asynchronous
   */
  statement(projectId: ProjectId, item: NewQueueItem, createdBy?: UserId | null): HostStatement
}

export function joiningUseCases({
  joining,
  ...deps
}: ItemReaderDeps & { readonly joining: Joining | undefined }): JoiningUseCases {
  const read = itemReader(deps)
  return {
    async addIn(projectId, item, tx, createdBy = null) {
      const wanted = jobOf(await read(projectId, item, createdBy))
      return demanded(joining).add(tx, wanted)
    },
    statement(projectId, item, createdBy = null) {
      const wanted = read(projectId, item, createdBy)
      if (wanted instanceof Promise)
        throw new TypeError(`The schema of ${item.type} is asynchronous: add with the option tx instead`)
      return demanded(joining).statement(jobOf(wanted))
    },
  }
}

function demanded(joining: Joining | undefined): Joining {
  if (joining !== undefined) return joining
  const message = 'needs a database that the host shares: this Muster keeps all in memory'
  throw new ValidationError([{ path: 'tx', message }])
}

function jobOf({ job, onExisting }: NewItem): NewJob {
  if (onExisting === 'keep') return job
  const message = 'cannot be replace in a transaction of the host'
  throw new ValidationError([{ path: 'unique.onExisting', message }])
}
