import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'

/** For two seconds of work, on a machine that does much else. */
const BUSY_MACHINE_MS = 120_000

/** A host that serves nothing: it opens a database in a folder or in memory, brings it to this version and uses it. */
const HOST = `
import { PGlite } from '@electric-sql/pglite'
import { createMuster } from '@muster/host'
import { pgModule } from '@muster/adapters-pg'
const main = async () => {
  const muster = await createMuster({ modules: [pgModule({ pglite: process.argv[2] ?? new PGlite() })] })
  const { name } = await muster.projects.add({ name: 'Bundled' })
  await muster.close()
  console.log(JSON.stringify({ name, sqlite: process.moduleLoadList.includes('NativeModule sqlite') }))
}
main()
`

it(
  'finds its SQL in a bundle, and loads no SQLite without a folder',
  async () => {
    expect(await runBundled('esm', 'host.mjs')).toEqual({ name: 'Bundled', sqlite: false })
  },
  BUSY_MACHINE_MS,
)

it(
  'keeps a folder in a bundle of CommonJS, which has no second file for a thread',
  async () => {
    expect(await runBundled('cjs', 'host.cjs', 'data')).toEqual({ name: 'Bundled', sqlite: true })
  },
  BUSY_MACHINE_MS,
)

async function runBundled(format: 'esm' | 'cjs', file: string, ...args: string[]): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // The bundle is alone: what is left out of it is all that it finds beside it.
  await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const outfile = join(folder, file)
  await build({
    stdin: { contents: HOST, resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format,
    outfile,
    conditions: ['source'],
    external: ['@electric-sql/pglite', 'pg', 'pg-native'],
    logLevel: 'silent',
  })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args], { cwd: folder })
  return JSON.parse(stdout)
}
