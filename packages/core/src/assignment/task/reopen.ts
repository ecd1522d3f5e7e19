import { presentationOf } from '../../forms/presentation.ts'
import { isPeopleStep } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import { leave } from './flow.ts'
import { unchanged } from './task-work.ts'
import { type Changed, type Rules, WorkDraft } from './work-draft.ts'

/** Asks one more person on a step of an open task, to which it goes back if it has gone on. While a job does a step of it, nothing changes. */
export function reopenTask(work: TaskWork, rules: Rules, stepId: string): Changed {
  const draft = new WorkDraft(work, rules)
  const { step } = draft
  if (step === undefined || !isPeopleStep(step)) return unchanged(work)
  if (step.stepId !== stepId) {
    leave(draft, step)
    draft.task = { ...draft.task, currentStepId: stepId, stepOpenedAt: rules.now, jobId: null }
  }
  const slots = draft.slotsOf(stepId)
  const slotNo = Math.max(0, ...slots.map((slot) => slot.slotNo)) + 1
  const base = slots.find((slot) => slot.slotNo === 1)?.presentation ?? null
  draft.addSlot({
    taskId: draft.task.taskId,
    stepId,
    slotNo,
    state: 'free',
    assignmentId: null,
    reservedFor: null,
    wakeAt: null,
    giveUpAt: null,
    presentation: base && presentationOf(base, slotNo),
  })
  return draft.changed()
}
