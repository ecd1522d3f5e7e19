import type { AssignmentId } from '../../ids.ts'
import { believedQuestions, type DecidedOverlap, decideOverlap, posteriorsOf } from '../../quality/overlap.ts'
import { answersOf } from '../../workflow/step-forms.ts'
import type { OverlapEnd, Slot } from '../../workflow/task.ts'
import { adaptiveOverlap, mostSlots, type Step } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import type { AssignmentStores } from '../assignment-deps.ts'
import { later } from '../claim/terms.ts'
import { addSlot } from './new-slot.ts'
import type { Rules, WorkDraft } from './work-draft.ts'

const MINUTE_MS = 60_000

/**
 * The rules with what is believed of the answers to the current step, if its overlap is about to be decided: by a submission of the row named, when it fills the
 * last slot, or without one by giving up. Nothing is read otherwise.
 */
export async function believing(
  { fits }: Pick<AssignmentStores, 'fits'>,
  rules: Rules,
  work: TaskWork,
  filling?: AssignmentId,
): Promise<Rules> {
  const { task, slots, assignments } = work
  const step = rules.workflow.steps.find(({ stepId }) => stepId === task.currentStepId)
  const overlap = step && adaptiveOverlap(step)
  const form = step && rules.forms.get(step.stepId)
  if (step === undefined || overlap === undefined || form === undefined) return rules
  const here = slots.filter(({ stepId }) => stepId === step.stepId)
  const filled = here.filter(({ state, assignmentId }) => state === 'done' || assignmentId === filling)
  const isLast = filling === undefined ? isGivenUp(work, rules.now) : filled.length === here.length
  const questions = isLast ? believedQuestions(form, overlap) : []
  if (questions.length === 0) return rules
  const counting = new Set(filled.map(({ assignmentId }) => assignmentId))
  const people = assignments.filter(({ assignmentId }) => counting.has(assignmentId))
  const key = { projectId: task.projectId, stepId: step.stepId, formId: form.formId }
  const beliefs = await fits.believe(
    key,
    questions,
    people.map(({ userId }) => userId),
  )
  return { ...rules, beliefs }
}

/**
 * Decides, once every slot of the current step is filled for good, whether one more person is asked. If so the step has a slot more, which stands in the queue
 * where the task does; if not, how it ended is noted. A step with a fixed number of people never asks more.
 */
export function asksOneMore(draft: WorkDraft, step: Step): boolean {
  const decided = decide(draft, step, false)
  if (decided === undefined) return false
  if (!decided.decision.added) {
    noteEnd(draft, decided)
    return false
  }
  askOneMore(draft, step, false)
  return true
}

/** Adds a slot to the current step, and says so. `reopened`: a manager asks for it, beyond what the step asks for. */
export function askOneMore(draft: WorkDraft, step: Step, reopened: boolean): void {
  const { giveUpAfterMinutes } = adaptiveOverlap(step) ?? {}
  addSlot(draft, step, {
    slotNo: freeNumber(draft.slotsOf(step.stepId)),
    giveUpAt:
      giveUpAfterMinutes === undefined ? null : later(draft.rules.now, giveUpAfterMinutes * MINUTE_MS),
    reopened,
  })
  const slots = draft.slotsOf(step.stepId)
  draft.sayOverlapAdded(slots.length, mostSlots(step, slots))
}

/** The smallest number that no slot has: one that was given up leaves its own. */
function freeNumber(slots: readonly Slot[]): number {
  const taken = new Set(slots.map(({ slotNo }) => slotNo))
  let slotNo = 1
  while (taken.has(slotNo)) slotNo += 1
  return slotNo
}

/** The added slots of the current step that have waited long enough, if all else of the step is done. */
function givenUp({ task, slots }: TaskWork, now: Date): Slot[] {
  const open = slots.filter(({ stepId, state }) => stepId === task.currentStepId && state !== 'done')
  const over = open.filter(({ state, giveUpAt }) => state === 'free' && giveUpAt !== null && giveUpAt <= now)
  return over.length === open.length ? over : []
}

/** Whether the current step is to be completed as it is at `now`. */
export function isGivenUp(work: TaskWork, now: Date): boolean {
  return givenUp(work, now).length > 0
}

/** Takes away the slots of the current step that are no longer waited for, and notes how it ended. */
export function giveUp(draft: WorkDraft): void {
  const { step } = draft
  if (step === undefined) return
  const { task, allSlots, assignments, rules } = draft
  for (const slot of givenUp({ task, slots: allSlots, assignments }, rules.now)) draft.dropSlot(slot)
  const decided = decide(draft, step, true)
  if (decided) noteEnd(draft, decided)
}

function decide(draft: WorkDraft, step: Step, givesUp: boolean): DecidedOverlap | undefined {
  const overlap = adaptiveOverlap(step)
  const { forms, beliefs = [], now } = draft.rules
  const form = forms.get(step.stepId)
  if (overlap === undefined || form === undefined) return undefined
  const slots = draft.slotsOf(step.stepId)
  const decided = decideOverlap({
    taskId: draft.task.taskId,
    stepId: step.stepId,
    form,
    overlap: { ...overlap, max: mostSlots(step, slots) },
    slots: slots.length,
    submissions: draft
      .counting(step.stepId)
      .map(({ slotNo, userId, result }) => ({ slotNo, userId, answers: answersOf(result) })),
    beliefs,
    now,
    givesUp,
  })
  draft.decided.push(decided)
  return decided
}

function noteEnd(draft: WorkDraft, { decision }: DecidedOverlap): void {
  const end: OverlapEnd = {
    held: decision.until.every(({ holds }) => holds),
    posterior: posteriorsOf(decision.until),
  }
  draft.task = { ...draft.task, overlapEnds: { ...draft.task.overlapEnds, [decision.stepId]: end } }
}
