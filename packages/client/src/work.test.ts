import type { JobId, Json, ProjectId, UserId } from '@muster/core'
import { remoteJobType, type WorkerGrant } from '@muster/core/remote'
import { createMuster, type Muster, silentLogger } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { fastify } from 'fastify'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { createMusterClient, JobFailedError, type MusterClient, type WorkTools } from './index.ts'

const score = remoteJobType({
  name: 'score',
  payload: z.object({ text: z.string() }),
  result: z.object({ score: z.number() }),
  retry: { baseMs: 0 },
})

const app = fastify({ forceCloseConnections: true })
let muster: Muster<typeof score>
let projectId: ProjectId
let userId: UserId
let client: MusterClient
let url: string
/** Calls that are answered as if a proxy found no server. */
let isAway = (_url: string): boolean => false

beforeAll(async () => {
  muster = await createMuster({ jobTypes: [score], logger: silentLogger })
  await muster.schedule()
  const { workflowId } = await muster.workflows.add({
    name: 'review',
    steps: [{ stepId: 'verdict', stepType: 'annotation' }],
  })
  projectId = (await muster.projects.add({ name: 'Scores', workflowId })).projectId
  userId = (await muster.people.add({ displayName: 'Ann' })).userId
  await muster.projects.addMember(projectId, userId)
  const grant: WorkerGrant = { subject: 'scorers', types: ['score'], projects: [projectId] }
  const authenticator = {
    authenticate: () => Promise.reject(new Error('Nobody is let in here')),
    authenticateWorker: async () => ({ ...grant, expiresAt: new Date('2100-01-01') }),
  }
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  client = createMusterClient({
    url,
    token: 'worker',
    fetch: async (request) => {
      const answer = await fetch(request)
      return isAway(request.url) ? new Response('away', { status: 503 }) : answer
    },
  })
})
afterAll(async () => {
  await app.close()
  await muster.close()
})

const add = (text: string) => muster.queue.add(projectId, score, { text })
const until = (jobId: JobId, state: string) =>
  vi.waitFor(async () => expect((await muster.queue.get(projectId, jobId)).state).toBe(state))

it('does jobs as they come, and drains when it is to end', async () => {
  const ending = new AbortController()
  const started = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const working = client.work({
    types: ['score'],
    concurrency: 2,
    signal: ending.signal,
    async handler({ payload, attempt }, { usage }) {
      const { text } = payload as { text: string }
      usage({ model: 'm', input: 3, output: 4 })
      if (text === 'fails' && attempt === 1) throw new JobFailedError('not yet', { retryable: true })
      if (text === 'slow') {
        started.resolve()
        await release.promise
      }
      return { score: text.length }
    },
  })
  const { jobId: failing } = await add('fails')
  await until(failing, 'completed')
  const { jobId: slow } = await add('slow')
  await started.promise
  ending.abort()
  const { jobId: later } = await add('later')
  release.resolve()
  await working
  expect(await muster.queue.get(projectId, slow)).toMatchObject({
    state: 'completed',
    usage: { units: 7 },
  })
  expect(await muster.queue.get(projectId, failing)).toMatchObject({ attempt: 2, usage: { units: 14 } })
  expect(await muster.queue.get(projectId, later)).toMatchObject({ state: 'pending', attempt: 0 })
  await muster.queue.cancel(projectId, later)
})

it('sends an outcome again whose answer was lost, and counts nothing twice', async () => {
  const ending = new AbortController()
  let lost = 0
  isAway = (address) => address.endsWith('/settle') && lost++ === 0
  const errors: unknown[] = []
  const working = client.work({
    types: ['score'],
    signal: ending.signal,
    handler: (_job, { usage }) => {
      usage({ model: 'm', input: 1, output: 1 })
      return { score: 1 }
    },
    onError: (error) => void errors.push(error),
  })
  const { jobId } = await add('once')
  await until(jobId, 'completed')
  ending.abort()
  await working
  expect(lost).toBe(2)
  expect(errors).toMatchObject([{ status: 503 }])
  expect(await muster.queue.get(projectId, jobId)).toMatchObject({ attempt: 1, usage: { units: 2 } })
})

/** Ann answers the next question that there is. */
async function answer(result: Json): Promise<void> {
  const claim = await muster.assignments.claimNext({ userId })
  if (claim.kind === 'nothing') throw new Error('Ann has nothing to do')
  const { assignmentId } = claim.assignment
  const by = { userId, role: 'annotator' as const, memberships: new Set([projectId]) }
  await muster.assignments.start({ assignmentId, by })
  await muster.assignments.submit({ assignmentId, by, result })
}

const asleep = (jobId: JobId) =>
  vi.waitFor(async () => expect((await muster.queue.get(projectId, jobId)).asleep).toBe(true))

async function asking<Result>(
  handler: (tools: WorkTools, attempt: number) => unknown,
  play: (jobId: JobId) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController()
  const working = client.work({
    types: ['score'],
    signal: ending.signal,
    handler: ({ attempt }, tools) => handler(tools, attempt),
  })
  const { jobId } = await add('asks')
  const result = await play(jobId)
  ending.abort()
  await working
  return result
}

it('asks people, sleeps, and runs again from the beginning with their answers', async () => {
  let made = 0
  const seen: unknown[] = []
  const question = { payload: { 'ö\n': [1.5, 1e21, -0, 'ü'], a: null }, priority: 5 }
  await asking(
    async ({ ask, once }) => {
      const draft = await once('draft', () => ({ nth: ++made }))
      try {
        const [one, two] = await Promise.all([ask('one', question), ask('two', { payload: draft })])
        seen.push(draft, one, two)
      } finally {
        seen.push('cleaned')
      }
      return { score: 1 }
    },
    async (jobId) => {
      await asleep(jobId)
      await answer({ of: 'first' })
      await answer({ of: 'second' })
      await until(jobId, 'completed')
      const { asks } = await muster.jobs.get(jobId)
      const by = [userId]
      expect(made).toBe(1)
      expect(seen).toEqual([
        'cleaned',
        { nth: 1 },
        { answer: { of: 'first' }, by, taskId: asks[0]?.taskId },
        { answer: { of: 'second' }, by, taskId: asks[1]?.taskId },
        'cleaned',
      ])
    },
  )
})

it('gives the default answer when the time is up, and keeps values also when an attempt fails', async () => {
  const seen: unknown[] = []
  await asking(
    async ({ ask, once }, attempt) => {
      const value = await once('value', () => attempt)
      if (attempt === 1) throw new JobFailedError('not yet', { code: 'broken' })
      const onTimeout = { answer: 'unclear' }
      seen.push(value, await ask('late', { payload: null, timeoutSeconds: 1, onTimeout }))
      return { score: 1 }
    },
    async (jobId) => {
      await until(jobId, 'completed')
      expect(seen).toMatchObject([1, { answer: 'unclear', by: [], timedOut: true }])
    },
  )
})

it('says why a question has no answer, and fails for good if the handler does not catch that', async () => {
  const ways: [object, object, string][] = [
    [{ payload: 1, timeoutSeconds: 1, onTimeout: 'fail' }, {}, 'ask_timed_out'],
    [{ payload: 1 }, { payload: 2 }, 'ask_changed'],
    [{ payload: 1, form: 'none' }, {}, 'ask_refused'],
  ]
  for (const [question, change, code] of ways) {
    await asking(
      ({ ask }, attempt) => ask('way', { ...(question as { payload: number }), ...(attempt > 1 && change) }),
      async (jobId) => {
        if (code === 'ask_changed') {
          await asleep(jobId)
          await answer('yes')
        }
        await until(jobId, 'failed')
        expect(await muster.queue.get(projectId, jobId)).toMatchObject({ error: { code, retryable: false } })
      },
    )
  }
})

it('tells a handler to stop whose job was cancelled, and hands back what does not end in time', async () => {
  const ending = new AbortController()
  const signals = new Map<string, AbortSignal>()
  const working = client.work({
    types: ['score'],
    signal: ending.signal,
    drainMs: 1,
    handler: (job, { signal, step }) => {
      step('read', 1, 2)
      signals.set(job.jobId, signal)
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      })
    },
  })
  const { jobId: cancelled } = await add('cancelled')
  await vi.waitFor(() => expect(signals.has(cancelled)).toBe(true))
  await muster.queue.cancel(projectId, cancelled)
  await until(cancelled, 'cancelled')
  expect(signals.get(cancelled)?.aborted).toBe(true)
  const { jobId: left } = await add('left')
  await vi.waitFor(() => expect(signals.has(left)).toBe(true))
  ending.abort()
  await working
  expect(await muster.queue.get(projectId, left)).toMatchObject({ state: 'pending', attempt: 0 })
})

/** A client of a server that answers each call of a worker so; its end is taken. */
function alone(answers: Readonly<Record<string, (body: never) => Response>>): MusterClient {
  return createMusterClient({
    url: 'https://muster.example.com',
    token: 'worker',
    fetch: async (request) => {
      const [, verb = ''] = /\/workers\/w\/(\w+)$/.exec(request.url) ?? []
      if (request.method === 'DELETE') return new Response(null, { status: 204 })
      return (answers[verb] as (body: never) => Response)((await request.json()) as never)
    },
  })
}

it('settles the others where one of a batch has told of usage that cannot be, which fails with what is wrong', async () => {
  const ending = new AbortController()
  const all = Promise.withResolvers<void>()
  let begun = 0
  const working = client.work({
    types: ['score'],
    concurrency: 3,
    signal: ending.signal,
    async handler({ payload }, { usage }) {
      const { text } = payload as { text: string }
      usage({ model: 'm', input: text === 'at fault' ? -1 : 1, output: 0 })
      if (++begun === 3) all.resolve()
      await all.promise
      return { score: 1 }
    },
  })
  const jobs = [await add('before'), await add('at fault'), await add('behind')]
  const [before, atFault, behind] = jobs.map(({ jobId }) => jobId) as [JobId, JobId, JobId]
  await Promise.all([until(before, 'completed'), until(atFault, 'failed'), until(behind, 'completed')])
  ending.abort()
  await working
  expect(await muster.queue.get(projectId, atFault)).toMatchObject({
    attempt: 1,
    error: { code: 'invalid_outcome', message: expect.stringMatching(/^usage\[0\]\.input /) },
  })
})

it('fails a job whose outcome cannot be sent, and settles the others of its batch', async () => {
  const ending = new AbortController()
  const all = Promise.withResolvers<void>()
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const ends: Readonly<Record<string, (tools: WorkTools) => unknown>> = {
    right: () => ({ score: 1 }),
    bigint: () => ({ score: 1n }),
    circle: () => circle,
    untouchable: () => Promise.reject(Object.create(null) as Error),
    asks: ({ ask }) => ask('verdict', { payload: 1n }),
    tells: ({ usage }) => usage({ input: 1n as never, output: 1 }),
  }
  let begun = 0
  const working = client.work({
    types: ['score'],
    concurrency: 6,
    signal: ending.signal,
    async handler({ payload, attempt }, tools) {
      if (attempt > 1) throw new JobFailedError('once is enough', { retryable: false })
      if (++begun === 6) all.resolve()
      await all.promise
      return ends[(payload as { text: string }).text]?.(tools)
    },
  })
  const names = Object.keys(ends)
  const jobs = await Promise.all(names.map(async (name) => (await add(name)).jobId))
  await Promise.all(jobs.map((jobId, place) => until(jobId, place === 0 ? 'completed' : 'failed')))
  ending.abort()
  await working
  const errors = await Promise.all(
    jobs.slice(1, 3).map(async (jobId) => (await muster.queue.get(projectId, jobId)).error),
  )
  expect(errors).toMatchObject([
    { code: 'invalid_result', message: expect.stringContaining('BigInt'), retryable: false },
    { code: 'invalid_result', message: expect.stringContaining('circular'), retryable: false },
  ])
})

it('sends halves of a batch that is too long, and fails the job whose outcome is too long by itself', async () => {
  const settled: {
    readonly jobId: string
    readonly error?: { readonly code: string }
    readonly usage?: readonly object[]
  }[] = []
  const ending = new AbortController()
  const errors: unknown[] = []
  const ids = ['a', 'long', 'b']
  let claims = 0
  const answers: Readonly<Record<string, (body: never) => Response>> = {
    '': () => Response.json({ workerId: 'w', leaseSeconds: 6, heartbeatSeconds: 2 }, { status: 201 }),
    claim: () =>
      Response.json({
        jobs: claims++ > 0 ? [] : ids.map((jobId) => ({ jobId, attempt: 1, type: 'score', startedAt: 't' })),
      }),
    heartbeat: () => Response.json({ cancel: [], lost: [] }),
    settle: ({ outcomes }: { readonly outcomes: readonly (typeof settled)[number][] }) => {
      if (outcomes.some(({ jobId, error }) => jobId === 'long' && !error))
        return Response.json({ code: 'body_too_large', detail: 'too long' }, { status: 413 })
      settled.push(...outcomes)
      if (settled.length === 3) ending.abort()
      return Response.json({ outcomes: outcomes.map(({ jobId }) => ({ jobId, status: 'recorded' })) })
    },
  }
  await alone(answers).work({
    types: ['score'],
    concurrency: 3,
    signal: ending.signal,
    onError: (error) => errors.push(error),
    handler: (_job, { usage }) => usage({ model: 'm', input: 3, output: 4 }),
  })
  expect(
    settled
      .map(({ jobId, error }) => [jobId, error?.code])
      .toSorted((one, other) => String(one).localeCompare(String(other))),
  ).toEqual([
    ['a', undefined],
    ['b', undefined],
    ['long', 'invalid_outcome'],
  ])
  for (const { usage } of settled) expect(usage).toEqual([{ model: 'm', input: 3, output: 4 }])
  expect(errors).toMatchObject([{ status: 413 }])
})

it('goes on living where the server does not take how far a job is', async () => {
  const beats: { readonly jobs: readonly object[] }[] = []
  const ending = new AbortController()
  const lives = Promise.withResolvers<void>()
  const errors: unknown[] = []
  const bad = {
    code: 'validation_failed',
    detail: 'no',
    errors: [{ path: 'jobs[0].step.name', message: 'no' }],
  }
  const answers: Readonly<Record<string, (body: never) => Response>> = {
    '': () => Response.json({ workerId: 'w', leaseSeconds: 6, heartbeatSeconds: 0.001 }, { status: 201 }),
    claim: () =>
      Response.json({
        jobs: begun++ === 0 ? [{ jobId: 'j', attempt: 1, type: 'score', startedAt: 't' }] : [],
      }),
    heartbeat: (body: { readonly jobs: readonly object[] }) => {
      beats.push(body)
      if (body.jobs.some((job) => 'step' in job)) return Response.json(bad, { status: 400 })
      if (errors.length > 0) lives.resolve()
      return Response.json({ cancel: [], lost: [] })
    },
    settle: () => Response.json({ outcomes: [{ jobId: 'j', status: 'recorded' }] }),
  }
  let begun = 0
  const working = alone(answers).work({
    types: ['score'],
    concurrency: 1,
    signal: ending.signal,
    onError: (error) => errors.push(error),
    async handler(_job, { step }) {
      step('', 1, 1)
      await lives.promise
      ending.abort()
    },
  })
  await working
  expect(errors[0]).toMatchObject({ status: 400 })
  expect(beats).toContainEqual({ jobs: [{ jobId: 'j', attempt: 1, step: { name: '', index: 1, total: 1 } }] })
  expect(beats).toContainEqual({ jobs: [{ jobId: 'j', attempt: 1 }] })
})
