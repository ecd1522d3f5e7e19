import { jsonValues } from '../json/values.ts'
import { restOf } from '../native.ts'
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
  wordOf,
} from '../record.ts'
import { peek, type Source } from '../source.ts'
import { tabled } from '../table/table.ts'
import { decode } from '../text/decode.ts'

/** Items of a data set, or scores, of Langfuse: pages of its interface, lists, JSON lines, or a table. */
export async function* readLangfuse(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'langfuse', formatVersion: null }
  const { head, rest } = await peek(source, 512)
  const isJson = /^[\s\ufeff]*[[{]/.test(new TextDecoder().decode(head))
  const text = decode(rest, options.encoding)
  const scores = new Scores()
  let archived = 0
  let page: { number: number; line: number; total: number } | undefined
  for await (const one of isJson ? jsonValues(text, options) : tabled(text, options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { value, line, place } = one
    const isPage = isObject(value) && isList(value['data']) && isObject(value['meta'])
    if (isPage && isObject(value['meta'])) {
      const { page: number = 1, totalPages = 1 } = value['meta']
      page = { number: Number(number), line, total: Number(totalPages) }
    }
    const items = isPage && isList(value['data']) ? value['data'] : [value]
    for (const [index, item] of items.entries()) {
      const where = { line, place: isPage ? `${place}/data/${index}` : place }
      if (!isObject(item)) yield finding('error', 'bad_shape', 'must be an object', where)
      else if (item['dataType'] !== undefined) yield* scores.add(item, where)
      else if (item['status'] === 'ARCHIVED') archived++
      else yield* itemEntries(item, where, options)
    }
  }
  if (archived > 0)
    yield finding('left', 'skipped', `${archived} archived items are passed over`, { place: '/status' })
  if (page && page.number < page.total)
    yield finding('error', 'truncated', `is page ${page.number} of ${page.total}`, {
      line: page.line,
      place: '/meta',
    })
  yield* scores.entries()
}

interface Where {
  readonly line: number
  readonly place: string
}

function* itemEntries(item: JsonObject, where: Where, options: ReadOptions): Generator<Entry> {
  const { id, input, expectedOutput } = item
  if (typeof id !== 'string' || id === '' || input === undefined) {
    yield finding('error', 'bad_shape', 'must have `id` and `input`, or be a score with `dataType`', where)
    return
  }
  const media = item['mediaReferences']
  if (isList(media) && media.length > 0)
    yield finding('left', 'no_home', 'names files that are not here', {
      ...where,
      place: `${where.place}/mediaReferences`,
    })
  const { rest, left } = restOf(item, 'id', 'input', 'expectedOutput', 'mediaReferences', 'status')
  const isKept = options.keepRest !== false
  yield {
    is: 'record',
    kind: 'task',
    ...where,
    externalId: id,
    value: {
      payload: { input, ...(isKept && { _source: rest }) },
      ...(expectedOutput != null && { gold: expectedOutput }),
    },
    left: isKept ? [] : left,
  }
}

/** Scores of one trace or observation are answers about one task. */
class Scores {
  readonly #targets = new Map<
    string,
    {
      where: Where
      target: JsonObject
      people: Map<string, Record<string, Json>>
      models: Map<string, Record<string, Json>>
      comments: Map<string, string[]>
    }
  >();

  *add(score: JsonObject, where: Where): Generator<Finding> {
    const { name, source, traceId = null, observationId = null } = score
    if (typeof name !== 'string' || (traceId === null && score['sessionId'] == null)) {
      yield finding('error', 'bad_shape', 'must have `name` and `traceId`', where)
      return
    }
    const key = [traceId ?? score['sessionId'] ?? null, observationId]
      .filter((part) => part !== null)
      .map(wordOf)
      .join(':')
    const target = this.#targets.get(key) ?? {
      where,
      target: { traceId, observationId },
      people: new Map(),
      models: new Map(),
      comments: new Map(),
    }
    this.#targets.set(key, target)
    const value = answerOf(score)
    if (source === 'ANNOTATION') {
      const person = `langfuse:${wordOf(score['authorUserId'] ?? 'unknown')}`
      const answers = target.people.get(person) ?? {}
      if (Object.hasOwn(answers, name))
        yield finding('error', 'id_repeated', `repeats the score ${name} of one person for one trace`, where)
      put(answers, name, value)
      target.people.set(person, answers)
      if (typeof score['comment'] === 'string')
        target.comments.set(person, [...(target.comments.get(person) ?? []), score['comment']])
    } else if (source === 'EVAL') {
      const answers = target.models.get(name) ?? {}
      put(answers, name, value)
      target.models.set(name, answers)
    } else yield finding('left', 'no_home', `is a score of the source ${wordOf(source)}`, where)
  }

  *entries(): Generator<Entry> {
    for (const [key, { where, target, people, models, comments }] of this.#targets) {
      const record = { is: 'record', ...where, left: [] } as const
      yield { ...record, kind: 'task', externalId: key, value: { payload: target } }
      for (const [person, answers] of people)
        yield {
          ...record,
          kind: 'submission',
          externalId: null,
          value: {
            task: key,
            person,
            answers,
            ...(comments.has(person) && { comment: comments.get(person)?.join('\n') ?? '' }),
          },
        }
      for (const [model, answers] of models)
        yield { ...record, kind: 'prediction', externalId: null, value: { task: key, model, answers } }
    }
  }
}

/** BOOLEAN is 1 or 0, and CATEGORICAL has its label beside its number. */
function answerOf({ dataType, value, stringValue }: JsonObject): Json {
  if (dataType === 'BOOLEAN') return value === 1 || value === '1' || value === true
  if (dataType === 'CATEGORICAL') return stringValue ?? value ?? null
  return typeof value === 'string' && value !== '' && Number.isFinite(Number(value))
    ? Number(value)
    : (value ?? null)
}
