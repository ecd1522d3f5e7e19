import { createMuster, silentLogger } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it, onTestFinished, vi } from 'vitest'
import { pgModule } from '../pg-module.ts'
import { asking, workUntilDeath } from './asks-killed.test.support.ts'

vi.setConfig({ testTimeout: 300_000 })

it('makes one task of a question, wherever the process is killed that puts it, and loses no answer', async () => {
  const connectionString = await freshDatabase()
  const muster = await createMuster({
    jobTypes: [asking],
    modules: [pgModule({ connectionString, poolSize: 4 })],
    logger: silentLogger,
  })
  onTestFinished(() => muster.close())
  const steps = [{ stepId: 'annotate', stepType: 'annotation' as const }]
  const { workflowId } = await muster.workflows.add({ name: 'Ways', steps })
  const { projectId } = await muster.projects.add({ name: 'Claims', workflowId })
  const person = await muster.people.add({ displayName: 'Ann' })
  await muster.projects.addMember(projectId, person.userId)
  const { jobId } = await muster.queue.add(projectId, asking, 'Is it so?')
  const tasks = async () => (await muster.tasks.list(projectId, {}, {})).items
  const job = () => muster.queue.get(projectId, jobId)
  await muster.schedule()

  for (const death of ['before', 'amid'] as const) {
    expect(await workUntilDeath(connectionString, death)).toBe('SIGKILL')
    expect(await tasks()).toEqual([])
    // It held the job with its lease: somebody has to find it dead.
    await vi.waitFor(async () => expect((await job()).state).toBe('pending'))
  }
  expect(await workUntilDeath(connectionString, 'behind')).toBe('SIGKILL')
  expect(await job()).toMatchObject({ state: 'active', asleep: true, attempt: 1, maxAttempts: 4 })
  const [task, ...others] = await tasks()
  if (task === undefined) throw new Error('There is no task')
  expect(others).toEqual([])

  const by = { userId: person.userId, role: person.role, memberships: new Set([projectId]) }
  const { assignmentId } = await muster.assignments.assign({ taskId: task.taskId, userId: person.userId })
  await muster.assignments.start({ assignmentId, by })
  await muster.assignments.submit({ assignmentId, by, result: { so: true } })
  await muster.work()
  await vi.waitFor(async () => expect((await job()).state).toBe('completed'))
  expect(await job()).toMatchObject({ asleep: false, attempt: 2, result: { so: true } })
  expect(await tasks()).toHaveLength(1)
})
