import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { main, type Surroundings } from '@muster/cli'
import { type FormId, jobType, type ProjectId, type UserId } from '@muster/core'
import { fileReader } from '@muster/formats'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import Fastify, { type FastifyInstance } from 'fastify'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

// Files of other tools, brought to a server by the command, and given by it.

const SECRET = 'a secret of more than thirty-two characters'
const FIXTURES = fileURLToPath(new URL('../../../packages/formats/fixtures/', import.meta.url))

let muster: Muster
let app: FastifyInstance
let folder: string
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-import-'))
  const probe = jobType({
    name: 'probe',
    payload: z.object({ text: z.string() }),
    handler: ({ payload, model }) => ({ output: `${model} ${payload.text}`, pass: payload.text !== 'no' }),
  })
  const core = coreModule({ jobTypes: [probe], files: fileReader, logger: silentLogger })
  muster = await createMuster({ modules: [core] })
  await muster.schedule()
  app = Fastify()
  await app.register(musterHttp, { muster, authenticator: jwtAuthenticator({ secret: SECRET }) })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const { userId } = await muster.people.add({ displayName: 'admin', role: 'admin' })
  const token = await new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId satisfies UserId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
  env = { MUSTER_URL: address, MUSTER_TOKEN: token }
})
afterAll(async () => {
  await app.close()
  await muster.close()
  await rm(folder, { recursive: true })
})

/** A project whose tasks go through one step, with the form of a configuration if one is given. */
async function project(formId?: FormId): Promise<ProjectId> {
  const { workflowId } = await muster.workflows.add({
    name: 'one step',
    steps: [{ stepId: 'label', stepType: 'annotation', ...(formId !== undefined && { formId }) }],
  })
  return (await muster.projects.add({ name: 'Imported', workflowId })).projectId
}

/** One call of the command: its exit code, the JSON that it gave, and its words. */
const musterCli = (...args: readonly string[]) => calledWith({}, ...args)

/** The same, with what is piped in. */
const pipedTo = (input: AsyncIterable<Uint8Array> | undefined, ...args: readonly string[]) =>
  calledWith({ input }, ...args)

async function calledWith(around: Partial<Surroundings>, ...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const exitCode = await main(args, {
    env,
    ...around,
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  })
  const text = out.join('')
  // biome-ignore lint/suspicious/noExplicitAny: results of every shape
  const told: any = text.startsWith('{') ? JSON.parse(text) : null
  return { exitCode, told, words: err.join('') }
}

const musterImport = (file: string, ...args: readonly string[]) => musterCli('import', file, ...args)

async function fileOf(text: string, name = `${crypto.randomUUID()}.csv`): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, text)
  return file
}

async function payloadsOf(projectId: ProjectId): Promise<Record<string, unknown>> {
  const { items } = await muster.tasks.list(projectId, {}, { limit: 100 })
  return Object.fromEntries(items.map(({ externalId, payload }) => [externalId, payload]))
}

describe('muster import', () => {
  it('sends nothing on a dry run, and tells what it would', async () => {
    const projectId = await project()
    const file = join(FIXTURES, 'tables/semicolon.de.utf8-bom.csv')
    const { exitCode, told } = await musterImport(file, '--project', projectId, '--dry-run')
    expect(exitCode).toBe(0)
    expect(told).toMatchObject({
      status: 'checked',
      format: 'csv',
      target: 'tasks',
      counts: { read: 4, made: 0, refused: 0 },
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
      bytes: 153,
    })
    expect(await payloadsOf(projectId)).toEqual({})
  })

  it('tells the digest of a whole file of which it reads a part', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'muster-cut-')), 'cut.json')
    const text = `[{"text":"a"},{"text":]${' '.repeat(1024 ** 2)}`
    await writeFile(file, text)
    const { told } = await musterImport(file, '--project', await project())
    const sha256 = createHash('sha256').update(text).digest('hex')
    expect(told).toMatchObject({ status: 'refused', sha256, bytes: text.length })
  })

  it('reads what is piped in, and leaves none of it behind', async () => {
    const projectId = await project()
    const before = await readdir(tmpdir())
    const piped = () => new Blob(['text\n', 'same\nother\n']).stream()
    const brought = await pipedTo(piped(), 'import', '-', '--project', projectId)
    expect(brought).toMatchObject({ exitCode: 0, told: { format: 'csv', bytes: 16, counts: { made: 2 } } })
    expect(Object.values(await payloadsOf(projectId))).toHaveLength(2)
    const refused = await pipedTo(piped(), 'import', '-', '--project', projectId, '--as', 'nonsense')
    expect(refused).toMatchObject({ exitCode: 64, words: expect.stringContaining('--as must be one of') })
    const without = await musterImport('-', '--project', projectId)
    expect(without).toMatchObject({ exitCode: 64, words: expect.stringContaining('Nothing is piped in') })
    const left = (await readdir(tmpdir())).filter((name) => !before.includes(name))
    expect(left.filter((name) => name.startsWith('muster-input-'))).toEqual([])
  })

  it('makes a task of each row once, however often the file is sent', async () => {
    const projectId = await project()
    const file = await fileOf('text\nsame\nsame\nother\n')
    const first = await musterImport(file, '--project', projectId)
    expect(first).toMatchObject({ exitCode: 0, told: { status: 'completed', counts: { read: 3, made: 3 } } })
    const again = await musterImport(file, '--project', projectId)
    expect(again).toMatchObject({ exitCode: 0, told: { counts: { read: 3, made: 0, same: 3 } } })
    expect(Object.values(await payloadsOf(projectId))).toHaveLength(3)
  })

  it('leaves a task as it is that has another payload in the file, and says so', async () => {
    const projectId = await project()
    const old = await fileOf('externalId,text,gold\nq-1,old,a\nq-2,kept,\n')
    expect((await musterImport(old, '--project', projectId)).exitCode).toBe(0)
    const changed = await fileOf('externalId,text,gold\nq-1,new,a\nq-2,kept,\nq-3,added,\n')
    const refused = await musterImport(changed, '--project', projectId)
    expect(refused).toMatchObject({ exitCode: 1, told: { counts: { made: 1, same: 1, changed: 1 } } })
    expect(refused.words).toMatch(/^error: line 2 is there with another payload/m)
    const skipped = await musterImport(changed, '--project', projectId, '--on-conflict', 'skip')
    expect(skipped).toMatchObject({ exitCode: 0, told: { counts: { same: 2, changed: 1 } } })
    expect(await payloadsOf(projectId)).toEqual({
      'q-1': { text: 'old' },
      'q-2': { text: 'kept' },
      'q-3': { text: 'added' },
    })
  })

  it('makes nothing of a file of which a part is refused, unless asked for the rest', async () => {
    const projectId = await project()
    const broken = await fileOf('externalId,text\nq-1,a\nq-2\nq-1,again\nq-3,c\n')
    const report = join(folder, 'report.ndjson')
    const refused = await musterImport(broken, '--project', projectId, '--report', report)
    expect(refused).toMatchObject({
      exitCode: 1,
      told: { status: 'refused', counts: { made: 0, refused: 2 } },
    })
    const lines = (await readFile(report, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 'error', code: 'bad_csv', line: 3 },
      { level: 'error', code: 'id_repeated', line: 4 },
    ])
    expect(await payloadsOf(projectId)).toEqual({})
    const rest = await musterImport(broken, '--project', projectId, '--skip-refused')
    expect(rest).toMatchObject({ told: { status: 'completed', counts: { made: 2, refused: 2 } } })
    expect(await payloadsOf(projectId)).toEqual({ 'q-1': { text: 'a' }, 'q-3': { text: 'c' } })
  })

  it('makes a form of a configuration, and tells the line of a task that it cannot show', async () => {
    const template = (name: string): string => join(FIXTURES, `label-studio/config.template.${name}.xml`)
    for (const name of ['assessment-excerpt', 'pairwise'])
      expect(await musterImport(template(name), '--name', name)).toMatchObject({ exitCode: 0 })
    const made = await musterImport(template('ner'), '--name', 'ner')
    expect(made).toMatchObject({ exitCode: 0, told: { target: 'form', counts: { made: 1 } } })
    expect(await muster.forms.get(made.told.formId)).toMatchObject({ name: 'ner', version: 1 })
    const projectId = await project(made.told.formId)
    const file = await fileOf(
      '{"id":1,"data":{"ner":"In Paris"}}\n{"id":2,"data":{"text":"x"}}\n',
      'tasks.jsonl',
    )
    const args = ['--project', projectId, '--format', 'label-studio']
    const refused = await musterImport(file, ...args)
    expect(refused).toMatchObject({
      exitCode: 1,
      told: { status: 'stopped', counts: { made: 0, refused: 1 } },
    })
    expect(refused.words).toMatch(/^error: line 2 payload\.ner /m)
    const rest = await musterImport(file, ...args, '--skip-refused')
    expect(rest).toMatchObject({ told: { status: 'completed', counts: { made: 1, refused: 1 } } })
    expect(await payloadsOf(projectId)).toEqual({ 'ls:1': { ner: 'In Paris' } })
  })

  it('makes one definition of an evaluation, and tells that its results are not sent', async () => {
    const projectId = await project()
    const file = join(FIXTURES, 'promptfoo/results.v0.123.1.json')
    const made = await musterImport(file, '--project', projectId, '--job-type', 'probe', '--dry-run')
    expect(made.told).toMatchObject({ target: 'definition', formatVersion: '3', counts: { read: 4 } })
    expect(made.words).toMatch(/^left: 12 records of the kind result are not sent as definition$/m)
    const lines = await fileOf(
      ['de', 'fr']
        .map((language) => JSON.stringify({ payload: { text: language }, scenarioId: language }))
        .join('\n'),
      'two.ndjson',
    )
    const args = ['--project', projectId, '--job-type', 'probe', '--as', 'definition']
    const first = await musterImport(lines, ...args)
    expect(first).toMatchObject({ exitCode: 0, told: { counts: { read: 2, made: 2 } } })
    const again = await musterImport(lines, ...args)
    expect(again.told.definitionId).toBe(first.told.definitionId)
    const { items } = await muster.definitions.scenarios(first.told.definitionId, {})
    expect(items.map(({ scenarioId }) => scenarioId)).toEqual(['de', 'fr'])
    expect((await muster.definitions.list(projectId, {})).items).toMatchObject([{ name: 'two' }])
  })

  it.each<[string, RegExp, readonly string[]]>([
    ['no project', /No project is named/, []],
    ['an unknown target', /--as must be one of/, ['--project', 'p', '--as', 'project']],
    [
      'an unknown answer to conflicts',
      /--on-conflict must be/,
      ['--project', 'p', '--on-conflict', 'replace'],
    ],
    ['an unknown option', /--set must name one of/, ['--project', 'p', '--set', 'colour=red']],
    ['an option that is none', /--set nest must be true or false/, ['--project', 'p', '--set', 'nest=yes']],
  ])('ends with 64 for %s', async (_, words, args) => {
    const seen = await musterImport(join(FIXTURES, 'tables/sep-line.csv'), ...args)
    expect(seen).toMatchObject({ exitCode: 64, told: null })
    expect(seen.words).toMatch(words)
  })

  it.each(['form', 'definition'])(
    'refuses a file that holds nothing that a %s could be made of',
    async (target) => {
      const projectId = await project()
      const file =
        target === 'form' ? await fileOf('text\na\n') : join(FIXTURES, 'label-studio/config.template.ner.xml')
      for (const more of [[], ['--dry-run'], ['--skip-refused']]) {
        const seen = await musterImport(file, '--project', projectId, '--as', target, ...more)
        expect(seen).toMatchObject({ exitCode: 1, told: { status: 'refused', counts: { made: 0 } } })
        expect(seen.words).toContain(`holds nothing that a ${target} could be made of`)
      }
    },
  )

  it('sends nothing if the report cannot be written, and writes it in place of the last', async () => {
    const projectId = await project()
    const file = await fileOf('text\na\n')
    const args = ['--project', projectId, '--report']
    const seen = await musterImport(file, ...args, join(file, 'report.ndjson'))
    expect(seen).toMatchObject({ exitCode: 64, told: null })
    expect(seen.words).toContain('report.ndjson cannot be written: ')
    expect(await payloadsOf(projectId)).toEqual({})
    const report = await fileOf('of the last time', 'last.ndjson')
    expect((await musterImport(file, ...args, report)).exitCode).toBe(0)
    expect(await readFile(report, 'utf8')).toBe('')
  })

  it('ends with 64 for a file that is not there, and 66 for a project that is not', async () => {
    expect((await musterImport('/nowhere.csv', '--project', 'p')).exitCode).toBe(64)
    const file = await fileOf('a\n1\n')
    expect((await musterImport(file, '--project', crypto.randomUUID())).exitCode).toBe(66)
  })
})

describe('muster import --submissions', () => {
  const LABELLED = fileURLToPath(new URL('../../migrate/label-studio/', import.meta.url))
  const SET = ['--set', 'questions={"place":{"type":"spans"}}']

  /** A project that asks by the configuration beside the export. */
  async function asking(): Promise<ProjectId> {
    const { told } = await musterImport(join(LABELLED, 'config.xml'), '--name', 'tone')
    return project(told.formId)
  }
  const bring = (file: string, projectId: ProjectId, ...more: readonly string[]) =>
    musterImport(file, '--project', projectId, '--submissions', ...SET, ...more)

  it('makes answers of people with their tasks, and nothing twice', async () => {
    const projectId = await asking()
    const file = join(LABELLED, 'export.json')
    const dry = await bring(file, projectId, '--dry-run')
    expect(dry).toMatchObject({ exitCode: 0, told: { status: 'checked', counts: { made: 0, left: 1 } } })
    const first = await bring(file, projectId)
    expect(first).toMatchObject({ exitCode: 0, told: { status: 'completed', target: 'tasks' } })
    expect(first.told.counts.made).toBe(first.told.counts.read)
    const out = join(folder, 'brought')
    await musterCli('export', 'tasks', projectId, '--format', 'ndjson', '--out', out)
    const [line = ''] = (await readFile(join(out, 'tasks.ndjson'), 'utf8')).split('\n')
    expect(JSON.parse(line)).toMatchObject({
      externalId: 'ls:1:101',
      submissions: [{ submittedAt: '2026-11-21T10:00:00.000Z' }, { person: 'person-2' }],
    })
    // Otherwise named, it is another file with the same answers.
    const again = await bring(file, projectId, '--name', 'again')
    expect(again).toMatchObject({ exitCode: 0, told: { counts: { made: 0, same: first.told.counts.read } } })
  })

  it('tells of an answer that is there otherwise, and passes it over only if asked to', async () => {
    const projectId = await asking()
    await bring(join(LABELLED, 'export.json'), projectId)
    const text = await readFile(join(LABELLED, 'export.json'), 'utf8')
    const file = await fileOf(text.replace('"neutral"', '"rude"'), 'other.json')
    const refused = await bring(file, projectId)
    expect(refused).toMatchObject({ exitCode: 1, told: { status: 'refused', counts: { made: 0 } } })
    expect(refused.words).toContain('is there with another result, and stays as it is')
    const skipped = await bring(file, projectId, '--on-conflict', 'skip')
    expect(skipped).toMatchObject({ exitCode: 0, told: { status: 'completed', counts: { made: 0 } } })
    expect(skipped.words).toContain('is there with another result, and stays as it is')
  })

  it.each<[string, readonly string[], string]>([
    ['a part of a file', ['--skip-refused'], '--skip-refused is not for --submissions'],
    ['what is no task', ['--as', 'definition'], '--submissions is for tasks, not for a definition'],
  ])('is not for %s', async (_, more, words) => {
    const seen = await bring(
      await fileOf('a\n1\n'),
      crypto.randomUUID() as ProjectId,
      '--format',
      'csv',
      ...more,
    )
    expect(seen).toMatchObject({ exitCode: 64, words: expect.stringContaining(words) })
  })
})

describe('muster export', () => {
  const digestOf = async (name: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(name))
      .digest('hex')
  const PSEUDONYM = expect.stringMatching(/^person-[\da-f]{20}$/)
  const withKey = (key: string, ...args: readonly string[]) =>
    calledWith({ env: { ...env, MUSTER_PSEUDONYM_KEY: key } }, ...args)

  it.each(['ndjson', 'csv', 'promptfoo', 'inspect'])(
    'writes a run as %s, the same bytes each time, and the command reads it again',
    async (format) => {
      const projectId = await project()
      const scenarios = ['yes', 'no', 'maybe'].map((text) => ({ scenarioId: text, payload: { text } }))
      const models = ['m/1', 'm2']
      const definition = { name: 'words', jobType: 'probe', scenarios }
      const { definitionId } = await muster.definitions.add(projectId, definition)
      const run = await muster.runs.start(projectId, { definitionId, models })
      await muster.work()
      await run.finished()
      const out = join(folder, `${format}-out`)
      const args = ['export', 'run', run.runId, '--format', format, '--out', out]
      const first = await musterCli(...args)
      expect(first).toMatchObject({
        exitCode: 0,
        told: {
          format,
          run: { runId: run.runId, models, version: 1, status: 'completed' },
          rows: 3,
          left: [],
        },
      })
      const again = await musterCli(...args)
      expect(again.told).toEqual(first.told)
      expect(JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'))).toEqual(first.told)
      for (const { name, sha256 } of first.told.files) expect(await digestOf(join(out, name))).toBe(sha256)
      const [{ name }] = first.told.files
      const read = await musterImport(join(out, name), '--project', projectId, '--dry-run')
      expect(read).toMatchObject({
        exitCode: 0,
        told: { counts: { read: format === 'csv' ? 6 : 3, refused: 0 } },
      })
      expect(first.told.files).toHaveLength(format === 'inspect' ? 2 : 1)
    },
  )

  it('writes repeats of a scenario as epochs', async () => {
    const projectId = await project()
    const definition = {
      name: 'twice',
      jobType: 'probe',
      scenarios: [{ scenarioId: 'a', payload: { text: 'x' } }],
    }
    const { definitionId } = await muster.definitions.add(projectId, definition)
    const run = await muster.runs.start(projectId, { definitionId, models: ['m'], repeats: 2 })
    await muster.work()
    await run.finished()
    const out = join(folder, 'repeats')
    expect((await musterCli('export', 'run', run.runId, '--format', 'inspect', '--out', out)).told.rows).toBe(
      2,
    )
    const { samples } = JSON.parse(await readFile(join(out, '1-m.json'), 'utf8')) as { samples: object[] }
    expect(samples).toMatchObject([
      { id: 'a', epoch: 1 },
      { id: 'a', epoch: 2 },
    ])
  })

  it('writes what people said to a comparison as pairs, and as tasks of Label Studio that the command reads', async () => {
    const template = join(FIXTURES, 'label-studio/config.template.pairwise.xml')
    const { told: form } = await musterImport(template, '--name', 'compare')
    const projectId = await project(form.formId)
    const { userId } = await muster.people.add({ displayName: 'Ann', role: 'annotator' })
    await muster.projects.addMember(projectId, userId)
    const payload = { prompt: 'Which?', pairText1: 'one', pairText2: '=two' }
    await muster.tasks.add(projectId, [{ externalId: 'c-1', payload }])
    const claim = await muster.assignments.claimNext({ userId })
    if (claim.kind === 'nothing') throw new Error('There is a task to take')
    const { assignmentId } = claim.assignment
    await muster.assignments.start({ assignmentId, userId })
    await muster.assignments.submit({ assignmentId, userId, result: { pw: 'text2' } })
    const out = join(folder, 'pairs')
    const of = (format: string, ...more: readonly string[]) =>
      musterCli('export', 'tasks', projectId, '--format', format, '--out', out, ...more)
    const withForm = ['--form', form.formId, '--question', 'pw', '--prompt-at', '/prompt']
    expect(await of('preference-pairs', ...withForm)).toMatchObject({
      exitCode: 0,
      told: { rows: 1, left: [] },
    })
    expect(JSON.parse(await readFile(join(out, 'pairs.ndjson'), 'utf8'))).toEqual({
      prompt: 'Which?',
      chosen: '=two',
      rejected: 'one',
      n: 1,
      margin: 1,
    })
    const labelled = await of('label-studio', '--form', form.formId)
    expect(labelled.told.files.map(({ name }: { name: string }) => name)).toEqual([
      'tasks.json',
      'config.xml',
    ])
    const read = await musterImport(join(out, 'tasks.json'), '--project', projectId, '--dry-run')
    expect(read.told).toMatchObject({ format: 'label-studio', counts: { read: 1, refused: 0 } })
    const config = await musterImport(join(out, 'config.xml'), '--name', 'compare')
    expect(config).toMatchObject({ exitCode: 0, told: { target: 'form' } })
    const field = ['--field', '/payload/pairText2', '--csv-safe']
    expect((await of('csv', ...field)).told.left).toMatchObject([{ count: 1 }])
    expect(await readFile(join(out, 'tasks.csv'), 'utf8')).toContain('person-1')
    expect((await of('csv', '--people', 'id')).exitCode).toBe(0)
    expect(await readFile(join(out, 'tasks.csv'), 'utf8')).toContain(userId)
    expect((await of('csv', '--people', 'none')).exitCode).toBe(0)
    expect(await readFile(join(out, 'tasks.csv'), 'utf8')).not.toMatch(/person-1|[0-9a-f-]{36},text2/)
  })

  it('writes scenarios that the command reads again, packed if asked to', async () => {
    const projectId = await project()
    const scenarios = ['yes', 'no'].map((text) => ({ scenarioId: text, payload: { text } }))
    const definition = { name: 'words', jobType: 'probe', scenarios }
    const { definitionId } = await muster.definitions.add(projectId, definition)
    const out = join(folder, 'scenarios')
    const of = (format: string, ...more: readonly string[]) =>
      musterCli('export', 'definition', definitionId, '--format', format, '--out', out, ...more)
    const packed = await of('ndjson', '--gzip')
    expect(packed).toMatchObject({
      exitCode: 0,
      told: {
        definition: { definitionId, projectId, name: 'words', version: 1, jobType: 'probe' },
        rows: 2,
        files: [{ name: 'scenarios.ndjson.gz' }],
      },
    })
    expect((await of('ndjson', '--gzip')).told).toEqual(packed.told)
    const bytes = await readFile(join(out, 'scenarios.ndjson.gz'))
    expect(packed.told.files).toEqual([
      {
        name: 'scenarios.ndjson.gz',
        bytes: bytes.byteLength,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
    ])
    expect(gunzipSync(bytes).toString()).toBe(scenarios.map((each) => `${JSON.stringify(each)}\n`).join(''))
    const job = ['--job-type', 'probe', '--name', 'again']
    const again = await musterImport(join(out, 'scenarios.ndjson.gz'), '--project', projectId, ...job)
    expect(again.told).toMatchObject({ target: 'definition', counts: { read: 2, made: 2 } })
    await of('csv', '--field', '/payload/text')
    expect(await readFile(join(out, 'scenarios.csv'), 'utf8')).toBe(
      '\ufeffscenarioId,payload,/payload/text\r\nyes,"{""text"":""yes""}",yes\r\nno,"{""text"":""no""}",no\r\n',
    )
  })

  it('names people by a key, the same in each file and another in each project', async () => {
    const { userId } = await muster.people.add({ displayName: 'Bea', role: 'annotator' })
    const named = async (key: string) => {
      const projectId = await project()
      await muster.projects.addMember(projectId, userId)
      await muster.tasks.add(projectId, [{ payload: { text: 'one' } }])
      const claim = await muster.assignments.claimNext({ userId })
      if (claim.kind === 'nothing') throw new Error('There is a task to take')
      const { assignmentId } = claim.assignment
      await muster.assignments.start({ assignmentId, userId })
      await muster.assignments.submit({ assignmentId, userId, result: 'fine' })
      const out = join(folder, `named-${projectId}`)
      const lines = async () => {
        const args = [
          'export',
          'tasks',
          projectId,
          '--format',
          'ndjson',
          '--out',
          out,
          '--people',
          'pseudonym',
        ]
        const { exitCode } = await withKey(key, ...args)
        expect(exitCode).toBe(0)
        return readFile(join(out, 'tasks.ndjson'), 'utf8')
      }
      const text = await lines()
      expect(await lines()).toBe(text)
      expect(text).not.toContain(userId)
      const [said] = JSON.parse(text).submissions
      expect(said).toMatchObject({ assignmentId, submittedAt: expect.stringMatching(/Z$/) })
      return said.person
    }
    const key = 'a key of more than thirty-two characters'
    const [one, other] = [await named(key), await named(key)]
    expect([one, other]).toEqual([PSEUDONYM, PSEUDONYM])
    expect(one).not.toBe(other)
  })

  it.each([
    ['', 'MUSTER_PSEUDONYM_KEY is not set'],
    ['too short', 'MUSTER_PSEUDONYM_KEY must have at least 32 characters'],
  ])('asks for a key of pseudonyms by its name: %j', async (key, words) => {
    const args = ['export', 'tasks', crypto.randomUUID(), '--format', 'ndjson', '--people', 'pseudonym']
    expect(await withKey(key, ...args)).toMatchObject({ exitCode: 64, words: expect.stringContaining(words) })
  })

  it.each<[string, RegExp, readonly string[]]>([
    ['other things', /must be run, tasks or definition/, ['people', 'x', '--format', 'csv']],
    ['a format of the other', /--format of run must be one of/, ['run', 'x', '--format', 'label-studio']],
    [
      'an unknown way to name people',
      /--people must be/,
      ['run', 'x', '--format', 'csv', '--people', 'mail'],
    ],
    ['no form', /give --form/, ['tasks', crypto.randomUUID(), '--format', 'label-studio']],
  ])('ends with 64 for %s', async (_, words, args) => {
    const seen = await musterCli('export', ...args, '--out', join(folder, 'none'))
    expect(seen).toMatchObject({ exitCode: 64, told: null })
    expect(seen.words).toMatch(words)
  })
})
