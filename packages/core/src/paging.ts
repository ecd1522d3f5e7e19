import { createHash } from 'node:crypto'
import { ValidationError } from './errors.ts'

/** A part of a list, and where to go on. `nextCursor` is null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
  /** Where to go on behind each item; there if the request asked for them. */
  readonly cursors?: readonly string[]
}

/** The part of a list that a caller wants. */
export interface PageRequest {
  /** 1–200, default 50. */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before, unchanged, with the same filters. */
  readonly cursor?: string | undefined
  /** Whether each item comes with a cursor of its own, as a connection's edges have them. Default false. */
  readonly cursors?: boolean | undefined
}

/** The slice that a store is asked for: at most `limit` items behind the sort key `after`. */
export interface Slice<Key> {
  readonly limit: number
  readonly after?: Key | undefined
}

/** Key of every list that is newest first: descending (createdAt, id). */
export interface NewestKey {
  readonly createdAt: Date
  readonly id: string
}

/** Says where an item stands in a list that is newest first. */
export function newestKey<Item extends { readonly createdAt: Date }>(
  idOf: (item: Item) => string,
): (item: Item) => NewestKey {
  return (item) => ({ createdAt: item.createdAt, id: idOf(item) })
}

/** Items of a page, unless asked for otherwise. */
export const DEFAULT_PAGE = 50
/** Most items of a page. */
export const MAX_PAGE = 200

/** The letters of a cursor. */
export const CURSOR_TEXT: RegExp = /^[A-Za-z0-9_-]+$/

/**
 * Pages through a store: asks for one more than shown to know whether there is more. The cursor is sealed, with `filters`: one that is
 * used with other filters, or was tampered with, is refused. `key` values may be Dates, strings and numbers.
 *
 * @throws ValidationError for a limit out of range or a cursor that is unreadable or of another list
 */
export async function page<Item, Key extends object>(
  request: PageRequest,
  filters: readonly unknown[],
  keyOf: (item: Item) => Key,
  fetch: (slice: Slice<Key>) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const limit = pageLimitOf(request.limit ?? DEFAULT_PAGE)
  const after = request.cursor === undefined ? undefined : keyFromCursor<Key>(request.cursor, filters)
  const rows = await fetch({ limit: limit + 1, after })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = rows.length > limit && last ? cursorOf(keyOf(last), filters) : null
  if (request.cursors !== true) return { items, nextCursor }
  return { items, nextCursor, cursors: items.map((item) => cursorOf(keyOf(item), filters)) }
}

/** @throws ValidationError for a limit out of range */
export function pageLimitOf(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE) return limit
  throw new ValidationError([{ path: 'limit', message: `must be an integer from 1 to ${MAX_PAGE}` }])
}

/** A key as it stands in a cursor: its names with their values, a Date as `{ at }`. */
type PlainKey = readonly (readonly [string, unknown])[]

function sealOf(filters: readonly unknown[], key: PlainKey): string {
  return createHash('sha256')
    .update(JSON.stringify([filters, key]))
    .digest('base64url')
    .slice(0, 12)
}

/** A cursor behind the item with this key, of a list with these filters. */
export function cursorOf(key: object, filters: readonly unknown[]): string {
  const plain: PlainKey = Object.entries(key).map(([name, value]) => [
    name,
    value instanceof Date ? { at: value.getTime() } : value,
  ])
  return Buffer.from(JSON.stringify([sealOf(filters, plain), plain])).toString('base64url')
}

/** The key that {@link cursorOf} was given. @throws ValidationError for a cursor that is unreadable or of another list */
export function keyFromCursor<Key>(cursor: string, filters: readonly unknown[]): Key {
  const parsed = CURSOR_TEXT.test(cursor) ? jsonOf(cursor) : undefined
  if (!Array.isArray(parsed) || parsed[0] !== sealOf(filters, parsed[1])) {
    throw new ValidationError([
      { path: 'cursor', message: 'is not a cursor of this list with these filters' },
    ])
  }
  const entries = (parsed[1] as PlainKey).map(([name, value]) => [
    name,
    value !== null && typeof value === 'object' && 'at' in value ? new Date(value.at as number) : value,
  ])
  return Object.fromEntries(entries) as Key
}

function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
