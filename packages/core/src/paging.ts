import { createHash } from 'node:crypto'
import { ValidationError } from './errors.ts'

/** A part of a list, and where to go on. `nextCursor` is null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** What a caller says of the part it wants. */
export interface PageRequest {
  /** 1–200, default 50. */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before, unchanged, with the same filters. */
  readonly cursor?: string | undefined
}

/** What a store is asked: at most `limit` items behind the sort key `after`. */
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

export const DEFAULT_PAGE = 50
export const MAX_PAGE = 200

const CURSOR_TEXT = /^[A-Za-z0-9_-]+$/

/**
 * Pages through a store: asks for one more than shown to know whether there is more. `filters` are sealed into the
 * cursor; one used with other filters is refused. `key` values may be Dates, strings and numbers.
 *
 * @throws ValidationError for a limit out of range or a cursor that is unreadable or of another list
 */
export async function page<Item, Key extends object>(
  request: PageRequest,
  filters: readonly unknown[],
  keyOf: (item: Item) => Key,
  fetch: (slice: Slice<Key>) => Promise<readonly Item[]>,
): Promise<Page<Item>> {
  const limit = request.limit ?? DEFAULT_PAGE
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new ValidationError([{ path: 'limit', message: `must be an integer from 1 to ${MAX_PAGE}` }])
  }
  const seal = sealOf(filters)
  const after = request.cursor === undefined ? undefined : keyFromCursor<Key>(request.cursor, seal)
  const rows = await fetch({ limit: limit + 1, after })
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last ? cursorOf(keyOf(last), seal) : null }
}

function sealOf(filters: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 12)
}

function cursorOf(key: object, seal: string): string {
  const plain = Object.entries(key).map(([name, value]) => [
    name,
    value instanceof Date ? { at: value.getTime() } : value,
  ])
  return Buffer.from(JSON.stringify([seal, plain])).toString('base64url')
}

function keyFromCursor<Key>(cursor: string, seal: string): Key {
  const refuse = (message: string): never => {
    throw new ValidationError([{ path: 'cursor', message }])
  }
  if (!CURSOR_TEXT.test(cursor)) return refuse('is not a cursor of this server')
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return refuse('is not a cursor of this server')
  }
  if (!Array.isArray(parsed) || !Array.isArray(parsed[1])) return refuse('is not a cursor of this server')
  if (parsed[0] !== seal) return refuse('belongs to a list with other filters')
  const entries = (parsed[1] as [string, unknown][]).map(([name, value]) => [
    name,
    value !== null && typeof value === 'object' && 'at' in value ? new Date(value.at as number) : value,
  ])
  return Object.fromEntries(entries) as Key
}
