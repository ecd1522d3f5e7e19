import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'

const SKILLED = { ...ANNOTATE, requiredSkills: [{ anyOf: ['da'], minLevel: 2 }] }

describe('a list of tasks', () => {
  it('says of each what keeps it, and who holds it', async () => {
    const world = await openEngine({ steps: [ANNOTATE, REVIEW], config: { cooldownMinutes: 5 } })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const free = await world.task({ priority: -1 })
    const nobody = await world.task({ requiredSkills: [{ anyOf: ['xx'], minLevel: 1 }], priority: -2 })
    const [held, resting, done] = [
      await world.task({ priority: 3 }),
      await world.task({ priority: 2 }),
      await world.task({ priority: 1 }),
    ]
    const atWork = await world.claimAndStart(ann)
    await world.engine.flag({ assignmentId: atWork.assignmentId, by: world.by(ann), comment: 'odd' })
    const released = await world.claim(ben)
    await world.engine.release({ assignmentId: released.assignmentId, by: world.by(ben) })
    await world.tasks.cancel(done.taskId)
    const { items } = await world.tasks.list(world.projectId, {}, {})
    const said = new Map(items.map(({ taskId, stepState, mainReason }) => [taskId, [stepState, mainReason]]))
    expect(said.get(free.taskId)).toEqual(['free', null])
    expect(said.get(nobody.taskId)).toEqual(['nobody', 'missingSkill'])
    expect(said.get(held.taskId)).toEqual(['held', 'noFreeSlot'])
    expect(said.get(resting.taskId)).toEqual(['resting', 'coolingDown'])
    expect(said.get(done.taskId)).toEqual([null, null])
    const seen = items.find(({ taskId }) => taskId === held.taskId)
    expect(seen).toMatchObject({ holders: [{ userId: ann.userId, displayName: 'Ann' }], flagged: true })

    expect(await world.tasks.counts(world.projectId)).toEqual({
      byStatus: { open: 4, completed: 0, cancelled: 1 },
      byStep: { annotate: 4 },
      byState: { free: 1, held: 1, resting: 1, nobody: 1 },
      byReason: { noFreeSlot: 1, missingSkill: 1, coolingDown: 1 },
      judged: 4,
      complete: true,
    })
    expect(await world.tasks.counts(world.projectId, { waits: 'missingSkill' })).toMatchObject({
      byStatus: { open: 1 },
      byState: { nobody: 1 },
      byReason: { missingSkill: 1 },
    })
  })

  it('agrees with the explained decision about each of many tasks', async () => {
    const world = await openEngine({
      steps: [{ ...SKILLED, assignmentsRequired: 2 }, REVIEW],
      config: { maxConcurrentPerUser: 2, cooldownMinutes: 1 },
    })
    const people = [
      await world.person('Ann', { skills: { da: 3 } }),
      await world.person('Ben', { skills: { da: 2 } }),
      await world.person('Cem', { skills: { da: 1 } }),
      await world.person('Dee', { status: 'away', skills: { da: 5 } }),
    ]
    await world.addTasks(...Array.from({ length: 8 }, () => ({})))
    for (const person of people.slice(0, 2)) {
      await world.does(person, { label: 'x' })
      await world.claim(person)
    }
    await world.does(people[0] as never, { label: 'x' })
    const { items } = await world.tasks.list(world.projectId, {}, {})
    for (const { taskId, mainReason, stepState } of items) {
      const decision = await world.engine.candidates({ taskId })
      expect(mainReason).toBe(decision.mainReason)
      expect(stepState === 'free').toBe(decision.eligible > 0)
    }
    expect(new Set(items.map(({ stepState }) => stepState)).size).toBeGreaterThan(1)
  })

  it('finds those that wait for a reason, a page at a time', async () => {
    const world = await openEngine()
    await world.person('Ann')
    const asking = { requiredSkills: [{ anyOf: ['da'], minLevel: 1 }] }
    const added = await world.addTasks({}, asking, {}, asking, asking, {})
    const waiting = added
      .filter(({ requiredSkills }) => requiredSkills.length > 0)
      .map(({ taskId }) => taskId)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const request = { limit: 2, ...(cursor !== undefined && { cursor }) }
      const part = await world.tasks.list(world.projectId, { waits: 'missingSkill' }, request)
      seen.push(...part.items.map(({ taskId }) => taskId))
      cursor = part.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen).toEqual(waiting.toReversed())
    const { items } = await world.tasks.list(world.projectId, { waits: 'atLimit' }, {})
    expect(items).toEqual([])
    await expect(world.tasks.list(world.projectId, { waits: 'bad luck' as never }, {})).rejects.toMatchObject(
      { code: 'validation_failed', issues: [{ path: 'waits' }] },
    )
  })

  it('is over all projects that a manager has, and over all that there are for an admin', async () => {
    const world = await openEngine()
    const boss = await world.person('Boss', { role: 'manager' })
    const { taskId } = await world.task()
    const list = async (of: typeof world.admin) =>
      (await world.tasks.list(of, {}, {})).items.map((task) => task.taskId)
    expect(await list(world.by(boss))).toEqual([taskId])
    expect(await list({ ...world.by(boss), memberships: new Set() })).toEqual([])
    expect(await list(world.admin)).toEqual([taskId])
    expect((await world.tasks.counts(world.admin)).byStatus.open).toBe(1)
  })
})
