import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CONSOLE_HOSTS, faultsOfConsole } from './console-hosts.ts'
import { bundled, commonJs, esModule, ourErrors, RESOLUTIONS, suites, tsconfig, typed } from './consumer.ts'
import { packAll } from './pack.ts'

// Installs what npm would publish in fresh projects, with the oldest and the newest of what it stands beside, and uses it there:
// `node tools/packages/matrix.ts`, after a build. Asks the registry for everything.

const binaries = `node-${process.platform}-${process.arch}`
/** By the name under which the project has each: the oldest that is served, the one that is most used, and the newest. */
const NODES: Readonly<Record<string, string>> = {
  'node-22': `npm:${binaries}@22.18.0`,
  'node-24': `npm:${binaries}@24`,
  'node-current': `npm:${binaries}@latest`,
}
const TOO_OLD = { 'node-20': `npm:${binaries}@20` }
const COMPILERS: Readonly<Record<string, string>> = {
  'typescript-5.8': 'npm:typescript@5.8',
  'typescript-6': 'npm:typescript@6',
  'typescript-7': 'npm:typescript@7',
}
const NEWEST: Readonly<Record<string, string>> = {
  ...NODES,
  ...TOO_OLD,
  ...COMPILERS,
  '@opentelemetry/api': '^1.9.0',
  '@types/node': '^22',
  esbuild: 'latest',
  'fast-check': '4',
  fastify: '5',
  tsup: 'latest',
  tsdown: 'latest',
  typescript: '7',
  vitest: '4',
  zod: '4',
}
const OLDEST: Readonly<Record<string, string>> = {
  'node-22': NODES['node-22'] ?? '',
  '@opentelemetry/api': '1.9.0',
  'fast-check': '4.0.0',
  fastify: '5.0.0',
  inversify: '8.0.0',
  ioredis: '5.3.0',
  pg: '8.11.0',
  vitest: '4',
  zod: '4',
}
/** What a host of ES modules puts before a bundle that holds CommonJS. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`
/** What reads files of its own stays outside of a bundle. */
const OUTSIDE = ['@electric-sql/pglite', '@fastify/swagger', '@fastify/swagger-ui', 'pg-native']
/** How hosts bundle Muster. */
const BUNDLERS: Readonly<Record<string, string>> = {
  'bundle-by-esbuild.mjs': `
    import { build } from 'esbuild'
    const format = process.argv[2]
    await build({
      entryPoints: ['bundled.mjs'],
      outfile: format === 'esm' ? 'esbuild.mjs' : 'esbuild.cjs',
      bundle: true,
      platform: 'node',
      format,
      external: ${JSON.stringify(OUTSIDE)},
      banner: format === 'esm' ? { js: ${JSON.stringify(REQUIRE)} } : {},
    })`,
  'tsup.config.mjs': `
    export default {
      entry: ['bundled.mjs'], format: 'esm', platform: 'node', outDir: 'tsup',
      noExternal: [/^@muster\\//], external: ${JSON.stringify(OUTSIDE)},
      banner: { js: ${JSON.stringify(REQUIRE)} },
    }`,
  'tsdown.config.mjs': `
    export default {
      entry: ['bundled.mjs'], format: 'esm', platform: 'node', outDir: 'tsdown',
      deps: { alwaysBundle: [/^@muster\\//], neverBundle: ${JSON.stringify(OUTSIDE)} },
    }`,
}

const run = promisify(execFile)
const place = await mkdtemp(join(tmpdir(), 'muster-matrix-'))
try {
  const tarballs = await packAll(place)
  const ours = Object.fromEntries(
    tarballs.map(({ name, filename }) => [name, `file:${join(place, filename)}`]),
  )
  await newest(await project('newest', { ...NEWEST, ...ours }))
  await oldest(await project('oldest', { ...OLDEST, ...ours }))
} finally {
  await rm(place, { recursive: true })
}

/** A project outside of the repository in which this is installed. */
async function project(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(place, name)
  await mkdir(folder)
  const files = {
    'package.json': JSON.stringify({ name, private: true, type: 'module', dependencies }),
    'host.mjs': esModule,
    'host.cjs': commonJs,
    'host.ts': typed,
    'bundled.mjs': bundled,
    'suites.test.mjs': suites,
    ...CONSOLE_HOSTS,
    ...BUNDLERS,
    'refused.mjs': `await import(process.argv[2])`,
  }
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  await cell(`${name}: npm install`, async () => {
    await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, maxBuffer: 2 ** 26 })
  })
  return folder
}

async function newest(folder: string): Promise<void> {
  for (const node of Object.keys(NODES)) {
    for (const file of ['host.mjs', 'host.cjs'])
      await cell(`${node}: ${file}`, () => hello(folder, node, file))
  }
  for (const file of Object.keys(CONSOLE_HOSTS))
    await cell(`console: ${file}`, () => showsConsole(folder, 'node-24', file))
  for (const entry of [
    '@muster/core',
    '@muster/host',
    '@muster/transport-http',
    '@muster/transport-ws',
    '@muster/adapters-pg',
  ])
    await cell(`node-20: refuses ${entry}`, () => refuses(folder, entry))
  for (const compiler of Object.keys(COMPILERS)) {
    for (const resolution of RESOLUTIONS)
      await cell(`${compiler}: ${resolution}`, () => compiles(folder, compiler, resolution))
  }
  for (const format of ['esm', 'cjs']) {
    await cell(`esbuild: ${format}`, async () => {
      await on(folder, 'node-24', ['bundle-by-esbuild.mjs', format])
      await hello(folder, 'node-24', `esbuild.${format === 'esm' ? 'mjs' : 'cjs'}`)
    })
  }
  await cell('tsup', async () => {
    await tool(folder, 'tsup/dist/cli-default.js', [])
    await hello(folder, 'node-24', 'tsup/bundled.js')
  })
  await cell('tsdown', async () => {
    await tool(folder, 'tsdown/dist/run.mjs', [])
    await hello(folder, 'node-24', 'tsdown/bundled.mjs')
  })
  await cell('vitest 4: suites', async () => {
    await tool(folder, 'vitest/vitest.mjs', ['run'])
  })
}

async function oldest(folder: string): Promise<void> {
  await cell('oldest peers: host.mjs', () => hello(folder, 'node-22', 'host.mjs'))
  await cell('oldest peers: console', () => showsConsole(folder, 'node-22', 'console-in-fastify.mjs'))
}

/** Does one thing of the matrix and says how it went. What fails does not keep the others from being tried. */
async function cell(name: string, act: () => Promise<void>): Promise<void> {
  const from = performance.now()
  try {
    await act()
    console.log(`ok      ${name} (${Math.round((performance.now() - from) / 100) / 10} s)`)
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string }
    console.log(`FAILED  ${name}\n${[message, stdout, stderr].join('\n').slice(0, 4_000)}`)
    process.exitCode = 1
  }
}

/** Runs a file of the project by one of its Nodes. */
function on(
  folder: string,
  node: string,
  args: readonly string[],
): Promise<{ stdout: string; stderr: string }> {
  return run(binaryOf(folder, node), args, { cwd: folder, maxBuffer: 2 ** 26 })
}

function binaryOf(folder: string, node: string): string {
  return join(folder, 'node_modules', node, 'bin/node')
}

/** Opens the page of the console in a browser. */
async function showsConsole(folder: string, node: string, file: string): Promise<void> {
  const faults = await faultsOfConsole(binaryOf(folder, node), folder, file)
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

async function tool(folder: string, bin: string, args: readonly string[]): Promise<void> {
  await on(folder, 'node-24', [join('node_modules', bin), ...args])
}

async function hello(folder: string, node: string, file: string): Promise<void> {
  const { stdout } = await on(folder, node, [file])
  if (stdout !== 'HELLO\n') throw new Error(`${file} said ${JSON.stringify(stdout)}`)
}

async function refuses(folder: string, entry: string): Promise<void> {
  const refusal = await on(folder, 'node-20', ['refused.mjs', entry]).then(
    () => 'nothing: it was imported',
    (error: { readonly stderr: string }) => error.stderr,
  )
  if (!/Error: Muster needs Node 22\.18 or newer, and this is Node 20\./.test(refusal))
    throw new Error(`It said ${refusal}`)
}

async function compiles(
  folder: string,
  compiler: string,
  resolution: (typeof RESOLUTIONS)[number],
): Promise<void> {
  const config = `tsconfig.${resolution}.json`
  await writeFile(join(folder, config), tsconfig(resolution))
  const args = [`node_modules/${compiler}/bin/tsc`, '--pretty', 'false', '-p', config]
  const { stdout } = await on(folder, 'node-24', args).catch((failed: { stdout: string }) => failed)
  const errors = ourErrors(stdout)
  if (errors.length > 0) throw new Error(errors.join('\n'))
}
