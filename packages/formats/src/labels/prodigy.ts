import { jsonValues } from '../json/values.ts'
import { keeping, restOf } from '../native.ts'
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
import { codePoints, toCodePoints } from '../text/offsets.ts'

/** Members of a line that are about its annotation, not about what was annotated. */
const ABOUT = [
  'answer',
  'accept',
  'spans',
  'tokens',
  'label',
  'config',
  '_input_hash',
  '_task_hash',
  '_view_id',
  '_timestamp',
  '_annotator_id',
  '_session_id',
  '_is_binary',
  'meta',
  'version',
]

/** Lines of Prodigy's `db-out`: one for each annotation. Those of one input and one view are one task. */
export async function* readProdigy(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'prodigy', formatVersion: null }
  const unit = options.offsets ?? 'codepoint'
  const tasks = new Set<string>()
  const given = new Set<string>()
  let ignored = 0
  let tokens = 0
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    if (!isObject(value) || typeof value['_input_hash'] !== 'number') {
      yield finding('error', 'bad_shape', 'must have `_input_hash`, a number', { line, place })
      continue
    }
    const view = wordOf(value['_view_id'] ?? 'unknown')
    const task = `prodigy:${value['_input_hash']}:${view}`
    if (value['tokens'] !== undefined) tokens++
    if (!tasks.has(task)) {
      tasks.add(task)
      const { rest } = restOf(value, ...ABOUT)
      yield {
        is: 'record',
        kind: 'task',
        line,
        place,
        externalId: task,
        value: { payload: keeping(rest, isObject(value['meta']) ? { meta: value['meta'] } : {}, options) },
        left: options.keepRest === false && value['meta'] !== undefined ? ['/meta'] : [],
      }
    }
    if (value['answer'] === 'ignore') {
      ignored++
      continue
    }
    const person = `prodigy:${wordOf(value['_annotator_id'] ?? value['_session_id'] ?? 'unknown')}`
    const answers = answersOf(value, unit)
    if (typeof answers === 'string') {
      yield finding('error', 'span_outside', answers, { line, place: `${place}/spans`, externalId: task })
      continue
    }
    const key = `${task}\n${person}\n${wordOf(value['_task_hash'])}`
    if (given.has(key)) {
      yield finding('error', 'id_repeated', 'repeats an annotation of one person', {
        line,
        place,
        externalId: task,
      })
      continue
    }
    given.add(key)
    const time = value['_timestamp']
    yield {
      is: 'record',
      kind: 'submission',
      line,
      place,
      externalId: value['_task_hash'] === undefined ? null : wordOf(value['_task_hash']),
      value: {
        task,
        person,
        answers,
        ...(typeof time === 'number' && { submittedAt: new Date(time * 1000).toISOString() }),
      },
      left: [],
    }
  }
  if (ignored > 0)
    yield finding('left', 'skipped', `${ignored} annotations were ignored there`, { place: '/answer' })
  if (tokens > 0) yield finding('left', 'no_home', `${tokens} lines have tokens`, { place: '/tokens' })
}

/** Choices; marks; or whether a single label holds: `reject` is an answer, and not the lack of one. */
function answersOf(value: JsonObject, unit: 'utf16' | 'codepoint' | 'grapheme'): JsonObject | string {
  const isAccepted = value['answer'] === 'accept'
  const { accept, spans, label, text, config } = value
  if (isList(accept)) {
    const isSingle = isObject(config) ? config['choice_style'] !== 'multiple' : accept.length === 1
    const chosen: Json = isSingle && accept.length === 1 ? (accept[0] ?? null) : accept
    return isAccepted ? { choice: chosen } : { accepted: false }
  }
  if (isList(spans)) {
    const marks: JsonObject[] = []
    for (const span of spans) {
      if (!isObject(span)) return 'must be objects'
      const start = typeof text === 'string' ? toCodePoints(text, Number(span['start']), unit) : undefined
      const end = typeof text === 'string' ? toCodePoints(text, Number(span['end']), unit) : undefined
      if (start === undefined || end === undefined || start >= end)
        return `marks ${wordOf(span['start'])} to ${wordOf(span['end'])} of ${codePoints(wordOf(text ?? ''))} characters`
      marks.push({ start, end, label: span['label'] ?? null })
    }
    return isAccepted ? { spans: marks } : { accepted: false }
  }
  return typeof label === 'string' ? { [label]: isAccepted } : { accepted: isAccepted }
}
