import type { UserId } from '../../ids.ts'
import { elapsedMs } from '../../time.ts'
import type { Requirement } from '../../workflow/workflow.ts'
import type { AssignmentDeps } from '../assignment-deps.ts'
import type { AssignmentUseCases, MissingSkill, Outlook } from '../assignments.ts'
import type { Shelf, ShelfCount } from '../stores/claim-store.ts'
import { standingsIn, workflowsOf } from './claim.ts'
import { type JudgedShelf, ShelfJudge, takeable, whyNothing } from './shelf-judge.ts'
import { toldShelves } from './told.ts'

/** So long an outlook is told again without being read anew. */
const FRESH_MS = 5_000

/** No more are counted that may be theirs, and no more missing skills are named. */
const MOST_FOR_ONE = 500
const MOST_MISSING = 10

/** The work that is open to a person and what keeps the rest from them, as a claim would see it. It gives nothing out. */
export function outlookWith(deps: AssignmentDeps): AssignmentUseCases['outlook'] {
  // In the order in which they grow old.
  const kept = new Map<UserId, { readonly until: number; readonly outlook: Promise<Outlook> }>()
  return (userId) => {
    const now = elapsedMs(deps.clock)
    for (const [id, { until }] of kept) {
      if (until > now) break
      kept.delete(id)
    }
    const known = kept.get(userId)
    if (known !== undefined) return known.outlook
    const outlook = read(deps, userId)
    kept.set(userId, { until: now + FRESH_MS, outlook })
    outlook.catch(() => kept.delete(userId))
    return outlook
  }
}

async function read({ transactions, clock }: AssignmentDeps, userId: UserId): Promise<Outlook> {
  const {
    judged: asJudged,
    shelves,
    skills,
  } = await transactions.transaction(async (stores) => {
    const survey = await stores.claims.surveyClaims([{ userId, projectId: null }])
    const workflows = await workflowsOf(stores, survey.shelves)
    const judge = new ShelfJudge(survey, workflows, await standingsIn(stores, survey), clock.now())
    const [claimant] = survey.claimants
    const request = { userId, projectId: null, stepType: null }
    return { judged: judge.judge(request), shelves: survey.shelves, skills: claimant?.skills ?? {} }
  })
  const { stores } = transactions
  const open = asJudged.map((one) => one.open)
  const counted = open.length > 0 ? await stores.claims.countShelves(userId, open) : []
  const { judged, counts } = await toldShelves(stores, userId, asJudged, counted, clock.now())
  const why = whyNothing(judged, counts)
  return {
    open: why.open,
    forMe: Math.min(MOST_FOR_ONE, forThem(judged, counts)),
    reasons: why.reasons,
    missing: missing(judged, counts, shelves, skills),
  }
}

/** How many are theirs at least: what several reasons keep from them is taken off several times. */
function forThem(judged: readonly JudgedShelf[], counts: readonly ShelfCount[]): number {
  const theirs = new Set(takeable(judged).map(({ shelfId }) => shelfId))
  return counts
    .filter(({ shelfId }) => theirs.has(shelfId))
    .reduce((sum, count) => {
      const taken = count.noFreeSlot + count.reservedFor + count.coolingDown
      const kept = count.alreadyAssigned + count.rejectedBefore + count.excludedByStep
      return sum + Math.max(0, count.openedUntil - taken - kept)
    }, 0)
}

/** The skills that most open tasks ask for and the person lacks. */
function missing(
  judged: readonly JudgedShelf[],
  counts: readonly ShelfCount[],
  shelves: readonly Shelf[],
  skills: Readonly<Record<string, number>>,
): MissingSkill[] {
  const shelfOf = new Map(shelves.map((shelf) => [shelf.shelfId, shelf]))
  const countOf = new Map(counts.map((count) => [count.shelfId, count]))
  const found = new Map<string, MissingSkill>()
  for (const { open, skilled } of judged) {
    const count = countOf.get(open.shelfId)
    if (count === undefined || skilled === 'all') continue
    const tasks = skilled === 'none' ? count.open : count.open - count.openedUntil
    for (const { anyOf, minLevel } of shelfOf.get(open.shelfId)?.requirements ?? []) {
      if (tasks === 0 || isMet({ anyOf, minLevel }, skills)) continue
      const key = JSON.stringify([anyOf, minLevel])
      found.set(key, { anyOf, minLevel, count: (found.get(key)?.count ?? 0) + tasks })
    }
  }
  return [...found.values()].sort((one, other) => other.count - one.count).slice(0, MOST_MISSING)
}

function isMet(
  { anyOf, minLevel }: Pick<Requirement, 'anyOf' | 'minLevel'>,
  skills: Readonly<Record<string, number>>,
): boolean {
  return anyOf.some((skill) => Object.hasOwn(skills, skill) && (skills[skill] ?? 0) >= minLevel)
}
