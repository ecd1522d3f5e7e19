import type { AssignmentId, UserId } from '../../ids.ts'
import type { Slot } from '../../workflow/task.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { Assignment } from '../assignment.ts'
import { holdsOrSubmitted, transition } from '../assignment-lifecycle.ts'
import { claimedRow } from '../claim/claimed-row.ts'
import { aheadLeaseMs, excludedSteps, later, termsOf } from '../claim/terms.ts'
import type { WorkDraft } from './work-draft.ts'

/**
 * Whether a person who should have their work back may have it: `now`; `later`, as long as they are away or at their limit; or `never`,
 * since they are suspended or no member of the project.
 */
export type Available = (userId: UserId) => 'now' | 'later' | 'never'

/** How often a slot that waits for its person looks whether they may have it now. */
const RECHECK_MS = 3_000

/** The origin of a row, beside its person and slot. */
type Origin = Partial<Pick<Assignment, 'returnComment' | 'previousAssignmentId' | 'overrideReason'>>

/**
 * Gives a slot to a person, as `assigned`: a new row under `assignmentId`, or the one they had on this step, one attempt later.
 * A row that comes back by a return keeps what was handed in, to be done better. The caller says the fact.
 */
export function give(
  draft: WorkDraft,
  step: Step,
  slot: Slot,
  userId: UserId,
  assignmentId: AssignmentId,
  origin: Origin = {},
  ahead = false,
): Assignment {
  const { now, config } = draft.rules
  const { stepId, stepType } = step
  const held = draft.rowOf(userId, stepId)
  if (held) transition(held.status, 'assigned')
  const { leaseMs } = termsOf(step, config)
  const expiresAt = later(now, ahead ? aheadLeaseMs(leaseMs) : leaseMs)
  const row = {
    ...claimedRow(
      { userId, assignmentId, assignedAt: now, expiresAt, ahead },
      { ...slot, projectId: draft.task.projectId, stepType },
      held,
    ),
    ...(held?.status === 'submitted' && { result: held.result, comment: held.comment }),
    ...origin,
  }
  const given = held ? draft.setRow(held, row) : draft.addRow(row)
  draft.setSlot(slot, 'held', { assignmentId: given.assignmentId })
  return given
}

/** Lets a slot rest after a release, a rejection or an expiry, or opens it at once if the step knows no cooldown. */
export function rest(draft: WorkDraft, slot: Slot, step: Step): void {
  const { cooldownMs } = termsOf(step, draft.rules.config)
  if (cooldownMs > 0) draft.setSlot(slot, 'cooling', { wakeAt: later(draft.rules.now, cooldownMs) })
  else draft.setSlot(slot, 'free')
}

/** Takes a slot that rests out of play; should its step come again before the rest is over, it rests on. */
export function putAsideResting(draft: WorkDraft, slot: Slot): void {
  draft.setSlot(slot, 'reserved', { wakeAt: slot.wakeAt })
}

/** Takes a slot out of play, keeping in mind whose it is to be when its step comes again. */
export function putAside(draft: WorkDraft, slot: Slot, reservedFor: UserId | null = slot.reservedFor): void {
  draft.setSlot(slot, 'reserved', {
    reservedFor,
    assignmentId: reservedFor === null ? null : slot.assignmentId,
  })
}

/**
 * Gives a reserved slot of the current step back to its person, or waits for them, or opens it: once the hold time is over, if they have
 * taken a step meanwhile that excludes this one, or if they can no longer have it at all.
 */
export function restore(
  draft: WorkDraft,
  slot: Slot,
  step: Step,
  available: Available,
  origin: Origin = {},
): void {
  const { now, config } = draft.rules
  const { reservedFor, assignmentId, wakeAt } = slot
  if (reservedFor === null && wakeAt !== null && wakeAt > now) {
    draft.setSlot(slot, 'cooling', { wakeAt })
    return
  }
  const until = later(draft.task.stepOpenedAt, termsOf(step, config).holdMs)
  const held = reservedFor === null ? undefined : draft.rowOf(reservedFor, step.stepId)
  if (reservedFor === null || held === undefined || isExcluded(draft, held)) {
    draft.setSlot(slot, 'free')
  } else if (available(reservedFor) === 'now') {
    const { overrideReason } = held
    const row = give(draft, step, slot, reservedFor, held.assignmentId, { overrideReason, ...origin })
    draft.say(
      'task_assigned',
      row,
      held.status,
      { how: 'restored', reason: origin.returnComment ?? null },
      '',
    )
  } else if (until <= now || available(reservedFor) === 'never') {
    draft.setSlot(slot, 'free')
  } else {
    const recheck = later(now, RECHECK_MS)
    draft.setSlot(slot, 'reserved', { reservedFor, assignmentId, wakeAt: recheck < until ? recheck : until })
  }
}

/** Whether the person of the row holds or has submitted a step that excludes the row's, and no admin has overridden that. */
function isExcluded(draft: WorkDraft, { userId, stepId, overrideReason }: Assignment): boolean {
  const { workflow, config } = draft.rules
  const excluded = excludedSteps(workflow, config, stepId)
  return (
    overrideReason === null &&
    draft.assignments.some(
      (row) => row.userId === userId && excluded.includes(row.stepId) && holdsOrSubmitted(row),
    )
  )
}
