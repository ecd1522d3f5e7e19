import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { FormatError } from '../record.ts'
import { peek, pieces, type Source, whole } from '../source.ts'
import { unzstd } from './zip.ts'

/** How much smaller a file may be packed, beyond its first MiB. */
const LIMITS = { ratio: 200, small: 1024 * 1024 }
const MAX_WHOLE = 256 * 1024 * 1024

/**
 * The bytes of a file that is packed by gzip or zstd, as they come; all other files as they are. One of zstd is held whole.
 * @throws FormatError `bad_zip`, `truncated`, `too_long`, while they are read
 */
export async function unpackedSource(source: Source, maxBytes = MAX_WHOLE): Promise<Source> {
  const { head, rest } = await peek(source, 4)
  if (head[0] === 0x1f && head[1] === 0x8b) return gunzipped(rest)
  if (head[0] !== 0x28 || head[1] !== 0xb5 || head[2] !== 0x2f || head[3] !== 0xfd) return rest
  const packed = await whole(rest, maxBytes)
  try {
    return unzstd(packed, Math.min(maxBytes, Math.max(LIMITS.small, packed.byteLength * LIMITS.ratio)))
  } catch (error) {
    throw refused(error)
  }
}

async function* gunzipped(source: Source): AsyncGenerator<Uint8Array> {
  let packed = 0
  let length = 0
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces(source)) {
      packed += piece.byteLength
      yield piece
    }
  }
  const input = Readable.from(counted())
  const gunzip = createGunzip()
  input.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const piece of input.pipe(gunzip) as AsyncIterable<Uint8Array>) {
      length += piece.byteLength
      if (length > LIMITS.small && length > packed * LIMITS.ratio)
        throw new FormatError('too_long', `must not unpack to more than ${LIMITS.ratio} times its size`)
      yield piece
    }
  } catch (error) {
    throw refused(error)
  } finally {
    input.destroy()
  }
}

/** A fault of the packing as a finding; any other is the source's own. */
function refused(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'Z_BUF_ERROR')
    return new FormatError('truncated', 'ends within what is packed: the file was cut')
  if (code === 'ERR_BUFFER_TOO_LARGE')
    return new FormatError('too_long', `must not unpack to more than ${LIMITS.ratio} times its size`)
  return /^(?:Z_|ZSTD_)/.test(code) || (error instanceof Error && /zstd/i.test(error.message))
    ? new FormatError('bad_zip', `cannot be unpacked: ${error instanceof Error ? error.message : code}`)
    : error
}
