import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

const run = promisify(execFile)

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder that holds an empty embedded database, as `openPGliteDirectory` makes it, and the same as an archive. */
    pgliteTemplate: { readonly folder: string; readonly archive: string }
  }
}

/** Makes an empty embedded database once for all test files: making it takes seconds, copying it does not. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const place = await mkdtemp(join(tmpdir(), 'muster-template-'))
  const folder = join(place, 'folder')
  const archive = join(place, 'database.tar')
  const maker = fileURLToPath(new URL('./make-template.test.support.ts', import.meta.url))
  await runTwice(['--conditions=@muster/source', maker, folder, archive], () =>
    rm(folder, { recursive: true, force: true }),
  )
  project.provide('pgliteTemplate', { folder, archive })
  return () => rm(place, { recursive: true, force: true })
}

/**
 * Runs Node once, and again if a signal ends it: V8 aborts about one process in fifty that compiles WebAssembly (nodejs/node#64500), and would
 * end all tests if it were the one that runs them. `clean` removes what the first run left.
 * @throws Error of the last run, with its `stderr`, if that fails
 */
export async function runTwice(args: readonly string[], clean: () => Promise<void>): Promise<void> {
  try {
    await run(process.execPath, args)
  } catch (error) {
    if ((error as { signal?: string | null }).signal == null) throw error
    await clean()
    await run(process.execPath, args)
  }
}

/** An empty embedded database in memory. */
export async function emptyPGlite(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({
    ...options,
    loadDataDir: new Blob([await readFile(inject('pgliteTemplate').archive)]),
  })
}

/** Puts an empty embedded database into a folder, closed. */
export async function putEmptyDatabase(folder: string): Promise<void> {
  await cp(inject('pgliteTemplate').folder, folder, { recursive: true })
}
