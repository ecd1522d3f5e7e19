import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/** Another process uses the folder. Nothing in it was changed. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError'
  readonly misconfigured = true
  readonly directory: string
  readonly pid: number

  constructor(directory: string, pid: number) {
    super(
      `${directory} is in use by process ${pid}: one process at a time may use an embedded database. Stop that process, or choose another folder`,
    )
    this.directory = directory
    this.pid = pid
  }
}

const BUSY = 5

/** Longer than it takes to write a pid: a refusal after it is by a holder, not by another newcomer. */
const PATIENCE_MS = 1_000

/**
 * Takes the folder for this process until the returned function is called or the process ends, however it ends.
 *
 * The lock is the kernel's, through a SQLite file that is never committed to again: it goes with its process, so nothing can be stale and no pid
 * is ever asked whether it lives. The pid in the file (`user_version`) is for people. A lock file judged by pid and age would need to guess
 * at both (containers share folders but not pids; a stopped process looks dead).
 *
 * @throws DirectoryInUseError naming folder and holder
 */
export function lockDirectory(directory: string): () => void {
  // Loaded only here: Node warns of it, and other runtimes lack it.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const file = new DatabaseSync(join(directory, 'lock'))
  try {
    file.exec(`pragma busy_timeout = ${PATIENCE_MS}`)
    // Others can read the pid while the last transaction is open, since nothing is written in it. Somebody else's pid there means that
    // they came between the two transactions.
    do {
      if (file.isTransaction) file.exec('rollback')
      file.exec(`begin immediate; pragma user_version = ${process.pid}; commit; begin immediate`)
    } while (holderOf(file) !== process.pid)
    return () => file.close()
  } catch (error) {
    const pid = isBusy(error) ? holderOf(file) : undefined
    file.close()
    if (pid === undefined) throw error
    throw new DirectoryInUseError(directory, pid)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === BUSY
}

function holderOf(file: DatabaseSync): number {
  return Number(file.prepare('pragma user_version').get()?.['user_version'])
}
