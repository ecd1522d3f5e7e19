import { readFileSync } from 'node:fs'
import { type Entry, type Finding, type Format, type FormatRecord, type ReadOptions, read } from './index.ts'

/** Where the files of other tools lie. */
export const FIXTURES = new URL('../fixtures/', import.meta.url)

/** The bytes of one of them. */
export function fixture(name: string): Uint8Array {
  return readFileSync(new URL(name, FIXTURES))
}

/** Bytes in small pieces, so that characters, lines and quotes are cut anywhere. */
function* cut(bytes: Uint8Array, size = 61): Generator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += size) yield bytes.subarray(from, from + size)
}

/** All that a reader finds. */
export interface Found {
  readonly format: Format | undefined
  readonly formatVersion: string | null | undefined
  readonly records: readonly FormatRecord[]
  readonly findings: readonly Finding[]
}

/** Reads a text, or bytes, to its end. */
export async function readAll(
  source: Uint8Array | string,
  options: ReadOptions = {},
  format: Format | 'auto' = 'auto',
): Promise<Found> {
  const entries: Entry[] = []
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source
  for await (const entry of read(format, cut(bytes), options)) entries.push(entry)
  const head = entries.find((entry) => entry.is === 'head')
  return {
    format: head?.format,
    formatVersion: head?.formatVersion,
    records: entries.filter((entry) => entry.is === 'record'),
    findings: entries.filter((entry) => entry.is === 'finding'),
  }
}

type ValueOf<Kind extends FormatRecord['kind']> = Extract<FormatRecord, { readonly kind: Kind }>['value']

/** The values of one kind, in order. */
export function valuesOf<Kind extends FormatRecord['kind']>({ records }: Found, kind: Kind): ValueOf<Kind>[] {
  return records.filter((record) => record.kind === kind).map(({ value }) => value as ValueOf<Kind>)
}

/** How many records there are of each kind. */
export function countsOf({ records }: Found): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { kind } of records) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
