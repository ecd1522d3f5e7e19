import { SeededRandom } from '@muster/testing'
import { expect, it } from 'vitest'
import type { Backend } from './backend.ts'
import { type Connection, jsonText } from './queryable.ts'

/** What a role, a database or a host may have set, each of which changes what is sent, read or done. */
export const UNLIKELY: Readonly<Record<string, string>> = {
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  datestyle: 'SQL, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kolkata',
  extra_float_digits: '-15',
  bytea_output: 'escape',
  array_nulls: 'off',
  transform_null_equals: 'on',
  xmloption: 'document',
  quote_all_identifiers: 'on',
  standard_conforming_strings: 'off',
  plan_cache_mode: 'force_custom_plan',
  enable_indexscan: 'off',
  enable_nestloop: 'off',
  statement_timeout: '20s',
  lock_timeout: '7s',
  idle_in_transaction_session_timeout: '8s',
  idle_session_timeout: '9min',
}

/** How each of them reads in a session of Muster's. */
const OURS: Readonly<Record<string, string>> = {
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  array_nulls: 'on',
  transform_null_equals: 'off',
  xmloption: 'content',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
  plan_cache_mode: 'auto',
  enable_indexscan: 'on',
  enable_nestloop: 'on',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  statement_timeout: '30000',
  lock_timeout: '10000',
  idle_in_transaction_session_timeout: '10000',
  idle_session_timeout: '0',
  transaction_isolation: 'read committed',
  client_encoding: 'UTF8',
}

const SETTINGS = {
  name: 'test_settings',
  text: 'select name, setting from pg_settings where name = any($1::text[])',
}
const VALUES = {
  name: 'test_values',
  text: `select $1::timestamptz as moment, $2::float8 as float, $3::int as int, $4::bigint as big, $5::boolean as yes, $6::text as text,
    $7::jsonb as jsonb, $8::json as json, $9::uuid as uuid, $10::text[] as texts, $11::timestamptz[] as moments, $12::uuid[] as uuids,
    $13::float8[] as floats, $14::boolean[] as booleans, $15::text as nothing, json_build_object('at', $1::timestamptz) as made`,
}
const UUID = '0190d5a0-0000-7000-8000-00000000000a'
const MOMENT = new Date('2026-11-28T09:08:07.654Z')

const given = {
  moment: MOMENT,
  float: 0.1 + 0.2,
  int: -7,
  big: 9_007_199_254_740_991,
  yes: true,
  text: 'a "b" \\ {c}, d’\nNULL',
  jsonb: { at: 'x', list: [1, null, 'ü'] },
  json: 'a string',
  uuid: UUID,
  texts: ['', 'NULL', 'null', 'a,b', '"', '\\', '{}', ' ', null],
  moments: [
    MOMENT,
    new Date('1969-12-31T23:59:59.999Z'),
    new Date('12026-01-01T00:00:00Z'.replace('1', '+01')),
  ],
  uuids: [UUID],
  floats: [1e-7, -1.7976931348623157e308],
  booleans: [true, false],
  nothing: null,
}

/** What holds in each session, whatever was set where. */
export function sessionCases(name: string, open: () => Promise<Backend>): void {
  it.each([
    ['a statement', (backend: Backend, ask: Ask) => ask(backend.root)],
    ['a transaction', (backend: Backend, ask: Ask) => backend.transaction(ask)],
  ] as const)(`finds its own settings in %s on ${name}`, async (_, within) => {
    const backend = await open()
    expect(await within(backend, settingsOf)).toEqual(OURS)
  })

  it(`reads as of one moment, and cannot write, in a snapshot on ${name}`, async () => {
    const backend = await open()
    const modes = ['transaction_isolation', 'transaction_read_only', 'DateStyle']
    expect(await backend.snapshot((connection) => settingsOf(connection, modes))).toEqual({
      transaction_isolation: 'repeatable read',
      transaction_read_only: 'on',
      DateStyle: 'ISO, MDY',
    })
  })

  it(`gives back each kind of value as it was given on ${name}`, async () => {
    const backend = await open()
    const { moment, float, int, big, yes, text, uuid, texts, moments, uuids, floats, booleans } = given
    const values = [
      moment,
      float,
      int,
      big,
      yes,
      text,
      jsonText(given.jsonb),
      jsonText(given.json),
      uuid,
      texts,
    ]
    const [row] = await backend.root.rows(VALUES, [...values, moments, uuids, floats, booleans, null])
    expect(row).toEqual({ ...given, made: { at: '2026-11-28T09:08:07.654+00:00' } })
  })

  it(`gives back texts of any characters, alone and in an array, on ${name}`, async () => {
    const backend = await open()
    const random = new SeededRandom(7)
    const texts = Array.from({ length: 500 }, () => anyText(random))
    const statement = { name: 'test_texts', text: 'select $1::text as one, $2::text[] as all' }
    const [row] = await backend.root.rows<{ one: string; all: string[] }>(statement, [texts.join(), texts])
    expect(row).toEqual({ one: texts.join(), all: texts })
  })
}

type Ask = (connection: Connection) => Promise<Record<string, string>>

/** The settings named, as the connection sees them. */
export async function settingsOf(
  connection: Connection,
  names: readonly string[] = Object.keys(OURS),
): Promise<Record<string, string>> {
  const rows = await connection.rows<{ name: string; setting: string }>(SETTINGS, [names])
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))
}

const ALPHABET = ['a', 'N', 'U', 'L', '"', '\\', '{', '}', ',', ' ', "'", '\n', 'é', '\u2028', '😀', '$1']

function anyText(random: SeededRandom): string {
  const length = Math.floor(random.next() * 6)
  return Array.from({ length }, () => ALPHABET[Math.floor(random.next() * ALPHABET.length)]).join('')
}
