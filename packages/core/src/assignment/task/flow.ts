import { type JudgedByGold, judgeGold } from '../../forms/gold.ts'
import type { UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import { knownCounters } from '../../quality/known.ts'
import {
  comparedParts,
  type History,
  nextStep,
  resultsAgree,
  reviewedStep,
  verdictOf,
} from '../../workflow/next-step.ts'
import { purposeOf } from '../../workflow/task.ts'
import { checkTaskMove } from '../../workflow/task-lifecycle.ts'
import { isPeopleStep, type Step, slotsAtFirst } from '../../workflow/workflow.ts'
import type { Assignment, TaskWork } from '../assignment.ts'
import { isLive, transition } from '../assignment-lifecycle.ts'
import { completeSteps } from './complete-steps.ts'
import { addSlot } from './new-slot.ts'
import { asksOneMore } from './overlaps.ts'
import { type Available, putAside, putAsideResting, restore } from './slots.ts'
import type { WorkDraft } from './work-draft.ts'

/** Opens a step: its slots as free, or as they were put aside; or, if no people do it, asks for a job. */
export function open(draft: WorkDraft, step: Step, available: Available): void {
  const { now } = draft.rules
  draft.task = { ...draft.task, currentStepId: step.stepId, stepOpenedAt: now, jobId: null }
  if (!isPeopleStep(step)) {
    draft.automatic = step
    return
  }
  const slots = draft.slotsOf(step.stepId)
  for (const slot of slots) if (slot.state === 'reserved') restore(draft, slot, step, available)
  if (slots.length > 0) return
  for (let count = slotsAtFirst(step); count > 0; count--) addSlot(draft, step)
}

/** The task goes on from its current step, which is complete: to the next one, or to its end. */
export function advance(draft: WorkDraft, available: Available): void {
  const next = nextStep(draft.rules.workflow, draft.task.currentStepId, historyOf(draft))
  if (next) {
    open(draft, next, available)
    return
  }
  checkTaskMove(draft.task, 'completed')
  draft.task = {
    ...draft.task,
    status: 'completed',
    currentStepId: null,
    jobId: null,
    completedAt: draft.rules.now,
  }
  draft.sayCompleted()
}

/** The consequences of a submission: quality is observed, a review's return sends the work back, a complete step lets the task go on. */
export function afterSubmission(draft: WorkDraft, row: Assignment, result: Json, available: Available): void {
  if (purposeOf(draft.task) === 'control') {
    judgeControl(draft, row, result)
    return
  }
  const step = draft.step
  if (step === undefined) return
  if (row.stepType === 'review') {
    const reviewed = reviewedStep(draft.rules.workflow, step.stepId, completeSteps(draft.allSlots))
    const returned = verdictOf(result) === 'return'
    for (const { userId, stepType } of reviewed ? draft.counting(reviewed.stepId) : []) {
      draft.observations.push({ userId, stepType, outcome: returned ? 0 : 1 })
    }
    if (returned && reviewed && draft.task.returns < draft.rules.config.maxReturns) {
      sendBack(draft, step, reviewed, commentOf(result), available)
      return
    }
  } else if (draft.task.gold !== null) {
    judge(draft, step, row, result, draft.task.gold)
  }
  if (completeSteps(draft.allSlots).has(step.stepId) && !asksOneMore(draft, step)) advance(draft, available)
}

/** A control is judged, and that is all: it is told where work might have told that it is complete, so that the numbers of facts say nothing. */
function judgeControl(draft: WorkDraft, row: Assignment, result: Json): void {
  const { steps } = draft.rules.workflow
  const step = steps.find(({ stepId }) => stepId === row.stepId)
  if (step === undefined || draft.task.gold === null) return
  const right = judge(draft, step, row, result, draft.task.gold)
  const isLast = steps.at(-1)?.stepId === step.stepId
  if (isLast && row.slotNo % slotsAtFirst(step) === 0) draft.sayJudged(row, right === true)
}

/** Holds a submission against the known answer of its task; null: that says nothing of what is compared. */
function judge(draft: WorkDraft, step: Step, row: Assignment, result: Json, gold: Json): boolean | null {
  const { forms, quality, now } = draft.rules
  const form = forms.get(step.stepId)
  const { right, answers } =
    form === undefined ? judgeLabel(step, gold, result) : judgeGold(form, gold, result)
  if (right === null) return null
  const { userId, stepType, projectId, stepId } = row
  draft.observations.push({ userId, stepType, outcome: right ? 1 : 0 })
  draft.judgements.push({
    userId,
    stepId,
    right,
    known: knownCounters({ projectId, stepId, userId }, form, answers),
    isControl: purposeOf(draft.task) === 'control',
    policy: quality ?? {},
    now,
  })
  return right
}

/** The same for a step without a form, which has one question. */
function judgeLabel(step: Step, gold: Json, result: Json): JudgedByGold {
  const [given, known] = comparedParts([result, gold], step.agreeOn)
  const right = resultsAgree([result, gold], step.agreeOn)
  return { right, answers: known === undefined ? [] : [{ question: 'label', right, known, given }] }
}

/**
 * A review's return, at once: what was submitted for the reviewed step goes back to the same people, and the review waits, put
 * aside for the same reviewers. Other reviewers who have not finished lose what they hold.
 */
function sendBack(
  draft: WorkDraft,
  review: Step,
  reviewed: Step,
  returnComment: string | null,
  available: Available,
): void {
  leave(draft, review)
  const { now } = draft.rules
  draft.task = {
    ...draft.task,
    currentStepId: reviewed.stepId,
    stepOpenedAt: now,
    returns: draft.task.returns + 1,
    jobId: null,
  }
  for (const slot of draft.slotsOf(reviewed.stepId)) {
    const row = slot.assignmentId === null ? undefined : draft.row(slot.assignmentId)
    if (row === undefined) continue
    draft.setRow(row, { returnComment })
    restore(draft, { ...slot, reservedFor: row.userId }, reviewed, available, { returnComment })
  }
}

/** Puts a step aside, for the same people, as the task goes back to an earlier one. People who have not finished it lose their hold. */
export function leave(draft: WorkDraft, step: Step): void {
  for (const slot of draft.slotsOf(step.stepId)) {
    const row = slot.assignmentId === null ? undefined : draft.row(slot.assignmentId)
    if (row && isLive(row)) endAs(draft, row, 'expired', { endReason: 'task_returned' }, 'task_returned')
    if (slot.state === 'cooling') putAsideResting(draft, slot)
    else putAside(draft, slot, row?.userId ?? slot.reservedFor)
  }
}

/** Ends a live row through no move of its holder's, and says so. Its slot is the caller's to decide on. */
export function endAs(
  draft: WorkDraft,
  row: Assignment,
  status: 'expired' | 'reassigned',
  why: Partial<Pick<Assignment, 'endReason' | 'releaseReason'>>,
  reason: string,
): void {
  const ended = draft.setRow(row, { ...why, status: transition(row.status, status), expiresAt: null })
  draft.say('task_unavailable', ended, row.status, { reason })
}

/**
 * The people who may be given something when a submission takes effect: those for whom a slot is reserved, and by a return those whose work goes back. They
 * must be locked before the task is.
 */
export function receivers(work: TaskWork, returning: boolean): UserId[] {
  const reserved = work.slots.flatMap(({ reservedFor }) => (reservedFor === null ? [] : [reservedFor]))
  const submitted = work.assignments.filter(({ status }) => returning && status === 'submitted')
  return [...new Set([...reserved, ...submitted.map(({ userId }) => userId)])]
}

function historyOf(draft: WorkDraft): History {
  const { workflow, config } = draft.rules
  const complete = completeSteps(draft.allSlots)
  const here = draft.task.currentStepId
  const submitted = draft
    .counting()
    .sort((one, other) => (one.submittedAt?.getTime() ?? 0) - (other.submittedAt?.getTime() ?? 0))
  return {
    submissions: submitted.map(({ stepId, result }) => ({ stepId, result })),
    returnsSpent:
      draft.task.returns >= config.maxReturns ||
      (here !== null && reviewedStep(workflow, here, complete) === undefined),
    complete,
    forms: draft.rules.forms,
    overlapEnds: draft.task.overlapEnds,
  }
}

function commentOf(result: Json): string | null {
  const comment = (result as { readonly comment?: Json }).comment
  return typeof comment === 'string' ? comment : null
}
