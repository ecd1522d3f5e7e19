import { presentationOf } from '../../forms/presentation.ts'
import type { AssignmentId, UserId } from '../../ids.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import { drawn } from './flow.ts'
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
  }: { readonly step: Step; readonly userId: UserId; readonly assignmentId: AssignmentId },
): Changed {
  const draft = new WorkDraft(work, rules)
  const slots = draft.slotsOf(step.stepId)
  const slotNo = Math.max(0, ...slots.map((slot) => slot.slotNo)) + 1
  const first = slots.find((slot) => slot.slotNo === 1)
  const base = first === undefined ? drawn(draft, step) : first.presentation
  const slot = {
    taskId: work.task.taskId,
    stepId: step.stepId,
    slotNo,
    state: 'free' as const,
    assignmentId: null,
    reservedFor: null,
    wakeAt: null,
    giveUpAt: null,
    presentation: base && presentationOf(base, slotNo),
  }
  draft.addSlot(slot)
  draft.say('task_assigned', give(draft, step, slot, userId, assignmentId), null)
  return draft.changed()
}
