import type { TaskId, UserId } from '@muster/core'
import type { KeptMove, MoveKey, OverviewStore, Slice } from '@muster/core/ports'
import type { MemoryContext } from '../tables/tables.ts'
import type { TaskTables } from './task-tables.ts'

/** The past of tasks in memory, and many tasks at once. */
export class MemoryOverviewStore implements OverviewStore {
  readonly #tables: TaskTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
  }

  async listMoves(taskId: TaskId, { limit, after }: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return this.#movesOf(taskId, userId)
      .filter(({ no }) => no > (after?.no ?? 0))
      .slice(0, limit)
  }

  async listGiven(taskId: TaskId, { limit, after }: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return this.#movesOf(taskId, userId)
      .filter(
        ({ no, how, decisionId }) => no < (after?.no ?? Infinity) && (how === 'pull' || decisionId !== null),
      )
      .reverse()
      .slice(0, limit)
  }

  #movesOf(taskId: TaskId, userId: UserId | undefined): KeptMove[] {
    return this.#tables.movesByTask
      .in(taskId)
      .filter((move) => userId === undefined || move.userId === userId)
  }
}
