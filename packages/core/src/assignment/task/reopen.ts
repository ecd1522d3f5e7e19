import { isPeopleStep } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import { leave } from './flow.ts'
import { askOneMore } from './overlaps.ts'
import { unchanged } from './task-work.ts'
import { type Changed, type Rules, WorkDraft } from './work-draft.ts'

/** Asks one more person on a step of an open task, to which it goes back if it has gone on. While a job does a step of it, nothing changes. */
export function reopenTask(work: TaskWork, rules: Rules, stepId: string): Changed {
  const draft = new WorkDraft(work, rules)
  const { step } = draft
  const asked = rules.workflow.steps.find((one) => one.stepId === stepId)
  if (step === undefined || asked === undefined || !isPeopleStep(step)) return unchanged(work)
  if (step.stepId !== stepId) {
    leave(draft, step)
    draft.task = { ...draft.task, currentStepId: stepId, stepOpenedAt: rules.now, jobId: null }
  }
  askOneMore(draft, asked, true)
  return draft.changed()
}
