import { hash } from 'node:crypto'
import type { JobId, RunId } from '@muster/core'
import { PARENT_FAILED, parentFailed, RUN_FAILED, runFailed } from '@muster/core/making'
import { CAUSE_STRETCH_SECONDS, causePattern, MOST_CAUSES } from '@muster/core/operating'
import { CATCH_UP_MS, MOST_BEFORE, MOST_DEATHS, RATE_STRETCH_MS, WORKER_LOST } from '@muster/core/rules'
import { MEAN_OF, USAGE_REPORTS_KEPT_MS } from '@muster/core/usage'
import { NIL_UUID } from '../connection/queryable.ts'
import { FUNCTIONS, MIGRATIONS, type SqlFile } from '../sql.ts'
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

/** The schema that the database must have for this version of Muster. */
export interface Schema {
  readonly migrations: readonly Migration[]
  readonly functions: Functions
}

const MIGRATION_FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

/** Core's limits by the names that the files of functions have for them, as SQL writes them. */
const LIMITS: Readonly<Record<string, string>> = {
  causeStretch: `${CAUSE_STRETCH_SECONDS} s`,
  catchUpMs: String(CATCH_UP_MS),
  meanOf: String(MEAN_OF),
  mostBefore: String(MOST_BEFORE),
  mostDeaths: String(MOST_DEATHS),
  rateStretchMs: String(RATE_STRETCH_MS),
  usageReportsKept: `${USAGE_REPORTS_KEPT_MS} ms`,
  parentFailed: `'${PARENT_FAILED} '`,
  // Ids are the same to a pattern.
  parentFailedPattern: `'${causePattern(parentFailed(NIL_UUID as JobId, '').message)}'`,
  runFailed: `'${RUN_FAILED} '`,
  runFailedPattern: `'${causePattern(runFailed(NIL_UUID as RunId).message)}'`,
  workerLostPattern: `'${causePattern(WORKER_LOST.message).replaceAll("'", "''")}'`,
  mostCauses: String(MOST_CAUSES),
  workerLost: `'${JSON.stringify(WORKER_LOST).replaceAll("'", "''")}'`,
}

/** Puts core's limits where `{{name}}` stands. @throws MigrationError for a name that none has */
export function withLimits(text: string): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const limit = LIMITS[name]
    if (limit === undefined) throw new MigrationError(`The functions name a limit that there is not: ${name}`)
    return limit
  })
}

/** The schema that comes with this package, also inside of a bundle. @throws MigrationError if a migration's number is missing or there twice */
export function shippedSchema(): Schema {
  return {
    migrations: migrationsOf(MIGRATIONS),
    functions: functionsOf(withLimits(FUNCTIONS.map(({ text }) => text).join('\n'))),
  }
}

/** The migrations of a folder's files, in order. @throws MigrationError if a number is missing or there twice */
export function migrationsOf(files: readonly SqlFile[]): Migration[] {
  return files.map(({ name, text }, index) => {
    const version = Number(MIGRATION_FILE.exec(name)?.[1])
    if (version !== index + 1)
      throw new MigrationError(`${name} should be migration ${index + 1}, as in 0001_name.sql`)
    return { version, name, text }
  })
}

export function functionsOf(text: string): Functions {
  return { hash: hash('sha256', text), text }
}

/** The checksum that is noted of an applied migration, to tell whether its text has changed since. */
export function checksumOf({ text }: Migration): string {
  return hash('sha256', text)
}
