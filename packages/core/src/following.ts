import type { Persistence, Stores } from './stores.ts'

/** One transaction as somebody follows it. */
export interface Followed {
  /** The stores that it works on; asked for anew if it is tried again, and then nothing counts of what was before. */
  readonly through: (stores: Stores) => Stores
  /** Called once it has committed. */
  readonly committed: () => void
}

/** `persistence`, each of whose transactions is followed. */
export function following(persistence: Persistence, follow: () => Followed): Persistence {
  return {
    stores: persistence.stores,
    async transaction(work) {
      const { through, committed } = follow()
      const result = await persistence.transaction((inside) => work(through(inside)))
      committed()
      return result
    },
    snapshot: (work) => persistence.snapshot(work),
    check: () => persistence.check(),
    ...(persistence.time && { time: persistence.time }),
    close: () => persistence.close(),
  }
}

/** `store` with other methods in place of some of its own. */
export function replacing<Store extends object>(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name) as unknown
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
}
