import { MisconfiguredError } from '@muster/core'
import type { Logger } from '@muster/core/ports'
import { assertOptions, type OptionRule, Outages, option, plainError } from '@muster/core/support'
import { systemClock } from '@muster/host'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { BACKEND, meaningOf, toUnavailable } from './errors.ts'
import { Silence } from './silence.ts'

/**
 * Where Redis is: a url (`redis://` or, encrypted, `rediss://`), or an open client, of which own connections are made. The client stays the
 * host's to close.
 */
export type RedisTarget = { readonly url: string } | { readonly client: Redis | Cluster }

/** Version 4 of ioredis does not say of a client whether it is a cluster's, and other drivers define no commands. */
export const CLIENT: OptionRule = {
  rule: 'a client of ioredis 5 or 6',
  holds: (value) =>
    option.having('duplicate', 'defineCommand').holds(value) &&
    typeof (value as { readonly isCluster?: unknown }).isCluster === 'boolean',
}

type Settings = Pick<
  RedisOptions,
  'maxRetriesPerRequest' | 'enableOfflineQueue' | 'commandTimeout' | 'socketTimeout'
>

/** How long a call waits for a connection that is being made, and then for its answer. */
const PATIENCE_MS = 2_000

/** How long an attempt to connect may take. ioredis counts also the time in which this process was held up, and gives the connection up then, though it stands. */
const CONNECT_MS = 10_000

/** How long after Redis was lost a call waits that knows of a refused attempt to connect: a restart takes less. */
const REFUSED_MS = 500

/** Longer than the longest blocking read, of 5 s: a connection that hears nothing for so long is dead. */
const SILENCE_MS = 7_000

/** A server that only reads may be one that no longer is what the address leads to: for a moment every so often, each connection to it is made anew. */
const RECONNECT_EVERY_MS = 5_000
const RECONNECT_FOR_MS = 500

/** How long what a check writes is kept. */
export const CHECK_KEPT_MS = 10_000

/** Redis 7 brought sharded pub/sub. */
const OLDEST = 7

/**
 * The connections of one process. All come back by themselves when Redis was away; that is said once when it begins and once when it
 * ends, however many connections it concerns.
 */
export class RedisConnections {
  /** For producers and others that wait for an answer: fails within {@link PATIENCE_MS}, at once if Redis has been away for longer, and keeps nothing for later. */
  readonly commands: Redis | Cluster
  /** For consumers: waits as long as Redis is away. */
  readonly patient: Redis | Cluster
  /** Resolves once `commands` was connected for the first time, or is late: whatever fails after it fails because Redis is away. */
  readonly started: Promise<void>
  readonly #target: RedisTarget
  readonly #logger: Logger
  readonly #opened: (Redis | Cluster)[] = []
  #outages: Outages
  readonly #toldEarly = Promise.withResolvers<void>()
  #subscriber: Redis | Cluster | undefined
  /** For how long `commands` has not been connected, and why not. */
  readonly #lost = new Silence()
  #lostWhy: unknown
  /** A fault that no reconnect can change. */
  #unusable: unknown
  #misconfiguration: MisconfiguredError | undefined
  /** Whether the log says of this outage that a setting is the reason. */
  #settingTold = false
  #checked = false
  #closed = false

  /** @param outages shared with Muster, so that the process tells once that Redis is away; `redisModule` shares Muster's */
  constructor(target: RedisTarget, logger: Logger, outages?: Outages) {
    if ('url' in target) assertUrl(target.url)
    else assertOptions('RedisConnections', target, { client: CLIENT })
    this.#target = target
    this.#logger = logger
    this.#outages = outages ?? new Outages({ logger, clock: systemClock })
    this.commands = this.#open({
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      commandTimeout: PATIENCE_MS,
      // A silent connection is dropped: later callers need not wait as well.
      socketTimeout: PATIENCE_MS,
    })
    this.#lost.begin()
    this.commands.on('close', () => {
      if (!this.#closed) this.#lost.begin()
    })
    this.commands.on('error', (error) => {
      this.#lostWhy = error
      this.#toldEarly.resolve()
    })
    this.commands.on('ready', () => {
      this.#lost.end()
      this.#lostWhy = undefined
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
   * @throws Error of ioredis when there has been none for {@link PATIENCE_MS}, or for {@link REFUSED_MS} if an attempt was refused
   */
  async ready(): Promise<Redis | Cluster> {
    const client = this.commands
    if (this.#unusable !== undefined) throw this.#unusable as Error
    if (isConnected(client)) return client
    if (this.#closed) throw new Error('Connection is closed.')
    const leftMs = (): number => (this.#lostWhy === undefined ? PATIENCE_MS : REFUSED_MS) - this.#lost.ms
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      clearTimeout(timer)
      const left = this.#closed ? 0 : leftMs()
      if (left <= 0) reject((this.#lostWhy as Error | undefined) ?? new Error('Command timed out'))
      else timer = setTimeout(look, left)
    }
    client.once('ready', resolve)
    client.on('error', look)
    look()
    try {
      await promise
      return client
    } finally {
      clearTimeout(timer)
      client.off('ready', resolve)
      client.off('error', look)
    }
  }

  /**
   * Whether Redis takes writes: one that is full or only reads answers, but neither delivers jobs nor counts requests.
   * @param prefix what the key begins with that is written and kept for some seconds; default `muster`
   * @throws UnavailableError when it does not, within 4 s
   */
  async check(prefix: string = 'muster'): Promise<void> {
    try {
      await (await this.ready()).set(`${prefix}:check`, '1', 'PX', CHECK_KEPT_MS)
      this.#outages.worked(BACKEND)
    } catch (error) {
      throw toUnavailable(meaningOf(error).says, error)
    }
  }

  /**
   * Resolves once it is known whether Redis lets this process in, or Redis is away.
   * @throws MisconfiguredError if a setting must change first
   */
  async admitted(): Promise<void> {
    await Promise.race([this.started, this.#toldEarly.promise])
    if (isConnected(this.commands)) await this.check().catch((refusal: Error) => this.failed(refusal.cause))
    if (this.#misconfiguration) throw this.#misconfiguration
  }

  /** Ends every connection at once; what waits on one is rejected. Can be called twice. */
  close(): void {
    this.#closed = true
    this.#lost.end()
    this.#outages.close()
    for (const client of this.#opened) client.disconnect()
  }

  #open(settings: Settings): Redis | Cluster {
    const client = connect(this.#target, settings)
    // BullMQ adds a few listeners for each type, and to the limit as many; so 0, which means none, would become one.
    client.setMaxListeners(Number.POSITIVE_INFINITY)
    client.on('error', (error) => {
      this.failed(error)
      if (WRONG_DATABASE.test(String(error.message))) this.#abandon(error)
    })
    client.on('ready', () => this.#found())
    this.#opened.push(client)
    return client
  }

  /** ioredis would go on in database 0, which may be somebody else's. */
  #abandon(error: unknown): void {
    if (this.#unusable !== undefined) return
    this.#unusable = error
    for (const client of this.#opened) client.disconnect()
  }

  /** From now on outages are reported there. */
  reportTo(outages: Outages): void {
    this.#outages = outages
  }

  /** A command or a connection failed: told once however many do, and once more where a setting turns out to be the reason. */
  failed(error: unknown): void {
    if (this.#closed) return
    const { means, says } = meaningOf(error)
    const what = means === 'fault' ? says : `${says}; workers take jobs from the store, all else goes on`
    const known = this.#outages.away.includes(BACKEND)
    if (!known) this.#settingTold = false
    if (means === 'misconfigured') {
      this.#misconfiguration ??= new MisconfiguredError(says, {}, { cause: plainError(error) })
      if (known && !this.#settingTold) this.#logger.warn({ err: this.#misconfiguration }, what)
      this.#settingTold = true
    }
    this.#outages.failed(toUnavailable(what, error))
  }

  /** A command was answered. */
  worked(): void {
    this.#misconfiguration = undefined
    this.#outages.worked(BACKEND)
  }

  #found(): void {
    if (this.#unusable === undefined && this.#opened.every(isConnected)) this.worked()
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

const WRONG_DATABASE =
  /^ERR (DB index is out of range|invalid DB index|SELECT is not allowed in cluster mode)/

/** Refuses an address that the client would misread: letters in the place of a database's number end the process. */
function assertUrl(url: unknown): void {
  const isOne =
    typeof url === 'string' &&
    URL.canParse(url) &&
    /^rediss?:$/.test(new URL(url).protocol) &&
    /^\/?\d{0,4}$/.test(new URL(url).pathname)
  if (isOne) return
  // It is not repeated: it may hold a password.
  throw new TypeError(
    `The url of Redis must be such as redis://:password@host:6379/0, with a number alone at its end; this one is ${typeof url === 'string' ? 'not' : String(url)}`,
  )
}

/** A cluster's client takes nothing at `connect` yet: it still asks whether the cluster is well. */
function isConnected(client: Redis | Cluster): boolean {
  return client.status === 'ready'
}

function connect(target: RedisTarget, settings: Settings): Redis | Cluster {
  let readOnlySince = 0
  const reconnectOnError = ({ message }: Error): boolean => {
    if (!message.startsWith('READONLY ')) return false
    if (Date.now() - readOnlySince > RECONNECT_EVERY_MS) readOnlySince = Date.now()
    return Date.now() - readOnlySince < RECONNECT_FOR_MS
  }
  const ofNode = { ...settings, connectTimeout: CONNECT_MS, keepAlive: 5_000, reconnectOnError }
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
