import type { Assignment, AssignmentId, ProjectId, UserId, Workflow } from '@muster/core'
import { UNSEEN, wasSeen } from '@muster/core/inbox'
import type { Stores, TaskWork } from '@muster/core/ports'
import { isLive } from '@muster/core/rules'
import { must } from './violation.ts'

/** So long something is held ahead after its person's last heartbeat. */
const AHEAD_LEASE_MS = 45_000

/** Somebody at work, as they were when they gave a sign of it. */
interface Beat {
  readonly at: number
  readonly held: Assignment | undefined
}

/** The rules about what is held ahead: one of each person, for a short time, and nothing once nobody saw it. */
export class AheadRules {
  readonly #held = new Map<AssignmentId, Assignment>()
  /** Ends of what was held ahead, by how. */
  readonly ends = new Map<string, number>()

  /** @throws ViolationError */
  look(before: TaskWork | undefined, after: TaskWork, now: number): void {
    for (const row of after.assignments) {
      const was = before?.assignments.find(({ assignmentId }) => assignmentId === row.assignmentId)
      if (row.ahead) this.#lookAtHeld(row, was, now)
      else this.#held.delete(row.assignmentId)
      if (was?.ahead && (!row.ahead || row.attempt !== was.attempt)) this.#lookAtEnd(was, row, after)
    }
    const people = [...this.#held.values()].map(({ userId }) => userId)
    must('One is held ahead', new Set(people).size === people.length, () => people.join(', '))
  }

  /** Figures of people are as if what nobody saw had never been given. */
  async compare(
    { decisions, inboxes }: Stores,
    works: Iterable<TaskWork>,
    { projectId, stepTypes, userIds }: Asked,
  ): Promise<void> {
    const rows = [...works].flatMap(({ assignments }) => assignments).filter(wasSeen)
    const people = await decisions.listPeople(projectId, stepTypes[0] ?? 'annotation', userIds)
    for (const { userId, lastAssignedAt } of people) {
      const given = rows.filter((row) => row.userId === userId).map(({ assignedAt }) => assignedAt.getTime())
      const last = given.length === 0 ? undefined : Math.max(...given)
      must('Nobody was given what they did not see', lastAssignedAt?.getTime() === last, () => userId)
    }
    const since = new Date(0)
    for (const one of await inboxes.activity({ projectId, userIds, since, givenSince: since })) {
      const mine = rows.filter((row) => row.userId === one.userId && row.projectId === projectId)
      const returned = mine.filter(
        (row) => row.returnComment !== null || (isLive(row) && row.result !== null),
      ).length
      must('Nothing unseen was sent back', one.returned === returned, () => one.userId)
    }
  }

  /** What a person holds ahead when they give a sign of work on something else. */
  beating(userId: UserId, now: number): Beat {
    return { at: now, held: [...this.#held.values()].find((row) => row.userId === userId) }
  }

  /** They were told that the sign has arrived. @throws ViolationError */
  beaten({ at, held }: Beat, now: number): void {
    const row = held && this.#held.get(held.assignmentId)
    if (!held?.expiresAt || !row?.expiresAt || row.attempt !== held.attempt) return
    // It had lapsed on the way there.
    if (held.expiresAt.getTime() <= now) return
    // Times of assignments are whole milliseconds, and so is what a process knows of the store's clock, which is not.
    const isHeldOn = row.expiresAt.getTime() >= Math.floor(at) - 1 + AHEAD_LEASE_MS
    must('A heartbeat holds on', isHeldOn, () => `${row.assignmentId} until ${row.expiresAt?.toISOString()}`)
  }

  #lookAtHeld(row: Assignment, was: Assignment | undefined, now: number): void {
    const { assignmentId, status, expiresAt } = row
    this.#held.set(assignmentId, row)
    must('What is held ahead is assigned', status === 'assigned', () => `${assignmentId} is ${status}`)
    if (was?.expiresAt?.getTime() === expiresAt?.getTime()) return
    const left = (expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - now
    must('What is held ahead lapses soon', left <= AHEAD_LEASE_MS, () => `${assignmentId} in ${left} ms`)
  }

  /** Started, declined, or as if it had never been given. */
  #lookAtEnd(was: Assignment, row: Assignment, { slots }: TaskWork): void {
    const { assignmentId, status, endReason } = row
    const how = isLive(row) ? 'seen' : status === 'rejected' ? 'declined' : (endReason ?? 'for no reason')
    this.ends.set(how, (this.ends.get(how) ?? 0) + 1)
    must('What is held ahead ends for a reason', how !== 'for no reason', () => `${assignmentId}: ${status}`)
    if (endReason !== UNSEEN) return
    const slot = slots.find(({ stepId, slotNo }) => stepId === was.stepId && slotNo === was.slotNo)
    must('Nothing rests that nobody saw', slot?.state !== 'cooling', () => assignmentId)
  }
}

/** The figures that are asked for. */
interface Asked {
  readonly projectId: ProjectId
  readonly stepTypes: readonly Workflow['steps'][number]['stepType'][]
  readonly userIds: readonly UserId[]
}
