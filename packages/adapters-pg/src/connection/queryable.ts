/** The nil UUID: the id of nothing, and smaller than every other. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000'

/** A statement with the name that a server prepares it under: once per connection, then planned no more. */
export interface Statement {
  readonly name: string
  readonly text: string
  /** It is the engine's: where connections are scarce, it waits before all others. */
  readonly first?: boolean
}

/** One name means one text. `name` begins with the store's word: `task_find`. */
export function statement(name: string, text: string): Statement {
  return { name, text }
}

/** A {@link statement} by which workers and schedulers live: what many callers ask at once does not keep it waiting. */
export function engineStatement(name: string, text: string): Statement {
  return { name, text, first: true }
}

/** Most of what an export reads at once, in bytes as they are stored, which costs no reading: compressed text may be several times that. */
const SLICE_BYTES = 4 * 1024 * 1024

/**
 * `fields` of the rows of `slice` in the order of its column `key`, as long as those before weigh no more than an export should hold: always the first one.
 * The weight of a row is its column `bytes`.
 */
export function notTooLarge(fields: readonly string[], slice: string, key: string): string {
  return `select ${fields.map((field) => `"${field}"`).join(', ')} from (
    select slice.*, sum(bytes) over (order by "${key}" rows between unbounded preceding and 1 preceding) as bytes_before from (${slice}) as slice
  ) as weighed where coalesce(bytes_before, 0) < ${SLICE_BYTES} order by "${key}"`
}

/** The part of a client that is needed without them: a PGlite, or a transaction of one. A `pg` pool or client fits too. */
export interface Queryable {
  query<Row extends object>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>
}

/**
 * The connection that stores speak to. The same SQL runs on both backends; vendor errors end here.
 *
 * Values: strings, finite numbers, booleans, null, Dates, and arrays of these. JSON goes in as text ({@link jsonText}) with
 * `$1::json`, and rows in bulk as one such text with `json_to_recordset`. Results: `timestamptz` a Date, `json` and `jsonb` their
 * value, `bool` a boolean, `int`, `bigint` and `float8` numbers, all else text, on both backends alike. See `values.ts`.
 */
export interface Connection {
  /** @throws MusterError: UnavailableError, ConflictError, or what {@link toMusterError} makes of the vendor's */
  rows<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>
  /** All that `work` does, or nothing: a transaction of its own, or a part of the one that this connection is in. */
  atomically<T>(work: (connection: Connection) => Promise<T>): Promise<T>
}

/** `value` as text for a `json` parameter. A string is quoted too: neither driver would. SQL NULL is `null` alone. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value)
}

/** Numbers or ids as text for an array parameter: nothing in them needs the escapes that drivers look for in every item. */
export function plain(items: Iterable<number | string>): string {
  return `{${[...items].join()}}`
}

/** The items of an array of numbers or ids that came as text; none where that is null. */
export function plainItems(text: string | null | undefined): string[] {
  return text == null || text === '{}' ? [] : text.slice(1, -1).split(',')
}
