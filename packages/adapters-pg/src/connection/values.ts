import { types } from '@electric-sql/pglite'
import type { CustomTypesConfig } from 'pg'

/** Values as the wire carries them, as text: what goes in needs nobody's serializer, and what comes out nobody's parser but ours. */
type Parse = (text: string) => unknown

const asItIs: Parse = (text) => text
const json: Parse = (text) => JSON.parse(text)
const boolean: Parse = (text) => text === 't'

/** Of the session's own making: ISO and UTC. See `session.ts`. */
const MOMENT = /^(\d{4,6})-(\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)\+00$/

function moment(text: string): Date {
  const [, year, day, time] = MOMENT.exec(text) ?? []
  if (year === undefined) throw new RangeError(`The database gives ${text} for a moment`)
  return new Date(`${year.length > 4 ? `+${year.padStart(6, '0')}` : year}-${day}T${time}Z`)
}

/** By the type's oid, with that of its array: https://www.postgresql.org/docs/current/catalog-pg-type.html */
const SCALARS: readonly (readonly [oid: number, arrayOid: number, parse: Parse])[] = [
  [16, 1000, boolean],
  [19, 1003, asItIs], // name
  [20, 1016, Number], // int8
  [21, 1005, Number], // int2
  [23, 1007, Number], // int4
  [25, 1009, asItIs], // text
  [26, 1028, Number], // oid
  [114, 199, json],
  [700, 1021, Number], // float4
  [701, 1022, Number], // float8
  [1042, 1014, asItIs], // char
  [1043, 1015, asItIs], // varchar
  [1184, 1185, moment],
  [2950, 2951, asItIs], // uuid
  [3802, 3807, json],
  [5069, 271, asItIs], // xid8
]

const PARSERS: Readonly<Record<number, Parse>> = Object.fromEntries(
  SCALARS.flatMap(([oid, arrayOid, parse]) => [
    [oid, parse],
    [arrayOid, (text: string) => types.arrayParser(text, parse, arrayOid)],
  ]),
)

/** For `pg`: goes with each query, so that no parser set for all of a process or a pool has a say. */
export const TYPES: CustomTypesConfig = {
  getTypeParser: ((oid: number) => PARSERS[oid] ?? asItIs) as CustomTypesConfig['getTypeParser'],
}

/** For PGlite: goes with each query, so that nothing set when it was made has a say. */
export const PGLITE_OPTIONS: {
  readonly parsers: Record<number, Parse>
  readonly serializers: Record<number, (value: unknown) => string>
} = {
  parsers: { ...PARSERS },
  // Values of every type arrive as text already.
  serializers: new Proxy({}, { get: () => String }),
}

/** Values as text that Postgres reads alike in each session: strings, numbers, booleans, null, Dates, and arrays of these. */
export function textsOf(values: readonly unknown[]): (string | null)[] {
  return values.map(textOf)
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return `{${value.map(itemOf).join()}}`
  if (value instanceof Date) return textOfMoment(value)
  if (typeof value === 'object') throw new TypeError('An object goes to the database as JSON text')
  return String(value as string | number | bigint | boolean)
}

function itemOf(value: unknown): string {
  if (Array.isArray(value)) return textOf(value) as string
  const text = textOf(value)
  return text === null ? 'NULL' : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Postgres knows years of five digits, but not their sign. */
function textOfMoment(date: Date): string {
  return date.toISOString().replace(/^\+0*/, '')
}
