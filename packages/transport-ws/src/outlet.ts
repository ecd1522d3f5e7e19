import type { FeedItem, Subscription } from '@muster/core/feed'
import { inTurn } from './turns.ts'

/** Bytes that may wait in a connection. The rest waits where it costs nothing: facts in the feed, states as the latest of each. */
export const MOST_WAITING = 64 * 1024

/** How a connection is written to. */
export interface Pipe {
  /** Bytes that were written and have not left this process. */
  readonly waiting: number
  /** Called when all is written that there is to write now: what was held back to go out together goes out. */
  flush?(): void
  close(code: number): void
}

/** Puts one item of a subscription into the words of its wire. A promise holds up the connection's other items, not other connections. */
export type Write = (item: FeedItem) => undefined | Promise<void>

interface Source {
  readonly subscription: Subscription
  readonly write: Write
}

/**
 * Writes the subscriptions of one connection as fast as its reader reads. Nothing is written while the connection holds as much as it may, so a reader that
 * stalls costs no memory; one that stalls for too long is closed with 4008, and can come back with its cursor.
 */
export class Outlet {
  readonly #pipe: Pipe
  readonly #slowAfterMs: number
  readonly #sources = new Map<string, Source>()
  #writing = false
  #again = false
  #closed = false
  /** Since when something waits that cannot be written. */
  #blockedAt: number | undefined

  constructor(pipe: Pipe, slowAfterMs: number) {
    this.#pipe = pipe
    this.#slowAfterMs = slowAfterMs
  }

  /** Whether anything will still be written. */
  get isOpen(): boolean {
    return !this.#closed
  }

  get(name: string): Subscription | undefined {
    return this.#sources.get(name)?.subscription
  }

  /** Writes the subscription from now on, in the place of one of the same name. */
  add(name: string, subscription: Subscription, write: Write): void {
    this.remove(name)
    if (this.#closed) {
      subscription.close()
      return
    }
    this.#sources.set(name, { subscription, write })
    subscription.onReady(() => inTurn(() => this.flow()))
    this.flow()
  }

  /** Whether there was one of that name. */
  remove(name: string): boolean {
    const source = this.#sources.get(name)
    source?.subscription.close()
    return this.#sources.delete(name)
  }

  close(): void {
    this.#closed = true
    for (const name of this.#sources.keys()) this.remove(name)
  }

  /** The connection has become free: goes on where something waits for that. */
  drained(): void {
    if (this.#blockedAt !== undefined) this.flow()
  }

  /** Writes what can be written. Called when there may be something. */
  flow(): void {
    if (this.#writing) {
      this.#again = true
      return
    }
    this.#writing = true
    const done = this.#write()
    this.#pipe.flush?.()
    if (done === undefined) this.#writing = false
    else void done.finally(() => this.#resume())
  }

  /** Called now and then. */
  tick(now: number): void {
    if (this.#blockedAt === undefined || this.#closed) return
    if (this.#pipe.waiting < MOST_WAITING) this.flow()
    else if (now - this.#blockedAt >= this.#slowAfterMs) {
      this.close()
      this.#pipe.close(4008)
    }
  }

  #resume(): void {
    this.#writing = false
    if (this.#again) {
      this.#again = false
      this.flow()
    }
  }

  /** Gives a promise only where an item has to be waited for. */
  #write(): Promise<void> | undefined {
    for (;;) {
      let idle = true
      for (const [name, { subscription, write }] of this.#sources) {
        if (this.#pipe.waiting >= MOST_WAITING) {
          this.#blockedAt ??= Date.now()
          return undefined
        }
        const item = subscription.next()
        if (item === undefined) continue
        idle = false
        this.#blockedAt = undefined
        if (item.kind === 'closed') this.#sources.delete(name)
        const writing = write(item)
        if (writing !== undefined) return this.#after(writing)
      }
      if (idle || this.#closed) {
        this.#blockedAt = undefined
        return undefined
      }
    }
  }

  async #after(writing: Promise<void>): Promise<void> {
    await writing
    this.#again = true
  }
}
