import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONSOLE_HOSTS, faultsOfConsole, linesForConsole } from './console-hosts.ts'
import { commonJs, esModule, ourErrors, RESOLUTIONS, tsconfig, typed } from './consumer.ts'
import { type Packed, packAll, publishedPackages, root } from './pack.ts'

/** Sources and maps to them are more than half of it. */
const LARGEST_KB = 1_500
/** With the embedded database that ships, packed. */
const LARGEST_WITH_DATABASE_KB = 4_096

const run = promisify(execFile)
const published = publishedPackages()
let place: string
let host: string
let packed: readonly Packed[]

/**
 * Unpacks what npm would publish, outside of the repository. Each package sees what its manifest names, and nothing else; the host has
 * all of them.
 */
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'muster-installed-'))
  host = join(place, 'host')
  await mkdir(host)
  // npm would build the page before it packs.
  await run(process.execPath, ['packages/console/tools/build-if-stale.ts', '--strict'], { cwd: root })
  packed = await packAll(place)
  for (const { manifest } of published) {
    const { name, dependencies, peerDependencies } = manifest
    const folder = join(place, name)
    await mkdir(folder, { recursive: true })
    const { filename } = packed.find((each) => each.name === name) ?? { filename: 'none' }
    await run('tar', ['-xzf', join(place, filename), '-C', folder, '--strip-components=1'])
    for (const dependency of Object.keys({ ...dependencies, ...peerDependencies }))
      await link(folder, dependency)
    await link(host, name)
  }
  for (const dependency of ['zod', 'fastify', '@types/node']) await link(host, dependency)
  await writeFile(join(host, 'package.json'), '{"type":"module"}')
  await writeFile(join(host, 'host.mjs'), esModule)
  await writeFile(join(host, 'host.cjs'), commonJs)
  await writeFile(join(host, 'host.ts'), typed)
  for (const [file, program] of Object.entries(CONSOLE_HOSTS)) await writeFile(join(host, file), program)
})
afterAll(() => rm(place, { recursive: true }))

async function link(folder: string, dependency: string): Promise<void> {
  const at = join(folder, 'node_modules', dependency)
  await mkdir(dirname(at), { recursive: true })
  await symlink(
    dependency.startsWith('@muster/') ? join(place, dependency) : join(root, 'node_modules', dependency),
    at,
  )
}

describe('what npm would publish', () => {
  it.each(published)(
    'has its license, its README and its entries, and no tests: $manifest.name',
    ({ manifest }) => {
      const { files = [], size = 0 } = packed.find(({ name }) => name === manifest.name) ?? {}
      const paths = files.map(({ path }) => path)
      expect(paths).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json']))
      expect(paths.filter((path) => /\.test\.|tsbuildinfo/.test(path))).toEqual([])
      for (const conditions of Object.values(manifest.exports)) {
        // A condition with a name that others use would reach sources that their tools cannot read.
        expect(Object.keys(conditions)).toEqual(['@muster/source', 'types', 'default'])
        for (const file of Object.values(conditions)) expect(paths).toContain(file.slice(2))
      }
      // npm publishes without a command whose file begins with ./, and says so in a warning alone.
      expect(paths).toEqual(expect.arrayContaining(Object.values(manifest.bin ?? {})))
      expect(size / 1024).toBeLessThan(
        paths.some((path) => path.endsWith('.br')) ? LARGEST_WITH_DATABASE_KB : LARGEST_KB,
      )
    },
  )

  it.each(published)(
    'has the LICENSE of the repository, and the version of all: $folder',
    async ({ folder, manifest }) => {
      expect(await readFile(join(root, folder, 'LICENSE'), 'utf8')).toBe(
        await readFile(join(root, 'LICENSE'), 'utf8'),
      )
      expect(manifest.version).toBe(published[0]?.manifest.version)
    },
  )

  it.each(['host.mjs', 'host.cjs'])('runs from its tarballs: %s', async (file) => {
    const { stdout } = await run(process.execPath, [file], { cwd: host })
    expect(stdout).toBe('HELLO\n')
  })

  it('has the page of the console, packed for browsers', () => {
    const { files = [] } = packed.find(({ name }) => name === '@muster/console') ?? {}
    const assets = files.map(({ path }) => path).filter((path) => path.startsWith('assets/'))
    expect(assets).toContain('assets/index.html')
    const scripts = assets.filter((path) => path.endsWith('.js'))
    expect(scripts.length).toBeGreaterThan(10)
    for (const script of scripts)
      expect(assets).toEqual(expect.arrayContaining([`${script}.br`, `${script}.gz`]))
  })

  it.each(Object.entries(CONSOLE_HOSTS))(
    'shows the console from its tarballs in a browser, by at most five lines of the host: %s',
    async (file, program) => {
      expect(linesForConsole(program)).toBeLessThanOrEqual(5)
      expect(await faultsOfConsole(process.execPath, host, file)).toEqual([])
    },
  )

  it.each(RESOLUTIONS)('has types that hold with %s, libraries checked too', async (resolution) => {
    await writeFile(join(host, `tsconfig.${resolution}.json`), tsconfig(resolution))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    expect(existsSync(compiler)).toBe(true)
    const args = [compiler, '--pretty', 'false', '-p', `tsconfig.${resolution}.json`]
    const { stdout } = await run(process.execPath, args, { cwd: host }).catch(
      (failed: { stdout: string }) => failed,
    )
    expect(ourErrors(stdout)).toEqual([])
  })

  it('bundles to at most a kilobyte for one class of errors', async () => {
    const contents = `export { ValidationError } from '@muster/core'`
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: host },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'node',
    })
    const text = outputFiles.map((file) => file.text).join('')
    expect(text).toContain('validation_failed')
    expect(text.length).toBeLessThanOrEqual(1024)
  })
})
