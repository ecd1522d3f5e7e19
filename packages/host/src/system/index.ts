import { randomBytes } from 'node:crypto'
import type { Clock, Ids, Logger, Metrics, Random } from '@muster/core/ports'
import { v7 } from 'uuid'

/** The machine's clock. A wait that is cut short makes no exception: the busiest loops are woken thousands of times a second. */
export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  turn: () => new Promise((resolve) => void setImmediate(resolve)),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve()
        return
      }
      const over = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', over)
        resolve()
      }
      const timer = setTimeout(over, ms)
      signal?.addEventListener('abort', over)
    }),
}

/** UUIDv7, ascending within the process even inside one millisecond (RFC 9562, 6.2). */
export const uuidIds: Ids = { next: () => v7() }

/** The machine's random numbers; not for secrets. */
export const systemRandom: Random = { next: () => Math.random() }

/** Says nothing, for hosts that want it so. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** Counts nothing. */
export const noMetrics: Metrics = { count() {}, gauge() {}, observe() {} }

/** Bytes of a key. */
const KEY_BYTES = 32

/** A key that nobody can guess. */
export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64')
}
