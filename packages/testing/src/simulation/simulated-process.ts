import { UnavailableError } from '@muster/core'
import type { Clock, Persistence, Stores } from '@muster/core/ports'
import { StoreClock } from '@muster/core/use-cases'
import { noMetrics, silentLogger } from '@muster/host'
import type { Turns } from './actors/turns.ts'
import type { Chance } from './chance.ts'
import type { Monitor, StoreCall } from './rules/monitor.ts'
import type { SimulatedTime } from './simulated-time.ts'

/**
 * What can happen to one call of the store. `refused`: the store is away. `brokenOff`: it goes away between two statements, and the
 * transaction is undone. `answerLost`: it commits, but nobody hears of it. `diesInside`, `diesAfter`: the process ends, between two statements
 * or after the commit, and hears nothing any more.
 */
type Fault = 'refused' | 'brokenOff' | 'answerLost' | 'diesInside' | 'diesAfter'

/** How likely things go wrong, each per call of the store. */
export interface Faults {
  readonly refused: number
  readonly brokenOff: number
  readonly answerLost: number
  readonly diesInside: number
  readonly diesAfter: number
}

export const NO_FAULTS: Faults = { refused: 0, brokenOff: 0, answerLost: 0, diesInside: 0, diesAfter: 0 }

/** How many statements of a transaction are passed before it breaks off, at most. */
const MOST_STATEMENTS = 8

/** How often a call that only reads waits for a turn of its own. */
const READ_TURNS = 0.4

/** What a process needs of the simulation. */
export interface Surroundings {
  readonly chance: Chance
  readonly turns: Turns
  readonly time: SimulatedTime
  readonly monitor: Monitor
  readonly faults: () => Faults
  /** A process has ended without a word. */
  readonly died: (process: SimulatedProcess) => void
}

/** One process: what it asks of the store happens when its turn comes, or goes wrong, or finds it dead. */
export class SimulatedProcess {
  readonly name: string
  readonly clock: Clock
  readonly persistence: Persistence
  alive = true
  /** Until that step of the schedule nothing of it goes on, as in a process that is swapped out. */
  stalledUntil = 0
  readonly #around: Surroundings

  constructor(name: string, around: Surroundings) {
    this.name = name
    this.#around = around
    const time = async (): Promise<Date> => (this.alive ? new Date(around.time.now) : never())
    const clock = new StoreClock(wrongClock(around.time, this))
    clock.follow({ time, logger: silentLogger, metrics: noMetrics })
    this.clock = clock
    this.persistence = {
      stores: this.#standalone(),
      transaction: (work) => this.#call('transaction', work, undefined),
      snapshot: (work) => this.#call('snapshot', work, undefined),
      check: () => Promise.resolve(),
      close: () => Promise.resolve(),
      time,
    }
  }

  /** Ends here and now: nothing that it waits for ever comes. */
  die(): void {
    if (!this.alive) return
    this.alive = false
    this.#around.turns.drop(this)
    this.#around.time.drop(this)
    this.#around.died(this)
  }

  /** Stores of which each call is a transaction of its own. */
  #standalone(): Stores {
    const stores: Partial<Record<keyof Stores, object>> = {}
    for (const store of STORES) {
      const methods = new Map<string | symbol, unknown>()
      stores[store] = new Proxy(
        {},
        {
          get: (_, method) => {
            const known = methods.get(method)
            if (known !== undefined || typeof method === 'symbol') return known
            const call = (...args: unknown[]): Promise<unknown> =>
              this.#call(`${store}.${method}`, (inside) => invoke(inside, { store, method, args }), {
                store,
                method,
                args,
              })
            methods.set(method, call)
            return call
          },
        },
      )
    }
    return stores as Stores
  }

  async #call<T>(
    what: string,
    work: (stores: Stores) => Promise<T>,
    call: StoreCall | undefined,
  ): Promise<T> {
    const { chance, turns, monitor } = this.#around
    if (!this.alive) return never()
    const reads = call !== undefined && /^(find|list|count|look|life)/.test(call.method)
    if (!reads || chance.of(READ_TURNS)) await turns.wait(this, what)
    if (!this.alive) return never()
    const fault = this.#fault()
    if (fault === 'refused') throw new UnavailableError('The store is away')
    let result: T
    try {
      result = await monitor.transaction(
        fault === 'brokenOff' || fault === 'diesInside' ? breaking(work, fault, chance) : work,
        call,
      )
    } catch (error) {
      if (error !== DIED) throw error
      this.die()
      return never()
    }
    if (fault === 'diesAfter') this.die()
    if (!this.alive) return never()
    if (fault === 'answerLost') throw new UnavailableError('The store went away before it answered')
    return result
  }

  #fault(): Fault | undefined {
    const { chance, faults } = this.#around
    let left = chance.next()
    for (const [fault, likely] of Object.entries(faults()) as [Fault, number][]) {
      left -= likely
      if (left < 0) return fault
    }
    return undefined
  }
}

/** Each store by its name: one that is missing here does not compile. */
const EACH: Readonly<Record<keyof Stores, true>> = {
  people: true,
  projects: true,
  settings: true,
  workflows: true,
  forms: true,
  tasks: true,
  claims: true,
  decisions: true,
  inboxes: true,
  overviews: true,
  fits: true,
  definitions: true,
  runs: true,
  runLinks: true,
  jobs: true,
  jobSearch: true,
  uniques: true,
  arrivals: true,
  flows: true,
  asks: true,
  workers: true,
  remoteWorkers: true,
  limits: true,
  processes: true,
  escalations: true,
  quality: true,
  operations: true,
  rates: true,
  usage: true,
  budgets: true,
  matrices: true,
  comparisons: true,
  schedules: true,
  calibrations: true,
  webhooks: true,
  imports: true,
  exports: true,
  events: true,
  idempotency: true,
}
const STORES = Object.keys(EACH) as (keyof Stores)[]

/** For how long a machine's clock stays as somebody set it, and how far off that is, in ms. */
const SET_EVERY_MS = 20_000
const OFF_BY_MS = [0, 60_000, -60_000, 3_600_000] as const

/** The clock of a machine that is set now and then: right, ahead, behind, far ahead. */
function wrongClock(time: SimulatedTime, owner: object): Clock {
  const right = time.clockOf(owner)
  const began = time.now
  return {
    now: () => {
      const turn = Math.floor((time.now - began) / SET_EVERY_MS)
      return new Date(time.now + (OFF_BY_MS[turn % OFF_BY_MS.length] ?? 0))
    },
    wait: (ms, signal) => right.wait(ms, signal),
    elapsed: () => time.now,
  }
}

const DIED = new Error('The process died inside of a transaction')

/** A promise for those who are dead. */
export function never(): Promise<never> {
  return new Promise(() => undefined)
}

/** Calls a method of a store by its name. */
export function invoke<T>(stores: Stores, { store, method, args }: StoreCall): Promise<T> {
  const target = stores[store] as unknown as Record<string, (...args: readonly unknown[]) => Promise<T>>
  const found = target[method]
  if (found === undefined) throw new TypeError(`There is no ${store}.${method}`)
  return found.apply(target, [...args])
}

/** `work` that is broken off at one of its statements, whatever it makes of that; or dies there, and makes nothing of it. */
function breaking<T>(
  work: (stores: Stores) => Promise<T>,
  fault: 'brokenOff' | 'diesInside',
  chance: Chance,
): (stores: Stores) => Promise<T> {
  return (stores) => {
    let left = chance.between(0, MOST_STATEMENTS)
    const broken = Promise.withResolvers<never>()
    const statement = (call: () => Promise<unknown>): Promise<unknown> => {
      if (left-- > 0) return call()
      const error = fault === 'diesInside' ? DIED : new UnavailableError('The store went away half-way')
      broken.reject(error)
      return fault === 'diesInside' ? never() : Promise.reject(error)
    }
    return Promise.race([broken.promise, work(eachStatement(stores, statement))])
  }
}

/** `stores` with every call going through `around`. */
export function eachStatement(
  stores: Stores,
  around: (call: () => Promise<unknown>, what: StoreCall) => Promise<unknown>,
): Stores {
  const wrapped = STORES.map((store) => [
    store,
    new Proxy(stores[store] as object, {
      get: (_, method) =>
        typeof method === 'symbol'
          ? undefined
          : (...args: unknown[]) =>
              around(() => invoke(stores, { store, method, args }), { store, method, args }),
    }),
  ])
  return Object.fromEntries(wrapped) as Stores
}
