import { ConflictError } from '../errors.ts'
import type { Task, TaskStatus } from './task.ts'

/** The only moves between the states of a task. */
export const TASK_MOVES: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  open: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
}

/** @throws ConflictError with the status if the table has no such move */
export function checkTaskMove({ taskId, status }: Pick<Task, 'taskId' | 'status'>, to: TaskStatus): void {
  if (!TASK_MOVES[status].includes(to)) throw new ConflictError(`Task ${taskId} is ${status}`, { status })
}
