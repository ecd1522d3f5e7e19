import { agree } from '../workflow/next-step.ts'
import type { Workflow } from '../workflow/workflow.ts'
import type { TaskResult } from './api.ts'
import type { Assignment, TaskWork } from './assignment.ts'

/** What a completed task came to: all that counts of what was submitted, by step and slot, and the outcome. */
export function resultOf({ task, slots, assignments }: TaskWork, workflow: Workflow): TaskResult {
  const byStep = workflow.steps.map(({ stepId, stepType }) => ({
    stepType,
    rows: slots
      .filter((slot) => slot.stepId === stepId && slot.state === 'done')
      .sort((one, other) => one.slotNo - other.slotNo)
      .flatMap((slot) => assignments.filter(({ assignmentId }) => assignmentId === slot.assignmentId)),
  }))
  const last = byStep.findLast(({ stepType, rows }) => stepType !== 'review' && rows.length > 0)
  return {
    taskId: task.taskId,
    externalId: task.externalId,
    payload: task.payload,
    submissions: byStep.flatMap(({ rows }) =>
      rows.map(({ stepId, userId, result }) => ({ stepId, userId, result })),
    ),
    outcome: last ? commonResult(last.rows) : null,
  }
}

/** What more than half of them say; null where no result has such a majority. */
function commonResult(rows: readonly Assignment[]): Assignment['result'] {
  const winner = rows.find(
    ({ result }) => rows.filter((other) => agree([result, other.result])).length * 2 > rows.length,
  )
  return winner?.result ?? null
}
