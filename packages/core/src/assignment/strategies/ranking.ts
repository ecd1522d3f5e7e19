import type { StrategyInput } from './strategy.ts'

type Candidate = StrategyInput['people'][number]

/** The share of a person's limit that is still free, 0..1. */
export function freeCapacity({ live, limit }: Candidate): number {
  return limit > 0 ? Math.max(0, 1 - live / limit) : 0
}

/** The person with the highest score; ties go to the longest idle, then to the smaller id. */
export function chooseBest(
  people: StrategyInput['people'],
  scoreOf: (person: Candidate) => number,
): Candidate {
  let best: Candidate | undefined
  let highest = Number.NEGATIVE_INFINITY
  for (const person of people) {
    const score = scoreOf(person)
    if (best === undefined || score > highest || (score === highest && waitsLonger(person, best))) {
      best = person
      highest = score
    }
  }
  if (best === undefined) throw new RangeError('A strategy was asked to choose among nobody')
  return best
}

function waitsLonger(one: Candidate, other: Candidate): boolean {
  const idle = (one.lastAssignedAt?.getTime() ?? -1) - (other.lastAssignedAt?.getTime() ?? -1)
  return idle === 0 ? one.userId < other.userId : idle < 0
}
