import { parseJson } from '../json/parse.ts'
import { type Finding, FormatError, finding, type Json, put, type ReadOptions } from '../record.ts'
import { type Row, rows } from './rows.ts'

/** A row as an object: its columns are its members. */
export interface Tabled {
  readonly is: 'value'
  readonly value: Readonly<Record<string, Json>>
  readonly line: number
  readonly place: ''
}

/**
 * The rows below a header. Cells are text unless `types` says otherwise.
 * @throws FormatError for a header that is missing or repeats a name
 */
export async function* tabled(
  text: AsyncIterable<string>,
  options: ReadOptions,
): AsyncGenerator<Tabled | Finding> {
  let header: readonly string[] | undefined
  for await (const row of rows(text, options)) {
    if (!header) {
      header = checkedHeader(row)
      if (options.nest) checkNested(header, row)
      for (const column of Object.keys(options.types ?? {}))
        if (!header.includes(column))
          yield finding('error', 'header_missing', `has no column ${column}, which types names`, {
            line: row.line,
          })
      continue
    }
    if (row.cells.length !== header.length) {
      const message = `must have ${header.length} columns, not ${row.cells.length}`
      yield finding('error', 'bad_csv', message, { line: row.line })
      continue
    }
    yield* objectOf(header, row, options)
  }
  if (!header) throw new FormatError('empty', 'holds nothing')
}

function checkedHeader({ cells, line }: Row): readonly string[] {
  const seen = new Set<string>()
  cells.forEach((name, index) => {
    if (name === '') throw new FormatError('header_missing', `has no name for column ${index + 1}`, { line })
    if (seen.has(name))
      throw new FormatError('header_repeated', `names two columns ${JSON.stringify(name)}`, {
        line,
        place: name,
      })
    seen.add(name)
  })
  return cells
}

/** @throws FormatError if a column is a part of what another one holds */
function checkNested(header: readonly string[], { line }: Row): void {
  const names = new Set(header)
  for (const name of header) {
    const parts = name.split('.')
    const outer = parts.map((_, end) => parts.slice(0, end).join('.')).find((part) => names.has(part))
    if (outer === undefined) continue
    const message = `has a column ${JSON.stringify(outer)}, in which ${JSON.stringify(name)} would lie`
    throw new FormatError('header_repeated', message, { line, place: name })
  }
}

function* objectOf(header: readonly string[], row: Row, options: ReadOptions): Generator<Tabled | Finding> {
  const value: Record<string, Json> = {}
  const findings: Finding[] = []
  const types = new Map(Object.entries(options.types ?? {}))
  header.forEach((name, index) => {
    const type = types.get(name) ?? 'string'
    const at = { line: row.line, place: name }
    const cell = typed(row.cells[index] ?? '', type, options, at, findings)
    if (cell === undefined) findings.push(finding('error', 'bad_shape', `must be ${type}`, at))
    else if (options.nest) nest(value, name.split('.'), cell)
    else put(value, name, cell)
  })
  yield* findings
  if (!findings.some(({ level }) => level === 'error'))
    yield { is: 'value', value, line: row.line, place: '' }
}

/** A cell as the type it was said to be, undefined if it is none. An empty cell is null unless it is text. */
function typed(
  cell: string,
  type: string,
  { decimal = '.', numbers }: ReadOptions,
  at: { readonly line: number; readonly place: string },
  findings: Finding[],
): Json | undefined {
  if (type === 'string') return cell
  const trimmed = cell.trim()
  if (trimmed === '') return null
  if (type === 'boolean') {
    const lower = trimmed.toLowerCase()
    return lower === 'true' || lower === '1' ? true : lower === 'false' || lower === '0' ? false : undefined
  }
  if (type === 'json') {
    try {
      const read = parseJson(trimmed, { ...at, numbers })
      findings.push(...read.findings)
      return read.value
    } catch (error) {
      if (error instanceof FormatError) return undefined
      throw error
    }
  }
  const grouped = decimal === ',' ? /^-?\d{1,3}(?:\.\d{3})+(?:,\d+)?$/ : /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/
  const plain = decimal === ',' ? /^-?\d+(?:,\d+)?(?:[eE][+-]?\d+)?$/ : /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
  if (!plain.test(trimmed) && !grouped.test(trimmed)) return undefined
  const digits = trimmed.replaceAll(decimal === ',' ? '.' : ',', '').replace(decimal, '.')
  const value = Number(digits)
  return Number.isFinite(value) && (!/^-?\d+$/.test(digits) || Number.isSafeInteger(value))
    ? value
    : undefined
}

function nest(into: Record<string, Json>, path: readonly string[], cell: Json): void {
  const [first = '', ...more] = path
  if (more.length === 0) {
    put(into, first, cell)
    return
  }
  if (!Object.hasOwn(into, first)) put(into, first, {})
  nest(into[first] as Record<string, Json>, more, cell)
}
