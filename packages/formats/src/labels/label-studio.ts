import { contentId } from '../json/canonical.ts'
import { jsonValues } from '../json/values.ts'
import { fromId, idOf, restOf, withSource } from '../native.ts'
import {
  type Entry,
  type Finding,
  finding,
  isList,
  isObject,
  type Json,
  type JsonObject,
  put,
  type ReadOptions,
  step,
  wordOf,
} from '../record.ts'
import type { Source } from '../source.ts'
import { decode } from '../text/decode.ts'
import { isAstral, type OffsetUnit, sliceCodePoints, toCodePoints } from '../text/offsets.ts'
import { questionId } from './label-studio-config.ts'
import { submissionTimes } from './times.ts'

/** Tasks of Label Studio with their annotations and predictions, as its JSON; or bare objects of data. */
export async function* readLabelStudio(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'label-studio', formatVersion: null }
  const counts = new Map<string, number>()
  const types = new Map<string, number>()
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)
  let hasAnswers = false
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    if (!isObject(value)) {
      yield finding('error', 'bad_shape', 'must be an object', { line, place })
      continue
    }
    const isTask = isObject(value['data'])
    const data = isObject(value['data']) ? value['data'] : value
    const annotations = isTask && isList(value['annotations']) ? value['annotations'] : []
    const predictions = isTask && isList(value['predictions']) ? value['predictions'] : []
    const isAnswered = annotations.length > 0 || predictions.length > 0
    const own = taskId(value, data, isTask, options)
    // Answers name their task, so that it needs an id.
    const { id, fault } = idOf(own === null && isAnswered ? contentId(data) : own)
    if (fault) {
      yield finding('error', fault, 'must be an id of 1 to 200 characters', { line, place })
      continue
    }
    const { rest, left } = isTask
      ? restOf(value, 'data', 'annotations', 'predictions', 'drafts', 'id')
      : { rest: {}, left: [] }
    if (isList(value['drafts']) && isTask) for (const _ of value['drafts']) count('drafts')
    const reader = new AnswersOf(data, options)
    const task = id ?? ''
    const said: Finding[] = []
    const submissions: Entry[] = []
    let gold: JsonObject | undefined
    for (const [index, annotation] of annotations.entries()) {
      const where = { line, place: `${place}/annotations/${index}`, externalId: id }
      if (!isObject(annotation)) {
        said.push(finding('error', 'bad_shape', 'must be an object', where))
        continue
      }
      if (annotation['was_cancelled'] === true) {
        count('cancelled annotations')
        continue
      }
      if (isList(annotation['reviews'])) for (const _ of annotation['reviews']) count('reviews')
      const answers = reader.read(annotation['result'] ?? null, where, types)
      said.push(...answers.findings)
      if (answers.value === undefined) continue
      hasAnswers = true
      if (annotation['ground_truth'] === true && gold === undefined) gold = answers.value
      submissions.push({
        is: 'record',
        kind: 'submission',
        ...where,
        externalId: textOf(annotation['unique_id'] ?? annotation['id'] ?? null),
        value: {
          task,
          person: personOf(annotation['completed_by']),
          answers: answers.value,
          ...submissionTimes(annotation['created_at'], annotation['lead_time']),
        },
        left: [],
      })
    }
    const predicted: Entry[] = []
    const kept: Json[] = []
    for (const [index, prediction] of predictions.entries()) {
      if (!isObject(prediction)) continue
      const where = { line, place: `${place}/predictions/${index}`, externalId: id }
      const answers = reader.read(prediction['result'] ?? null, where, types)
      said.push(...answers.findings.filter(({ level }) => level !== 'error'))
      if (answers.value === undefined) continue
      const model = textOf(prediction['model_version'] ?? null) ?? 'prediction'
      const { score } = prediction
      kept.push({ model, answers: answers.value, ...(score !== undefined && { score }) })
      predicted.push({
        is: 'record',
        kind: 'prediction',
        ...where,
        externalId: null,
        value: { task, model, answers: answers.value, ...(typeof score === 'number' && { score }) },
        left: [],
      })
    }
    const isKept = options.keepRest !== false
    yield* said
    yield {
      is: 'record',
      kind: 'task',
      line,
      place,
      externalId: id,
      value: {
        payload: isKept
          ? withSourceOf(data, { ...rest, ...(kept.length > 0 && { predictions: kept }) })
          : data,
        ...(gold && { gold }),
      },
      left: isKept ? [] : left,
    }
    yield* submissions
    yield* predicted
  }
  if (counts.has('cancelled annotations'))
    yield finding(
      'note',
      'skipped',
      `${counts.get('cancelled annotations')} annotations were skipped there`,
      {
        place: '/annotations/was_cancelled',
      },
    )
  for (const what of ['drafts', 'reviews'])
    if (counts.has(what))
      yield finding('left', 'no_home', `${counts.get(what)} ${what}`, { place: `/${what}` })
  for (const [type, times] of types)
    yield finding(
      'left',
      'unknown_tag',
      `${times} results of the type ${type} have no question that they answer`,
      {
        place: '/annotations/result',
      },
    )
  if (hasAnswers && !options.questions)
    yield finding(
      'note',
      'guessed',
      'names no questions: a choice of one is read as single. Say form= or questions=',
    )
}

/** Tables and the flattened JSON of Label Studio, as data alone: a value's type varies there with how many there are. */
export async function* readLabelStudioMin(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'label-studio-min', formatVersion: null }
  yield finding(
    'note',
    'guessed',
    'is flattened, so that it is read as data alone; its JSON has the annotations',
  )
  const seen = new Set<string>()
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    if (!isObject(value)) {
      yield finding('error', 'bad_shape', 'must be an object', { line, place })
      continue
    }
    const { annotator, annotation_id, created_at, updated_at, lead_time, agreement, ...data } = value
    const told = { annotator, annotation_id, created_at, updated_at, lead_time, agreement }
    const source_ = Object.fromEntries(
      Object.entries(told).flatMap(([key, member]) => (member === undefined ? [] : [[key, member]])),
    )
    const { id } = idOf(options.idFrom === undefined ? (value['id'] ?? null) : fromId(value, options))
    const externalId = id === null ? null : `ls:${id}`
    if (externalId !== null && seen.has(externalId)) {
      yield finding('note', 'skipped', `is one more annotation of task ${id}`, { line, place, externalId })
      continue
    }
    if (externalId !== null) seen.add(externalId)
    const isKept = options.keepRest !== false
    yield {
      is: 'record',
      kind: 'task',
      line,
      place,
      externalId,
      value: { payload: isKept ? withSourceOf(data, source_) : data },
      left: isKept ? [] : Object.keys(source_).map(step),
    }
  }
}

function withSourceOf(data: JsonObject, source: JsonObject): JsonObject {
  return Object.keys(source).length > 0 ? withSource(data, source) : data
}

/** `idFrom`, else `ls:PROJECT:id`. */
function taskId(task: JsonObject, data: JsonObject, isTask: boolean, options: ReadOptions): Json {
  if (options.idFrom !== undefined) return fromId(data, options)
  const { id, project } = task
  if (!isTask || (typeof id !== 'number' && typeof id !== 'string')) return null
  return project === undefined || project === null ? `ls:${id}` : `ls:${wordOf(project)}:${id}`
}

/** The person of an annotation: an id, or an object with one. Mails are not kept. */
function personOf(by: Json | undefined): string {
  const id = isObject(by) ? by['id'] : by
  return `label-studio:${id === undefined || id === null ? 'unknown' : wordOf(id)}`
}

function textOf(value: Json): string | null {
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? wordOf(value) : null
}

/** The answers that lists of results give to one task's questions. */
class AnswersOf {
  readonly #data: JsonObject
  readonly #options: ReadOptions
  readonly #unit: OffsetUnit

  constructor(data: JsonObject, options: ReadOptions) {
    this.#data = data
    this.#options = options
    this.#unit = options.offsets ?? 'utf16'
  }

  /** `value` is undefined if a result of it is refused. */
  read(
    results: Json,
    where: { readonly line: number; readonly place: string; readonly externalId: string | null },
    unknown: Map<string, number>,
  ): { readonly value: JsonObject | undefined; readonly findings: readonly Finding[] } {
    const answers: Record<string, Json> = {}
    const findings: Finding[] = []
    let isRefused = false
    for (const [index, result] of (isList(results) ? results : []).entries()) {
      if (!isObject(result) || typeof result['from_name'] !== 'string' || !isObject(result['value'])) continue
      const place = `${where.place}/result/${index}`
      const control = result['from_name']
      const question = this.#options.questions ? (questionId(control) ?? control) : control
      const read = this.#answer(
        result,
        result['value'],
        Object.hasOwn(answers, question) ? answers[question] : undefined,
      )
      if (typeof read === 'string') {
        findings.push(finding('error', 'span_outside', read, { ...where, place: `${place}/value` }))
        isRefused = true
      } else if (read === undefined)
        unknown.set(wordOf(result['type']), (unknown.get(wordOf(result['type'])) ?? 0) + 1)
      else put(answers, question, read.answer)
    }
    return { value: isRefused ? undefined : answers, findings }
  }

  /** undefined: no question has such an answer; a text: why it is refused. */
  #answer(
    result: JsonObject,
    value: JsonObject,
    before: Json | undefined,
  ): { readonly answer: Json } | undefined | string {
    const hint = this.#options.questions?.[questionId(wordOf(result['from_name'])) ?? '']
    const { choices, rating, text, labels, selected, taxonomy, number, ranker } = value
    switch (wordOf(result['type'])) {
      case 'choices':
        if (!isList(choices)) return undefined
        if (hint?.type === 'yesNo') return { answer: choices[0] === 'true' || choices[0] === 'Yes' }
        return { answer: choices.length === 1 && hint?.type !== 'multi' ? (choices[0] ?? null) : choices }
      case 'taxonomy':
        if (!isList(taxonomy)) return undefined
        return { answer: taxonomy.map((path) => (isList(path) ? path.map(wordOf).join('/') : path)) }
      case 'rating':
        return rating === undefined ? undefined : { answer: rating }
      case 'number':
        return number === undefined ? undefined : { answer: number }
      case 'textarea': {
        const lines = isList(text) ? text : [text ?? '']
        return { answer: lines.map(wordOf).join('\n') }
      }
      case 'pairwise': {
        if (selected !== 'left' && selected !== 'right') return undefined
        return { answer: hint?.sides?.[selected === 'left' ? 0 : 1] ?? selected }
      }
      case 'ranker': {
        if (!isObject(ranker)) return undefined
        const [only, ...others] = Object.values(ranker)
        return others.length === 0 && isList(only) ? { answer: only } : undefined
      }
      case 'labels': {
        if (!isList(labels) || typeof value['start'] !== 'number' || typeof value['end'] !== 'number')
          return undefined
        const span = this.#span(result, value, hint?.textAt)
        if (typeof span === 'string') return span
        const spans = isList(before) ? before : []
        return { answer: [...spans, ...labels.map((label) => ({ ...span, label }))] }
      }
      default:
        return undefined
    }
  }

  /** Places in code points; if the file carries the span's text, it must stand there. */
  #span(
    result: JsonObject,
    value: JsonObject,
    textAt: string | undefined,
  ): { start: number; end: number } | string {
    const named = textAt ?? wordOf(result['to_name'])
    const carried = typeof value['text'] === 'string' ? value['text'] : undefined
    const own = this.#data[named]
    const others = typeof own === 'string' || textAt !== undefined ? [] : Object.values(this.#data)
    for (const text of [own, ...others]) {
      if (typeof text !== 'string') continue
      const start = toCodePoints(text, Number(value['start']), this.#unit)
      const end = toCodePoints(text, Number(value['end']), this.#unit)
      if (start === undefined || end === undefined || start >= end) continue
      if (carried === undefined || sliceCodePoints(text, start, end) === carried) return { start, end }
    }
    const shown = carried === undefined ? '' : ` that reads ${JSON.stringify(carried.slice(0, 80))}`
    const unit = typeof own === 'string' && isAstral(own) ? `; places were counted in ${this.#unit}` : ''
    return `marks ${wordOf(value['start'])} to ${wordOf(value['end'])} of ${named}, which holds no text${shown} there${unit}`
  }
}
