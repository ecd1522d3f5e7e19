import { ConflictError, InvalidTransitionError } from '../../errors.ts'
import type { AssignmentId, JobId, UserId } from '../../ids.ts'
import { HIGHEST_PRIORITY } from '../../input/parse.ts'
import type { Json } from '../../json/json.ts'
import { NO_COUNTERS } from '../../quality/counters.ts'
import { nextStep } from '../../workflow/next-step.ts'
import type { Task } from '../../workflow/task.ts'
import { checkTaskMove } from '../../workflow/task-lifecycle.ts'
import { type Assignment, type RejectCode, type TaskWork, UNSEEN } from '../assignment.ts'
import { isLive, transition } from '../assignment-lifecycle.ts'
import { aheadLeaseMs, later, termsOf } from '../claim/terms.ts'
import { advance, afterSubmission, endAs, open } from './flow.ts'
import { giveUp, isGivenUp } from './overlaps.ts'
import { type Available, give, putAside, rest, restore } from './slots.ts'
import { type Changed, NOTHING_WAITS, type Rules, WorkDraft } from './work-draft.ts'

/**
 * Everything that can happen to a task with its slots and assignments, as pure functions from what it is to what it becomes and the facts
 * that are true then. They hold to the state table, not to who may move: fences, authority and eligibility are checked before.
 * `note` is what the fact says of a move that its holder did not make.
 */

/** A new task (at version 0) at its first step. */
export function openTask(task: Task, rules: Rules): Changed {
  const draft = new WorkDraft({ task, slots: [], assignments: [] }, rules)
  const first = nextStep(rules.workflow, null, { submissions: [], returnsSpent: false, complete: new Set() })
  if (first === undefined) throw new RangeError(`Workflow ${rules.workflow.workflowId} has no first step`)
  open(draft, first, () => 'later')
  return draft.changed()
}

/** Gives a free slot of the current step to a person who may have it. */
export function assignPerson(
  work: TaskWork,
  rules: Rules,
  {
    userId,
    assignmentId,
    decisionId,
    how = 'push',
    overrideReason = null,
  }: {
    readonly userId: UserId
    readonly assignmentId: AssignmentId
    /** The recorded decision that chose the person. */
    readonly decisionId: string
    readonly how?: 'push' | 'batch'
    readonly overrideReason?: string | null
  },
): Changed {
  const draft = new WorkDraft(work, rules)
  const { step } = draft
  const slot = draft.openSlots.find(({ state }) => state === 'free')
  if (step === undefined || slot === undefined)
    throw new RangeError(`Task ${work.task.taskId} has no free slot`)
  const from = draft.rowOf(userId, step.stepId)?.status ?? null
  const row = give(draft, step, slot, userId, assignmentId, { overrideReason })
  draft.say('task_assigned', row, from, { how, decisionId, reason: overrideReason })
  return draft.changed()
}

/** The holder says yes, or begins: what was held ahead is in sight from then on. Extends the lease. */
export function progress(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  to: 'accepted' | 'in_progress',
  note?: string,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  const moved = draft.setRow(row, {
    status: transition(row.status, to),
    ...(to === 'accepted' ? { acceptedAt: rules.now } : { startedAt: rules.now }),
    ahead: false,
    expiresAt: leaseEnd(row, rules),
  })
  draft.say('task_status_changed', moved, row.status, {}, note)
  return draft.changed()
}

/**
 * Extends the lease of a live row, silently.
 *
 * @throws InvalidTransitionError if it is not live
 * @throws ConflictError if it is held ahead: only work on something else keeps it
 */
export function heartbeat(work: TaskWork, rules: Rules, assignmentId: AssignmentId): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  if (!isLive(row)) throw new InvalidTransitionError('An assignment', row.status, 'in_progress')
  if (row.ahead)
    throw new ConflictError('It is held ahead: a heartbeat on what its person works on keeps it', {
      assignmentId,
    })
  draft.note(row, { expiresAt: leaseEnd(row, rules) })
  return draft.changed()
}

/** Its person is at work on something else: what they hold ahead is held on, silently. Nothing happens if it has lapsed or is in sight. */
export function holdOn(work: TaskWork, rules: Rules, assignmentId: AssignmentId): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  if (!row.ahead || row.expiresAt === null || row.expiresAt <= rules.now) return unchanged(work)
  draft.note(row, { expiresAt: later(rules.now, aheadLeaseMs(leaseOf(row, rules))) })
  return draft.changed()
}

/** A result with the free words beside it; null: none. */
export interface Handed {
  readonly result: Json
  readonly comment: string | null
}

/**
 * Hands in. The slot is filled; then a review's return takes effect, or a step that is complete lets the task go on.
 * A review's result has a `verdict`.
 */
export function submit(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  { result, comment, handedInAt }: Handed & { readonly handedInAt?: Date | undefined },
  available: Available,
  note?: string,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  const status = transition(row.status, 'submitted')
  const slot = draft.slotHeldBy(row)
  const submitted = draft.setRow(row, {
    status,
    submittedAt: handedInAt ?? rules.now,
    result,
    comment,
    ...NO_DRAFT,
    ...NOTHING_WAITS,
    expiresAt: null,
  })
  if (slot) draft.setSlot(slot, 'done', { assignmentId })
  draft.say('task_status_changed', submitted, row.status, {}, note)
  afterSubmission(draft, submitted, result, available)
  return draft.changed()
}

/** Hands in what goes through at `submitsAt`, unless it is taken back. It stands in for what waits already. */
export function handIn(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  handedIn: Handed,
  submitsAt: Date,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  transition(row.status, 'submitted')
  const waits = { ...NO_DRAFT, submitsAt, handedIn, handedInAt: rules.now }
  draft.setRow(row, { ...waits, expiresAt: leaseEnd({ ...row, submitsAt }, rules) })
  return draft.changed()
}

/** Takes back what waits to go through: a draft again. Nothing happens if nothing waits. @throws InvalidTransitionError if it is not live */
export function takeBack(work: TaskWork, rules: Rules, assignmentId: AssignmentId): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  if (!isLive(row)) throw new InvalidTransitionError('An assignment', row.status, 'in_progress')
  if (row.submitsAt === null) return unchanged(work)
  draft.takeBack(draft.setRow(row, { expiresAt: leaseEnd({ ...row, submitsAt: null }, rules) }))
  return draft.changed()
}

/** The assignee declines, for good. */
export function reject(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  rejectReason: { readonly code: RejectCode; readonly comment?: string },
  note?: string,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  const status = transition(row.status, 'rejected')
  restSlotOf(draft, row)
  const rejected = draft.setRow(row, { status, rejectedAt: rules.now, rejectReason, expiresAt: null })
  const { code, comment } = rejectReason
  const reason = comment === undefined ? code : `${code}: ${comment}`
  draft.say('task_status_changed', rejected, row.status, { reason }, note ?? code)
  return draft.changed()
}

/** The assignee gives it back. Unseen, its slot opens at once. */
export function release(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  releaseReason: string | null,
  note?: string,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  const status = transition(row.status, 'reassigned')
  if (row.ahead) openSlotOf(draft, row)
  else restSlotOf(draft, row)
  const released = draft.setRow(row, { status, releaseReason, expiresAt: null })
  const reason = row.ahead ? UNSEEN : releaseReason
  draft.say('task_status_changed', released, row.status, { reason }, row.ahead ? UNSEEN : note)
  return draft.changed()
}

/** The work as the rules must see it when a slot is about to change hands: as if its holder had just let go. */
export function withoutHold(work: TaskWork, rules: Rules, assignmentId: AssignmentId): TaskWork {
  const draft = new WorkDraft(work, rules)
  letGo(draft, draft.row(assignmentId), null)
  return draft.changed().work
}

/** Moves a held slot at once to somebody else who may have it. */
export function reassign(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  to: { readonly userId: UserId; readonly assignmentId: AssignmentId; readonly decisionId: string },
  reason: string,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  const slot = letGo(draft, row, reason)
  const { step } = draft
  if (step === undefined || slot === undefined)
    throw new RangeError(`Assignment ${assignmentId} holds no slot`)
  const from = draft.rowOf(to.userId, step.stepId)?.status ?? null
  const next = give(draft, step, slot, to.userId, to.assignmentId, { previousAssignmentId: assignmentId })
  draft.sayReassigned(next, from, row, reason, to.decisionId)
  return draft.changed()
}

/** Ends a hold because its person is suspended or removed; the slot opens at once. */
export function endHold(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  reason: string,
  isEnd = false,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  openSlotOf(draft, row)
  endAs(draft, row, 'reassigned', isEnd ? { endReason: reason } : { releaseReason: reason }, reason)
  return draft.changed()
}

/** Waits no longer for people to take back what is reserved for them: for the person named, or for anybody at the current step. */
export function endReservations(work: TaskWork, rules: Rules, userId?: UserId): Changed {
  const draft = new WorkDraft(work, rules)
  const { step } = draft
  for (const slot of draft.allSlots) {
    if (slot.state !== 'reserved' || slot.reservedFor === null) continue
    if (userId !== undefined && slot.reservedFor !== userId) continue
    if (slot.stepId === step?.stepId) draft.setSlot(slot, 'free')
    // Out of play it waits for nobody when its step comes again.
    else if (userId !== undefined) putAside(draft, slot, null)
  }
  return draft.changed()
}

/** Keeps what was handed in too late. */
export function keepDraft(work: TaskWork, rules: Rules, assignmentId: AssignmentId, handed: Handed): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  draft.setRow(row, nextDraft(row, rules, handed))
  return draft.changed()
}

/** Keeps what a person has answered so far, silently. It is activity: a live hold whose attempt is named goes on, in sight. */
export function saveDraft(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  handed: Handed,
  attempt: number | undefined,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  const holds = isLive(row) && row.expiresAt !== null && row.expiresAt > rules.now
  draft.note(row, {
    ...nextDraft(row, rules, handed),
    ...(holds && attempt === row.attempt && { expiresAt: leaseEnd(row, rules), ahead: false }),
  })
  return draft.changed()
}

/** Marks a row for managers, or takes the mark away (null), and tells them. Nothing happens if it is as it is to be. */
export function setFlag(
  work: TaskWork,
  rules: Rules,
  assignmentId: AssignmentId,
  comment: string | null,
): Changed {
  const draft = new WorkDraft(work, rules)
  const row = draft.row(assignmentId)
  if (comment === (row.flag?.comment ?? null)) return unchanged(work)
  if (comment === null) {
    draft.setRow(row, { flag: null, flaggedAt: null })
    draft.sayUpdated()
  } else draft.sayFlagged(draft.setRow(row, { flag: { comment }, flaggedAt: rules.now }))
  return draft.changed()
}

/**
 * Acts on everything that is due at `now`: leases that ended, slots that have rested, slots whose person may have them back or was waited for
 * long enough. Without `available` the last are left for later.
 */
export function settleDue(work: TaskWork, rules: Rules, available?: Available): Changed {
  const draft = new WorkDraft(work, { ...rules, by: null })
  for (const row of work.assignments) {
    if (row.expiresAt === null || row.expiresAt > rules.now || !isLive(row)) continue
    // It goes through, however late anybody looks: see `goThrough`.
    if (row.submitsAt !== null) continue
    if (row.ahead) {
      openSlotOf(draft, row)
      endAs(draft, row, 'reassigned', {}, UNSEEN)
      continue
    }
    restSlotOf(draft, row)
    endAs(draft, row, 'expired', {}, 'lease_ended')
  }
  const { step } = draft
  for (const slot of draft.allSlots) {
    if (slot.wakeAt === null || slot.wakeAt > rules.now) continue
    // Out of play there is nothing to open; its rest is over all the same.
    if (slot.stepId !== step?.stepId) putAside(draft, slot)
    else if (slot.state === 'cooling') draft.setSlot(slot, 'free')
    else if (slot.state === 'reserved' && available) restore(draft, slot, step, available)
  }
  return draft.changed()
}

/** Whether {@link settleDue} or {@link completeGivenUp} has something to do at `now`. */
export function isDue(work: TaskWork, now: Date): boolean {
  const { task, slots, assignments } = work
  return (
    assignments.some((row) => isLive(row) && row.expiresAt !== null && row.expiresAt <= now) ||
    assignments.some((row) => isLive(row) && row.submitsAt !== null && row.submitsAt <= now) ||
    slots.some(({ stepId, wakeAt }) => stepId === task.currentStepId && wakeAt !== null && wakeAt <= now) ||
    isGivenUp(work, now)
  )
}

/** Completes a step as it is whose added slot has waited long enough. Nothing is due on the task beside. */
export function completeGivenUp(work: TaskWork, rules: Rules, available: Available): Changed {
  if (!isGivenUp(work, rules.now)) return unchanged(work)
  const draft = new WorkDraft(work, { ...rules, by: null })
  giveUp(draft)
  advance(draft, available)
  return draft.changed()
}

/** The people whom {@link settleDue} may give something at `now`: those whose reserved slots are due. */
export function dueReservations({ slots }: TaskWork, now: Date): UserId[] {
  return slots.flatMap(({ state, reservedFor, wakeAt }) =>
    state === 'reserved' && reservedFor !== null && wakeAt !== null && wakeAt <= now ? [reservedFor] : [],
  )
}

/** The job of the current, automatic step is done: the task goes on. */
export function completeAutomatic(work: TaskWork, rules: Rules, available: Available): Changed {
  const draft = new WorkDraft(work, rules)
  advance(draft, available)
  return draft.changed()
}

/** Nothing happened. */
export function unchanged(work: TaskWork): Changed {
  return {
    work,
    facts: [],
    observations: [],
    judgements: [],
    counters: NO_COUNTERS,
    automatic: null,
    decided: [],
    moves: [],
  }
}

/** Notes the job that does the automatic step which has just opened: part of the same change, so of the same version. */
export function withJob(changed: Changed, jobId: JobId): Changed {
  return { ...changed, work: { ...changed.work, task: { ...changed.work.task, jobId } } }
}

/** Ends the task and every hold on it. @throws ConflictError when the task is over */
export function cancelTask(work: TaskWork, rules: Rules, reason = 'task_cancelled'): Changed {
  checkTaskMove(work.task, 'cancelled')
  const draft = new WorkDraft(work, rules)
  draft.task = { ...draft.task, status: 'cancelled', currentStepId: null, jobId: null }
  const live = work.assignments.filter(isLive)
  for (const row of live) endAs(draft, row, 'expired', { endReason: reason }, reason)
  for (const slot of draft.allSlots) if (slot.state !== 'done') putAside(draft, slot, null)
  if (live.length === 0) draft.sayUpdated()
  return draft.changed()
}

/** How much a task is raised that is waited for. */
const RAISED_BY = 100

/** Raises the priority of an open task, and waives what is waived after a while, as if its step had been open for so long. */
export function raiseTask(work: TaskWork, rules: Rules): Changed {
  const draft = new WorkDraft(work, rules)
  const { priority, stepOpenedAt } = work.task
  const required = [...(draft.step?.requiredSkills ?? []), ...work.task.requiredSkills]
  const minutes = Math.max(0, ...required.map(({ dropAfterMinutes }) => dropAfterMinutes ?? 0))
  const waivedAt = new Date(rules.now.getTime() - minutes * 60_000)
  draft.task = {
    ...draft.task,
    priority: Math.min(HIGHEST_PRIORITY, priority + RAISED_BY),
    stepOpenedAt: waivedAt < stepOpenedAt ? waivedAt : stepOpenedAt,
  }
  draft.sayUpdated()
  return draft.changed()
}

/** Changes the priority or the task's own required skills. @throws ConflictError when the task is over */
export function changeTask(
  work: TaskWork,
  rules: Rules,
  change: Partial<Pick<Task, 'priority' | 'requiredSkills'>>,
): Changed {
  const { status, taskId, priority, requiredSkills } = work.task
  if (status !== 'open') throw new ConflictError(`Task ${taskId} is ${status}`, { status })
  const draft = new WorkDraft(work, rules)
  const asked = { priority, requiredSkills, ...change }
  if (JSON.stringify(asked) !== JSON.stringify({ priority, requiredSkills })) {
    draft.task = { ...draft.task, ...asked }
    draft.sayUpdated()
  }
  return draft.changed()
}

function nextDraft(
  { draftVersion }: Assignment,
  { now }: Rules,
  { result, comment }: Handed,
): Pick<Assignment, 'draft' | 'draftComment' | 'draftVersion' | 'draftSavedAt'> {
  return { draft: result, draftComment: comment, draftVersion: draftVersion + 1, draftSavedAt: now }
}

const NO_DRAFT = { draft: null, draftComment: null, draftSavedAt: null } as const

/** The least that a lease outlives the moment at which what was handed in goes through. */
const WAITING_LEASE_MS = 60_000

function leaseOf({ stepId }: Assignment, { workflow, config }: Rules): number {
  const step = workflow.steps.find((one) => one.stepId === stepId)
  if (step === undefined) throw new RangeError(`Workflow ${workflow.workflowId} has no step ${stepId}`)
  return termsOf(step, config).leaseMs
}

function leaseEnd(row: Assignment, rules: Rules): Date {
  const ends = later(rules.now, leaseOf(row, rules))
  const least = row.submitsAt === null ? ends : later(row.submitsAt, WAITING_LEASE_MS)
  return ends > least ? ends : least
}

function restSlotOf(draft: WorkDraft, row: Assignment): void {
  const slot = draft.slotHeldBy(row)
  if (slot === undefined) return
  if (draft.step) rest(draft, slot, draft.step)
  // A control's: it is for nobody else.
  else putAside(draft, slot, null)
}

function openSlotOf(draft: WorkDraft, row: Assignment): void {
  const slot = draft.slotHeldBy(row)
  if (slot && draft.step) draft.setSlot(slot, 'free')
  else if (slot) putAside(draft, slot, null)
}

/** Ends a hold in somebody else's favour and gives the slot it held, now free. */
function letGo(draft: WorkDraft, row: Assignment, releaseReason: string | null) {
  const status = transition(row.status, 'reassigned')
  const slot = draft.slotHeldBy(row)
  draft.setRow(row, { status, releaseReason, expiresAt: null })
  if (slot) draft.setSlot(slot, 'free')
  return slot
}
