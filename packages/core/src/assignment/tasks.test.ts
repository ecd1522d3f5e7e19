import { ADJUDICATE, ANNOTATE, type Engine, openEngine, REVIEW } from '@muster/testing/worlds'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { JobId, WorkerId } from '../ids.ts'
import { jobType } from '../jobs/job.ts'

const CHECK = { stepId: 'check', stepType: 'automatic', jobType: 'check:text' } as const
const checkText = jobType({
  name: 'check:text',
  payload: z.object({ text: z.string() }),
  handler: ({ payload }) => payload.text.length,
})

/** Does the job of a task's automatic step as a worker would. */
async function doJob(
  { stores, clock }: Engine,
  jobId: JobId | null,
  outcome: 'completed' | 'failed',
): Promise<void> {
  if (jobId === null) throw new Error('The task has no job')
  const workerId = '01900000-0000-7000-8000-ffffffffffff' as WorkerId
  const now = clock.now()
  await stores.workers.openWorker({ workerId, leaseUntil: new Date(now.getTime() + 60_000), now })
  const { jobs } = await stores.workers.take({ limit: 10, types: ['check:text'], workerId, now })
  const [job] = jobs
  if (job?.jobId !== jobId) throw new Error('The job was not next')
  const { start } = job
  await stores.workers.settle({
    outcomes: [
      outcome === 'completed'
        ? { kind: 'completed', jobId, start, result: 5 }
        : { kind: 'failed', jobId, start, error: { code: 'boom', message: 'Boom', retryable: false } },
    ],
    workerId,
    now,
  })
}

describe('adding tasks', () => {
  it('keeps them in order, all in one fact for the managers', async () => {
    const world = await openEngine()
    const tasks = await world.addTasks(
      { priority: 3, externalId: 'a' },
      { requiredSkills: [{ anyOf: ['nl'] }] },
    )
    expect(tasks).toMatchObject([
      { priority: 3, externalId: 'a', version: 1, status: 'open', currentStepId: 'annotate', gold: null },
      {
        priority: 0,
        externalId: null,
        requiredSkills: [{ anyOf: ['nl'], minLevel: 1, dropAfterMinutes: null }],
      },
    ])
    const taskIds = tasks.map(({ taskId }) => taskId)
    expect([...taskIds].sort()).toEqual(taskIds)
    expect(await world.facts()).toMatchObject([
      { type: 'task_added', audience: 'managers', data: { taskIds, count: 2 } },
    ])
  })

  it('names at most a hundred of them', async () => {
    const world = await openEngine()
    await world.addTasks(...Array.from({ length: 101 }, () => ({})))
    const [added] = await world.facts()
    expect(added?.data).toMatchObject({ count: 101 })
    expect(added).toHaveProperty('data.taskIds.length', 100)
  })

  it('keeps none when an externalId is taken', async () => {
    const world = await openEngine()
    await world.task({ externalId: 'a' })
    await expect(world.addTasks({ externalId: 'b' }, { externalId: 'a' })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The externalId a is taken in the project',
      details: { errors: [{ path: 'tasks[1].externalId', message: 'is taken in the project: a' }] },
    })
    await expect(world.addTasks({ externalId: 'c' }, { externalId: 'c' })).rejects.toMatchObject({
      issues: [{ path: 'tasks[1].externalId' }],
    })
    expect((await world.tasks.list(world.projectId, {}, {})).items).toHaveLength(1)
  })

  it('adds only what is missing if asked so, says what was there, and adds nothing when repeated', async () => {
    const world = await openEngine()
    const a = await world.task({ externalId: 'a', payload: 2, gold: 'x' })
    const given = [{ payload: 1 }, { payload: 2, externalId: 'a' }, { payload: 3, externalId: 'b' }]
    const first = await world.tasks.addMissing(world.projectId, given)
    expect(first.added.map(({ payload, externalId }) => [payload, externalId])).toEqual([
      [1, null],
      [3, 'b'],
    ])
    expect(first.existing).toEqual([{ index: 1, externalId: 'a', taskId: a.taskId, differs: true }])
    const [, b] = first.added
    const again = await world.tasks.addMissing(world.projectId, given.slice(1))
    expect(again).toEqual({
      added: [],
      existing: [
        { index: 0, externalId: 'a', taskId: a.taskId, differs: true },
        { index: 1, externalId: 'b', taskId: b?.taskId, differs: false },
      ],
    })
    expect((await world.facts()).filter(({ type }) => type === 'task_added')).toHaveLength(2)
  })

  it('adds each task once when several calls add the same ones at once', async () => {
    const world = await openEngine()
    const given = Array.from({ length: 20 }, (_, index) => ({ payload: index, externalId: `${index}` }))
    const calls = await Promise.all([
      world.tasks.addMissing(world.projectId, given),
      world.tasks.addMissing(world.projectId, given.toReversed()),
      world.tasks.addMissing(world.projectId, given.slice(5)),
    ])
    expect(calls.flatMap(({ added }) => added)).toHaveLength(20)
    expect(calls.map(({ added, existing }) => added.length + existing.length)).toEqual([20, 20, 15])
  })

  it('needs a workflow', async () => {
    const world = await openEngine()
    const bare = await world.projects.add({ name: 'Bare' })
    await expect(world.tasks.add(bare.projectId, [{ payload: 1 }])).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})

describe('changing tasks', () => {
  it('re-prioritises at once, with the version as a guard', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const [, second] = await world.addTasks({}, {})
    if (!second) throw new Error('two tasks were added')
    expect(await world.tasks.setPriority(second.taskId, 9, 1)).toMatchObject({ priority: 9, version: 2 })
    await expect(world.tasks.setPriority(second.taskId, 1, 1)).rejects.toMatchObject({
      code: 'version_conflict',
    })
    expect(await world.tasks.setPriority(second.taskId, 9)).toMatchObject({ version: 2 })
    expect(await world.claim(ann)).toMatchObject({ taskId: second.taskId })
    expect((await world.factsOf(second.taskId)).at(0)).toMatchObject({
      type: 'task_updated',
      audience: 'managers',
      data: { status: 'open', priority: 9 },
    })
  })

  it('cancels with every hold on it, once', async () => {
    const world = await openEngine()
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    const { assignmentId } = await world.claim(ann)
    expect(await world.tasks.cancel(taskId)).toMatchObject({
      status: 'cancelled',
      version: 2,
      currentStepId: null,
    })
    expect(await world.engine.get(assignmentId)).toMatchObject({
      status: 'expired',
      endReason: 'task_cancelled',
    })
    expect((await world.factsOf(taskId)).at(-1)).toMatchObject({
      type: 'task_unavailable',
      affectedUserIds: [ann.userId],
      data: { reason: 'task_cancelled' },
    })
    expect(await world.tasks.cancel(taskId)).toMatchObject({ status: 'cancelled', version: 2 })
    expect(await world.engine.claimNext({ userId: ann.userId })).toMatchObject({ open: 0 })
    await expect(world.tasks.setPriority(taskId, 1)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('says that it was cancelled to the managers if nobody held it', async () => {
    const world = await openEngine()
    const { taskId } = await world.task()
    await world.tasks.cancel(taskId)
    expect(await world.factsOf(taskId)).toMatchObject([
      { type: 'task_updated', data: { status: 'cancelled' } },
    ])
  })

  it('refuses to cancel what is completed', async () => {
    const world = await openEngine({ steps: [ANNOTATE] })
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl' })
    await expect(world.tasks.cancel(taskId)).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('the way of a task', () => {
  const steps = [
    { ...ANNOTATE, assignmentsRequired: 2 },
    { ...ADJUDICATE, when: 'disagreement' as const },
  ]

  it('goes on to adjudication when people disagree', async () => {
    const world = await openEngine({ steps })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    await world.task()
    await world.does(ann, { label: 'nl' })
    await world.does(ben, { label: 'af' })
    expect(await world.does(cem, { label: 'af' })).toMatchObject({ stepType: 'adjudication' })
    expect(await world.results()).toMatchObject([{ outcome: { label: 'af' } }])
  })

  it('settles on what was adjudicated, whatever is annotated later', async () => {
    const transcribe = { stepId: 'transcribe', stepType: 'annotation' as const }
    const world = await openEngine({ steps: [...steps, transcribe] })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    await world.task()
    await world.does(ann, { label: 'nl' })
    await world.does(ben, { label: 'af' })
    await world.does(cem, { label: 'af' })
    await world.does(ann, { text: 'Goeie dag' })
    expect(await world.results()).toMatchObject([{ outcome: { label: 'af' } }])
  })

  it('skips it when they agree on the label', async () => {
    const world = await openEngine({ steps })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const { taskId } = await world.task()
    await world.does(ann, { label: 'nl', sure: true })
    await world.does(ben, { label: 'nl', sure: false })
    expect(await world.tasks.get(taskId)).toMatchObject({ status: 'completed' })
    expect(await world.results()).toMatchObject([{ outcome: { label: 'nl', sure: true } }])
  })

  it('compares what the step says counts as the same answer, and lets the rest differ', async () => {
    const comparing = steps.map((step) => ({ ...step, agreeOn: '/category' }))
    const world = await openEngine({ steps: comparing })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const { taskId } = await world.task({ gold: { category: 'x', source: 'udhr' } })
    await world.does(ann, { category: 'x', note: '1' })
    await world.does(ben, { category: 'x', note: '2' })
    expect(await world.tasks.get(taskId)).toMatchObject({ status: 'completed' })
    expect(await world.results()).toMatchObject([{ outcome: { category: 'x', note: '1' } }])
    expect(await world.people.qualityOf(ben.userId)).toMatchObject([{ score: 0.6, samples: 1 }])
  })

  it('measures people by the known answer', async () => {
    const world = await openEngine({ steps })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    await world.task({ gold: { label: 'nl', source: 'udhr' } })
    await world.does(ann, { label: 'nl' })
    await world.does(ben, { label: 'af' })
    expect(await world.people.qualityOf(ann.userId)).toMatchObject([
      { stepType: 'annotation', score: 0.6, samples: 1 },
    ])
    expect(await world.people.qualityOf(ben.userId)).toMatchObject([{ score: 0.4, samples: 1 }])
  })

  it('lets a machine do an automatic step in the same flow', async () => {
    const world = await openEngine({ steps: [ANNOTATE, CHECK, REVIEW], jobTypes: [checkText] })
    const [ann, ben] = [await world.person('Ann'), await world.person('Ben')]
    const { taskId } = await world.task({ payload: { text: 'Dag' }, priority: 2 })
    await world.does(ann, { label: 'nl' })
    const { currentStepId, jobId } = await world.tasks.get(taskId)
    expect(currentStepId).toBe('check')
    expect(await world.stores.jobs.find(jobId as JobId)).toMatchObject({
      taskId,
      type: 'check:text',
      payload: { text: 'Dag' },
      priority: 7,
    })
    expect((await world.facts()).at(-1)).toMatchObject({ type: 'queue_item_added', data: { itemId: jobId } })
    expect(await world.engine.claimNext({ userId: ben.userId })).toMatchObject({ open: 0 })
    await doJob(world, jobId, 'completed')
    await world.engine.expireDue()
    expect(await world.claim(ben)).toMatchObject({ stepId: 'review' })
  })

  it('stays at an automatic step whose job failed', async () => {
    const world = await openEngine({ steps: [CHECK, ANNOTATE], jobTypes: [checkText] })
    const { taskId, jobId } = await world.task()
    await doJob(world, jobId, 'failed')
    await world.engine.expireDue()
    expect(await world.tasks.get(taskId)).toMatchObject({ status: 'open', currentStepId: 'check' })
  })

  it('refuses a payload that its automatic step could not take', async () => {
    const world = await openEngine({ steps: [ANNOTATE, CHECK], jobTypes: [checkText] })
    await expect(world.addTasks({}, { payload: { words: 3 } })).rejects.toMatchObject({
      code: 'job_validation_failed',
      issues: [{ path: 'tasks[1].payload.text' }],
    })
  })

  it('takes the job of a cancelled task out of the queue', async () => {
    const world = await openEngine({ steps: [CHECK, ANNOTATE], jobTypes: [checkText] })
    const { taskId, jobId } = await world.task()
    await world.tasks.cancel(taskId)
    expect(await world.stores.jobs.find(jobId as JobId)).toMatchObject({ state: 'cancelled' })
    expect((await world.facts()).at(-1)).toMatchObject({
      type: 'queue_item_removed',
      data: { itemId: jobId },
    })
  })
})

describe('what may be seen of a task', () => {
  async function annotatedTwice() {
    const world = await openEngine({ steps: [{ ...ANNOTATE, assignmentsRequired: 2 }, REVIEW] })
    const [ann, ben, cem] = [await world.person('Ann'), await world.person('Ben'), await world.person('Cem')]
    const max = await world.person('Max', { role: 'manager' })
    const { taskId } = await world.task({ gold: { label: 'nl' } })
    await world.does(ann, { label: 'nl' })
    return { world, ann, ben, cem, max, taskId }
  }

  it('is for an annotator their own row alone', async () => {
    const { world, ann, ben, taskId } = await annotatedTwice()
    const own = await world.claim(ben)
    const view = await world.tasks.view(taskId, world.by(ben))
    expect(view.assignments).toEqual([own])
    expect(view.task.gold).toBeNull()
    const [other] = (await world.tasks.view(taskId, world.by(ann))).assignments
    if (other === undefined) throw new Error('Ann has a row')
    await expect(world.engine.view(other.assignmentId, world.by(ben))).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('is a hold that has ended as ended, and a slot that has rested as rested, at that very moment', async () => {
    const world = await openEngine({ config: { leaseMinutes: 5, cooldownMinutes: 1 } })
    const ann = await world.person('Ann')
    const { taskId } = await world.task()
    const { assignmentId } = await world.claim(ann)
    await world.minutes(5)
    expect(await world.engine.view(assignmentId, world.by(ann))).toMatchObject({
      status: 'expired',
      expiresAt: null,
    })
    await world.minutes(1)
    expect(await world.tasks.view(taskId, world.by(ann))).toMatchObject({
      task: { cooldownUntil: null },
      assignments: [{ status: 'expired' }],
    })
  })

  it('is nothing for who has no row, and unknown to strangers', async () => {
    const { world, cem, taskId } = await annotatedTwice()
    await expect(world.tasks.view(taskId, world.by(cem))).rejects.toMatchObject({ code: 'forbidden' })
    const stranger = { ...world.by(cem), memberships: new Set<never>() }
    await expect(world.tasks.view(taskId, stranger)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is for a reviewer also what was submitted before, without names', async () => {
    const { world, ben, cem, taskId } = await annotatedTwice()
    await world.does(ben, { label: 'af' })
    const own = await world.claim(cem)
    const { assignments } = await world.tasks.view(taskId, world.by(cem))
    expect(assignments).toMatchObject([
      { stepId: 'annotate', userId: null, result: { label: 'nl' } },
      { stepId: 'annotate', userId: null, result: { label: 'af' } },
      { assignmentId: own.assignmentId, userId: cem.userId },
    ])
  })

  it('is for a manager everything that is submitted, the known answer and drafts', async () => {
    const { world, ann, ben, max, taskId } = await annotatedTwice()
    await world.claimAndStart(ben)
    const { task, assignments } = await world.tasks.view(taskId, world.by(max))
    expect(task.gold).toEqual({ label: 'nl' })
    expect(assignments).toMatchObject([
      { userId: ann.userId, result: { label: 'nl' } },
      { userId: ben.userId, result: null },
    ])
  })
})
