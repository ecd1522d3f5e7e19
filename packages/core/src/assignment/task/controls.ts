import type { AssignmentId, UserId } from '../../ids.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import { addSlot } from './new-slot.ts'
import { give } from './slots.ts'
import { type Changed, type Rules, WorkDraft } from './work-draft.ts'

/** Gives a control to a person, by a slot that is made for them; one that they had without seeing it once more. */
export function giveControl(
  work: TaskWork,
  rules: Rules,
  {
    step,
    userId,
    assignmentId,
    how,
    ahead = false,
  }: {
    readonly step: Step
    readonly userId: UserId
    readonly assignmentId: AssignmentId
    readonly how: 'pull' | 'batch'
    readonly ahead?: boolean
  },
): Changed {
  const draft = new WorkDraft(work, rules)
  const unseen = draft.rowOf(userId, step.stepId)
  const theirs = draft.slotsOf(step.stepId).find(({ slotNo }) => slotNo === unseen?.slotNo)
  const slot = theirs ?? addSlot(draft, step)
  const row = give(draft, step, slot, userId, assignmentId, {}, ahead)
  draft.say('task_assigned', row, unseen?.status ?? null, { how })
  return draft.changed()
}
