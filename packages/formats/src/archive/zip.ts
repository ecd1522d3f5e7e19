import { Buffer } from 'node:buffer'
import { crc32, inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { type Entry, fromBufferPromise } from 'yauzl'
import { FormatError } from '../record.ts'

/** Most entries, most bytes of one, and how much smaller it may be packed. */
const LIMITS = { entries: 100_000, entry: 256 * 1024 * 1024, ratio: 200, small: 1024 * 1024 }
const STORED = 0
const DEFLATE = 8
const ZSTD = 93

/** A file within a zip, whose bytes are unpacked when they are asked for. */
export interface ZipEntry {
  readonly name: string
  /** @throws FormatError `bad_zip` for bytes that are not as many as promised, or other ones */
  bytes(): Promise<Uint8Array>
}

/**
 * The files within a zip, by its directory. Nothing is written, whatever their names are.
 * @throws FormatError `bad_zip`, `too_long`
 */
export async function zipEntries(bytes: Uint8Array): Promise<readonly ZipEntry[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const zip = await fromBufferPromise(buffer, { lazyEntries: true, autoClose: false })
    if (zip.entryCount > LIMITS.entries)
      throw new FormatError('too_long', `must hold at most ${LIMITS.entries} files`)
    const entries: ZipEntry[] = []
    for await (const entry of zip.eachEntry()) {
      entries.push({
        name: entry.fileName,
        bytes: async () => {
          const { fileDataStart } = await zip
            .readLocalFileHeaderPromise(entry, { minimal: true })
            .catch((error: unknown) => refuse(error, entry.fileName))
          return unpacked(entry, buffer.subarray(fileDataStart, fileDataStart + entry.compressedSize))
        },
      })
    }
    return entries
  } catch (error) {
    return refuse(error, null)
  }
}

function refuse(error: unknown, place: string | null): never {
  if (error instanceof FormatError) throw error
  throw new FormatError('bad_zip', `is no zip that can be read: ${messageOf(error)}`, { place })
}

function unpacked(entry: Entry, packed: Uint8Array): Uint8Array {
  const { fileName: place, uncompressedSize: size } = entry
  if (entry.isEncrypted()) throw new FormatError('bad_zip', 'must not be encrypted', { place })
  if (size > LIMITS.entry)
    throw new FormatError('too_long', `must unpack to at most ${LIMITS.entry} bytes`, { place })
  if (size > LIMITS.small && size > packed.byteLength * LIMITS.ratio)
    throw new FormatError('too_long', `must not unpack to more than ${LIMITS.ratio} times its size`, {
      place,
    })
  if (packed.byteLength !== entry.compressedSize)
    throw new FormatError('truncated', 'ends within a file of the zip', { place })
  let bytes: Uint8Array
  try {
    bytes = inflate(entry.compressionMethod, packed, size, place)
  } catch (error) {
    if (error instanceof FormatError) throw error
    throw new FormatError('bad_zip', `cannot be unpacked: ${messageOf(error)}`, { place })
  }
  if (bytes.byteLength !== size || crc32(bytes) !== entry.crc32)
    throw new FormatError('bad_zip', `must unpack to ${size} bytes with the checksum that the zip names`, {
      place,
    })
  return bytes
}

function inflate(method: number, packed: Uint8Array, size: number, place: string): Uint8Array {
  if (method === STORED) return packed
  if (method === DEFLATE) return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) })
  if (method === ZSTD) return unzstd(packed, size)
  throw new FormatError('bad_zip', `is packed by method ${method}, which is not known`, { place })
}

/** Node ends after the first frame without a word: there may be several, and each is asked for. */
export function unzstd(packed: Uint8Array, most: number): Uint8Array {
  const parts: Uint8Array[] = []
  let from = 0
  let length = 0
  while (from < packed.byteLength) {
    const { buffer, engine } = zstdDecompressSync(packed.subarray(from), {
      info: true,
      maxOutputLength: Math.max(1, most - length),
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } }
    if (engine.bytesWritten === 0) break
    from += engine.bytesWritten
    length += buffer.byteLength
    parts.push(buffer)
  }
  return Buffer.concat(parts)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
