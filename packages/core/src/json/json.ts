/** A value that survives a round trip through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Deepest nesting that is stored; deeper values are refused by name. */
export const MAX_JSON_DEPTH = 64

/** A place in a value at fault, such as `scenarios[3].payload.text`, and what is wrong there. */
export interface Issue {
  readonly path: string
  readonly message: string
  /** The question of a form that it is about, by its id. */
  readonly question?: string | null
  /** The rule that is broken, by a name that stays. */
  readonly rule?: string
}

/** `a.b[3]` from its parts; the form in which every error names a place. A part may be such a path itself. */
export function pathOf(parts: readonly PropertyKey[]): string {
  let path = ''
  for (const part of parts) {
    const text = typeof part === 'number' ? `[${part}]` : String(part)
    path += path === '' || text.startsWith('[') ? text : `.${text}`
  }
  return path
}

/** U+0000 as patterns write it: Postgres keeps it in no text. */
export const NUL = '\\x00'

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Why `text` cannot be stored on every adapter (Postgres refuses both), or `undefined` if it can. */
export function unstorableText(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not contain the character U+0000'
  if (LONE_SURROGATE.test(text)) return 'must not contain a lone surrogate'
  return undefined
}

/**
 * Everything in `value` that JSON, or a database, would not give back as it is: `undefined`, functions, numbers
 * that are not finite, cycles and depth over {@link MAX_JSON_DEPTH}, characters that cannot be stored. Stops at the first ten.
 */
export function jsonIssues(value: unknown, at: readonly PropertyKey[] = []): Issue[] {
  const issues: Issue[] = []
  walk(value, [...at], [], issues)
  return issues
}

function walk(
  value: unknown,
  at: readonly PropertyKey[],
  above: readonly { readonly value: object; readonly at: readonly PropertyKey[] }[],
  issues: Issue[],
): void {
  if (issues.length >= 10) return
  const around = above.find((outer) => outer.value === value)
  const fault =
    around === undefined
      ? faultOf(value, above.length)
      : `is ${pathOf(around.at) || 'the whole'} again: JSON has no cycles`
  if (fault !== undefined) {
    issues.push({ path: pathOf(at), message: fault })
    return
  }
  if (typeof value !== 'object' || value === null) return
  const inside = [...above, { value, at }]
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, [...at, index], inside, issues)
    return
  }
  for (const [key, item] of Object.entries(value)) {
    const why = unstorableText(key)
    if (why !== undefined) issues.push({ path: pathOf(at), message: `has a key that ${why}` })
    walk(item, [...at, key], inside, issues)
  }
}

/** The fault of `value` itself, whatever it holds. */
function faultOf(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'string') return unstorableText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must be a finite number'
  return typeof value === 'object' ? objectFault(value, depth) : `must be JSON, not ${typeof value}`
}

function objectFault(value: object, depth: number): string | undefined {
  if (depth >= MAX_JSON_DEPTH) return `must not be nested deeper than ${MAX_JSON_DEPTH}`
  if (Array.isArray(value) || isPlain(value)) return undefined
  if (value instanceof Date) return 'must be a valid date'
  const maker: unknown = value.constructor
  const kind = typeof maker === 'function' ? maker.name : ''
  return kind === '' ? 'must be a plain JSON object' : `must be a plain JSON object, not a ${kind}`
}

/** Whether this is an object as JSON has them, in this realm or another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * `value` as `JSON.stringify` reads it: members that are `undefined` are left out, what has a `toJSON` (a Date) is what that gives. `issues`
 * names what cannot be kept even so. The same object if it is JSON.
 */
export function jsonOf(
  value: unknown,
  at: readonly PropertyKey[] = [],
): { readonly value: unknown; readonly issues: readonly Issue[] } {
  if (jsonIssues(value, at).length === 0) return { value, issues: [] }
  const kept = converted(value, '', new Map())
  return { value: kept, issues: jsonIssues(kept, at) }
}

type Copy = unknown[] | Record<string, unknown>

/** A copy, in which a cycle leads back into the copy: so it is named where it is. */
function converted(value: unknown, key: string, above: ReadonlyMap<object, Copy>): unknown {
  const given = ownFormOf(value, key)
  if (typeof given !== 'object' || given === null || above.size > MAX_JSON_DEPTH) return given
  const around = above.get(given)
  if (around !== undefined) return around
  if (Array.isArray(given)) {
    const copy: unknown[] = []
    const inside = new Map(above).set(given, copy)
    for (const [index, item] of given.entries()) copy.push(converted(item, String(index), inside) ?? null)
    return copy
  }
  if (!isPlain(given)) return given
  const copy: Record<string, unknown> = Object.create(null)
  const inside = new Map(above).set(given, copy)
  for (const [name, item] of Object.entries(given)) {
    const kept = converted(item, name, inside)
    if (kept !== undefined) copy[name] = kept
  }
  return Object.setPrototypeOf(copy, Object.prototype)
}

/** The value that `toJSON` makes of it. A date that is none has no text, and stays what it is. */
function ownFormOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !('toJSON' in value)) return value
  if (value instanceof Date && Number.isNaN(value.getTime())) return value
  return typeof value.toJSON === 'function' ? (value.toJSON(key) as unknown) : value
}

/** A JSON Pointer (RFC 6901) as text: empty, or members and places, each behind a slash; without U+0000. */
export const JSON_POINTER: RegExp = new RegExp(`^(/([^~/${NUL}]|~[01])*)*$`)

/** The value at a JSON Pointer, or `undefined` if there is none. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  return readerAt(pointer)(value)
}

/** Reads many values at one JSON Pointer, which is taken apart once. */
export function readerAt(pointer: string): (value: Json) => Json | undefined {
  const names = pointer
    .split('/')
    .slice(1)
    .map((escaped) => escaped.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (value) => {
    let found: Json | undefined = value
    for (const name of names) {
      if (found === undefined || found === null || typeof found !== 'object') return undefined
      if (Array.isArray(found) && !/^(0|[1-9]\d*)$/.test(name)) return undefined
      found = Object.hasOwn(found, name) ? (found as { readonly [key: string]: Json })[name] : undefined
    }
    return found
  }
}

/** Whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(one: Json, other: Json): boolean {
  if (one === other) return true
  if (one === null || other === null || typeof one !== 'object' || typeof other !== 'object') return false
  if (Array.isArray(one) || Array.isArray(other))
    return Array.isArray(one) && Array.isArray(other) && sameItems(one, other)
  const others = new Map(Object.entries(other))
  const entries = Object.entries(one as { readonly [key: string]: Json })
  return (
    entries.length === others.size &&
    entries.every(([key, item]) => {
      const counterpart = others.get(key)
      return counterpart !== undefined && sameJson(item, counterpart)
    })
  )
}

function sameItems(one: readonly Json[], other: readonly Json[]): boolean {
  return one.length === other.length && one.every((item, place) => sameJson(item, other[place] ?? null))
}

/** JSON as text in one form: members by name, no spaces, no negative zero. Equal JSON gives equal text. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(Object.is(value, -0) ? 0 : value)
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join()}}`
}
