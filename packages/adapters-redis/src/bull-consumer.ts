import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { JobId } from '@muster/core'
import type { Consumer, Delivery, DeliveryHandler, Logger } from '@muster/core/ports'
import { deliveryRestMs, plainError } from '@muster/core/support'
import { type Job, Worker } from 'bullmq'
import type { RedisConnections } from './connections.ts'
import type { Slice, TypeQueue } from './type-queue.ts'

/** A message whose worker says nothing for so long is somebody else's: looked for every {@link STALLED_MS}, so found within the sum of both. */
const LOCK_MS = 5_000
const STALLED_MS = 2_500

/** A message that finds no free hand within this goes back to where idle workers see it. */
const KEEP_MS = 100

/** How long an idle consumer waits for a message before it asks anew, in seconds: a process that dies may take the sign that there is one with it. */
const BLOCK_S = 1

/** Longer than any wait for a message: BullMQ waits for one that rests, as long as {@link deliveryRestMs} says. A consumer that hears nothing for so long is not heard. */
const SILENCE_MS = 8_000

const REST_MS = 250
const CLOSE_MS = 1_000

/** A message that was taken. It is acknowledged with the last of its deliveries. */
interface Message {
  readonly job: Job<Slice>
  readonly token: string
  left: number
  /** Something of it must come again and could not be put back: so it is not acknowledged, and BullMQ gives it to the next. */
  spoilt: boolean
}

interface Held {
  readonly delivery: Delivery
  readonly message: Message
}

/**
 * Takes messages of one type while a hand is free, and works on what they carry, at most `hands` at once. Fetching by hand is BullMQ's own
 * pattern for this; its worker would count messages.
 */
export class BullConsumer implements Consumer {
  readonly #queue: TypeQueue
  readonly #connections: RedisConnections
  readonly #hands: number
  readonly #handler: DeliveryHandler
  readonly #logger: Logger
  readonly #worker: Worker<Slice>
  readonly #messages = new Set<Message>()
  readonly #loop: Promise<void>
  readonly #renewal: NodeJS.Timeout
  #held: Held[] = []
  #busy = 0
  #working = 0
  #started = 0
  #keeping: NodeJS.Timeout | undefined
  /** Acknowledgements on their way. */
  readonly #saying = new Set<Promise<void>>()
  #paused: boolean
  #stopped = false
  /** When the message that is waited for was asked for. */
  #askedAt: number | undefined
  /** Why asking failed the last time. */
  #failure: Error | undefined
  #wanted: (() => void) | undefined
  #idle: (() => void) | undefined
  #closed: Promise<void> | undefined

  constructor(
    queue: TypeQueue,
    connections: RedisConnections,
    hands: number,
    handler: DeliveryHandler,
    logger: Logger,
    paused: boolean,
  ) {
    this.#queue = queue
    this.#connections = connections
    this.#hands = hands
    this.#handler = handler
    this.#logger = logger
    this.#paused = paused
    this.#worker = new Worker<Slice>(queue.name, null, {
      connection: connections.patient,
      prefix: queue.prefix,
      autorun: false,
      skipVersionCheck: true,
      drainDelay: BLOCK_S,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      // How often a job may lose its worker is counted in the database, where it cannot be forgotten.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    })
    this.#worker.on('error', (error) => this.#failed(error, 'Taking deliveries failed'))
    void this.#worker.startStalledCheckTimer()
    this.#renewal = setInterval(() => void this.#renew(), LOCK_MS / 2)
    this.#loop = this.#fetch()
  }

  /** @throws the error with which taking a message failed last, or Error if nothing was heard for long */
  check(): void {
    if (this.#failure) throw this.#failure
    if (this.#askedAt !== undefined && Date.now() - this.#askedAt > SILENCE_MS) {
      throw new Error('Command timed out')
    }
  }

  /** Begins nothing until resumed. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#pump()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#stopped = true
    this.#wanted?.()
    clearTimeout(this.#keeping)
    await this.#putBack()
    if (this.#working > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    // Ends the read that blocks. A message that it brought in the last moment goes back.
    const ended = this.#worker.close(true).then(async () => {
      await this.#loop
      await this.#putBack()
      await Promise.all(this.#saying)
    })
    await Promise.race([ended, wait(CLOSE_MS, undefined, { ref: false })])
    clearInterval(this.#renewal)
  }

  /** Takes a message whenever a hand is free and nothing waits here for it. Never rejects. */
  async #fetch(): Promise<void> {
    while (!this.#stopped) {
      if (this.#paused || this.#busy >= this.#hands || this.#held.length > 0) {
        await new Promise<void>((resolve) => {
          this.#wanted = resolve
        })
        continue
      }
      const token = randomUUID()
      try {
        this.#askedAt = Date.now()
        const job: Job<Slice> | undefined = await this.#worker.getNextJob(token)
        this.#askedAt = undefined
        this.#failure = undefined
        if (job) await this.#take(job, token)
      } catch (error) {
        this.#askedAt = undefined
        this.#failure = error as Error
        this.#failed(error, 'Taking deliveries failed')
        await wait(REST_MS, undefined, { ref: false })
      }
    }
  }

  async #take(job: Job<Slice>, token: string): Promise<void> {
    const removed = await this.#removedOf(job.data)
    const kept = job.data.jobs.filter(([jobId]) => !removed.has(jobId))
    const message = { job, token, left: kept.length, spoilt: false }
    this.#messages.add(message)
    if (kept.length === 0) this.#acknowledge(message)
    for (const [jobId, lane] of kept) {
      this.#held.push({ delivery: { jobId, lane, type: this.#queue.type }, message })
    }
    this.#pump()
  }

  async #removedOf(slice: Slice): Promise<ReadonlySet<JobId>> {
    try {
      return await this.#queue.taken(slice)
    } catch (error) {
      // Whether a job may begin is for the database to say.
      this.#failed(error, 'Redis was not told of deliveries that were taken')
      return new Set()
    }
  }

  /** Gives what is held to free hands, asks for more where hands stay free, and lets go of what is held too long. */
  #pump(): void {
    const free = this.#paused || this.#stopped ? 0 : this.#hands - this.#busy
    if (free > 0 && this.#held.length > 0) {
      const batch = this.#held.length <= free ? this.#held : this.#held.slice(0, free)
      this.#held = batch === this.#held ? [] : this.#held.slice(free)
      this.#busy += batch.length
      this.#working += batch.length
      this.#started += batch.length
      for (const one of batch) void this.#work(one)
    }
    if (this.#held.length > 0) this.#keepAWhile()
    else if (this.#busy < this.#hands && !this.#paused) this.#wanted?.()
  }

  #keepAWhile(): void {
    if (this.#keeping || this.#stopped) return
    const startedBefore = this.#started
    this.#keeping = globalThis.setTimeout(() => {
      this.#keeping = undefined
      // Hands that took so many lately will have taken the rest before anybody else could.
      if (this.#started - startedBefore < this.#held.length) void this.#putBack()
      else if (this.#held.length > 0) this.#keepAWhile()
    }, KEEP_MS)
  }

  async #putBack(): Promise<void> {
    const held = this.#held
    if (held.length === 0) return
    this.#held = []
    try {
      await this.#queue.putBack(held.map(({ delivery }) => delivery))
    } catch (error) {
      this.#failed(error, 'Deliveries could not be put back: they come again when their lock ends')
      for (const { message } of held) message.spoilt = true
    }
    for (const { message } of held) this.#leave(message)
    if (!this.#stopped) this.#pump()
  }

  async #work({ delivery, message }: Held): Promise<void> {
    let released = false
    const release = (): void => {
      if (released) return
      released = true
      this.#busy--
      this.#pump()
    }
    try {
      await this.#handler(delivery, release)
    } catch {
      // Why is for the worker to say; here it only means that the delivery comes again.
      await this.#again(delivery, message)
    }
    this.#working--
    this.#leave(message)
    release()
    if (this.#working === 0) this.#idle?.()
  }

  async #again(delivery: Delivery, message: Message): Promise<void> {
    const rejected = message.job.data.rejected + 1
    const restMs = deliveryRestMs(rejected)
    try {
      await this.#queue.again(delivery, rejected, restMs)
    } catch (error) {
      this.#failed(error, 'A rejected delivery could not be put back: it comes again when its lock ends')
      message.spoilt = true
    }
  }

  /** Says something to Redis that nobody waits for, as soon as Redis is there. */
  #say(what: () => Promise<unknown>): void {
    const saying = what().then(
      () => void this.#saying.delete(saying),
      (error) => {
        this.#saying.delete(saying)
        // The lock had ended, or Redis forgot the message: it is somebody else's now, or nobody's.
        this.#logger.debug(
          { err: plainError(error), type: this.#queue.type },
          'A delivery could not be acknowledged',
        )
      },
    )
    this.#saying.add(saying)
  }

  /** One delivery of the message needs it no more; with the last one it is acknowledged. */
  #leave(message: Message): void {
    message.left--
    if (message.left === 0) this.#acknowledge(message)
  }

  #acknowledge(message: Message): void {
    this.#messages.delete(message)
    if (message.spoilt) return
    this.#say(() => message.job.moveToCompleted(null, message.token, false))
  }

  async #renew(): Promise<void> {
    const mine = [...this.#messages]
    if (mine.length === 0) return
    try {
      await this.#worker.extendJobLocks(
        mine.map(({ job }) => job.id ?? ''),
        mine.map(({ token }) => token),
        LOCK_MS,
      )
    } catch (error) {
      this.#failed(error, 'Locks of messages could not be renewed')
    }
  }

  #failed(error: unknown, what: string): void {
    if (this.#stopped) return
    this.#logger.debug({ err: plainError(error), type: this.#queue.type }, what)
    this.#connections.failed(error)
  }
}
