import type { ProjectId, UserId } from '../../ids.ts'
import type { AssignmentStores } from '../assignment-deps.ts'
import { isLive } from '../assignment-lifecycle.ts'
import type { ShelfCount } from '../stores/claim-store.ts'
import type { GivenControl } from '../stores/overview-store.ts'
import type { JudgedShelf } from './shelf-judge.ts'

/** Controls of one person in a project that are counted. */
const MOST_CONTROLS = 500

const HOUR_MS = 3_600_000
/** A control that was given counts as a task that is gone for a day at least, and for two more at most: when, its id says. */
const GONE_MS = { least: 24 * HOUR_MS, more: 48 * HOUR_MS } as const

/** Shelves as their person may be told of them. */
interface Told {
  readonly judged: readonly JudgedShelf[]
  readonly counts: readonly ShelfCount[]
}

/**
 * The shelves without what tells a control from work, in projects that have controls. A control stands on no shelf, and to hand one in
 * moves no task. So the person is told of tasks that they have no part in, alone; and a control that they were given takes one of these
 * away, as work would, until so much time has passed that nobody knows which one comes back. Nor is it told that somebody gets controls
 * only.
 */
export async function toldShelves(
  stores: Pick<AssignmentStores, 'overviews'>,
  userId: UserId,
  judged: readonly JudgedShelf[],
  counts: readonly ShelfCount[],
  now: Date,
): Promise<Told> {
  const watched = new Set(judged.flatMap(({ controlsOf }) => controlsOf ?? []))
  if (watched.size === 0) return { judged, counts }
  const left = new Map<ProjectId, number>()
  for (const projectId of watched) left.set(projectId, await controlsGone(stores, userId, projectId, now))
  const countOf = new Map(counts.map((count) => [count.shelfId, count]))
  const told: ShelfCount[] = []
  for (const { open, controlsOf, isControlled, skilled, reasons } of judged) {
    const count = countOf.get(open.shelfId)
    if (count === undefined) continue
    if (controlsOf === null) {
      told.push(count)
      continue
    }
    const gone = isControlled && skilled !== 'none' ? (left.get(controlsOf) ?? 0) : 0
    const free = freeFor(count)
    // Somebody who is paused is told so, if anything is open at all.
    const most = reasons.some(({ code }) => code === 'qualityPaused') ? free - 1 : free
    const taken = Math.max(0, Math.min(gone, most))
    left.set(controlsOf, gone === 0 ? (left.get(controlsOf) ?? 0) : gone - taken)
    told.push(withoutOwn(count, taken))
  }
  return { judged: judged.map(withoutOnboarding), counts: told }
}

/** Tasks with a free slot on which the person has no row that is against it. */
function freeFor({ open, noFreeSlot, reservedFor, coolingDown, ownFree }: ShelfCount): number {
  return Math.max(0, open - noFreeSlot - reservedFor - coolingDown - ownFree)
}

/** Without the tasks that the person has a part in, and `taken` fewer of those that are free for them. */
function withoutOwn(count: ShelfCount, taken: number): ShelfCount {
  const others = Math.max(0, count.open - count.own)
  return {
    ...count,
    open: others - taken,
    openedUntil: Math.max(0, count.openedUntil - count.own - taken),
    noFreeSlot: others - freeFor(count),
    reservedFor: 0,
    coolingDown: 0,
    alreadyAssigned: 0,
    rejectedBefore: 0,
    excludedByStep: 0,
    own: 0,
    ownFree: 0,
  }
}

function withoutOnboarding(one: JudgedShelf): JudgedShelf {
  const reasons = one.reasons.filter(({ code }) => code !== 'notQualified')
  return { ...one, reasons }
}

async function controlsGone(
  { overviews }: Pick<AssignmentStores, 'overviews'>,
  userId: UserId,
  projectId: ProjectId,
  now: Date,
): Promise<number> {
  const since = new Date(now.getTime() - GONE_MS.least - GONE_MS.more)
  const given = await overviews.listControlsOf(userId, projectId, since, MOST_CONTROLS)
  return given.filter((control) => isLive(control) || comesBackAt(control) > now.getTime()).length
}

function comesBackAt({ assignmentId, assignedAt }: GivenControl): number {
  const drawn = Number.parseInt(assignmentId.slice(-8), 16) / 2 ** 32
  return assignedAt.getTime() + GONE_MS.least + drawn * GONE_MS.more
}
