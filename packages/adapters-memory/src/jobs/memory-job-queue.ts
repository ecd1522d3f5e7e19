import type { JobId } from '@muster/core'
import { QueueError } from '@muster/core'
import type { Clock, Consumer, Delivery, DeliveryHandler, JobQueue } from '@muster/core/ports'
import { deliveryRestMs } from '@muster/core/support'
import { DeliveryLine } from './delivery-line.ts'

interface Taker {
  readonly concurrency: number
  readonly work: DeliveryHandler
  readonly active: Set<Promise<void>>
  /** Those of `active` that still need a hand. */
  busy: number
}

/** The queue of one type. */
interface Kind {
  readonly line: DeliveryLine
  readonly takers: Set<Taker>
  /** Rejected deliveries that rest before they stand in line again. */
  readonly resting: Map<JobId, Delivery>
  active: number
}

/** Moves deliveries inside this process, a line for each type. */
export class MemoryJobQueue implements JobQueue {
  readonly #clock: Clock
  readonly #kinds = new Map<string, Kind>()
  readonly #rejections = new Map<JobId, number>()
  readonly #ending = new AbortController()
  #whenDrained: (() => void)[] = []
  #paused = false

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock
  }

  async deliver(deliveries: readonly Delivery[]): Promise<number> {
    this.#refuseWhenClosed()
    const touched = new Set<Kind>()
    let taken = 0
    for (const delivery of deliveries) {
      const kind = this.#kind(delivery.type)
      touched.add(kind)
      if (!kind.resting.has(delivery.jobId) && kind.line.add(delivery)) taken++
    }
    for (const kind of touched) this.#give(kind)
    return taken
  }

  async consume(type: string, concurrency: number, work: DeliveryHandler): Promise<Consumer> {
    this.#refuseWhenClosed()
    const kind = this.#kind(type)
    const taker: Taker = { concurrency, work, active: new Set(), busy: 0 }
    kind.takers.add(taker)
    this.#give(kind)
    return {
      close: async () => {
        kind.takers.delete(taker)
        await Promise.all(taker.active)
      },
    }
  }

  async check(): Promise<void> {
    this.#refuseWhenClosed()
  }

  async pause(): Promise<void> {
    this.#paused = true
  }

  async resume(): Promise<void> {
    this.#paused = false
    for (const kind of this.#kinds.values()) this.#give(kind)
  }

  async remove(jobIds: readonly JobId[]): Promise<void> {
    for (const jobId of jobIds) {
      this.#rejections.delete(jobId)
      for (const { line, resting } of this.#kinds.values()) {
        line.remove(jobId)
        resting.delete(jobId)
      }
    }
    this.#noticeDrained()
  }

  async counts(): Promise<ReadonlyMap<string, { readonly waiting: number; readonly active: number }>> {
    return new Map(
      [...this.#kinds].map(([type, { line, resting, active }]) => [
        type,
        { waiting: line.size + resting.size, active },
      ]),
    )
  }

  async drain(): Promise<void> {
    if (!this.#isDrained()) await new Promise<void>((resolve) => this.#whenDrained.push(resolve))
  }

  async close(): Promise<void> {
    this.#ending.abort()
    const active: Promise<void>[] = []
    for (const { line, takers, resting } of this.#kinds.values()) {
      line.clear()
      resting.clear()
      for (const taker of takers) active.push(...taker.active)
      takers.clear()
    }
    await Promise.all(active)
    this.#noticeDrained()
  }

  #kind(type: string): Kind {
    const known = this.#kinds.get(type)
    if (known) return known
    const kind: Kind = { line: new DeliveryLine(), takers: new Set(), resting: new Map(), active: 0 }
    this.#kinds.set(type, kind)
    return kind
  }

  /** Gives waiting deliveries to consumers with a free hand. */
  #give(kind: Kind): void {
    for (const taker of kind.takers) {
      while (!this.#paused && taker.busy < taker.concurrency) {
        const delivery = kind.line.take()
        if (!delivery) return
        let released = false
        const release = (): void => {
          if (released) return
          released = true
          taker.busy--
          this.#give(kind)
        }
        taker.busy++
        kind.active++
        const working = this.#work(kind, taker, delivery, release).then(() => {
          taker.active.delete(working)
          kind.active--
          release()
          this.#noticeDrained()
        })
        taker.active.add(working)
      }
    }
  }

  async #work(kind: Kind, { work }: Taker, delivery: Delivery, release: () => void): Promise<void> {
    try {
      await work(delivery, release)
      if (this.#rejections.size > 0) this.#rejections.delete(delivery.jobId)
    } catch {
      // Why is for the worker to say; here it only means that the delivery comes again.
      if (!this.#ending.signal.aborted) this.#rest(kind, delivery)
    }
  }

  #rest(kind: Kind, delivery: Delivery): void {
    const { jobId } = delivery
    const rejections = (this.#rejections.get(jobId) ?? 0) + 1
    this.#rejections.set(jobId, rejections)
    kind.resting.set(jobId, delivery)
    void this.#clock.wait(deliveryRestMs(rejections), this.#ending.signal).then(() => {
      if (kind.resting.get(jobId) !== delivery) return
      kind.resting.delete(jobId)
      kind.line.add(delivery)
      this.#give(kind)
    })
  }

  #isDrained(): boolean {
    for (const { line, resting, active } of this.#kinds.values()) {
      if (line.size > 0 || resting.size > 0 || active > 0) return false
    }
    return true
  }

  #noticeDrained(): void {
    if (this.#whenDrained.length === 0 || !this.#isDrained()) return
    const waiting = this.#whenDrained
    this.#whenDrained = []
    for (const resolve of waiting) resolve()
  }

  #refuseWhenClosed(): void {
    if (this.#ending.signal.aborted) throw new QueueError('The job queue was closed')
  }
}
