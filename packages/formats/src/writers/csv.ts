import { at, type Json } from '../record.ts'
import type { Rows, Writing, WrittenRun, WrittenScenario, WrittenTask } from './written.ts'

/** How a table is written. */
export interface CsvOptions {
  /** Default `,`. */
  readonly delimiter?: string
  /** Whether cells that a spreadsheet would take for a formula get a `'` before them. Default false. */
  readonly isSafe?: boolean
  /** More columns: each a JSON Pointer into the row's object, such as `/payload/text`. */
  readonly fields?: readonly string[]
}

/** Signs with which a spreadsheet begins a formula. */
const FORMULA = /^[=+\-@\t\r]/

/** A row for each scenario and model: nested values as JSON in their cells, UTF-8 with a byte order mark. */
export function writeRunCsv(
  run: WrittenRun,
  scenarios: Rows<WrittenScenario>,
  options: CsvOptions = {},
): Writing {
  const columns = [
    'scenarioId',
    'model',
    'state',
    'payload',
    'result',
    'errorCode',
    'errorMessage',
    'outcome',
  ]
  async function* cells(): AsyncGenerator<Readonly<Record<string, Json>>> {
    for await (const { scenarioId, payload, results, outcome = null } of scenarios) {
      for (const model of run.models) {
        const given = results[model]
        if (!given) continue
        const { state, result, error } = given
        const [errorCode, errorMessage] = [error?.code ?? null, error?.message ?? null]
        yield { scenarioId, model, state, payload, result, errorCode, errorMessage, outcome }
      }
    }
  }
  return tableOf(columns, cells(), options)
}

/** A row for each scenario. */
export function writeScenarioCsv(
  scenarios: Rows<Pick<WrittenScenario, 'scenarioId' | 'payload'>>,
  options: CsvOptions = {},
): Writing {
  async function* cells(): AsyncGenerator<Readonly<Record<string, Json>>> {
    for await (const { scenarioId, payload } of scenarios) yield { scenarioId, payload }
  }
  return tableOf(['scenarioId', 'payload'], cells(), options)
}

/** A row for each submission; a task without any has one row. */
export function writeTaskCsv(tasks: Rows<WrittenTask>, options: CsvOptions = {}): Writing {
  const columns = [
    'taskId',
    'externalId',
    'payload',
    'stepId',
    'person',
    'result',
    'comment',
    'outcome',
    'assignmentId',
    'startedAt',
    'submittedAt',
  ]
  async function* cells(): AsyncGenerator<Readonly<Record<string, Json>>> {
    for await (const { taskId, externalId, payload, submissions, outcome } of tasks) {
      const none = { stepId: null, person: null, result: null, comment: null }
      for (const said of submissions.length > 0 ? submissions : [none])
        yield { taskId, externalId, payload, ...said, outcome }
    }
  }
  return tableOf(columns, cells(), options)
}

function tableOf(
  columns: readonly string[],
  rows: AsyncIterable<Readonly<Record<string, Json>>>,
  { delimiter = ',', isSafe = false, fields = [] }: CsvOptions,
): Writing {
  let guarded = 0
  const cellOf = (value: Json | undefined): string => {
    if (value === undefined || value === null) return ''
    const plain = typeof value === 'string' ? value : JSON.stringify(value)
    const isFormula = isSafe && typeof value === 'string' && FORMULA.test(plain)
    if (isFormula) guarded++
    const text = isFormula ? `'${plain}` : plain
    const isQuoted = text.includes('"') || text.includes(delimiter) || /[\r\n]|^\s|\s$/.test(text)
    return isQuoted ? `"${text.replaceAll('"', '""')}"` : text
  }
  const line = (cells: readonly string[]): string => `${cells.join(delimiter)}\r\n`
  async function* text(): AsyncGenerator<string> {
    yield `\ufeff${line([...columns, ...fields].map(cellOf))}`
    for await (const row of rows)
      yield line([
        ...columns.map((column) => cellOf(row[column])),
        ...fields.map((field) => cellOf(at(row, field))),
      ])
  }
  const why = 'a spreadsheet would take it for a formula: it has a quote before it'
  return {
    text: text(),
    left: () => (guarded > 0 ? [{ what: 'cells as they are', count: guarded, why }] : []),
  }
}
