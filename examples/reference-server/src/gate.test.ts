import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main } from '@muster/cli'
import type { ProjectId, RunId, UserId } from '@muster/core'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { uiScenarios } from '@muster-examples/language-id'
import Fastify, { type FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jobTypes } from './job-types.ts'

// The gate of this repository's own demo: two runs of its interface strings, of which one model changed. A release of the demo stands on it, as one of
// yours may.

const RIGHT = {
  name: 'right',
  title: 'Is it right?',
  show: [{ name: 'text', as: 'text' as const, at: '/scenario/text' }],
  questions: [{ id: 'right', type: 'yesNo' as const, title: 'Right' }],
}

const SECRET = 'a secret of more than thirty-two characters'
const POLICY = fileURLToPath(new URL('../policy.json', import.meta.url))

let muster: Muster
let app: FastifyInstance
let folder: string
let env: Readonly<Record<string, string>>
let projectId: ProjectId
let before: RunId
let after: RunId

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-gate-'))
  muster = await createMuster({ modules: [coreModule({ jobTypes, logger: silentLogger })] })
  app = Fastify()
  await app.register(musterHttp, { muster, authenticator: jwtAuthenticator({ secret: SECRET }) })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  projectId = (await muster.projects.add({ name: 'Demo' })).projectId
  const token = await tokenOf('manager', [projectId])
  env = { MUSTER_URL: address, MUSTER_TOKEN: token }
  const scenarios = uiScenarios().map(({ scenarioId, payload }) => ({ scenarioId, payload: { ...payload } }))
  const { definitionId } = await muster.definitions.add(projectId, {
    name: 'ui',
    jobType: 'probe:scenario',
    scenarios,
  })
  await muster.work()
  const start = async (models: readonly string[]): Promise<RunId> => {
    const run = await muster.runs.start(projectId, { definitionId, models })
    await run.finished()
    return run.runId
  }
  before = await start(['fasttext', 'eld'])
  after = await start(['fasttext', 'franc'])
})
afterAll(async () => {
  await app.close()
  await muster.close()
  await rm(folder, { recursive: true })
})

async function tokenOf(role: 'manager' | 'annotator', projects: readonly ProjectId[]): Promise<string> {
  const { userId } = await muster.people.add({ displayName: role, role })
  for (const each of projects) await muster.projects.addMember(each, userId as UserId)
  return new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
}

/** One call of the command: its exit code, the JSON that it gave, and its words. */
async function musterCli(args: readonly string[], given: Readonly<Record<string, string>> = env) {
  const [out, err]: [string[], string[]] = [[], []]
  const exitCode = await main(args, {
    env: given,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  })
  const text = out.join('')
  // One object on one line, or nothing; help is no result.
  // biome-ignore lint/suspicious/noExplicitAny: results of every shape
  const told: any = text.startsWith('{') ? JSON.parse(text) : null
  return { exitCode, told, words: err.join('') }
}

const gate = (baseline: string, candidate: string, file = POLICY) =>
  musterCli(['gate', file, '--baseline', baseline, '--candidate', candidate])

async function fileOf(value: unknown): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.json`)
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value))
  return file
}

describe('muster gate, on the demo', () => {
  it('goes for a model that is unchanged', async () => {
    const { exitCode, told, words } = await gate(`${before}/fasttext`, `${after}/fasttext`)
    expect(told).toMatchObject({
      decision: 'GO',
      rules: [{ metric: 'right', verdict: 'PASS', difference: 0 }, {}],
    })
    expect(Object.keys(told)).toEqual(['decision', 'rules', 'comparisonId', 'gateId'])
    expect(words).toMatch(/^PASS: right, critical, may drop by 0.05$/m)
    expect(exitCode).toBe(0)
    expect((await muster.gates.get(told.gateId)).comparisonId).toBe(told.comparisonId)
  })

  it('turns red for the worse one', async () => {
    const { exitCode, told } = await gate(`${before}/eld`, `${after}/franc`)
    expect(told).toMatchObject({ decision: 'NO-GO', rules: [{ verdict: 'BLOCK' }, {}] })
    expect(exitCode).toBe(1)
  })

  it('says that it cannot say', async () => {
    const rules = [{ metric: 'right', tier: 'critical', maxDrop: 0.05, minPairs: 1_000_000 }]
    const metrics = [{ name: 'right', score: { type: 'value', at: '/confidence' } }]
    const file = await fileOf({ version: 1, metrics, rules })
    const { exitCode, told } = await gate(`${before}/eld`, `${after}/fasttext`, file)
    expect(told).toMatchObject({ decision: 'INCONCLUSIVE', rules: [{ reason: 'too_few_pairs' }] })
    expect(exitCode).toBe(2)
  })

  it.each<[what: string, exitCode: number, words: RegExp, call: () => ReturnType<typeof musterCli>]>([
    ['no command', 64, /Usage: muster/, () => musterCli([])],
    ['an unknown command', 64, /unknown command/, () => musterCli(['gait'])],
    ['an unknown option', 64, /unknown option/, () => musterCli(['gate', POLICY, '--fast'])],
    ['no server', 64, /MUSTER_URL/, () => musterCli(['gate', POLICY], { MUSTER_TOKEN: 't' })],
    ['no token', 64, /MUSTER_TOKEN/, () => musterCli(['gate', POLICY], { MUSTER_URL: 'http://127.0.0.1:1' })],
    ['no baseline', 64, /No baseline is named/, () => musterCli(['gate', POLICY])],
    ['a model without a run', 64, /must be RUN\/MODEL/, () => gate('eld', `${after}/franc`)],
    [
      'a file that is not there',
      64,
      /cannot be read/,
      () => gate(`${before}/eld`, `${after}/franc`, '/nowhere.json'),
    ],
    [
      'a run that is not there',
      66,
      /There is no run/,
      () => gate(`${crypto.randomUUID()}/eld`, `${after}/franc`),
    ],
    [
      'a server that is away',
      69,
      /The server is away/,
      () =>
        musterCli([
          'gate',
          POLICY,
          '--baseline',
          `${before}/eld`,
          '--candidate',
          `${after}/eld`,
          '--server',
          'http://127.0.0.1:1',
        ]),
    ],
  ])('ends with its own code for %s', async (_what, exitCode, words, call) => {
    const seen = await call()
    expect(seen).toMatchObject({ exitCode, told: null })
    expect(seen.words).toMatch(words)
  })

  it('names each fault of a policy', async () => {
    const rules = [{ metric: 'right', tier: 'vital', maxDrop: 0 }]
    const file = await fileOf({ version: 1, alfa: 0.1, metrics: [], rules })
    const { exitCode, words } = await gate(`${before}/eld`, `${after}/franc`, file)
    expect(exitCode).toBe(64)
    for (const path of ['alfa is not a known field', 'metrics', 'rules[0].tier'])
      expect(words).toContain(path)
    expect((await gate(`${before}/eld`, `${after}/franc`, await fileOf('{'))).exitCode).toBe(64)
  })

  it('ends with 77 for who may not, and 75 for a run that has not completed', async () => {
    const annotator = { ...env, MUSTER_TOKEN: await tokenOf('annotator', [projectId]) }
    const args = ['gate', POLICY, '--baseline', `${before}/eld`, '--candidate', `${after}/franc`]
    expect((await musterCli(args, annotator)).exitCode).toBe(77)
    const [definition] = (await muster.definitions.list(projectId, {})).items
    const { runId } = await muster.runs.start(projectId, {
      definitionId: definition?.definitionId ?? '',
      models: ['eld'],
      maxJobsPerSecond: 0.001,
    })
    expect((await gate(`${runId}/eld`, `${after}/franc`)).exitCode).toBe(75)
    const waited = musterCli([
      'gate',
      POLICY,
      '--baseline',
      `${runId}/eld`,
      '--candidate',
      `${after}/franc`,
      '--wait',
    ])
    await muster.runs.cancel(runId)
    // It has ended, and not completed.
    expect((await waited).exitCode).toBe(75)
  })
})

describe('muster compare, on the demo', () => {
  it('gives the comparison, and says each verdict', async () => {
    const { exitCode, told, words } = await musterCli([
      'compare',
      `${before}/eld`,
      `${after}/franc`,
      '--metrics',
      POLICY,
      '--seed',
      '7',
      '--cluster-by',
      '/language',
      '--slice',
      '/length',
      '--report',
      join(folder, 'report.html'),
    ])
    expect(exitCode).toBe(0)
    expect(told).toMatchObject({ seed: 7, clusterBy: '/language', partial: false })
    expect(told.metrics[0]).toMatchObject({ metric: 'right', verdict: 'regressed' })
    expect(words).toMatch(/^right: regressed, -0\.\d+ \(-0\.\d+ to -0\.\d+\)$/m)
    expect(await muster.comparisons.get(told.comparisonId)).toMatchObject({ metrics: told.metrics })
    const report = await readFile(join(folder, 'report.html'), 'utf8')
    expect(report).toContain('<title>franc compared with eld</title>')
    expect(report).toMatch(/<svg[^>]*aria-label="right: -0/)
    expect(report).not.toMatch(/<script|src=|https?:/)
    expect((await musterCli(['compare', `${before}/eld`, `${after}/franc`])).exitCode).toBe(64)
    const odd = ['compare', `${before}/eld`, `${after}/franc`, '--metrics', POLICY, '--seed', 'x']
    expect((await musterCli(odd)).words).toBe('--seed must be a number, not x\n')
    expect((await musterCli(['--help'])).exitCode).toBe(0)
  })
})

describe('muster calibrate, on the demo', () => {
  it('draws units for people, and says what they would say', async () => {
    const { workflowId } = await muster.workflows.add({
      name: 'right',
      steps: [{ stepId: 'label', stepType: 'annotation', form: RIGHT }],
    })
    const people = await muster.projects.add({ name: 'People', workflowId })
    const token = await tokenOf('manager', [projectId, people.projectId])
    const both = { ...env, MUSTER_TOKEN: token }
    const asked = {
      models: ['eld'],
      judge: { type: 'value', at: '/confidence' },
      range: [0, 1],
      truth: { projectId: people.projectId, question: 'right' },
      budget: 60,
      seed: 7,
    }
    const file = await fileOf(asked)
    const plan = await musterCli(['calibrate', file, '--run', before, '--dry-run'], both)
    expect(plan).toMatchObject({ exitCode: 0, told: { drawn: 60, tasks: 60 } })
    expect(plan.words).toMatch(/^Would draw 60 of \d+ units: 60 tasks$/m)
    const drawn = await musterCli(['calibrate', file, '--run', before], both)
    expect(drawn).toMatchObject({ exitCode: 0, told: { status: 'labelling', waiting: 60, runId: before } })
    const page = join(folder, 'calibration.html')
    const told = await musterCli(['calibration', drawn.told.calibrationId, '--report', page], both)
    expect(told.words).toMatch(/^labelling: 0 units labelled, 60 tasks open \(provisional\)$/m)
    expect(told.words).toMatch(/^eld: no number \(0 labels count/m)
    expect(await readFile(page, 'utf8')).toContain('no number')
    expect((await musterCli(['calibrate', file], both)).words).toMatch(/No run is named/)
    expect((await musterCli(['calibration', crypto.randomUUID()], both)).exitCode).toBe(66)
    expect((await musterCli(['calibrate', await fileOf({}), '--run', before], both)).exitCode).toBe(64)
  })
})
