/** What survives a round trip through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Deepest nesting that is stored; deeper values are refused by name. */
export const MAX_JSON_DEPTH = 64

/** A place in a value at fault, such as `scenarios[3].payload.text`, and what is wrong there. */
export interface Issue {
  readonly path: string
  readonly message: string
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

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Why `text` cannot be stored on every adapter (Postgres refuses both), or `undefined` where it can. */
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
  walk(value, [...at], 0, issues)
  return issues
}

function walk(value: unknown, at: readonly PropertyKey[], depth: number, issues: Issue[]): void {
  if (issues.length >= 10) return
  const fault = faultOf(value, depth)
  if (fault !== undefined) {
    issues.push({ path: pathOf(at), message: fault })
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, [...at, index], depth + 1, issues)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const why = unstorableText(key)
      if (why !== undefined) issues.push({ path: pathOf(at), message: `has a key that ${why}` })
      walk(item, [...at, key], depth + 1, issues)
    }
  }
}

/** What is wrong with `value` itself, whatever it holds. */
function faultOf(value: unknown, depth: number): string | undefined {
  if (value === null || typeof value === 'boolean') return undefined
  if (typeof value === 'string') return unstorableText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'must be a finite number'
  return typeof value === 'object' ? objectFault(value, depth) : `must be JSON, not ${typeof value}`
}

function objectFault(value: object, depth: number): string | undefined {
  if (depth >= MAX_JSON_DEPTH) return `must not be nested deeper than ${MAX_JSON_DEPTH}`
  const prototype: unknown = Object.getPrototypeOf(value)
  const plain = Array.isArray(value) || prototype === Object.prototype || prototype === null
  return plain ? undefined : 'must be a plain JSON object'
}

/** A JSON Pointer (RFC 6901) as text: empty, or members and places, each behind a slash. */
export const JSON_POINTER = /^(\/([^~/]|~[01])*)*$/

/** The value at a JSON Pointer, or `undefined` if there is none. */
export function valueAt(value: Json, pointer: string): Json | undefined {
  let found: Json | undefined = value
  for (const escaped of pointer.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
    if (found === undefined || found === null || typeof found !== 'object') return undefined
    if (Array.isArray(found) && !/^(0|[1-9]\d*)$/.test(name)) return undefined
    found = Object.hasOwn(found, name) ? (found as { readonly [key: string]: Json })[name] : undefined
  }
  return found
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
