import { zipEntries } from '../archive/zip.ts'
import { jsonDocument } from '../json/values.ts'
import { keeping, restOf } from '../native.ts'
import {
  type Entry,
  FormatError,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  type ReadOptions,
  type Usage,
  wordOf,
} from '../record.ts'
import { type Source, whole } from '../source.ts'
import { decode } from '../text/decode.ts'
import { joined } from '../text/lines.ts'

/** Score values that are letters: correct, incorrect, partial, no answer. */
const LETTERS: Readonly<Record<string, number>> = { C: 1, I: 0, P: 0.5, N: 0 }
/** Parts of a sample that are its transcript, in the words of either revision of version 2. */
const TRANSCRIPT = ['messages', 'events', 'attachments', 'transcript', 'store']

/** A log of Inspect: `.json` of version 2, or `.eval`, a zip of it, with entries packed by deflate or zstd. */
export async function* readInspect(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  const bytes = await whole(source, options.maxBytes)
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) yield* readArchive(bytes, options)
  else {
    const { value, findings } = jsonDocument(await textOf(bytes, options), options)
    const log = checked(value)
    yield { is: 'head', format: 'inspect', formatVersion: '2' }
    yield* findings
    yield* unfinished(log)
    yield* unmapped(log)
    const samples = isList(log['samples']) ? log['samples'] : []
    if (samples.length === 0) yield finding('note', 'partial', 'holds no samples', { place: '/samples' })
    const model = modelOf(log)
    const entries = samples.map((sample, index) => ({ sample, place: `/samples/${index}` }))
    yield* samplesOf(entries, model, options)
  }
}

async function* readArchive(bytes: Uint8Array, options: ReadOptions): AsyncGenerator<Entry> {
  const entries = await zipEntries(bytes)
  const header =
    entries.find(({ name }) => name === 'header.json') ??
    entries.find(({ name }) => name === '_journal/start.json')
  if (!header)
    throw new FormatError('bad_shape', 'must hold header.json or _journal/start.json', {
      place: 'header.json',
    })
  const read = async (entry: (typeof entries)[number]): Promise<ReturnType<typeof jsonDocument>> =>
    jsonDocument(await textOf(await entry.bytes(), options), options)
  const { value, findings } = await read(header)
  const log = checked(value)
  yield { is: 'head', format: 'inspect', formatVersion: '2' }
  yield* findings
  if (header.name !== 'header.json')
    yield finding('note', 'partial', 'has no header: its run was killed, and its samples alone are here', {
      place: header.name,
    })
  else yield* unfinished(log)
  yield* unmapped(log)
  const samples: { sample: Json; place: string }[] = []
  for (const entry of entries) {
    if (!entry.name.startsWith('samples/')) continue
    try {
      const { value: sample, findings: said } = await read(entry)
      for (const one of said) yield { ...one, place: `${entry.name}#${one.place ?? ''}` }
      samples.push({ sample, place: entry.name })
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      yield { ...error.finding, place: entry.name }
    }
  }
  yield* samplesOf(samples, modelOf(log), options)
}

async function textOf(
  bytes: Uint8Array,
  { encoding, maxBytes = 256 * 1024 * 1024 }: ReadOptions,
): Promise<string> {
  return joined(decode(bytes, encoding), maxBytes)
}

function checked(value: Json): JsonObject {
  if (!isObject(value) || !isObject(value['eval']))
    throw new FormatError('bad_shape', 'must have `eval`, an object', { place: '/eval' })
  if (value['version'] !== 2)
    throw new FormatError(
      'unknown_version',
      `must be a log of version 2, not ${JSON.stringify(value['version'] ?? null)}`,
      {
        place: '/version',
      },
    )
  return value
}

function modelOf(log: JsonObject): string {
  const { model } = isObject(log['eval']) ? log['eval'] : {}
  if (typeof model !== 'string' || model === '')
    throw new FormatError('bad_shape', 'must be text', { place: '/eval/model' })
  return model
}

function* unfinished({ status }: JsonObject): Generator<Entry> {
  if (typeof status === 'string' && status !== 'success')
    yield finding('note', 'partial', `has the status ${status}: what is there is read`, { place: '/status' })
}

function* unmapped(log: JsonObject): Generator<Entry> {
  for (const key of ['plan', 'results', 'stats', 'reductions', 'error'])
    if (log[key] !== undefined && log[key] !== null)
      yield finding('left', 'no_home', 'is of the log as a whole', { place: `/${key}` })
}

function* samplesOf(
  samples: readonly { readonly sample: Json; readonly place: string }[],
  model: string,
  options: ReadOptions,
): Generator<Entry> {
  const seen = new Set<string>()
  const valid: { sample: JsonObject; place: string; id: string; epoch: number }[] = []
  for (const { sample, place } of samples) {
    const id = isObject(sample) ? sample['id'] : undefined
    if (!isObject(sample) || (typeof id !== 'string' && typeof id !== 'number')) {
      yield finding('error', 'id_missing', 'must be text or a number', { place: `${place}/id` })
      continue
    }
    const epoch = Number(sample['epoch'] ?? 1)
    const scenarioId = epoch > 1 ? `${id}#${epoch}` : wordOf(id)
    if (scenarioId.length > 200)
      yield finding('error', 'id_too_long', 'must have at most 200 characters', { place: `${place}/id` })
    else if (seen.has(scenarioId))
      yield finding('error', 'id_repeated', `repeats the sample ${scenarioId}`, { place })
    else {
      seen.add(scenarioId)
      valid.push({ sample, place, id: wordOf(id), epoch })
    }
  }
  // A zip has them in the order in which they ended.
  valid.sort((a, b) => compareIds(a.sample['id'], b.sample['id']) || a.epoch - b.epoch)
  for (const { sample, place, id, epoch } of valid)
    yield* sampleEntries(sample, place, epoch > 1 ? `${id}#${epoch}` : id, id, model, options)
}

function compareIds(one: Json | undefined, other: Json | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return wordOf(one) < wordOf(other) ? -1 : wordOf(one) > wordOf(other) ? 1 : 0
}

function* sampleEntries(
  sample: JsonObject,
  place: string,
  scenarioId: string,
  family: string,
  model: string,
  options: ReadOptions,
): Generator<Entry> {
  const { input = null, choices, target = null, metadata } = sample
  const { rest, left } = restOf(
    sample,
    'id',
    'epoch',
    'input',
    'choices',
    'target',
    'metadata',
    'output',
    'scores',
    'error',
    'limit',
    'model_usage',
    'total_time',
    'working_time',
    ...TRANSCRIPT,
  )
  const told = TRANSCRIPT.filter((key) => sample[key] !== undefined)
  const transcript = options.transcript
    ? Object.fromEntries(told.map((key) => [key, sample[key] ?? null]))
    : undefined
  const id = { line: null, place, externalId: family }
  yield {
    is: 'record',
    kind: 'scenario',
    ...id,
    value: {
      scenarioId,
      payload: keeping(
        {
          input,
          ...(choices != null && { choices }),
          target,
          ...(metadata != null && { metadata }),
        },
        rest,
        options,
      ),
      family,
    },
    left: options.keepRest === false ? left : [],
  }
  const error = errorOf(sample)
  const latency = sample['total_time']
  yield {
    is: 'record',
    kind: 'result',
    ...id,
    value: {
      scenarioId,
      model,
      state: error ? 'failed' : 'completed',
      result: error
        ? null
        : {
            output: outputOf(sample['output']),
            scores: scoresOf(sample['scores']),
            ...(transcript && { transcript }),
          },
      error,
      ...usageOf(sample),
      ...(typeof latency === 'number' && { latencyMs: latency * 1000 }),
    },
    left: transcript ? [] : told.map((key) => `/${key}`),
  }
}

function errorOf(sample: JsonObject): { code: string; message: string } | null {
  const { error, limit } = sample
  if (isObject(error)) return { code: 'inspect_error', message: wordOf(error['message'] ?? 'no message') }
  if (isObject(limit))
    return {
      code: 'inspect_limit',
      message: `reached the limit of ${wordOf(limit['type'])}: ${wordOf(limit['limit'])}`,
    }
  return null
}

/** The text of an answer: its completion, or its first choice's message. */
function outputOf(output: Json | undefined): Json {
  if (!isObject(output)) return null
  if (typeof output['completion'] === 'string') return output['completion']
  const [choice] = isList(output['choices']) ? output['choices'] : []
  const message = isObject(choice) ? choice['message'] : undefined
  const content = isObject(message) ? message['content'] : undefined
  if (!isList(content)) return content ?? null
  return content
    .map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('')
}

function scoresOf(scores: Json | undefined): JsonObject {
  if (!isObject(scores)) return {}
  return Object.fromEntries(
    Object.entries(scores).map(([scorer, given]) => {
      const { value = null, answer, explanation } = isObject(given) ? given : { value: given }
      const letter = typeof value === 'string' ? LETTERS[value] : undefined
      const score = typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : letter
      return [
        scorer,
        {
          value,
          ...(score !== undefined && { score }),
          ...(answer != null && { answer }),
          ...(explanation != null && { explanation }),
        },
      ]
    }),
  )
}

function usageOf(sample: JsonObject): { readonly usage?: Usage } {
  const models = isObject(sample['model_usage']) ? Object.values(sample['model_usage']) : []
  const sum = (key: string): number | undefined => {
    const counts = models.flatMap((usage) =>
      isObject(usage) && typeof usage[key] === 'number' ? [usage[key]] : [],
    )
    return counts.length > 0 ? counts.reduce((total, count) => total + count, 0) : undefined
  }
  const inputTokens = sum('input_tokens')
  const outputTokens = sum('output_tokens')
  const usage = {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  }
  return Object.keys(usage).length > 0 ? { usage } : {}
}
