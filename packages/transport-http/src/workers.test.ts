import { randomUUID } from 'node:crypto'
import { type JobType, jobType, type ProjectId } from '@muster/core'
import { remoteJobType } from '@muster/core/remote'
import { createMuster } from '@muster/host'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, type Caller, openApi, token } from './api-world.test.support.ts'

const score = remoteJobType({
  name: 'score',
  payload: z.strictObject({ text: z.string() }),
  result: z.strictObject({ score: z.number() }),
  timeoutMs: 60_000,
})

let world: ApiWorld
let projectId: ProjectId
let worker: Caller
beforeAll(async () => {
  world = await openApi({}, { jobTypes: [score as JobType] })
  projectId = (await world.muster.projects.add({ name: 'Scores' })).projectId
  worker = await workerOf({ types: ['score', 'echo'] })
})
afterAll(() => world.close())

async function workerOf(claims: { types?: string[]; sub?: string } = {}): Promise<Caller> {
  const { types = ['score'], sub = 'scorers' } = claims
  return world.withToken(await token({ sub, role: 'worker', types, projects: [projectId] }))
}

const add = (text: string) => world.muster.queue.add(projectId, score, { text })

async function opened(concurrency = 10): Promise<string> {
  const { status, body } = await worker('POST', '/workers', { name: 'gpu-1', types: ['score'], concurrency })
  expect(status).toBe(201)
  expect(body).toMatchObject({ leaseSeconds: 6, heartbeatSeconds: 2 })
  return body.workerId
}

it('lets nobody in whose name no database keeps', async () => {
  const nameless = await workerOf({ sub: 'a\u0000b' })
  const opening = { name: 'gpu-1', types: ['score'], concurrency: 1 }
  expect(await nameless('POST', '/workers', opening)).toMatchObject({
    status: 401,
    body: { detail: expect.stringContaining('U+0000') },
  })
})

it('claims a job, says how far it is, and settles it', async () => {
  const id = await opened()
  const { jobId } = await add('hello')
  const claim = await worker('POST', `/workers/${id}/claim`, { max: 5 })
  expect(claim.body.jobs).toMatchObject([
    { jobId, projectId, runId: null, type: 'score', payload: { text: 'hello' }, attempt: 1 },
  ])
  const [{ attempt, startedAt, deadline }] = claim.body.jobs
  expect(Date.parse(deadline) - Date.parse(startedAt)).toBe(60_000)
  const step = { name: 'read', index: 1, total: 2 }
  const wrong = { jobs: [{ jobId, attempt, step: { ...step, index: 3 } }] }
  expect((await worker('POST', `/workers/${id}/heartbeat`, wrong)).body).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'jobs[0].step.index' }],
  })
  const beat = { report: 1, jobs: [{ jobId, attempt, step, usage: { model: 'm', input: 3, output: 4 } }] }
  expect((await worker('POST', `/workers/${id}/heartbeat`, beat)).body).toEqual({ cancel: [], lost: [] })
  expect(await world.muster.queue.get(projectId, jobId)).toMatchObject({ step, usage: { units: 7 } })
  const outcomes = [{ jobId, attempt, startedAt, result: { score: 0.5 } }]
  const settled = await worker('POST', `/workers/${id}/settle`, { outcomes })
  expect(settled).toMatchObject({ status: 200, body: { outcomes: [{ jobId, status: 'recorded' }] } })
  const again = await worker('POST', `/workers/${id}/settle`, { outcomes })
  expect(again.body).toEqual({ outcomes: [{ jobId, status: 'repeated' }] })
  expect(await world.muster.queue.get(projectId, jobId)).toMatchObject({ state: 'completed' })
  expect((await worker('DELETE', `/workers/${id}`)).status).toBe(204)
  expect((await worker('POST', `/workers/${id}/claim`, { max: 1 })).body).toMatchObject({
    code: 'lease_lost',
  })
})

it('answers a claim as soon as a job is added, and with none when the time is up', async () => {
  const id = await opened()
  expect((await worker('POST', `/workers/${id}/claim`, { max: 1, waitSeconds: 0.01 })).body).toEqual({
    jobs: [],
  })
  const claim = worker('POST', `/workers/${id}/claim`, { max: 1, waitSeconds: 25 })
  const { jobId } = await add('late')
  expect((await claim).body.jobs).toMatchObject([{ jobId }])
  const returned = await worker('POST', `/workers/${id}/return`, { jobIds: [jobId] })
  expect(returned.body).toEqual({ outcomes: [{ jobId, status: 'recorded' }] })
  await worker('DELETE', `/workers/${id}`)
  await world.muster.queue.cancel(projectId, jobId)
})

it('fails a job whose outcome there cannot be, names each place, and records those beside it', async () => {
  const id = await opened(20)
  const deep = Array.from({ length: 700 }).reduce<unknown>((inner) => [inner], 1)
  const error = { code: 'x', message: 'y' }
  const cases: readonly [outcome: object, path: string, code: string][] = [
    [{ result: { score: 'high' } }, 'result.score', 'invalid_result'],
    [{ result: 'a\u0000b' }, 'result', 'invalid_result'],
    [{ result: deep }, 'result', 'invalid_result'],
    [{ result: 1, error }, 'result', 'invalid_result'],
    [{}, 'result', 'invalid_result'],
    [{ error: { ...error, code: '' } }, 'error.code', 'invalid_outcome'],
    [{ error: { ...error, retryAfterSeconds: -1 } }, 'error.retryAfterSeconds', 'invalid_outcome'],
    [{ ask: {} }, 'ask', 'invalid_outcome'],
    [{ ask: { v: { payload: 'x\u0000' } } }, 'ask.v.payload', 'invalid_outcome'],
    [{ result: { score: 1 }, more: 1 }, 'more', 'invalid_outcome'],
    [{ result: { score: 1 }, usage: { model: '', input: 1, output: 1 } }, 'usage', 'invalid_outcome'],
    [
      { result: { score: 1 }, usage: { model: 'm', input: 1, output: 1, cached: 2 } },
      'usage[0].cached',
      'invalid_outcome',
    ],
    [{ result: { score: 1 }, usage: { input: 1, output: 1 } }, 'usage[0].model', 'invalid_outcome'],
  ]
  for (let nth = 0; nth <= cases.length; nth++) await add(`odd ${nth}`)
  const { body } = await worker('POST', `/workers/${id}/claim`, { max: 20 })
  const keys: { readonly jobId: string }[] = body.jobs.map(
    ({ jobId, attempt, startedAt }: Record<string, unknown>) => ({ jobId, attempt, startedAt }),
  )
  const good = { ...keys.at(-1), result: { score: 1 }, usage: { model: 'm', input: 1, output: 1 } }
  const outcomes = [...cases.map(([outcome], nth) => ({ ...keys[nth], ...outcome })), good]
  const settled = await worker('POST', `/workers/${id}/settle`, { report: 1, outcomes })
  expect(settled.status).toBe(200)
  expect(settled.body.outcomes.at(-1)).toEqual({ jobId: keys.at(-1)?.jobId, status: 'recorded' })
  for (const [nth, [, path, code]] of cases.entries()) {
    const { jobId = '' } = keys[nth] ?? {}
    const { status, errors } = settled.body.outcomes[nth]
    expect([status, ...errors.map((each: { readonly path: string }) => each.path)]).toContain('refused')
    expect(errors[0].path.startsWith(path), `${path}: ${JSON.stringify(errors)}`).toBe(true)
    const job = await world.muster.queue.get(projectId, jobId as never)
    expect(job).toMatchObject({ state: 'failed', attempt: 1, error: { code, retryable: false } })
  }
})

it('refuses a settle as a whole where an outcome does not say which attempt it is of', async () => {
  const id = await opened()
  const { jobId } = await add('nameless')
  const { body } = await worker('POST', `/workers/${id}/claim`, { max: 1 })
  const { attempt, startedAt } = body.jobs[0]
  const whole = { jobId, attempt, startedAt, result: { score: 1 } }
  const { startedAt: _, ...nameless } = whole
  expect((await worker('POST', `/workers/${id}/settle`, { outcomes: [whole, nameless] })).body).toMatchObject(
    {
      code: 'validation_failed',
      errors: [{ path: 'outcomes[1].startedAt' }],
    },
  )
  const using = { ...whole, usage: { model: 'm', input: 1, output: 1 } }
  expect((await worker('POST', `/workers/${id}/settle`, { outcomes: [using, {}] })).status).toBe(400)
  expect((await worker('POST', `/workers/${id}/settle`, { outcomes: [using] })).body).toMatchObject({
    errors: [{ path: 'report', message: 'must be given beside usage' }],
  })
  expect((await worker('POST', '/workers/none/settle', { outcomes: [whole] })).body).toMatchObject({
    code: 'not_found',
  })
  expect((await worker('POST', `/workers/${id}/settle`, { outcomes: [whole] })).body).toMatchObject({
    outcomes: [{ status: 'recorded' }],
  })
})

it('is not there for another token, and refuses types that the own one does not name', async () => {
  const id = await opened()
  const other = await workerOf({ sub: 'others' })
  expect((await other('POST', `/workers/${id}/claim`, { max: 1 })).body).toMatchObject({ code: 'not_found' })
  const strange = { name: 'w', types: ['analyze'], concurrency: 1 }
  expect((await other('POST', '/workers', strange)).body).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'types[0]', message: 'is none that the token names' }],
  })
})

it('names the claim at fault of a token that names no work', async () => {
  for (const [claims, detail] of [
    [{ sub: 's', role: 'worker', projects: [randomUUID()] }, 'types must be a list of names of job types'],
    [
      { sub: 's', role: 'worker', types: ['a'], projects: ['here'] },
      'projects must be a list of ids of projects',
    ],
  ] as const) {
    const reply = await world.withToken(await token(claims))('POST', '/workers', {})
    expect(reply).toMatchObject({ status: 401, body: { detail: `The token's claim ${detail}` } })
  }
})

it('leaves jobs of a remote type to workers over HTTP', async () => {
  const { jobId } = await add('not here')
  const working = await world.muster.work()
  const { jobId: echoed } = await world.muster.queue.add(projectId, { type: 'echo', payload: { text: 'x' } })
  await expect.poll(() => world.muster.queue.get(projectId, echoed)).toMatchObject({ state: 'completed' })
  await working.close()
  expect(await world.muster.queue.get(projectId, jobId)).toMatchObject({ state: 'pending', attempt: 0 })
  await expect(world.muster.work({ types: ['score'] })).rejects.toThrow(
    'types has score, whose jobs are done by workers over HTTP alone',
  )
})

it('holds results of handlers to the type that says what they are', async () => {
  const odd = jobType({
    name: 'odd',
    payload: z.unknown(),
    result: z.object({ n: z.number() }) as never,
    handler: () => ({ n: 'many' }),
  })
  await using muster = Object.assign(await createMuster({ jobTypes: [odd] }), {
    async [Symbol.asyncDispose]() {
      await muster.close()
    },
  })
  const project = await muster.projects.add({ name: 'Odd' })
  const { jobId } = await muster.queue.add(project.projectId, odd, null)
  await muster.work()
  await expect
    .poll(() => muster.queue.get(project.projectId, jobId))
    .toMatchObject({
      state: 'failed',
      error: { code: 'invalid_result', retryable: false },
    })
})
