import type { Json } from '../json/json.ts'
import type { FileReader, FileRecord } from './file-reader.ts'
import type { ImportFinding } from './import.ts'
import type { ImportPreview, PreviewedField } from './imports.ts'

/** Bytes of a file that are looked at. */
const LOOK_BYTES = 1024 ** 2
/** Records that are looked at, and those that are shown. */
const LOOK = { records: 1_000, sample: 20, findings: 100 }

/** Reads the beginning of a file. Of a file that goes on, the part that was cut is no fault. */
export async function previewOf(
  reader: FileReader,
  format: string,
  source: AsyncIterable<Uint8Array>,
  mapping: object,
): Promise<ImportPreview> {
  const beginning = new Beginning(source)
  const records: FileRecord[] = []
  const findings: ImportFinding[] = []
  let head: Pick<ImportPreview, 'format' | 'formatVersion'> = { format: null, formatVersion: null }
  for await (const entry of reader.read(format, beginning.pieces(), mapping)) {
    if (entry.is === 'head') head = { format: entry.format, formatVersion: entry.formatVersion }
    else if (entry.is === 'record') records.push(entry)
    else if (findings.length < LOOK.findings) findings.push(entry)
    if (records.length >= LOOK.records) break
  }
  if (beginning.isCut && findings.at(-1)?.level === 'error') findings.pop()
  return {
    ...head,
    sample: records
      .slice(0, LOOK.sample)
      .map(({ kind, line, value }) => ({ kind, line, value: value as Json })),
    fields: fieldsOf(records),
    findings: findings.map(({ line, place, externalId, level, code, message }) => {
      return { line, place, externalId, level, code, message }
    }),
  }
}

/** The first MiB of a source. */
class Beginning {
  readonly #source: AsyncIterable<Uint8Array>
  /** Whether there is more. */
  isCut = false

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    let left = LOOK_BYTES
    for await (const piece of this.#source) {
      if (left === 0) {
        this.isCut = true
        return
      }
      const part = piece.subarray(0, left)
      this.isCut ||= part.byteLength < piece.byteLength
      left -= part.byteLength
      yield part
      if (this.isCut) return
    }
  }
}

/** Members of records and of their payloads, in the order in which they came first. */
function fieldsOf(records: readonly FileRecord[]): PreviewedField[] {
  const seen = new Map<string, { type: string | null; count: number; readonly mappedTo: string | null }>()
  const note = (place: string, type: string | null, mappedTo: string | null): void => {
    const field = seen.get(place)
    if (field === undefined) {
      seen.set(place, { type, count: 1, mappedTo })
      return
    }
    field.count++
    if (field.type !== type) field.type = 'mixed'
  }
  for (const { value, left, externalId } of records) {
    if (externalId !== null) note('/externalId', 'string', 'externalId')
    for (const [member, inside] of Object.entries(value as Record<string, Json>)) {
      if (member !== 'payload' || typeof inside !== 'object' || inside === null || Array.isArray(inside))
        note(`/${step(member)}`, typeOf(inside), member)
      else
        for (const [name, part] of Object.entries(inside))
          note(`/payload/${step(name)}`, typeOf(part), 'payload')
    }
    for (const place of left) note(place, null, null)
  }
  return [...seen].map(([place, { type, count, mappedTo }]) => {
    return { place, type, share: count / records.length, mappedTo }
  })
}

function step(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
