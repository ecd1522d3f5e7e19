import type { Json } from '@muster/core'
import type { FileEntry, FileReader } from '@muster/core/exchange'

/**
 * Reads lines that say what entries they are: `{ "kind": "task", "id": "t-1", "value": { … }, "left": [ … ] }` a record, `{ "code": "bad_json" }` an error. For tests of
 * what becomes of records, whatever their format.
 */
export const lineReader: FileReader = {
  formats: ['lines'],
  faults: (mapping) =>
    Object.keys(mapping as object).map((path) => ({ path, message: 'is no word that it understands' })),
  async *read(_format, source) {
    yield { is: 'head', format: 'lines', formatVersion: '1' }
    let [line, held] = [0, '']
    for await (const piece of source) {
      const lines = (held + Buffer.from(piece).toString()).split('\n')
      held = lines.pop() ?? ''
      for (const text of lines) yield entryOf(text, ++line)
    }
    if (held !== '') yield entryOf(held, ++line)
  },
  contentId: (payload) => `content:${JSON.stringify(payload)}`,
}

/** A line of {@link lineReader}. */
export interface Line {
  readonly kind?: string
  readonly id?: string | null
  readonly value?: Json
  readonly left?: readonly string[]
  readonly code?: string
}

function entryOf(text: string, line: number): FileEntry {
  const { kind, id = null, value, left = [], code } = JSON.parse(text) as Line
  return kind === undefined
    ? {
        is: 'finding',
        level: 'error',
        code: code ?? 'bad_json',
        line,
        place: '',
        externalId: null,
        message: 'is bad',
      }
    : { is: 'record', kind, line, place: '', externalId: id, value: value as object, left }
}
