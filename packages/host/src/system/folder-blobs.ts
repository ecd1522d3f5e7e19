import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NotFoundError, UnavailableError } from '@muster/core'
import type { Blobs } from '@muster/core/exchange'

/** Of a folder or a file of ours: nothing leads out of the folder that they are in. */
const NAME = /^[\w-][\w.-]*$/

/**
 * Keeps files in a folder of this machine, which is made if it is not there, for the user of this process alone. Servers on several machines need one that they all see. A file gets its name once it is whole.
 * @param path absolute, or from where the process was started
 */
export function folderBlobs(path: string): Blobs {
  const placeOf = (...names: string[]): string => {
    for (const name of names) if (!NAME.test(name)) throw new TypeError(`${name} is no name of a file`)
    return join(path, ...names)
  }
  return {
    async write(folder, name, bytes) {
      const place = placeOf(folder, name)
      const part = `${place}.${randomUUID()}.part`
      await told(mkdir(placeOf(folder), { recursive: true, mode: 0o700 }))
      try {
        await told(
          pipeline(
            Readable.from(bytes, { objectMode: true }),
            createWriteStream(part, { flush: true, mode: 0o600 }),
          ),
        )
        await told(rename(part, place))
      } catch (error) {
        await told(rm(part, { force: true }))
        throw error
      }
    },
    async *read(folder, name, from, to) {
      if (to <= from) return
      try {
        yield* createReadStream(placeOf(folder, name), { start: from, end: to - 1 })
      } catch (error) {
        if (codeOf(error) === 'ENOENT') throw new NotFoundError('file', name)
        throw ours(error)
      }
    },
    async remove(folder) {
      await told(rm(placeOf(folder), { recursive: true, force: true }))
    },
  }
}

/** @throws UnavailableError in place of what the file system says */
async function told(done: Promise<unknown>): Promise<void> {
  try {
    await done
  } catch (error) {
    throw ours(error)
  }
}

/** An error of the file system as ours; any other as it is. */
function ours(error: unknown): unknown {
  const code = codeOf(error)
  if (code === undefined) return error
  return new UnavailableError(`The folder of exports cannot be used: ${code}`, {}, { cause: error })
}

function codeOf(error: unknown): string | undefined {
  const { code, syscall } = (error ?? {}) as { readonly code?: unknown; readonly syscall?: unknown }
  return typeof code === 'string' && typeof syscall === 'string' ? code : undefined
}
