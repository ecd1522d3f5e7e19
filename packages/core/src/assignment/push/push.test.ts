import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { replayDecision } from '../strategies/decide.ts'
import { explainBatch, replayBatch } from './batch-plan.ts'

describe('assign', () => {
  it('gives the task to the strategy’s choice and records a decision that replays to it', async () => {
    const world = await openEngine({ config: { defaultStrategy: 'capacity_based' } })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const [first, second] = await world.addTasks({}, {})
    if (!first || !second) throw new Error('two tasks were added')
    const one = await world.engine.assign({ taskId: first.taskId })
    const two = await world.engine.assign({ taskId: second.taskId })
    expect([one.userId, two.userId]).toEqual([ann.userId, ben.userId])
    for (const { taskId, userId } of [one, two]) {
      const [recorded] = await world.stores.decisions.listDecisions(taskId, 1)
      if (recorded === undefined) throw new Error('the decision was not recorded')
      expect(recorded.decision).toMatchObject({ strategy: 'capacity_based', chosen: userId })
      expect(replayDecision(recorded, world.strategies)).toBe(userId)
    }
  })

  it('takes turns by round robin, remembered between calls', async () => {
    const world = await openEngine()
    const people = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const given = []
    for (const { taskId } of await world.addTasks({}, {}, {}, {})) {
      given.push((await world.engine.assign({ taskId, strategy: 'round_robin' })).userId)
    }
    expect(given).toEqual([0, 1, 2, 0].map((place) => people[place]?.userId))
  })

  it('considers annotators only, unless somebody is named', async () => {
    const world = await openEngine()
    const max = await world.person('Max', { role: 'manager' })
    const { taskId } = await world.task()
    await expect(world.engine.assign({ taskId })).rejects.toMatchObject({
      code: 'no_eligible_person',
      details: { decision: { chosen: null, candidates: [] } },
    })
    expect(await world.engine.assign({ taskId, userId: max.userId })).toMatchObject({ userId: max.userId })
  })

  it('refuses whom it may not have, with every reason and its detail', async () => {
    const world = await openEngine({
      steps: [{ ...ANNOTATE, requiredSkills: [{ anyOf: ['nl', 'af'], minLevel: 4 }] }],
      config: { maxConcurrentPerUser: 0 },
    })
    const zoe = await world.people.add({ displayName: 'Zoe', status: 'away', skills: { nl: 1, af: 2 } })
    const { taskId } = await world.task()
    await expect(world.engine.assign({ taskId, userId: zoe.userId })).rejects.toMatchObject({
      code: 'no_eligible_person',
      details: {
        decision: {
          chosen: null,
          candidates: [
            {
              userId: zoe.userId,
              eligible: false,
              score: null,
              reasons: [
                { code: 'inactive' },
                { code: 'notMember' },
                { code: 'missingSkill', anyOf: ['nl', 'af'], minLevel: 4, level: 2 },
                { code: 'atLimit', live: 0, limit: 0 },
              ],
            },
          ],
        },
      },
    })
  })

  it('answers the row to one who has it already', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }] })
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    const { assignmentId } = await world.claim(ann)
    await expect(world.engine.assign({ taskId, userId: ann.userId })).rejects.toMatchObject({
      code: 'already_assigned',
      details: { assignment: { assignmentId } },
    })
  })

  it('lifts an exclusion by an admin’s override, with the reason on record', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const max = await world.person('Max', { role: 'manager' })
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    const push = { taskId, userId: ann.userId }
    await expect(world.engine.assign(push)).rejects.toMatchObject({
      details: { decision: { candidates: [{ reasons: [{ code: 'excludedByStep', stepId: 'annotate' }] }] } },
    })
    const override = { reason: 'the only reader of Yoruba' }
    await expect(world.engine.assign({ ...push, override, by: world.by(max) })).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await world.engine.assign({ ...push, override, by: world.admin })).toMatchObject({
      stepId: 'review',
      overrideReason: override.reason,
    })
  })

  it('refuses a task that is over, and an unknown strategy', async () => {
    const world = await openEngine()
    const { taskId } = await world.task()
    await expect(world.engine.assign({ taskId, strategy: 'luck' })).rejects.toMatchObject({
      code: 'validation_failed',
    })
    await world.tasks.cancel(taskId)
    await expect(world.engine.assign({ taskId })).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('candidates', () => {
  it('explains what a push would do, and does nothing', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben', { status: 'away' })]
    const max = await world.person('Max', { role: 'manager' })
    const { taskId } = await world.task()
    const decision = await world.engine.candidates({ taskId, userId: max.userId })
    expect(decision).toMatchObject({
      taskId,
      stepId: 'annotate',
      strategy: 'hybrid_capacity_performance',
      chosen: ann.userId,
      candidates: [
        { userId: ann.userId, eligible: true, score: 0.75, parts: { capacity: 1, performance: 0.5 } },
        { userId: max.userId, eligible: true },
        { userId: ben.userId, eligible: false, reasons: [{ code: 'inactive' }], score: null },
      ],
    })
    expect(await world.live(ann)).toBe(0)
  })
})

describe('reassign', () => {
  async function held() {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const max = await world.person('Max', { role: 'manager' })
    const { taskId } = await world.task()
    const { assignmentId } = await world.claimAndStart(ann)
    return { world, ann, ben, max, taskId, move: { assignmentId, by: world.by(max), reason: 'is ill' } }
  }

  it('moves the slot at once to somebody else, in one fact for both', async () => {
    const { world, ann, ben, taskId, move } = await held()
    const moved = await world.engine.reassign(move)
    expect(moved).toMatchObject({
      userId: ben.userId,
      status: 'assigned',
      previousAssignmentId: move.assignmentId,
      attempt: 1,
    })
    expect(await world.engine.get(move.assignmentId)).toMatchObject({
      status: 'reassigned',
      releaseReason: 'is ill',
    })
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      type: 'task_reassigned',
      affectedUserIds: [ben.userId, ann.userId],
      data: {
        assignmentId: moved.assignmentId,
        previousUserId: ann.userId,
        previousAssignmentId: move.assignmentId,
      },
    })
  })

  it('never picks the same person; nothing has changed then', async () => {
    const { world, ann, ben, taskId, move } = await held()
    await world.people.change(ben.userId, { status: 'away' })
    const facts = await world.factsOf(taskId)
    await expect(world.engine.reassign(move)).rejects.toMatchObject({ code: 'no_eligible_person' })
    await expect(world.engine.reassign({ ...move, userId: ann.userId })).rejects.toMatchObject({
      code: 'already_assigned',
    })
    expect(await world.held(ann)).toMatchObject({ status: 'in_progress' })
    expect(await world.factsOf(taskId)).toEqual(facts)
  })

  it('is a manager’s', async () => {
    const { world, ann, move } = await held()
    await expect(world.engine.reassign({ ...move, by: world.by(ann) })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('is the host’s, which needs no rights', async () => {
    const { world, ben, move } = await held()
    const { by: _by, ...hosts } = move
    expect(await world.engine.reassign(hosts)).toMatchObject({ userId: ben.userId, status: 'assigned' })
  })

  it('refuses a stale attempt and what is handed in', async () => {
    const { world, ann, move } = await held()
    await expect(world.engine.reassign({ ...move, attempt: 2 })).rejects.toMatchObject({ code: 'lease_lost' })
    await world.submitAs(ann, await world.held(ann), { label: 'nl' })
    await expect(world.engine.reassign(move)).rejects.toMatchObject({
      code: 'invalid_transition',
      details: { from: 'submitted', to: 'reassigned' },
    })
  })
})

describe('assignBatch', () => {
  it('spreads a project over its people and says what stays and why', async () => {
    const world = await openEngine({
      config: { maxConcurrentPerUser: 3, defaultStrategy: 'capacity_based' },
    })
    const people = await Promise.all(
      ['Ann', 'Ben', 'Cem'].map((name) => world.person(name, { skills: { nl: 1 } })),
    )
    await world.addTasks(...Array.from({ length: 10 }, () => ({})))
    const hard = await world.task({ requiredSkills: [{ anyOf: ['yo'] }], priority: 1 })
    const { assigned, unassigned } = await world.engine.assignBatch({ projectId: world.projectId })
    expect(assigned).toBe(9)
    expect(await Promise.all(people.map(world.live))).toEqual([3, 3, 3])
    expect(unassigned).toMatchObject([{ taskId: hard.taskId, reason: 'missingSkill' }, { reason: 'atLimit' }])
    const facts = await world.facts()
    expect(facts.filter(({ type }) => type === 'task_assigned')).toHaveLength(9)
  })

  it('fills every slot of an overlapping step with different people, and keeps exclusions', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }, REVIEW] })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const { taskId } = await world.task()
    expect(await world.engine.assignBatch({ projectId: world.projectId })).toEqual({
      assigned: 2,
      unassigned: [],
    })
    await world.finish(ann, await world.held(ann), { label: 'nl' })
    await world.finish(ben, await world.held(ben), { label: 'nl' })
    expect(await world.engine.assignBatch({ projectId: world.projectId })).toEqual({
      assigned: 0,
      unassigned: [{ taskId, reason: 'excludedByStep' }],
    })
  })

  it('takes turns by round robin over the whole batch and after it', async () => {
    const world = await openEngine({ config: { maxConcurrentPerUser: 100 } })
    const people = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => world.person(name)))
    await world.addTasks(...Array.from({ length: 250 }, () => ({})))
    await world.engine.assignBatch({ projectId: world.projectId, strategy: 'round_robin' })
    expect(await Promise.all(people.map(world.live))).toEqual([84, 83, 83])
    const { taskId } = await world.task()
    expect(await world.engine.assign({ taskId, strategy: 'round_robin' })).toMatchObject({
      userId: people[1]?.userId,
    })
  })

  it('records what it decided from, which replays to the same choices and explains each', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }, REVIEW] })
    for (const name of ['Ann', 'Ben', 'Cem']) await world.person(name)
    const [first, second] = await world.addTasks({}, {})
    if (!first || !second) throw new Error('two tasks were added')
    await world.engine.assignBatch({ projectId: world.projectId })

    const decided = (await world.stores.decisions.listDecisions(second.taskId, 10)).reverse()
    const rows = (await world.stores.tasks.findWork(second.taskId))?.assignments
    expect(decided.map(({ decision }) => decision.chosen)).toEqual(rows?.map(({ userId }) => userId))
    const batch = await world.stores.decisions.findBatch(decided[0]?.batchId ?? '')
    if (batch === undefined) throw new Error('the batch was not recorded')
    const replayed = replayBatch(batch, world.strategies)
    expect(batch.choices).toMatchObject(replayed)
    const [one, other] = explainBatch(batch, second.taskId, world.strategies)
    expect([one?.chosen, other?.chosen]).toEqual(decided.map(({ decision }) => decision.chosen))
    expect(other?.candidates.filter(({ eligible }) => !eligible)).toMatchObject([
      { userId: one?.chosen, reasons: [{ code: 'alreadyAssigned' }], score: null },
    ])
  })

  it('leaves everything if nobody is, or the project is paused', async () => {
    const world = await openEngine()
    const { taskId } = await world.task()
    const batch = { projectId: world.projectId }
    expect(await world.engine.assignBatch(batch)).toEqual({
      assigned: 0,
      unassigned: [{ taskId, reason: 'noEligiblePerson' }],
    })
    await world.person('Ann')
    await world.stores.projects.setPaused(null, true)
    expect(await world.engine.assignBatch(batch)).toEqual({
      assigned: 0,
      unassigned: [{ taskId, reason: 'queuePaused' }],
    })
  })
})
