import { ANNOTATE, openEngine } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { TaskId } from '../ids.ts'
import { jobType } from '../jobs/job.ts'
import type { Operation } from '../operations/operation.ts'
import { operationWorker } from '../operations/operations.ts'
import type { TaskBulk } from './assignments.ts'
import { moveTasksWith } from './task-bulk.ts'
import { taskUseCases } from './tasks.ts'

const SILENT = { debug() {}, info() {}, warn() {}, error() {} }

async function open(options: Parameters<typeof openEngine>[0] = {}) {
  const world = await openEngine({ config: { maxConcurrentPerUser: 99 }, ...options })
  const boss = await world.person('Boss', { role: 'manager' })
  const { projectId } = world
  const calls: string[] = []
  const move = moveTasksWith(world.deps)
  const deps = {
    ...world.deps,
    broadcast: { publish: async () => {}, subscribe: async () => async () => {} },
    logger: SILENT,
    movers: {
      tasks: async (stores: object, operation: Operation, ids: never, now: Date) => {
        if (opened.fail(operation.operationId)) throw new Error('This part fails')
        return move(recording(stores, calls), operation, ids, now)
      },
    },
  } as never
  const work = operationWorker(deps)
  const opened = {
    ...world,
    fail: (_operationId: string): boolean => false,
    work,
    calls,
    boss: world.by(boss),
    bulk: (wish: Partial<TaskBulk>) =>
      world.tasks.bulk({ action: 'cancel', filter: { projectId }, expect: 0, ...wish }, world.by(boss)),
    workOff: async () => {
      while ((await work()) > 0);
    },
    ended: async (operationId: string) => world.stores.operations.find(operationId as never),
  }
  return opened
}

const RECORDED = new Set(['jobs', 'jobSearch', 'escalations', 'tasks'])

/** These stores, which note what is called of those that lock jobs, runs and tasks. */
function recording<Stores>(stores: object, calls: string[]): Stores {
  const noted = (name: string, store: object) =>
    new Proxy(store, {
      get(target, key) {
        const method = Reflect.get(target, key) as (...args: unknown[]) => unknown
        return (...args: unknown[]) => {
          calls.push(`${name}.${String(key)}`)
          return method.apply(target, args)
        }
      },
    })
  return new Proxy(stores, {
    get(target, key) {
      const store = Reflect.get(target, key) as object
      return RECORDED.has(String(key)) ? noted(String(key), store) : store
    },
  }) as Stores
}

describe('a bulk of tasks', () => {
  it('lets submissions through whose moment came before it, and makes a draft of one that still waits', async () => {
    const world = await open()
    const [ann, bea] = [await world.person('Ann'), await world.person('Bea')]
    const { projectId } = world
    await world.addTasks({}, {})
    const handIn = async (userId: typeof ann, undoSeconds: number) => {
      const { assignmentId } = await world.claimAndStart(userId)
      await world.engine.submit({ assignmentId, by: world.by(userId), result: { label: 'nl' }, undoSeconds })
      return assignmentId
    }
    const [due, waiting] = [await handIn(ann, 5), await handIn(bea, 30)]
    await world.clock.advance(10_000)
    const { operationId } = await world.bulk({ filter: { projectId }, expect: 2 })
    await world.workOff()
    expect(await world.engine.get(due)).toMatchObject({ status: 'submitted', result: { label: 'nl' } })
    expect(await world.engine.get(waiting)).toMatchObject({ status: 'expired', draft: { label: 'nl' } })
    expect(await world.ended(operationId)).toMatchObject({ state: 'done', done: 2 })
  })

  it('cancels all open ones that match when it began, and tells holders what they lose', async () => {
    const world = await open()
    const ann = await world.person('Ann')
    const tasks = await world.addTasks({}, {}, {}, { externalId: 'kept' })
    const held = await world.claim(ann)
    const [, , , kept] = tasks
    const first = tasks.slice(0, 3).map(({ taskId }) => taskId)
    const { projectId } = world
    const { operationId, count } = await world.bulk({ filter: { projectId, taskIds: first }, expect: 3 })
    expect(count).toBe(3)
    await world.task()
    await world.tasks.cancel(first[1] as never)
    await world.workOff()
    expect(await world.ended(operationId)).toMatchObject({
      state: 'done',
      done: 2,
      skipped: { cancelled: 1 },
      createdBy: world.boss.userId,
    })
    expect((await world.tasks.counts(projectId)).byStatus).toEqual({ open: 2, completed: 0, cancelled: 3 })
    expect(await world.tasks.get(kept?.taskId as never)).toMatchObject({ status: 'open' })
    const facts = await world.facts()
    expect(facts.filter(({ type }) => type === 'task_unavailable')).toHaveLength(1)
    expect(facts.at(-1)).toMatchObject({ type: 'operation_done', data: { done: 2, action: 'cancel' } })
    const { items } = await world.tasks.history(held.taskId, world.boss, {})
    expect(items.at(-1)).toMatchObject({ kind: 'status', to: 'cancelled', by: world.boss.userId })
  })

  it('cancels the jobs of all tasks in one go, in the order of locks, before it writes a task', async () => {
    const check = jobType({ name: 'check:text', payload: z.json(), handler: () => null })
    const steps = [{ stepId: 'check', stepType: 'automatic', jobType: 'check:text' } as const, ANNOTATE]
    const world = await open({ steps, jobTypes: [check] })
    await world.addTasks(...Array.from({ length: 120 }, () => ({})))
    await world.bulk({ expect: 120 })
    await world.workOff()
    const part = (tasks: number) => [
      'tasks.lockWorks',
      'jobs.lockMany',
      'escalations.endTasks',
      'jobSearch.moveMany',
      ...Array.from({ length: tasks }, () => ['tasks.saveWorks', 'escalations.hasTask']).flat(),
    ]
    expect(world.calls).toEqual([...part(100), ...part(20)])
    expect((await world.stores.jobs.countByType(world.projectId)).get('check:text')).toMatchObject({
      pending: 0,
      cancelled: 120,
    })
    const removed = (await world.facts()).filter(({ type }) => type === 'queue_item_removed')
    expect(new Set(removed.map(({ data }) => (data as { itemId: string }).itemId)).size).toBe(120)
  })

  it('goes on with the others if a part of one keeps failing', async () => {
    const world = await open()
    const [one, ...others] = await world.addTasks({}, {}, {})
    const bulkOf = async (...tasks: { taskId: TaskId }[]) => {
      const taskIds = tasks.map(({ taskId }) => taskId)
      const filter = { projectId: world.projectId, taskIds }
      return (await world.bulk({ filter, expect: taskIds.length })).operationId
    }
    const failing = await bulkOf(...(one ? [one] : []))
    const other = await bulkOf(...others)
    world.fail = (operationId) => operationId === failing
    await expect(world.work()).rejects.toThrow('This part fails')
    expect(await world.work()).toBe(2)
    expect(await world.ended(other)).toMatchObject({ state: 'done', done: 2 })
    await expect(world.work()).rejects.toThrow('This part fails')
    world.fail = () => false
    expect(await world.work()).toBe(1)
    expect(await world.ended(failing)).toMatchObject({ state: 'done', done: 1 })
  })

  it('sets a priority for those that wait for a reason, in one fact', async () => {
    const world = await open()
    await world.person('Ann')
    await world.addTasks({}, { requiredSkills: [{ anyOf: ['da'], minLevel: 1 }] }, {})
    const { projectId } = world
    const request = { action: 'priority', filter: { projectId, waits: 'missingSkill' }, priority: 5 } as const
    expect(await world.tasks.bulkCount(request, world.boss)).toBe(1)
    await world.bulk({ ...request, expect: 1 })
    await world.workOff()
    const { items } = await world.tasks.list(projectId, {}, {})
    expect(items.filter(({ priority }) => priority === 5)).toMatchObject([{ mainReason: 'missingSkill' }])
    expect((await world.facts()).filter(({ type }) => type === 'task_updated')).toEqual([])
  })

  it.each([
    ['takes longer than 10 s to find', 11_000, 1, /needs more than 10 s to find its tasks: narrow it/],
    ['is more than a million', 0, 1_001, /matches more than 1000000 tasks: narrow it/],
  ])('is refused at the filter, counted or begun, if what matches %s', async (_, ms, parts, message) => {
    const world = await open()
    const { projectId, clock } = world
    const key = { taskId: (await world.task()).taskId, createdAt: clock.now() }
    const part = Array.from({ length: 1_000 }, () => key)
    let left = 0
    const listKeys = async (): Promise<typeof part> => {
      await clock.advance(ms)
      left--
      return left < 0 ? [] : part
    }
    const wide = <Stores extends object>(stores: Stores): Stores =>
      new Proxy(stores, {
        get: (target, name) => (name === 'overviews' ? { listKeys } : Reflect.get(target, name)),
      })
    const transactions: typeof world.transactions = Object.assign(Object.create(world.transactions), {
      stores: wide(world.stores),
      transaction: (work: (stores: typeof world.stores) => Promise<unknown>) =>
        world.transactions.transaction((stores) => work(wide(stores))),
    })
    const tasks = taskUseCases({ ...world.deps, transactions })
    const request = { action: 'cancel', filter: { projectId } } as const
    const refusal = { issues: [{ path: 'filter', message: expect.stringMatching(message) }] }
    left = parts
    await expect(tasks.bulkCount(request, world.boss)).rejects.toMatchObject(refusal)
    left = parts
    await expect(tasks.bulk({ ...request, expect: 1 }, world.boss)).rejects.toMatchObject(refusal)
    expect(await world.stores.operations.countRunning(projectId)).toBe(0)
  })

  it('does not begin if more match than were seen, or the caller may not', async () => {
    const world = await open()
    await world.addTasks(...Array.from({ length: 12 }, () => ({})))
    await expect(world.bulk({ expect: 1 })).rejects.toMatchObject({ code: 'changed' })
    await expect(world.bulk({ expect: undefined })).rejects.toMatchObject({ issues: [{ path: 'expect' }] })
    const stranger = { ...world.boss, memberships: new Set<never>() }
    const { projectId } = world
    await expect(
      world.tasks.bulk({ action: 'cancel', filter: { projectId }, expect: 12 }, stranger),
    ).rejects.toMatchObject({ code: 'not_found' })
    await expect(world.bulk({ action: 'priority', expect: 12 })).rejects.toMatchObject({
      issues: [{ path: 'priority' }],
    })
    const nobodys = await world.tasks.bulk({ action: 'cancel', filter: {}, expect: 0 }, stranger)
    expect(nobodys).toMatchObject({ count: 0, state: 'done' })
    expect((await world.tasks.counts(projectId)).byStatus.open).toBe(12)
  })
})
