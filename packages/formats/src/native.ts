import {
  at,
  type Entry,
  finding,
  isObject,
  type Json,
  type JsonObject,
  put,
  type ReadOptions,
  step,
  wordOf,
} from './record.ts'
import { codePoints } from './text/offsets.ts'

/** Longest id of a task or scenario. */
const MAX_ID = 200

/** Members by which a line is known as shaped like our own interface. */
const OURS = new Set(['payload', 'externalId', 'priority', 'gold', 'requiredSkills', 'scenarioId'])

/** A value with where it stands. */
export interface Placed {
  readonly value: Json
  readonly line: number | null
  readonly place: string
}

/** Members of a line of results, as they are written of a run. */
const OF_RESULT = ['scenarioId', 'model', 'state', 'result', 'error', 'payload', 'outcome', 'repeat']

/** Whether it is a line of results of a run. */
export function isResultLine(value: Json): value is JsonObject {
  return (
    isObject(value) &&
    ['scenarioId', 'model', 'state', 'result'].every((key) => Object.hasOwn(value, key)) &&
    Object.keys(value).every((key) => OF_RESULT.includes(key))
  )
}

/** The result of such a line, before it its scenario if `isFirst` says that it was not told of. */
export function* resultEntries(
  value: JsonObject,
  { line, place }: Placed,
  isFirst: (scenarioId: string) => boolean,
): Generator<Entry> {
  const { scenarioId, model, repeat = 1, state, result = null, error, payload, outcome } = value
  const { id: own } = idOf(scenarioId ?? null)
  const id = own !== null && typeof repeat === 'number' && repeat > 1 ? `${own}#${repeat}` : own
  if (id === null || typeof model !== 'string' || (state !== 'completed' && state !== 'failed')) {
    const isCancelled = id !== null && state === 'cancelled'
    const message = isCancelled
      ? 'was cancelled'
      : 'must have scenarioId, model, and a state completed or failed'
    yield finding(isCancelled ? 'left' : 'error', isCancelled ? 'skipped' : 'bad_shape', message, {
      line,
      place,
    })
    return
  }
  const record = { is: 'record', line, place, externalId: null } as const
  if (isFirst(id)) {
    if (payload === undefined)
      yield finding('note', 'partial', 'has no payload of its scenario', { line, place, externalId: id })
    yield { ...record, kind: 'scenario', value: { scenarioId: id, payload: payload ?? null }, left: [] }
  }
  const failure = isObject(error) ? error : {}
  yield {
    ...record,
    kind: 'result',
    value: {
      scenarioId: id,
      model,
      state,
      result: state === 'completed' ? result : null,
      error:
        state === 'failed'
          ? {
              code: wordOf(failure['code'] ?? 'unknown'),
              message: wordOf(failure['message'] ?? 'no message'),
            }
          : null,
    },
    left: outcome === undefined ? [] : ['/outcome'],
  }
}

/** A task of a value that is a payload, or that is shaped like our own interface. */
export function* nativeEntries(placed: Placed, options: ReadOptions): Generator<Entry> {
  const { value, line, place } = placed
  if (!isObject(value)) {
    yield finding('error', 'bad_shape', 'must be an object', { line, place })
    return
  }
  const isOurs = Object.hasOwn(value, 'payload') && Object.keys(value).every((key) => OURS.has(key))
  const payload = isOurs ? (value['payload'] ?? null) : value
  const named = idOf(
    isOurs && options.idFrom === undefined ? (value['externalId'] ?? null) : fromId(payload, options),
  )
  if (named.fault) {
    yield finding('error', named.fault, 'must be an id of 1 to 200 characters', { line, place })
    return
  }
  const id = { line, place, externalId: named.id, left: [] }
  if (isOurs && value['scenarioId'] !== undefined) {
    const scenario = idOf(value['scenarioId'])
    if (scenario.id === null) {
      yield finding(
        'error',
        scenario.fault ?? 'id_missing',
        'must have a scenarioId of 1 to 200 characters',
        {
          line,
          place: `${place}/scenarioId`,
        },
      )
      return
    }
    yield { is: 'record', kind: 'scenario', ...id, value: { scenarioId: scenario.id, payload } }
    return
  }
  const { priority, gold, requiredSkills } = isOurs ? value : {}
  if (priority !== undefined && !Number.isInteger(priority)) {
    yield finding('error', 'bad_shape', 'must be an integer', { line, place: `${place}/priority` })
    return
  }
  yield {
    is: 'record',
    kind: 'task',
    ...id,
    value: {
      payload: withLabels(payload, options),
      ...(priority !== undefined && { priority: Number(priority) }),
      ...(gold !== undefined && { gold }),
      ...(requiredSkills !== undefined && { requiredSkills }),
    },
  }
}

/** A task of a row: `externalId`, `priority`, `gold` and `gold.*` by name, all else its payload. */
export function* rowEntries(placed: Placed, options: ReadOptions): Generator<Entry> {
  const { value, line, place } = placed
  if (!isObject(value)) return
  const payload: Record<string, Json> = {}
  const golds: Record<string, Json> = {}
  let gold: Json | undefined
  let id: Json | undefined
  let priority: number | undefined
  for (const [name, cell] of Object.entries(value)) {
    if (name === 'externalId' && options.idFrom === undefined) id = cell
    else if (name === 'priority') {
      if (cell === '' || cell === null) continue
      priority = Number(cell)
      if (!Number.isInteger(priority)) {
        yield finding('error', 'bad_shape', 'must be an integer', { line, place: name })
        return
      }
    } else if (name === 'gold') {
      if (isObject(cell)) for (const [part, right] of Object.entries(cell)) put(golds, part, right)
      else if (cell !== '' && cell !== null) gold = cell
    } else if (name.startsWith('gold.')) {
      if (cell !== '' && cell !== null) put(golds, name.slice('gold.'.length), cell)
    } else put(payload, name, cell)
  }
  const named = idOf(id === '' ? null : (id ?? fromId(payload, options)))
  if (named.fault) {
    yield finding('error', named.fault, 'must be an id of 1 to 200 characters', { line, place: 'externalId' })
    return
  }
  const right = Object.keys(golds).length > 0 ? golds : gold
  yield {
    is: 'record',
    kind: 'task',
    line,
    place,
    externalId: named.id,
    left: [],
    value: {
      payload: withLabels(payload, options),
      ...(priority !== undefined && { priority }),
      ...(right !== undefined && { gold: right }),
    },
  }
}

/** The id at `idFrom`, a pointer or a member; null without one. */
export function fromId(payload: Json, { idFrom }: ReadOptions): Json {
  if (idFrom === undefined) return null
  return at(payload, idFrom.startsWith('/') ? idFrom : step(idFrom)) ?? ''
}

/** A value as an id: numbers as their digits. `''` and what is no text is a fault, null is no id. */
export function idOf(value: Json): {
  readonly id: string | null
  readonly fault?: 'id_missing' | 'id_too_long'
} {
  if (value === null) return { id: null }
  const id = typeof value === 'number' ? wordOf(value) : value
  if (typeof id !== 'string' || id === '') return { id: null, fault: 'id_missing' }
  return codePoints(id) > MAX_ID ? { id: null, fault: 'id_too_long' } : { id }
}

/** Numbers that stand for labels become the labels' names. */
function withLabels(payload: Json, { classLabels, split, keepRest = true }: ReadOptions): Json {
  if (!isObject(payload) || (!classLabels && split === undefined)) return payload
  const named: Record<string, Json> = { ...payload }
  for (const [column, names] of Object.entries(classLabels ?? {})) {
    const cell = Object.hasOwn(named, column) ? named[column] : undefined
    const name = typeof cell === 'number' || typeof cell === 'string' ? names[Number(cell)] : undefined
    if (name !== undefined) put(named, column, name)
  }
  return split !== undefined && keepRest ? withSource(named, { split }) : named
}

/** A payload with what had no home beside its own members. */
export function withSource(payload: JsonObject, source: JsonObject): JsonObject {
  const before = payload['_source']
  return { ...payload, _source: { ...(isObject(before) ? before : {}), ...source } }
}

/** The members of an object that are not named, and their places. */
export function restOf(value: JsonObject, ...known: readonly string[]): { rest: JsonObject; left: string[] } {
  const names = Object.keys(value).filter((key) => !known.includes(key))
  return {
    rest: Object.fromEntries(names.map((name) => [name, value[name] ?? null])),
    left: names.map(step),
  }
}

/** A payload that keeps `rest` if it is asked to, and there is any. */
export function keeping(payload: JsonObject, rest: JsonObject, { keepRest = true }: ReadOptions): JsonObject {
  return keepRest && Object.keys(rest).length > 0 ? withSource(payload, rest) : payload
}
