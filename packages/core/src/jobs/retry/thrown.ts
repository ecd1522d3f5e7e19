/** Deepest chain of causes that is followed. */
const MAX_DEPTH = 8

/** Longest text that is looked through for JSON. */
const MAX_JSON_LENGTH = 64 * 1024

/** A field of something foreign; a getter that throws has none. */
export function field(value: unknown, name: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  try {
    return (value as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}

export function textField(value: unknown, name: string): string | undefined {
  const found = field(value, name)
  return typeof found === 'string' ? found : undefined
}

/** The field at the end of a path of names. */
export function deepField(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((found, name) => field(found, name), value)
}

/**
 * The error, then what it says caused it, outermost first: `fetch` tells what happened in the cause of a bare TypeError, `ai` in the last of its own
 * tries, and wrappers of all kinds in `cause`.
 */
export function causesOf(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = []
  for (let error = thrown; chain.length < MAX_DEPTH && !chain.includes(error); ) {
    chain.push(error)
    error = field(error, 'lastError') ?? field(error, 'cause')
    if (error === undefined || error === null) break
  }
  return chain
}

/** The names of an error: its own, and its class's, since some clients leave `name` as it was. */
export function namesOf(error: unknown): readonly string[] {
  return [textField(error, 'name'), textField(field(error, 'constructor'), 'name')].filter(
    (name) => name !== undefined,
  )
}

/** The error and the body of the answer that it carries, at every place where clients keep one; text is read as JSON. */
export function bodiesOf(error: unknown): readonly unknown[] {
  const places = ['error', 'body', 'data', 'responseBody', 'response.data', 'response.body']
  return [error, ...places.flatMap((path) => objectsIn(deepField(error, path)))]
}

/** A body, or the text of one, and the `error` in it. */
export function objectsIn(found: unknown): readonly unknown[] {
  const body = typeof found === 'string' ? jsonIn(found) : found
  if (typeof body !== 'object' || body === null) return []
  const inner = field(body, 'error')
  return typeof inner === 'object' && inner !== null ? [inner, body] : [body]
}

/** The object that a text has in it, as in `429 {"error": …}`. */
function jsonIn(text: string): unknown {
  const from = text.indexOf('{')
  const to = text.lastIndexOf('}')
  if (from < 0 || to < from || to - from > MAX_JSON_LENGTH) return undefined
  try {
    return JSON.parse(text.slice(from, to + 1))
  } catch {
    return undefined
  }
}
