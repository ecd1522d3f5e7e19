import { FormatError, type ReadOptions } from '../record.ts'
import { pieces, type Source } from '../source.ts'

type Encoding = NonNullable<ReadOptions['encoding']>

/**
 * A file's text. A byte order mark wins over `encoding`, and is no part of the text.
 * @throws FormatError `not_utf8` naming the offset of the first byte that does not fit
 */
export async function* decode(source: Source, encoding: Encoding = 'utf-8'): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  let held: Uint8Array = new Uint8Array()
  for await (const piece of pieces(source)) {
    if (decoder) {
      const text = decoder.next(piece)
      if (text !== '') yield text
      continue
    }
    held = Buffer.concat([held, piece])
    if (held.byteLength < 3) continue
    const { encoding: found, skip } = markOf(held, encoding)
    decoder = new Decoder(found, skip)
    const text = decoder.next(held.subarray(skip))
    if (text !== '') yield text
  }
  if (!decoder) {
    const { encoding: found, skip } = markOf(held, encoding)
    decoder = new Decoder(found, skip)
    const text = decoder.next(held.subarray(skip))
    if (text !== '') yield text
  }
  const end = decoder.end()
  if (end !== '') yield end
}

/** The encoding that a byte order mark names, and its length. */
function markOf(bytes: Uint8Array, otherwise: Encoding): { encoding: Encoding; skip: number } {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', skip: 3 }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', skip: 2 }
  return { encoding: otherwise, skip: 0 }
}

/** The longest part of a character that a piece may end with, but one. */
const LONGEST_TAIL = 3

class Decoder {
  readonly #decoder: InstanceType<typeof TextDecoder>
  readonly #encoding: Encoding
  /** Bytes before the piece that comes next. */
  #offset: number
  #tail: Uint8Array = new Uint8Array()

  constructor(encoding: Encoding, offset: number) {
    this.#encoding = encoding
    this.#offset = offset
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  }

  next(piece: Uint8Array): string {
    return this.#told(piece, () => this.#decoder.decode(piece, { stream: true }))
  }

  end(): string {
    return this.#told(new Uint8Array(), () => this.#decoder.decode())
  }

  #told(piece: Uint8Array, decoded: () => string): string {
    try {
      const text = decoded()
      this.#offset += piece.byteLength
      this.#tail = Buffer.concat([this.#tail, piece.subarray(-LONGEST_TAIL)]).subarray(-LONGEST_TAIL)
      return text
    } catch {
      const seen = Buffer.concat([this.#tail, piece])
      const from = this.#offset - this.#tail.byteLength
      if (this.#encoding !== 'utf-8')
        throw new FormatError(
          'bad_unicode',
          `holds half a character in ${this.#encoding} after byte ${this.#offset}`,
        )
      const offset = from + faultIn(seen)
      throw new FormatError(
        'not_utf8',
        `is no UTF-8 at byte ${offset}; if it is a Western European spreadsheet's, say encoding=windows-1252`,
      )
    }
  }
}

/** The place of the first byte that begins no whole character of UTF-8. Bytes at the start may end one. */
function faultIn(bytes: Uint8Array): number {
  let from = 0
  while (from < Math.min(LONGEST_TAIL, bytes.length) && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++
  const strict = new TextDecoder('utf-8', { fatal: true })
  while (from < bytes.length) {
    const length = lengthOf(bytes[from] ?? 0)
    try {
      strict.decode(bytes.subarray(from, from + length))
    } catch {
      return from
    }
    from += length
  }
  return from
}

function lengthOf(first: number): number {
  if (first >= 0xf0) return 4
  if (first >= 0xe0) return 3
  return first >= 0xc0 ? 2 : 1
}
