import { type FileMetaData, parquetMetadata, parquetSchema, type SchemaTree } from 'hyparquet'
import { rowEntries } from '../native.ts'
import {
  type Entry,
  type Finding,
  FormatError,
  finding,
  type Json,
  put,
  type ReadOptions,
  step,
} from '../record.ts'
import { type Source, whole } from '../source.ts'
import { ParquetRows } from './parquet-rows.ts'

/** Most rows that are unpacked at once, of larger groups too. */
const ROWS_AT_ONCE = 5_000

/** The rows of a Parquet file, a part of a row group at a time. It is held whole: its directory stands at its end. */
export async function* readParquet(source: Source, options: ReadOptions): AsyncGenerator<Entry> {
  const bytes = await whole(source, options.maxBytes)
  if (bytes.byteLength === 0) throw new FormatError('empty', 'holds nothing')
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  const metadata = told(() => parquetMetadata(file))
  yield { is: 'head', format: 'parquet', formatVersion: String(metadata.version) }
  const columns = told(() => checkedSchema(metadata).children)
  const decimals = new Map<string, number>()
  const labels: string[] = []
  for (const { element } of columns) {
    if (element.converted_type === 'DECIMAL') decimals.set(element.name, element.scale ?? 0)
    if (
      /(?:^|_)labels?$/.test(element.name) &&
      element.type?.startsWith('INT') &&
      !options.classLabels?.[element.name]
    )
      labels.push(element.name)
  }
  for (const name of labels)
    yield finding(
      'note',
      'unnamed',
      'holds numbers of labels, whose names stand in the card of the data set',
      {
        place: name,
      },
    )
  const rows = new ParquetRows(file, options.maxSeconds)
  try {
    yield* rowsOf(rows, Number(metadata.num_rows), decimals, options)
  } finally {
    await rows.close()
  }
}

async function* rowsOf(
  rows: ParquetRows,
  count: number,
  decimals: ReadonlyMap<string, number>,
  options: ReadOptions,
): AsyncGenerator<Entry> {
  const binary = new Map<string, number>()
  for (let from = 0; from < count; from += ROWS_AT_ONCE) {
    const part = await rows.part(from, Math.min(from + ROWS_AT_ONCE, count))
    for (const [index, row] of part.entries()) {
      const place = `/${from + index}`
      const faults: Finding[] = []
      const value: Record<string, Json> = {}
      for (const [name, cell] of Object.entries(row)) {
        const plain = new Plain(`${place}${step(name)}`, options, decimals.get(name), faults).of(cell, '')
        if (plain === undefined) binary.set(name, (binary.get(name) ?? 0) + 1)
        else put(value, name, plain)
      }
      yield* faults
      if (!faults.some(({ level }) => level === 'error'))
        yield* rowEntries({ value, line: null, place }, options)
    }
  }
  for (const [name, times] of binary)
    yield finding('left', 'no_home', `${times} values are bytes, which JSON has not`, { place: name })
}

/**
 * The tree of a schema in which every column of every row group lies. The library would find one that does not while others are
 * being unpacked, whose own faults nobody awaits then.
 */
function checkedSchema(metadata: FileMetaData): SchemaTree {
  const tree = parquetSchema(metadata)
  let rows = 0n
  // The library assigns members, and would lose it.
  if (tree.children.some(({ element }) => element.name === '__proto__'))
    throw new Error('it has a column __proto__')
  for (const [group, { columns, num_rows: own }] of metadata.row_groups.entries()) {
    rows += own
    for (const { meta_data: column } of columns) {
      if (!column) throw new Error(`row group ${group} has a column without metadata`)
      let node: SchemaTree | undefined = tree
      for (const name of column.path_in_schema)
        node = node?.children.find(({ element }) => element.name === name)
      if (!node || node.children.length > 0)
        throw new Error(
          `row group ${group} has a column ${column.path_in_schema.join('.')}, which the schema lacks`,
        )
    }
  }
  if (rows !== metadata.num_rows)
    throw new Error(`its ${metadata.num_rows} rows are not those of its groups, ${rows}`)
  return tree
}

/** A cell as JSON. */
class Plain {
  readonly #place: string
  readonly #options: ReadOptions
  readonly #scale: number | undefined
  readonly #faults: Finding[]

  constructor(place: string, options: ReadOptions, scale: number | undefined, faults: Finding[]) {
    this.#place = place
    this.#options = options
    this.#scale = scale
    this.#faults = faults
  }

  /** undefined for bytes. */
  of(value: unknown, path: string): Json | undefined {
    if (value === null || value === undefined) return null
    if (typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'bigint') {
      if (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER) return Number(value)
      return this.#unsafe(String(value), path)
    }
    if (typeof value === 'number') return this.#number(value, path)
    if (value instanceof Date) {
      if (!Number.isNaN(value.getTime())) return value.toISOString()
      this.#faults.push(finding('error', 'time_unreadable', 'is no time', { place: this.#place + path }))
      return null
    }
    if (ArrayBuffer.isView(value)) return undefined
    if (Array.isArray(value)) return value.map((one, index) => this.of(one, `${path}/${index}`) ?? null)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, this.of(member, path + step(key)) ?? null]),
    )
  }

  #number(value: number, path: string): Json {
    if (!Number.isFinite(value)) {
      this.#faults.push(
        finding('note', 'not_finite', `was ${value}, which JSON has not: read as null`, {
          place: this.#place + path,
        }),
      )
      return null
    }
    if (this.#scale === undefined || path !== '') return value
    // A double has the digits of a decimal as long as they are an integer that is safe.
    if (Math.abs(value) * 10 ** this.#scale > Number.MAX_SAFE_INTEGER)
      return this.#unsafe(String(value), path)
    return this.#options.numbers === 'string' ? value.toFixed(this.#scale) : value
  }

  #unsafe(digits: string, path: string): Json {
    if (this.#options.numbers === 'string') return digits
    this.#faults.push(
      finding(
        'error',
        'number_unsafe',
        `must be a number that a double holds, not ${digits}; say numbers=string`,
        {
          place: this.#place + path,
        },
      ),
    )
    return null
  }
}

function told<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(error: unknown): FormatError {
  return new FormatError(
    'bad_parquet',
    `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  )
}
