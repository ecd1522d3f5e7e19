import type { Json } from '@muster/core'
import type { Broadcast } from '@muster/core/ports'
import { frozen } from './tables/frozen.ts'

type Listener = (message: Json) => void

/** Tells everybody in this process, which is everybody where persistence is in memory. Loses nothing; keeps the order of a topic. */
export class MemoryBroadcast implements Broadcast {
  readonly #topics = new Map<string, Set<{ readonly listener: Listener }>>()

  /** Listeners are called after this has returned, each on its own: one that throws does not keep the message from the others. */
  async publish(topic: string, message: Json): Promise<void> {
    const copy = frozen(message)
    for (const subscription of this.#topics.get(topic) ?? []) {
      queueMicrotask(() => {
        if (this.#topics.get(topic)?.has(subscription)) subscription.listener(copy)
      })
    }
  }

  async subscribe(topic: string, listener: Listener): Promise<() => Promise<void>> {
    const subscriptions = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, subscriptions)
    const subscription = { listener }
    subscriptions.add(subscription)
    return async () => {
      subscriptions.delete(subscription)
      if (subscriptions.size === 0 && this.#topics.get(topic) === subscriptions) this.#topics.delete(topic)
    }
  }
}
