import { freshDatabase } from '@muster/test-services/vitest'
import { aProject, aStep, aTaskWork, aWorkflow, SequentialIds, VirtualClock } from '@muster/testing'
import { Client } from 'pg'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openPg } from '../connection/open-pg.ts'

const WAITING =
  "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

it('lets those who add the same external ids in orders of their own wait in line, never in a circle', async () => {
  const connectionString = await freshDatabase()
  const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
  const persistence = await openPg({ connectionString }, ports)
  onTestFinished(() => persistence.close())
  const observer = new Client({ connectionString })
  await observer.connect()
  onTestFinished(() => observer.end())
  const workflow = aWorkflow([aStep('label')])
  const { projectId } = aProject({ workflowId: workflow.workflowId })
  await persistence.stores.workflows.add(workflow)
  await persistence.stores.projects.add(aProject({ projectId, workflowId: workflow.workflowId }))
  const added = (...externalIds: readonly string[]) =>
    externalIds.map((externalId) => aTaskWork({ projectId, workflow }, { externalId }))
  // The shelf that all of them stand on is there, so nobody waits for that.
  await persistence.stores.tasks.add(added('other'))

  for (const [below, between, above] of [
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ] as const) {
    const held = Promise.withResolvers<void>()
    const holds = Promise.withResolvers<void>()
    const first = persistence.transaction(async ({ tasks }) => {
      await tasks.add(added(between))
      holds.resolve()
      await held.promise
    })
    await holds.promise
    const given = above === 'c' ? [above, between, below] : [below, between, above]
    const second = persistence.stores.tasks.add(added(...given)).catch((error: unknown) => error)
    await expect.poll(async () => (await observer.query(WAITING)).rowCount).toBe(1)
    // The one that waits has not taken what comes later, wherever that stands in its list.
    await persistence.stores.tasks.add(added(above))
    held.resolve()
    await first
    expect(await second).toMatchObject({ code: 'conflict' })
  }
})

it('adds tasks with their slots by one statement where there is a shelf for each', async () => {
  const connectionString = await freshDatabase()
  const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
  const persistence = await openPg({ connectionString }, ports)
  onTestFinished(() => persistence.close())
  const workflow = aWorkflow([aStep('label')])
  const { projectId } = aProject({ workflowId: workflow.workflowId })
  await persistence.stores.workflows.add(workflow)
  await persistence.stores.projects.add(aProject({ projectId, workflowId: workflow.workflowId }))
  const statementsOf = async (...priorities: readonly number[]): Promise<number> => {
    const works = priorities.map((priority) => aTaskWork({ projectId, workflow }, { priority }))
    const statements = await persistence.transaction(async ({ tasks }) => {
      const spy = vi.spyOn(Client.prototype, 'query')
      await tasks.add(works)
      const { length } = spy.mock.calls
      spy.mockRestore()
      return length
    })
    for (const { task, slots } of works)
      expect(await persistence.stores.tasks.findWork(task.taskId)).toEqual({ task, slots, assignments: [] })
    return statements
  }
  expect(await statementsOf(1, 2)).toBe(3)
  expect(await statementsOf(2, 1, 2)).toBe(1)
  // One shelf is new: all are added, and stand on theirs.
  expect(await statementsOf(1, 3)).toBe(3)
})
