import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MisconfiguredError } from '@muster/core'
import { plainError } from '@muster/core/support'
import { checksumOf, type Schema } from '../schema/schema.ts'
import { unpack } from './packed-folder.ts'

// A bundle of CommonJS has no `import.meta.url`; modules of a script that is an argument of node see its `__filename`.
const HERE = (import.meta.url as string | undefined) ?? __filename

/** The module of PGlite, where the host has it. */
export function pgliteModule(): string {
  return createRequire(HERE).resolve('@electric-sql/pglite')
}

/** Changes if archives of before cannot be read. */
const FORM = 1

/**
 * The path of the archive of an empty database that has `schema`, made by the PGlite that the host has. Its name comes of all these, so that no archive is
 * taken for another's. It is built with this package; beside a bundle it is missing.
 */
export function archiveOf(schema: Schema): string {
  const { version } = JSON.parse(
    readFileSync(join(dirname(pgliteModule()), '..', 'package.json'), 'utf8'),
  ) as { readonly version: string }
  const contents = [FORM, version, schema.migrations.map(checksumOf), schema.functions.hash]
  const name = `${hash('sha256', JSON.stringify(contents)).slice(0, 16)}.br`
  const file = HERE.startsWith('file:') ? fileURLToPath(HERE) : HERE
  return join(dirname(file), '..', '..', 'assets', name)
}

/** Unpacks `archive` into `folder`, if there is one. @throws MisconfiguredError if it is damaged; of the file system */
export async function unpackPrepared(archive: string, folder: string): Promise<boolean> {
  if (!existsSync(archive)) return false
  try {
    await unpack(await readFile(archive), folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error
    throw new MisconfiguredError(
      `${archive} is damaged (${plainError(error).message}): install @muster/adapters-pg again`,
      {},
      { cause: error },
    )
  }
}
