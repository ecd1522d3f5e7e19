import { randomUUID } from 'node:crypto'
import type { ProjectId, UserId } from '@muster/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi, token } from './api-world.test.support.ts'

let world: ApiWorld
let manager: Caller
let member: Caller
let projectId: ProjectId
let path: string

beforeAll(async () => {
  world = await openApi()
  const { muster, withToken } = world
  projectId = (await muster.projects.add({ name: 'Nights' })).projectId
  path = `/projects/${projectId}/schedules`
  const joined = async (role: 'annotator' | 'manager'): Promise<Caller> => {
    const userId = randomUUID() as UserId
    await muster.people.add({ userId, displayName: role, role })
    await muster.projects.addMember(projectId, userId)
    return withToken(await token({ sub: userId, role }))
  }
  manager = await joined('manager')
  member = await joined('annotator')
})
afterAll(() => world.close())

const start = { job: { type: 'echo', payload: { text: { $: '/tick' } } } }

it('keeps a schedule, and gives its next ticks as the clock of its zone shows them', async () => {
  const made = await manager('POST', path, {
    name: 'nightly',
    when: { cron: '30 2 * * *', zone: 'Europe/Berlin' },
    start,
  })
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'nightly', missed: 'one', overlap: 'skip', version: 1, paused: false, start },
  })
  const { scheduleId } = made.body
  const next = await manager('GET', `/schedules/${scheduleId}/next?n=2&after=2026-03-28T12:00:00Z`)
  expect(next.body.items).toEqual([
    { at: '2026-03-29T01:00:00.000Z', local: '2026-03-29T03:00:00', offset: '+02:00', note: 'moved' },
    { at: '2026-03-30T00:30:00.000Z', local: '2026-03-30T02:30:00', offset: '+02:00', note: null },
  ])
  expect((await manager('POST', path, { name: 'nightly', when: { everySeconds: 5 }, start })).status).toBe(
    409,
  )
})

it('reads a rule back in words', async () => {
  const when = { cron: '30 2 * * MON-FRI', zone: 'Europe/Berlin' }
  const { body } = await manager('POST', `${path}/preview`, { when })
  expect(body.says).toBe('every weekday at 02:30 in Berlin')
  expect(body.items).toHaveLength(10)
})

it('fires by hand, lists the ticks, and tells the job which tick it is of', async () => {
  const { body } = await manager('POST', path, { name: 'by hand', when: { everySeconds: 3_600 }, start })
  const fired = await manager('POST', `/schedules/${body.scheduleId}/fire`, {})
  expect(fired).toMatchObject({ status: 200, body: { outcome: 'started', again: 1 } })
  const { plannedAt, jobId } = fired.body
  const ticks = await manager('GET', `/schedules/${body.scheduleId}/ticks?outcome=started`)
  expect(ticks.body).toEqual({ items: [fired.body], nextCursor: null })
  const job = await manager('GET', `/jobs/${jobId}`)
  expect(job.body).toMatchObject({
    payload: { text: plannedAt },
    tick: { scheduleId: body.scheduleId, plannedAt, again: 1 },
  })
})

it('changes, pauses, resumes and removes only what the caller has seen', async () => {
  const { body } = await manager('POST', path, { name: 'changed', when: { everySeconds: 60 }, start })
  const one = `/schedules/${body.scheduleId}`
  const seen = { 'if-match': '"1"' }
  const changed = await manager('PATCH', one, { graceSeconds: 5 }, seen)
  expect(changed).toMatchObject({ status: 200, body: { version: 2, graceSeconds: 5 } })
  expect((await manager('PATCH', one, { graceSeconds: 6 }, seen)).status).toBe(412)
  expect((await manager('POST', `${one}/pause`, {})).body).toMatchObject({ paused: true, nextAt: null })
  expect((await manager('POST', `${one}/resume`, {})).body).toMatchObject({ paused: false, version: 4 })
  expect((await manager('DELETE', one, undefined, seen)).status).toBe(412)
  expect((await manager('DELETE', one)).status).toBe(204)
  expect((await manager('GET', one)).status).toBe(404)
})

it('shows members when it comes, and what it starts to managers alone', async () => {
  const { body } = await manager('POST', path, { name: 'seen', when: { everySeconds: 60 }, start })
  const seen = await member('GET', `/schedules/${body.scheduleId}`)
  expect(seen.body).toMatchObject({ name: 'seen', nextAt: body.nextAt, start: null, lastTick: null })
  const listed = await member('GET', path)
  expect(listed.body.items.every((one: { start: unknown }) => one.start === null)).toBe(true)
  expect((await member('GET', `/schedules/${body.scheduleId}/next`)).status).toBe(200)
  const last = await member('GET', `/schedules/${body.scheduleId}/next?after=9999-12-31T23:59:59.999Z`)
  expect(last.body.items).toEqual([])
  expect((await member('GET', `/schedules/${body.scheduleId}/ticks`)).status).toBe(403)
})

it.each([
  [{ when: { cron: '60 * * * *', zone: 'UTC' } }, 'bad_cron', 'when.cron', { field: 'minute' }],
  [{ when: { cron: '0 0 1 1 * *', zone: 'UTC' } }, 'bad_cron', 'when.cron', { field: 'cron' }],
  [{ when: { cron: '0 0 L-3 * *', zone: 'UTC' } }, 'bad_cron', 'when.cron', { field: 'day' }],
  [{ when: { cron: '0 0 * * *', zone: '+02:00' } }, 'bad_zone', 'when.zone', { field: 'zone' }],
  [{ when: { cron: '0 0 * * *', zone: 'CET' } }, 'bad_zone', 'when.zone', {}],
  [{ when: { cron: '0 0 * * *', zone: 'Europe/Nowhere' } }, 'bad_zone', 'when.zone', {}],
  [{ when: { cron: '0 0 31 2 *', zone: 'UTC' } }, 'never', 'when.cron', {}],
  [{ when: { at: '2020-01-01T00:00:00Z' } }, 'never', 'when.at', {}],
  [{ when: { everySeconds: 0.5 } }, 'validation_failed', 'when.everySeconds', {}],
  [{ when: {} }, 'validation_failed', 'when', {}],
  [{ maxCatchUp: 101 }, 'validation_failed', 'maxCatchUp', {}],
  [{ jitterSeconds: 60 }, 'validation_failed', 'jitterSeconds', {}],
  [{ endsAt: '2020-01-01T00:00:00Z' }, 'validation_failed', 'endsAt', {}],
  [{ startsAt: '9999-12-31T23:59:59Z' }, 'validation_failed', 'startsAt', {}],
  [
    { when: { everySeconds: 60, anchor: '2096-01-01T00:00:00Z' }, endsAt: '2095-01-01T00:00:00Z' },
    'validation_failed',
    'when.anchor',
    {},
  ],
  [{ start: { job: { type: 'gone', payload: {} } } }, 'validation_failed', 'start.job.type', {}],
  [{ start: { job: { type: 'echo', payload: {} } } }, 'job_validation_failed', 'start.job.payload.text', {}],
  [
    { start: { job: { type: 'echo', payload: { text: { $: '/tock' } } } } },
    'validation_failed',
    'start.job.payload.text.$',
    {},
  ],
  [{ start: { run: { definition: 'd', models: [] } } }, 'validation_failed', 'start.run.models', {}],
  [{ start: { run: { definition: 'd', models: ['m'] } } }, 'validation_failed', 'start.run.definition', {}],
] as const)('refuses %j by field and rule: %s at %s', async (wish, code, at, details) => {
  const given = { name: 'refused', when: { everySeconds: 60 }, start, ...wish }
  const { status, body } = await manager('POST', path, given)
  expect({ status, code: body.code, paths: body.errors?.map((one: { path: string }) => one.path) }).toEqual({
    status: 400,
    code,
    paths: [at],
  })
  expect(body).toMatchObject(details)
})

it('serves the same by GraphQL', async () => {
  const query = `mutation ($project: ID!, $schedule: JSON!) {
    addSchedule(projectId: $project, schedule: $schedule) { scheduleId name next(n: 1) { at note } }
  }`
  const schedule = { name: 'by GraphQL', when: { cron: '0 0 1 1 *', zone: 'UTC' }, start }
  const { body } = await manager('POST', '//graphql', { query, variables: { project: projectId, schedule } })
  expect(body.errors).toBeUndefined()
  const made = body.data.addSchedule
  expect(made).toMatchObject({ name: 'by GraphQL', next: [{ at: expect.stringMatching(/-01-01T00:00:00/) }] })
  const read = `{ schedule(id: "${made.scheduleId}") { missed start ticks { edges { node { outcome } } } } }`
  const again = await manager('POST', '//graphql', { query: read })
  expect(again.body.data.schedule).toEqual({ missed: 'ONE', start, ticks: { edges: [] } })
  const fired = await manager('POST', '//graphql', {
    query: `mutation { fireSchedule(id: "${made.scheduleId}") { outcome jobId } }`,
  })
  expect(fired.body.data.fireSchedule.outcome).toBe('STARTED')
})
