import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { countsOf, FIXTURES, fixture, readAll } from './fixtures.test.support.ts'

const LOG = ['left no_home /plan', 'left no_home /results', 'left no_home /stats']
const GUESSED = 'note guessed null'
const UNNAMED = ['note unnamed null', 'note unnamed null']
const one = { scenario: 1, result: 1 }
const four = { scenario: 4, result: 4 }

/** Each file with what it is taken for, the records it gives, and all that is said of it. */
const SAMPLES: Readonly<
  Record<string, readonly [string | undefined, Readonly<Record<string, number>>, (readonly string[])?]>
> = {
  'argilla/records.flattened.jsonl': ['argilla', { task: 2, submission: 2, prediction: 1 }, [GUESSED]],
  'argilla/records.json': [
    'argilla',
    { task: 2, submission: 2, prediction: 2 },
    ['left skipped /responses', 'left skipped /responses', GUESSED],
  ],
  'doccano/export.intent_detection.jsonl': ['doccano', { task: 2, submission: 2 }],
  'doccano/export.relation_extraction.jsonl': [
    'doccano',
    { task: 1, submission: 1 },
    ['left no_home /relations'],
  ],
  'doccano/export.sequence_labeling.jsonl': ['doccano', { task: 3, submission: 3 }],
  'doccano/export.sequence_to_sequence.jsonl': ['doccano', { task: 3, submission: 3 }],
  'doccano/export.text_classification.jsonl': ['doccano', { task: 3, submission: 3 }],
  'doccano/import.intent_detection.jsonl': ['doccano', { task: 2, submission: 2 }],
  'doccano/import.invalid.csv': ['csv', { task: 2 }, ['error bad_csv null']],
  'doccano/import.out-of-order.csv': ['csv', { task: 3 }],
  'doccano/import.overlapping.jsonl': ['doccano', { task: 1, submission: 1 }],
  'doccano/import.relation_extraction.jsonl': [
    'doccano',
    { task: 1, submission: 1 },
    ['left no_home /relations'],
  ],
  'doccano/import.sequence_labeling.jsonl': ['doccano', { task: 3, submission: 3 }],
  'doccano/import.sequence_to_sequence.jsonl': ['doccano', { task: 3, submission: 3 }],
  'doccano/import.text_classification.jsonl': ['doccano', { task: 3, submission: 3 }],
  'doccano/import.utf16.csv': ['csv', { task: 3 }],
  'hf-datasets/duckdb.nested.zstd.parquet': ['parquet', { task: 2 }],
  'hf-datasets/train-00000-of-00001.parquet': ['parquet', { task: 2 }, ['error number_unsafe /2/id']],
  'hf-datasets/train.jsonl': ['ndjson', { task: 1 }, ['error number_unsafe /big']],
  'inspect/dataset-mcq.csv': ['inspect-dataset', { scenario: 1 }],
  'inspect/dataset-md.csv': ['inspect-dataset', { scenario: 1 }],
  'inspect/dataset-md.jsonl': ['inspect-dataset', { scenario: 1 }],
  'inspect/log_formats.eval': ['inspect', one, LOG],
  'inspect/log_formats.json': ['inspect', one, LOG],
  'inspect/log_nan.json': [
    'inspect',
    one,
    [
      'note not_finite /results/scores/0/metrics/accuracy/value',
      'note not_finite /samples/0/scores/match/value',
      ...LOG,
      'left no_home /reductions',
    ],
  ],
  'inspect/log_read_sample.eval': ['inspect', one, LOG],
  'inspect/log_read_sample.json': ['inspect', one, [...LOG, 'left no_home /reductions']],
  'inspect/log_streaming.eval': ['inspect', four, LOG],
  'inspect/log_streaming.zstd-multiframe.eval': ['inspect', four, LOG],
  'inspect/log_streaming.zstd-unfinished.eval': [
    'inspect',
    four,
    ['note partial _journal/start.json', 'left no_home /plan'],
  ],
  'inspect/log_streaming.zstd.eval': ['inspect', four, LOG],
  'inspect/log_tool_call_error.json': ['inspect', one, LOG],
  'inspect/mmlu-summary-choices.eval': ['inspect', one, LOG],
  'label-studio/config.template.assessment-excerpt.xml': [
    'label-studio-config',
    { form: 1 },
    ['note skipped Paragraphs', 'note skipped Style', 'note skipped Header', 'note skipped Choices'],
  ],
  'label-studio/config.template.ner.xml': ['label-studio-config', { form: 1 }],
  'label-studio/config.template.pairwise.xml': ['label-studio-config', { form: 1 }],
  'label-studio/export.community.json': [
    'label-studio',
    { task: 1, submission: 1, prediction: 1 },
    ['note skipped /annotations/was_cancelled', 'left unknown_tag /annotations/result', GUESSED],
  ],
  'label-studio/export.json-min.json': ['label-studio-min', { task: 1 }, [GUESSED]],
  'label-studio/import.bare.json': ['json', { task: 1 }],
  'label-studio/import.tasks.json': ['label-studio', { task: 2, submission: 1, prediction: 1 }, [GUESSED]],
  'label-studio/sdk.test_export_csv.csv_test.json': [
    'label-studio',
    { task: 2, submission: 2, prediction: 2 },
    ['left no_home /reviews', 'left unknown_tag /annotations/result', GUESSED],
  ],
  'label-studio/sdk.test_export_csv.csv_test2.json': ['label-studio', { task: 1, submission: 1 }, [GUESSED]],
  'label-studio/sdk.test_export_csv.csv_test2_result.csv': ['tsv', { task: 1 }],
  'label-studio/sdk.test_export_csv.csv_test_colliding_keys.json': [
    'label-studio',
    { task: 1, submission: 1 },
    [GUESSED],
  ],
  'label-studio/sdk.test_export_csv.csv_test_colliding_keys_mixed.json': [
    'label-studio',
    { task: 2, submission: 1 },
    [GUESSED],
  ],
  'label-studio/sdk.test_export_csv.csv_test_history.json': [
    'label-studio',
    { task: 1, submission: 1 },
    [GUESSED],
  ],
  'label-studio/sdk.test_export_doclang.data.json': [
    'label-studio',
    { task: 3, submission: 2 },
    ['note skipped /annotations/was_cancelled', 'left unknown_tag /annotations/result', GUESSED],
  ],
  'label-studio/sdk.test_export_json_min.chat_data.json': [
    'label-studio',
    { task: 1, submission: 1 },
    ['left unknown_tag /annotations/result', GUESSED],
  ],
  'label-studio/sdk.test_export_json_min.data.json': [
    'label-studio',
    { task: 1, submission: 1 },
    ['left unknown_tag /annotations/result', GUESSED],
  ],
  'label-studio/sdk.test_export_json_min.data_repeater.json': [
    'label-studio',
    { task: 1, submission: 1 },
    ['left unknown_tag /annotations/result', GUESSED],
  ],
  'label-studio/sdk.test_export_json_min.label_config.xml': [
    'label-studio-config',
    {},
    ['error unknown_tag PolygonLabels'],
  ],
  'langfuse/dataset-items.page.json': ['langfuse', { task: 1 }, ['left skipped /status']],
  'langfuse/scores.page.json': ['langfuse', { task: 1, submission: 1, prediction: 1 }],
  'lm-eval/samples_arith_toy_2026-11-28T15-00-00.123456.jsonl': [
    'lm-eval',
    { scenario: 2, result: 4 },
    UNNAMED,
  ],
  'lm-eval/samples_capitals_mc_2026-11-28T15-00-00.123456.jsonl': [
    'lm-eval',
    { scenario: 2, result: 2 },
    UNNAMED,
  ],
  'openai-evals/api.output-items-page.json': ['openai-evals', one, ['error truncated /has_more']],
  'openai-evals/dashboard.output-items.jsonl': ['openai-evals', { scenario: 2, result: 3 }],
  'openai-evals/registry.run-log.jsonl': [
    'openai-evals-registry',
    one,
    ['left no_home /spec', 'left no_home /final_report'],
  ],
  'openai-evals/registry.samples.jsonl': ['openai-evals-registry', { scenario: 3 }],
  'prodigy/annotations.jsonl': [
    'prodigy',
    { task: 4, submission: 4 },
    ['left skipped /answer', 'left no_home /tokens'],
  ],
  'promptfoo/config.yaml': [
    'promptfoo-config',
    { scenario: 8 },
    ['note skipped /providers', 'note skipped /providers', 'left not_run /tests/0'],
  ],
  'promptfoo/results.v0.123.1.csv': ['promptfoo-csv', { scenario: 4, result: 12 }, ['left no_home null']],
  'promptfoo/results.v0.123.1.json': [
    'promptfoo',
    { scenario: 4, result: 12 },
    ['left no_home /config', 'left no_home /metadata', 'left no_home /runtimeOptions', 'left no_home /vars'],
  ],
  'promptfoo/results.v0.123.1.jsonl': ['promptfoo', { scenario: 4, result: 12 }, ['note partial null']],
  'tables/broken.duplicate-header.csv': ['csv', {}, ['error header_repeated Score']],
  'tables/broken.ragged.csv': ['csv', { task: 1 }, ['error bad_csv null', 'error bad_csv null']],
  'tables/broken.unclosed-quote.csv': ['csv', {}, ['error bad_csv null']],
  'tables/comma.utf8-bom.crlf.csv': ['csv', { task: 4 }],
  'tables/cr-only.mac.csv': ['csv', { task: 4 }],
  'tables/empty.header-only.csv': ['csv', {}, ['note empty null']],
  'tables/empty.zero-bytes.csv': [undefined, {}, ['error empty null']],
  'tables/semicolon.de.cp1252.csv': ['csv', {}, ['error not_utf8 null']],
  'tables/semicolon.de.utf8-bom.csv': ['csv', { task: 4 }],
  'tables/sep-line.csv': ['csv', { task: 4 }],
  'tables/tab.utf16le-bom.txt': ['tsv', { task: 4 }],
}

describe('a file of another tool', () => {
  it.each(Object.entries(SAMPLES))(
    'is read, or refused by name: %s',
    async (name, [format, counts, said = []]) => {
      const found = await readAll(fixture(name))
      expect({
        format: found.format,
        counts: countsOf(found),
        said: found.findings.map(({ level, code, place }) => `${level} ${code} ${place}`),
      }).toEqual({ format, counts, said })
    },
  )

  it('is in this table, whichever lies there', () => {
    const files = globSync('*/*.{json,jsonl,eval,csv,txt,xml,yaml,parquet}', { cwd: fileURLToPath(FIXTURES) })
    expect(files.sort()).toEqual(Object.keys(SAMPLES).sort())
  })
})

describe('a file that is packed', () => {
  const text = '{"text":"a"}\n'.repeat(3)

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['gzip', gzipSync],
    [
      'gzip in two members',
      (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 7)), gzipSync(bytes.subarray(7))]),
    ],
    ['zstd', zstdCompressSync],
    [
      'zstd in two frames',
      (bytes) => Buffer.concat([zstdCompressSync(bytes.subarray(0, 7)), zstdCompressSync(bytes.subarray(7))]),
    ],
  ])('is unpacked from %s', async (_, pack) => {
    expect(countsOf(await readAll(pack(Buffer.from(text))))).toEqual({ task: 3 })
  })

  it('is refused if it was cut, is broken, or unpacks to far more than it is', async () => {
    const packed = gzipSync(text)
    expect((await readAll(packed.subarray(0, -9))).findings).toMatchObject([
      { level: 'error', code: 'truncated' },
    ])
    const broken = Uint8Array.from(packed)
    broken.fill(0xff, 12, 16)
    expect((await readAll(broken)).findings).toMatchObject([{ level: 'error', code: 'bad_zip' }])
    const frame = Uint8Array.from(zstdCompressSync(text))
    frame.fill(0xff, 6, 10)
    expect((await readAll(frame)).findings).toMatchObject([{ level: 'error', code: 'bad_zip' }])
    const zeros = Buffer.alloc(4 * 1024 * 1024, ' ')
    for (const bomb of [gzipSync(zeros), zstdCompressSync(zeros)])
      expect((await readAll(bomb)).findings).toMatchObject([{ level: 'error', code: 'too_long' }])
  })
})

/** A sequence that a seed repeats. */
function* draws(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

/** A copy that was cut, or has bytes flipped, repeated or put in. */
function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const draw = draws(seed)
  const next = (below: number): number => Math.floor(draw.next().value * below)
  const spot = next(bytes.byteLength + 1)
  switch (next(4)) {
    case 0:
      return bytes.subarray(0, spot)
    case 1: {
      const copy = Uint8Array.from(bytes)
      for (let n = 0; n < 5; n++) copy[next(copy.length)] = next(256)
      return copy
    }
    case 2:
      return Buffer.concat([
        bytes.subarray(0, spot),
        Buffer.from('['.repeat(next(500))),
        bytes.subarray(spot),
      ])
    default:
      return Buffer.concat([bytes.subarray(0, spot), Buffer.from('9'.repeat(400)), bytes.subarray(spot)])
  }
}

/** Of each file: `FORMATS_FUZZ=10000` for more than the suite has time for. */
const MUTATIONS = Number(process.env['FORMATS_FUZZ'] ?? 8)

it('throws nothing for files that are broken anyhow, and says what is wrong', async () => {
  for (const [name, [format]] of Object.entries(SAMPLES)) {
    const bytes = fixture(name)
    // A thread for each of these.
    const mutations = name.endsWith('.parquet') ? Math.ceil(MUTATIONS / 8) : MUTATIONS
    for (let seed = 1; seed <= mutations; seed++) {
      const broken = mutated(bytes, seed)
      const found = await readAll(broken, {}, (format ?? 'auto') as 'auto').catch((error: unknown) => {
        throw new Error(`${name}, mutation ${seed}`, { cause: error })
      })
      const isSaid = found.records.length > 0 || found.findings.length > 0
      if (!isSaid) throw new Error(`${name}, mutation ${seed}: nothing was read and nothing was said`)
      for (const { message } of found.findings) expect(message).not.toBe('')
    }
  }
})
