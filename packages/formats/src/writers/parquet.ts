import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { at, isObject, type Json, type JsonObject } from '../record.ts'
import type { Rows, WrittenRun, WrittenScenario, WrittenTask } from './written.ts'

/** The bytes of a file, piece by piece. */
export type Bytes = AsyncGenerator<Uint8Array, void>

/** Rows of a group: with more the writer takes much memory, with fewer a reader much time. */
const GROUP_ROWS = 5_000
/** A group ends sooner if its texts are so long, in characters: nothing else goes on while it is packed. */
const GROUP_CHARACTERS = 4_000_000

/** `json`: as text, since older readers break on the type of their own. */
type Kind = 'text' | 'json' | 'number' | 'time'

interface Column {
  readonly name: string
  readonly kind: Kind
  readonly isOptional?: boolean
}

const RUN_COLUMNS: readonly Column[] = [
  { name: 'scenarioId', kind: 'text' },
  { name: 'model', kind: 'text' },
  { name: 'state', kind: 'text' },
  { name: 'payload', kind: 'json', isOptional: true },
  { name: 'result', kind: 'json', isOptional: true },
  { name: 'score', kind: 'number', isOptional: true },
  { name: 'errorCode', kind: 'text', isOptional: true },
  { name: 'errorMessage', kind: 'text', isOptional: true },
  { name: 'outcome', kind: 'json', isOptional: true },
]
const TASK_COLUMNS: readonly Column[] = [
  { name: 'taskId', kind: 'text' },
  { name: 'externalId', kind: 'text', isOptional: true },
  { name: 'payload', kind: 'json', isOptional: true },
  { name: 'stepId', kind: 'text', isOptional: true },
  { name: 'person', kind: 'text', isOptional: true },
  { name: 'result', kind: 'json', isOptional: true },
  { name: 'comment', kind: 'text', isOptional: true },
  { name: 'outcome', kind: 'json', isOptional: true },
  { name: 'assignmentId', kind: 'text', isOptional: true },
  { name: 'startedAt', kind: 'time', isOptional: true },
  { name: 'submittedAt', kind: 'time', isOptional: true },
]
const SCENARIO_COLUMNS: readonly Column[] = [
  { name: 'scenarioId', kind: 'text' },
  { name: 'payload', kind: 'json', isOptional: true },
]

/**
 * A row for each scenario and model: `payload`, `result` and `outcome` are JSON as text, `score` is the number at `/score` of the result. `fields` are more columns, JSON Pointers into
 * the row. The run is named in the metadata of the file, under `muster`.
 */
export function writeRunParquet(
  run: WrittenRun,
  scenarios: Rows<WrittenScenario>,
  fields: readonly string[] = [],
): Bytes {
  async function* rows(): AsyncGenerator<JsonObject> {
    for await (const { scenarioId, payload, results, outcome = null } of scenarios) {
      for (const model of run.models) {
        const given = results[model]
        if (!given) continue
        const { state, result, error } = given
        const score = isObject(result) && typeof result['score'] === 'number' ? result['score'] : null
        const [errorCode, errorMessage] = [error?.code ?? null, error?.message ?? null]
        yield { scenarioId, model, state, payload, result, score, errorCode, errorMessage, outcome }
      }
    }
  }
  return parquetOf(RUN_COLUMNS, rows(), fields, { runId: run.runId, ...run.about })
}

/** A row for each submission; a task without any has one row. Times are milliseconds of UTC. */
export function writeTaskParquet(tasks: Rows<WrittenTask>, fields: readonly string[] = []): Bytes {
  async function* rows(): AsyncGenerator<JsonObject> {
    for await (const { taskId, externalId, payload, submissions, outcome } of tasks) {
      const none = { stepId: null, person: null, result: null, comment: null }
      for (const said of submissions.length > 0 ? submissions : [none])
        yield { taskId, externalId, payload, ...said, outcome }
    }
  }
  return parquetOf(TASK_COLUMNS, rows(), fields)
}

/** A row for each scenario. */
export function writeScenarioParquet(
  scenarios: Rows<Pick<WrittenScenario, 'scenarioId' | 'payload'>>,
  fields: readonly string[] = [],
): Bytes {
  async function* rows(): AsyncGenerator<JsonObject> {
    for await (const { scenarioId, payload } of scenarios) yield { scenarioId, payload }
  }
  return parquetOf(SCENARIO_COLUMNS, rows(), fields)
}

async function* parquetOf(
  known: readonly Column[],
  rows: AsyncIterable<JsonObject>,
  fields: readonly string[],
  about?: JsonObject,
): Bytes {
  const columns: readonly Column[] = [
    ...known,
    ...[...new Set(fields)].map((name): Column => ({ name, kind: 'text', isOptional: true })),
  ]
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(elementOf)],
    createdBy: 'muster',
    ...(about && { kvMetadata: [{ key: 'muster', value: JSON.stringify(about) }] }),
  })
  // The offset goes on: only what was taken begins anew.
  const taken = (): Uint8Array => {
    const piece = bytes.getBytes().slice()
    bytes.index = 0
    return piece
  }
  let group = columns.map((): (string | number | Date | null)[] => [])
  let characters = 0
  const write = async (): Promise<void> => {
    const columnData = columns.map(({ name }, place) => ({ name, data: group[place] ?? [] }))
    await writer.write({ columnData, rowGroupSize: GROUP_ROWS })
    group = columns.map(() => [])
    characters = 0
  }
  for await (const row of rows) {
    for (const [place, { name, kind }] of columns.entries()) {
      const cell = cellOf(kind, place < known.length ? row[name] : at(row, name))
      if (typeof cell === 'string') characters += cell.length
      group[place]?.push(cell)
    }
    if ((group[0]?.length ?? 0) < GROUP_ROWS && characters < GROUP_CHARACTERS) continue
    await write()
    yield taken()
  }
  if ((group[0]?.length ?? 0) > 0) await write()
  await writer.finish()
  yield taken()
}

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number]

function elementOf({ name, kind, isOptional = false }: Column): Element {
  const repetition_type = isOptional ? 'OPTIONAL' : 'REQUIRED'
  if (kind === 'number') return { name, type: 'DOUBLE', repetition_type }
  if (kind === 'time') {
    const unit = 'MILLIS'
    return {
      name,
      type: 'INT64',
      repetition_type,
      converted_type: 'TIMESTAMP_MILLIS',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit },
    }
  }
  return {
    name,
    type: 'BYTE_ARRAY',
    repetition_type,
    converted_type: 'UTF8',
    logical_type: { type: 'STRING' },
  }
}

function cellOf(kind: Kind, value: Json | undefined): string | number | Date | null {
  if (value === undefined || value === null) return null
  if (kind === 'json') return JSON.stringify(value)
  if (kind === 'number') return Number(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return kind === 'time' ? new Date(text) : text
}
