import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { MisconfiguredError, MusterError, UnavailableError } from '@muster/core'
import { lockDirectory } from './directory-lock.ts'
import { DiskRoom } from './disk-room.ts'
import { PGliteThread } from './pglite-thread.ts'
import { unpackPrepared } from './prepared.ts'

/**
 * Opens the embedded database in `directory` (made where missing), which then holds `lock` and `database/`. It runs without fsync: a
 * killed process loses nothing acknowledged, a power cut may. A new one comes out of `archive`, if that is there; otherwise PGlite makes an empty one.
 * @throws DirectoryInUseError when another process, or this one, has it open; UnavailableError if its disk is full; MisconfiguredError for a folder that
 * cannot be used
 */
export async function openPGliteDirectory(
  directory: string,
  archive?: string,
): Promise<{
  readonly embedded: PGliteThread
  readonly place: string
  readonly room: DiskRoom
  readonly close: () => Promise<void>
}> {
  const folder = resolve(directory)
  const database = join(folder, 'database')
  const unlock = await taken(folder)
  const room = new DiskRoom(folder)
  try {
    await room.assert()
    await assertReadable(folder, database)
    const embedded = await openOrMake(database, join(folder, 'database.new'), archive).catch(
      (error: unknown) => {
        throw unusable(folder, error) ?? broken(folder, error)
      },
    )
    return {
      embedded,
      place: await placeOf(database),
      room,
      close: async () => {
        try {
          await embedded.close()
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
async function openOrMake(path: string, making: string, archive: string | undefined): Promise<PGliteThread> {
  if (!existsSync(path)) {
    await rm(making, { recursive: true, force: true })
    try {
      const isUnpacked = archive !== undefined && (await unpackPrepared(archive, making))
      if (!isUnpacked) await (await PGliteThread.open(making)).close()
    } catch (error) {
      // A disk without room has it back.
      await rm(making, { recursive: true, force: true })
      throw error
    }
    await rename(making, path)
  }
  return PGliteThread.open(path)
}

/** Makes the folder and takes it. @throws as {@link openPGliteDirectory} */
async function taken(folder: string): Promise<() => void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await assertOurs(folder)
    return lockDirectory(folder)
  } catch (error) {
    throw unusable(folder, error) ?? error
  }
}

/** Files that may lie in a folder that is otherwise empty: hidden files, and what a file system keeps at its root. */
const HARMLESS = /^(\.|lost\+found$)/

/** Files of a folder of Muster's, however it was left. */
const OWN = ['lock', 'database', 'database.new']

async function assertOurs(folder: string): Promise<void> {
  const names = await readdir(folder)
  const other = names.find((name) => !HARMLESS.test(name))
  if (other === undefined || OWN.some((name) => names.includes(name))) return
  throw new MisconfiguredError(
    `${folder} holds other things (${other}) and no database of Muster: choose an empty folder`,
  )
}

/** The major version of Postgres that PGlite is. */
const MAJOR = '18'

async function assertReadable(folder: string, database: string): Promise<void> {
  const version = await readFile(join(database, 'PG_VERSION'), 'utf8').catch(() => undefined)
  if (version === undefined || version.trim() === MAJOR) return
  throw new MisconfiguredError(
    `${folder} holds a database of Postgres ${version.trim()}, and this version of Muster reads Postgres ${MAJOR}: open it with the version that made it, or choose another folder`,
  )
}

const CURES: Readonly<Record<string, string>> = {
  EEXIST: 'is a file: choose a folder',
  ENOTDIR: 'lies in a file: choose a path of folders',
  EACCES: 'may not be written by this user: give it to them, or choose another folder',
  EPERM: 'may not be written by this user: give it to them, or choose another folder',
  EROFS: 'lies on a read-only file system: choose a folder that can be written',
  ENAMETOOLONG: 'has a name that is too long: choose a shorter one',
  ENOENT: 'cannot be made: choose another folder',
  ELOOP: 'leads through a circle of links: choose another folder',
  ERR_INVALID_ARG_VALUE: 'has a character that no path may have: choose another folder',
}

/** In words, if the folder is at fault. */
function unusable(folder: string, error: unknown): MusterError | undefined {
  const { code, message } = error as NodeJS.ErrnoException
  if (error instanceof MusterError) return error
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new UnavailableError(`${folder} lies on a full disk`, {}, { cause: error })
  }
  const lockFails = /unable to open database file|readonly database/.test(message) ? 'EACCES' : undefined
  const notLock = /file is not a database/.test(message)
  const cure = notLock
    ? 'has a file `lock` that is not Muster’s: choose another folder'
    : CURES[lockFails ?? code ?? '']
  return cure === undefined ? undefined : new MisconfiguredError(`${folder} ${cure}`, {}, { cause: error })
}

function broken(folder: string, error: unknown): MisconfiguredError {
  const why = error instanceof Error ? error.message : String(error)
  return new MisconfiguredError(
    `The database in ${folder} cannot be opened (${why}): restore the folder from a backup, or choose another one`,
    {},
    { cause: error },
  )
}

/** Names a file that the database never writes again: another, if the folder was put back from a copy; the same, if it was moved. */
async function placeOf(path: string): Promise<string> {
  const { ino, birthtimeMs } = await stat(join(path, 'PG_VERSION'))
  return `${ino}/${birthtimeMs}`
}
