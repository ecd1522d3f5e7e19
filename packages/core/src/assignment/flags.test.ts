import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'

async function held() {
  const world = await openEngine({ steps: [ANNOTATE, REVIEW] })
  const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
  const task = await world.task()
  const row = await world.claimAndStart(ann)
  const { assignmentId } = row
  const flag = (comment: string, by = world.by(ann)) => world.engine.flag({ assignmentId, by, comment })
  const unflag = (by = world.by(ann)) => world.engine.unflag({ assignmentId, by })
  const manager = { ...world.by(ann), userId: world.admin.userId, role: 'manager' } as const
  return { world, ann, ben, task, row, flag, unflag, manager }
}

describe('a flag', () => {
  it('marks the work with words and ends nothing', async () => {
    const { world, row, flag } = await held()
    const flagged = await flag('The text is cut off.')
    expect(flagged).toEqual({
      ...row,
      flag: { comment: 'The text is cut off.' },
      flaggedAt: world.clock.now(),
      version: row.version + 1,
    })
  })

  it('is told to managers alone, once for the same words', async () => {
    const { world, task, row, ann, flag } = await held()
    const before = (await world.facts()).length
    await flag('odd')
    await flag('odd')
    await flag('very odd')
    const [one, two, ...more] = (await world.facts()).slice(before)
    const data = { taskId: task.taskId, assignmentId: row.assignmentId, stepId: 'annotate' }
    for (const said of [one, two])
      expect(said).toMatchObject({
        type: 'task_flagged',
        audience: 'managers',
        affectedUserIds: null,
        data: { ...data, userId: ann.userId },
      })
    expect(more).toEqual([])
  })

  it('lists its task, until its holder or a manager takes it away', async () => {
    const { world, task, row, flag, unflag, manager } = await held()
    await world.task()
    const flagged = async () =>
      (await world.tasks.list(world.projectId, { flagged: true }, {})).items.map(({ taskId }) => taskId)
    await flag('odd')
    expect(await flagged()).toEqual([task.taskId])
    expect(await unflag(manager)).toMatchObject({ flag: null, flaggedAt: null, version: row.version + 2 })
    expect(await flagged()).toEqual([])
    expect((await world.facts()).at(-1)).toMatchObject({
      type: 'task_updated',
      data: { taskId: task.taskId },
    })
    await flag('odd')
    await unflag()
    await unflag()
    expect(await flagged()).toEqual([])
  })

  it('is made by the holder alone, with words', async () => {
    const { world, ben, flag, unflag, manager } = await held()
    await expect(flag('odd', world.by(ben))).rejects.toMatchObject({ code: 'forbidden' })
    await expect(flag('odd', manager)).rejects.toThrow('Only its holder may flag')
    const stranger = { ...world.by(ben), memberships: new Set<never>() }
    await expect(flag('odd', stranger)).rejects.toMatchObject({ code: 'not_found' })
    await expect(unflag(world.by(ben))).rejects.toMatchObject({ code: 'forbidden' })
    for (const comment of ['', 'x'.repeat(10_001)])
      await expect(flag(comment)).rejects.toMatchObject({ issues: [{ path: 'comment' }] })
  })

  it('stays with the row through its end and its revival, and is hidden from those who judge the work', async () => {
    const { world, ann, ben, row, flag } = await held()
    await flag('odd')
    await world.minutes(120)
    await world.engine.expireDue()
    await flag('very odd')
    const again = await world.claimAndStart(ann)
    expect(again).toMatchObject({ assignmentId: row.assignmentId, flag: { comment: 'very odd' } })
    await world.submitAs(ann, again, 1)
    await world.claim(ben)
    const seen = await world.engine.view(row.assignmentId, world.by(ben))
    expect(seen).toMatchObject({ userId: null, flag: null, flaggedAt: null, result: 1 })
    expect(await world.engine.view(row.assignmentId, world.by(ann))).toMatchObject({
      flag: { comment: 'very odd' },
    })
  })
})
