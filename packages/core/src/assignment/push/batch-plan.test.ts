import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TaskId, UserId } from '../../ids.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import type { Decision, Person } from '../assignment.ts'
import { builtInStrategies } from '../strategies/built-in.ts'
import { type BatchInput, choicesOf, explainBatch, planBatch, recordOf, replayBatch } from './batch-plan.ts'

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
}

const person = fc.record({
  status: fc.constantFrom('active', 'active', 'active', 'away' as const),
  skills: fc.dictionary(fc.constantFrom(...SKILLS), fc.integer({ min: 1, max: 5 })),
  isMember: fc.constantFrom(true, true, true, false),
  live: fc.integer({ min: 0, max: 4 }),
  ownLimit: fc.option(fc.integer({ min: 0, max: 4 })),
  quality: fc.constantFrom(0.2, 0.5, 0.9),
  lastAssignedAt: fc.option(fc.integer({ min: 0, max: 9 }).map((minute) => new Date(minute * 60_000))),
})
const place = fc.record({
  requirements: fc.array(
    fc.record({
      anyOf: fc.uniqueArray(fc.constantFrom(...SKILLS), { minLength: 1, maxLength: 2 }),
      minLevel: fc.integer({ min: 1, max: 5 }),
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
const batch = fc
  .record({
    people: fc.array(person, { maxLength: 8 }),
    places: fc.array(place, { minLength: 1, maxLength: 12 }),
    strategy: fc.constantFrom(...STRATEGIES.keys()),
    gateOpen: fc.constantFrom(true, true, true, false),
  })
  .map(({ people, places, strategy, gateOpen }): BatchInput => {
    const crew: Person[] = people.map((one, nth) => ({ ...one, userId: `person-${nth}` as UserId }))
    return {
      people: { review: crew },
      config: CONFIG,
      gateOpen,
      now: new Date(600_000),
      choosers: [{ stepId: 'review', strategy, state: null }],
      places: places.map(({ rows, ...one }, nth) => ({
        ...one,
        taskId: `task-${nth}` as TaskId,
        stepId: 'review',
        stepType: 'review',
        excludedSteps: ['annotate'],
        rows: rows.map(({ nth: whose, ...row }) => ({ ...row, userId: `person-${whose}` as UserId })),
      })),
    }
  })

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

describe('a batch', () => {
  it('chooses as one explained decision after another would, and says what speaks against most if nobody is left', () => {
    fc.assert(
      fc.property(batch, (input) => {
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
  }, 30_000)

  it('is decided again from what was recorded to the same choices', () => {
    fc.assert(
      fc.property(batch, (input) => {
        const choices = choicesOf(input, planBatch(input, STRATEGIES))
        expect(replayBatch({ input: recordOf(input) }, STRATEGIES)).toEqual(choices)
      }),
    )
  }, 30_000)
})
