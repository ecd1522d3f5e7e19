import type { ProjectId, UserId } from '../../ids.ts'
import type { AssignmentStores } from '../assignment-deps.ts'
import type { ShelfCount } from '../stores/claim-store.ts'
import type { JudgedShelf } from './shelf-judge.ts'

/** Controls that one person holds in a project, of which so many are counted. */
const MOST_HELD = 500

/** Shelves as their person may be told of them. */
interface Told {
  readonly judged: readonly JudgedShelf[]
  readonly counts: readonly ShelfCount[]
}

/**
 * The shelves without what tells a control from work, on the steps that have controls: a control stands on no shelf, so the person's
 * own rows are told as slots that are not free, and a control that they hold as one slot more. Nor is it told that somebody gets
 * controls only.
 */
export async function toldShelves(
  stores: Pick<AssignmentStores, 'overviews'>,
  userId: UserId,
  judged: readonly JudgedShelf[],
  counts: readonly ShelfCount[],
): Promise<Told> {
  const watched = judged.flatMap(({ controlsOf }) => controlsOf ?? [])
  if (watched.length === 0) return { judged, counts }
  const left = new Map<ProjectId, number>()
  for (const projectId of new Set(watched)) left.set(projectId, await heldControls(stores, userId, projectId))
  const countOf = new Map(counts.map((count) => [count.shelfId, count]))
  const told: ShelfCount[] = []
  for (const { open, controlsOf, skilled } of judged) {
    const count = countOf.get(open.shelfId)
    if (count === undefined) continue
    if (controlsOf === null) {
      told.push(count)
      continue
    }
    const held = skilled === 'none' ? 0 : (left.get(controlsOf) ?? 0)
    const given = Math.min(held, freeFor(count))
    left.set(controlsOf, held - given)
    told.push(withoutOwn(count, count.open - freeFor(count) + given))
  }
  return { judged: judged.map(withoutOnboarding), counts: told }
}

/** Tasks with a free slot on which the person has no row that is against it. */
function freeFor({ open, noFreeSlot, reservedFor, coolingDown, ownFree }: ShelfCount): number {
  return Math.max(0, open - noFreeSlot - reservedFor - coolingDown - ownFree)
}

function withoutOwn(count: ShelfCount, noFreeSlot: number): ShelfCount {
  return {
    ...count,
    noFreeSlot,
    reservedFor: 0,
    coolingDown: 0,
    alreadyAssigned: 0,
    rejectedBefore: 0,
    excludedByStep: 0,
    ownFree: 0,
  }
}

function withoutOnboarding(one: JudgedShelf): JudgedShelf {
  const reasons = one.reasons.filter(({ code }) => code !== 'notQualified')
  return { ...one, reasons }
}

async function heldControls(
  { overviews }: Pick<AssignmentStores, 'overviews'>,
  holder: UserId,
  projectId: ProjectId,
): Promise<number> {
  const held = await overviews.listKeys({ projectId, holder, purpose: 'control' }, { limit: MOST_HELD })
  return held.length
}
