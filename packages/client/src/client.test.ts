import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MemoryBlobs } from '@muster/adapters-memory'
import { jobType, UnauthorizedError as NotKnownError } from '@muster/core'
import type { Identity } from '@muster/core/ports'
import { fileReader, fileWriter } from '@muster/formats'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { fastify } from 'fastify'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import {
  type Answers,
  ConflictError,
  createMusterClient,
  ForbiddenError,
  type MusterClient,
  MusterError,
  NotFoundError,
  RateLimitedError,
  UnauthorizedError,
  UnavailableError,
  ValidationError,
  VersionConflictError,
} from './index.ts'
import { NAMES } from './names.ts'
import { OPERATIONS } from './operations.ts'

const app = fastify()
let muster: Muster
let url: string
let admin: MusterClient
let annotator: MusterClient
let projectId: string
let definitionId: string

const shout = jobType({
  name: 'shout',
  payload: z.object({ text: z.string() }),
  handler: ({ payload }) => payload.text.toUpperCase(),
})

beforeAll(async () => {
  muster = await createMuster({
    modules: [
      coreModule({
        jobTypes: [shout],
        files: fileReader,
        exports: { writer: fileWriter, blobs: new MemoryBlobs() },
      }),
    ],
  })
  await muster.work()
  await muster.schedule()
  const boss = await muster.people.add({ displayName: 'Boss', role: 'admin' })
  const ann = await muster.people.add({ displayName: 'Ann' })
  const people: Readonly<Record<string, Identity>> = {
    boss: { userId: boss.userId, role: 'admin', expiresAt: new Date('2100-01-01') },
    ann: { userId: ann.userId, role: 'annotator', expiresAt: new Date('2100-01-01') },
  }
  const authenticator = {
    async authenticate(token: string): Promise<Identity> {
      const known = people[token]
      if (known === undefined) throw new NotKnownError('The token does not hold')
      return known
    },
  }
  await app.register(musterHttp, { muster, authenticator })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  admin = createMusterClient({ url, token: 'boss' })
  annotator = createMusterClient({ url: `${url}/`, token: () => Promise.resolve('ann') })
  const { workflowId } = await admin.workflows.add({
    name: 'label',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  projectId = (await admin.projects.add({ name: 'Texts', workflowId })).projectId
  definitionId = (
    await admin.definitions.add(projectId, {
      name: 'texts',
      jobType: 'shout',
      scenarios: Array.from({ length: 5 }, (_, n) => ({
        scenarioId: `s${n}`,
        payload: { text: `text ${n}` },
      })),
    })
  ).definitionId
})
afterAll(async () => {
  await app.close()
  await muster.close()
})

it('has a name for every operation of the API, and none for others', () => {
  const named = Object.values(NAMES).flatMap((verbs) => Object.values<string>(verbs))
  expect(named.toSorted()).toEqual(Object.keys(OPERATIONS).toSorted())
})

describe('a call', () => {
  it('starts a run and gives it once it has finished, with its results line by line', async () => {
    const { runId } = await admin.runs.start(projectId, { definitionId, models: ['a', 'b'] })
    const run = await admin.runs.finished(runId, { pollMs: 20 })
    expect(run).toMatchObject({ status: 'completed', progress: { completed: 10 } })
    const results: unknown[] = []
    for await (const line of admin.runs.results(runId)) results.push((line as { result: unknown }).result)
    expect(results.filter((result) => result === 'TEXT 3')).toHaveLength(2)
  })

  it('goes through all pages of a list, or gives its first', async () => {
    await admin.tasks.add(projectId, { tasks: Array.from({ length: 7 }, (_, n) => ({ payload: { n } })) })
    const first = await admin.tasks.list(projectId, { limit: 3, status: ['open', 'completed'] })
    expect(first.items).toHaveLength(3)
    expect(first.nextCursor).not.toBeNull()
    const all: string[] = []
    for await (const { taskId } of admin.tasks.list(projectId, { limit: 3 })) all.push(taskId)
    expect(new Set(all).size).toBe(7)
  })

  it('makes something once, however often it is sent with one key', async () => {
    const user = { displayName: 'Cem' }
    const [one, two] = [
      await admin.people.add(user, { idempotencyKey: 'cem' }),
      await admin.people.add(user, { idempotencyKey: 'cem' }),
    ]
    expect(two.userId).toBe(one.userId)
    expect((await admin.people.add(user)).userId).not.toBe(one.userId)
  })

  it.each([
    ['a text', '{"payload":{"n":1}}\n{"payload":{"n":2}}\n'],
    ['bytes', new TextEncoder().encode('{"payload":{"n":3}}\n')],
    ['a file', new Blob(['{"payload":{"n":4}}\n'])],
    ['a stream', new Blob(['{"payload":{"n":5}}\n']).stream()],
  ])('brings a file from %s and gives the import once it has ended', async (_, file) => {
    const { importId } = await admin.imports.start(projectId, file, {
      query: { format: 'ndjson', target: 'tasks' },
    })
    const ended = await admin.imports.finished(importId, { pollMs: 20 })
    expect(ended).toMatchObject({ status: 'completed', counts: { refused: 0 } })
    const report: unknown[] = []
    for await (const line of admin.imports.report(importId)) report.push(line)
    expect(report).toEqual([])
  })

  it('asks for files, and reads them once they are written', async () => {
    const { exportId } = await admin.exports.start(projectId, {
      what: 'definition',
      definitionId,
      format: 'csv',
    })
    const ended = await admin.exports.finished(exportId, { pollMs: 20 })
    expect(ended).toMatchObject({ status: 'completed', rows: 5, files: [{ name: 'scenarios.csv' }] })
    expect(await textOf(admin.exports.file(exportId, 'scenarios.csv'))).toContain('text 3')
    const { files } = await admin.exports.manifest(exportId)
    expect(files).toEqual(ended.files)
    await expect(textOf(admin.exports.file(exportId, 'other.csv'))).rejects.toThrow(NotFoundError)
  })

  it('goes on with a file where it was cut off, and tells when it is another', async () => {
    const asked: (string | null)[] = []
    let etag = '"one"'
    const cutting = createMusterClient({
      url: 'http://127.0.0.1:1',
      token: '',
      fetch: async ({ headers }) => {
        const range = headers.get('range')
        asked.push(range)
        const from = Number(/\d+/.exec(range ?? '0')?.[0])
        let isFirst = true
        const body = new ReadableStream({
          pull(controller) {
            if (!isFirst) return controller.error(new TypeError('cut off'))
            isFirst = false
            controller.enqueue(new TextEncoder().encode('muster'.slice(from, from + 2)))
            if (from === 4) controller.close()
          },
        })
        const goesOn = range !== null && headers.get('if-range') === etag
        return new Response(body, {
          status: goesOn ? 206 : 200,
          headers: { etag, 'content-type': 'application/octet-stream' },
        })
      },
    })
    expect(await textOf(cutting.exports.file('e-1', 'a'))).toBe('muster')
    expect(asked).toEqual([null, 'bytes=2-', 'bytes=4-'])
    const reading = cutting.exports.file('e-1', 'a')[Symbol.asyncIterator]()
    await reading.next()
    etag = '"two"'
    await expect(reading.next()).rejects.toThrow('The file is another now')
  })

  it('gives nothing where the answer is empty', async () => {
    const { userId } = await admin.people.add({ displayName: 'Dan' })
    expect(await admin.projects.addMember(projectId, userId)).toBeUndefined()
    expect((await admin.projects.members(projectId)).items.map((member) => member.userId)).toContain(userId)
    expect(await admin.projects.removeMember(projectId, userId)).toBeUndefined()
  })

  it('asks for a dry run by its query, beside its body', async () => {
    const preview = await admin.runs.start(
      projectId,
      { definitionId, models: ['a'] },
      { query: { dryRun: 'true' } },
    )
    expect(preview).toMatchObject({ jobs: 5 })
  })

  it('stops by its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(admin.projects.get(projectId, { signal })).rejects.toThrow('enough')
    const { runId } = await admin.runs.start(projectId, { definitionId, models: ['a'] })
    await expect(admin.runs.finished(runId, { signal })).rejects.toThrow('enough')
  })

  it('is refused without an id, before it is sent', () => {
    expect(() => admin.runs.get('')).toThrow('getRun: id must be a text')
    expect(() => (admin.runs.get as () => unknown)()).toThrow('getRun: id must be a text')
  })

  it('has the types of the document', () => {
    expectTypeOf(admin.runs.get).parameter(0).toEqualTypeOf<string>()
    expectTypeOf(admin.tasks.get).returns.resolves.toEqualTypeOf<Answers['TaskView']>()
    expectTypeOf<Parameters<typeof admin.people.add>[0]>().toHaveProperty('displayName')
    // @ts-expect-error: a run has models
    void ((): unknown => admin.runs.start(projectId, { definitionId }))
    // @ts-expect-error: there is no such status
    void ((): unknown => admin.tasks.list(projectId, { status: ['nonsense'] }))
  })
})

describe('a refusal', () => {
  it('is of the class of its status, with its code, its issues and its details', async () => {
    await expect(admin.runs.get('0190cbb0-0000-7000-8000-00000000abcd')).rejects.toThrow(NotFoundError)
    await expect(annotator.people.add({ displayName: 'x' })).rejects.toThrow(ForbiddenError)
    await expect(createMusterClient({ url, token: 'nobody' }).me.get()).rejects.toThrow(UnauthorizedError)
    const refused: unknown = await admin.people
      .add({ displayName: '' })
      .then(undefined, (error: unknown) => error)
    expect(refused).toBeInstanceOf(ValidationError)
    expect(refused).toMatchObject({ code: 'validation_failed', issues: [{ path: 'displayName' }] })
    const project = await admin.projects.get(projectId)
    await admin.projects.change(projectId, { name: 'Words' }, { ifMatch: project.version })
    const late: unknown = await admin.projects
      .change(projectId, { name: 'Late' }, { ifMatch: project.version })
      .then(undefined, (error: unknown) => error)
    expect(late).toBeInstanceOf(VersionConflictError)
    expect(late).toMatchObject({ name: 'VersionConflictError', details: { version: project.version + 1 } })
    expect(late).toBeInstanceOf(ConflictError)
    await expect(admin.queue.add(projectId, { type: 'shout', payload: { text: 1 } })).rejects.toMatchObject({
      code: 'job_validation_failed',
    })
  })

  it('says what answered where it is none of Muster’s', async () => {
    const other = await serving([[404, '<h1>Not here</h1>']])
    const refused: unknown = await createMusterClient({ url: other.url })
      .me.get()
      .then(undefined, (e: unknown) => e)
    expect(refused).toBeInstanceOf(MusterError)
    expect(refused).toMatchObject({ code: 'no_problem', status: 404, message: '404: <h1>Not here</h1>' })
    const well = await serving([[200, '{"hello":1}']])
    const list = createMusterClient({ url: well.url }).projects.list()
    await expect(list).rejects.toMatchObject({ code: 'no_problem', status: 200, message: '200: {"hello":1}' })
  })

  it('is told of an address that is none', () => {
    expect(() => createMusterClient({ url: 'muster' })).toThrow('url: must be an address')
  })

  it('is told of an option that there is not, unless it is undefined', () => {
    const [options, left] = [
      { url, tokne: 'boss' },
      { url, tokne: undefined },
    ]
    expect(() => createMusterClient(options)).toThrow(
      'tokne: is no option of createMusterClient, which has url, token, prefix, fetch',
    )
    expect(createMusterClient(left)).toHaveProperty('runs')
  })
})

describe('a server that is away', () => {
  it('is asked again for what may be repeated, with the same key', async () => {
    const other = await serving([
      [503, ''],
      [502, ''],
      [201, '{"userId":"u"}'],
    ])
    expect(await createMusterClient({ url: other.url }).people.add({ displayName: 'x' })).toEqual({
      userId: 'u',
    })
    const keys = other.asked.map((headers) => headers['idempotency-key'])
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/)
  })

  it('is asked once for what may not, but where it asks to wait', async () => {
    const away = await serving([[503, '{"code":"unavailable","detail":"away"}']])
    await expect(createMusterClient({ url: away.url }).assignments.start('a')).rejects.toThrow(
      UnavailableError,
    )
    expect(away.asked).toHaveLength(1)
    const busy = await serving([
      [429, '{"code":"rate_limited","detail":"slower"}', { 'retry-after': '0.01' }],
      [200, '{}'],
    ])
    expect(await createMusterClient({ url: busy.url }).assignments.start('a')).toEqual({})
    const slow = await serving(Array.from({ length: 4 }, () => [429, '', { 'retry-after': '0.01' }] as const))
    await expect(createMusterClient({ url: slow.url }).assignments.start('a')).rejects.toThrow(
      RateLimitedError,
    )
  })

  it('is told of as away, after four tries of what nobody hears', async () => {
    let tries = 0
    const client = createMusterClient({
      url: 'http://127.0.0.1:9',
      fetch: () => {
        tries++
        return Promise.reject(new TypeError('fetch failed'))
      },
    })
    await expect(client.me.get()).rejects.toThrow(UnavailableError)
    expect(tries).toBe(4)
  })

  it('is told of where its answer ends before its end, and asked once', async () => {
    const cut = { 'content-type': 'application/json', 'content-length': '100', connection: 'close' }
    for (const status of [200, 409]) {
      const other = await serving([[status, '{"items":[', cut]])
      const refused = createMusterClient({ url: other.url }).projects.list()
      await expect(refused).rejects.toMatchObject({ name: 'UnavailableError', code: 'no_answer' })
      expect(other.asked).toHaveLength(1)
    }
  })

  it('is told of where it ends its lines before their end', async () => {
    const other = await serving([[200, '{"a":1}\n{"a":2', { 'content-type': 'application/x-ndjson' }]])
    const seen: unknown[] = []
    const read = async (): Promise<void> => {
      for await (const line of createMusterClient({ url: other.url }).runs.results('r')) seen.push(line)
    }
    await expect(read()).rejects.toThrow(UnavailableError)
    expect(seen).toEqual([{ a: 1 }])
  })
})

type Scripted = readonly [status: number, body: string, headers?: Readonly<Record<string, string>>]

/** A server that gives these answers in turn, and what it was asked with. */
async function serving(
  answers: readonly Scripted[],
): Promise<{ readonly url: string; readonly asked: Readonly<Record<string, unknown>>[] }> {
  const asked: Readonly<Record<string, unknown>>[] = []
  const server = createServer((request, response) => {
    const [status, body, headers = { 'content-type': 'application/json' }] = answers[asked.length] ?? [
      500,
      '',
    ]
    asked.push(request.headers)
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of bytes) text += decoder.decode(piece, { stream: true })
  return text
}
