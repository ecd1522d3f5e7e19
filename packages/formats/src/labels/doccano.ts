import { contentId } from '../json/canonical.ts'
import { jsonValues } from '../json/values.ts'
import { fromId, idOf, keeping, restOf } from '../native.ts'
import {
  type Entry,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  put,
  type ReadOptions,
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'
import { codePoints, isAstral, toCodePoints } from '../text/offsets.ts'

/** Members that hold labels, whatever a project calls them. */
const LABELS = ['label', 'labels', 'column_label', 'entities', 'relations', 'cats']
const PERSON = 'doccano:all'

interface Span {
  readonly start: number
  readonly end: number
  readonly label: string
}

/** Lines of doccano: a task each, and what its annotators said as one submission, for the file does not tell them apart. */
export async function* readDoccano(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'doccano', formatVersion: null }
  const unit = options.offsets ?? 'codepoint'
  let isUnsure = false
  let relations = 0
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    const textName = isObject(value)
      ? (['text', 'column_data', 'data'].find((name) => typeof value[name] === 'string') ??
        Object.keys(value).find((name) => typeof value[name] === 'string' && !LABELS.includes(name)))
      : undefined
    if (!isObject(value) || textName === undefined) {
      yield finding('error', 'bad_shape', 'must have a member with the text', { line, place })
      continue
    }
    const text = wordOf(value[textName])
    const answers: Record<string, Json> = {}
    const faults: Entry[] = []
    for (const name of LABELS) {
      const given = value[name]
      if (!isList(given)) continue
      if (name === 'relations') {
        relations += given.length
        continue
      }
      const spans: Span[] = []
      const names: Json[] = []
      for (const [index, label] of given.entries()) {
        const span = spanOf(label)
        if (span === undefined) {
          names.push(label)
          continue
        }
        const start = toCodePoints(text, span.start, unit)
        const end = toCodePoints(text, span.end, unit)
        if (start === undefined || end === undefined || start >= end)
          faults.push(
            finding(
              'error',
              'span_outside',
              `marks ${span.start} to ${span.end} of ${codePoints(text)} characters`,
              {
                line,
                place: `${place}/${name}/${index}`,
              },
            ),
          )
        else {
          spans.push({ start, end, label: span.label })
          isUnsure ||= isAstral(text)
        }
      }
      const key = name === 'column_label' || name === 'labels' ? 'label' : name
      if (spans.length > 0)
        put(
          answers,
          key,
          spans.map((span) => ({ ...span })),
        )
      else if (names.length > 0) put(answers, key, names)
    }
    if (faults.length > 0) {
      yield* faults
      continue
    }
    const { rest, left } = restOf(value, textName, ...LABELS, 'id')
    const payload = keeping({ text }, rest, options)
    const { id: own, fault } = idOf(
      options.idFrom !== undefined
        ? fromId(value, options)
        : typeof value['id'] === 'number'
          ? `doccano:${value['id']}`
          : null,
    )
    if (fault) {
      yield finding('error', fault, 'must be an id of 1 to 200 characters', { line, place })
      continue
    }
    const task = own ?? contentId(payload)
    yield {
      is: 'record',
      kind: 'task',
      line,
      place,
      externalId: task,
      value: { payload },
      left: options.keepRest === false ? left : [],
    }
    if (Object.keys(answers).length > 0)
      yield {
        is: 'record',
        kind: 'submission',
        line,
        place,
        externalId: null,
        value: { task, person: PERSON, answers },
        left: [],
      }
  }
  if (relations > 0)
    yield finding('left', 'no_home', `${relations} relations between marks`, { place: '/relations' })
  if (isUnsure && options.offsets === undefined)
    yield finding(
      'note',
      'guessed',
      'has characters beyond U+FFFF; marks are taken to count code points. Say offsets=',
    )
}

/** [start, end, name], or an object of them. */
function spanOf(label: Json): Span | undefined {
  if (isList(label)) {
    const [start, end, name] = label
    if (typeof start === 'number' && typeof end === 'number' && typeof name === 'string')
      return { start, end, label: name }
  }
  if (isObject(label)) return spanOfObject(label)
  return undefined
}

function spanOfObject({ start_offset: start, end_offset: end, label }: JsonObject): Span | undefined {
  if (typeof start !== 'number' || typeof end !== 'number' || typeof label !== 'string') return undefined
  return { start, end, label }
}
