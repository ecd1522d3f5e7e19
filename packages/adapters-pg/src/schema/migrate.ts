import { MisconfiguredError, MusterError, UnavailableError } from '@muster/core'
import type { Backend } from '../connection/backend.ts'
import type { Connection } from '../connection/queryable.ts'
import { isPrivilegeError } from '../errors/errors.ts'
import { MigrationError } from './migration-error.ts'
import {
  dropObjects,
  type Grant,
  grantAgain,
  grantsIn,
  type Installed,
  type Notes,
  noteFunctions,
  noteMigration,
  notesIn,
  objectsIn,
  prepareNotes,
  takeLock,
} from './migration-notes.ts'
import { checksumOf, type Functions, type Migration, type Schema } from './schema.ts'
import { objectsWithoutNotes, takeOver } from './unnoted-schema.ts'

// Tools were looked at: umzug and postgrator take no lock and note a migration outside of its transaction; node-pg-migrate speaks to `pg`
// alone and fails where another process migrates, instead of waiting. The rest to write is shorter than a wrapper of it.

/** The cure that most refusals name. */
const RUN = 'run `npx muster-pg migrate` of this version as a role that may create tables'

/** How far {@link migrate} goes. */
export interface MigrateOptions {
  /**
   * Puts this version's functions back even if those in the database are a later version's and have other signatures. Nobody else may need
   * these: an embedded database has one process, and who says `muster-pg migrate` means it.
   */
  readonly takeBack?: boolean
}

/**
 * Brings the database to `schema`: all migrations that are missing and, if they have changed, the functions, in one transaction. Costs two
 * reads if nothing is to be done, and then needs no right to create. Of several processes at once one migrates while the others wait.
 * @throws MigrationError naming what failed, what was edited, or that the database is newer; UnavailableError
 */
export async function migrate(
  backend: Backend,
  schema: Schema,
  now: Date,
  { takeBack = false }: MigrateOptions = {},
): Promise<void> {
  if (todo(await readableNotes(backend.root), schema, takeBack).nothing) return
  try {
    await backend.script(async (connection, run) => {
      await takeLock(connection)
      await prepareNotes(connection)
      await takeOver(connection, schema.migrations)
      const notes = await readableNotes(connection)
      const { nothing, pending } = todo(notes, schema, takeBack)
      if (nothing) return
      const grants = await grantsIn(connection)
      // Before the migrations: a view holds on to the types of the columns it shows.
      await dropObjects(connection, await objectsOf(connection, notes))
      for (const migration of pending) {
        await named(migration.name, () => run(migration.text))
        await noteMigration(connection, migration, checksumOf(migration), now)
      }
      await installFunctions(connection, run, schema.functions, grants, now)
    })
  } catch (error) {
    if (isPrivilegeError(error)) throw lacksRights(error)
    throw error
  }
}

/** @throws MigrationError saying what to run, if `schema` is not what the database holds; UnavailableError */
export async function assertCurrent(connection: Connection, schema: Schema): Promise<void> {
  const notes = await readableNotes(connection)
  if (todo(notes, schema, true).pending.length > 0) {
    throw new MigrationError(
      `The database is at schema ${latest(notes)}, this version of Muster needs ${schema.migrations.length}: ${RUN}`,
    )
  }
  if (!isUsable(notes, schema.functions)) {
    throw new MigrationError(`The database lacks this version's functions: ${RUN}`)
  }
}

async function readableNotes(connection: Connection): Promise<Notes> {
  try {
    return (await notesIn(connection)) ?? { applied: [], installed: [] }
  } catch (error) {
    if (!isPrivilegeError(error)) throw error
    throw new MigrationError(
      'This role may not read the tables of Muster: grant it select, insert, update and delete on all of them',
      { cause: error },
    )
  }
}

interface Todo {
  readonly nothing: boolean
  readonly pending: readonly Migration[]
}

/** @throws MigrationError if the database is newer, or a migration was edited */
function todo(notes: Notes, schema: Schema, takeBack: boolean): Todo {
  const { applied, installed } = notes
  const version = latest(notes)
  if (version > schema.migrations.length) {
    throw new MigrationError(
      `The database is at schema ${version}, this version of Muster knows ${schema.migrations.length}: start the newer version again`,
    )
  }
  for (const { version: number, name, checksum } of applied) {
    const migration = schema.migrations[number - 1]
    if (migration === undefined || (name === migration.name && checksum === checksumOf(migration))) continue
    throw new MigrationError(
      `Migration ${migration.name} was edited after it was applied as ${name}: put its text back, and make the change in a new migration`,
    )
  }
  const pending = schema.migrations.slice(version)
  if (pending.length === 0) {
    if (installed[0]?.hash === schema.functions.hash) return { nothing: true, pending }
    if (!takeBack && !mayReplace(installed, schema.functions)) {
      if (isUsable(notes, schema.functions)) return { nothing: true, pending }
      throw new MigrationError(
        'The functions in the database are those of a newer version of Muster: start that version again, or run `npx muster-pg migrate` of this one to put its own back',
      )
    }
  }
  return { nothing: false, pending }
}

/**
 * Functions that the database has had before are an earlier version's. They are put back only if the later version's processes, which may
 * still run, find all that they call: so a version can be rolled back, and one of its processes may start in the middle of a rolling update.
 */
function mayReplace([newest, ...earlier]: readonly Installed[], { hash }: Functions): boolean {
  const before = earlier.find((installed) => installed.hash === hash)
  return newest === undefined || before === undefined || hasAll(before, newest)
}

/** Whether a process of these functions finds all that it calls, be they the newest or not. */
function isUsable({ installed }: Notes, { hash }: Functions): boolean {
  const [newest] = installed
  const ours = installed.find((each) => each.hash === hash)
  return newest !== undefined && ours !== undefined && hasAll(newest, ours)
}

function hasAll(has: Installed, wanted: Installed): boolean {
  const signatures = new Set(signaturesOf(has))
  return signaturesOf(wanted).every((signature) => signatures.has(signature))
}

function signaturesOf({ objects, results }: Installed): string[] {
  return objects.map((object, index) => `${object} ${results[index]}`)
}

/** Muster's functions, triggers and views. */
async function objectsOf(connection: Connection, { applied, installed }: Notes): Promise<readonly string[]> {
  const [newest] = installed
  if (newest !== undefined) return newest.objects
  return applied.length === 0 ? [] : objectsWithoutNotes(connection)
}

async function installFunctions(
  connection: Connection,
  run: (text: string) => Promise<void>,
  functions: Functions,
  grants: readonly Grant[],
  now: Date,
): Promise<void> {
  const others = new Set((await objectsIn(connection)).map(({ object }) => object))
  await named('of functions', async () => {
    // Those of one file may speak of another's.
    await run('set local check_function_bodies = off')
    await run(functions.text)
  })
  const ours = (await objectsIn(connection)).filter(({ object }) => !others.has(object))
  await grantAgain(connection, grants, ours)
  await noteFunctions(connection, functions.hash, ours, now)
}

async function named(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const waiting = error instanceof UnavailableError && !(error instanceof MisconfiguredError)
    if (waiting || isPrivilegeError(error)) throw error
    // An object that a script does not find is the script's fault, and says nothing of the schema.
    const ended = error instanceof MusterError ? error.cause : error
    const why = ended instanceof Error ? ended.message : String(ended)
    throw new MigrationError(`Migration ${name} failed, and nothing of it remains: ${why}`, { cause: ended })
  }
}

function lacksRights(error: unknown): MigrationError {
  return new MigrationError(`The database is not current, and this role may not change that: ${RUN}`, {
    cause: error,
  })
}

function latest({ applied }: Notes): number {
  return applied.at(-1)?.version ?? 0
}
