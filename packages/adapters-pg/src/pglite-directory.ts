import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { lockDirectory } from './directory-lock.ts'
import { DiskRoom } from './disk-room.ts'

/**
 * Opens the embedded database in `directory` (made where missing), which then holds `lock` and `database/`. It runs without fsync: a
 * killed process loses nothing acknowledged, a power cut may.
 * @throws DirectoryInUse when another process, or this one, has it open; Unavailable if its disk is full
 */
export async function openPGliteDirectory(
  directory: string,
): Promise<{ readonly pglite: PGlite; readonly room: DiskRoom; readonly close: () => Promise<void> }> {
  const folder = resolve(directory)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const unlock = lockDirectory(folder)
  const room = new DiskRoom(folder)
  try {
    await room.assert()
    const pglite = await openOrMake(join(folder, 'database'), join(folder, 'database.new'))
    return {
      pglite,
      room,
      close: async () => {
        try {
          await pglite.close()
        } finally {
          unlock()
        }
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** A new database is made beside its place and moved there when complete: killed in between, it is made again. */
async function openOrMake(path: string, making: string): Promise<PGlite> {
  if (!existsSync(path)) {
    await rm(making, { recursive: true, force: true })
    await (await PGlite.create(making)).close()
    await rename(making, path)
  }
  return PGlite.create(path)
}
