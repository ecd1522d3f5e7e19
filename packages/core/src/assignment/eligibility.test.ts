import {
  after,
  anAssignment,
  aStep,
  aTaskWork,
  aWorkflow,
  NINE,
  newId,
  withAssignment,
} from '@muster/testing'
import { describe, expect, it } from 'vitest'
import type { UserId } from '../ids.ts'
import { DEFAULT_ASSIGNMENT_CONFIG } from '../people/config.ts'
import type { AssignmentStatus, Person, TaskWork } from './assignment.ts'
import { excludedSteps, limitOf } from './claim/terms.ts'
import { openStepOf, reasonsAgainst } from './eligibility.ts'

const REVIEW = aStep('review', { stepType: 'review', excludes: ['annotate'] })
const WORKFLOW = aWorkflow([aStep('annotate', { assignmentsRequired: 2 }), REVIEW, aStep('last')])
const PROJECT = newId<'ProjectId'>()
const ANN = newId<'UserId'>()

function person(wish: Partial<Person> = {}): Person {
  return {
    userId: ANN,
    status: 'active',
    skills: {},
    isMember: true,
    live: 0,
    ownLimit: null,
    quality: 0.5,
    lastAssignedAt: null,
    ...wish,
  }
}

function reasons(work: TaskWork, who: Person = person(), gateOpen = true) {
  const step = WORKFLOW.steps.find(({ stepId }) => stepId === work.task.currentStepId)
  if (step === undefined) throw new Error('the task stands nowhere')
  const rules = { workflow: WORKFLOW, config: DEFAULT_ASSIGNMENT_CONFIG, gateOpen, now: NINE }
  return reasonsAgainst(who, openStepOf(work, step, rules))
}

function taskAt(stepId: string): TaskWork {
  return aTaskWork({ projectId: PROJECT, workflow: WORKFLOW }, { currentStepId: stepId })
}

const row = (work: TaskWork, stepId: string, status: AssignmentStatus, userId: UserId = ANN) =>
  withAssignment(work, anAssignment(work, WORKFLOW, userId, { stepId, status }))

describe('eligibility', () => {
  it('has nothing against somebody who may', () => {
    expect(reasons(taskAt('annotate'))).toEqual([])
  })

  it('names every reason at once, each with its detail', () => {
    const work = aTaskWork(
      { projectId: PROJECT, workflow: WORKFLOW },
      { currentStepId: 'review', requiredSkills: [{ anyOf: ['yo'], minLevel: 2, dropAfterMinutes: null }] },
    )
    const busy = person({ status: 'away', isMember: false, skills: { yo: 1 }, live: 3, ownLimit: 3 })
    expect(reasons(row(row(work, 'annotate', 'submitted'), 'review', 'in_progress'), busy, false)).toEqual([
      { code: 'inactive' },
      { code: 'notMember' },
      { code: 'missingSkill', anyOf: ['yo'], minLevel: 2, level: 1 },
      { code: 'alreadyAssigned' },
      { code: 'excludedByStep', stepId: 'annotate' },
      { code: 'atLimit', live: 3, limit: 3 },
      { code: 'noFreeSlot' },
      { code: 'queuePaused' },
    ])
  })

  it('excludes in both directions those who hold or have submitted', () => {
    for (const status of ['assigned', 'accepted', 'in_progress', 'submitted'] as const) {
      expect(reasons(row(taskAt('review'), 'annotate', status))).toEqual([
        { code: 'excludedByStep', stepId: 'annotate' },
      ])
      expect(reasons(row(taskAt('annotate'), 'review', status))).toEqual([
        { code: 'excludedByStep', stepId: 'review' },
      ])
    }
    for (const status of ['rejected', 'expired', 'reassigned'] as const) {
      expect(reasons(row(taskAt('review'), 'annotate', status))).toEqual([])
    }
  })

  it('lets a row that expired or was reassigned come back, and never one that was rejected or submitted', () => {
    expect(reasons(row(taskAt('annotate'), 'annotate', 'expired'))).toEqual([])
    expect(reasons(row(taskAt('annotate'), 'annotate', 'reassigned'))).toEqual([])
    expect(reasons(row(taskAt('annotate'), 'annotate', 'rejected'))).toEqual([{ code: 'rejectedBefore' }])
    expect(reasons(row(taskAt('annotate'), 'annotate', 'submitted'))).toEqual([{ code: 'alreadyAssigned' }])
  })

  it('tells a slot that rests from none, and until when', () => {
    const work = taskAt('annotate')
    const resting = work.slots.map((slot, index) => ({
      ...slot,
      state: 'cooling' as const,
      wakeAt: after(10 + index),
    }))
    expect(reasons({ ...work, slots: resting })).toEqual([{ code: 'coolingDown', until: after(10) }])
    expect(reasons({ ...work, slots: [...resting.slice(0, 1), ...work.slots.slice(1)] })).toEqual([])
    expect(
      reasons({ ...work, slots: work.slots.map((slot) => ({ ...slot, state: 'done' as const })) }),
    ).toEqual([{ code: 'noFreeSlot' }])
    const reserved = work.slots.map((slot) => ({ ...slot, state: 'reserved' as const, wakeAt: after(1) }))
    const until = new Date(work.task.stepOpenedAt.getTime() + DEFAULT_ASSIGNMENT_CONFIG.holdMinutes * 60_000)
    expect(reasons({ ...work, slots: reserved })).toEqual([{ code: 'reservedFor', until }])
  })

  it('takes the smaller of a person’s own limit and the project’s', () => {
    expect(limitOf(null, DEFAULT_ASSIGNMENT_CONFIG)).toBe(10)
    expect(limitOf(3, DEFAULT_ASSIGNMENT_CONFIG)).toBe(3)
    expect(limitOf(30, DEFAULT_ASSIGNMENT_CONFIG)).toBe(10)
  })

  it('counts the project’s pairs as exclusions of both', () => {
    const config = { ...DEFAULT_ASSIGNMENT_CONFIG, crossStepExclusionPairs: [['last', 'annotate']] as const }
    expect(excludedSteps(WORKFLOW, config, 'annotate').sort()).toEqual(['last', 'review'])
    expect(excludedSteps(WORKFLOW, config, 'last')).toEqual(['annotate'])
    expect(excludedSteps(WORKFLOW, config, 'review')).toEqual(['annotate'])
  })
})
