import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { written } from './files.ts'

/** In place of a file's name: read what is piped in. */
export const STANDARD_INPUT = '-'

/**
 * Calls `use` with a file that holds all that comes by `input`, and removes it afterwards: who imports reads a file more than once. Nobody else on the machine
 * may read it.
 * @throws UsageError if it cannot be written, such as to a full disk
 */
export async function asFile<T>(
  input: AsyncIterable<Uint8Array>,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-input-'))
  try {
    // Its name becomes that of what is made, unless another is given.
    const file = join(folder, 'standard-input')
    await written(file, () => pipeline(input, createWriteStream(file, { mode: 0o600 })))
    return await use(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}
