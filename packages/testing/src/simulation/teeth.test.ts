import { describe, expect, it } from 'vitest'
import type { Adaptation } from './adaptation.ts'
import {
  acknowledgesBeforeCommit,
  checksLimitOutside,
  countsTwice,
  countsUnseen,
  fillsTwoSlots,
  firesWithoutKey,
  forgetsCooldown,
  forgetsPauses,
  forgetsTakingBack,
  forgetsTheDead,
  forgetsWhoAsked,
  holdsTwoAhead,
  ignoresGates,
  keepsDecisionsTwice,
  keepsNoDecision,
  keepsTicksApart,
  keepsWhatWasSentBack,
  letsLapse,
  locksNoSlot,
  losesAddedSlots,
  movesWithoutFence,
  opensOneSlot,
  plansFromTheLastEnd,
  raisesMax,
  restsUnseen,
  settlesWithoutFence,
  tellsBeforeCommit,
} from './broken-adapters.test.support.ts'
import {
  addsWithoutLock,
  countsUsageTwice,
  endsQuestionsApart,
  forgetsEnds,
  forgetsLinks,
  keepsQuestionsApart,
  leavesTheAnswered,
  losesScenarios,
  losesUsage,
  reservesNothing,
  saysItHoldsNothing,
} from './broken-jobs.test.support.ts'
import { SimulationError, type SimulationOptions, simulate } from './simulate.ts'
import { simulateMany } from './simulate-many.ts'

/** What the simulation says of something broken, within so many schedules. */
async function caught(
  adapt: () => Adaptation,
  parts: Omit<SimulationOptions, 'seed' | 'steps' | 'adapt'>,
  seeds: number,
): Promise<SimulationError> {
  try {
    await simulateMany({ seeds, adapt, ...parts })
  } catch (failure) {
    if (failure instanceof SimulationError) return failure
    throw failure
  }
  throw new Error(`Not noticed in ${seeds} schedules`)
}

const PEOPLE = { people: true, jobs: false }
const JOBS = { people: false, jobs: true }
const SCHEDULES = { ...JOBS, schedules: true }
const FLOWS = { ...JOBS, flows: true }
const LIMITS = { ...JOBS, limits: true }
const SLEEPERS = { ...JOBS, sleepers: true }
const BUDGETS = { ...JOBS, budgets: true }

describe('the simulation notices', () => {
  it.each([
    ['that a worker which lost its lease can settle', settlesWithoutFence, JOBS, 300, ['Lease fencing']],
    ['that a tab which lost its hold can move it', movesWithoutFence, PEOPLE, 1_000, ['Lease fencing']],
    [
      'that two claims can get one slot',
      locksNoSlot,
      PEOPLE,
      1_000,
      [
        'A live row holds one slot',
        'A held slot has a live row',
        'A done slot has a submitted row',
        'A live row is at the current step',
        'A fact begins where the last one ended',
        'Limit',
      ],
    ],
    ['that the limit is checked outside of the transaction', checksLimitOutside, PEOPLE, 500, ['Limit']],
    [
      'that work is acknowledged before it is recorded',
      acknowledgesBeforeCommit,
      JOBS,
      20,
      ['Acknowledged is recorded'],
    ],
    ['that the jobs of a dead worker are lost', forgetsTheDead, JOBS, 200, ['Nothing is lost']],
    [
      'that facts are told before they are true',
      tellsBeforeCommit,
      PEOPLE,
      50,
      ['A fact is true when it can be read'],
    ],
    ['that somebody can hold two ahead', holdsTwoAhead, PEOPLE, 1_000, ['One is held ahead']],
    ['that what nobody saw rests', restsUnseen, PEOPLE, 1_000, ['Nothing rests that nobody saw']],
    [
      'that what nobody saw is counted',
      countsUnseen,
      PEOPLE,
      1_000,
      ['What is held ahead ends for a reason', 'Nobody was given what they did not see'],
    ],
    ['that a heartbeat lets what is held ahead lapse', letsLapse, PEOPLE, 1_000, ['A heartbeat holds on']],
    ['that a shut gate is ignored', ignoresGates, PEOPLE, 500, ['Paused gives nothing out']],
    [
      'that a pause is forgotten',
      forgetsPauses,
      PEOPLE,
      300,
      ['A paused person is given nothing', 'A paused person holds nothing'],
    ],
    ['that returned work stays counted', keepsWhatWasSentBack, PEOPLE, 3_000, ['Counters equal a recount']],
    [
      'that what was taken back goes through',
      forgetsTakingBack,
      PEOPLE,
      300,
      ['What is taken back never goes through'],
    ],
    ['that a task counts twice', countsTwice, PEOPLE, 300, ['Counters equal a recount']],
    [
      'that a decision on overlap is not kept',
      keepsNoDecision,
      PEOPLE,
      300,
      ['Overlap is decided before it changes', 'Overlap is decided with the last answer'],
    ],
    [
      'that a decision on overlap is kept twice',
      keepsDecisionsTwice,
      PEOPLE,
      300,
      ['Overlap is decided once'],
    ],
    [
      'that a slot is lost that was decided on',
      losesAddedSlots,
      PEOPLE,
      300,
      ['Overlap is as it was decided'],
    ],
    [
      'that it is forgotten who asked for a slot',
      forgetsWhoAsked,
      PEOPLE,
      1_000,
      ['Overlap is slots', 'Overlap is decided before it changes'],
    ],
    ['that more people are asked than max', raisesMax, PEOPLE, 1_000, ['Overlap is slots']],
    ['that fewer people are asked than min', opensOneSlot, PEOPLE, 100, ['Overlap is slots']],
    [
      'that one answer fills two slots',
      fillsTwoSlots,
      PEOPLE,
      300,
      ['A done slot has a submitted row', 'A submission fills one slot'],
    ],
    [
      'that cooldowns are forgotten',
      forgetsCooldown,
      PEOPLE,
      500,
      ['Cooldown is respected', 'What is due is done'],
    ],
    [
      'that ticks are written after what they start',
      keepsTicksApart,
      SCHEDULES,
      300,
      ['A job of a schedule has its tick'],
    ],
    [
      'that the next tick is counted from the last end',
      plansFromTheLastEnd,
      SCHEDULES,
      300,
      ['A tick is one of its rule'],
    ],
    [
      'that a tick can come twice',
      firesWithoutKey,
      SCHEDULES,
      1_000,
      ['A tick starts once', 'The next tick never goes back'],
    ],
    [
      'that a job is added behind others without a look at them',
      addsWithoutLock,
      FLOWS,
      1_000,
      ['A job begins behind those that it waits for'],
    ],
    ['that ends are forgotten that others wait for', forgetsEnds, FLOWS, 300, ['Nothing is lost']],
    ['that runs are forgotten that wait for others', forgetsLinks, FLOWS, 300, ['Nothing is lost']],
    [
      'that scenarios of a run after another are lost',
      losesScenarios,
      FLOWS,
      300,
      ['A run after another has its scenarios', 'Progress is exact'],
    ],
    ['that a worker says it holds nothing', saysItHoldsNothing, LIMITS, 300, ['A key is not passed']],
    [
      'that a task ends before its question',
      endsQuestionsApart,
      SLEEPERS,
      300,
      ['An open question has an open task'],
    ],
    [
      'that a job sleeps before its questions are kept',
      keepsQuestionsApart,
      SLEEPERS,
      300,
      ['A sleeper has its questions'],
    ],
    ['that sleepers are left with their answers', leavesTheAnswered, SLEEPERS, 300, ['Nothing is lost']],
    [
      'that no money is reserved',
      reservesNothing,
      BUDGETS,
      300,
      ['Money for what runs is reserved', 'A budget is not passed'],
    ],
    ['that usage is counted twice', countsUsageTwice, BUDGETS, 300, ['Money spent is what calls cost']],
    ['that usage is lost', losesUsage, BUDGETS, 300, ['Money spent is what calls cost']],
  ] as const)('%s', async (_, adapt, parts, seeds, rules) => {
    const failure = await caught(adapt, parts, seeds)
    expect(rules).toContain(failure.rule)
  })

  it('and makes the failing schedule again from its seed', async () => {
    const first = await caught(checksLimitOutside, PEOPLE, 500)
    const again = simulate({ seed: first.seed, adapt: checksLimitOutside, ...PEOPLE })
    await expect(again).rejects.toThrow(first.message)
    expect(first.message).toContain(`Seed ${first.seed}`)
    expect(first.lastSteps.length).toBeGreaterThan(0)
  })
})
