import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '@muster/cli'
import { jobType, type ProjectId } from '@muster/core'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { webhookSender } from '@muster/webhooks'
import Fastify, { type FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

// Runs, results, tasks and webhooks from a shell.

const SECRET = 'a secret of more than thirty-two characters'
const NOBODY = '00000000-0000-4000-8000-000000000000'

let muster: Muster
let app: FastifyInstance
let url: string
let folder: string
let projectId: ProjectId
let definitionId: string
const tokens = { admin: '', annotator: '' }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-cli-'))
  const probe = jobType({
    name: 'probe',
    payload: z.object({ text: z.string() }),
    retry: { maxAttempts: 1 },
    handler: ({ payload, model }) => {
      if (model === 'broken') throw new Error('The model is broken')
      return { output: `${model} ${payload.text}` }
    },
  })
  const core = coreModule({ jobTypes: [probe], webhooks: webhookSender(), logger: silentLogger })
  muster = await createMuster({ modules: [core] })
  await muster.work()
  app = Fastify()
  await app.register(musterHttp, { muster, authenticator: jwtAuthenticator({ secret: SECRET }) })
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { workflowId } = await muster.workflows.add({
    name: 'one step',
    steps: [{ stepId: 'label', stepType: 'annotation' }],
  })
  projectId = (await muster.projects.add({ name: 'From a shell', workflowId })).projectId
  const scenarios = ['a', 'b'].map((text) => ({ scenarioId: text, payload: { text } }))
  definitionId = (await muster.definitions.add(projectId, { name: 'Two', jobType: 'probe', scenarios }))
    .definitionId
  for (const role of ['admin', 'annotator'] as const) {
    const { userId } = await muster.people.add({ displayName: role, role })
    tokens[role] = await new SignJWT({ role })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(userId)
      .setExpirationTime('2h')
      .sign(new TextEncoder().encode(SECRET))
  }
})
afterAll(async () => {
  await app.close()
  await muster.close()
  await rm(folder, { recursive: true })
})

/** One call of the command: its exit code, the JSON that it gave a line, and its words. */
async function call(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [out, err]: [string[], string[]] = [[], []]
  const exitCode = await main(args, {
    env: { MUSTER_URL: url, MUSTER_TOKEN: tokens.admin, ...env },
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  })
  const lines = out.join('').split('\n').filter(Boolean)
  // biome-ignore lint/suspicious/noExplicitAny: results of every shape
  return { exitCode, told: lines.map((line): any => JSON.parse(line)), words: err.join('') }
}

function fileOf(value: unknown): Promise<string> {
  return textFileOf(JSON.stringify(value))
}

async function textFileOf(text: string): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.json`)
  await writeFile(file, text)
  return file
}

describe('muster run', () => {
  it('starts a run, waits for its end, and gives its results', async () => {
    const args = ['--definition', definitionId, '--model', 'small', 'large', '--wait']
    const { exitCode, told, words } = await call(['run', 'start', projectId, ...args])
    expect({ exitCode, told }).toMatchObject({
      exitCode: 0,
      told: [{ status: 'completed', progress: { total: 4, completed: 4 } }],
    })
    expect(words).toMatch(/^Started as [\da-f-]{36}: 4 jobs\ncompleted: 4 of 4 completed\n$/)
    const results = await call(['results', told[0].runId])
    const outputs = results.told.map(({ result }) => result.output)
    expect(new Set(outputs)).toEqual(new Set(['large a', 'large b', 'small a', 'small b']))
    expect(outputs).toHaveLength(4)
  })

  it('takes what a run may say from a file, options first, and starts nothing on a dry run', async () => {
    const file = await fileOf({ definitionId, models: ['other'], repeats: 3 })
    const before = (await muster.runs.list(projectId, {})).items.length
    const { exitCode, told } = await call([
      'run',
      'start',
      projectId,
      '--file',
      file,
      '--model',
      'm',
      '--dry-run',
    ])
    expect({ exitCode, told }).toMatchObject({ exitCode: 0, told: [{ jobs: 6 }] })
    expect((await muster.runs.list(projectId, {})).items).toHaveLength(before)
  })

  it('exits with 1 when jobs have failed, by start and by watch', async () => {
    const args = ['--definition', definitionId, '--model', 'broken', '--wait']
    const started = await call(['run', 'start', projectId, ...args])
    expect(started.exitCode).toBe(1)
    expect(started.words).toMatch(/completed: 0 of 2 completed, 2 failed\n$/)
    const [{ runId }] = started.told
    const watched = await call(['run', 'watch', runId])
    expect(watched).toMatchObject({ exitCode: 1, told: [{ runId, status: 'completed', failed: 2 }] })
    const again = await call(['run', 'retry', runId])
    expect(again).toMatchObject({ exitCode: 0, told: [{ runId, status: 'running' }] })
    expect((await call(['run', 'watch', runId])).told.at(-1)).toMatchObject({
      status: 'completed',
      failed: 2,
    })
  })

  it('starts a run after another, of the same scenarios', async () => {
    const file = await fileOf({ definitionId, models: ['slow'], maxJobsPerSecond: 0.001 })
    const [{ runId }] = (await call(['run', 'start', projectId, '--file', file])).told
    const after = ['--after', runId, '--model', 'm']
    const { exitCode, told, words } = await call(['run', 'start', projectId, ...after])
    expect({ exitCode, told }).toMatchObject({
      exitCode: 0,
      told: [{ status: 'pending', link: { parentId: runId, when: 'completed', state: 'waiting' } }],
    })
    expect(words).toBe(`Started as ${told[0].runId}: waits for ${runId}\n`)
    expect(await call(['run', 'start', projectId, ...after, '--when', 'soon'])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^after\.when /),
    })
    expect((await call(['run', 'cancel', runId])).exitCode).toBe(0)
    const watched = await call(['run', 'watch', told[0].runId])
    expect(watched.told.at(-1)).toMatchObject({ status: 'cancelled', total: 0 })
  })

  it('pauses, resumes and cancels a run', async () => {
    const file = await fileOf({ definitionId, models: ['slow'], maxJobsPerSecond: 0.001 })
    const [{ runId }] = (await call(['run', 'start', projectId, '--file', file])).told
    for (const [verb, status] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['cancel', 'cancelled'],
    ] as const)
      expect(await call(['run', verb, runId])).toMatchObject({ exitCode: 0, told: [{ runId, status }] })
    expect(await call(['run', 'show', runId])).toMatchObject({ exitCode: 0, told: [{ status: 'cancelled' }] })
    expect(await call(['run', 'resume', runId])).toMatchObject({ exitCode: 75, told: [] })
  })

  it('names what is missing or wrong', async () => {
    expect(await call(['run', 'start', projectId, '--model', 'm'])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^No definition is named/),
    })
    expect(await call(['run', 'start', projectId, '--definition', definitionId])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^No model is named/),
    })
    const file = await fileOf({ definitionId, models: ['m'], repeats: 0 })
    expect(await call(['run', 'start', projectId, '--file', file])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^repeats /),
    })
    expect(await call(['run', 'show', NOBODY])).toMatchObject({ exitCode: 66, told: [] })
    expect(await call(['run', 'show', NOBODY], { MUSTER_TOKEN: 'none' })).toMatchObject({ exitCode: 77 })
    expect(await call(['run', 'show', NOBODY], { MUSTER_TOKEN: '' })).toMatchObject({ exitCode: 64 })
    expect(await call(['run', 'show', NOBODY, '--server', 'nowhere'])).toMatchObject({ exitCode: 64 })
    expect(await call(['run', 'end', NOBODY])).toMatchObject({ exitCode: 64, told: [] })
  })
})

describe('muster task', () => {
  it('adds one by its payload and several of a file, each once', async () => {
    const one = ['--payload', '{"text":"hello"}', '--external-id', 'q-1', '--priority', '7']
    const added = await call(['task', 'add', projectId, ...one])
    expect(added).toMatchObject({ exitCode: 0, told: [{ items: [{ externalId: 'q-1', priority: 7 }] }] })
    expect(added.words).toBe('1 made, 0 there already\n')
    const file = await fileOf([
      { externalId: 'q-1', payload: { text: 'hello' } },
      { externalId: 'q-2', payload: { text: 'other' } },
    ])
    expect(await call(['task', 'add', projectId, '--file', file])).toMatchObject({
      exitCode: 0,
      words: '1 made, 1 there already\n',
    })
    const changed = await fileOf({ tasks: [{ externalId: 'q-2', payload: { text: 'changed' } }] })
    expect(await call(['task', 'add', projectId, '--file', changed])).toMatchObject({
      exitCode: 1,
      words: expect.stringMatching(/tasks\[0\]: q-2 is there with another payload/),
    })
  })

  it('shows a task, and why nobody could have it', async () => {
    const [{ items }] = (await call(['task', 'add', projectId, '--payload', '{}'])).told
    const { taskId } = items[0]
    expect(await call(['task', 'show', taskId])).toMatchObject({
      exitCode: 0,
      told: [{ taskId, status: 'open' }],
    })
    expect(await call(['task', 'candidates', taskId])).toMatchObject({ told: [{ taskId, eligible: 0 }] })
    expect(await call(['task', 'show', NOBODY])).toMatchObject({ exitCode: 66 })
  })

  it('refuses what is no task', async () => {
    for (const [args, words] of [
      [[], /Give the task as --payload, or tasks as --file/],
      [['--payload', '{'], /--payload must be JSON, not \{/],
      [
        ['--payload', `${'['.repeat(9_000)}${']'.repeat(9_000)}`],
        /^--payload must not be nested deeper than/,
      ],
      [['--payload', '{}', '--payload', '{"a":1}'], /^--payload may be given once/],
      [['--file', await textFileOf('')], /must hold a JSON list of tasks.*`muster import` reads other files/],
      [['--file', await textFileOf('{"payload":1}\n{"payload":2}\n')], /`muster import` reads other files/],
      [['--payload', '{}', '--priority', 'high'], /--priority must be a whole number, not high/],
      [['--file', await fileOf({ items: [] })], /must hold a JSON list of tasks/],
      [['--file', await fileOf([{ payload: {}, priority: 'x' }])], /^tasks\[0\]\.priority /],
      [
        ['--payload', '{"id":1234567890123456789}'],
        /^tasks\[0\]\.payload\.id must be a number that a double/,
      ],
      [['--file', await textFileOf('[{"payload":[1e999]}]')], /^tasks\[0\]\.payload\[0\] must be within/],
    ] as const)
      expect(await call(['task', 'add', projectId, ...args])).toMatchObject({
        exitCode: 64,
        told: [],
        words: expect.stringMatching(words),
      })
  })
})

describe('muster webhook', () => {
  it('adds, lists, changes and removes an address', async () => {
    const added = await call([
      'webhook',
      'add',
      'https://example.com/hook',
      '--project',
      projectId,
      '--type',
      'job_failed',
    ])
    expect(added).toMatchObject({
      exitCode: 0,
      told: [{ secret: expect.stringMatching(/^whsec_/), webhook: { projectId, types: ['job_failed'] } }],
    })
    const { webhookId } = added.told[0].webhook
    expect(await call(['webhook', 'list', '--project', projectId])).toMatchObject({ told: [{ webhookId }] })
    expect(await call(['webhook', 'disable', webhookId])).toMatchObject({ told: [{ disabled: 'byHand' }] })
    expect(await call(['webhook', 'enable', webhookId])).toMatchObject({ told: [{ disabled: null }] })
    const rotated = await call(['webhook', 'rotate', webhookId])
    expect(rotated.told[0].secret).not.toBe(added.told[0].secret)
    expect(await call(['webhook', 'deliveries', webhookId])).toMatchObject({ exitCode: 0, told: [] })
    expect(await call(['webhook', 'replay', webhookId])).toMatchObject({ exitCode: 64 })
    expect(await call(['webhook', 'replay', webhookId, '--seq', '1'])).toMatchObject({ exitCode: 0 })
    expect(await call(['webhook', 'remove', webhookId])).toMatchObject({
      told: [{ webhookId, removed: true }],
    })
    expect(await call(['webhook', 'show', webhookId])).toMatchObject({ exitCode: 66 })
  })

  it('adds one for all projects, and names a type that is none', async () => {
    const { told } = await call(['webhook', 'add', 'https://example.com/all'])
    expect(told).toMatchObject([{ webhook: { projectId: null, types: null } }])
    expect(await call(['webhook', 'list'])).toMatchObject({ told: [{ url: 'https://example.com/all' }] })
    expect(await call(['webhook', 'add', 'https://example.com', '--type', 'weather'])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^types\[0\] /),
    })
  })
})

describe('muster doctor', () => {
  it('finds a server well, and says who calls it', async () => {
    const { exitCode, told, words } = await call(['doctor'])
    const names = told[0].checks.map(({ name }: { readonly name: string }) => name)
    expect(names).toEqual(['node', 'ready', 'server', 'clock', 'token', 'backends', 'roles'])
    expect(words).toMatch(/^ok: token: of admin, admin, until /m)
    expect({ exitCode, words }).toEqual({ exitCode: 0, words: expect.not.stringContaining('AMISS') })
  })

  it('says what somebody without rights is not told', async () => {
    const { words } = await call(['doctor'], { MUSTER_TOKEN: tokens.annotator })
    expect(words).toMatch(/^unknown: setup: only an admin is told$/m)
  })

  it('finds a token that does not hold', async () => {
    const { exitCode, words } = await call(['doctor'], { MUSTER_TOKEN: 'none' })
    expect(exitCode).toBe(1)
    expect(words).toMatch(/^AMISS: token: /m)
  })

  it('finds a token that ends soon, a clock that is off, a backend that is away, and work for nobody', async () => {
    const answers: Readonly<Record<string, object>> = {
      '/readyz': {},
      '/api/v1/session': {
        userId: NOBODY,
        role: 'admin',
        displayName: null,
        version: '0.1.0',
        serverTime: new Date(0).toISOString(),
        expiresAt: new Date(60_000).toISOString(),
      },
      '/api/v1/system': {
        checks: { persistence: 'ok', redis: 'unavailable' },
        database: { server: 'PostgreSQL 17', migrations: 3, latestMigration: '0003_x.sql' },
      },
      '/api/v1/system/processes': {
        processes: [
          { roles: ['api', 'worker'], silentSince: null },
          { roles: ['scheduler'], silentSince: new Date(0).toISOString() },
        ],
      },
    }
    const other = createServer(({ url: path = '' }, answer) => {
      answer.setHeader('content-type', 'application/json')
      answer.end(JSON.stringify(answers[path]))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    try {
      const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
      const { exitCode, words } = await call(['doctor', '--server', address])
      expect(exitCode).toBe(1)
      expect(words).toMatch(/^AMISS: clock: the server's is \d+ ms behind this one$/m)
      expect(words).toMatch(/^AMISS: token: of 0{8}-.*, admin, until 1970-/m)
      expect(words).toMatch(/^AMISS: backends: redis: unavailable$/m)
      expect(words).toMatch(/^ok: database: PostgreSQL 17, 3 migrations, the last is 0003_x.sql$/m)
      expect(words).toMatch(/^AMISS: roles: no process is scheduler$/m)
    } finally {
      other.close()
    }
  })
})

describe('muster token', () => {
  const PROJECT = '00000000-0000-4000-8000-00000000000a'
  const now = () => Math.floor(Date.now() / 1_000)

  /** What the command gives and says, as text. */
  async function token(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [out, err]: [string[], string[]] = [[], []]
    const exitCode = await main(['token', ...args], {
      env: { MUSTER_JWT_SECRET: SECRET, ...env },
      out: (text) => out.push(text),
      err: (text) => err.push(text),
    })
    return { exitCode, given: out.join(''), words: err.join('') }
  }

  it('signs a token that the server takes, alone on a line', async () => {
    const { items } = await muster.people.list({})
    const admin = items.find(({ role }) => role === 'admin')
    const args = ['--role', 'admin', '--user', admin?.userId ?? '', '--expires', '2h']
    const { exitCode, given, words } = await token(args)
    expect({ exitCode, words }).toEqual({ exitCode: 0, words: '' })
    expect(given).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
    const seen = await call(['doctor'], { MUSTER_TOKEN: given.trim() })
    expect(seen.words).toContain('ok: token: of admin, admin, until')
  })

  it('ends it in an hour unless told otherwise, and tells all of it as JSON', async () => {
    const before = now()
    const { given } = await token(['--role', 'manager', '--user', NOBODY, '--json'])
    const told = JSON.parse(given)
    expect(told).toMatchObject({ user: NOBODY, role: 'manager' })
    const seconds = Date.parse(told.expiresAt) / 1_000
    expect(seconds).toBeGreaterThanOrEqual(before + 3_600)
    expect(seconds).toBeLessThanOrEqual(now() + 3_600)
    const identity = await jwtAuthenticator({ secret: SECRET }).authenticate(told.token)
    expect(identity).toEqual({ userId: NOBODY, role: 'manager', expiresAt: new Date(told.expiresAt) })
  })

  it('signs one of workers, which opens no call of people', async () => {
    const jobs = ['--type', 'score', 'shout', '--project', PROJECT]
    const { given } = await token(['--role', 'worker', '--user', 'gpus', ...jobs])
    expect(await jwtAuthenticator({ secret: SECRET }).authenticateWorker(given.trim())).toMatchObject({
      subject: 'gpus',
      types: ['score', 'shout'],
      projects: [PROJECT],
    })
    expect(await call(['run', 'show', NOBODY], { MUSTER_TOKEN: given.trim() })).toMatchObject({
      exitCode: 77,
    })
  })

  it('signs by the settings of the server', async () => {
    const { given } = await token(['--role', 'admin', '--user', 'ada'], {
      MUSTER_JWT_AUDIENCE: 'muster, others',
      MUSTER_JWT_ISSUER: 'https://login.example.org/',
      MUSTER_JWT_USER_CLAIM: 'app.user',
      MUSTER_JWT_ROLE_CLAIM: 'https://example.org/roles',
      MUSTER_JWT_ROLES: 'staff=annotator, muster-admins=admin',
    })
    const server = jwtAuthenticator({
      secret: SECRET,
      audience: 'muster',
      issuer: 'https://login.example.org/',
      userClaim: 'app.user',
      roleClaim: 'https://example.org/roles',
      roles: { 'muster-admins': 'admin', staff: 'annotator' },
    })
    expect(await server.authenticate(given.trim())).toMatchObject({ externalId: 'ada', role: 'admin' })
    const unnamed = await token(['--role', 'manager', '--user', 'ada'], {
      MUSTER_JWT_ROLES: 'staff=annotator',
    })
    expect(unnamed).toMatchObject({
      exitCode: 64,
      given: '',
      words: expect.stringContaining('MUSTER_JWT_ROLES'),
    })
  })

  it.each([
    ['', 'MUSTER_JWT_SECRET is not set'],
    ['short and secret', 'MUSTER_JWT_SECRET must have at least 32 characters'],
    [`${SECRET}\n`, 'MUSTER_JWT_SECRET has a blank or a line break at one end'],
  ])('names a secret that is none without telling it: %j', async (secret, words) => {
    const seen = await token(['--role', 'admin', '--user', NOBODY], { MUSTER_JWT_SECRET: secret })
    expect(seen).toMatchObject({ exitCode: 64, given: '', words: expect.stringContaining(words) })
    expect(seen.words).not.toMatch(/short and|thirty/)
  })

  it.each([
    [
      ['--role', 'owner', '--user', NOBODY],
      '--role must be one of admin, manager, annotator, worker, not owner',
    ],
    [['--role', 'admin'], '--user'],
    [['--role', 'admin', '--user', ''], '--user must not be empty'],
    [
      ['--role', 'admin', '--user', NOBODY, '--expires', '1w'],
      '--expires must be a time such as 30m, 1h or 7d',
    ],
    [['--role', 'admin', '--user', NOBODY, '--expires', '0s'], '--expires must be a time'],
    [['--role', 'admin', '--user', NOBODY, '--expires', '366d'], 'at most 365d, not 366d'],
    [['--role', 'manager', '--user', NOBODY, '--project', PROJECT], '--project is of workers'],
    [['--role', 'worker', '--user', 'gpus', '--project', PROJECT], 'A worker needs --type'],
    [['--role', 'worker', '--user', 'gpus', '--type', 'score', '--project', 'mine'], '--project must be ids'],
  ])('names what is missing or wrong: %j', async (args, words) => {
    expect(await token(args)).toMatchObject({
      exitCode: 64,
      given: '',
      words: expect.stringContaining(words),
    })
  })
})

describe('muster schema', () => {
  it('gives the document of the API, and the schema of a form', async () => {
    expect(await call(['schema'])).toMatchObject({
      exitCode: 0,
      told: [{ openapi: expect.stringMatching(/^3/) }],
    })
    const { formId } = await muster.forms.add({
      name: 'relevance',
      title: 'Relevance',
      show: [{ name: 'text', as: 'text', at: '/text' }],
      questions: [{ id: 'ok', type: 'yesNo', title: 'Is it right?' }],
    })
    expect(await call(['schema', formId])).toMatchObject({ exitCode: 0, told: [{ properties: { ok: {} } }] })
    expect(await call(['schema', NOBODY])).toMatchObject({ exitCode: 66 })
  })
})

describe('muster, called as it cannot be', () => {
  it.each(['a…b', 'a\nb'])('names a token that no header may hold without telling it: %j', async (token) => {
    const seen = await call(['run', 'show', NOBODY], { MUSTER_TOKEN: token })
    expect(seen).toMatchObject({ exitCode: 64, words: expect.stringMatching(/^The token cannot be sent: /) })
    expect(seen.words).not.toContain(token)
  })

  it('names an address that holds a password without telling it, and one that is not of HTTP', async () => {
    const secret = await call(['run', 'show', NOBODY, '--server', 'http://me:hidden@127.0.0.1:9'])
    expect(secret).toMatchObject({ exitCode: 64, words: expect.not.stringContaining('hidden') })
    const other = await call(['run', 'show', NOBODY, '--server', 'localhost:3000'])
    expect(other).toMatchObject({ exitCode: 64, words: expect.stringContaining('http://') })
  })

  it('names what is empty', async () => {
    for (const [args, words] of [
      [['results', ''], '<run> must not be empty\n'],
      [['run', 'start', '', '--definition', definitionId, '--model', 'm'], '<project> must not be empty\n'],
      [['webhook', 'list', '--project', ''], '--project must not be empty\n'],
      [['schema', ''], '<form> must not be empty\n'],
    ] as const)
      expect(await call(args)).toEqual({ exitCode: 64, told: [], words })
    const policy = await fileOf({ baseline: { runId: '', model: 'm' } })
    expect(await call(['gate', policy])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^No baseline is named/),
    })
    const calibration = await fileOf({ runId: '' })
    expect(await call(['calibrate', calibration])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^No run is named/),
    })
  })

  it('names where an export cannot be written, and leaves what is there', async () => {
    const file = await textFileOf('kept')
    const taken = join(folder, 'taken')
    await mkdir(join(taken, 'tasks.ndjson'), { recursive: true })
    const part = join(folder, 'part')
    await mkdir(join(part, 'tasks.ndjson.part'), { recursive: true })
    for (const [out, named] of [
      [file, file],
      [join(file, 'below'), file],
      [taken, join(taken, 'tasks.ndjson')],
      [part, join(part, 'tasks.ndjson')],
    ] as const) {
      const seen = await call(['export', 'tasks', projectId, '--format', 'ndjson', '--out', out])
      expect(seen).toMatchObject({ exitCode: 64, told: [] })
      expect(seen.words).toContain(named)
      expect(seen.words).toContain('cannot be written: ')
    }
    expect(await readdir(taken)).toEqual(['tasks.ndjson'])
  })

  it.each(['"', '\n', ';;', ''])('names a delimiter that is none: %j', async (delimiter) => {
    const args = ['--format', 'csv', '--out', join(folder, 'csv'), '--delimiter', delimiter]
    expect(await call(['export', 'tasks', projectId, ...args])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^--delimiter must /),
    })
    const file = await textFileOf('a,b\n1,2\n')
    const set = ['--format', 'csv', '--set', `delimiter=${delimiter}`]
    expect(await call(['import', file, '--project', projectId, ...set])).toMatchObject({
      exitCode: 64,
      words: expect.stringMatching(/^--set delimiter must be one character/),
    })
  })

  it('says that people and usage of results exclude each other', async () => {
    const seen = await call(['results', NOBODY, '--people', '--usage'])
    expect(seen).toMatchObject({ exitCode: 64, words: expect.stringContaining('--usage') })
  })

  it('helps with each command by its names', async () => {
    const out: string[] = []
    const around = { env: {}, out: (text: string) => void out.push(text), err: () => undefined }
    expect(await main(['help', 'task', 'add'], around)).toBe(0)
    expect(out.join('')).toContain('--external-id <id>')
    out.length = 0
    expect(await main(['help'], around)).toBe(0)
    expect(out.join('')).toContain('doctor')
    expect(await call(['help', 'task', 'nothing'])).toEqual({
      exitCode: 64,
      told: [],
      words: 'There is no command task nothing\n',
    })
  })

  it.each([404, 200])(
    'says of a server that answers %i with a page that it is none of Muster',
    async (status) => {
      const page = '<!doctype html><h1>Not here</h1>'
      const other = createServer((_, answer) => answer.writeHead(status).end(page)).listen(0, '127.0.0.1')
      await once(other, 'listening')
      try {
        const server = ['--server', `http://127.0.0.1:${(other.address() as AddressInfo).port}`]
        const shown = await call(['run', 'show', NOBODY, ...server])
        expect(shown).toMatchObject({
          exitCode: 69,
          words: expect.stringMatching(/^This is no Muster server: /),
        })
        expect(shown.words).not.toContain('<')
        const looked = await call(['doctor', ...server])
        expect(looked.exitCode).toBe(1)
        expect(looked.words).toMatch(/^AMISS: server: This is no Muster server: /m)
        expect(looked.words).not.toContain('away')
      } finally {
        other.close()
      }
    },
  )
})

describe('muster, whose output is not taken', () => {
  const BIN = fileURLToPath(new URL('../../../packages/cli/src/bin.ts', import.meta.url))

  it('ends quietly, as by SIGPIPE, when nobody reads on', async () => {
    const child = spawn(process.execPath, ['--conditions=@muster/source', BIN, 'schema'], {
      env: { ...process.env, MUSTER_URL: url, MUSTER_TOKEN: tokens.admin },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // Before the command can have written: it asks the server first.
    child.stdout.destroy()
    const words: Buffer[] = []
    child.stderr.on('data', (piece: Buffer) => words.push(piece))
    expect(await once(child, 'close')).toEqual([141, null])
    expect(Buffer.concat(words).toString()).toBe('')
  })
})
