import { drawnPresentation, type Presentation, presentationOf } from '../../forms/presentation.ts'
import { reviewedStep } from '../../workflow/next-step.ts'
import type { Slot } from '../../workflow/task.ts'
import type { Step } from '../../workflow/workflow.ts'
import { completeSteps } from './complete-steps.ts'
import type { WorkDraft } from './work-draft.ts'

/** Adds a free slot to a step, behind those that it has unless its number is given. The first one's orders are drawn; each other one's are these, turned. */
export function addSlot(
  draft: WorkDraft,
  step: Step,
  {
    slotNo: given,
    giveUpAt = null,
    reopened = false,
  }: Partial<Pick<Slot, 'slotNo' | 'giveUpAt' | 'reopened'>> = {},
): Slot {
  const { stepId } = step
  const slots = draft.slotsOf(stepId)
  const slotNo = given ?? Math.max(0, ...slots.map((slot) => slot.slotNo)) + 1
  const first = slots.find((slot) => slot.slotNo === 1)
  const base = first === undefined ? drawn(draft, step) : first.presentation
  const slot: Slot = {
    taskId: draft.task.taskId,
    stepId,
    slotNo,
    state: 'free',
    assignmentId: null,
    reservedFor: null,
    wakeAt: null,
    giveUpAt,
    reopened,
    presentation: base && presentationOf(base, slotNo),
  }
  draft.addSlot(slot)
  return slot
}

/** The orders of a step that opens for the first time, drawn; null: it has no form. */
function drawn(draft: WorkDraft, step: Step): Presentation | null {
  const { forms, random, workflow } = draft.rules
  const form = forms.get(step.stepId)
  if (form === undefined) return null
  if (step.stepType !== 'adjudication') return drawnPresentation(form, draft.task.payload, random)
  const judged = reviewedStep(workflow, step.stepId, completeSteps(draft.allSlots))
  const rows = judged === undefined ? [] : draft.counting(judged.stepId)
  return drawnPresentation(
    form,
    draft.task.payload,
    random,
    rows.map(({ assignmentId }) => assignmentId),
  )
}
