import { ANNOTATE, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'

describe('the steps of a project', () => {
  it('have their open tasks, and how long one stood at each, for managers', async () => {
    const world = await openEngine({ steps: [ANNOTATE, REVIEW] })
    const ann = await world.person('Ann')
    const boss = await world.person('Boss', { role: 'manager' })
    const { projectId } = world
    await world.addTasks({}, {}, {})
    await world.minutes(4)
    await world.finish(ann, await world.claim(ann), { label: 'da' })
    await world.minutes(6)
    await world.finish(ann, await world.claim(ann), { label: 'da' })
    const [annotate, review] = (await world.tasks.steps(world.by(boss), projectId)).steps
    expect(annotate).toMatchObject({ stepId: 'annotate', stepType: 'annotation', open: 1 })
    expect(annotate?.stay).toEqual({ times: 2, p50Ms: 4 * 60_000, p90Ms: 10 * 60_000 })
    expect(review).toMatchObject({ stepId: 'review', open: 2, stay: null })
    const told = await world.tasks.steps(world.by(ann), projectId)
    expect(told.tasks).toEqual({ open: 3, completed: 0, cancelled: 0 })
    expect(told.steps.map(({ stepId, open, stay }) => [stepId, open, stay])).toEqual([
      ['annotate', 1, null],
      ['review', 2, null],
    ])
  })

  it('tell annotators of a project with controls no number that moves with work alone', async () => {
    const world = await openEngine({ steps: [ANNOTATE, REVIEW] })
    const ann = await world.person('Ann')
    const { projectId } = world
    await world.task()
    await world.projects.change(projectId, { quality: { controls: { stepId: 'annotate', rate: 0.5 } } })
    const told = await world.tasks.steps(world.by(ann), projectId)
    expect(told.tasks).toBeNull()
    expect(told.steps).toEqual([
      { stepId: 'annotate', stepType: 'annotation', open: null, stay: null },
      { stepId: 'review', stepType: 'review', open: null, stay: null },
    ])
    expect((await world.tasks.steps(world.admin, projectId)).tasks).toMatchObject({ open: 1 })
  })
})
