import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
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
  /** Starts a standby that follows this server; undefined for the server of `DATABASE_URL`. */
  readonly follow: (() => Promise<Standby>) | undefined
}

/** A server that has what another one has, a moment later, and takes no writes until it is promoted. */
export interface Standby extends Postgres {
  /** Has all that the other has at this moment, follows no more, and takes writes. */
  promote(): Promise<void>
}

export interface StartPostgres {
  /** Server settings, e.g. `{ fsync: 'off' }`. Ignored by the server of `DATABASE_URL`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where its files are; default: the folder for temporary ones. */
  readonly folder?: string
}

/**
 * The server of `DATABASE_URL`; without one, a new cluster on a free loopback port, with Postgres's own defaults but for
 * `settings`. The cluster ends with this process, however that ends.
 * @throws Error where no Postgres binary is found or the cluster does not start; the message holds the server's log, `cause` what
 * the failed command said.
 */
export async function startPostgres(wish: StartPostgres = {}): Promise<Postgres> {
  const given = process.env['DATABASE_URL']
  if (given)
    return {
      connectionString: given,
      origin: 'DATABASE_URL',
      stop: async () => {},
      crash: undefined,
      follow: undefined,
    }
  return startOwnPostgres(wish)
}

/** A new cluster in any case, for whoever harms it. @throws as {@link startPostgres} */
export function startOwnPostgres(wish: StartPostgres = {}): Promise<Postgres> {
  return startCluster(wish, ({ binaries, data, as }) =>
    run(
      join(binaries, 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
      as,
    ),
  )
}

interface Place {
  readonly binaries: string
  readonly data: string
  readonly as: { readonly cwd: string; readonly uid?: number; readonly gid?: number }
}

async function startCluster(
  { settings = {}, folder = tmpdir() }: StartPostgres,
  make: (place: Place) => Promise<unknown>,
): Promise<Postgres> {
  const account = await unprivilegedAccount()
  const directory = await mkdtemp(join(folder, 'muster-postgres-'))
  const binaries = await postgresBinaries(account ? directory : undefined)
  const handOver = async (): Promise<void> => {
    if (account) await run('chown', ['-R', `${account.uid}:${account.gid}`, directory])
  }
  await handOver()
  const data = join(directory, 'data')
  const log = join(directory, 'log')
  const pgCtl = join(binaries, 'pg_ctl')
  const as = { ...account, cwd: directory }

  const script = 'cat; "$1" stop --silent --mode=immediate -D "$2"; cd /; rm -rf "$3"'
  const guard = spawnGuard(script, [pgCtl, data, directory], as)
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= endOf(guard))
  try {
    await make({ binaries, data, as })
    await handOver()
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
    const connectionString = `postgres://postgres@127.0.0.1:${port}/postgres`
    return {
      connectionString,
      origin: binaries,
      stop,
      follow: () => follow({ connectionString, data }, { settings, folder }),
      crash: async () => void (await run(pgCtl, ['restart', '--mode=immediate', ...start], as)),
    }
  } catch (error) {
    const lines = await readFile(log, 'utf8').catch(() => '')
    await stop()
    throw new Error(`Postgres of ${binaries} did not start; its log:\n${lines}`, { cause: error })
  }
}

/** By a copy of the running server's files, since not every set of binaries has `pg_basebackup`. */
async function follow(
  { connectionString, data: original }: { readonly connectionString: string; readonly data: string },
  wish: StartPostgres,
): Promise<Standby> {
  const standby = await startCluster(wish, async ({ data, as }) => {
    const client = new Client({ connectionString })
    await client.connect()
    try {
      await client.query("select pg_backup_start('muster', true)")
      // A file that goes while it is copied was of no use at the start of the copy either.
      await run('cp', ['-R', '-p', original, data], as).catch((error: unknown) => {
        if (!String(error).includes('No such file')) throw error
      })
      const { rows } = await client.query<{ labelfile: string }>(
        'select labelfile from pg_backup_stop(false)',
      )
      await writeFile(join(data, 'backup_label'), rows[0]?.labelfile ?? '')
    } finally {
      await client.end()
    }
    await rm(join(data, 'postmaster.pid'))
    await writeFile(join(data, 'standby.signal'), '')
    await appendFile(
      join(data, 'postgresql.auto.conf'),
      `\nprimary_conninfo = '${new URL(connectionString).href}'\n`,
    )
  })
  return {
    ...standby,
    promote: async () => {
      const [from, to] = [
        new Client({ connectionString }),
        new Client({ connectionString: standby.connectionString }),
      ]
      await Promise.all([from.connect(), to.connect()])
      try {
        const { rows } = await from.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn')
        const caughtUp = 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as there'
        while (!(await to.query<{ there: boolean }>(caughtUp, [rows[0]?.lsn])).rows[0]?.there) await wait(20)
        await to.query('select pg_promote()')
      } finally {
        await Promise.all([from.end(), to.end()])
      }
    },
  }
}

/**
 * Lets the server take no more writes, as one does with what was the primary, so that two never write. Nothing is committed after it has
 * resolved: sessions that may still be in a transaction are ended.
 */
export async function fence(connectionString: string): Promise<void> {
  const admin = new Client({ connectionString })
  await admin.connect()
  try {
    await admin.query("alter system set default_transaction_read_only = 'on'")
    await admin.query('select pg_reload_conf()')
    while (!(await takesNoWrites(connectionString))) await wait(20)
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )
  } finally {
    await admin.end()
  }
}

/** What a session is told that begins now. */
async function takesNoWrites(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ default_transaction_read_only: string }>(
      'show default_transaction_read_only',
    )
    return rows[0]?.default_transaction_read_only === 'on'
  } finally {
    await client.end()
  }
}
