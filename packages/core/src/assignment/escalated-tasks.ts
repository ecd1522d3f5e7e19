import type { TaskId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** The tasks that scenarios of runs have become. */
export interface EscalatedTasks {
  /** Whether the task was made by an escalation. */
  hasTask(taskId: TaskId): Promise<boolean>
  /** The tasks have ended, in this transaction: the outcome is kept with their scenarios, and counted. Nothing for a task of no escalation. */
  endTasks(taskIds: readonly TaskId[], status: 'completed' | 'cancelled', outcome: Json): Promise<void>
}
