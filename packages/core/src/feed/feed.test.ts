import { MemoryPersistence } from '@muster/adapters-memory'
import { SeededRandom, SequentialIds, VirtualClock } from '@muster/testing'
import type { OpenPersistence } from '@muster/testing/suites'
import { feedContract, feedHistory } from '@muster/testing/suites'
import { describe, expect, it } from 'vitest'
import type { Fact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { Persistence } from '../stores.ts'

async function open(): Promise<OpenPersistence> {
  const clock = new VirtualClock()
  const persistence = new MemoryPersistence({ clock, ids: new SequentialIds() })
  return { persistence, clock, close: () => persistence.close() }
}

feedContract('memory', open)

/** Numbers as a sequence gives them: now and then one commits after a higher one, so a reader finds the higher one first. */
function numberedBySequence(seed: number): (persistence: Persistence) => Persistence {
  return (persistence) => {
    const random = new SeededRandom(seed)
    const late = new Map<number, number>()
    const events = new Proxy(persistence.stores.events, {
      get: (store: EventStore, name) => {
        if (name !== 'read')
          return (...args: never[]) =>
            (Reflect.get(store, name) as (...args: never[]) => unknown).apply(store, args)
        return async (...args: Parameters<EventStore['read']>): Promise<Fact[]> => {
          const facts = await store.read(...args)
          return facts.filter(({ seq }, place) => {
            if (place === facts.length - 1) return true
            const looks = late.get(seq) ?? (random.next() < 0.1 ? 1 : 0)
            late.set(seq, Math.max(0, looks - 1))
            return looks === 0
          })
        }
      },
    })
    return {
      ...persistence,
      stores: { ...persistence.stores, events },
      transaction: (work) => persistence.transaction(work),
      snapshot: (work) => persistence.snapshot(work),
    }
  }
}

describe('The feed in many histories', () => {
  it('loses, repeats and reorders nothing', async () => {
    const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
    expect(await failing(seeds, (persistence) => persistence)).toEqual([])
  })

  it('is seen to lose facts if their numbers do not commit in order', async () => {
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8]
    const caught = await failing(seeds, numberedBySequence(1), 200)
    expect(caught.length).toBeGreaterThan(4)
  })

  /** Of these histories, why each that fails does. */
  async function failing(
    seeds: readonly number[],
    readThrough: (persistence: Persistence) => Persistence,
    patienceMs = 10_000,
  ): Promise<unknown[]> {
    const failures: unknown[] = []
    for (const seed of seeds) {
      const adapter = await open()
      const history = feedHistory({ adapter, seed, rounds: 30, nodes: 3, readThrough, patienceMs })
      await history.catch((error: unknown) => failures.push(error))
    }
    return failures
  }
})
