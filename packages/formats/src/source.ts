import { FormatError } from './record.ts'

/** The bytes of a file: a stream, or all of them. */
export type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array> | Uint8Array

/** Most bytes of a file that must be held whole, unless said otherwise. */
const MAX_WHOLE = 256 * 1024 * 1024

/** The pieces of a source, in order. */
export async function* pieces(source: Source): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) yield source
  else yield* source
}

/**
 * All bytes of a source, for formats that are read from their end.
 * @throws FormatError `too_long`
 */
export async function whole(source: Source, maxBytes = MAX_WHOLE): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return bounded(source.byteLength, maxBytes) && source
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of pieces(source)) {
    length += part.byteLength
    bounded(length, maxBytes)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function bounded(length: number, maxBytes: number): true {
  if (length > maxBytes)
    throw new FormatError('too_long', `must be at most ${maxBytes} bytes: this format is held whole`)
  return true
}

/** The first bytes of a source, and a source that still gives all of them. */
export async function peek(
  source: Source,
  bytes: number,
): Promise<{ readonly head: Uint8Array; readonly rest: Source }> {
  if (source instanceof Uint8Array) return { head: source.subarray(0, bytes), rest: source }
  const iterator = pieces(source)
  const taken: Uint8Array[] = []
  let length = 0
  while (length < bytes) {
    const next = await iterator.next()
    if (next.done) break
    taken.push(next.value)
    length += next.value.byteLength
  }
  async function* again(): AsyncGenerator<Uint8Array> {
    try {
      yield* taken
      yield* iterator
    } finally {
      await iterator.return(undefined)
    }
  }
  return { head: Buffer.concat(taken).subarray(0, bytes), rest: again() }
}
