import type { TaskId, UserId } from '@muster/core'
import type { KeptMove, MoveKey, OverviewStore, Slice } from '@muster/core/ports'
import type { Connection } from '../connection/queryable.ts'
import { listGiven, listMoves } from './task-moves.ts'

/** The past of tasks in `task_move`, and many tasks at once. */
export class PgOverviewStore implements OverviewStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  listMoves(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return listMoves(this.#connection, taskId, slice, userId)
  }

  listGiven(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return listGiven(this.#connection, taskId, slice, userId)
  }
}
