import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'

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

it('finds its SQL in a bundle, and loads no SQLite without a folder', async () => {
  expect(await runBundled('esm', 'host.mjs')).toEqual({ name: 'Bundled', sqlite: false })
})

it('keeps a folder in a bundle of CommonJS, which has no second file for a thread', async () => {
  expect(await runBundled('cjs', 'host.cjs', 'data')).toEqual({ name: 'Bundled', sqlite: true })
})

/** A host whose handlers run in threads, and what they run. */
const THREADED = `
import { createMuster, coreModule } from '@muster/host'
import { jobType } from '@muster/core'
import { Threads } from '@muster/threads'
const threads = new Threads(process.argv[2] === 'elsewhere' ? { thread: new URL('./own/thread.js', import.meta.url) } : {})
const payload = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }
const shout = jobType({ name: 'shout', payload, handler: threads.handler(new URL('./shout.js', import.meta.url)), retry: { maxAttempts: 1 } })
const muster = await createMuster({ modules: [coreModule({ jobTypes: [shout] })] })
const { workflowId } = await muster.workflows.add({ name: 'w', steps: [{ stepId: 's', stepType: 'annotation' }] })
const { projectId } = await muster.projects.add({ name: 'Bundled', workflowId })
const scenarios = ['a', 'fail'].map((text) => ({ scenarioId: text, payload: { text } }))
const { definitionId } = await muster.definitions.add(projectId, { name: 'd', jobType: 'shout', scenarios })
const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
await muster.work()
while ((await muster.runs.get(runId)).status !== 'completed') await muster.clock.wait(10)
const ended = {}
for await (const { scenarioId, result, error } of muster.runs.results(runId)) ended[scenarioId] = result ?? error.code
await muster.close()
await threads.close()
console.log(JSON.stringify(ended))
`
const SHOUT = `
import { NonRetryableError } from '@muster/core'
export default ({ payload: { text } }) => {
  if (text === 'fail') throw new NonRetryableError('no use')
  return text.toUpperCase()
}
`

it.each(['beside', 'elsewhere'])(
  'runs handlers in threads of a bundle whose thread lies %s',
  async (where) => {
    const folder = await bundleFolder()
    await bundleInto(folder, {
      [where === 'elsewhere' ? 'own/thread' : 'thread']: await fileWith(
        folder,
        "export { default } from '@muster/threads/thread'",
      ),
      host: await fileWith(folder, THREADED),
      shout: await fileWith(folder, SHOUT),
    })
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'host.js'), where], {
      cwd: folder,
    })
    expect(JSON.parse(stdout)).toEqual({ a: 'A', fail: 'non_retryable' })
  },
)

it('says what to do if the file of threads is not in the bundle', async () => {
  const folder = await bundleFolder()
  await bundleInto(folder, { host: await fileWith(folder, THREADED) })
  const run = promisify(execFile)(process.execPath, [join(folder, 'host.js')], { cwd: folder })
  await expect(run).rejects.toThrow(
    /The file that runs in a thread is missing at .*thread\.js: leave @muster\/threads/,
  )
})

it.each(['@muster/testing', '@muster/testing/worlds', '@muster/testing/simulation'])(
  'loads %s without a test runner',
  async (entry) => {
    const imported = await importedBy(entry)
    expect(imported).not.toContain('vitest')
    expect(imported).not.toContain('fast-check')
  },
)

it('sees that suites need a test runner', async () => {
  expect(await importedBy('@muster/testing/suites')).toEqual(expect.arrayContaining(['vitest', 'fast-check']))
})

it('loads no container with core', async () => {
  expect((await importedBy('@muster/core')).filter((name) => !/^(zod|node:)/.test(name))).toEqual([])
})

/** What an entry point of ours needs from others, however far down. */
async function importedBy(entry: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export * from '${entry}'`, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@muster/source'],
    external: ['vitest', 'fast-check', 'zod', 'inversify', 'reflect-metadata', 'uuid'],
    logLevel: 'silent',
  })
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
}

/** A folder that finds packages as the repository does. */
async function bundleFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  return folder
}

let files = 0

async function fileWith(folder: string, text: string): Promise<string> {
  const path = join(folder, `source-${++files}.js`)
  await writeFile(path, text)
  return path
}

async function bundleInto(folder: string, entryPoints: Readonly<Record<string, string>>): Promise<void> {
  await build({
    entryPoints,
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir: folder,
    // One copy of core for all, so that its errors are known wherever they are thrown.
    splitting: true,
    conditions: ['@muster/source'],
    external: ['tinypool'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  })
}

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
    conditions: ['@muster/source'],
    external: ['@electric-sql/pglite', 'pg', 'pg-native'],
    logLevel: 'silent',
  })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, ...args], { cwd: folder })
  return JSON.parse(stdout)
}
