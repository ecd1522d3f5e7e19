import { NotFoundError } from '@muster/core'
import type { Blobs } from '@muster/core/exchange'

/** Files in memory: for tests, and for a host that lives no longer than its files. */
export class MemoryBlobs implements Blobs {
  readonly #folders = new Map<string, Map<string, Uint8Array>>()

  async write(folder: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const whole = Buffer.concat(await collected(bytes))
    const files = this.#folders.get(folder) ?? new Map<string, Uint8Array>()
    this.#folders.set(folder, files.set(name, whole))
  }

  async *read(folder: string, name: string, from: number, to: number): AsyncGenerator<Uint8Array, void> {
    const file = this.#folders.get(folder)?.get(name)
    if (file === undefined) throw new NotFoundError('file', name)
    yield file.subarray(from, to)
  }

  async remove(folder: string): Promise<void> {
    this.#folders.delete(folder)
  }
}

async function collected(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return pieces
}
