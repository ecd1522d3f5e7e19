import { writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { basename, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, createBrotliDecompress } from 'node:zlib'

/** A folder, or a file with its length in bytes. */
type Entry = readonly [path: string] | readonly [path: string, length: number]

/** Ends the list of entries. */
const NEW_LINE = 10

/**
 * Compresses the content of `folder`: a line of JSON that lists its folders and files, then the bytes of all files. Postgres makes databases by copying
 * one, so files of one name lie side by side, where they take little room.
 */
export async function pack(folder: string): Promise<Buffer> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).map((entry) => ({
    path: relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'),
    isFile: entry.isFile(),
  }))
  const folders = found.filter(({ isFile }) => !isFile).map(({ path }) => path)
  const files = found.filter(({ isFile }) => isFile).map(({ path }) => path)
  files.sort((a, b) => compare(basename(a), basename(b)) || compare(a, b))
  const contents = await Promise.all(files.map((path) => readFile(join(folder, path))))
  const entries: Entry[] = [
    ...folders.sort().map((path): Entry => [path]),
    ...files.map((path, index): Entry => [path, contents[index]?.length ?? 0]),
  ]
  const bytes = Buffer.concat([Buffer.from(JSON.stringify(entries)), Buffer.of(NEW_LINE), ...contents])
  return promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 6,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Bytes that are unpacked at once. */
const CHUNK_BYTES = 2 ** 20

/** Makes `folder` of an archive. @throws Error if `packed` is damaged; of the file system */
export async function unpack(packed: Uint8Array, folder: string): Promise<void> {
  // All of it at once would stay in memory for long: nothing makes a process that has started collect its garbage.
  const stream = createBrotliDecompress({ chunkSize: CHUNK_BYTES })
  try {
    stream.end(packed)
    const bytes = new Bytes(stream)
    const entries = JSON.parse((await bytes.line()).toString()) as readonly Entry[]
    await mkdir(folder, { mode: 0o700 })
    for (const [path, length] of entries) {
      const place = join(folder, path)
      if (length === undefined) await mkdir(place)
      // More than a thousand, most of them small: by way of the pool of threads each takes three times the processor.
      else writeFileSync(place, await bytes.take(length), { mode: 0o600 })
    }
    await bytes.end()
  } finally {
    stream.destroy()
  }
}

/** Takes the bytes of a stream in pieces of any length. */
class Bytes {
  readonly #chunks: AsyncIterator<Buffer>
  #rest = Buffer.alloc(0)

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async take(length: number): Promise<Buffer> {
    while (this.#rest.length < length) await this.#add()
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return taken
  }

  /** All up to a new line, and that. */
  async line(): Promise<Buffer> {
    while (!this.#rest.includes(NEW_LINE)) await this.#add()
    return this.take(this.#rest.indexOf(NEW_LINE) + 1)
  }

  /** @throws Error if there is more */
  async end(): Promise<void> {
    const { done } = await this.#chunks.next()
    if (done !== true || this.#rest.length > 0) throw new Error('it holds more than it lists')
  }

  async #add(): Promise<void> {
    const { done, value } = await this.#chunks.next()
    if (done === true) throw new Error('it ends too early')
    this.#rest = Buffer.concat([this.#rest, value])
  }
}
