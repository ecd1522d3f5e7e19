#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { UnavailableError } from '@muster/core'
import { migrateServer } from './connection/open-pg.ts'
import { MigrationError } from './schema/migration-error.ts'

const USAGE = `Usage: muster-pg migrate [--url postgres://…]

Brings the database to the schema that this version of Muster needs. Without --url it takes DATABASE_URL.`

/** Errors that a person can put right: said in words, without a stack. */
class UsageError extends Error {}

try {
  const asked = process.argv.slice(2)
  if (asked.includes('--help') || asked.includes('-h')) process.stdout.write(`${USAGE}\n`)
  else process.stdout.write(`The database is at schema ${await migrateServer(urlOf(asked))}.\n`)
} catch (error) {
  const expected = [MigrationError, UnavailableError, UsageError].some((kind) => error instanceof kind)
  process.stderr.write(`${expected ? (error as Error).message : String((error as Error).stack ?? error)}\n`)
  process.exitCode = 1
}

/** @throws UsageError */
function urlOf(args: readonly string[]): string {
  const { values, positionals } = argumentsOf(args)
  if (positionals.join(' ') !== 'migrate') throw new UsageError(USAGE)
  const url = values.url ?? process.env['DATABASE_URL']
  if (url === undefined || url === '') throw new UsageError(`No database is named.\n\n${USAGE}`)
  return url
}

function argumentsOf(args: readonly string[]): { values: { url?: string }; positionals: string[] } {
  try {
    return parseArgs({ args: [...args], options: { url: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`)
  }
}
