import {
  type Proxy as Address,
  fence,
  openProxy,
  type Postgres,
  postgresTools,
  type SmallDisk,
  startOwnPostgres,
} from '@muster/test-services'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { type OwnRedis, openOwnRedis } from '../own-redis.ts'

/** The role and the database that Muster has, on every server that its address has led to. */
const ROLE = 'muster'
const DATABASE = 'muster'

/** Connections of the role while they are limited: fewer than the pools of two processes want. */
const FEW = 4

/** A Postgres behind an address that can lead elsewhere, and a Redis: what a round harms. */
export class Backends {
  readonly redis: OwnRedis
  readonly #address: Address
  #postgres: Postgres
  readonly #started: Postgres[]
  readonly #disk: SmallDisk | undefined

  private constructor(postgres: Postgres, address: Address, redis: OwnRedis, disk: SmallDisk | undefined) {
    this.#disk = disk
    this.#postgres = postgres
    this.#started = [postgres]
    this.#address = address
    this.redis = redis
  }

  /** On a `disk` that is theirs to fill, if one is given; it is removed with them. */
  static async open(disk?: SmallDisk): Promise<Backends> {
    const postgres = await startOwn(disk)
    await asAdmin(postgres, 'postgres', [
      `create role ${ROLE} login`,
      `create database ${DATABASE} owner ${ROLE}`,
    ])
    return new Backends(postgres, await openProxy(postgres.connectionString), await openOwnRedis(), disk)
  }

  /** What Muster connects to. */
  get url(): string {
    return asMuster(this.#address.url)
  }

  /** The server behind it now, with the rights of its owner. */
  get adminUrl(): string {
    return databaseOf(this.#postgres.connectionString)
  }

  async close(): Promise<void> {
    await this.#address.close()
    await this.redis.stop()
    for (const postgres of this.#started.toReversed()) await postgres.stop()
    await this.#disk?.remove()
  }

  /** Takes no writes until {@link allowWrites}. */
  async refuseWrites(): Promise<void> {
    await fence(this.#postgres.connectionString)
  }

  async allowWrites(): Promise<void> {
    await this.#asServer([
      'set default_transaction_read_only = off',
      'alter system reset default_transaction_read_only',
      'select pg_reload_conf()',
    ])
  }

  /** Makes a standby the server that takes writes. The address leads to the old one, which takes none, until {@link leadToNew}. */
  async promoteStandby(): Promise<void> {
    if (this.#postgres.follow === undefined) throw new RangeError('This Postgres has no standby')
    const standby = await this.#postgres.follow()
    this.#started.push(standby)
    await fence(this.#postgres.connectionString)
    await standby.promote()
    this.#next = standby
  }

  #next: Postgres | undefined

  async leadToNew(): Promise<void> {
    if (this.#next === undefined) throw new RangeError('No other Postgres has been made')
    this.#address.lead(this.#next.connectionString)
    this.#postgres = this.#next
    this.#next = undefined
  }

  /** Copies everything by dump and restore to a server of its own, and ends the old one. Nothing must be written meanwhile. */
  async restoreElsewhere(): Promise<void> {
    const old = this.#postgres
    const fresh = await startOwn(this.#disk)
    this.#started.push(fresh)
    await asAdmin(fresh, 'postgres', [
      `create role ${ROLE} login`,
      `create database ${DATABASE} owner ${ROLE}`,
    ])
    const tools = postgresTools()
    if ('missing' in tools) throw new Error(tools.missing)
    await tools.copy(databaseOf(old.connectionString), asMuster(fresh.connectionString))
    this.#address.lead(fresh.connectionString)
    this.#postgres = fresh
    await old.stop()
  }

  async limitConnections(): Promise<void> {
    await this.#asServer([
      `alter role ${ROLE} connection limit ${FEW}`,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${ROLE}'`,
    ])
  }

  async allowConnections(): Promise<void> {
    await this.#asServer([`alter role ${ROLE} connection limit -1`])
  }

  /** Leaves no room where the database keeps its files, until {@link makeRoom}. */
  async fillDisk(): Promise<void> {
    if (this.#disk === undefined) throw new RangeError('There is no disk to fill')
    await this.#disk.fill(0)
  }

  /** A server that could not even recover for lack of room is started again. */
  async makeRoom(): Promise<void> {
    await this.#disk?.clear()
    await this.crash()
  }

  async crash(): Promise<void> {
    await this.#postgres.crash?.()
  }

  /** How the way to Postgres is. */
  way(way: Parameters<Address['set']>[0]): void {
    this.#address.set(way)
  }

  async fillRedis(): Promise<void> {
    await this.#setRedis('1')
  }

  async emptyRedis(): Promise<void> {
    await this.#setRedis('0')
  }

  async #setRedis(maxmemory: string): Promise<void> {
    const client = new Redis(this.redis.url)
    await client.config('SET', 'maxmemory', maxmemory).finally(() => client.disconnect())
  }

  #asServer(statements: readonly string[]): Promise<void> {
    return asAdmin(this.#postgres, 'postgres', statements)
  }
}

function startOwn(disk: SmallDisk | undefined): Promise<Postgres> {
  return startOwnPostgres({ settings: { fsync: 'off' }, ...(disk && { folder: disk.folder }) })
}

async function asAdmin(
  { connectionString }: Postgres,
  database: string,
  statements: readonly string[],
): Promise<void> {
  const url = new URL(connectionString)
  url.pathname = `/${database}`
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

function databaseOf(connectionString: string): string {
  const url = new URL(connectionString)
  url.pathname = `/${DATABASE}`
  return url.href
}

function asMuster(connectionString: string): string {
  const url = new URL(databaseOf(connectionString))
  url.username = ROLE
  return url.href
}
