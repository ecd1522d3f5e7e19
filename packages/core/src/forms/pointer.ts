import { type Json, valueAt } from '../json/json.ts'

/** The parts of a JSON Pointer into `value`, places in arrays as numbers: how errors name a place. */
export function partsOf(value: Json, pointer: string): PropertyKey[] {
  let inside: Json | undefined = value
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const above = inside
      inside = above === undefined ? undefined : valueAt(above, `/${escaped}`)
      const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
      return Array.isArray(above) && /^\d+$/.test(name) ? Number(name) : name
    })
}
