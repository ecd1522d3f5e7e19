import type { Assignment, AssignmentId, Task, UserId } from '@muster/core'
import type { NewestKey, TaskFilter } from '@muster/core/ports'
import { expect, it } from 'vitest'
import { after, anAssignment, aStep, newId, withAssignment } from '../worlds/samples.ts'
import { ended, type TaskWorld, taskHeldBy } from './task-world.ts'

const SKILL = { anyOf: ['da', 'nb'], minLevel: 2, dropAfterMinutes: null }

/** Many tasks at once, as managers look for them. */
export function taskOverviewCases(
  world: () => TaskWorld,
  open: (...asked: [steps?: Parameters<typeof TaskWorld.in>[1]]) => Promise<TaskWorld>,
): void {
  it('finds tasks by each part of a filter, in either order, over one project, some or all', async () => {
    const [here, there] = [world(), await open()]
    const [own, foreign] = [here.project.projectId, there.project.projectId]
    const ann = newId<'UserId'>()
    const alpha = (await here.task({ externalId: 'Split-1 100%', createdAt: after(1), priority: 3 })).task
    const beta = (await here.task({ externalId: 'sPLIT_2', createdAt: after(2), requiredSkills: [SKILL] }))
      .task
    const held = await taskHeldBy(here, ann)
    const island = (await here.task({ externalId: 'Ærø', createdAt: after(0) })).task
    const gamma = (await there.task({ externalId: 'Split-1', createdAt: after(3) })).task
    const find = async (
      filter: TaskFilter,
      slice: { limit?: number; after?: NewestKey } = {},
    ): Promise<string[]> =>
      (await here.stores.tasks.list(filter, { limit: 50, ...slice })).map(({ taskId }) => taskId)
    const in2 = { projectIds: [own, foreign], q: 'split' }
    expect(await find(in2)).toEqual([gamma, beta, alpha].map(idOf))
    expect(await find({ ...in2, order: 'asc' })).toEqual([alpha, beta, gamma].map(idOf))
    const behind = { after: { createdAt: beta.createdAt, id: beta.taskId } }
    expect(await find({ ...in2, order: 'asc' }, behind)).toEqual([gamma.taskId])
    expect(await find(in2, { limit: 1, ...behind })).toEqual([alpha.taskId])
    expect(await find({ projectIds: [] })).toEqual([])
    expect(await find({ q: gamma.taskId.slice(-12).toUpperCase() })).toEqual([gamma.taskId])
    const own1 = (filter: Omit<TaskFilter, 'projectId'>) => find({ projectId: own, ...filter })
    expect(await own1({ q: '0%' })).toEqual([alpha.taskId])
    expect(await own1({ q: 't_2' })).toEqual([beta.taskId])
    expect(await own1({ q: '\\' })).toEqual([])
    expect(await own1({ q: 'ÆRø' })).toEqual([island.taskId])
    expect(await own1({ q: 'ærø' })).toEqual([])
    expect(await own1({ skill: 'nb' })).toEqual([beta.taskId])
    expect(await own1({ skill: 'n' })).toEqual([])
    expect(await own1({ holder: ann })).toEqual([held.taskId])
    expect(await own1({ holder: newId() })).toEqual([])
    expect(await own1({ from: after(2), to: after(3), q: 'split' })).toEqual([beta.taskId])
    expect(await own1({ taskIds: [gamma.taskId, alpha.taskId] })).toEqual([alpha.taskId])
    expect(await own1({ flagged: false, externalId: 'sPLIT_2', status: ['open'], q: 'split' })).toEqual([
      beta.taskId,
    ])
    await here.change(held.taskId, (work) => ended(work, ann, 'expired'))
    expect(await own1({ holder: ann })).toEqual([])
  })

  it('gives open tasks at people steps with what their rules are asked of, and no others', async () => {
    const here = await open([aStep('annotate'), { ...aStep('review'), stepType: 'review' }])
    const { projectId } = here.project
    const ann = newId<'UserId'>()
    const { task } = await here.task({ requiredSkills: [SKILL], createdAt: after(4), stepOpenedAt: after(5) })
    await here.task({ status: 'completed', currentStepId: null, createdAt: after(3) })
    const claimed = await here.claim(ann)
    const rows = (status: string) => [{ userId: ann, stepId: 'annotate', status, isFlagged: false }]
    const standing = (filter: TaskFilter = { projectId }) =>
      here.stores.overviews.listStanding(filter, { limit: 9 })
    const [seen, ...others] = await standing()
    expect(others).toEqual([])
    expect(seen).toMatchObject({
      taskId: task.taskId,
      projectId,
      workflowId: here.workflow.workflowId,
      stepId: 'annotate',
      stepType: 'annotation',
      requirements: [{ anyOf: ['da', 'nb'], minLevel: 2 }],
      createdAt: after(4),
      openedAt: after(5),
      rows: rows('assigned'),
    })
    expect(seen?.slots.filter(({ state }) => state === 'held')).toHaveLength(1)
    expect(claimed?.task.taskId).toBe(task.taskId)
    const rest = { state: 'cooling', assignmentId: null, wakeAt: after(60) } as const
    await here.change(task.taskId, (work) => ended(work, ann, 'rejected', rest))
    const [later] = await standing()
    expect(later?.rows).toEqual(rows('rejected'))
    expect(later?.slots.find(({ state }) => state === 'cooling')?.wakeAt).toEqual(after(60))
    expect(await standing({ projectId, skill: 'xx' })).toEqual([])
    const past = { createdAt: task.createdAt, id: task.taskId }
    expect(await here.stores.overviews.listStanding({ projectId }, { limit: 9, after: past })).toEqual([])
    const keys = await here.stores.overviews.listKeys({ projectId }, { limit: 9 })
    expect(keys.map(({ createdAt }) => createdAt)).toEqual([after(4), after(3)])
    const alive = { projectId, status: ['open'] } as const
    expect(await here.stores.overviews.listKeys(alive, { limit: 1 })).toEqual([
      { taskId: task.taskId, createdAt: after(4) },
    ])
  })

  it('lists the controls that somebody holds, or was given and handed in or declined', async () => {
    const here = world()
    const { projectId } = here.project
    const [ann, ben] = [newId<'UserId'>(), newId<'UserId'>()]
    const given = async (
      of: UserId,
      returns: number,
      row: Partial<Assignment> & Pick<Assignment, 'status'>,
    ): Promise<AssignmentId> => {
      const work = here.work({ returns, ...(returns < 0 && { currentStepId: null }) })
      const one = anAssignment(work, here.workflow, of, { stepId: 'annotate', ...row })
      await here.keep(withAssignment(work, one))
      return one.assignmentId
    }
    const held = await given(ann, -1, { status: 'in_progress', assignedAt: after(1) })
    const done = await given(ann, -1, { status: 'submitted', assignedAt: after(4) })
    const declined = await given(ann, -1, { status: 'rejected', assignedAt: after(3) })
    await given(ann, -1, { status: 'submitted', assignedAt: after(1) })
    await given(ann, -1, { status: 'expired', assignedAt: after(4) })
    await given(ann, 0, { status: 'submitted', assignedAt: after(4) })
    await given(ben, -1, { status: 'submitted', assignedAt: after(4) })
    const of = (limit: number, project = projectId) =>
      here.stores.overviews.listControlsOf(ann, project, after(2), limit)
    expect(await of(9)).toEqual([
      { assignmentId: done, assignedAt: after(4), status: 'submitted' },
      { assignmentId: declined, assignedAt: after(3), status: 'rejected' },
      { assignmentId: held, assignedAt: after(1), status: 'in_progress' },
    ])
    expect(await of(1)).toHaveLength(1)
    expect(await of(9, newId())).toEqual([])
  })

  it('counts tasks by status and step', async () => {
    const here = await open([aStep('annotate'), { ...aStep('review'), stepType: 'review' }])
    const { projectId } = here.project
    await here.task({})
    await here.task({ externalId: 'x' })
    await here.task({ currentStepId: 'review' })
    await here.task({ status: 'cancelled', currentStepId: null })
    const count = async (filter: TaskFilter) =>
      (await here.stores.overviews.countTasks(filter))
        .map(({ status, stepId, count: of }) => `${status} ${stepId} ${of}`)
        .toSorted()
    expect(await count({ projectId })).toEqual(['cancelled null 1', 'open annotate 2', 'open review 1'])
    expect(
      await count({ projectIds: [projectId, newId<'ProjectId'>()], q: 'X', status: ['open'] }),
    ).toContain('open annotate 1')
    expect(await count({ projectId: newId() })).toEqual([])
  })
}

const idOf = ({ taskId }: Task): string => taskId
