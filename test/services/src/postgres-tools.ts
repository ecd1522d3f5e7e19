import { execFile } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Moves databases as an operator does; or why that cannot be done here. */
export type PostgresTools =
  | {
      /** `pg_dump` of one database and `pg_restore` into another one, which must be there and empty. */
      readonly copy: (from: string, to: string) => Promise<void>
    }
  | { readonly missing: string }

/** With `pg_dump` and `pg_restore` of the newest Postgres in Debian's place, else of PATH. */
export function postgresTools(): PostgresTools {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin').sort(
      (a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]),
    ),
    ...(env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''),
  ]
  const folder = folders.find((each) =>
    ['pg_dump', 'pg_restore'].every((name) => existsSync(join(each, name))),
  )
  if (folder === undefined) {
    return { missing: 'pg_dump and pg_restore are missing: install the client programs of Postgres' }
  }
  return {
    copy: async (from, to) => {
      const directory = await mkdtemp(join(tmpdir(), 'muster-dump-'))
      try {
        const file = join(directory, 'dump')
        await run(join(folder, 'pg_dump'), ['--format=custom', `--file=${file}`, from])
        await run(join(folder, 'pg_restore'), ['--exit-on-error', '--no-owner', `--dbname=${to}`, file])
      } finally {
        await rm(directory, { recursive: true })
      }
    },
  }
}
