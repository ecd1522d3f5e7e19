import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const PACKAGE = fileURLToPath(new URL('../', import.meta.url))
/** The digest of what the files in `assets/` were built from. */
const STAMP = join(PACKAGE, 'assets', 'built-from')

/** Builds the page unless it was built from these very sources. Says whether it built. */
export async function buildIfStale(): Promise<boolean> {
  const digest = digestOfSources()
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digest) return false
  // A test run has another, by which libraries bring what helps their developers along.
  const environment = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    const { build } = await import('vite')
    await build({ configFile: join(PACKAGE, 'vite.config.ts'), logLevel: 'warn' })
  } finally {
    if (environment === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = environment
  }
  writeFileSync(STAMP, digest)
  return true
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  const files = [
    '../../package-lock.json',
    'vite.config.ts',
    ...globSync('src/**/*.{ts,tsx,css,html}', { cwd: PACKAGE }).filter(
      (path) => !/\.test\.|src.server/.test(path),
    ),
    ...globSync('../core/src/{evaluation,forms}/**/*.ts', { cwd: PACKAGE }),
    '../transport-ws/src/client.ts',
  ].sort()
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(PACKAGE, file)))
      .update('\0')
  return hash.digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // The server starts in any case: without the page it says what to run.
  try {
    const before = performance.now()
    if (await buildIfStale())
      console.log(`The console was built in ${Math.round(performance.now() - before)} ms`)
  } catch (error) {
    console.error('The console could not be built:', error)
    if (process.argv.includes('--strict')) process.exitCode = 1
  }
}
