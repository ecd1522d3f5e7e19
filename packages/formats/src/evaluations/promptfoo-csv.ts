import { jsonIn } from '../json/parse.ts'
import { type Entry, FormatError, finding, type ReadOptions } from '../record.ts'
import type { Source } from '../source.ts'
import { rows } from '../table/rows.ts'
import { decode } from '../text/decode.ts'
import { modelNames } from './promptfoo.ts'

/** One model's columns, by their place: their names repeat for each. */
interface Columns {
  readonly output: number
  readonly own: ReadonlyMap<string, number>
}

/**
 * The table that promptfoo writes. It has no texts of errors and no types: its JSON has more.
 */
export async function* readPromptfooCsv(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  yield { is: 'head', format: 'promptfoo-csv', formatVersion: null }
  let header: readonly string[] | undefined
  let models: readonly string[] = []
  let columns: readonly Columns[] = []
  let vars: readonly number[] = []
  let count = 0
  for await (const { line, cells } of rows(decode(source, options.encoding), options)) {
    if (!header) {
      header = cells
      const read = readHeader(cells)
      columns = read.columns
      vars = read.vars
      models = modelNames(columns.map(({ output }) => nameOf(cells[output] ?? '')))
      yield finding('left', 'no_home', 'has no texts of errors, costs or checks: their JSON has them')
      continue
    }
    if (cells.length !== header.length) {
      yield finding('error', 'bad_csv', `must have ${header.length} columns, not ${cells.length}`, { line })
      continue
    }
    const scenarioId = String(++count)
    const description = header[0] === 'Description' ? (cells[0] ?? '') : ''
    const payload = {
      vars: Object.fromEntries(vars.map((index) => [header?.[index] ?? '', cells[index] ?? ''])),
      ...(description !== '' && { description }),
    }
    yield {
      is: 'record',
      kind: 'scenario',
      line,
      place: '',
      externalId: null,
      value: { scenarioId, payload },
      left: [],
    }
    for (const [index, { output, own }] of columns.entries()) {
      const cell = (name: string): string => cells[own.get(name) ?? -1] ?? ''
      const status = cell('Status')
      const isFailed = status === 'ERROR'
      const scores = cell('Named Scores')
      const named = scores === '' ? null : jsonIn(scores)
      if (named === undefined)
        yield finding('left', 'bad_json', 'is no JSON', { line, place: 'Named Scores' })
      const score = Number(cell('Score'))
      yield {
        is: 'record',
        kind: 'result',
        line,
        place: '',
        externalId: null,
        value: {
          scenarioId,
          model: models[index] ?? '',
          state: isFailed ? 'failed' : 'completed',
          result: isFailed
            ? null
            : {
                output: cells[output] ?? '',
                score: Number.isFinite(score) ? score : null,
                pass: status === 'PASS',
                ...(named != null && { namedScores: named }),
                ...(cell('Grader Reason') !== '' && { reason: cell('Grader Reason') }),
              },
          error: isFailed ? { code: 'promptfoo', message: 'the table has no text of it' } : null,
        },
        left: cell('Comment') === '' ? [] : ['/Comment'],
      }
    }
  }
  if (!header) throw new FormatError('empty', 'holds nothing')
}

function readHeader(cells: readonly string[]): { columns: Columns[]; vars: number[] } {
  const starts = cells.flatMap((_name, index) => (cells[index + 1] === 'Status' ? [index] : []))
  if (starts.length === 0)
    throw new FormatError('header_missing', 'must have a column `Status` behind each output', { line: 1 })
  const columns = starts.map((output, index) => {
    const own = new Map<string, number>()
    for (let at = output + 1; at < (starts[index + 1] ?? cells.length); at++) own.set(cells[at] ?? '', at)
    return { output, own }
  })
  const before = cells.slice(0, starts[0]).map((name, index) => ({ name, index }))
  return {
    columns,
    vars: before.filter(({ name, index }) => index > 0 || name !== 'Description').map(({ index }) => index),
  }
}

/** `[provider] label`. */
function nameOf(header: string): { provider: string; label: string } {
  const [, provider = header, label = ''] = /^\[(.*?)\] ?([\s\S]*)$/.exec(header) ?? []
  return { provider, label }
}
