import type { TaskId, UserId } from '../../ids.ts'
import type { Slice } from '../../paging.ts'
import type { KeptMove } from '../task-move.ts'

/** The key of a task's moves. */
export interface MoveKey {
  readonly no: number
}

/** Reads tasks as managers look at them: their past, and many at once. The task store keeps them. */
export interface OverviewStore {
  /** Moves of a task as they were kept, oldest first; with `userId` those of this person's assignments alone. */
  listMoves(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]>
  /** Of these, the moves by which assignments were given by a pull or by a recorded decision, newest first. */
  listGiven(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]>
}
