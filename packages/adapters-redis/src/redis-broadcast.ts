import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Json } from '@muster/core'
import type { Broadcast } from '@muster/core/ports'
import type { RedisConnections } from './connections.ts'

type Listener = (message: Json) => void

/** How long a subscriber waits for Redis to say yes. While Redis is away it is subscribed as soon as Redis is back. */
const PATIENCE_MS = 1_000

interface Envelope {
  /** The process that published it, and has told its own listeners already. */
  readonly from: string
  readonly message: Json
}

/**
 * Tells every process through sharded pub/sub: a channel lives on one node of a cluster, and channels spread over its nodes. A message
 * that is published while Redis is away, or while a process reconnects, reaches the listeners of the same process alone.
 */
export class RedisBroadcast implements Broadcast {
  readonly #connections: RedisConnections
  readonly #prefix: string
  readonly #me = randomUUID()
  readonly #topics = new Map<string, Set<{ readonly listener: Listener }>>()
  #listening = false

  constructor({
    connections,
    prefix,
  }: {
    readonly connections: RedisConnections
    readonly prefix: string
  }) {
    this.#connections = connections
    this.#prefix = `${prefix}:topic:`
  }

  /** Never rejects: what Redis does not take is lost, as it may be. */
  async publish(topic: string, message: Json): Promise<void> {
    const text = JSON.stringify({ from: this.#me, message } satisfies Envelope)
    this.#tell(topic, message)
    try {
      await this.#connections.started
      await this.#connections.commands.spublish(this.#prefix + topic, text)
    } catch (error) {
      this.#connections.failed(error)
    }
  }

  async subscribe(topic: string, listener: Listener): Promise<() => Promise<void>> {
    const subscriptions = this.#topics.get(topic) ?? new Set()
    const first = subscriptions.size === 0
    this.#topics.set(topic, subscriptions)
    const subscription = { listener }
    subscriptions.add(subscription)
    if (first) await this.#ask('ssubscribe', topic)
    return async () => {
      if (!subscriptions.delete(subscription) || subscriptions.size > 0) return
      this.#topics.delete(topic)
      await this.#ask('sunsubscribe', topic)
    }
  }

  async #ask(what: 'ssubscribe' | 'sunsubscribe', topic: string): Promise<void> {
    const { subscriber } = this.#connections
    if (!this.#listening) {
      this.#listening = true
      subscriber.on('smessage', (channel: string, text: string) => this.#heard(channel, text))
    }
    const asked = subscriber[what](this.#prefix + topic).then(
      () => {},
      (error: unknown) => this.#connections.failed(error),
    )
    await Promise.race([asked, wait(PATIENCE_MS, undefined, { ref: false })])
  }

  #heard(channel: string, text: string): void {
    const { from, message } = JSON.parse(text) as Envelope
    if (from !== this.#me) this.#tell(channel.slice(this.#prefix.length), message)
  }

  /** Listeners are called later, each on its own: one that throws does not keep the message from the others. */
  #tell(topic: string, message: Json): void {
    for (const subscription of this.#topics.get(topic) ?? []) {
      queueMicrotask(() => {
        if (this.#topics.get(topic)?.has(subscription)) subscription.listener(message)
      })
    }
  }
}
