import type { Json } from '../json/json.ts'

/**
 * Tells every process: best effort, unordered, may be lost. Hints ("there is something new in this project") and signals
 * (latest state by key) travel here, never anything that must arrive.
 */
export interface Broadcast {
  publish(topic: string, message: Json): Promise<void>
  /** Calls `listener` for each message published by any process, this one included, until the returned function is called. */
  subscribe(topic: string, listener: (message: Json) => void): Promise<() => Promise<void>>
}
