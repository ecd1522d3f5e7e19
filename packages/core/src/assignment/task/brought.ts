import type { AssignmentId, UserId } from '../../ids.ts'
import { mostSlots } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import { completeSteps } from './complete-steps.ts'
import { advance } from './flow.ts'
import { followedBy } from './locked-task.ts'
import { addSlot } from './new-slot.ts'
import { asksOneMore } from './overlaps.ts'
import { give } from './slots.ts'
import type { Handed } from './task-work.ts'
import { type Changed, type Rules, WorkDraft } from './work-draft.ts'

/** The reason of the move of a submission that came with a file. */
const IMPORTED = 'imported'

/** A submission that somebody made elsewhere. */
export interface Brought extends Handed {
  readonly userId: UserId
  readonly assignmentId: AssignmentId
  readonly startedAt: Date | null
  readonly submittedAt: Date
}

/**
 * Puts submissions of other places on the step at which the task stands, in their order. They fill its slots, and slots more if they are more than it asks
 * for. Nothing is said of them, and nobody is judged by them: the numbers of quality are of work that was done here.
 * @throws RangeError if somebody has a row on the step already, for whom the caller looks
 */
export function fillWith(work: TaskWork, rules: Rules, brought: readonly Brought[]): Changed {
  const draft = new WorkDraft(work, rules)
  const { step } = draft
  if (step === undefined) throw new RangeError(`Task ${work.task.taskId} is over`)
  for (const { userId, assignmentId, result, comment, startedAt, submittedAt } of brought) {
    if (draft.rowOf(userId, step.stepId) !== undefined)
      throw new RangeError(`Task ${work.task.taskId} has a submission of ${userId}`)
    const slot =
      draft.openSlots.find(({ state }) => state === 'free') ??
      addSlot(draft, step, { reopened: draft.openSlots.length >= mostSlots(step, draft.openSlots) })
    const row = give(draft, step, slot, userId, assignmentId)
    const submitted = draft.setRow(row, {
      status: 'submitted',
      assignedAt: startedAt ?? submittedAt,
      startedAt: startedAt ?? submittedAt,
      submittedAt,
      result,
      comment,
      expiresAt: null,
    })
    draft.setSlot(slot, 'done', { assignmentId })
    draft.say('task_status_changed', submitted, null, { reason: IMPORTED })
  }
  return { ...draft.changed(), facts: [] }
}

/** The same task goes on if its step is complete by that. `rules` knows what is believed of the answers. */
export function goOn(filled: Changed, rules: Rules): Changed {
  const draft = new WorkDraft(filled.work, rules)
  const { step } = draft
  if (step !== undefined && completeSteps(draft.allSlots).has(step.stepId) && !asksOneMore(draft, step))
    advance(draft, () => 'later')
  return followedBy(filled, draft.changed())
}
