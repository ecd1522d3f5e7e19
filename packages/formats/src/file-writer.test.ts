import { gunzipSync } from 'node:zlib'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { describe, expect, it } from 'vitest'
import { fileWriter, type Json } from './index.ts'
import type { FileSource, WrittenTask } from './write.ts'

const WORDS = {
  format: 'ndjson',
  gzip: false,
  fields: [] as readonly string[],
  delimiter: null,
  csvSafe: false,
  question: null,
  promptAt: null,
}
/** A pairwise question of two sides, and one that no tag of Label Studio asks. */
const FORM = {
  name: 'better',
  title: 'Which is better?',
  show: [
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/a' },
        { id: 'b', at: '/b' },
      ],
    },
  ],
  questions: [
    { id: 'better', type: 'pairwise', title: 'Better', of: 'answers' },
    { id: 'why', type: 'json', title: 'Why' },
  ],
}
const RUN = {
  runId: 'r-1',
  name: 'capitals',
  models: ['small', 'a/b: c'],
  createdAt: '2026-12-01T09:00:00.000Z',
  about: { version: 3 },
}

function aRun(count: number): FileSource {
  return {
    what: 'run',
    run: RUN,
    scenarios: function* (models = RUN.models) {
      for (let nth = 0; nth < count; nth++)
        yield {
          scenarioId: `s-${nth}`,
          payload: { text: `“${nth}”` },
          results: Object.fromEntries(
            models.map((model) => [
              model,
              nth === 1
                ? { state: 'failed' as const, result: null, error: { code: 'theirs', message: 'no key' } }
                : { state: 'completed' as const, result: { score: nth / 4, of: model }, error: null },
            ]),
          ),
          ...(nth === 0 && { outcome: { label: 'dan' } }),
        }
    },
  }
}

const TASK: WrittenTask = {
  taskId: 't-1',
  externalId: null,
  payload: { a: 'one', b: 'two' },
  submissions: [
    {
      stepId: 'label',
      person: 'person-1',
      result: { better: 'a' },
      comment: null,
      assignmentId: 'a-1',
      startedAt: '2026-12-01T09:00:00.125Z',
      submittedAt: null,
    },
  ],
  outcome: { better: 'a' },
}
const tasks: FileSource = {
  what: 'tasks',
  form: null,
  tasks: () => [TASK, { ...TASK, taskId: 't-2', submissions: [] }],
}

async function written(source: FileSource, words: object): Promise<{ readonly [name: string]: Buffer }> {
  const files: Record<string, Buffer> = {}
  for (const { name, bytes } of fileWriter.files(source, { ...WORDS, ...words })) {
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    files[name] = Buffer.concat(pieces)
  }
  return files
}

/** The rows of a Parquet file by a reader that is not ours. */
async function rowsOf(file: Buffer | undefined): Promise<Record<string, unknown>[]> {
  if (file === undefined) throw new Error('There is no such file')
  return parquetReadObjects({ file: bufferOf(file), compressors })
}

function bufferOf(file: Buffer): ArrayBuffer {
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer
}

describe('a Parquet file', () => {
  it('has a row for each scenario and model, with a type for each column', async () => {
    const { 'results.parquet': file = Buffer.of() } = await written(aRun(2), {
      format: 'parquet',
      fields: ['/result/of', '/payload/text', '/nothing'],
    })
    expect(await rowsOf(file)).toEqual([
      {
        scenarioId: 's-0',
        model: 'small',
        state: 'completed',
        payload: '{"text":"“0”"}',
        result: '{"score":0,"of":"small"}',
        score: 0,
        errorCode: null,
        errorMessage: null,
        outcome: '{"label":"dan"}',
        '/result/of': 'small',
        '/payload/text': '“0”',
        '/nothing': null,
      },
      expect.objectContaining({ model: 'a/b: c' }),
      expect.objectContaining({ state: 'failed', result: null, score: null, errorCode: 'theirs' }),
      expect.objectContaining({ errorMessage: 'no key', outcome: null }),
    ])
    const { schema, key_value_metadata } = parquetMetadata(bufferOf(file))
    expect(
      schema.slice(1).map(({ name, type, repetition_type }) => `${name} ${type} ${repetition_type}`),
    ).toEqual([
      'scenarioId BYTE_ARRAY REQUIRED',
      'model BYTE_ARRAY REQUIRED',
      'state BYTE_ARRAY REQUIRED',
      'payload BYTE_ARRAY OPTIONAL',
      'result BYTE_ARRAY OPTIONAL',
      'score DOUBLE OPTIONAL',
      'errorCode BYTE_ARRAY OPTIONAL',
      'errorMessage BYTE_ARRAY OPTIONAL',
      'outcome BYTE_ARRAY OPTIONAL',
      '/result/of BYTE_ARRAY OPTIONAL',
      '/payload/text BYTE_ARRAY OPTIONAL',
      '/nothing BYTE_ARRAY OPTIONAL',
    ])
    expect(key_value_metadata).toEqual([{ key: 'muster', value: '{"runId":"r-1","version":3}' }])
  })

  it('takes a payload that is null, and a field that is named twice', async () => {
    const source: FileSource = { what: 'definition', scenarios: () => [{ scenarioId: 's-1', payload: null }] }
    const { 'scenarios.parquet': file } = await written(source, {
      format: 'parquet',
      fields: ['/payload', '/payload'],
    })
    expect(await rowsOf(file)).toEqual([{ scenarioId: 's-1', payload: null, '/payload': null }])
  })

  it('goes on over many groups, of which none is large, and may have no row', async () => {
    const { 'results.parquet': file = Buffer.of() } = await written(aRun(6_000), { format: 'parquet' })
    expect(parquetMetadata(bufferOf(file)).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([
      5_000, 5_000, 2_000,
    ])
    const rows = await rowsOf(file)
    expect(rows).toHaveLength(12_000)
    expect(rows.at(-1)).toMatchObject({ scenarioId: 's-5999', score: 5_999 / 4 })
    const { 'results.parquet': none } = await written(aRun(0), { format: 'parquet' })
    expect(await rowsOf(none)).toEqual([])
  })

  it('has a row for each submission, whose times are times', async () => {
    const { 'tasks.parquet': file } = await written(tasks, { format: 'parquet' })
    expect(await rowsOf(file)).toMatchObject([
      {
        taskId: 't-1',
        externalId: null,
        person: 'person-1',
        startedAt: new Date('2026-12-01T09:00:00.125Z'),
      },
      { taskId: 't-2', stepId: null, submittedAt: null, outcome: '{"better":"a"}' },
    ])
  })
})

describe('the writer of a server', () => {
  it('packs each file alike each time, but no configuration', async () => {
    const once = await written(aRun(3), { gzip: true })
    expect(Object.keys(once)).toEqual(['results.ndjson.gz'])
    expect(once).toEqual(await written(aRun(3), { gzip: true }))
    const plain = await written(aRun(3), {})
    expect(gunzipSync(once['results.ndjson.gz'] as Buffer)).toEqual(plain['results.ndjson'])
    const labels = { ...tasks, form: { ...FORM, questions: FORM.questions.slice(0, 1) } } as FileSource
    expect(Object.keys(await written(labels, { format: 'label-studio', gzip: true }))).toEqual([
      'tasks.json.gz',
      'config.xml',
    ])
  })

  it('writes a log of Inspect for each model, under a name that every folder takes', async () => {
    const files = await written(aRun(2), { format: 'inspect' })
    expect(Object.keys(files)).toEqual(['1-small.json', '2-a_b_c.json'])
    const { samples } = JSON.parse(String(files['2-a_b_c.json'])) as { samples: object[] }
    expect(samples).toHaveLength(2)
  })

  it.each<[string, 'run' | 'tasks' | 'definition', object, Json, readonly string[]]>([
    ['nothing', 'run', { format: 'csv', delimiter: ';', csvSafe: true, fields: ['/payload'] }, null, []],
    [
      'words of a table',
      'run',
      { format: 'ndjson', delimiter: ';', csvSafe: true, fields: ['/a'] },
      null,
      ['fields', 'delimiter', 'csvSafe'],
    ],
    ['words of CSV', 'run', { format: 'parquet', delimiter: ';', fields: ['/a'] }, null, ['delimiter']],
    [
      'words of pairs',
      'tasks',
      { format: 'csv', question: 'better', promptAt: '' },
      null,
      ['question', 'promptAt'],
    ],
    ['a form that is not asked for', 'run', { format: 'csv' }, FORM, ['formId']],
    ['a form that is missing', 'tasks', { format: 'label-studio' }, null, ['formId']],
    [
      'all that pairs need',
      'tasks',
      { format: 'preference-pairs' },
      null,
      ['question', 'promptAt', 'formId'],
    ],
    [
      'a question of another kind',
      'tasks',
      { format: 'preference-pairs', question: 'why', promptAt: '' },
      FORM,
      ['question'],
    ],
    ['nothing of pairs', 'tasks', { format: 'preference-pairs', question: 'better', promptAt: '' }, FORM, []],
    ['a question without a tag', 'tasks', { format: 'label-studio' }, FORM, ['formId']],
  ])('finds %s at fault before it writes', (_, what, words, form, paths) => {
    expect(fileWriter.faults(what, { ...WORDS, ...words }, form).map(({ path }) => path)).toEqual(paths)
  })

  it('gives a person the same name by one key, in one project', () => {
    const name = fileWriter.pseudonym('key', 'p-1', 'u-1')
    expect(name).toMatch(/^person-[\da-f]{20}$/)
    expect(fileWriter.pseudonym('key', 'p-1', 'u-1')).toBe(name)
    const others: (readonly [string, string, string])[] = [
      ['other', 'p-1', 'u-1'],
      ['key', 'p-2', 'u-1'],
      ['key', 'p-1', 'u-2'],
    ]
    expect(new Set([name, ...others.map((given) => fileWriter.pseudonym(...given))]).size).toBe(4)
  })
})
