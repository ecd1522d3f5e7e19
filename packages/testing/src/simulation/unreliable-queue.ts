import { QueueError } from '@muster/core'
import type { Consumer, Delivery, DeliveryHandler, JobQueue } from '@muster/core/ports'
import type { Turns } from './actors/turns.ts'
import type { Chance } from './chance.ts'

/** How likely a broker forgets a delivery, and how likely it makes it twice. */
export interface Losses {
  readonly lost: number
  readonly doubled: number
}

/**
 * A job queue between one process and the broker behind it: what is delivered is on its way for a while, comes in any order, twice, or
 * not at all; and while the process cannot reach it, it refuses and gives nothing out. Ends with its process.
 */
export class UnreliableQueue implements JobQueue {
  readonly #queue: JobQueue
  readonly #turns: Turns
  readonly #chance: Chance
  readonly #losses: () => Losses
  readonly #away: () => boolean
  readonly #consumers = new Set<Consumer>()

  constructor(
    queue: JobQueue,
    {
      turns,
      chance,
      losses,
      away,
    }: {
      readonly turns: Turns
      readonly chance: Chance
      readonly losses: () => Losses
      /** Whether the process cannot reach the broker just now. */
      readonly away: () => boolean
    },
  ) {
    this.#queue = queue
    this.#turns = turns
    this.#chance = chance
    this.#losses = losses
    this.#away = away
  }

  async deliver(deliveries: readonly Delivery[]): Promise<number> {
    await this.check()
    for (const delivery of deliveries) {
      const { lost, doubled } = this.#losses()
      if (this.#chance.of(lost)) continue
      this.#send(delivery)
      if (this.#chance.of(doubled)) this.#send(delivery)
    }
    return deliveries.length
  }

  async consume(type: string, concurrency: number, work: DeliveryHandler): Promise<Consumer> {
    await this.check()
    const consumer = await this.#queue.consume(type, concurrency, async (delivery, release) => {
      await this.check()
      await work(delivery, release)
    })
    this.#consumers.add(consumer)
    return consumer
  }

  /** The broker notices that the process is gone, and gives it nothing more. */
  abandon(): void {
    // What it was working on never ends, so neither does this close.
    for (const consumer of this.#consumers) void consumer.close()
  }

  async check(): Promise<void> {
    if (this.#away()) throw new QueueError('The broker is away')
  }

  pause(): Promise<void> {
    return this.#queue.pause()
  }

  resume(): Promise<void> {
    return this.#queue.resume()
  }

  remove(jobIds: Parameters<JobQueue['remove']>[0]): Promise<void> {
    return this.#queue.remove(jobIds)
  }

  async counts(): ReturnType<JobQueue['counts']> {
    await this.check()
    return this.#queue.counts()
  }

  drain(): Promise<void> {
    return this.#queue.drain()
  }

  close(): Promise<void> {
    return this.#queue.close()
  }

  /** What is on its way outlives the sender. */
  #send(delivery: Delivery): void {
    this.#turns.later(this.#queue, 'delivery', () => {
      void this.#queue.deliver([delivery])
    })
  }
}
