import type { UserId } from '../../ids.ts'
import type { Candidate, IneligibleReason, ReasonCode } from '../assignment.ts'

/** How many people each reason holds for, in the order in which the reasons were met. */
export function countReasons(
  people: readonly (readonly Pick<IneligibleReason, 'code'>[])[],
): ReadonlyMap<ReasonCode, number> {
  const counts = new Map<ReasonCode, number>()
  for (const reasons of people)
    for (const code of new Set(reasons.map((reason) => reason.code)))
      counts.set(code, (counts.get(code) ?? 0) + 1)
  return counts
}

/** Reasons that are the same for everybody: they are of the step. */
const OF_STEP: ReadonlySet<ReasonCode> = new Set(['queuePaused', 'noFreeSlot', 'coolingDown', 'reservedFor'])

/**
 * Of the reasons that hold for most people one of the step's own if there is one, else the one that was met first; nobody was there to ask:
 * `noEligiblePerson`.
 */
export function mainReason(counts: ReadonlyMap<ReasonCode, number>): ReasonCode | 'noEligiblePerson' {
  const [most] = [...counts].sort(
    ([code, one], [otherCode, other]) =>
      other - one || Number(OF_STEP.has(otherCode)) - Number(OF_STEP.has(code)),
  )
  return most && most[1] > 0 ? most[0] : 'noEligiblePerson'
}

/** A person's place in a list that has the nearest first: eligible by score, then by fewest reasons, then by how far off they are. */
export interface Nearness {
  /** 0: eligible; else the number of reasons. */
  readonly reasons: number
  /** Of the eligible 1 − score; of the others the sum of how far each reason is from falling. */
  readonly far: number
  readonly userId: UserId
}

/** The place of a candidate. */
export function nearnessOf({ userId, reasons, score }: Candidate): Nearness {
  const far = reasons.length === 0 ? 1 - (score ?? 0) : reasons.reduce((sum, one) => sum + farOf(one), 0)
  return { reasons: reasons.length, far, userId }
}

/** Nearest first; ties by userId. */
export function byNearness(one: Nearness, other: Nearness): number {
  return (
    one.reasons - other.reasons ||
    one.far - other.far ||
    (one.userId < other.userId ? -1 : Number(one.userId > other.userId))
  )
}

/** More than any reason that a manager or time can take away. */
const FOR_GOOD = 1_000

/** How far a reason is from falling, in steps that somebody would have to go: a level, an assignment, a word. */
function farOf(reason: IneligibleReason): number {
  switch (reason.code) {
    case 'missingSkill':
      return reason.minLevel - reason.level
    case 'atLimit':
      return reason.live - reason.limit + 1
    case 'notQualified':
      return reason.count - reason.judged
    case 'inactive':
    case 'coolingDown':
    case 'reservedFor':
    case 'noFreeSlot':
    case 'queuePaused':
    case 'qualityPaused':
    case 'notMember':
      return 1
    case 'alreadyAssigned':
    case 'rejectedBefore':
    case 'excludedByStep':
      return FOR_GOOD
  }
}
