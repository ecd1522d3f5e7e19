import { setTimeout } from 'node:timers/promises'
import { Unavailable } from '@muster/core'
import { Client, DatabaseError, type Pool, type PoolClient } from 'pg'

/** How often is looked, and what has not come back after how long makes suspicious. */
const LOOK_MS = 500
const SUSPICIOUS_MS = 1_500

/**
 * How long a server may take to say that it is there, as so many short waits: one in which this process stood still counts no more than the
 * others, so its own stall is not taken for the server's silence. With the above: whoever waits is told within 5 s.
 */
const WAITS = 10
const WAIT_MS = 250

/** Starts, stops or recovers: such a server answers, but nobody's questions. */
const STOPPING = /^57P0/

/** Something that waits for the server. */
interface Errand {
  /** When it began, or the server was last known to be there, in ms of the process. */
  since: number
  /** Lets it fail as {@link Unavailable}. */
  readonly sever: () => void
}

/**
 * A pool that notices that its server is gone without a word: stopped, or behind a network that swallows everything. TCP would let a statement wait for
 * minutes. Here a statement that takes long makes us ask the server, on a connection of its own, whether it is there. If not,
 * all that waits fails, and so does at once what comes until the server answers. A statement that merely takes long goes on.
 */
export class WatchedPool {
  readonly #pool: Pool
  readonly #errands = new Set<Errand>()
  readonly #looking: NodeJS.Timeout
  #away = false
  #asking = false

  constructor(pool: Pool) {
    this.#pool = pool
    this.#looking = globalThis.setInterval(() => void this.#look(), LOOK_MS).unref()
  }

  /** Does `work` on a connection of its own. `endedBy` leaves it as it should be after a failure, or gives why it cannot be used again. */
  async use<T>(
    work: (client: PoolClient) => Promise<T>,
    endedBy: (client: PoolClient, error: unknown) => Promise<Error | undefined>,
  ): Promise<T> {
    const client = await this.#connect()
    const errand = this.#add(() => void endOf(client))
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      broken = await endedBy(client, error)
      throw error
    } finally {
      this.#errands.delete(errand)
      client.release(broken)
    }
  }

  close(): void {
    clearInterval(this.#looking)
  }

  async #connect(): Promise<PoolClient> {
    if (this.#away) throw away()
    const { promise: severed, reject } = Promise.withResolvers<never>()
    const errand = this.#add(() => reject(away()))
    const connecting = this.#pool.connect()
    try {
      return await Promise.race([connecting, severed])
    } catch (error) {
      // What comes too late is not lost to the pool.
      connecting.then(
        (client) => client.release(),
        () => {},
      )
      throw error
    } finally {
      this.#errands.delete(errand)
    }
  }

  #add(sever: () => void): Errand {
    const errand = { since: performance.now(), sever }
    this.#errands.add(errand)
    return errand
  }

  async #look(): Promise<void> {
    const askedAt = performance.now()
    const suspicious = [...this.#errands].some(({ since }) => askedAt - since > SUSPICIOUS_MS)
    if (this.#asking || !(this.#away || suspicious)) return
    this.#asking = true
    this.#away = !(await isThere(this.#pool))
    this.#asking = false
    for (const errand of this.#errands) {
      if (errand.since > askedAt) continue
      if (this.#away) errand.sever()
      else errand.since = askedAt
    }
  }
}

function away(): Unavailable {
  return new Unavailable('The database is away', { retryAfterSeconds: 1 })
}

/** Ends a connection with whatever it waits for. */
async function endOf(client: PoolClient): Promise<void> {
  // What the pool gives out is a Client. Its `end` does not wait for an answer where one is due.
  await (client as unknown as Client).end()
}

/** Whether the server answers, be it with a refusal. */
async function isThere({ options }: Pool): Promise<boolean> {
  const client = new Client({
    ...options,
    // The pool hides it from whoever lists its options.
    ...(options.password === undefined ? {} : { password: options.password }),
    // The clock of these runs on while this process stands still.
    connectionTimeoutMillis: 0,
    query_timeout: 0,
  })
  client.on('error', () => {})
  const asked = ask(client)
  const answered = await Promise.race([asked, patience()])
  if (answered) client.end().catch(() => {})
  // A server that is silent would not say goodbye either.
  else client.connection.stream.destroy()
  return answered
}

async function ask(client: Client): Promise<boolean> {
  try {
    await client.connect()
    await client.query('select 1')
    return true
  } catch (error) {
    return error instanceof DatabaseError && !STOPPING.test(error.code ?? '')
  }
}

async function patience(): Promise<false> {
  for (let waits = 0; waits < WAITS; waits++) await setTimeout(WAIT_MS, undefined, { ref: false })
  return false
}
