import type { Answer, IdempotencyStore, IdempotencyTicket, IdempotentCall } from '@muster/core/ports'
import { keyOf } from './jobs/order.ts'
import type { EventTables } from './tables/event-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Answers by idempotency key in memory. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #calls: EventTables['calls']

  constructor({ tables }: MemoryContext) {
    this.#calls = tables.events.calls
  }

  async start(
    { scope, key, fingerprint }: IdempotentCall,
    now: Date,
    staleBefore: Date,
  ): Promise<IdempotencyTicket> {
    const call = this.#calls.get(keyOf(scope, key))
    if (call && call.fingerprint !== fingerprint) return { kind: 'mismatch' }
    if (call?.answer) return { kind: 'done', answer: call.answer }
    if (call && call.startedAt >= staleBefore) return { kind: 'running' }
    this.#calls.set(keyOf(scope, key), { fingerprint, startedAt: now, answer: null })
    return { kind: 'first' }
  }

  async finish({ scope, key }: IdempotentCall, answer: Answer): Promise<void> {
    const call = this.#calls.get(keyOf(scope, key))
    if (call && (!call.answer || call.answer.unanswered))
      this.#calls.set(keyOf(scope, key), { ...call, answer })
  }

  async abandon({ scope, key }: IdempotentCall): Promise<void> {
    if (this.#calls.get(keyOf(scope, key))?.answer === null) this.#calls.delete(keyOf(scope, key))
  }

  async prune(before: Date, limit: number): Promise<number> {
    const old = [...this.#calls.entries()]
      .filter(([, { startedAt }]) => startedAt < before)
      .sort(([, a], [, b]) => a.startedAt.getTime() - b.startedAt.getTime())
      .slice(0, limit)
    for (const [key] of old) this.#calls.delete(key)
    return old.length
  }
}
