import { jsonDocument, jsonValues } from '../json/values.ts'
import { restOf, withSource } from '../native.ts'
import {
  type Entry,
  FormatError,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  type ReadOptions,
  step,
  type Usage,
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'
import { joined } from '../text/lines.ts'

/** Why a result of theirs failed: 0 it did not, 1 an assertion, 2 an error. */
const ERROR_REASON = 2
const MAX_TEXT = 256 * 1024 * 1024

interface Row {
  readonly value: JsonObject
  readonly line: number | null
  readonly place: string
  readonly testIdx: number
  readonly promptIdx: number
}

/**
 * Results of promptfoo, as its JSON (version 3) or its JSONL. They stand there in the order in which they ended; here a scenario
 * comes before its results, by `testIdx` and `promptIdx`.
 */
export async function* readPromptfoo(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  const text = await joined(decode(source, options.encoding), options.maxBytes ?? MAX_TEXT)
  const start = text.slice(0, 4096)
  const isEnvelope = !/^\s*\{[^\n]*\}\s*(?:\n|$)/.test(text) || /"evalId"|"results"\s*:\s*\{/.test(start)
  const envelope = isEnvelope ? jsonDocument(text, options) : undefined
  if (!envelope) {
    yield* readLines(text, options)
    return
  }
  const { value, findings } = envelope
  const results = isObject(value) ? value['results'] : undefined
  if (!isObject(value) || !isObject(results) || !isList(results['results']))
    throw new FormatError('bad_shape', 'must have `results.results`, a list', { place: '/results/results' })
  const version = results['version']
  yield { is: 'head', format: 'promptfoo', formatVersion: version === undefined ? null : wordOf(version) }
  if (version !== 3)
    throw new FormatError(
      'unknown_version',
      `must be results of version 3, not ${JSON.stringify(version ?? null)}`,
      {
        place: '/results/version',
      },
    )
  yield* findings
  const models = modelNames(
    (isList(results['prompts']) ? results['prompts'] : []).map((prompt) => ({
      provider: textOf(isObject(prompt) ? prompt['provider'] : null),
      label: textOf(isObject(prompt) ? prompt['label'] : null),
    })),
  )
  const rows: Row[] = []
  for (const [index, row] of results['results'].entries()) {
    const place = `/results/results/${index}`
    const read = rowOf(row, null, place)
    if ('is' in read) yield read
    else rows.push(read)
  }
  for (const key of ['config', 'metadata', 'runtimeOptions', 'shareableUrl', 'vars'])
    if (value[key] !== undefined && value[key] !== null)
      yield finding('left', 'no_home', 'is of the evaluation as a whole', { place: `/${key}` })
  yield* inOrder(rows, (promptIdx) => models[promptIdx] ?? `prompt ${promptIdx + 1}`, options)
}

async function* readLines(text: string, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'promptfoo', formatVersion: null }
  const rows: Row[] = []
  // By its place, which a file may put anywhere: a list would be as long as that.
  const prompts = new Map<number, { readonly provider: string; readonly label: string }>()
  for await (const one of jsonValues(once(text), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const read = rowOf(one.value, one.line, '')
    if ('is' in read) {
      yield read
      continue
    }
    rows.push(read)
    const { provider, prompt } = read.value
    if (!prompts.has(read.promptIdx))
      prompts.set(read.promptIdx, {
        provider: isObject(provider) ? textOf(provider['label']) || textOf(provider['id']) : textOf(provider),
        label: isObject(prompt) ? textOf(prompt['label']) : '',
      })
  }
  yield finding(
    'note',
    'partial',
    'has no envelope: neither its id, its version, its configuration, nor whether lines are missing is known',
  )
  const named = [...prompts].sort(([one], [other]) => one - other)
  const models = modelNames(named.map(([place, prompt]) => ({ ...prompt, place })))
  const byPlace = new Map(named.map(([place], index) => [place, models[index]]))
  yield* inOrder(rows, (promptIdx) => byPlace.get(promptIdx) ?? `prompt ${promptIdx + 1}`, options)
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}

function rowOf(value: Json, line: number | null, place: string): Row | Entry {
  if (!isObject(value)) return finding('error', 'bad_shape', 'must be an object', { line, place })
  for (const key of ['testIdx', 'promptIdx'])
    if (!Number.isInteger(value[key]) || Number(value[key]) < 0)
      return finding('error', 'bad_shape', 'must be an integer from 0', { line, place: `${place}/${key}` })
  return { value, line, place, testIdx: Number(value['testIdx']), promptIdx: Number(value['promptIdx']) }
}

function* inOrder(
  rows: readonly Row[],
  modelOf: (promptIdx: number) => string,
  options: ReadOptions,
): Generator<Entry> {
  const sorted = [...rows].sort((a, b) => a.testIdx - b.testIdx || a.promptIdx - b.promptIdx)
  let testIdx: number | undefined
  let last: Row | undefined
  for (const row of sorted) {
    if (row.testIdx === last?.testIdx && row.promptIdx === last.promptIdx) {
      yield finding(
        'error',
        'id_repeated',
        `repeats the result of test ${row.testIdx} and prompt ${row.promptIdx}`,
        row,
      )
      continue
    }
    last = row
    if (row.testIdx !== testIdx) {
      testIdx = row.testIdx
      yield scenarioOf(row, options)
    }
    const { score } = row.value
    if (score !== undefined && score !== null && typeof score !== 'number')
      yield finding('note', 'bad_shape', 'is no number: it is brought as no score', {
        line: row.line,
        place: `${row.place}/score`,
      })
    yield resultOf(row, modelOf(row.promptIdx))
  }
}

/** Their tests count after lists of variables were expanded, so that none is looked up in the configuration. */
function scenarioOf({ value, testIdx, line, place }: Row, { keepRest = true }: ReadOptions): Entry {
  const testCase = isObject(value['testCase']) ? value['testCase'] : {}
  const vars = isObject(value['vars']) ? value['vars'] : {}
  const { description } = testCase
  const payload: JsonObject = { vars, ...(typeof description === 'string' && { description }) }
  const source = Object.fromEntries(
    ['assert', 'metadata'].flatMap((key) => {
      const member = testCase[key]
      return member === undefined ? [] : [[key, member]]
    }),
  )
  return {
    is: 'record',
    kind: 'scenario',
    line,
    place,
    externalId: null,
    value: { scenarioId: String(testIdx + 1), payload: keepRest ? withSource(payload, source) : payload },
    left: keepRest ? [] : Object.keys(source).map((key) => `/testCase${step(key)}`),
  }
}

function resultOf({ value, testIdx, line, place }: Row, model: string): Entry {
  const response = isObject(value['response']) ? value['response'] : {}
  const grading = isObject(value['gradingResult']) ? value['gradingResult'] : {}
  const isFailed = value['failureReason'] === ERROR_REASON
  const checks = isList(grading['componentResults']) ? grading['componentResults'] : []
  const { left } = restOf(
    value,
    'testIdx',
    'promptIdx',
    'vars',
    'testCase',
    'response',
    'gradingResult',
    'failureReason',
    'error',
    'score',
    'success',
    'namedScores',
    'latencyMs',
    'cost',
    'tokenUsage',
    'provider',
  )
  return {
    is: 'record',
    kind: 'result',
    line,
    place,
    externalId: typeof value['id'] === 'string' ? value['id'] : null,
    value: {
      scenarioId: String(testIdx + 1),
      model,
      state: isFailed ? 'failed' : 'completed',
      result: isFailed
        ? null
        : {
            output: response['output'] ?? null,
            score: typeof value['score'] === 'number' ? value['score'] : null,
            pass: value['success'] === true,
            ...(isObject(value['namedScores']) && { namedScores: value['namedScores'] }),
            ...(typeof grading['reason'] === 'string' && { reason: grading['reason'] }),
            ...(checks.length > 0 && { checks }),
          },
      error: isFailed ? { code: 'promptfoo', message: textOf(value['error']) || 'no message' } : null,
      ...usageOf(value),
      ...(typeof value['latencyMs'] === 'number' && { latencyMs: value['latencyMs'] }),
    },
    left,
  }
}

function usageOf(value: JsonObject): { readonly usage?: Usage } {
  const tokens = isObject(value['tokenUsage']) ? value['tokenUsage'] : {}
  const usage: Usage = {
    ...(typeof tokens['prompt'] === 'number' && { inputTokens: tokens['prompt'] }),
    ...(typeof tokens['completion'] === 'number' && { outputTokens: tokens['completion'] }),
    ...(typeof value['cost'] === 'number' && { cost: value['cost'] }),
  }
  return Object.keys(usage).length > 0 ? { usage } : {}
}

/**
 * A name for each prompt × provider: the provider alone where that tells them apart, else with the prompt's label, at last with a
 * number by order.
 */
export function modelNames(
  prompts: readonly { readonly provider: string; readonly label: string; readonly place?: number }[],
): string[] {
  const count = new Map<string, number>()
  for (const { provider } of prompts) count.set(provider, (count.get(provider) ?? 0) + 1)
  const taken = new Set<string>()
  return prompts.map(({ provider, label, place }, index) => {
    const own = provider || `prompt ${(place ?? index) + 1}`
    const wanted = (count.get(provider) ?? 0) > 1 && label !== '' ? `${own} · ${label}` : own
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = `${wanted} (${n})`
    taken.add(name)
    return name
  })
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
