import { jsonValues } from '../json/values.ts'
import { idOf, restOf, withSource } from '../native.ts'
import {
  type Entry,
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

/** Members of a flattened record that belong to a question. */
const FLAT = /^(?<question>.+)\.(?:responses(?:\.users|\.status)?|suggestion(?:\.score|\.agent)?)$/

/** Records of Argilla 2: its JSON, or its flattened JSON lines. Responses lie there a question, here a person. */
export async function* readArgilla(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'argilla', formatVersion: '2' }
  const skipped = new Map<string, number>()
  let hasQuestions = false
  for await (const one of jsonValues(decode(source, options.encoding), options)) {
    if (one.is === 'finding') {
      yield one
      continue
    }
    const { line, place } = one
    const value = isObject(one.value) && !isObject(one.value['fields']) ? unflattened(one.value) : one.value
    if (!isObject(value) || !isObject(value['fields'])) {
      yield finding('error', 'bad_shape', 'must have `fields`, an object', { line, place })
      continue
    }
    const { id, fault } = idOf(value['id'] ?? value['_server_id'] ?? null)
    if (fault || id === null) {
      yield finding('error', fault ?? 'id_missing', 'must have an id of 1 to 200 characters', {
        line,
        place: `${place}/id`,
      })
      continue
    }
    const { rest, left } = restOf(value, 'id', 'fields', 'responses', 'suggestions', 'vectors', 'metadata')
    const source_ = {
      ...rest,
      ...(isObject(value['metadata']) && { metadata: value['metadata'] }),
    }
    const hasVectors = isObject(value['vectors']) && Object.keys(value['vectors']).length > 0
    const isKept = options.keepRest !== false
    yield {
      is: 'record',
      kind: 'task',
      line,
      place,
      externalId: id,
      value: { payload: isKept ? withSource(value['fields'], source_) : value['fields'] },
      left: [...(hasVectors ? ['/vectors'] : []), ...(isKept ? [] : [...left, '/metadata'])],
    }
    const responses = isObject(value['responses']) ? value['responses'] : {}
    const people = new Map<string, Record<string, Json>>()
    for (const [question, given] of Object.entries(responses)) {
      for (const response of isList(given) ? given : []) {
        if (!isObject(response)) continue
        hasQuestions = true
        const status = wordOf(response['status'] ?? 'submitted')
        if (status !== 'submitted') {
          skipped.set(status, (skipped.get(status) ?? 0) + 1)
          continue
        }
        const person = `argilla:${wordOf(response['user_id'] ?? 'unknown')}`
        const answers = people.get(person) ?? {}
        put(answers, question, answerOf(response['value'] ?? null))
        people.set(person, answers)
      }
    }
    for (const [person, answers] of people)
      yield {
        is: 'record',
        kind: 'submission',
        line,
        place: `${place}/responses`,
        externalId: null,
        value: { task: id, person, answers },
        left: [],
      }
    const suggestions = isObject(value['suggestions']) ? value['suggestions'] : {}
    for (const [question, suggestion] of Object.entries(suggestions)) {
      if (!isObject(suggestion)) continue
      const score = suggestion['score']
      yield {
        is: 'record',
        kind: 'prediction',
        line,
        place: `${place}/suggestions${step(question)}`,
        externalId: null,
        value: {
          task: id,
          model: wordOf(suggestion['agent'] ?? 'argilla'),
          answers: { [question]: answerOf(suggestion['value'] ?? null) },
          ...(typeof score === 'number' && { score }),
        },
        left: isList(score) ? ['/score'] : [],
      }
    }
  }
  for (const [status, count] of skipped)
    yield finding('left', 'skipped', `${count} responses with the status ${status} are no submissions`, {
      place: '/responses',
    })
  if (hasQuestions && !options.questions)
    yield finding(
      'note',
      'guessed',
      'has no settings: the types of its questions are guessed from their answers',
    )
}

/** Rankings come as { rank, value }: here the values, best first. */
function answerOf(value: Json): Json {
  if (!isList(value) || value.length === 0) return value
  if (!value.every((one) => isObject(one) && typeof one['rank'] === 'number' && one['value'] !== undefined))
    return value
  const ranked = value
    .filter(isObject)
    .map((one) => ({ rank: Number(one['rank']), value: one['value'] ?? null }))
  const ranks = [...new Set(ranked.map(({ rank }) => rank))].sort((a, b) => a - b)
  const groups = ranks.map((rank) => ranked.filter((one) => one.rank === rank).map((one) => one.value))
  return groups.every((group) => group.length === 1) ? groups.flat() : groups
}

/** A flattened record as a record. null marks members that it lacks. */
function unflattened(value: JsonObject): JsonObject | Json {
  const questions = new Set(Object.keys(value).flatMap((key) => FLAT.exec(key)?.groups?.['question'] ?? []))
  if (questions.size === 0) return value
  const responses: Record<string, Json> = {}
  const suggestions: Record<string, Json> = {}
  for (const question of questions) {
    const values = value[`${question}.responses`]
    const users = value[`${question}.responses.users`]
    const statuses = value[`${question}.responses.status`]
    if (isList(values))
      put(
        responses,
        question,
        values.map((given, index) => ({
          value: given,
          user_id: isList(users) ? (users[index] ?? null) : null,
          status: isList(statuses) ? (statuses[index] ?? 'submitted') : 'submitted',
        })),
      )
    const suggestion = value[`${question}.suggestion`]
    if (suggestion != null)
      put(suggestions, question, {
        value: suggestion,
        score: value[`${question}.suggestion.score`] ?? null,
        agent: value[`${question}.suggestion.agent`] ?? null,
      })
  }
  const own = Object.entries(value).filter(([key, member]) => !FLAT.test(key) && member !== null)
  const { id = null, status = null, _server_id = null, ...fields } = Object.fromEntries(own)
  return { id, status, _server_id, fields, responses, suggestions }
}
