import { AsyncLocalStorage } from 'node:async_hooks'
import { UnavailableError } from '@muster/core'
import type { Clock, DefinitionStore, Ids, Persistence, Stores } from '@muster/core/ports'
import { memoryStores } from './memory-stores.ts'
import { Mutex } from './tables/mutex.ts'
import { MemoryTables } from './tables/tables.ts'

interface Running {
  open: boolean
}

/**
 * Keeps everything in this process's memory. Transactions run one after another, each alone, so every race has an order; one that throws
 * leaves nothing. A reader cannot change what it read. For tests, simulation and hosts that may forget.
 */
export class MemoryPersistence implements Persistence {
  readonly stores: Stores
  readonly #tables = new MemoryTables()
  readonly #inside: Stores
  readonly #guarded: readonly (readonly [name: string, store: object, Guard])[]
  readonly #turns = new Mutex()
  readonly #running = new AsyncLocalStorage<Running>()
  #closed = false

  constructor({ clock, ids }: { readonly clock: Clock; readonly ids: Ids }) {
    this.#inside = memoryStores({ tables: this.#tables, clock, ids })
    this.#guarded = Object.entries(this.#inside).map(([name, store]) => [
      name,
      store as object,
      guardOf(store as object),
    ])
    const alone = eachMethod(this.#inside, (name, call) => this.transaction((stores) => call(stores[name])))
    this.stores = { ...alone, definitions: reading(alone.definitions, this.#inside.definitions) }
  }

  /**
   * @throws Error when called inside of another transaction's work, which would wait for itself
   * @throws UnavailableError after {@link close}
   */
  async transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    if (this.#running.getStore()?.open) {
      throw new Error('Inside of a transaction only the stores given to its work can be used')
    }
    return this.#turns.run(async () => {
      this.#refuseWhenClosed()
      const running: Running = { open: true }
      const bound: Record<string, object> = {}
      for (const [name, store, Guarded] of this.#guarded) bound[name] = new Guarded(running, store)
      this.#tables.journal.begin()
      try {
        const result = await this.#running.run(running, () => work(bound as unknown as Stores))
        this.#tables.journal.commit()
        return result
      } catch (error) {
        this.#tables.journal.rollback()
        throw error
      } finally {
        running.open = false
      }
    })
  }

  snapshot<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.transaction(work)
  }

  async check(): Promise<void> {
    this.#refuseWhenClosed()
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new UnavailableError('The memory persistence was closed')
  }
}

/** `alone`, but scenarios are read outside of a transaction: reading them may ask other stores. */
function reading(alone: DefinitionStore, inside: DefinitionStore): DefinitionStore {
  return new Proxy(alone, {
    get: (target, property) =>
      property === 'stage'
        ? (scenarios: Parameters<DefinitionStore['stage']>[0]) => inside.stage(scenarios)
        : (Reflect.get(target, property) as unknown),
  })
}

type Method = (...args: unknown[]) => Promise<unknown>

/** A store as one transaction has it: it refuses once that has ended. */
class GuardedStore {
  readonly running: Running
  readonly store: object

  constructor(running: Running, store: object) {
    this.running = running
    this.store = store
  }
}

type Guard = new (running: Running, store: object) => object

const guards = new WeakMap<object, Guard>()

/** Made once for each class of stores: there is a transaction for almost every call. */
function guardOf(store: object): Guard {
  const kind = Object.getPrototypeOf(store) as object
  const known = guards.get(kind)
  if (known) return known
  class Guarded extends GuardedStore {}
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(kind))) {
    if (name === 'constructor' || typeof value !== 'function') continue
    const guarded = async function (this: GuardedStore, ...args: unknown[]): Promise<unknown> {
      if (!this.running.open) throw new Error('The transaction of these stores has ended')
      // By its name, so that what a host or a test puts in its place is called.
      return (Reflect.get(this.store, name) as Method).apply(this.store, args)
    }
    Object.defineProperty(Guarded.prototype, name, { value: guarded })
  }
  guards.set(kind, Guarded)
  return Guarded
}

/** `stores` with every method call going through `around`. */
function eachMethod(
  stores: Stores,
  around: (name: keyof Stores, call: (store: object) => Promise<unknown>) => Promise<unknown>,
): Stores {
  const wrapped = Object.entries(stores).map(([name, store]) => {
    const proxy = new Proxy(store as object, {
      get: (target, property) => {
        const found: unknown = Reflect.get(target, property)
        if (typeof found !== 'function') return found
        return async (...args: unknown[]) =>
          around(name as keyof Stores, (inner) => (Reflect.get(inner, property) as Method).apply(inner, args))
      },
    })
    return [name, proxy]
  })
  return Object.fromEntries(wrapped) as unknown as Stores
}
