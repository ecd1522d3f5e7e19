import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskId, UserId } from '../../ids.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import type { Decision, Person } from '../assignment.ts'
import { limitOf } from '../claim/terms.ts'
import { reasonsAgainst } from '../eligibility.ts'
import { builtInStrategies } from '../strategies/built-in.ts'
import { type BatchInput, choicesOf, explainBatch, planBatch, recordOf, replayBatch } from './batch-plan.ts'
import { maxFlow } from './max-flow.test.support.ts'

const STRATEGIES = new Map(Object.entries(builtInStrategies))
const SKILLS = ['da', 'nl', 'de'] as const
const CONFIG: AssignmentConfig = {
  maxConcurrentPerUser: 3,
  crossStepExclusionPairs: [],
  cooldownMinutes: 0,
  leaseMinutes: 60,
  defaultStrategy: 'hybrid_capacity_performance',
  weights: { capacity: 0.5, performance: 0.5 },
  maxReturns: 2,
  holdMinutes: 1440,
  undoSeconds: 10,
}

const person = fc.record({
  status: fc.constantFrom('active', 'active', 'active', 'away' as const),
  skills: fc.dictionary(fc.constantFrom(...SKILLS), fc.integer({ min: 1, max: 5 }), { minKeys: 1 }),
  isMember: fc.constantFrom(true, true, true, false),
  live: fc.constantFrom(0, 1, 2, 2, 4),
  ownLimit: fc.option(fc.integer({ min: 0, max: 4 })),
  quality: fc.constantFrom(0.2, 0.5, 0.9),
  lastAssignedAt: fc.option(fc.integer({ min: 0, max: 9 }).map((minute) => new Date(minute * 60_000))),
})
const place = fc.record({
  requirements: fc.array(
    fc.record({
      anyOf: fc.uniqueArray(fc.constantFrom(...SKILLS), { minLength: 1, maxLength: 2 }),
      minLevel: fc.constantFrom(1, 1, 2, 5),
      dropAfterMinutes: fc.constantFrom(null, null, 10),
    }),
    { maxLength: 2 },
  ),
  openForMs: fc.constantFrom(0, 600_000),
  free: fc.integer({ min: 1, max: 3 }),
  rows: fc.array(
    fc.record({
      nth: fc.nat({ max: 7 }),
      stepId: fc.constantFrom('annotate', 'review', 'other'),
      status: fc.constantFrom('assigned', 'submitted', 'rejected', 'expired' as const),
    }),
    { maxLength: 3 },
  ),
})
const strategy = fc.constantFrom(...STRATEGIES.keys())
const batch = fc
  .record({
    people: fc.array(person, { maxLength: 8 }),
    places: fc.array(place, { minLength: 1, maxLength: 12 }),
    strategy,
    gateOpen: fc.constantFrom(true, true, true, false),
  })
  .map(inputFrom)
/** As many slots as people have room for, and most can be filled by few: what is given first stands in the way. */
const tightBatch = fc
  .record({
    people: fc.array(
      person.map((one) => ({
        ...one,
        status: 'active' as const,
        isMember: true,
        live: 0 as const,
        ownLimit: 2,
      })),
      { minLength: 8, maxLength: 8 },
    ),
    places: fc.array(
      place.map((one) => ({ ...one, free: 1 })),
      { minLength: 16, maxLength: 16 },
    ),
    strategy,
    gateOpen: fc.constant(true),
  })
  .map(inputFrom)

type Arbitrary<Value> = Value extends fc.Arbitrary<infer Generated> ? Generated : never

function inputFrom(given: {
  readonly people: readonly Arbitrary<typeof person>[]
  readonly places: readonly Arbitrary<typeof place>[]
  readonly strategy: string
  readonly gateOpen: boolean
}): BatchInput {
  const crew: Person[] = given.people.map((one, nth) => ({ ...one, userId: `person-${nth}` as UserId }))
  return {
    people: { review: crew },
    config: CONFIG,
    gateOpen: given.gateOpen,
    now: new Date(600_000),
    choosers: [{ stepId: 'review', strategy: given.strategy, state: null }],
    places: given.places.map(({ rows, ...one }, nth) => ({
      ...one,
      taskId: `task-${nth}` as TaskId,
      stepId: 'review',
      stepType: 'review',
      excludedSteps: ['annotate'],
      rows: rows.map(({ nth: whose, ...row }) => ({ ...row, userId: `person-${whose}` as UserId })),
    })),
  }
}

/** The reasons that hold for most people of a decision. */
function mostHeld({ candidates }: Decision): string[] {
  const counts = new Map<string, number>()
  for (const { reasons } of candidates) {
    for (const code of new Set(reasons.map((reason) => reason.code)))
      counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const most = Math.max(0, ...counts.values())
  return most === 0
    ? ['noEligiblePerson']
    : [...counts].flatMap(([code, count]) => (count === most ? [code] : []))
}

/** The most slots of the first `count` places that can be filled, whoever gets which. */
function mostOf({ people, config, places, gateOpen }: BatchInput, count: number): number {
  const crew = people.review ?? []
  const some = places.slice(0, count)
  const size = 2 + some.length + crew.length
  const capacities = Array.from({ length: size }, () => Array.from({ length: size }, () => 0))
  for (const [nth, { rows, free, ...place }] of some.entries()) {
    const step = {
      ...place,
      config,
      gateOpen,
      assignments: rows,
      reservedUntil: null,
      slots: [{ state: 'free', wakeAt: null } as const],
    }
    capacities[0]?.splice(1 + nth, 1, free)
    for (const [at, one] of crew.entries()) {
      const mayHave = reasonsAgainst({ ...one, live: -1 }, step).length === 0
      capacities[1 + nth]?.splice(1 + some.length + at, 1, mayHave ? 1 : 0)
      capacities[1 + some.length + at]?.splice(
        size - 1,
        1,
        Math.max(0, limitOf(one.ownLimit, config) - one.live),
      )
    }
  }
  return maxFlow(capacities)
}

describe('a batch', () => {
  it('fills as many slots as a maximum flow does, of all places and of each that come first', () => {
    let moves = 0
    fc.assert(
      fc.property(fc.oneof(batch, tightBatch), (input) => {
        const { places } = planBatch(input, STRATEGIES)
        let filled = 0
        for (const [nth, { chosen }] of places.entries()) {
          filled += chosen.length
          expect(filled).toBe(mostOf(input, nth + 1))
          expect(new Set(chosen).size).toBe(chosen.length)
          const { taskId } = input.places[nth] as BatchInput['places'][number]
          const decisions = explainBatch({ input: recordOf(input) }, taskId, STRATEGIES)
          moves += decisions.flatMap(({ madeRoomFor = [] }) => madeRoomFor).length
        }
      }),
      { numRuns: 200 },
    )
    expect(moves).toBeGreaterThan(20)
  })

  it('chooses as one explained decision after another would, and says what speaks against most if nobody is left', () => {
    fc.assert(
      fc.property(fc.oneof(batch, tightBatch), (input) => {
        const plan = planBatch(input, STRATEGIES)
        for (const [nth, { taskId }] of input.places.entries()) {
          const decisions = explainBatch({ input: recordOf(input) }, taskId, STRATEGIES)
          const { chosen, left } = plan.places[nth] ?? { chosen: [], left: null }
          expect(decisions.map((decision) => decision.chosen)).toEqual(
            left === null ? chosen : [...chosen, null],
          )
          const last = decisions.at(-1)
          expect(left === null || last === undefined ? [left] : mostHeld(last)).toContain(left)
        }
      }),
      { numRuns: 120 },
    )
  })

  it('is decided again from what was recorded to the same choices', () => {
    fc.assert(
      fc.property(fc.oneof(batch, tightBatch), (input) => {
        const choices = choicesOf(input, planBatch(input, STRATEGIES))
        expect(replayBatch({ input: recordOf(input) }, STRATEGIES)).toEqual(choices)
      }),
    )
  })
})
