import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PGlite, type PGliteOptions } from '@electric-sql/pglite'
import { COMPILE_CACHE } from '@muster/test-services'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

const run = promisify(execFile)
const env = { ...process.env, ...COMPILE_CACHE }

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder that holds an empty embedded database with this version's schema, and the same as an archive of PGlite's. */
    pgliteTemplate: { readonly folder: string; readonly archive: string }
  }
}

/** Makes an empty embedded database once for all test files: making it takes seconds, copying it does not. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await prepare()
  const place = await mkdtemp(join(tmpdir(), 'muster-template-'))
  const folder = join(place, 'folder')
  const archive = join(place, 'database.tar')
  await runTwice(programOf('make-template.test.support.ts', folder, archive), () =>
    rm(folder, { recursive: true, force: true }),
  )
  project.provide('pgliteTemplate', { folder, archive })
  return () => rm(place, { recursive: true, force: true })
}

/** Set in the environment of a run of the tests, which has several projects, once the archive is there. */
const IS_PREPARED = 'MUSTER_TEST_IS_PREPARED'

/** Builds the archive that this package ships, if it is not there. */
export async function prepare(): Promise<void> {
  if (process.env[IS_PREPARED] !== undefined) return
  await runTwice(programOf('make-prepared.ts'), async () => {})
  process.env[IS_PREPARED] = ''
}

function programOf(file: string, ...args: readonly string[]): string[] {
  return ['--conditions=@muster/source', fileURLToPath(new URL(file, import.meta.url)), ...args]
}

/**
 * Runs Node once, and again if a signal ends it: V8 aborts about one process in fifty that compiles WebAssembly (nodejs/node#64500), and would
 * end all tests if it were the one that runs them. `clean` removes what the first run left.
 * @throws Error of the last run, with its `stderr`, if that fails
 */
export async function runTwice(args: readonly string[], clean: () => Promise<void>): Promise<void> {
  try {
    await run(process.execPath, args, { env })
  } catch (error) {
    if ((error as { signal?: string | null }).signal == null) throw error
    await clean()
    await run(process.execPath, args, { env })
  }
}

/** An embedded database in memory, with this version’s schema and nothing in it. */
export async function emptyPGlite(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({
    ...options,
    loadDataDir: new Blob([await readFile(inject('pgliteTemplate').archive)]),
  })
}

/** Puts the same into a folder, closed. */
export async function putEmptyDatabase(folder: string): Promise<void> {
  await cp(inject('pgliteTemplate').folder, folder, { recursive: true })
}
