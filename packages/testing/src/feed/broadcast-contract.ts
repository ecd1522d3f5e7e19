import type { Json } from '@muster/core'
import type { Broadcast } from '@muster/core/ports'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** One broadcast as two processes have it; an adapter for one process gives the same twice. */
export interface OpenBroadcast {
  readonly here: Broadcast
  readonly there: Broadcast
  close(): Promise<void>
}

/** Everything that {@link Broadcast} promises, case by case, while nothing is lost on the way. */
export function broadcastContract(name: string, open: () => Promise<OpenBroadcast>): void {
  describe(`${name} is a Broadcast`, () => {
    let adapter: OpenBroadcast
    beforeEach(async () => {
      adapter = await open()
    })
    afterEach(() => adapter.close())

    it('tells every listener in every process, the one that published included', async () => {
      const [mine, too, theirs] = [heard(), heard(), heard()]
      await adapter.here.subscribe('news', mine.listener)
      await adapter.here.subscribe('news', too.listener)
      await adapter.there.subscribe('news', theirs.listener)
      await adapter.here.publish('news', { n: 1 })
      for (const { messages } of [mine, too, theirs]) {
        await vi.waitFor(() => expect(messages).toEqual([{ n: 1 }]))
      }
    })

    it('gives messages by value', async () => {
      const messages: Json[] = [
        null,
        true,
        -1.5,
        'naïve 🦊\n"',
        [],
        {},
        { deep: [{ a: null, __proto__x: 1 }] },
      ]
      const got = heard()
      await adapter.there.subscribe('news', got.listener)
      for (const message of messages) await adapter.here.publish('news', message)
      await vi.waitFor(() => expect(got.messages).toHaveLength(messages.length))
      expect(inAnyOrder(got.messages)).toEqual(inAnyOrder(messages))
    })

    it('keeps topics apart', async () => {
      const [news, other] = [heard(), heard()]
      await adapter.here.subscribe('news', news.listener)
      await adapter.here.subscribe('news.other', other.listener)
      await adapter.there.publish('news.other', 1)
      await adapter.there.publish('news', 2)
      await vi.waitFor(() => expect([news.messages, other.messages]).toEqual([[2], [1]]))
    })

    it('tells a listener nothing after it has unsubscribed, and goes on telling the others', async () => {
      const [gone, stays] = [heard(), heard()]
      const leave = await adapter.here.subscribe('news', gone.listener)
      await adapter.here.subscribe('news', stays.listener)
      await adapter.there.publish('news', 1)
      await vi.waitFor(() => expect([gone.messages, stays.messages]).toEqual([[1], [1]]))
      await leave()
      await leave()
      await adapter.there.publish('news', 2)
      await vi.waitFor(() => expect(stays.messages).toEqual([1, 2]))
      expect(gone.messages).toEqual([1])
    })

    it('subscribes one listener as often as it is asked to', async () => {
      const twice = heard()
      const leave = await adapter.here.subscribe('news', twice.listener)
      await adapter.here.subscribe('news', twice.listener)
      await adapter.here.publish('news', 1)
      await vi.waitFor(() => expect(twice.messages).toEqual([1, 1]))
      await leave()
      await adapter.here.publish('news', 2)
      await vi.waitFor(() => expect(twice.messages).toEqual([1, 1, 2]))
    })
  })
}

function heard() {
  const messages: Json[] = []
  return { messages, listener: (message: Json) => void messages.push(message) }
}

function inAnyOrder(messages: readonly Json[]): string[] {
  return messages.map((message) => JSON.stringify(message)).sort()
}
