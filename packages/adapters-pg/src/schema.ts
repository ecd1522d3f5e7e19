import { hash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { MigrationError } from './migration-error.ts'

/** A step from one set of tables to the next: `0001_people_tasks_events.sql` is version 1. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly text: string
}

/** Functions, triggers and views, which are created anew whenever one of them changes. */
export interface Functions {
  /** Of all files: what is kept in the database to tell whether they have changed. */
  readonly hash: string
  readonly text: string
}

/** What the database must hold for this version of Muster. */
export interface Schema {
  readonly migrations: readonly Migration[]
  readonly functions: Functions
}

const MIGRATIONS = new URL('../migrations/', import.meta.url)
const FUNCTIONS = new URL('../functions/', import.meta.url)
const MIGRATION_FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

/** What comes with this package. @throws MigrationError if a migration's number is missing or there twice */
export async function shippedSchema(): Promise<Schema> {
  const [migrations, functions] = await Promise.all([migrationsIn(MIGRATIONS), functionsIn(FUNCTIONS)])
  return { migrations, functions }
}

/** The migrations of a folder, in order. @throws MigrationError if a number is missing or there twice */
export async function migrationsIn(folder: URL): Promise<Migration[]> {
  return (await filesOf(folder)).map(({ name, text }, index) => {
    const version = Number(MIGRATION_FILE.exec(name)?.[1])
    if (version !== index + 1)
      throw new MigrationError(`${name} should be migration ${index + 1}, as in 0001_name.sql`)
    return { version, name, text }
  })
}

/** The functions of a folder: its files may stand in any order. */
export async function functionsIn(folder: URL): Promise<Functions> {
  return functionsOf((await filesOf(folder)).map(({ text }) => text).join('\n'))
}

export function functionsOf(text: string): Functions {
  return { hash: hash('sha256', text), text }
}

/** What is noted of a migration that was applied, to tell whether its text has changed since. */
export function checksumOf({ text }: Migration): string {
  return hash('sha256', text)
}

async function filesOf(folder: URL): Promise<{ readonly name: string; readonly text: string }[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8')
      // A checkout on Windows must not look like another text.
      return { name, text: text.replaceAll('\r\n', '\n') }
    }),
  )
}
