import { ANNOTATE, type Engine, openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { settleTask } from '../assignment/task/settled-task.ts'
import type { NewForm } from '../forms/form.ts'
import { formTemplates } from '../forms/templates.ts'
import { personalQueueUseCases } from './personal.ts'

function queueOf({ transactions, clock, deps }: Engine) {
  return personalQueueUseCases({ transactions, clock, settleTask: (taskId) => settleTask(deps, taskId) })
}

describe('a personal queue', () => {
  async function filled() {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const [low, high] = await world.addTasks({ priority: 1 }, { priority: 5 })
    await world.claim(ann)
    await world.minutes(2)
    await world.claimAndStart(ann)
    return { world, ann, low, high, queue: queueOf(world) }
  }

  it('shows what is live, by priority, with how long it has waited', async () => {
    const { ann, low, high, queue, world } = await filled()
    const { items, nextCursor } = await queue.list({ userId: ann.userId })
    expect(nextCursor).toBeNull()
    expect(items).toMatchObject([
      {
        taskId: high?.taskId,
        projectName: 'Languages',
        priority: 5,
        status: 'assigned',
        timeInQueueSeconds: 120,
        estimatedDurationMinutes: null,
      },
      { taskId: low?.taskId, priority: 1, status: 'in_progress', timeInQueueSeconds: 0 },
    ])
    expect(await queue.stats(ann.userId)).toEqual({
      totalPending: 1,
      totalInProgress: 1,
      byProject: { [world.projectId]: { projectName: 'Languages', pending: 1, inProgress: 1 } },
    })
  })

  it('shows nobody a hold that has ended, although nobody has swept', async () => {
    const { ann, low, queue, world } = await filled()
    await world.minutes(58)
    const { items } = await queue.list({ userId: ann.userId })
    expect(items.map(({ taskId }) => taskId)).toEqual([low?.taskId])
    const ended = await queue.list({ userId: ann.userId, status: ['expired'] })
    expect(ended.items).toMatchObject([{ status: 'expired', expiresAt: null }])
    expect((await queue.stats(ann.userId)).totalPending).toBe(0)
  })

  it('reads the tasks of a page at once, and each project once', async () => {
    const { ann, low, high, world } = await filled()
    const calls: string[] = []
    const noted = (name: string, store: object) =>
      new Proxy(store, {
        get: (target, key) => {
          calls.push(`${name}.${String(key)}`)
          return (Reflect.get(target, key) as () => unknown).bind(target)
        },
      })
    const { stores } = world
    const transactions = {
      stores: {
        inboxes: stores.inboxes,
        workflows: stores.workflows,
        forms: stores.forms,
        tasks: noted('tasks', stores.tasks) as typeof stores.tasks,
        projects: noted('projects', stores.projects) as typeof stores.projects,
      },
      transaction: () => Promise.reject(new Error('Reading needs none')),
    }
    const { items } = await personalQueueUseCases({ transactions, clock: world.clock }).list({
      userId: ann.userId,
      include: ['task'],
    })
    expect(items.map(({ task }) => task?.taskId)).toEqual([high?.taskId, low?.taskId])
    expect(calls).toEqual(['projects.find', 'tasks.list'])
  })

  it('filters, sorts and pages as asked', async () => {
    const { ann, low, high, queue } = await filled()
    const { userId } = ann
    const started = await queue.list({ userId, status: ['in_progress'] })
    expect(started.items.map(({ taskId }) => taskId)).toEqual([low?.taskId])
    const first = await queue.list({ userId, sort: 'age', order: 'desc', limit: 1 })
    expect(first.items.map(({ taskId }) => taskId)).toEqual([low?.taskId])
    const cursor = first.nextCursor ?? ''
    const second = await queue.list({ userId, sort: 'age', order: 'desc', limit: 1, cursor })
    expect(second.items.map(({ taskId }) => taskId)).toEqual([high?.taskId])
    await expect(queue.list({ userId, sort: 'priority', limit: 1, cursor })).rejects.toMatchObject({
      issues: [{ path: 'cursor' }],
    })
  })
})

describe('an entry of a personal queue', () => {
  it('says what was handed in, what came back with which words, and what waits', async () => {
    const world = await openEngine()
    const [ann, bob] = [await world.person('Ann'), await world.person('Bob')]
    const { taskId } = await world.task({ externalId: 'crm-7' })
    const queue = queueOf(world)
    const { userId } = ann
    const row = await world.claimAndStart(ann)
    const move = { assignmentId: row.assignmentId, by: world.by(ann) }
    await world.engine.saveDraft({ ...move, answers: { label: 'd' } })
    const entry = async (more: object = {}) => (await queue.list({ userId, ...more })).items[0]
    expect(await entry({ include: ['task'] })).toMatchObject({
      attempt: 1,
      externalId: 'crm-7',
      hasDraft: true,
      submitsAt: null,
      submittedAt: null,
      task: { taskId, payload: { text: 'Text 0' }, gold: null },
    })
    expect(await entry()).not.toHaveProperty('task')
    const since = world.clock.now()
    await world.clock.advance(40_000)
    const { submitsAt } = await world.engine.submit({ ...move, result: { label: 'nl' }, undoSeconds: 10 })
    expect(await entry()).toMatchObject({ status: 'in_progress', submitsAt, hasDraft: false })
    expect(await queue.statsSince(userId, since)).toMatchObject({
      totalInProgress: 1,
      submitted: 1,
      medianSeconds: 40,
    })
    await world.clock.advance(10_000)
    const done = await queue.list({ userId, status: ['submitted'], sort: 'submitted' })
    expect(done.items).toEqual([])
    expect((await queue.list({ userId })).items).toEqual([])
    expect(await entry({ status: ['submitted'] })).toMatchObject({
      submittedAt: new Date(since.getTime() + 40_000),
    })
    await world.does(bob, { verdict: 'return', comment: 'look again' })
    expect(await entry()).toMatchObject({ attempt: 2, returnComment: 'look again' })
  })

  it('names no task to a person whose form hides its name', async () => {
    const form = formTemplates.find(({ name }) => name === 'rubric') as NewForm
    const world = await openEngine({ steps: [{ ...ANNOTATE, form }] })
    const ann = await world.person('Ann')
    await world.task({ externalId: 'gpt-9', payload: form.example?.payload ?? null })
    await world.claim(ann)
    const { items } = await queueOf(world).list({ userId: ann.userId, include: ['task'] })
    expect(items).toMatchObject([{ externalId: null, task: { externalId: null } }])
  })
})
