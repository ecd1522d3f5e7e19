import { type Assignment, ConflictError, type TaskId, type UserId } from '@muster/core'
import { claimedRow, pullMove } from '@muster/core/inbox'
import type { Claim, Claimed, OpenShelf, ShelfCount } from '@muster/core/ports'
import { holdsOrSubmitted, isRevivable, MOST_BEFORE } from '@muster/core/rules'
import { keyOf } from '../jobs/order.ts'
import type { TaskRows } from './task-rows.ts'
import { longestOpenFirst, type Standing, type TaskTables } from './task-tables.ts'

/** SQL says the same by an index. */
const HELD_AHEAD = 'The person holds something ahead already'

/** The shelves, as a claim walks them. */
export class TaskClaims {
  readonly #tables: TaskTables
  readonly #rows: TaskRows

  constructor(tables: TaskTables, rows: TaskRows) {
    this.#tables = tables
    this.#rows = rows
  }

  claim(claim: Claim, now: Date): Claimed | undefined {
    const best = this.#best(claim)
    const task = best && this.#tables.tasks.get(best.standing.taskId)
    const step = task && this.#rows.stepOf(task)
    if (!best || !task || !step) return undefined
    const slot = this.#tables.slotsByTask
      .in(task.taskId)
      .find(({ stepId, state }) => stepId === step.stepId && state === 'free')
    if (!slot) return undefined

    const { userId } = claim
    const { taskId, projectId } = task
    const { stepId, stepType } = step
    const { slotNo, presentation } = slot
    if (claim.ahead && this.#tables.liveByUser.in(userId).some(({ ahead }) => ahead))
      throw new ConflictError(HELD_AHEAD)
    const held = this.#held(userId, taskId, stepId)
    const expiresAt = new Date(now.getTime() + best.shelf.leaseMs)
    const assignment = claimedRow(
      { userId, assignmentId: claim.assignmentId, assignedAt: now, expiresAt, ahead: claim.ahead },
      { taskId, projectId, stepId, stepType, slotNo, presentation },
      held,
    )
    this.#rows.writeSlot({
      ...slot,
      state: 'held',
      assignmentId: assignment.assignmentId,
      reservedFor: null,
      wakeAt: null,
    })
    this.#rows.writeAssignment(assignment)
    const from = held?.status ?? null
    this.#rows.writeMove(pullMove(assignment, from, this.#before(claim, best.standing)))
    this.#rows.settle(taskId)
    return { assignment, task, from }
  }

  count(userId: UserId, shelves: readonly OpenShelf[]): ShelfCount[] {
    const mine = this.#mineByShelf(userId)
    return shelves.map((shelf) => this.#countShelf(shelf, mine.get(shelf.shelfId) ?? new Map()))
  }

  #countShelf(shelf: OpenShelf, mine: ReadonlyMap<Standing, readonly Assignment[]>): ShelfCount {
    const { shelfId, openedUntil } = shelf
    const standing = this.#tables.standingByShelf
    const open = standing.in(shelfId).length
    const cooling = this.#tables.coolingByShelf.in(shelfId).length
    const reserved = this.#tables.reservedByShelf.in(shelfId).length
    const counts = { alreadyAssigned: 0, rejectedBefore: 0, excludedByStep: 0, own: 0, ownFree: 0 }
    for (const [stood, rows] of mine) {
      const here = rows.find(({ stepId }) => stepId === stood.stepId)
      if (here && holdsOrSubmitted(here)) counts.alreadyAssigned += 1
      if (here?.status === 'rejected') counts.rejectedBefore += 1
      const isExcluded = rows.some((row) => shelf.excludedSteps.includes(row.stepId) && holdsOrSubmitted(row))
      if (isExcluded) counts.excludedByStep += 1
      const isAgainst = isExcluded || (here !== undefined && !isRevivable(here))
      if (isAgainst) counts.own += 1
      if (isAgainst && this.#hasFree(stood)) counts.ownFree += 1
    }
    return {
      shelfId,
      open,
      openedUntil:
        openedUntil === null ? open : standing.placeOf(shelfId, ({ openedAt }) => openedAt <= openedUntil),
      noFreeSlot: open - this.#tables.freeByShelf.in(shelfId).length - cooling - reserved,
      reservedFor: reserved,
      coolingDown: cooling,
      ...counts,
    }
  }

  #hasFree({ taskId, stepId }: Standing): boolean {
    return this.#tables.slotsByTask.in(taskId).some((slot) => slot.stepId === stepId && slot.state === 'free')
  }

  /** The open steps that stand before the one chosen, on the shelves of the claim. */
  #before({ shelves }: Claim, chosen: Standing): number {
    let count = 0
    for (const { shelfId, openedUntil } of shelves)
      for (const standing of this.#tables.freeByShelf.in(shelfId)) {
        const order = chosen.priority - standing.priority || longestOpenFirst(standing, chosen)
        if (order >= 0 || (openedUntil !== null && standing.openedAt > openedUntil)) break
        count += 1
      }
    return Math.min(count, MOST_BEFORE)
  }

  /** The head of each of the most urgent shelves that have something for this person, merged. */
  #best({ userId, shelves }: Claim): { readonly shelf: OpenShelf; readonly standing: Standing } | undefined {
    const priorityOf = (shelf: OpenShelf): number =>
      this.#tables.shelves.get(shelf.shelfId)?.priority ?? Number.NEGATIVE_INFINITY
    const urgentFirst = [...shelves].sort((a, b) => priorityOf(b) - priorityOf(a))
    let best: { readonly shelf: OpenShelf; readonly standing: Standing } | undefined
    for (const shelf of urgentFirst) {
      if (best && priorityOf(shelf) < best.standing.priority) break
      const standing = this.#headFor(userId, shelf)
      if (standing && (!best || longestOpenFirst(standing, best.standing) < 0)) best = { shelf, standing }
    }
    return best
  }

  #headFor(userId: UserId, { shelfId, openedUntil, excludedSteps }: OpenShelf): Standing | undefined {
    for (const standing of this.#tables.freeByShelf.in(shelfId)) {
      if (openedUntil !== null && standing.openedAt > openedUntil) return undefined
      const { taskId, stepId } = standing
      const held = this.#held(userId, taskId, stepId)
      if (held && !isRevivable(held)) continue
      const excluded = excludedSteps.some((step) => {
        const row = this.#held(userId, taskId, step)
        return row !== undefined && holdsOrSubmitted(row)
      })
      if (!excluded) return standing
    }
    return undefined
  }

  /** The person's rows on tasks that stand on a shelf, by shelf and task. */
  #mineByShelf(userId: UserId): Map<number, Map<Standing, Assignment[]>> {
    const mine = new Map<number, Map<Standing, Assignment[]>>()
    for (const row of this.#tables.assignmentsByUser.in(userId)) {
      const standing = this.#tables.standing.get(row.taskId)
      if (!standing) continue
      const onShelf = mine.get(standing.shelfId) ?? new Map<Standing, Assignment[]>()
      mine.set(standing.shelfId, onShelf)
      const onTask = onShelf.get(standing) ?? []
      onShelf.set(standing, onTask)
      onTask.push(row)
    }
    return mine
  }

  #held(userId: UserId, taskId: TaskId, stepId: string): Assignment | undefined {
    return this.#tables.assignmentsByHold.in(keyOf(userId, taskId, stepId))[0]
  }
}
