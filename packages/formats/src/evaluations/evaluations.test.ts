import { zstdDecompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { unzstd } from '../archive/zip.ts'
import { fixture, readAll, valuesOf } from '../fixtures.test.support.ts'
import { modelNames } from './promptfoo.ts'

describe('results of promptfoo', () => {
  it('come in the order of tests and prompts, though they stand as they ended', async () => {
    const found = await readAll(fixture('promptfoo/results.v0.123.1.json'))
    const models = ['capitals-small · question', 'capitals-small · terse', 'large']
    expect(found.formatVersion).toBe('3')
    expect(valuesOf(found, 'result').map(({ scenarioId, model }) => [scenarioId, model])).toEqual(
      ['1', '2', '3', '4'].flatMap((scenarioId) => models.map((model) => [scenarioId, model])),
    )
  })

  it('have four tests of the three that were written: lists of variables were expanded', async () => {
    const found = await readAll(fixture('promptfoo/results.v0.123.1.json'))
    expect(valuesOf(found, 'scenario').map(({ payload }) => payload)).toMatchObject([
      { vars: { country: 'France', style: 'plain' }, description: 'easy' },
      { vars: { country: 'Peru' }, _source: { metadata: { topic: 'geography' } } },
      { vars: { country: 'Côte d’Ivoire' } },
      { vars: { country: 'Nowhere' } },
    ])
  })

  it('have a failed job for an error, and a completed one for a check that did not pass', async () => {
    const results = valuesOf(await readAll(fixture('promptfoo/results.v0.123.1.json')), 'result')
    expect(results.filter(({ state }) => state === 'failed')).toMatchObject([
      { scenarioId: '4', model: 'large', result: null, error: { message: 'HTTP 503: upstream is down' } },
    ])
    expect(results[0]).toMatchObject({
      result: { output: 'Paris', score: 1, pass: true, namedScores: { short: 1 }, checks: expect.any(Array) },
      usage: { inputTokens: 0, outputTokens: 0, cost: 0.000012 },
      latencyMs: 63,
    })
    expect(results[2]?.result).toMatchObject({ output: expect.stringContaining('"capital":"Paris"') })
  })

  it('are the same from JSON and from JSON lines', async () => {
    const json = await readAll(fixture('promptfoo/results.v0.123.1.json'))
    const lines = await readAll(fixture('promptfoo/results.v0.123.1.jsonl'))
    expect(valuesOf(lines, 'result')).toEqual(valuesOf(json, 'result'))
    expect(valuesOf(lines, 'scenario')).toEqual(valuesOf(json, 'scenario'))
  })

  it('are read by place from a table, whose headers repeat', async () => {
    const results = valuesOf(await readAll(fixture('promptfoo/results.v0.123.1.csv')), 'result')
    expect(results.map(({ model, state }) => `${model} ${state}`).slice(-3)).toEqual([
      'capitals-small · question completed',
      'capitals-small · terse completed',
      'large failed',
    ])
    expect(results[2]?.result).toMatchObject({ output: expect.stringContaining('second line'), score: 1 })
  })

  it('may name a place of a prompt that no list is long enough for', async () => {
    const line = '{"testIdx":0,"promptIdx":4294967294,"vars":{},"provider":"a","success":true}\n'
    const found = await readAll(line, {}, 'promptfoo')
    expect(valuesOf(found, 'result').map(({ model }) => model)).toEqual(['a'])
  })

  it('are refused in another version, and with a result twice', async () => {
    const version = await readAll('{"evalId":"e","results":{"version":2,"results":[]}}')
    expect(version.findings).toMatchObject([{ code: 'unknown_version', place: '/results/version' }])
    const line = '{"testIdx":0,"promptIdx":0,"vars":{}}\n'
    expect((await readAll(line + line)).findings).toContainEqual(
      expect.objectContaining({ code: 'id_repeated', line: 2 }),
    )
  })

  it('name models apart', () => {
    const names = modelNames([
      { provider: 'a', label: 'x' },
      { provider: 'a', label: 'x' },
      { provider: 'b', label: 'x' },
      { provider: '', label: '' },
    ])
    expect(names).toEqual(['a · x', 'a · x (2)', 'b', 'prompt 4'])
  })
})

describe('a configuration of promptfoo', () => {
  it('gives each test with each prompt, its defaults merged under and its lists expanded', async () => {
    const scenarios = valuesOf(await readAll(fixture('promptfoo/config.yaml')), 'scenario')
    expect(scenarios[0]?.payload).toEqual({
      vars: { style: 'plain', country: 'France' },
      prompt: 'What is the capital of {{country}}?',
      checks: [{ type: 'icontains', value: 'paris' }],
      description: 'easy',
    })
    expect(scenarios.map(({ payload }) => (payload as { vars: { country: string } }).vars.country)).toEqual(
      ['France', 'Peru', 'Côte d’Ivoire', 'Nowhere'].flatMap((country) => [country, country]),
    )
  })

  it('runs no check that is code and reads no file, and counts the tests that use them', async () => {
    const found = await readAll(
      [
        'prompts: [file://prompt.txt, "Say {{x}}"]',
        'tests:',
        '  - vars: { x: file:///etc/passwd }',
        '    assert: [{ type: python, value: "import os" }, { type: equals, value: file://gold.txt }]',
        '  - vars: { x: b }',
        '    assert: [{ type: python, value: "1" }, { type: regex, value: "^b" }]',
      ].join('\n'),
    )
    expect(found.findings.map(({ code, message }) => [code, message])).toEqual([
      ['not_run', expect.stringMatching(/^file:\/\/prompt\.txt is neither run nor read; 1 test /)],
      ['not_run', expect.stringMatching(/^python is .*; 2 tests /)],
      ['not_run', expect.stringMatching(/^equals: file:\/\/ .*; 1 test /)],
      ['not_run', expect.stringMatching(/^vars\.x: file:\/\/ .*; 1 test /)],
    ])
    expect(valuesOf(found, 'scenario').map(({ payload }) => payload)).toEqual([
      { vars: { x: 'file:///etc/passwd' }, prompt: 'Say {{x}}' },
      { vars: { x: 'b' }, prompt: 'Say {{x}}', checks: [{ type: 'regex', value: '^b' }] },
    ])
  })

  it('refuses aliases that blow up, and YAML that is none, by line', async () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    for (const [name, of] of ['ba', 'cb', 'dc', 'ed', 'fe'].map((pair) => pair.split('')))
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]`)
    const blown = await readAll(`tests: []\nprompts: []\n${bomb.join('\n')}`, {}, 'promptfoo-config')
    expect(blown.findings).toMatchObject([{ code: 'bad_yaml' }])
    const broken = await readAll('tests:\n  - a: [1\nprompts: []\n', {}, 'promptfoo-config')
    expect(broken.findings).toMatchObject([{ code: 'bad_yaml', level: 'error', line: expect.any(Number) }])
  })
})

describe('a log of Inspect', () => {
  it.each(['zstd', 'zstd-multiframe', 'zstd-unfinished'])('is the same packed as %s', async (packed) => {
    const plain = await readAll(fixture('inspect/log_streaming.eval'))
    const other = await readAll(fixture(`inspect/log_streaming.${packed}.eval`))
    expect(other.records).toEqual(plain.records)
  })

  it('has samples by id and epoch, epochs in one family', async () => {
    const found = await readAll(fixture('inspect/log_streaming.eval'))
    expect(valuesOf(found, 'scenario').map(({ scenarioId, family }) => [scenarioId, family])).toEqual([
      ['1', '1'],
      ['1#2', '1'],
      ['2', '2'],
      ['2#2', '2'],
    ])
    expect(valuesOf(found, 'result')[0]).toMatchObject({
      model: 'azureai/Meta-Llama-3-1-405B-Instruct-jqf',
      result: { output: 'No', scores: { match: { value: 'I', score: 0, answer: 'No' } } },
    })
  })

  it('unpacks every frame, of which Node takes the first in silence', async () => {
    const frames = Buffer.concat(['one ', 'two ', 'three'].map((text) => Buffer.from(frameOf(text))))
    expect(zstdDecompressSync(frames).toString()).toBe('one ')
    expect(Buffer.from(unzstd(frames, 100)).toString()).toBe('one two three')
  })

  it('is refused if a byte of it was changed', async () => {
    const bytes = Uint8Array.from(fixture('inspect/log_streaming.zstd.eval'))
    bytes[3000] = (bytes[3000] ?? 0) ^ 1
    const { findings } = await readAll(bytes)
    expect(findings).toContainEqual(expect.objectContaining({ level: 'error', code: 'bad_zip' }))
  })

  it('reads bare NaN as null, and says so', async () => {
    const found = await readAll(fixture('inspect/log_nan.json'))
    expect(valuesOf(found, 'result')[0]?.result).toMatchObject({ scores: { match: { value: null } } })
  })

  it('keeps transcripts only if asked to, in the words of either revision', async () => {
    for (const [name, key] of [
      ['log_formats.json', 'transcript'],
      ['log_read_sample.json', 'events'],
    ] as const) {
      const bytes = fixture(`inspect/${name}`)
      const [without] = (await readAll(bytes)).records.filter(({ kind }) => kind === 'result')
      expect(without?.left).toContain(`/${key}`)
      const kept = valuesOf(await readAll(bytes, { transcript: true }), 'result')
      expect(kept[0]?.result).toHaveProperty(['transcript', key])
    }
  })

  it('is refused in another version', async () => {
    const { findings } = await readAll('{"version":3,"eval":{"model":"m"},"samples":[]}')
    expect(findings).toMatchObject([{ code: 'unknown_version', place: '/version' }])
  })

  it('takes choices of a data set from JSON in a cell, or names with commas', async () => {
    const found = await readAll(fixture('inspect/dataset-mcq.csv'))
    expect(valuesOf(found, 'scenario')[0]?.payload).toMatchObject({
      target: 'A',
      choices: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'],
    })
    const cell = await readAll('input,target,choices\nq,A,"[""x, y"",""z""]"\n')
    expect(valuesOf(cell, 'scenario')[0]?.payload).toMatchObject({ choices: ['x, y', 'z'] })
  })
})

/** One frame of zstd that holds its text as it is. */
function frameOf(text: string): Uint8Array {
  const size = Buffer.byteLength(text)
  const block = (size << 3) | 1
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, size, block & 255, (block >> 8) & 255, (block >> 16) & 255]),
    Buffer.from(text),
  ])
}

describe("items of OpenAI's Evals", () => {
  it('have no verdict where the dashboard gives none', async () => {
    const found = await readAll(fixture('openai-evals/dashboard.output-items.jsonl'), {
      models: { evalrun_000000000000000000000000000000a1: 'model-a' },
    })
    const [first, second, failed] = valuesOf(found, 'result')
    expect(first).toMatchObject({
      model: 'model-a',
      result: { output: 'Markets', passes: { 'Judge-2': true } },
    })
    expect(second).toMatchObject({ scenarioId: '1', result: { grades: { 'Judge-2': 0.2 } } })
    expect(failed).toMatchObject({ scenarioId: '0', state: 'failed', error: { code: 'rate_limit_exceeded' } })
    const none = await readAll('{"item":1,"sample":{},"run_id":"r","data_source_idx":0,"grades":{"g":1}}')
    expect(valuesOf(none, 'result')[0]?.result).toEqual({ output: [], grades: { g: 1 } })
  })

  it('are the same from the interface, whose last page must say that it is', async () => {
    const found = await readAll(fixture('openai-evals/api.output-items-page.json'))
    expect(valuesOf(found, 'result')[0]).toMatchObject({
      scenarioId: '5',
      result: { output: 'Markets', passes: expect.any(Object), grades: expect.any(Object) },
      usage: { inputTokens: 323, outputTokens: 2 },
    })
    expect(found.findings).toMatchObject([{ level: 'error', code: 'truncated', place: '/has_more' }])
  })

  it('are one scenario by index and content', async () => {
    const line = (item: string, run: string): string =>
      JSON.stringify({ item, sample: {}, run_id: run, data_source_idx: 0, grades: {} })
    const found = await readAll([line('a', 'r'), line('b', 'r'), line('a', 's'), line('a', 'r')].join('\n'))
    expect(valuesOf(found, 'scenario').map(({ scenarioId, payload }) => [scenarioId, payload])).toEqual([
      ['0', 'a'],
      ['0#2', 'b'],
    ])
    expect(found.findings).toMatchObject([{ code: 'id_repeated', line: 4 }])
  })

  it('come from the log of a registry run by sample', async () => {
    const found = await readAll(fixture('openai-evals/registry.run-log.jsonl'))
    expect(valuesOf(found, 'result')).toMatchObject([
      { scenarioId: 'capitals.dev.1', model: 'model-a', result: { output: 'Sucre', correct: true } },
    ])
  })
})

describe('samples of lm-evaluation-harness', () => {
  it('are one scenario with a result for each filter', async () => {
    const bytes = fixture('lm-eval/samples_arith_toy_2026-11-28T15-00-00.123456.jsonl')
    const found = await readAll(bytes, { model: 'm', task: 'arith' })
    expect(valuesOf(found, 'result').map((result) => [result.scenarioId, result.model])).toEqual([
      ['arith/0', 'm · strict-match'],
      ['arith/1', 'm · strict-match'],
      ['arith/0', 'm · flexible-extract'],
      ['arith/1', 'm · flexible-extract'],
    ])
    expect(found.findings).toEqual([])
    const twice = await readAll(Buffer.concat([bytes, bytes]), { model: 'm', task: 'arith' })
    expect(twice.findings.map(({ code, line }) => [code, line])).toEqual(
      [5, 6, 7, 8].map((line) => ['id_repeated', line]),
    )
  })

  it('have log-probabilities as numbers, though they stand as text', async () => {
    const found = await readAll(fixture('lm-eval/samples_capitals_mc_2026-11-28T15-00-00.123456.jsonl'))
    expect(valuesOf(found, 'result')[0]?.result).toMatchObject({
      resps: [[[-1.25, false]], [[-3.5, false]]],
      answer: [
        [-1.25, false],
        [-3.5, false],
      ],
      acc: 1,
      acc_norm: 1,
    })
  })
})

describe('what Langfuse has', () => {
  it('gives items with their expected output as gold, and passes over archived ones', async () => {
    const found = await readAll(fixture('langfuse/dataset-items.page.json'))
    expect(found.records).toMatchObject([
      { externalId: 'item-1', value: { payload: { input: { question: 'Capital of Peru?' } }, gold: 'Lima' } },
    ])
  })

  it('gives scores of people as answers, and of models as predictions', async () => {
    const found = await readAll(fixture('langfuse/scores.page.json'))
    expect(valuesOf(found, 'submission')).toMatchObject([
      { task: 'trace-9', person: 'langfuse:u-1', answers: { correct: true, tone: 'friendly' } },
    ])
    expect(valuesOf(found, 'prediction')).toMatchObject([{ model: 'judge', answers: { judge: 0.86 } }])
    const page = await readAll('{"data":[],"meta":{"page":1,"totalPages":3}}')
    expect(page.findings).toMatchObject([{ code: 'truncated' }])
  })
})
