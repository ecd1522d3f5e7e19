import { type Logger, Outages } from '@muster/core'
import { systemClock } from '@muster/core/container'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { BACKEND, isAway, toUnavailable } from './errors.ts'

/**
 * Where Redis is: a url (`redis://` or, encrypted, `rediss://`), or an open client, of which own connections are made. The client stays the
 * host's to close.
 */
export type RedisTarget = { readonly url: string } | { readonly client: Redis | Cluster }

type Settings = Pick<
  RedisOptions,
  'maxRetriesPerRequest' | 'enableOfflineQueue' | 'commandTimeout' | 'socketTimeout'
>

/** How long a call waits for a connection that is being made, and then for its answer. */
const PATIENCE_MS = 2_000

/** Longer than the longest blocking read, of 5 s: who hears nothing for so long hears nothing any more. */
const SILENCE_MS = 7_000

/** Redis 7 brought sharded pub/sub. */
const OLDEST = 7

/**
 * The connections of one process. All come back by themselves when Redis was away; that is said once when it begins and once when it
 * ends, however many connections it concerns.
 */
export class RedisConnections {
  /** For producers and whoever waits for an answer: fails within {@link PATIENCE_MS}, and keeps nothing for later. */
  readonly commands: Redis | Cluster
  /** For consumers: waits as long as Redis is away. */
  readonly patient: Redis | Cluster
  /** Resolves once `commands` was connected for the first time, or is late: whatever fails after it fails because Redis is away. */
  readonly started: Promise<void>
  readonly #target: RedisTarget
  readonly #logger: Logger
  readonly #opened: (Redis | Cluster)[] = []
  #outages: Outages
  #subscriber: Redis | Cluster | undefined
  #checked = false
  #closed = false

  /** @param outages shared with Muster, so that the process tells once that Redis is away; `redisModule` shares Muster's */
  constructor(target: RedisTarget, logger: Logger, outages?: Outages) {
    this.#target = target
    this.#logger = logger
    this.#outages = outages ?? new Outages({ logger, clock: systemClock })
    this.commands = this.#open({
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: PATIENCE_MS,
    })
    this.patient = this.#open({ maxRetriesPerRequest: null, socketTimeout: SILENCE_MS })
    this.commands.on('ready', () => void this.#check())
    this.started = this.ready().then(
      () => {},
      () => {},
    )
  }

  /** The connection that only listens; opened when first asked for. */
  get subscriber(): Redis | Cluster {
    this.#subscriber ??= this.#open({ maxRetriesPerRequest: null })
    return this.#subscriber
  }

  /**
   * The connection for commands, connected.
   * @throws Error of ioredis when there is none within {@link PATIENCE_MS}
   */
  async ready(): Promise<Redis | Cluster> {
    const client = this.commands
    if (isConnected(client)) return client
    if (this.#closed) throw new Error('Connection is closed.')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error('Command timed out')), PATIENCE_MS)
    client.once('ready', resolve)
    try {
      await promise
      return client
    } finally {
      clearTimeout(timer)
      client.off('ready', resolve)
    }
  }

  /**
   * Asks Redis whether it is there.
   * @throws Unavailable when it is not, within 4 s
   */
  async check(): Promise<void> {
    try {
      await (await this.ready()).ping()
      this.#outages.worked(BACKEND)
    } catch (error) {
      throw toUnavailable('Redis is away', error)
    }
  }

  /** Ends every connection at once; what waits on one is rejected. Can be called twice. */
  close(): void {
    this.#closed = true
    this.#outages.close()
    for (const client of this.#opened) client.disconnect()
  }

  #open(settings: Settings): Redis | Cluster {
    const client = connect(this.#target, settings)
    // BullMQ adds a few listeners for each type, and to the limit as many; so 0, which means none, would become one.
    client.setMaxListeners(Number.POSITIVE_INFINITY)
    client.on('error', (error) => this.failed(error))
    client.on('ready', () => this.#found())
    this.#opened.push(client)
    return client
  }

  /** From now on outages are reported there. */
  reportTo(outages: Outages): void {
    this.#outages = outages
  }

  /** A command or a connection failed: told once however many do. */
  failed(error: unknown): void {
    if (this.#closed) return
    const why = isAway(error)
      ? 'Redis is away: workers take jobs from the store, all else goes on'
      : 'Redis refuses us'
    this.#outages.failed(toUnavailable(why, error))
  }

  /** A command was answered. */
  worked(): void {
    this.#outages.worked(BACKEND)
  }

  #found(): void {
    if (this.#opened.every(isConnected)) this.worked()
  }

  /** Says, once, what about the server would lose work or not work at all. */
  async #check(): Promise<void> {
    if (this.#checked) return
    this.#checked = true
    try {
      const told = await this.commands.info()
      const policy = field(told, 'maxmemory_policy')
      if (policy !== undefined && policy !== 'noeviction') {
        this.#logger.warn(
          { policy },
          `Redis may throw away deliveries when its memory is full (maxmemory-policy ${policy}): set it to noeviction`,
        )
      }
      const version = field(told, 'redis_version')
      if (version !== undefined && Number.parseInt(version, 10) < OLDEST) {
        this.#logger.warn(
          { version },
          `Redis ${version} has no sharded pub/sub: Muster wants ${OLDEST} or newer`,
        )
      }
    } catch (error) {
      this.#checked = false
      this.failed(error)
    }
  }
}

/** A cluster's client takes nothing at `connect` yet: it still asks whether the cluster is well. */
function isConnected(client: Redis | Cluster): boolean {
  return client.status === 'ready'
}

function connect(target: RedisTarget, settings: Settings): Redis | Cluster {
  const ofNode = { ...settings, connectTimeout: PATIENCE_MS, keepAlive: 5_000 }
  const retryStrategy = (times: number): number => Math.min(1_000, 25 * 2 ** Math.min(times, 10))
  if ('url' in target) return new Redis(target.url, { ...ofNode, retryStrategy })
  const { client } = target
  if (!(client instanceof Cluster)) return client.duplicate({ ...ofNode, retryStrategy })
  const { enableOfflineQueue = true, ...redisOptions } = ofNode
  // BullMQ and we read replies in the shape that ioredis gives by default.
  const { replyMapping: _, ...ofClient } = client.options.redisOptions ?? {}
  return client.duplicate([], {
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    shardedSubscribers: true,
    redisOptions: { ...ofClient, ...redisOptions },
  })
}

/** A field of what INFO answers: `name:value` lines. */
function field(told: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(told)?.[1]
}
