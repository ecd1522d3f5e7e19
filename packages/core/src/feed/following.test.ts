import { MemoryBroadcast, MemoryPersistence } from '@muster/adapters-memory'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { expect, it } from 'vitest'
import type { Broadcast } from '../events/broadcast.ts'
import type { EventStore } from '../events/event-store.ts'
import type { ProjectId } from '../ids.ts'
import { Following } from './following.ts'
import type { FeedSubscription } from './subscription/subscription.ts'

/** Feeds of a store whose heads can be read only if `head` says so, and how many listeners there are. */
function open(head: () => Promise<number>) {
  const { stores } = new MemoryPersistence({ clock: new VirtualClock(), ids: new SequentialIds() })
  const broadcast = new MemoryBroadcast()
  let listeners = 0
  const counted: Broadcast = {
    publish: (topic, message) => broadcast.publish(topic, message),
    async subscribe(topic, listener) {
      const leave = await broadcast.subscribe(topic, listener)
      listeners++
      return async () => {
        listeners--
        await leave()
      }
    },
  }
  const ignore = (): void => {}
  const following = new Following({
    events: withHead(stores.events, head),
    broadcast: counted,
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    checkRights: async () => {},
    touched: ignore,
    opened: ignore,
    runMoved: ignore,
    failed: ignore,
  })
  return { following, listeners: () => listeners }
}

function withHead(events: EventStore, head: EventStore['head']): EventStore {
  return new Proxy(events, {
    get: (store, name) =>
      name === 'head' ? head : (Reflect.get(store, name) as (...args: never[]) => unknown).bind(store),
  })
}

const PROJECT = '0190cbb0-0000-7000-8000-000000000001' as ProjectId
const subscription = (): FeedSubscription => ({ throwIfEnded() {} }) as unknown as FeedSubscription

it('listens to no project whose facts could not be read, and keeps one that was begun again meanwhile', async () => {
  const heads: PromiseWithResolvers<number>[] = []
  const { following, listeners } = open(() => {
    const head = Promise.withResolvers<number>()
    heads.push(head)
    return head.promise
  })
  const [first, second] = [subscription(), subscription()]
  const failing = following.follow(first, PROJECT)
  following.letGo(first)
  const again = following.follow(second, PROJECT)
  heads[0]?.reject(new Error('The database is away'))
  await expect(failing).rejects.toThrow('away')
  heads[1]?.resolve(7)
  await again
  expect(following.heads()).toEqual(new Map([[PROJECT, 7]]))
  expect(listeners()).toBe(1)

  following.letGo(second)
  const alone = following.follow(first, PROJECT)
  heads[2]?.reject(new Error('The database is away'))
  await expect(alone).rejects.toThrow('away')
  await expect.poll(listeners).toBe(0)
})
