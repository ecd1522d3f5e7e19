/** Gives an object as it is to a constructor that extends this one. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the private field is put on what is returned
    return object
  }
}

/**
 * A private field on everything that this module froze: it need not be copied again. A WeakSet would say the same, but each of its entries is
 * hashed, and is work for every collection of garbage.
 */
class Kept extends Given {
  readonly #kept = true

  static has(object: object): boolean {
    return #kept in object && object.#kept
  }
}

/**
 * A deep copy of `value` that nobody can change, as a database would hold it: plain objects, arrays, Dates and what JSON knows.
 * A value that was frozen here before is given back as it is, so that replacing one field of a row copies that row alone.
 */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return (Object.is(value, -0) ? 0 : value) as Value
  if (Kept.has(value)) return value
  const copy = copyOf(value)
  new Kept(copy)
  return Object.freeze(copy) as Value
}

function copyOf(value: object): object {
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return value.map(frozen)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    const item: unknown = frozen((value as Readonly<Record<string, unknown>>)[key])
    // Assigned, it would be no key but what the copy inherits from.
    if (key === '__proto__')
      Object.defineProperty(copy, key, { value: item, enumerable: true, configurable: true, writable: true })
    else copy[key] = item
  }
  return copy
}
