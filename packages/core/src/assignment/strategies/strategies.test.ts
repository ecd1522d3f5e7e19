import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import { DEFAULT_ASSIGNMENT_CONFIG } from '../../people/config.ts'
import type { Person } from '../assignment.ts'
import { builtInStrategies } from './built-in.ts'
import { decide, replayDecision } from './decide.ts'
import { LEAST_WEIGHT } from './performance-weighted.ts'
import type { AssignmentStrategy, StrategyInput } from './strategy.ts'

type Candidate = StrategyInput['people'][number]

const STRATEGIES: ReadonlyMap<string, AssignmentStrategy> = new Map(Object.entries(builtInStrategies))
const WEIGHTS = { capacity: 0.5, performance: 0.5 }

function candidate(name: string, wish: Partial<Candidate> = {}): Candidate {
  return {
    userId: name as UserId,
    status: 'active',
    skills: {},
    isMember: true,
    live: 0,
    ownLimit: null,
    quality: 0.5,
    lastAssignedAt: null,
    limit: 10,
    ...wish,
  }
}

/** People by userId, with loads, qualities and histories of all kinds. */
const somePeople: fc.Arbitrary<Candidate[]> = fc
  .array(
    fc.record({
      live: fc.nat(9),
      quality: fc.double({ min: 0, max: 1, noNaN: true }),
      lastAssignedAt: fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((people) => people.map((wish, index) => candidate(`u${String(index).padStart(2, '0')}`, wish)))

/** Who is chosen, `times` times in a row. */
function choices(strategy: AssignmentStrategy, people: readonly Candidate[], times: number): UserId[] {
  let state: Json = null
  return Array.from({ length: times }, () => {
    const choice = strategy({ people, weights: WEIGHTS, state })
    state = choice.state
    return choice.chosen
  })
}

describe.each([...STRATEGIES])('%s', (_, strategy) => {
  it('scores everybody within 0..1, the chosen one highest', () => {
    fc.assert(
      fc.property(somePeople, fc.nat(5), (people, warmUp) => {
        let state: Json = null
        for (let turn = 0; turn < warmUp; turn++) state = strategy({ people, weights: WEIGHTS, state }).state
        const { chosen, scores } = strategy({ people, weights: WEIGHTS, state })
        expect([...scores.keys()].sort()).toEqual(people.map(({ userId }) => userId))
        for (const { score, parts } of scores.values()) {
          for (const value of [score, ...Object.values(parts)]) {
            expect(value).toBeGreaterThanOrEqual(0)
            expect(value).toBeLessThanOrEqual(1)
          }
          expect(scores.get(chosen)?.score).toBeGreaterThanOrEqual(score)
        }
      }),
    )
  })

  it('chooses the same from the same, its state as JSON included', () => {
    fc.assert(
      fc.property(somePeople, (people) => {
        const { state } = strategy({ people, weights: WEIGHTS, state: null })
        const kept = JSON.parse(JSON.stringify(state)) as Json
        expect(strategy({ people, weights: WEIGHTS, state: kept })).toEqual(
          strategy({ people, weights: WEIGHTS, state }),
        )
      }),
    )
  })
})

describe('round_robin', () => {
  it('gives everybody a turn before anybody has a second', () => {
    fc.assert(
      fc.property(somePeople, fc.integer({ min: 1, max: 4 }), (people, rounds) => {
        const given = choices(builtInStrategies.round_robin, people, people.length * rounds)
        for (const { userId } of people) expect(given.filter((id) => id === userId)).toHaveLength(rounds)
      }),
    )
  })

  it('goes on after the last one although that one is gone', () => {
    const [a, c] = [candidate('a'), candidate('c')]
    const { chosen } = builtInStrategies.round_robin({ people: [a, c], weights: WEIGHTS, state: 'b' })
    expect(chosen).toBe('c')
    expect(builtInStrategies.round_robin({ people: [a, c], weights: WEIGHTS, state: 'c' }).chosen).toBe('a')
  })
})

describe('capacity_based', () => {
  const choose = (...people: Candidate[]) =>
    builtInStrategies.capacity_based({ people, weights: WEIGHTS, state: null }).chosen

  it('goes by live assignments over the limit', () => {
    expect(choose(candidate('a', { live: 2, limit: 4 }), candidate('b', { live: 4, limit: 10 }))).toBe('b')
  })

  it('breaks ties by the longest idle, those never given anything first, then by id', () => {
    const [early, late] = [new Date(1_000), new Date(2_000)]
    expect(choose(candidate('a', { lastAssignedAt: late }), candidate('b', { lastAssignedAt: early }))).toBe(
      'b',
    )
    expect(choose(candidate('a', { lastAssignedAt: early }), candidate('b'))).toBe('b')
    expect(choose(candidate('a'), candidate('b'))).toBe('a')
  })
})

describe('performance_weighted', () => {
  it('gives each a share by quality, and starves nobody', () => {
    fc.assert(
      fc.property(somePeople, fc.integer({ min: 1, max: 300 }), (people, times) => {
        const given = choices(builtInStrategies.performance_weighted, people, times)
        const weight = ({ quality }: Candidate): number => Math.max(quality, LEAST_WEIGHT)
        const total = people.reduce((sum, person) => sum + weight(person), 0)
        for (const person of people) {
          const share = (times * weight(person)) / total
          const count = given.filter((id) => id === person.userId).length
          expect(count).toBeGreaterThanOrEqual(share - people.length + 1 - 1e-6)
          expect(count).toBeLessThanOrEqual(share + 1 + 1e-6)
        }
      }),
    )
  })
})

describe('hybrid_capacity_performance', () => {
  it('weighs free capacity against quality as configured', () => {
    const people = [candidate('a', { live: 5, quality: 1 }), candidate('b', { live: 0, quality: 0.2 })]
    const choose = (weights: StrategyInput['weights']) =>
      builtInStrategies.hybrid_capacity_performance({ people, weights, state: null })
    expect(choose({ capacity: 0.2, performance: 0.8 }).chosen).toBe('a')
    expect(choose({ capacity: 0.8, performance: 0.2 }).chosen).toBe('b')
    expect(choose(WEIGHTS).scores.get('a' as UserId)).toEqual({
      score: 0.75,
      parts: { capacity: 0.5, performance: 1 },
    })
  })
})

/** Jain's index of how often each was chosen. */
function fairness(people: readonly Candidate[], given: readonly UserId[]): number {
  const counts = people.map(({ userId }) => given.filter((id) => id === userId).length)
  const squares = counts.reduce((sum, count) => sum + count * count, 0)
  return given.length ** 2 / (people.length * squares)
}

describe('hybrid_capacity_performance over time', () => {
  const hybrid = builtInStrategies.hybrid_capacity_performance
  const afterOne = (people: readonly Candidate[]): Json =>
    hybrid({ people, weights: WEIGHTS, state: null }).state
  const idle = (people: readonly Candidate[]): Candidate[] => people.map((person) => ({ ...person, live: 0 }))

  it('gives better people more, and nobody an unfair share, however far apart their qualities lie', () => {
    fc.assert(
      fc.property(somePeople, (some) => {
        const people = idle(some)
        const given = choices(hybrid, people, people.length * 60)
        expect(fairness(people, given)).toBeGreaterThan(0.95)
        const count = ({ userId }: Candidate): number => given.filter((id) => id === userId).length
        for (const one of people) {
          const worse = people.filter(({ quality }) => quality < one.quality)
          for (const other of worse) expect(count(one)).toBeGreaterThanOrEqual(count(other) - 2)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('chooses nobody who holds more than one assignment more than another, by equal weights', () => {
    fc.assert(
      fc.property(somePeople, fc.array(fc.nat(11), { maxLength: 40 }), (people, order) => {
        let state = afterOne(people)
        for (const nth of order) {
          const alone = people[nth % people.length]
          if (alone) ({ state } = hybrid({ people: [alone], weights: WEIGHTS, state }))
        }
        const { chosen } = hybrid({ people, weights: WEIGHTS, state })
        const least = Math.min(...people.map(({ live }) => live))
        expect(people.find(({ userId }) => userId === chosen)?.live).toBeLessThanOrEqual(least + 1)
      }),
    )
  })

  it('lets a heavier performance weight outweigh as many assignments held', () => {
    const people = [candidate('ahead'), candidate('behind', { live: 4 })]
    let state = afterOne(people)
    for (let turn = 0; turn < 10; turn++)
      ({ state } = hybrid({ people: people.slice(0, 1), weights: WEIGHTS, state }))
    const choose = (performance: number): UserId =>
      hybrid({ people, weights: { capacity: 1, performance }, state }).chosen
    expect(choose(3)).toBe('ahead')
    expect(choose(5)).toBe('behind')
  })

  it('lets newcomers begin as if they had what they earned: no flood, no drought', () => {
    const [old1, old2, fresh] = [candidate('a'), candidate('b'), candidate('c')]
    let state: Json = null
    for (let turn = 0; turn < 200; turn++)
      ({ state } = hybrid({ people: [old1, old2], weights: WEIGHTS, state }))
    const given: UserId[] = []
    for (let turn = 0; turn < 30; turn++) {
      const choice = hybrid({ people: [old1, old2, fresh], weights: WEIGHTS, state })
      given.push(choice.chosen)
      state = choice.state
    }
    expect(given.filter((id) => id === 'c').length).toBeGreaterThanOrEqual(9)
    expect(given.filter((id) => id === 'c').length).toBeLessThanOrEqual(12)
  })
})

describe('a decision', () => {
  it('replays to the same choice from what was recorded, as JSON', () => {
    fc.assert(
      fc.property(
        somePeople,
        fc.constantFrom(...STRATEGIES.keys()),
        fc.nat(3),
        (people, strategyName, skip) => {
          const strategy = STRATEGIES.get(strategyName)
          if (strategy === undefined) throw new Error('not registered')
          const decided = decide({
            taskId: 't' as TaskId,
            stepId: 'annotate',
            people: people as readonly Person[],
            reasonsAgainst: ({ live }) => (live < skip ? [{ code: 'inactive' }] : []),
            strategyName,
            strategy,
            config: DEFAULT_ASSIGNMENT_CONFIG,
            state: null,
          })
          const recorded = JSON.parse(JSON.stringify(decided)) as typeof decided
          expect(replayDecision(recorded, STRATEGIES)).toBe(decided.decision.chosen)
          const { candidates, chosen } = decided.decision
          const scored = candidates.filter(({ score }) => score !== null)
          expect(scored).toEqual(candidates.filter(({ eligible }) => eligible))
          expect(chosen === null || scored.some(({ userId }) => userId === chosen)).toBe(true)
        },
      ),
    )
  })
})
