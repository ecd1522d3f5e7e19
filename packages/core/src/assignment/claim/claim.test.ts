import { MemoryPersistence } from '@muster/adapters-memory'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import type { Persistence } from '../../stores.ts'

describe('claimNext', () => {
  it('gives the highest priority, then what has waited longest', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const old = await world.task()
    await world.minutes(1)
    const urgent = await world.task({ priority: 5 })
    const recent = await world.task()
    const given = [await world.claim(ann), await world.claim(ann), await world.claim(ann)]
    expect(given.map(({ taskId }) => taskId)).toEqual([urgent.taskId, old.taskId, recent.taskId])
    expect(given[0]).toMatchObject({ status: 'assigned', attempt: 1, version: 1, stepId: 'annotate' })
  })

  it('says so in a fact to the claimant', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    const { assignmentId } = await world.claim(ann)
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      type: 'task_assigned',
      audience: 'affected',
      affectedUserIds: [ann.userId],
      data: {
        assignmentId,
        stepId: 'annotate',
        stepType: 'annotation',
        status: 'assigned',
        from: null,
        attempt: 1,
      },
    })
  })

  it('never gives the review to the person who annotated', async () => {
    const world = await openEngine()
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task()
    await world.does(ann, { label: 'nl' })
    expect(await world.engine.claimNext({ userId: ann.userId })).toEqual({
      kind: 'nothing',
      open: 1,
      reasons: { excludedByStep: 1 },
    })
    expect(await world.claim(ben)).toMatchObject({ stepId: 'review' })
  })

  it('claims again when something opens after the claim, and counts nothing as open without a reason', async () => {
    const clock = new VirtualClock()
    const ids = new SequentialIds()
    const memory = new MemoryPersistence({ clock, ids })
    type Count = typeof memory.stores.claims.countShelves
    let count: Count = (...asked) => memory.stores.claims.countShelves(...asked)
    const claims = new Proxy(memory.stores.claims, {
      get: (store, name) =>
        name === 'countShelves' ? (...asked: Parameters<Count>) => count(...asked) : Reflect.get(store, name),
    })
    const persistence: Persistence = {
      stores: { ...memory.stores, claims },
      transaction: (work) => memory.transaction(work),
      snapshot: (work) => memory.snapshot(work),
      check: () => memory.check(),
      close: () => memory.close(),
    }
    const world = await openEngine({
      steps: [{ ...ANNOTATE, assignmentsRequired: 2 }],
      adapter: { persistence, clock, ids },
    })
    const ann = await world.person('Ann')
    await world.task()
    await world.claim(ann)
    const really = count
    let opens = 1
    count = async (...asked) => {
      if (opens-- > 0) await world.task()
      return really(...asked)
    }
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({ kind: 'claimed' })
    expect(await world.engine.claimNext({ userId: ann.userId })).toEqual({
      kind: 'nothing',
      open: 2,
      reasons: { alreadyAssigned: 2 },
    })
    // Others take what opens each time, before it can be taken here.
    count = async (...asked) => (await really(...asked)).map((shelf) => ({ ...shelf, open: shelf.open + 1 }))
    expect(await world.engine.claimNext({ userId: ann.userId })).toEqual({
      kind: 'nothing',
      open: 0,
      reasons: {},
    })
  })

  it('hides the known answer', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    await world.task({ gold: { label: 'nl' } })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({ task: { gold: null } })
  })

  it('counts each open task under every reason that holds for it', async () => {
    const world = await openEngine({
      steps: [{ ...ANNOTATE, requiredSkills: [{ anyOf: ['nl', 'de'], minLevel: 3 }] }, REVIEW],
      config: { maxConcurrentPerUser: 1 },
    })
    const ann = await world.person('Ann', { skills: { nl: 3 } })
    const ben = await world.person('Ben', { skills: { nl: 2 } })
    await world.addTasks({}, {})
    await world.claim(ann)
    expect(await world.engine.claimNext({ userId: ann.userId })).toEqual({
      kind: 'nothing',
      open: 2,
      reasons: { atLimit: 2, alreadyAssigned: 1, noFreeSlot: 1 },
    })
    await world.people.change(ben.userId, { status: 'away' })
    expect(await world.engine.claimNext({ userId: ben.userId })).toEqual({
      kind: 'nothing',
      open: 2,
      reasons: { inactive: 2, missingSkill: 2, noFreeSlot: 1 },
    })
  })

  it('waives a requirement for what has waited long enough', async () => {
    const world = await openEngine({
      steps: [{ ...ANNOTATE, requiredSkills: [{ anyOf: ['yo'], dropAfterMinutes: 30 }] }],
    })
    const ann = await world.person('Ann')
    const old = await world.task()
    await world.minutes(20)
    await world.task()
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { missingSkill: 2 },
    })
    await world.minutes(10)
    expect(await world.claim(ann)).toMatchObject({ taskId: old.taskId })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { missingSkill: 1 },
    })
  })

  it('gives nothing out while the project is paused, and holds go on', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    await world.addTasks({}, {})
    const held = await world.claimAndStart(ann)
    await world.stores.projects.setPaused(world.projectId, true)
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { queuePaused: 2 },
    })
    expect(await world.submitAs(ann, held, { label: 'nl' })).toMatchObject({ status: 'submitted' })
  })

  it('takes the smaller of two limits, over all projects', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann', { maxConcurrentAssignments: 2 })
    const other = await world.projects.add({ name: 'Other', workflowId: world.workflow.workflowId })
    await world.projects.addMember(other.projectId, ann.userId)
    await world.addTasks({}, {})
    await world.tasks.add(other.projectId, [{ payload: 1 }])
    const projectId = other.projectId
    expect(await world.engine.claimNext({ userId: ann.userId, projectId })).toMatchObject({ kind: 'claimed' })
    await world.claim(ann)
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      kind: 'nothing',
      reasons: { atLimit: 3 },
    })
  })

  it('finds nothing open for somebody without projects, or outside of the filters', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const stranger = await world.people.add({ displayName: 'Zoe' })
    await world.task()
    const nothing = { kind: 'nothing', open: 0, reasons: {} }
    expect(await world.engine.claimNext({ userId: stranger.userId })).toEqual(nothing)
    expect(await world.engine.claimNext({ userId: ann.userId, stepType: 'review' })).toEqual(nothing)
    const { projectId } = world
    expect(await world.engine.claimNext({ userId: stranger.userId, projectId })).toMatchObject({
      open: 1,
      reasons: { notMember: 1 },
    })
  })

  it('acts at once on a lease that has ended', async () => {
    const world = await openEngine({ config: { leaseMinutes: 5 } })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task()
    const lost = await world.claim(ann)
    await world.minutes(5)
    expect(await world.claim(ben)).toMatchObject({ taskId: lost.taskId, attempt: 1 })
    expect(await world.engine.get(lost.assignmentId)).toMatchObject({ status: 'expired', expiresAt: null })
  })

  it('revives an expired row, one attempt later', async () => {
    const world = await openEngine({ config: { leaseMinutes: 5, cooldownMinutes: 10 } })
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    const lost = await world.claim(ann)
    await world.minutes(5)
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({
      reasons: { coolingDown: 1 },
    })
    expect((await world.tasks.get(taskId)).cooldownUntil).toEqual(
      new Date(world.clock.now().getTime() + 600_000),
    )
    await world.minutes(10)
    expect(await world.claim(ann)).toMatchObject({
      assignmentId: lost.assignmentId,
      attempt: 2,
      status: 'assigned',
    })
    expect((await world.tasks.get(taskId)).cooldownUntil).toBeNull()
    expect(
      (await world.factsOf(taskId)).map(({ type, data }) => [type, 'from' in data && data.from]),
    ).toEqual([
      ['task_assigned', null],
      ['task_unavailable', 'assigned'],
      ['task_assigned', 'expired'],
    ])
  })

  it('never exceeds the overlap of a step', async () => {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }] })
    const people = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => world.person(name)))
    await world.task()
    const claims = await Promise.all(people.map(({ userId }) => world.engine.claimNext({ userId })))
    expect(claims.filter(({ kind }) => kind === 'claimed')).toHaveLength(2)
    expect(claims.find(({ kind }) => kind === 'nothing')).toMatchObject({ reasons: { noFreeSlot: 1 } })
  })
})
