import { setTimeout as wait } from 'node:timers/promises'
import { type JobId, QueueError } from '@muster/core'
import type { Consumer, Delivery, DeliveryHandler, JobQueue, Logger } from '@muster/core/ports'
import { BullConsumer } from './bull-consumer.ts'
import type { RedisConnections } from './connections.ts'
import { toQueueError } from './errors.ts'
import { TypeQueue } from './type-queue.ts'

/** How long `close` waits for what is worked on. */
const CLOSE_MS = 5_000

const LOOK_MS = 20

/** Dependencies of the queue. */
export interface BullJobQueueOptions {
  /** Closed with the queue, which is the last to need them. */
  readonly connections: RedisConnections
  readonly logger: Logger
  /** The beginning of all keys. */
  readonly prefix: string
}

/**
 * Moves job ids between processes with BullMQ, a queue for each type. Redis may lose everything at any moment: what it forgets is delivered
 * again from the database.
 */
export class BullJobQueue implements JobQueue {
  readonly #options: BullJobQueueOptions
  readonly #queues = new Map<string, TypeQueue>()
  readonly #consumers = new Map<BullConsumer, string>()
  #paused = false
  #closed: Promise<void> | undefined

  constructor(options: BullJobQueueOptions) {
    this.#options = options
  }

  async deliver(deliveries: readonly Delivery[]): Promise<number> {
    return this.#inOurWords(async () => {
      let taken = 0
      for (const [type, ofType] of Map.groupBy(deliveries, ({ type }) => type)) {
        const queue = await this.#queue(type)
        taken += await queue.deliver(ofType)
      }
      return taken
    })
  }

  /** Takes from now on, or once Redis is there: its being away is no error here. */
  async consume(type: string, concurrency: number, work: DeliveryHandler): Promise<Consumer> {
    this.#refuseWhenClosed()
    const { connections, logger } = this.#options
    const queue = this.#known(type)
    const consumer = new BullConsumer(queue, connections, concurrency, work, logger, this.#paused)
    this.#consumers.set(consumer, type)
    return {
      close: async () => {
        await consumer.close()
        this.#consumers.delete(consumer)
      },
    }
  }

  /** Of the types that this process delivers or consumes. */
  async check(): Promise<void> {
    await this.#inOurWords(async () => {
      await this.#each((queue) => queue.check())
      for (const consumer of this.#consumers.keys()) consumer.check()
    })
  }

  /** Pauses, for every process, the types that this one knows; what others have taken already they still begin. */
  async pause(): Promise<void> {
    this.#paused = true
    for (const consumer of this.#consumers.keys()) consumer.pause()
    await this.#inOurWords(() => this.#each((queue) => queue.pause()))
  }

  async resume(): Promise<void> {
    this.#paused = false
    for (const consumer of this.#consumers.keys()) consumer.resume()
    await this.#inOurWords(() => this.#each((queue) => queue.resume()))
  }

  async remove(jobIds: readonly JobId[]): Promise<void> {
    if (jobIds.length > 0) await this.#inOurWords(() => this.#each((queue) => queue.remove(jobIds)))
  }

  /** Of the types that this process delivers or consumes. */
  async counts(): Promise<ReadonlyMap<string, { readonly waiting: number; readonly active: number }>> {
    return this.#inOurWords(
      async () => new Map(await this.#each(async (queue) => [queue.type, await queue.counts()] as const)),
    )
  }

  /** Looks again and again: BullMQ's events are dropped under load. */
  async drain(): Promise<void> {
    for (;;) {
      const counts = await this.counts()
      if ([...counts.values()].every(({ waiting, active }) => waiting + active === 0)) return
      await wait(LOOK_MS)
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const consumers = [...this.#consumers.keys()].map((consumer) => consumer.close())
    await Promise.race([Promise.all(consumers), wait(CLOSE_MS, undefined, { ref: false })])
    this.#options.connections.close()
    await this.#each((queue) => queue.close())
  }

  async #queue(type: string): Promise<TypeQueue> {
    const queue = this.#known(type)
    if (this.#paused && !queue.paused) await queue.pause()
    return queue
  }

  #known(type: string): TypeQueue {
    const known = this.#queues.get(type)
    if (known) return known
    const { connections, prefix } = this.#options
    const queue = new TypeQueue(type, connections, prefix, (error) => connections.failed(error))
    this.#queues.set(type, queue)
    return queue
  }

  #each<T>(ask: (queue: TypeQueue) => Promise<T>): Promise<T[]> {
    return Promise.all([...this.#queues.values()].map(ask))
  }

  async #inOurWords<T>(work: () => Promise<T>): Promise<T> {
    this.#refuseWhenClosed()
    try {
      const done = await work()
      this.#options.connections.worked()
      return done
    } catch (error) {
      throw toQueueError(error)
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new QueueError('The job queue was closed')
  }
}
