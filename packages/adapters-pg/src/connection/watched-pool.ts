import { setTimeout } from 'node:timers/promises'
import { BusyError, UnavailableError } from '@muster/core'
import type { Logger } from '@muster/core/ports'
import { plainError } from '@muster/core/support'
import pg, { type Pool, type PoolClient } from 'pg'
import { isCrowded, isReadOnly, toMusterError } from '../errors/errors.ts'
import { ConnectionGate } from './connection-gate.ts'
import { isPooled, pidOf } from './pooler.ts'

/** How often is looked, and what has not come back after how long makes suspicious. */
const LOOK_MS = 500
const SUSPICIOUS_MS = 1_500

/**
 * How long a server may take to say that it is there, as so many short waits: one in which this process stood still counts no more than the
 * others, so its own stall is not taken for the server's silence. With the above: a caller that waits is told within 5 s.
 */
const WAITS = 10
const WAIT_MS = 250

/** Starts, stops or recovers: such a server answers, but nobody's questions. */
const STOPPING = /^57P0/

/** How long somebody waits for a connection, and then for what the server is just being asked: so a caller that waits is told within 5 s. */
const CONNECTION_PATIENCE_MS = 4_000
/** Between two tries where a server has no connection to give and none is in hand. */
const CROWDED_MS = 100
/** How long the pool makes do with what it was found to get, before it asks for one more. */
const WIDEN_MS = 2_000
const NONE_TO_SPARE = 'The database has no connection to spare'
/** How long a new connection may go without its first answer, before it is held against what others are answered meanwhile. */
const FIRST_ANSWER_MS = 1_000
const GREETING_LOOK_MS = 100
/** Of `pg`. */
const DEFAULT_POOL_SIZE = 10

/** Whether a server is there, and whether it takes writes. `unanswered`: a pooler lets in, and nobody behind it answers. */
type State = 'well' | 'readOnly' | 'unanswered' | 'away'

/** Something that waits for the server. */
interface Errand {
  /** When it began, or the server was last known to be there, in ms of the process. */
  since: number
  /** Lets it fail as {@link UnavailableError}. */
  readonly sever: () => void
}

/**
 * A pool that notices that its server is gone without a word: stopped, or behind a network that swallows everything. TCP would let a statement wait for
 * minutes. Here a statement that takes long makes us ask the server, on a connection of its own, whether it is there. If not,
 * all that waits fails, and so does at once what comes until the server answers. A statement that merely takes long goes on.
 *
 * A server that takes no writes is as good as gone: it may be what was the primary until a moment ago. Connections from before such a time are
 * not used after it, since the address may lead elsewhere now.
 *
 * A server may have fewer connections to give than the pool may hold. Then those in hand are waited for, and now and then one more is asked for.
 * A pooler does not say so: it lets a connection in and answers nothing on it, while others of ours are answered.
 */
export class WatchedPool {
  readonly #pool: Pool
  readonly #errands = new Set<Errand>()
  readonly #looking: NodeJS.Timeout
  readonly #gate: ConnectionGate
  readonly #most: number
  readonly #logger: Logger | undefined
  #state: State = 'well'
  /** The question that the server is being asked, until it is known how it is. */
  #question: Promise<void> | undefined
  /** Counts the times that the server was not well. */
  #era = 0
  readonly #eras = new WeakMap<PoolClient, number>()
  readonly #greeted = new WeakSet<PoolClient>()
  #inHand = 0
  /** When the server last answered, in ms of the process. */
  #heardAt = 0
  #isPooled = false
  /** When the pool last asked for more connections than it was found to get, and how many that was; undefined: it gets all. */
  #short: { since: number; got: number } | undefined

  constructor(pool: Pool, logger?: Logger) {
    this.#pool = pool
    this.#logger = logger
    this.#most = pool.options.max ?? DEFAULT_POOL_SIZE
    this.#gate = new ConnectionGate(this.#most)
    this.#looking = globalThis.setInterval(() => void this.#look(), LOOK_MS).unref()
  }

  /** Does `work` on a connection of its own, `first` before all who wait. `endedBy` leaves it as it should be after a failure, or gives why it cannot be used again. */
  async use<T>(
    work: (client: PoolClient) => Promise<T>,
    endedBy: (client: PoolClient, error: unknown) => Promise<Error | undefined>,
    { first = false } = {},
  ): Promise<T> {
    const client = await this.#connect(first)
    const errand = this.#add(() => void endOf(client))
    let broken: Error | undefined
    try {
      const result = await work(client)
      this.#heardAt = performance.now()
      return result
    } catch (error) {
      broken = await endedBy(client, error)
      if (broken === undefined) this.#heardAt = performance.now()
      if (broken !== undefined && isReadOnly(toMusterError(error))) this.#turn('readOnly')
      throw error
    } finally {
      this.#errands.delete(errand)
      this.#release(client, broken)
    }
  }

  /** There are no more connections than those in hand, as far as is known. */
  makeDoWithThese(): void {
    this.#makeDo(new Error(NO_SESSION))
  }

  close(): void {
    clearInterval(this.#looking)
  }

  /** @throws BusyError if all connections are in use for too long; UnavailableError if none is to be had */
  async #connect(urgent: boolean): Promise<PoolClient> {
    const tooLate = AbortSignal.timeout(CONNECTION_PATIENCE_MS)
    for (let first = urgent; ; first = true) {
      this.#assertWell()
      if (!(await this.#enter(tooLate, first))) throw await this.#tooLate()
      try {
        return await this.#connectInside(tooLate)
      } catch (error) {
        this.#gate.leave()
        if (!isCrowded(error) || tooLate.aborted) throw error
        this.#makeDo(error)
        if (this.#inHand === 0) await setTimeout(CROWDED_MS)
      }
    }
  }

  async #enter(tooLate: AbortSignal, first: boolean): Promise<boolean> {
    const severed = new AbortController()
    const errand = this.#add(() => severed.abort())
    try {
      const entered = await this.#gate.enter(AbortSignal.any([tooLate, severed.signal]), { first })
      if (!entered && severed.signal.aborted) throw refusalOf(this.#state)
      return entered
    } finally {
      this.#errands.delete(errand)
    }
  }

  /** A connection of the present time. */
  async #connectInside(tooLate: AbortSignal): Promise<PoolClient> {
    for (;;) {
      const client = await this.#connectOnce(tooLate)
      await this.#greet(client, tooLate)
      if (this.#eras.get(client) === undefined) this.#eras.set(client, this.#era)
      this.#inHand++
      if (this.#eras.get(client) === this.#era) {
        this.#got()
        return client
      }
      this.#inHand--
      client.release(new Error('The connection is from before the server was not well'))
    }
  }

  async #connectOnce(tooLate: AbortSignal): Promise<PoolClient> {
    const { promise: severed, reject } = Promise.withResolvers<never>()
    const errand = this.#add(() => reject(refusalOf(this.#state)))
    // A server that has just refused one connection too many is there.
    const isCrowdedOut = (): boolean => this.#pool.waitingCount > 0 || this.#short !== undefined
    const giveUp = (): void =>
      isCrowdedOut() ? void this.#tooLate().then(reject) : reject(refusalOf('away'))
    tooLate.addEventListener('abort', giveUp, { once: true })
    const connecting = this.#pool.connect()
    try {
      return await Promise.race([connecting, severed])
    } catch (error) {
      // A connection that comes too late is not lost to the pool.
      connecting.then(
        (client) => client.release(),
        () => {},
      )
      throw error
    } finally {
      this.#errands.delete(errand)
      tooLate.removeEventListener('abort', giveUp)
    }
  }

  /** Waits for the first answer on a connection, which a pooler gives when it has a session for it. */
  async #greet(client: PoolClient, tooLate: AbortSignal): Promise<void> {
    if (this.#greeted.has(client)) return
    const { promise: severed, reject } = Promise.withResolvers<never>()
    const errand = this.#add(() => reject(refusalOf(this.#state)))
    const giveUp = (): void =>
      this.#inHand > 0 ? void this.#tooLate().then(reject) : reject(refusalOf('unanswered'))
    const begunAt = performance.now()
    const looking = globalThis.setInterval(() => {
      const waitedFor = performance.now() - begunAt
      const isThere = this.#pool.idleCount > 0 || this.#heardAt > begunAt + GREETING_LOOK_MS
      if (waitedFor > FIRST_ANSWER_MS && isThere) reject(crowdedOut())
    }, GREETING_LOOK_MS)
    tooLate.addEventListener('abort', giveUp, { once: true })
    try {
      const pid = await Promise.race([pidOf(client), severed])
      this.#isPooled = isPooled(client, pid)
      this.#greeted.add(client)
      this.#heardAt = performance.now()
    } catch (error) {
      // A caller that waits for a session keeps its place in the line until its connection ends.
      client.release(error instanceof Error ? error : new Error(String(error)))
      throw error
    } finally {
      clearInterval(looking)
      this.#errands.delete(errand)
      tooLate.removeEventListener('abort', giveUp)
    }
  }

  /** Why there was no connection in time. That all are in use may mean that the server is silent: if it is being asked, its answer is waited for. */
  async #tooLate(): Promise<UnavailableError> {
    await this.#question
    if (this.#state !== 'well') return refusalOf(this.#state)
    const says = this.#inHand > 0 ? 'All connections to the database are in use' : NONE_TO_SPARE
    const Refusal = this.#inHand > 0 ? BusyError : UnavailableError
    return new Refusal(says, { retryAfterSeconds: 1 })
  }

  #release(client: PoolClient, broken: Error | undefined): void {
    this.#inHand--
    client.release(broken)
    this.#gate.leave()
  }

  /** Goes on with the connections in hand, and says so once. */
  #makeDo(error: unknown): void {
    this.#gate.narrow(this.#inHand)
    if (this.#short === undefined) {
      this.#logger?.warn(
        { err: plainError(error), poolSize: this.#most },
        `The database gives this process fewer connections than its pool may open (poolSize ${this.#most}; MUSTER_POSTGRES_CONNECTIONS of the reference server): it makes do with what it gets. Lower that, or raise the limit of the role, the database, the server or the pooler (default_pool_size of PgBouncer)`,
      )
    }
    this.#short = { since: performance.now(), got: this.#inHand }
  }

  /** One that was got beyond those known to be had says that there may be more. */
  #got(): void {
    this.#gate.widen(this.#inHand)
    if (this.#short === undefined || this.#inHand <= this.#short.got) return
    this.#short.got = this.#inHand
    this.#gate.widen(this.#inHand + 1)
    if (this.#inHand < this.#most) return
    this.#short = undefined
    this.#logger?.info({ poolSize: this.#most }, 'The database gives this process all connections again')
  }

  #assertWell(): void {
    if (this.#state !== 'well') throw refusalOf(this.#state)
  }

  #add(sever: () => void): Errand {
    const errand = { since: performance.now(), sever }
    this.#errands.add(errand)
    return errand
  }

  async #look(): Promise<void> {
    const askedAt = performance.now()
    if (this.#short && askedAt - this.#short.since > WIDEN_MS && this.#gate.isTooNarrow) {
      this.#short.since = askedAt
      this.#gate.widen(this.#gate.width + 1)
    }
    const suspicious = [...this.#errands].some(({ since }) => askedAt - since > SUSPICIOUS_MS)
    if (this.#question || !(this.#state !== 'well' || suspicious)) return
    this.#question = this.#ask(askedAt)
    await this.#question
    this.#question = undefined
  }

  async #ask(askedAt: number): Promise<void> {
    const state = await this.#stateNow(askedAt)
    this.#turn(state)
    for (const errand of this.#errands) {
      if (errand.since > askedAt) continue
      if (state === 'well') errand.since = askedAt
      else errand.sever()
    }
  }

  /** A pooler that has no session for the question says nothing of the server: then what others are answered does. */
  async #stateNow(askedAt: number): Promise<State> {
    const byIdle = this.#isPooled && this.#state === 'well' ? this.#isIdleAnswered() : false
    const state = await stateOf(this.#pool)
    if (state !== 'unanswered' || this.#state !== 'well') return state
    const isThere = this.#heardAt > askedAt || this.#short !== undefined || (await byIdle)
    return isThere ? 'well' : state
  }

  /** Whether a connection that nobody uses is answered. */
  async #isIdleAnswered(): Promise<boolean> {
    if (this.#pool.idleCount === 0) return false
    const client = await this.#pool.connect().catch(() => undefined)
    if (client === undefined) return false
    const pid = await Promise.race([pidOf(client).catch(() => undefined), patience()])
    const isAnswered = typeof pid === 'number'
    client.release(isAnswered ? undefined : new Error('The connection is silent'))
    return isAnswered
  }

  #turn(state: State): void {
    if (this.#state === 'well' && state !== 'well') void this.#dropIdle()
    if (this.#state !== 'well' && state === 'well') this.#era++
    this.#state = state
  }

  /** Ends what is not used after this anyway, and might hold the session that a pooler would give to the question how the server is. */
  async #dropIdle(): Promise<void> {
    for (let idle = this.#pool.idleCount; idle > 0 && this.#pool.idleCount > 0; idle--) {
      const client = await this.#pool.connect().catch(() => undefined)
      const isOurs = client !== undefined && this.#eras.has(client)
      client?.release(isOurs ? new Error('The server is not well') : undefined)
    }
  }
}

const NO_SESSION =
  'The pooler before the database gives no session: its pool (default_pool_size of PgBouncer) must hold the connections of all processes'

const SAYS: Readonly<Record<State, string>> = {
  well: 'The database is away',
  away: 'The database is away',
  readOnly: 'The database takes no writes now',
  unanswered: `The database is away, or waited for in vain. ${NO_SESSION}`,
}

function refusalOf(state: State): UnavailableError {
  return new UnavailableError(SAYS[state], { retryAfterSeconds: 1 })
}

/** As a server says it that has no connection to give. */
function crowdedOut(): Error {
  return Object.assign(new Error(NO_SESSION), { code: '53300' })
}

/** Ends a connection with whatever it waits for. */
async function endOf(client: PoolClient): Promise<void> {
  // The pool gives out Clients. Their `end` does not wait for an answer if one is due.
  await (client as unknown as pg.Client).end()
}

/** How the server is, which is well, too, if it has no connection to spare or refuses us for another reason. */
async function stateOf({ options }: Pool): Promise<State> {
  const client = new pg.Client({
    ...options,
    // The pool hides it from lists of its options.
    ...(options.password === undefined ? {} : { password: options.password }),
    // The clock of these runs on while this process stands still.
    connectionTimeoutMillis: 0,
    query_timeout: 0,
  })
  client.on('error', () => {})
  let isIn = false
  client.once('connect', () => {
    isIn = true
  })
  const answer = await Promise.race([ask(client), patience()])
  const state = answer === 'away' && isIn ? 'unanswered' : answer
  if (state === 'well' || state === 'readOnly') client.end().catch(() => {})
  // A server that is silent would not say goodbye either.
  else client.connection.stream.destroy()
  return state
}

async function ask(client: pg.Client): Promise<State> {
  try {
    await client.connect()
    const { rows } = await client.query<{ refused: string }>(IS_READ_ONLY)
    return rows[0]?.refused === 'on' ? 'readOnly' : 'well'
  } catch (error) {
    return error instanceof pg.DatabaseError && !STOPPING.test(error.code ?? '') ? 'well' : 'away'
  }
}

const IS_READ_ONLY = "select current_setting('transaction_read_only') as refused"

async function patience(): Promise<State> {
  for (let waits = 0; waits < WAITS; waits++) await setTimeout(WAIT_MS, undefined, { ref: false })
  return 'away'
}
