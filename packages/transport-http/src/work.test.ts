import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from './api-world.test.support.ts'
import * as schemas from './schemas.ts'

let world: ApiWorld
let admin: Caller
let manager: Caller
let projectId: string

beforeEach(async () => {
  world = await openApi()
  admin = await world.as('admin')
  const workflow = await admin('POST', '/workflows', {
    name: 'label and review',
    steps: [
      {
        stepId: 'label',
        stepType: 'annotation',
        requiredSkills: [{ anyOf: ['de', 'nl'], minLevel: 2 }],
        estimatedDurationMinutes: 3,
      },
      { stepId: 'review', stepType: 'review' },
    ],
  })
  expect(workflow.status).toBe(201)
  const project = await admin('POST', '/projects', { name: 'words', workflowId: workflow.body.workflowId })
  expect(project.status).toBe(201)
  projectId = project.body.projectId
  manager = await world.as('manager', { member: [projectId] })
})
afterEach(() => world.close())

const annotator = (skills: Record<string, number> = { de: 3 }) =>
  world.as('annotator', { member: [projectId], skills })

async function addTask(extra: object = {}): Promise<string> {
  const added = await manager('POST', `/projects/${projectId}/tasks`, {
    tasks: [{ payload: { text: 'Wort' }, ...extra }],
  })
  expect(added.status).toBe(201)
  return added.body.items[0].taskId
}

describe('tasks with ids of their author', () => {
  it('are refused by path when an id is taken, skipped when asked so, and found by id', async () => {
    const taskId = await addTask({ externalId: 'w-1' })
    const path = `/projects/${projectId}/tasks`
    const tasks = [{ payload: 1 }, { payload: 2, externalId: 'w-1' }]
    const refused = await manager('POST', path, { tasks })
    expect(refused.status).toBe(409)
    expect(refused.body).toMatchObject({
      code: 'conflict',
      errors: [{ path: 'tasks[1].externalId', message: 'is taken in the project: w-1' }],
    })
    const skipped = await manager('POST', path, { tasks, onConflict: 'skip' })
    expect(skipped.status).toBe(201)
    expect(skipped.body).toMatchObject({
      items: [{ payload: 1, externalId: null }],
      existing: [{ index: 1, externalId: 'w-1', taskId, differs: true }],
    })
    const found = await manager('GET', `${path}?externalId=w-1`)
    expect(found.body.items).toMatchObject([{ taskId }])
    expect((await manager('POST', path, { tasks, onConflict: 'replace' })).body).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'onConflict' }],
    })
  })
})

describe('a task on its way', () => {
  it('is claimed, submitted, reviewed by somebody else, returned, done again and accepted', async () => {
    const [ann, rea] = [await annotator(), await annotator({})]
    const taskId = await addTask()

    const claim = await ann('POST', '/queue/next', {})
    expect(claim.status).toBe(201)
    schemas.claimed.parse(claim.body)
    expect(claim.body).toMatchObject({
      assignment: { status: 'assigned', attempt: 1, stepId: 'label' },
      task: { taskId },
    })
    const mine = `/assignments/${claim.body.assignment.assignmentId}`
    expect((await ann('POST', `${mine}/accept`)).body.status).toBe('accepted')
    expect((await ann('POST', `${mine}/start`)).body.status).toBe('in_progress')
    expect((await ann('POST', `${mine}/heartbeat`)).status).toBe(200)
    const queue = await ann('GET', '/queue')
    expect(schemas.listOf(schemas.queueEntry).parse(queue.body).items).toMatchObject([
      { taskId, projectName: 'words', status: 'in_progress', estimatedDurationMinutes: 3 },
    ])
    expect((await ann('POST', `${mine}/submit`, { result: { label: 'de' } })).body).toMatchObject({
      status: 'submitted',
      result: { label: 'de' },
    })

    expect((await ann('POST', '/queue/next', {})).body).toMatchObject({
      assignment: null,
      open: 1,
      reasons: { excludedByStep: 1 },
    })
    const review = await rea('POST', '/queue/next', { stepType: 'review' })
    expect(review.status).toBe(201)
    const reviewing = `/assignments/${review.body.assignment.assignmentId}`
    expect(await rea('POST', `${reviewing}/submit`, { result: { verdict: 'accept' } })).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', from: 'assigned', to: 'submitted' },
    })
    await rea('POST', `${reviewing}/start`)
    const returned = await rea('POST', `${reviewing}/submit`, {
      result: { verdict: 'return', comment: 'Look again' },
    })
    expect(returned.status).toBe(200)

    expect((await ann('GET', mine)).body).toMatchObject({
      status: 'assigned',
      attempt: 2,
      returnComment: 'Look again',
    })
    expect((await ann('POST', `${mine}/submit`, { result: { label: 'nl' }, attempt: 1 })).body).toMatchObject(
      { code: 'lease_lost', status: 409 },
    )
    await ann('POST', `${mine}/start`, { attempt: 2 })
    expect((await ann('POST', `${mine}/submit`, { result: { label: 'nl' }, attempt: 2 })).status).toBe(200)
    expect((await rea('GET', reviewing)).body).toMatchObject({ status: 'assigned', attempt: 2 })
    await rea('POST', `${reviewing}/start`)
    expect((await rea('POST', `${reviewing}/submit`, { result: { verdict: 'accept' } })).status).toBe(200)

    const done = await manager('GET', `/tasks/${taskId}`)
    schemas.taskView.parse(done.body)
    expect(done.body).toMatchObject({ status: 'completed', currentStepId: null })
    const results = await manager('GET', `/projects/${projectId}/results.ndjson`)
    expect(results.headers['content-type']).toBe('application/x-ndjson')
    expect(JSON.parse(results.text)).toMatchObject({
      taskId,
      payload: { text: 'Wort' },
      outcome: { label: 'nl' },
    })
  })

  it('is pushed to the best person, explained, rejected with a reason, released and reassigned', async () => {
    const [ann, bea] = [await annotator(), await annotator()]
    const taskId = await addTask({ priority: 7, externalId: 'w-1' })
    const decision = await manager('GET', `/tasks/${taskId}/candidates?strategy=capacity_based`)
    schemas.decision.parse(decision.body)
    expect(decision.body.candidates.map(({ userId }: { userId: string }) => userId)).toEqual(
      [ann.userId, bea.userId].sort(),
    )

    const pushed = await manager('POST', `/tasks/${taskId}/assign`, { userId: ann.userId })
    expect(pushed).toMatchObject({ status: 201, body: { userId: ann.userId, status: 'assigned' } })
    expect(await manager('POST', `/tasks/${taskId}/assign`, { userId: ann.userId })).toMatchObject({
      status: 409,
      body: { code: 'already_assigned' },
    })
    const moved = await manager('POST', `/assignments/${pushed.body.assignmentId}/reassign`, {
      userId: bea.userId,
      reason: 'holiday',
    })
    expect(moved).toMatchObject({
      status: 200,
      body: { userId: bea.userId, previousAssignmentId: pushed.body.assignmentId },
    })
    const rejected = await bea('POST', `/assignments/${moved.body.assignmentId}/reject`, {
      code: 'unclear',
      comment: 'No context',
    })
    expect(rejected).toMatchObject({
      status: 200,
      body: { status: 'rejected', rejectReason: { code: 'unclear', comment: 'No context' } },
    })
    expect(await bea('POST', `/assignments/${moved.body.assignmentId}/start`)).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', from: 'rejected', to: 'in_progress' },
    })
    const nobody = await manager('POST', `/tasks/${taskId}/assign`, { userId: bea.userId })
    expect(nobody.status).toBe(409)
  })

  it('is pushed by no strategy that there is not, whatever its state', async () => {
    const taskId = await addTask()
    for (const _ of ['open', 'cancelled']) {
      for (const reply of [
        await manager('POST', `/tasks/${taskId}/assign`, { strategy: 'dice' }),
        await manager('GET', `/tasks/${taskId}/candidates?strategy=dice`),
      ])
        expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'strategy' }] } })
      await manager('POST', `/tasks/${taskId}/cancel`)
    }
  })

  it('says why nobody may have it, with the decision', async () => {
    const ann = await annotator({ fr: 5 })
    const taskId = await addTask()
    const refused = await manager('POST', `/tasks/${taskId}/assign`, { userId: ann.userId })
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'no_eligible_person',
        decision: {
          chosen: null,
          candidates: [
            {
              userId: ann.userId,
              eligible: false,
              score: null,
              reasons: [{ code: 'missingSkill', anyOf: ['de', 'nl'], minLevel: 2, level: 0 }],
            },
          ],
        },
      },
    })
  })

  it('keeps from an annotator what others submitted on a step they could hold', async () => {
    const [ann, bea] = [await annotator(), await annotator()]
    const taskId = await addTask()
    const claim = await ann('POST', '/queue/next', {})
    await ann('POST', `/assignments/${claim.body.assignment.assignmentId}/start`)
    await ann('POST', `/assignments/${claim.body.assignment.assignmentId}/submit`, {
      result: { label: 'de' },
    })
    expect((await bea('GET', `/tasks/${taskId}`)).status).toBe(403)
    expect((await bea('GET', `/assignments/${claim.body.assignment.assignmentId}`)).status).toBe(403)
  })

  it('is cancelled with what hangs on it, and only while it is open', async () => {
    const ann = await annotator()
    const taskId = await addTask()
    const claim = await ann('POST', '/queue/next', {})
    expect(await manager('POST', `/tasks/${taskId}/cancel`)).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    })
    expect((await ann('GET', `/assignments/${claim.body.assignment.assignmentId}`)).body).toMatchObject({
      status: 'expired',
      endReason: 'task_cancelled',
    })
    expect((await manager('POST', `/tasks/${taskId}/cancel`)).status).toBe(200)
  })

  it('shows its gold to managers and to nobody else', async () => {
    const ann = await annotator()
    const taskId = await addTask({ gold: { label: 'de' } })
    const claim = await ann('POST', '/queue/next', {})
    expect(claim.body.task).not.toHaveProperty('gold')
    expect((await ann('GET', `/tasks/${taskId}`)).body).not.toHaveProperty('gold')
    expect((await manager('GET', `/tasks/${taskId}`)).body.gold).toEqual({ label: 'de' })
  })
})

describe('versions', () => {
  it('refuses a change made from a version that is no longer the latest', async () => {
    const taskId = await addTask()
    const first = await manager('PATCH', `/tasks/${taskId}`, { priority: 3 }, { 'if-match': '"1"' })
    expect(first).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { priority: 3, version: 2 } })
    expect(await manager('PATCH', `/tasks/${taskId}`, { priority: 4 }, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'version_conflict' },
    })
    expect(
      (await manager('PATCH', `/tasks/${taskId}`, { priority: 4 }, { 'if-match': 'W/"2"' })).status,
    ).toBe(412)
  })
})

describe('lists', () => {
  it('page newest first through a cursor that belongs to its filters', async () => {
    const ids: string[] = []
    for (const priority of [1, 2, 3]) ids.unshift(await addTask({ priority }))
    const path = `/projects/${projectId}/tasks`
    const first = await manager('GET', `${path}?limit=2`)
    const second = await manager('GET', `${path}?limit=2&cursor=${first.body.nextCursor}`)
    expect([...first.body.items, ...second.body.items].map(({ taskId }) => taskId)).toEqual(ids)
    expect(second.body.nextCursor).toBeNull()
    const other = await manager('GET', `${path}?status=open&cursor=${first.body.nextCursor}`)
    expect(other).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } })
  })
})
