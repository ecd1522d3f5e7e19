import { createHash } from 'node:crypto'
import { isList, isObject, type Json } from '../record.ts'

/** A value's text by RFC 8785: equal values have equal texts. */
export function canonical(value: Json): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`)
    return `{${members.join(',')}}`
  }
  return JSON.stringify(value)
}

/** An id of a value that has none: `sha256:` and 32 hexadecimal digits of its canonical text. */
export function contentId(value: Json): string {
  return `sha256:${createHash('sha256').update(canonical(value)).digest('hex').slice(0, 32)}`
}
