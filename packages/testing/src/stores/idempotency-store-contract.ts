import type { Answer, IdempotentCall, Stores } from '@muster/core/ports'
import { DONE_UNANSWERED } from '@muster/core/rules'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from './open-adapter.ts'

const call: IdempotentCall = { scope: 'ann POST /projects', key: 'k-1', fingerprint: 'body-1' }
const answer: Answer = {
  status: 201,
  body: { name: 'Språk 🦊', list: [1, null, { deep: true }] },
  headers: { etag: '"1"' },
}
const MINUTE = 60_000

/** Everything that {@link IdempotencyStore} promises, case by case. */
export function idempotencyStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is an IdempotencyStore`, () => {
    let adapter: OpenPersistence
    let stores: Stores
    beforeEach(async () => {
      adapter = await open()
      stores = adapter.persistence.stores
    })
    afterEach(() => adapter.close())

    it('lets the first of several at once do it, and has the others wait', async () => {
      const tickets = await Promise.all(Array.from({ length: 8 }, () => start()))
      expect(tickets.map(({ kind }) => kind).sort()).toEqual(['first', ...Array(7).fill('running')])
    })

    it('repeats the answer once it is there', async () => {
      await start()
      await stores.idempotency.finish(call, answer)
      expect(await start()).toEqual({ kind: 'done', answer })
    })

    it('keeps that it is done with the effect itself, until the answer is there', async () => {
      await start()
      const failed = adapter.persistence.transaction(async ({ idempotency }) => {
        await idempotency.finish(call, DONE_UNANSWERED)
        throw new Error('rolled back')
      })
      await expect(failed).rejects.toThrow('rolled back')
      expect(await start()).toEqual({ kind: 'running' })
      await adapter.persistence.transaction(({ idempotency }) => idempotency.finish(call, DONE_UNANSWERED))
      await stores.idempotency.abandon(call)
      expect(await start()).toEqual({ kind: 'done', answer: DONE_UNANSWERED })
      await stores.idempotency.finish(call, answer)
      await stores.idempotency.finish(call, DONE_UNANSWERED)
      expect(await start()).toEqual({ kind: 'done', answer })
    })

    it('keeps what is said of a streamed body', async () => {
      await start()
      const streamed = { ...answer, body: '{"b":1,"a":2}', streamDigest: 'abc' }
      await stores.idempotency.finish(call, streamed)
      expect(await start()).toEqual({ kind: 'done', answer: streamed })
    })

    it('refuses the key for another body, both while it runs and when it is done', async () => {
      const other = { ...call, fingerprint: 'body-2' }
      await start()
      expect(await start(other)).toEqual({ kind: 'mismatch' })
      await stores.idempotency.finish(call, answer)
      expect(await start(other)).toEqual({ kind: 'mismatch' })
    })

    it('lets one key mean different things in different scopes', async () => {
      await start()
      expect(await start({ ...call, scope: 'bob POST /projects', fingerprint: 'body-2' })).toEqual({
        kind: 'first',
      })
    })

    it('lets the next one try after a failure that did nothing, with another body too', async () => {
      await start()
      await stores.idempotency.abandon(call)
      expect(await start({ ...call, fingerprint: 'body-2' })).toEqual({ kind: 'first' })
    })

    it('gives a call whose process died out again, to one of several', async () => {
      await start()
      await adapter.clock.advance(2 * MINUTE)
      const tickets = await Promise.all(Array.from({ length: 4 }, () => start()))
      expect(tickets.map(({ kind }) => kind).sort()).toEqual(['first', 'running', 'running', 'running'])
    })

    it('never gives out again what is done, however old', async () => {
      await start()
      await stores.idempotency.finish(call, answer)
      await adapter.clock.advance(60 * MINUTE)
      expect(await start()).toEqual({ kind: 'done', answer })
    })

    it('forgets what started before a moment, and says how many', async () => {
      await start()
      await stores.idempotency.finish(call, answer)
      await start({ ...call, key: 'k-2' })
      await adapter.clock.advance(MINUTE)
      const before = adapter.clock.now()
      await start({ ...call, key: 'k-3' })
      expect(await stores.idempotency.prune(before, 10)).toBe(2)
      expect(await stores.idempotency.prune(before, 10)).toBe(0)
      expect(await start()).toEqual({ kind: 'first' })
      expect(await start({ ...call, key: 'k-3' })).toEqual({ kind: 'running' })
    })

    it('forgets no more at once than asked, the oldest first', async () => {
      for (const key of ['k-1', 'k-2', 'k-3']) {
        await start({ ...call, key })
        await stores.idempotency.finish({ ...call, key }, answer)
        await adapter.clock.advance(MINUTE)
      }
      expect(await stores.idempotency.prune(adapter.clock.now(), 2)).toBe(2)
      expect(await start({ ...call, key: 'k-3' })).toEqual({ kind: 'done', answer })
      expect(await start({ ...call, key: 'k-2' })).toEqual({ kind: 'first' })
    })

    /** What started more than a minute ago counts as left by a process that died. */
    function start(what = call) {
      const now = adapter.clock.now()
      return stores.idempotency.start(what, now, new Date(now.getTime() - MINUTE))
    }
  })
}
