import type { UserId } from '../../ids.ts'
import type { StrategyChoice, StrategyInput } from './strategy.ts'

type Candidate = StrategyInput['people'][number]
type Scored = { readonly score: number; readonly parts: Readonly<Record<string, number>> }

/** The share of a person's limit that is still free, 0..1. */
export function freeCapacity({ live, limit }: Candidate): number {
  return limit > 0 ? Math.max(0, 1 - live / limit) : 0
}

/** Chooses the highest score; ties go to the longest idle, then to the smaller id. */
export function chooseBest(
  people: StrategyInput['people'],
  scoreOf: (person: Candidate) => Scored,
): Omit<StrategyChoice, 'state'> {
  const scores = new Map<UserId, Scored>()
  let best: Candidate | undefined
  for (const person of people) {
    scores.set(person.userId, scoreOf(person))
    if (best === undefined || isBetter(person, best, scores)) best = person
  }
  if (best === undefined) throw new RangeError('A strategy was asked to choose among nobody')
  return { chosen: best.userId, scores }
}

function isBetter(one: Candidate, other: Candidate, scores: ReadonlyMap<UserId, Scored>): boolean {
  const ahead = (scores.get(one.userId)?.score ?? 0) - (scores.get(other.userId)?.score ?? 0)
  if (ahead !== 0) return ahead > 0
  const idle = (one.lastAssignedAt?.getTime() ?? -1) - (other.lastAssignedAt?.getTime() ?? -1)
  return idle === 0 ? one.userId < other.userId : idle < 0
}
