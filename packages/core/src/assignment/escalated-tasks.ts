import type { TaskId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** The tasks that scenarios of runs have become. */
export interface EscalatedTasks {
  /** Whether the task was made by an escalation. */
  hasTask(taskId: TaskId): Promise<boolean>
  /** The task has ended, in this transaction: its outcome is kept with its scenario, and counted. Nothing for a task of no escalation. */
  endTask(taskId: TaskId, status: 'completed' | 'cancelled', outcome: Json): Promise<void>
}
