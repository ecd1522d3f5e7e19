import { MusterError } from '../../errors.ts'
import type { ProjectId, TaskId, UserId } from '../../ids.ts'
import { verdictOf } from '../../workflow/next-step.ts'
import type { Assignment, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { isLive } from '../assignment-lifecycle.ts'
import { endHoldsWith, QUALITY_PAUSED } from '../holds.ts'
import { receivers } from './flow.ts'
import { availabilityOf, followedBy, rulesFor, underLock, write } from './locked-task.ts'
import { believing, isGivenUp } from './overlaps.ts'
import type { Available } from './slots.ts'
import {
  completeGivenUp,
  dueReservations,
  isDue,
  settleDue,
  submit,
  takeBack,
  unchanged,
} from './task-work.ts'
import type { Changed, Rules } from './work-draft.ts'

/** A submission that waits, as it goes through. */
type Waiting = Assignment & { readonly handedIn: NonNullable<Assignment['handedIn']> }

/**
 * Acts on a task that nobody else changes meanwhile, as {@link underLock}. Submissions that are due have gone through before: so nothing that happens to
 * the task after its moment turns it into a draft.
 *
 * @throws NotFoundError
 * @throws ConflictError if the task changes too fast to catch up
 */
export function onLockedTask<T>(
  deps: AssignmentDeps,
  taskId: TaskId,
  mayReceive: (work: TaskWork) => readonly UserId[],
  act: (stores: AssignmentStores, work: TaskWork) => Promise<T>,
  lockMore?: (stores: AssignmentStores) => Promise<unknown>,
): Promise<T> {
  const settle = async (seen: TaskWork): Promise<boolean> => {
    if (!isSubmissionDue(seen, deps.clock.now())) return false
    await settleTask(deps, taskId)
    return true
  }
  return underLock(deps, taskId, mayReceive, act, settle, lockMore)
}

/** A task as it is once what is due on it was done: who looks sees no hold that has ended. Nothing if there is no such task. */
export async function settledWork(deps: AssignmentDeps, taskId: TaskId): Promise<TaskWork | undefined> {
  const { tasks } = deps.transactions.stores
  const work = await tasks.findWork(taskId)
  if (work === undefined || !isDue(work, deps.clock.now())) return work
  await settleTask(deps, taskId)
  return tasks.findWork(taskId)
}

/**
 * Does what is due on one task; whether any slot of it changed hands or opened. Submissions of `early` go through now, whenever they
 * would have.
 */
export async function settleTask(deps: AssignmentDeps, taskId: TaskId, early?: UserId): Promise<boolean> {
  const waiting = (work: TaskWork): UserId[] => {
    const now = deps.clock.now()
    const due = dueSubmissions(work, now, early)
    return [
      ...dueReservations(work, now),
      ...(isGivenUp(work, now) ? receivers(work, false) : []),
      ...(due.length > 0 ? receivers(work, due.some(isReturn)) : []),
    ]
  }
  const locking = (work: TaskWork): UserId[] => [
    ...waiting(work),
    ...(work.task.gold === null
      ? []
      : dueSubmissions(work, deps.clock.now(), early).map(({ userId }) => userId)),
  ]
  const { projectId, moved, jobs, paused } = await underLock(deps, taskId, locking, async (stores, work) => {
    const now = deps.clock.now()
    const rules = await rulesFor(stores, deps, work.task, now)
    const available = await availabilityOf(stores, work.task, rules.config, waiting(work))
    let changed = settleDue(work, rules, available)
    for (const row of dueSubmissions(work, now, early)) {
      const byThem = { ...rules, by: row.userId }
      const knowing = await believing(stores, byThem, changed.work, row.assignmentId)
      changed = followedBy(changed, goThrough(changed.work, knowing, row, available))
    }
    const knowing = await believing(stores, rules, changed.work)
    changed = followedBy(changed, completeGivenUp(changed.work, knowing, available))
    const { facts, paused } = await write(stores, deps, work, changed, now)
    await stores.events.append(facts)
    const moved =
      changed.decided.length > 0 ||
      changed.work.slots.some(({ state }, place) => state !== work.slots[place]?.state)
    return { projectId: work.task.projectId, moved, jobs: changed.automatic !== null, paused }
  })
  // All that went through stands. Nothing more is given to them since the commit; a hold whose end fails here ends with the next sweep.
  for (const userId of paused) await endPausedHolds(deps, projectId, userId).catch(() => undefined)
  if (jobs) deps.nudge()
  return moved
}

/**
 * Does what is due where a person has handed something in that waits: a submission whose moment has come is no draft by what
 * happens to the person after it.
 */
export async function settleSubmissions(deps: AssignmentDeps, userId: UserId): Promise<void> {
  for (const taskId of await deps.transactions.stores.inboxes.listWaiting(userId))
    await settledWork(deps, taskId)
}

/** Ends what a paused person holds, if they still are paused. */
export async function endPausedHolds(
  deps: AssignmentDeps,
  projectId: ProjectId,
  userId: UserId,
): Promise<void> {
  await settleSubmissions(deps, userId)
  await deps.transactions.transaction(async (stores) => {
    await stores.people.lock([userId])
    const [watch] = await stores.quality.listWatches({ projectIds: [projectId], userIds: [userId] })
    if (watch?.paused) await endHoldsWith(deps)(stores, userId, projectId, QUALITY_PAUSED)
  })
}

/** Ends what people hold who are paused, should it not have ended with the pause; says of how many. */
export async function endAllPausedHolds(deps: AssignmentDeps, limit: number): Promise<number> {
  const holders = await deps.transactions.stores.quality.listPausedHolders(limit)
  for (const { projectId, userId } of holders) await endPausedHolds(deps, projectId, userId)
  return holders.length
}

/** Lets all go through that a person has handed in, oldest first, although they could still take it back; says whether there was any. */
export async function settleWaiting(deps: AssignmentDeps, userId: UserId): Promise<boolean> {
  const taskIds = await deps.transactions.stores.inboxes.listWaiting(userId)
  for (const taskId of taskIds) await settleTask(deps, taskId, userId)
  return taskIds.length > 0
}

/** Whether something was handed in on the task whose moment has come, but has not gone through. */
export function isSubmissionDue(work: TaskWork, now: Date): boolean {
  return dueSubmissions(work, now).length > 0
}

/** Submissions that go through now, in the order of their moments. */
function dueSubmissions({ assignments }: TaskWork, now: Date, early?: UserId): Waiting[] {
  return assignments
    .filter((row): row is Waiting => row.handedIn !== null && isLive(row))
    .filter(({ submitsAt, userId }) => (submitsAt !== null && submitsAt <= now) || userId === early)
    .sort((one, other) => (one.handedInAt?.getTime() ?? 0) - (other.handedInAt?.getTime() ?? 0))
}

/** A submission as it takes effect. One that a consequence of an earlier one has ended is a draft already; one that the rules refuse becomes one. */
function goThrough(work: TaskWork, rules: Rules, waiting: Waiting, available: Available): Changed {
  const { assignmentId, handedIn, handedInAt } = waiting
  const row = work.assignments.find((one) => one.assignmentId === assignmentId)
  if (row === undefined || row.handedIn === null) return unchanged(work)
  try {
    return submit(work, rules, assignmentId, { ...handedIn, handedInAt: handedInAt ?? undefined }, available)
  } catch (refusal) {
    if (!(refusal instanceof MusterError)) throw refusal
    return takeBack(work, rules, assignmentId)
  }
}

function isReturn({ stepType, handedIn }: Waiting): boolean {
  return stepType === 'review' && verdictOf(handedIn.result) === 'return'
}
