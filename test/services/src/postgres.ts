import { execFile } from 'node:child_process'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { endOf, spawnGuard } from './guard.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { unprivilegedAccount } from './unprivileged-account.ts'

const run = promisify(execFile)

/** A Postgres server that answers. */
export interface Postgres {
  /** Connection string of a database on it whose role may create databases. */
  readonly connectionString: string
  /** Where it comes from, for people: `DATABASE_URL` or the folder of its binaries. */
  readonly origin: string
  /** Stops what was started here and removes its files; leaves the server of `DATABASE_URL` alone. Can be called twice. */
  stop(): Promise<void>
  /** Ends the server as a crash would, and starts it again at the same address; undefined for the server of `DATABASE_URL`, which is not ours. */
  readonly crash: (() => Promise<void>) | undefined
}

export interface StartPostgres {
  /** Server settings, e.g. `{ fsync: 'off' }`. Ignored by the server of `DATABASE_URL`. */
  readonly settings?: Readonly<Record<string, string>>
}

/**
 * The server of `DATABASE_URL`; without one, a new cluster on a free loopback port, with Postgres's own defaults but for
 * `settings`. The cluster ends with this process, however that ends.
 * @throws Error where no Postgres binary is found or the cluster does not start; the message holds the server's log, `cause` what
 * the failed command said.
 */
export async function startPostgres({ settings = {} }: StartPostgres = {}): Promise<Postgres> {
  const given = process.env['DATABASE_URL']
  if (given)
    return { connectionString: given, origin: 'DATABASE_URL', stop: async () => {}, crash: undefined }

  const account = await unprivilegedAccount()
  const directory = await mkdtemp(join(tmpdir(), 'muster-postgres-'))
  const binaries = await postgresBinaries(account ? directory : undefined)
  if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, directory])
  const data = join(directory, 'data')
  const log = join(directory, 'log')
  const pgCtl = join(binaries, 'pg_ctl')
  const as = { ...account, cwd: directory }

  const script = 'cat; "$1" stop --silent --mode=immediate -D "$2"; cd /; rm -rf "$3"'
  const guard = spawnGuard(script, [pgCtl, data, directory], as)
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= endOf(guard))
  try {
    await run(
      join(binaries, 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      as,
    )
    const port = await freePort()
    const options = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      max_connections: '200',
      ...settings,
    }
    const flags = Object.entries(options).map(([name, value]) => `-c ${name}='${value}'`)
    // With -l the server writes to the log, not to our pipes: else `run` would wait for the server's end.
    const start = ['--wait', '--silent', '-D', data, '-l', log, '-o', flags.join(' ')]
    await run(pgCtl, ['start', ...start], as)
    return {
      connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`,
      origin: binaries,
      stop,
      crash: async () => void (await run(pgCtl, ['restart', '--mode=immediate', ...start], as)),
    }
  } catch (error) {
    const lines = await readFile(log, 'utf8').catch(() => '')
    await stop()
    throw new Error(`Postgres of ${binaries} did not start; its log:\n${lines}`, { cause: error })
  }
}
