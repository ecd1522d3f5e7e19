import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { main } from '@muster/cli'
import type { RunId, UserId } from '@muster/core'
import type { ImportId } from '@muster/core/exchange'
import { fileReader, fromLabelStudio } from '@muster/formats'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import Fastify, { type FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'

// The pages that lead here from other tools, as their readers paste them. Only the start of a process for each command is spared: `npx muster` and
// `npm run token` are asked of this one.

const SECRET = 'a secret of more than thirty-two characters'
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const SHIM = `
npx() { shift; printf '%s\\0' "$@" | curl -sSf --data-binary @- "$SHIM/cli"; }
npm() { curl -sSf "$SHIM/token" -d "\${5:-}"; }
`

let muster: Muster
let app: FastifyInstance
let shim: Server
let address: string
let folder: string
let admin: UserId

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-moving-'))
  muster = await createMuster({ modules: [coreModule({ files: fileReader, logger: silentLogger })] })
  await muster.schedule()
  app = Fastify()
  await app.register(musterHttp, { muster, authenticator: jwtAuthenticator({ secret: SECRET }) })
  address = await app.listen({ host: '127.0.0.1', port: 0 })
  admin = (await muster.people.add({ displayName: 'admin', role: 'admin' })).userId
  shim = createServer((request, response) => {
    void text(request).then(async (body) => {
      if (request.url === '/token') return response.end(await tokenOf(body))
      const [out, err]: [string[], string[]] = [[], []]
      const exitCode = await main(body.split('\0').slice(0, -1), {
        env: { MUSTER_URL: address, MUSTER_TOKEN: await tokenOf('') },
        out: (piece) => out.push(piece),
        err: (piece) => err.push(piece),
      })
      return exitCode === 0
        ? response.end(out.join(''))
        : response.writeHead(500, `${exitCode}`).end(err.join(''))
    })
  }).listen(0, '127.0.0.1')
  await once(shim, 'listening')
})
afterAll(async () => {
  shim.close()
  await app.close()
  await muster.close()
  await rm(folder, { recursive: true })
})

function tokenOf(userId: string): Promise<string> {
  return new SignJWT({ role: userId === '' ? 'admin' : 'annotator' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId || admin)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
}

/** Runs all that a page has a reader paste. @returns the objects that were printed, and what was written */
async function followed(page: string) {
  const markdown = await readFile(join(ROOT, `docs/moving-from-${page}.md`), 'utf8')
  const commands = [...markdown.matchAll(/^```sh\n(?<commands>[\s\S]*?)^```$/gm)].map(
    ({ groups }) => groups?.['commands'],
  )
  const script = [SHIM, ...commands].join('\n').replaceAll('http://127.0.0.1:3000', address)
  const { port } = shim.address() as AddressInfo
  const out = await mkdtemp(join(folder, `${page}-`))
  const env = { ...process.env, SHIM: `http://127.0.0.1:${port}`, TMPDIR: out }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env })
  // biome-ignore lint/suspicious/noExplicitAny: objects of every shape
  const told: any[] = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
  const [made = ''] = await readdir(out)
  return { told, written: async (file: string) => readFile(join(out, made, file), 'utf8') }
}

it('moves a project of Label Studio, and back', async () => {
  const { told, written } = await followed('label-studio')
  const [moved, agreed] = told
  expect(moved).toMatchObject({ status: 'completed', people: 2, counts: { read: 11, made: 11, left: 1 } })
  // Of two tasks that were annotated twice, one was annotated alike.
  expect(agreed.items[0]).toMatchObject({ coefficient: 'percent', value: 0.5, items: 2, answers: 4 })
  const gold = (await muster.tasks.list(moved.projectId, {}, {})).items.filter((task) => task.gold != null)
  expect(gold).toMatchObject([
    { externalId: 'ls:1:101', gold: { tone: 'friendly', place: [{ start: 22, end: 26, label: 'CITY' }] } },
  ])
  const [task] = JSON.parse(await written('labels/tasks.json'))
  const theirs = JSON.parse(await readFile(join(ROOT, 'examples/migrate/label-studio/export.json'), 'utf8'))
  // They answered as the export has it: marks are in UTF-16 again.
  const valuesOf = ({ result }: { result: { from_name: string; value: object }[] }) =>
    result.map(({ from_name, value }) => [from_name, value])
  expect(task.annotations.map(valuesOf)).toEqual(theirs[0].annotations.map(valuesOf))
  expect(await written('labels/config.xml')).toContain('<Choice value="rude"')
  expect(await written('report.ndjson')).not.toContain('submission')
})

it('brings annotators as people who are never let in, and who review nothing of their own', async () => {
  const example = (file: string) => join(ROOT, 'examples/migrate/label-studio', file)
  const { form: tone } = fromLabelStudio(await readFile(example('config.xml'), 'utf8'), 'tone')
  const form = await muster.forms.add(tone as never)
  const { workflowId } = await muster.workflows.add({
    name: 'reviewed',
    steps: [
      { stepId: 'label', stepType: 'annotation', formId: form.formId, assignmentsRequired: 2 },
      { stepId: 'review', stepType: 'review', excludes: ['label'] },
    ],
  })
  const { projectId } = await muster.projects.add({ name: 'Reviewed', workflowId })
  const known = await muster.people.add({ displayName: 'Ann', externalId: 'label-studio:11' })
  const other = await muster.people.add({ displayName: 'Cleo' })
  for (const { userId } of [known, other]) await muster.projects.addMember(projectId, userId)
  const labels = await readFile(example('export.json'), 'utf8')
  const bring = async (as: string) =>
    fetch(`${address}/api/v1/projects/${projectId}/imports?submissions=true`, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}` },
      body: labels.replaceAll('"completed_by": ', '"completed_by": 1'),
    })
  const manager = await managerToken()
  await muster.projects.addMember(projectId, manager.userId)
  expect((await bring(manager.token)).status).toBe(403)
  const { importId } = (await (await bring(await tokenOf(''))).json()) as { importId: ImportId }
  await expect.poll(async () => (await muster.imports.get(importId)).status).toBe('completed')
  const { items } = await muster.people.list({}, { externalId: 'label-studio:12' })
  expect(items).toMatchObject([{ status: 'suspended', imported: true }])
  const [second] = items
  const theirs = second?.userId as UserId
  const session = await fetch(`${address}/api/v1/session`, {
    headers: { authorization: `Bearer ${await tokenOf(theirs)}` },
  })
  expect([session.status >= 400, (await session.json()).code]).toEqual([true, expect.any(String)])
  await expect(muster.people.change(theirs, { status: 'active' })).rejects.toMatchObject({
    issues: [{ path: 'status' }],
  })
  const stepsFor = async (userId: UserId) => {
    const steps: string[] = []
    for (;;) {
      const claimed = await muster.assignments.claimNext({ userId })
      if (claimed.kind !== 'claimed') return steps
      steps.push(claimed.assignment.stepId)
    }
  }
  // Two tasks wait for a review, and she has annotated both; she has a place of four on those that stand at annotation.
  expect(new Set(await stepsFor(known.userId))).toEqual(new Set(['label']))
  expect(await stepsFor(other.userId)).toContain('review')
})

it('moves results of promptfoo with as many passes of each provider, and back', async () => {
  const { told, written } = await followed('promptfoo')
  const [moved, compared] = told
  const read = async (file: Promise<string>) => JSON.parse(await file).results
  const before = await read(readFile(join(ROOT, 'examples/migrate/promptfoo/results.json'), 'utf8'))
  const passes = before.prompts.map(
    ({ metrics }: { metrics: { testPassCount: number } }) => metrics.testPassCount,
  )
  expect(moved.models.map(({ passed }: { passed: number }) => passed)).toEqual(passes)
  const run = await muster.runs.get(moved.runId)
  expect(run).toMatchObject({ status: 'completed', config: { origin: 'import' } })
  await expect(muster.runs.retryFailed(moved.runId)).rejects.toThrow('A run that was imported')
  expect(compared.metrics).toMatchObject([
    { metric: 'passed', n: 3 },
    { metric: 'score', n: 3 },
  ])
  const after = await read(written('back/results.json'))
  const outcomes = ({ results }: { results: Record<string, unknown>[] }) =>
    results
      .map(({ testIdx, promptIdx, success, score, failureReason }) =>
        JSON.stringify([testIdx, promptIdx, success, score, failureReason]),
      )
      .sort()
  expect(outcomes(after)).toEqual(outcomes(before))
})

it('moves results of OpenAI Evals with as many passes of each run, to other tools', async () => {
  const { told, written } = await followed('openai-evals')
  const [moved, compared] = told
  expect(moved.models).toMatchObject([
    { model: 'model-a', completed: 12, passed: 8 },
    { model: 'model-b', completed: 11, failed: 1, passed: 10 },
  ])
  expect(compared.metrics).toMatchObject([{ metric: 'section', n: 12, wins: 3, losses: 1 }])
  expect((await written('back/results.csv')).split('\r\n')).toHaveLength(26)
  expect(JSON.parse(await written('back/1-model-a.json'))).toMatchObject({ version: 2, status: 'success' })
})

it('moves two logs of Inspect to two runs that are compared, and back', async () => {
  const { told, written } = await followed('inspect')
  const [moved, compared] = told
  expect(moved).toMatchObject({ status: 'completed', models: [{ model: 'model-a', completed: 12 }] })
  expect(compared).toMatchObject({ pairs: { n: 12 }, metrics: [{ metric: 'section', wins: 3, losses: 1 }] })
  const scoresOf = (log: string) =>
    Object.fromEntries(
      JSON.parse(log).samples.map(({ id, scores }: Record<string, unknown>) => [id, scores ?? null]),
    )
  const theirs = await readFile(join(ROOT, 'examples/migrate/inspect/model-b.json'), 'utf8')
  expect(scoresOf(await written('back/1-model-b.json'))).toEqual(scoresOf(theirs))
})

/** A move as somebody asks for it, by default the admin. @returns the exit code, and what was said */
async function moving(args: readonly string[], token?: string) {
  const said: string[] = []
  const env = { MUSTER_URL: address, MUSTER_TOKEN: token ?? (await tokenOf('')) }
  const exitCode = await main(['migrate', ...args], { env, out: () => {}, err: (words) => said.push(words) })
  return [exitCode, said.join('')]
}

/** All that a move could make. */
async function made() {
  const lists = [
    muster.projects.list({ role: 'admin' } as never, {}),
    muster.forms.list({}),
    muster.workflows.list({}),
  ]
  return (await Promise.all(lists)).map(({ items }) => items.length)
}

async function managerToken(): Promise<{ readonly userId: UserId; readonly token: string }> {
  const { userId } = await muster.people.add({ displayName: 'Max', role: 'manager' })
  const token = await new SignJWT({ role: 'manager' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
  return { userId, token }
}

it('tells what is wrong with a move before anything is made', async () => {
  const file = join(ROOT, 'examples/migrate/promptfoo/results.json')
  const before = await made()
  expect(await moving(['excel', file])).toEqual([64, expect.stringContaining('must be label-studio')])
  expect(await moving(['promptfoo', file, '--config', file])).toEqual([
    64,
    expect.stringContaining('are of label-studio alone'),
  ])
  expect(await moving(['label-studio', file])).toEqual([64, expect.stringContaining('--config must name')])
  expect(await moving(['label-studio', file, '--config', file])).toEqual([
    64,
    expect.stringContaining('cannot be read'),
  ])
  expect(await moving(['inspect', file])).toEqual([1, expect.stringContaining('error:')])
  expect(await made()).toEqual(before)
})

it('makes nothing of a file of which the server would refuse a part, and says which and why', async () => {
  const before = await made()
  const config = join(ROOT, 'examples/migrate/label-studio/config.xml')
  const labels = async (tasks: unknown, ...more: string[]) => {
    const file = join(folder, 'tasks.json')
    await writeFile(file, JSON.stringify(tasks, null, 1))
    return moving(['label-studio', file, '--config', config, ...more])
  }
  const [known] = JSON.parse(await readFile(join(ROOT, 'examples/migrate/label-studio/export.json'), 'utf8'))
  const report = join(folder, 'refused.ndjson')
  const number = [known, { id: 7, data: { answer: 5 } }]
  expect(await labels(number, '--report', report)).toEqual([
    1,
    expect.stringMatching(/error: line \d+ .*payload\.\S+ .*text/),
  ])
  expect(await readFile(report, 'utf8')).toContain('payload_refused')
  const choices = { from_name: 'tone', to_name: 'answer', type: 'choices', value: { choices: ['purple'] } }
  const truth = { id: 9, ground_truth: true, result: [choices] }
  const gold = [{ ...known, annotations: [truth] }]
  expect(await labels(gold)).toEqual([1, expect.stringMatching(/error: line \d+ .*gold\.tone/)])
  expect(await labels([])).toEqual([1, expect.stringMatching(/error: .*holds/)])
  const results = join(ROOT, 'examples/migrate/promptfoo/results.json')
  await expect(moving(['label-studio', results, '--config', config])).resolves.toEqual([
    1,
    expect.stringContaining('error: '),
  ])
  // Refused by the reader itself, and reported all the same.
  await writeFile(report, 'old')
  await writeFile(join(folder, 'broken.json'), '[{"id":1,')
  await moving(['label-studio', join(folder, 'broken.json'), '--config', config, '--report', report])
  expect(await readFile(report, 'utf8')).toContain('"level":"error"')
  const one =
    '<View><Text name="t" value="$t"/>\n<Choices name="c" toName="t"><Choice value="a"/></Choices></View>'
  await writeFile(join(folder, 'one.xml'), one)
  expect(await moving(['label-studio', results, '--config', join(folder, 'one.xml')])).toEqual([
    64,
    expect.stringMatching(/one\.xml line 2 .*<Choices> \(c\): must hold at least two <Choice>/),
  ])
  const items = join(ROOT, 'examples/migrate/openai-evals/items.jsonl')
  const named = (models: object) =>
    moving(['openai-evals', items, '--set', `models=${JSON.stringify(models)}`])
  expect(await named({ evalrun_a1: '' })).toEqual([64, expect.stringContaining('models.evalrun_a1 must be')])
  expect(await named({ nope: 'm' })).toEqual([1, expect.stringContaining('models.nope names a run')])
  expect(await made()).toEqual(before)
})

it('asks for an admin before anything is made', async () => {
  const before = await made()
  const { token } = await managerToken()
  const example = (file: string) => join(ROOT, 'examples/migrate', file)
  const config = ['--config', example('label-studio/config.xml')]
  const refused = [77, expect.stringContaining('Only an admin')]
  expect(await moving(['label-studio', example('label-studio/export.json'), ...config], token)).toEqual(
    refused,
  )
  expect(await moving(['promptfoo', example('promptfoo/results.json')], token)).toEqual(refused)
  expect(await made()).toEqual(before)
})

it('does no part of an imported run again, nor makes a part of one', async () => {
  const { projectId } = await muster.projects.add({ name: 'Elsewhere' })
  const error = { code: 'theirs', message: 'no' }
  const line = { scenarioId: 's-1', payload: { text: 'a' }, model: 'm', state: 'failed', result: null, error }
  const ask = async (method: string, path: string, as: string, body?: string) => {
    const headers = { authorization: `Bearer ${as}` }
    const answer = await fetch(`${address}/api/v1${path}`, { method, headers, ...(body && { body }) })
    return { status: answer.status, body: await answer.json() }
  }
  const token = await tokenOf('')
  const bring = (query: string) =>
    ask('POST', `/projects/${projectId}/imports?target=run${query}`, token, JSON.stringify(line))
  expect(await bring('&mode=chunks')).toMatchObject({ status: 400, body: { errors: [{ path: 'mode' }] } })
  const { body } = await bring('')
  await expect.poll(async () => (await muster.imports.get(body.importId)).status).toBe('completed')
  const { createdIds } = await muster.imports.get(body.importId)
  const runId = createdIds.runId as RunId
  expect((await muster.runs.rates(runId, {})).jobs).toEqual([])
  const { items } = await muster.jobs.search(null, { runId })
  expect(items).toMatchObject([{ state: 'failed' }])
  expect(await ask('POST', `/projects/${projectId}/queue/${items[0]?.jobId}/retry`, token)).toMatchObject({
    status: 409,
    body: { code: 'run_state' },
  })
  // Of a project that is not theirs nobody learns how large a run is.
  const { userId, token: theirs } = await managerToken()
  await muster.projects.addMember((await muster.projects.add({ name: 'Own' })).projectId, userId)
  const sought = await ask('GET', `/jobs?runId=${runId}`, theirs)
  expect(sought.body).toMatchObject({ items: [], nextCursor: null, searched: 0 })
})

it('lets only an admin bring a run', async () => {
  const { userId, token } = await managerToken()
  const { projectId } = await muster.projects.add({ name: 'Theirs' })
  await muster.projects.addMember(projectId, userId)
  const bring = (target: string, as: string) =>
    fetch(`${address}/api/v1/projects/${projectId}/imports?target=${target}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}` },
      body: '{"text":"a"}\n',
    })
  expect((await bring('run', token)).status).toBe(403)
  expect((await bring('definition', token)).status).toBe(201)
  expect((await bring('run', await tokenOf(''))).status).toBe(201)
})
