import type { AssignmentStatus, TaskId, UserId } from '@muster/core'
import type { Claim, OpenShelf } from '@muster/core/ports'
import { holdsOrSubmitted, isRevivable, MOST_BEFORE } from '@muster/core/rules'

/** A free slot near the head of its shelf. */
export interface WindowSlot {
  readonly shelfId: number
  /** Ascending: the most urgent first. */
  readonly rank: number
  readonly openedAt: Date
  readonly taskId: TaskId
  readonly stepId: string
  readonly slotNo: number
  /** The rows of claimants on the task; null: none. */
  readonly history: readonly (readonly [UserId, string, AssignmentStatus])[] | null
}

/** A slot, and the claim that gets it. */
export interface Match {
  readonly claim: Claim
  readonly shelf: OpenShelf
  readonly slot: WindowSlot
  /** The open steps that stood before it on the claim's shelves. */
  readonly before: number
}

/** How many claims may take from each shelf: so many of its free slots have to be looked at, if all are for everybody. */
export function demandOf(claims: readonly Claim[]): Map<number, number> {
  const demand = new Map<number, number>()
  for (const { shelves } of claims) {
    for (const { shelfId } of shelves) demand.set(shelfId, (demand.get(shelfId) ?? 0) + 1)
  }
  return demand
}

/**
 * Walks the slots in the order of urgency and gives each to the first waiting claim that may have it: all claims order slots alike, so that gives
 * the answers of serving them one after another. A claim that may take from a shelf beyond what was looked at (`demand` slots of it) waits no longer once
 * that is behind: what is best for them may lie there. They, and whom nothing was for, are left out.
 */
export function match(
  slots: readonly WindowSlot[],
  claims: readonly Claim[],
  demand: ReadonlyMap<number, number>,
): Match[] {
  const waiting = new Map(
    claims.map((claim) => [claim, new Map(claim.shelves.map((shelf) => [shelf.shelfId, shelf]))]),
  )
  const ahead = new Map<number, number>()
  for (const { shelfId } of slots) ahead.set(shelfId, (ahead.get(shelfId) ?? 0) + 1)
  const cut = new Set([...ahead].flatMap(([id, count]) => (count === demand.get(id) ? [id] : [])))
  const matches: Match[] = []
  const passed = new Map<Claim, Set<TaskId>>()
  for (const slot of slots.toSorted(inLine)) {
    if (waiting.size === 0) break
    let isTaken = false
    const passing: Claim[] = []
    for (const [claim, shelves] of waiting) {
      const shelf = shelves.get(slot.shelfId)
      if (shelf === undefined || !isOldEnough(shelf, slot)) continue
      if (mayHave(claim.userId, shelf, slot)) {
        matches.push({ claim, shelf, slot, before: Math.min(passed.get(claim)?.size ?? 0, MOST_BEFORE) })
        waiting.delete(claim)
        isTaken = true
        break
      }
      passing.push(claim)
    }
    if (!isTaken) for (const claim of passing) noteOn(passed, claim, slot.taskId)
    const left = (ahead.get(slot.shelfId) ?? 0) - 1
    ahead.set(slot.shelfId, left)
    if (left > 0 || !cut.has(slot.shelfId)) continue
    for (const [claim, shelves] of waiting) {
      const shelf = shelves.get(slot.shelfId)
      if (shelf && isOldEnough(shelf, slot)) waiting.delete(claim)
    }
  }
  return matches
}

function noteOn(passed: Map<Claim, Set<TaskId>>, claim: Claim, taskId: TaskId): void {
  const tasks = passed.get(claim) ?? new Set()
  passed.set(claim, tasks.add(taskId))
}

/** Whether the person's own rows on the task let them have the slot. */
function mayHave(userId: UserId, shelf: OpenShelf, slot: WindowSlot): boolean {
  return (slot.history ?? []).every(([holder, stepId, status]) => {
    if (holder !== userId) return true
    if (stepId === slot.stepId && !isRevivable({ status })) return false
    return !(shelf.excludedSteps.includes(stepId) && holdsOrSubmitted({ status }))
  })
}

function isOldEnough({ openedUntil }: OpenShelf, { openedAt }: WindowSlot): boolean {
  return openedUntil === null || openedAt <= openedUntil
}

/** Ids are compared as the database does: by their bytes, which is the order of their text. */
function inLine(a: WindowSlot, b: WindowSlot): number {
  return (
    a.rank - b.rank ||
    a.openedAt.getTime() - b.openedAt.getTime() ||
    (a.taskId === b.taskId ? a.slotNo - b.slotNo : a.taskId < b.taskId ? -1 : 1)
  )
}
