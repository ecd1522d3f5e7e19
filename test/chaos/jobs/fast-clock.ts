import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@muster/core/ports'

/** A clock that runs `speed` times as fast as the machine's since `epoch`, in ms: the same in every process of the machine. */
export function fastClock(speed: number, epoch: number): Clock {
  return {
    // The store keeps time at its own pace.
    virtual: true,
    now: () => new Date(epoch + (Date.now() - epoch) * speed),
    async wait(ms, signal) {
      try {
        await delay(ms / speed, undefined, signal ? { signal } : {})
      } catch (error) {
        if (!signal?.aborted) throw error
      }
    },
  }
}
