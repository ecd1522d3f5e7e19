import { startPostgres } from '@muster/test-services'
import { Client } from 'pg'
import { type OwnRedis, openOwnRedis } from './own-redis.ts'

/** What rounds of chaos run on. */
export interface Services {
  /** The connection string of a new, empty database, dropped at the end. */
  readonly freshDatabase: () => Promise<string>
  /** Undefined where the Postgres is not ours. */
  readonly crashPostgres: (() => Promise<void>) | undefined
  /** A Redis of our own, started when first asked for. */
  readonly redis: () => Promise<OwnRedis>
  close(): Promise<void>
}

/** Starts a Postgres, or takes that of `DATABASE_URL`. */
export async function openServices(): Promise<Services> {
  // What is killed here is processes, Postgres among them: what the operating system has been given is kept without a disk that confirms it.
  const postgres = await startPostgres({ settings: { max_connections: '200', fsync: 'off' } })
  const databases: string[] = []
  let redis: OwnRedis | undefined

  const asServer = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: postgres.connectionString })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  return {
    async freshDatabase() {
      const url = new URL(postgres.connectionString)
      const name = `muster_chaos_${process.pid}_${databases.length + 1}`
      await asServer(`create database ${name}`)
      databases.push(name)
      url.pathname = `/${name}`
      return url.href
    },
    crashPostgres: postgres.crash,
    async redis() {
      redis ??= await openOwnRedis()
      return redis
    },
    async close() {
      for (const name of databases) await asServer(`drop database if exists ${name} with (force)`)
      await redis?.stop()
      await postgres.stop()
    },
  }
}
