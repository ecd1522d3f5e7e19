import type { SentError } from './messages.ts'

/** The deepest cause that is sent. */
const DEEPEST = 5

/** The part of a thrown value that can be sent. */
export function sent(thrown: unknown, depth = 0): SentError {
  if (typeof thrown !== 'object' || thrown === null) {
    return {
      className: '',
      name: 'Error',
      message: `The handler threw ${String(thrown)}`,
      stack: undefined,
      fields: {},
      cause: undefined,
    }
  }
  const error = thrown as Partial<Error>
  const { cause } = error
  return {
    className: thrown.constructor?.name ?? '',
    name: String(error.name ?? 'Error'),
    message: String(error.message ?? ''),
    stack: error.stack,
    fields: fieldsOf(thrown),
    cause: cause === undefined || depth === DEEPEST ? undefined : sent(cause, depth + 1),
  }
}

/** The error again; `classes` gives those whose class has a meaning here. */
export function revived(error: SentError, classes: Readonly<Record<string, unknown>>): Error {
  const { className, name, message, stack, fields, cause } = error
  const found = classes[className]
  const made: Error =
    typeof found === 'function' && found.prototype instanceof Error
      ? (Object.create(found.prototype as object) as Error)
      : new Error(message)
  const hidden = { name, message, stack, ...(cause && { cause: revived(cause, classes) }) }
  for (const [key, value] of Object.entries(hidden)) {
    Object.defineProperty(made, key, { value, configurable: true, writable: true })
  }
  return Object.assign(made, fields)
}

function fieldsOf(thrown: object): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  for (const key of Object.keys(thrown)) {
    if (key === 'cause') continue
    const value = cloneable((thrown as Record<string, unknown>)[key])
    if (value !== undefined) fields[key] = value
  }
  return fields
}

/** Headers, and what has them, as plain objects; what cannot be cloned is left out. */
function cloneable(value: unknown): unknown {
  if (value instanceof Headers) return Object.fromEntries(value.entries())
  if (value instanceof Response) return { status: value.status, headers: cloneable(value.headers) }
  try {
    return structuredClone(value)
  } catch {
    if (typeof value !== 'object' || value === null) return undefined
    const { status, headers } = value as { readonly status?: unknown; readonly headers?: unknown }
    return { status: cloneable(status), headers: cloneable(headers) }
  }
}
