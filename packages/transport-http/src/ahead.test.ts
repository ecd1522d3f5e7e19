import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from './api-world.test.support.ts'
import * as schemas from './schemas.ts'

let world: ApiWorld
let ann: Caller
let manager: Caller
let projectId: string
/** The assignment that Ann works on. */
let mine: string

beforeEach(async () => {
  world = await openApi()
  const admin = await world.as('admin')
  const steps = [{ stepId: 'label', stepType: 'annotation', requiredSkills: [] }]
  const workflow = await admin('POST', '/workflows', { name: 'label', steps })
  const project = await admin('POST', '/projects', { name: 'words', workflowId: workflow.body.workflowId })
  projectId = project.body.projectId
  manager = await world.as('manager', { member: [projectId] })
  ann = await world.as('annotator', { member: [projectId] })
  const tasks = ['een', 'twee', 'drie'].map((text) => ({ payload: { text } }))
  expect((await manager('POST', `/projects/${projectId}/tasks`, { tasks })).status).toBe(201)
  const { body } = await ann('POST', '/queue/next', {})
  mine = `/assignments/${body.assignment.assignmentId}`
  await ann('POST', `${mine}/start`)
})
afterEach(() => world.close())

describe('POST /queue/next with ahead', () => {
  it('gives one to hold for later, the same one to a repeat, and says so in the queue', async () => {
    const held = await ann('POST', '/queue/next', { ahead: true })
    expect(held.status).toBe(201)
    expect(schemas.claimed.parse(held.body).assignment).toMatchObject({ ahead: true, status: 'assigned' })
    const again = await ann('POST', '/queue/next', { ahead: true, projectId })
    expect(again.body.assignment.assignmentId).toBe(held.body.assignment.assignmentId)
    const { items } = schemas.listOf(schemas.queueEntry).parse((await ann('GET', '/queue')).body)
    expect(items.map(({ ahead }) => ahead)).toEqual([false, true])
    const path = `/assignments/${held.body.assignment.assignmentId}`
    expect((await ann('POST', `${path}/start`)).body).toMatchObject({ ahead: false, status: 'in_progress' })
  })

  it('is a conflict for somebody who works on nothing, and refuses what is no boolean by name', async () => {
    const ben = await world.as('annotator', { member: [projectId] })
    expect(await ben('POST', '/queue/next', { ahead: true })).toMatchObject({
      status: 409,
      body: { code: 'conflict', ahead: true },
    })
    expect(await ann('POST', '/queue/next', { ahead: 'yes' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'ahead' }] },
    })
  })

  it('takes back what was not seen without a trace', async () => {
    const held = await ann('POST', '/queue/next', { ahead: true })
    const released = await ann('POST', `/assignments/${held.body.assignment.assignmentId}/release`)
    expect(released.body).toMatchObject({ status: 'reassigned', endReason: 'unseen', ahead: false })
    const ben = await world.as('annotator', { member: [projectId] })
    expect((await ben('POST', '/queue/next', {})).body.task.taskId).toBe(held.body.task.taskId)
  })
})

describe('a submission with next', () => {
  const next = { result: { label: 'nl' }, next: {} }

  it('hands in and claims, once for each key', async () => {
    const key = { 'idempotency-key': 'turn-1' }
    const first = await ann('POST', `${mine}/submit`, next, key)
    expect(first.status).toBe(200)
    expect(schemas.submittedWithNext.parse(first.body)).toMatchObject({
      assignment: { status: 'submitted' },
      next: { assignment: { status: 'assigned', ahead: false } },
    })
    expect(first.headers['etag']).toBe(`"${first.body.assignment.version}"`)
    expect((await ann('POST', `${mine}/submit`, next, key)).body).toEqual(first.body)
    expect((await ann('GET', '/queue')).body.items).toHaveLength(1)
    expect(await ann('POST', `${mine}/submit`, { result: 1 }, key)).toMatchObject({ status: 409 })
  })

  it('has all that a page needs to work on what was claimed, if that is asked for', async () => {
    const { body } = await ann('POST', `${mine}/submit?include=work`, next)
    const { assignment, work } = schemas.claimed.parse(schemas.submittedWithNext.parse(body).next)
    const read = await ann('GET', `/assignments/${assignment.assignmentId}/work`)
    expect(work).toEqual(schemas.assignmentWork.parse(read.body))
    const held = await ann('POST', `/assignments/${assignment.assignmentId}/start`).then(() =>
      ann('POST', '/queue/next?include=work', { ahead: true }),
    )
    expect(schemas.claimed.parse(held.body).work?.assignment).toMatchObject({ ahead: true })
    expect((await ann('POST', '/queue/next?include=all', {})).body.errors).toMatchObject([
      { path: 'include' },
    ])
  })

  it('claims nothing if it is refused', async () => {
    await ann('POST', `${mine}/submit`, { result: 1 })
    expect((await ann('POST', `${mine}/submit`, next)).body).toMatchObject({ code: 'invalid_transition' })
    expect((await ann('GET', '/queue')).body.items).toEqual([])
  })

  it('says why there is nothing as POST /queue/next does', async () => {
    const of = { ...next, next: { stepType: 'review' } }
    expect((await ann('POST', `${mine}/submit`, of)).body).toMatchObject({
      assignment: { status: 'submitted' },
      next: { assignment: null, open: 0, reasons: {} },
    })
  })

  it('is refused for a project of others, before anything is handed in', async () => {
    const other = await manager('POST', '/projects', { name: 'others' })
    const elsewhere = other.body.projectId ?? '019a0000-0000-7000-8000-000000000000'
    const asked = { ...next, next: { projectId: elsewhere } }
    expect((await ann('POST', `${mine}/submit`, asked)).status).toBeGreaterThanOrEqual(403)
    expect((await ann('GET', mine)).body.status).toBe('in_progress')
    expect(await ann('POST', `${mine}/submit`, { ...next, next: { ahead: true } })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'next.ahead' }] },
    })
  })
})
