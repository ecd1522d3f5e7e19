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
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'

/**
 * `samples_TASK_TIME.jsonl` of lm-evaluation-harness. A document comes once for each filter: one scenario, and a family of
 * results, each with its filter in the model's name if there are several. The file names neither its task nor its model.
 */
export async function* readLmEval(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'lm-eval', formatVersion: null }
  const model = options.model
  if (model === undefined)
    yield finding('note', 'unnamed', 'names no model, so that it is called model: say model=')
  if (options.task === undefined)
    yield finding('note', 'unnamed', 'names no task but in its own name: say task=')
  const lines: { value: JsonObject; line: number; place: string; docId: string; filter: string }[] = []
  const hashes = new Map<string, Json>()
  const seen = new Set<string>()
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    const docId = isObject(value) ? value['doc_id'] : undefined
    if (!isObject(value) || (typeof docId !== 'number' && typeof docId !== 'string')) {
      yield finding('error', 'bad_shape', 'must have `doc_id`', { line, place: `${place}/doc_id` })
      continue
    }
    const filter = typeof value['filter'] === 'string' ? value['filter'] : 'none'
    const key = `${docId}\n${filter}`
    // The file is opened to append: a second run stands behind the first.
    if (seen.has(key)) {
      const same = hashes.get(key) === value['doc_hash'] ? ', with the same doc_hash' : ''
      yield finding(
        'error',
        'id_repeated',
        `repeats document ${docId} with filter ${filter}${same}: two runs?`,
        {
          line,
          place,
        },
      )
      continue
    }
    seen.add(key)
    hashes.set(key, value['doc_hash'] ?? null)
    lines.push({ value, line, place, docId: wordOf(docId), filter })
  }
  const filters = new Set(lines.map(({ filter }) => filter))
  const told = new Set<string>()
  for (const { value, line, place, docId, filter } of lines) {
    const scenarioId = options.task === undefined ? docId : `${options.task}/${docId}`
    if (!told.has(scenarioId)) {
      told.add(scenarioId)
      yield {
        is: 'record',
        kind: 'scenario',
        line,
        place,
        externalId: scenarioId,
        value: {
          scenarioId,
          payload: {
            ...(options.task !== undefined && { task: options.task }),
            doc: value['doc'] ?? null,
            target: value['target'] ?? null,
            ...(value['arguments'] !== undefined && { arguments: value['arguments'] }),
          },
        },
        left: [],
      }
    }
    const metrics = isList(value['metrics']) ? value['metrics'].map(wordOf) : []
    yield {
      is: 'record',
      kind: 'result',
      line,
      place,
      externalId: null,
      value: {
        scenarioId,
        model: filters.size > 1 ? `${model ?? 'model'} · ${filter}` : (model ?? 'model'),
        state: 'completed',
        result: {
          resps: numbered(value['resps'] ?? null),
          answer: numbered(value['filtered_resps'] ?? null),
          filter,
          ...Object.fromEntries(metrics.map((metric) => [metric, value[metric] ?? null])),
        },
        error: null,
      },
      left: restOf(
        value,
        'doc_id',
        'doc',
        'target',
        'arguments',
        'resps',
        'filtered_resps',
        'filter',
        'metrics',
        'doc_hash',
        'prompt_hash',
        'target_hash',
        ...metrics,
      ).left,
    }
  }
}

/** Log-probabilities and whether they were the likeliest stand as text: `["-1.25", "False"]`. */
function numbered(value: Json): Json {
  if (!isList(value)) return value
  const [number, flag] = value
  if (value.length === 2 && typeof number === 'string' && (flag === 'True' || flag === 'False'))
    return Number.isFinite(Number(number)) && number.trim() !== '' ? [Number(number), flag === 'True'] : value
  return value.map(numbered)
}
