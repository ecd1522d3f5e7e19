import { canonical } from '../json/canonical.ts'
import { jsonValues } from '../json/values.ts'
import { restOf } from '../native.ts'
import {
  type Entry,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  type ReadOptions,
  type Usage,
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'

/** A row of the dashboard or of the interface, in the same words. */
interface Row {
  readonly item: Json
  readonly index: Json
  readonly runId: Json | undefined
  readonly sample: JsonObject
  readonly outputs: readonly Json[]
  readonly usage: Json | undefined
  readonly grades: JsonObject
  /** undefined: no verdict, which is not "passed". */
  readonly passes: JsonObject | undefined
  readonly judges: Json | undefined
  readonly left: readonly string[]
}

/**
 * Output items of OpenAI's Evals: the JSON lines of the dashboard, or pages of the interface, which share no member but `run_id`.
 * A page that says that more follow is an error, unless one follows in the file.
 */
export async function* readOpenAiEvals(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'openai-evals', formatVersion: null }
  const scenarios = new Map<string, string>()
  const taken = new Set<string>()
  const results = new Set<string>()
  const runs = new Set<string>()
  let more: { line: number; place: string } | undefined
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    const isPage = isObject(value) && value['object'] === 'list' && isList(value['data'])
    if (isPage) more = value['has_more'] === true ? { line, place: `${place}/has_more` } : undefined
    const items = isPage && isList(value['data']) ? value['data'] : [value]
    for (const [index, item] of items.entries()) {
      const itemPlace = isPage ? `${place}/data/${index}` : place
      yield* entriesOf(item, line, itemPlace)
    }
  }
  if (more)
    yield finding('error', 'truncated', 'says that more items follow, which are not in the file', more)
  for (const id of Object.keys(options.models ?? {}))
    if (!runs.has(id))
      yield finding('error', 'unnamed', `models.${id} names a run of which the file holds no result`)

  function* entriesOf(value: Json, line: number, place: string): Generator<Entry> {
    const row = rowOf(value)
    if (typeof row === 'string') {
      yield finding('error', 'bad_shape', row, { line, place })
      return
    }
    if (typeof row.runId !== 'string' || row.runId === '') {
      yield finding('error', 'bad_shape', 'must be text', { line, place: `${place}/run_id` })
      return
    }
    // The same place of two data sets may hold two items, so that the content counts too.
    const key = `${wordOf(row.index)} ${canonical(row.item)}`
    let scenarioId = scenarios.get(key)
    if (scenarioId === undefined) {
      const own =
        typeof row.index === 'number' || typeof row.index === 'string'
          ? wordOf(row.index)
          : String(scenarios.size)
      scenarioId = own
      for (let n = 2; taken.has(scenarioId); n++) scenarioId = `${own}#${n}`
      taken.add(scenarioId)
      scenarios.set(key, scenarioId)
      yield {
        is: 'record',
        kind: 'scenario',
        line,
        place,
        externalId: null,
        value: { scenarioId, payload: row.item },
        left: [],
      }
    }
    runs.add(row.runId)
    const model = options.models?.[row.runId] ?? row.runId
    if (results.has(`${model}\n${scenarioId}`)) {
      yield finding('error', 'id_repeated', `repeats the result of ${model} for ${scenarioId}`, {
        line,
        place,
      })
      return
    }
    results.add(`${model}\n${scenarioId}`)
    const { error } = row.sample
    const failed = isObject(error)
      ? { code: wordOf(error['code'] ?? 'openai'), message: wordOf(error['message'] ?? 'no message') }
      : null
    yield {
      is: 'record',
      kind: 'result',
      line,
      place,
      externalId: isObject(value) && typeof value['id'] === 'string' ? value['id'] : null,
      value: {
        scenarioId,
        model,
        state: failed ? 'failed' : 'completed',
        result: failed
          ? null
          : {
              output: outputOf(row.outputs),
              grades: row.grades,
              ...(row.passes && { passes: row.passes }),
              ...(row.judges !== undefined && { judges: row.judges }),
            },
        error: failed,
        ...usageOf(row.usage),
      },
      left: row.left,
    }
  }
}

function rowOf(value: Json): Row | string {
  if (!isObject(value)) return 'must be an object'
  const sample = isObject(value['sample']) ? value['sample'] : {}
  if (value['datasource_item'] !== undefined) {
    const results = isList(value['results']) ? value['results'].filter(isObject) : []
    const named = (key: string): JsonObject =>
      Object.fromEntries(
        results.flatMap((result) => {
          const member = result[key]
          return member === undefined || member === null ? [] : [[wordOf(result['name']), member]]
        }),
      )
    const passes = named('passed')
    const judges = named('sample')
    return {
      item: value['datasource_item'],
      index: value['datasource_item_id'] ?? null,
      runId: value['run_id'],
      sample,
      outputs: isList(sample['output']) ? sample['output'] : [],
      usage: sample['usage'],
      grades: named('score'),
      passes: Object.keys(passes).length > 0 ? passes : undefined,
      judges: Object.keys(judges).length > 0 ? judges : undefined,
      left: restOf(
        value,
        'datasource_item',
        'datasource_item_id',
        'run_id',
        'sample',
        'results',
        'id',
        'object',
      ).left,
    }
  }
  if (value['item'] === undefined) return 'must have `item` or `datasource_item`'
  const judges = value['grader_samples']
  return {
    item: value['item'],
    index: value['data_source_idx'] ?? null,
    runId: value['run_id'],
    sample,
    outputs: isList(sample['outputs']) ? sample['outputs'] : [],
    usage: sample['token_usage'],
    grades: isObject(value['grades']) ? value['grades'] : {},
    passes: isObject(value['passes']) ? value['passes'] : undefined,
    judges: isObject(judges) && Object.keys(judges).length > 0 ? judges : undefined,
    left: restOf(value, 'item', 'data_source_idx', 'run_id', 'sample', 'grades', 'passes', 'grader_samples')
      .left,
  }
}

/** The sole answer's text, else all of them. */
function outputOf(outputs: readonly Json[]): Json {
  const [only] = outputs
  if (outputs.length === 1 && isObject(only) && only['content'] !== undefined) return only['content']
  return outputs
}

function usageOf(value: Json | undefined): { readonly usage?: Usage } {
  if (!isObject(value)) return {}
  const usage: Usage = {
    ...(typeof value['prompt_tokens'] === 'number' && { inputTokens: value['prompt_tokens'] }),
    ...(typeof value['completion_tokens'] === 'number' && { outputTokens: value['completion_tokens'] }),
  }
  return Object.keys(usage).length > 0 ? { usage } : {}
}

/** Samples of the registry of openai/evals { input, ideal }, or the log of a run over them. */
export async function* readOpenAiRegistry(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'openai-evals-registry', formatVersion: null }
  const log = new RunLog(options)
  let count = 0
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    if (!isObject(value)) yield finding('error', 'bad_shape', 'must be an object', { line, place })
    else if (value['input'] !== undefined) {
      count++
      const { rest, left } = restOf(value, 'input', 'ideal')
      const isKept = options.keepRest !== false && left.length > 0
      yield {
        is: 'record',
        kind: 'scenario',
        line,
        place,
        externalId: null,
        value: {
          scenarioId: String(count),
          payload: { input: value['input'], ideal: value['ideal'] ?? null, ...(isKept && { _source: rest }) },
        },
        left: isKept ? [] : left,
      }
    } else yield* log.entries(value, line, place)
  }
  yield* log.end()
}

/** Each sample by the events of a run's log. */
class RunLog {
  readonly #samples = new Map<
    string,
    { line: number; place: string; sampling?: JsonObject; match?: JsonObject }
  >()
  readonly #options: ReadOptions
  #model: string | undefined
  #isEnded = false
  #isLog = false

  constructor(options: ReadOptions) {
    this.#options = options
  }

  *entries(value: JsonObject, line: number, place: string): Generator<Entry> {
    const { spec, sample_id: sampleId, type, data } = value
    if (isObject(spec)) {
      this.#isLog = true
      const [first] = isList(spec['completion_fns']) ? spec['completion_fns'] : []
      this.#model = this.#options.model ?? (typeof first === 'string' ? first : undefined)
      yield finding('left', 'no_home', 'is of the run as a whole', { line, place: `${place}/spec` })
    } else if (value['final_report'] !== undefined) {
      this.#isEnded = true
      yield finding('left', 'no_home', 'is of the run as a whole', { line, place: `${place}/final_report` })
    } else if (typeof sampleId !== 'string' || typeof type !== 'string')
      yield finding(
        'error',
        'bad_shape',
        'must have `input`, `spec`, `final_report`, or `sample_id` and `type`',
        {
          line,
          place,
        },
      )
    else if (type === 'sampling' || type === 'match') {
      const sample = this.#samples.get(sampleId) ?? { line, place }
      this.#samples.set(sampleId, { ...sample, [type]: isObject(data) ? data : {} })
    } else yield finding('left', 'no_home', `is an event of type ${type}`, { line, place: `${place}/data` })
  }

  *end(): Generator<Entry> {
    if (!this.#isLog && this.#samples.size === 0) return
    const model = this.#model ?? this.#options.model
    if (model === undefined) {
      yield finding('error', 'unnamed', 'names no model: say model=', { place: '/spec/completion_fns' })
      return
    }
    if (!this.#isEnded) yield finding('note', 'partial', 'has no final report: its run did not end')
    for (const [sampleId, { line, place, sampling = {}, match = {} }] of this.#samples) {
      const at = { is: 'record', line, place, externalId: sampleId, left: [] } as const
      const sampled = isList(sampling['sampled']) ? sampling['sampled'] : []
      yield {
        ...at,
        kind: 'scenario',
        value: {
          scenarioId: sampleId,
          payload: { input: sampling['prompt'] ?? null, ideal: match['expected'] ?? null },
        },
      }
      yield {
        ...at,
        kind: 'result',
        value: {
          scenarioId: sampleId,
          model,
          state: 'completed',
          result: {
            output: sampled.length === 1 ? (sampled[0] ?? null) : sampled,
            ...(match['correct'] !== undefined && { correct: match['correct'] }),
            ...(match['picked'] !== undefined && { picked: match['picked'] }),
          },
          error: null,
        },
      }
    }
  }
}
