import type { AssignmentId, UserId } from '../../ids.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import { addSlot } from './new-slot.ts'
import { give } from './slots.ts'
import { type Changed, type Rules, WorkDraft } from './work-draft.ts'

/** Gives a control to a person, by a slot that is made for them. */
export function giveControl(
  work: TaskWork,
  rules: Rules,
  {
    step,
    userId,
    assignmentId,
    how,
  }: {
    readonly step: Step
    readonly userId: UserId
    readonly assignmentId: AssignmentId
    readonly how: 'pull' | 'batch'
  },
): Changed {
  const draft = new WorkDraft(work, rules)
  const slot = addSlot(draft, step)
  draft.say('task_assigned', give(draft, step, slot, userId, assignmentId), null, { how })
  return draft.changed()
}
