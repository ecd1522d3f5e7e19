import type { JobId } from '../ids.ts'
import type { Delivery } from './worker-store.ts'

/**
 * Works on one delivery. It may call `release` when it no longer needs a hand although it has not resolved: another delivery may come meanwhile.
 */
export type DeliveryHandler = (delivery: Delivery, release: () => void) => Promise<void>

/** Consumes until closed. */
export interface Consumer {
  /** Takes no more; resolves when what it was working on is done. */
  close(): Promise<void>
}

/**
 * A broker: moves job ids to workers, whichever process they are in. It may lose, repeat and reorder: begin and settle make that harmless, and what it forgets is delivered
 * again from the store. Where there is none, and while it does not work, workers take jobs from the store themselves.
 */
export interface JobQueue {
  /** Takes deliveries, in order, and says how many: one already waiting is not taken twice. @throws QueueError when it can take none */
  deliver(deliveries: readonly Delivery[]): Promise<number>
  /**
   * Calls `work` for each delivery of `type`, at most `concurrency` at once, not counting those that called `release`. That `work` has resolved is the
   * acknowledgement, and comes last; a delivery whose `work` rejected may come again.
   */
  consume(type: string, concurrency: number, work: DeliveryHandler): Promise<Consumer>
  /**
   * Whether it would take deliveries now and give them out to this process's consumers. Asked every second or so: must be cheap, and answer within a few seconds.
   * @throws QueueError if not
   */
  check(): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** Forgets deliveries that are still waiting; best effort. */
  remove(jobIds: readonly JobId[]): Promise<void>
  /** Deliveries waiting and being worked on, by type. */
  counts(): Promise<ReadonlyMap<string, { readonly waiting: number; readonly active: number }>>
  /** Resolves when nothing waits and nothing is worked on. */
  drain(): Promise<void>
  close(): Promise<void>
}
