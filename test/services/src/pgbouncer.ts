import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { env, getuid } from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { aptInstall } from './apt.ts'
import { freePort } from './free-port.ts'
import { endOf, spawnGuard } from './guard.ts'
import { unprivilegedAccount } from './unprivileged-account.ts'

const run = promisify(execFile)

/** A PgBouncer before a Postgres. */
export interface PgBouncer {
  /** The connection string of the same database, through it. */
  readonly connectionString: string
  /** Such as `PgBouncer 1.18.0`. */
  readonly version: string
  /** Ends it, and its connections with it. Can be called twice. */
  stop(): Promise<void>
}

export interface StartPgBouncer {
  /** Of the database behind it; its role may enter without a password. */
  readonly connectionString: string
  /** Its settings; those that are left out are PgBouncer's own. */
  readonly settings?: Readonly<Record<string, string>>
}

const PATIENCE_MS = 10_000

/** The shell is its parent, so the id it kills is no one else's. */
const GUARD =
  'directory=$1; shift; "$@" </dev/null >/dev/null 2>&1 & server=$!; exec >/dev/null; cat; kill -9 $server; wait; cd /; rm -rf "$directory"'

/**
 * A PgBouncer on a free port of loopback, which ends with this process: from PATH or Debian's place, or, for root on Debian or Ubuntu, its package,
 * which is then installed. `missing` says why there is none.
 * @throws Error where it does not start
 */
export async function startPgBouncer({
  connectionString,
  settings = {},
}: StartPgBouncer): Promise<PgBouncer | { readonly missing: string }> {
  const binary = await found()
  if (binary === undefined) {
    return {
      missing:
        'pgbouncer is missing: put it on PATH. It is installed by itself only for root on Debian or Ubuntu.',
    }
  }
  const account = await unprivilegedAccount()
  const directory = await mkdtemp(join(tmpdir(), 'muster-pgbouncer-'))
  const port = await freePort()
  const url = new URL(connectionString)
  const users = join(directory, 'users')
  await writeFile(users, `"${decodeURIComponent(url.username)}" "${decodeURIComponent(url.password)}"\n`)
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: users,
    ...settings,
  }
  const lines = [
    '[databases]',
    `* = host=${url.hostname} port=${url.port || '5432'}`,
    '[pgbouncer]',
    ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
  ]
  const file = join(directory, 'pgbouncer.ini')
  await writeFile(file, `${lines.join('\n')}\n`)
  if (account) {
    for (const path of [directory, users, file]) await chown(path, account.uid, account.gid)
  }
  const guard = spawnGuard(GUARD, [directory, binary, file], { ...account, cwd: directory })
  url.host = `127.0.0.1:${port}`
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= endOf(guard))
  if (!(await answers(url.href))) {
    await stop()
    throw new Error(`${binary} did not answer on port ${port} with:\n${lines.join('\n')}`)
  }
  const { stdout } = await run(binary, ['--version'])
  return { connectionString: url.href, version: stdout.split('\n')[0] ?? '', stop }
}

async function found(): Promise<string | undefined> {
  const there = onPath()
  if (there !== undefined || getuid?.() !== 0 || !existsSync('/etc/debian_version')) return there
  await aptInstall('pgbouncer')
  return onPath()
}

/** Debian keeps it where only root looks. */
function onPath(): string | undefined {
  return [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'pgbouncer'))
    .find((path) => existsSync(path))
}

async function answers(connectionString: string): Promise<boolean> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await wait(20)) {
    const client = new Client({ connectionString })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('select 1')
      return true
    } catch {
      // Not yet.
    } finally {
      await client.end().catch(() => {})
    }
  }
  return false
}
