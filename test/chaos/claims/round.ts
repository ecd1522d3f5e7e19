import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import type { Pool } from 'pg'
import { cutConnection, openPool, surviving } from '../connections.ts'
import { Findings, type Violation } from '../findings.ts'
import { endProgram, startProgram } from '../programs.ts'
import type { Broken } from './broken.ts'
import type { ClaimerNews, ClaimerOrders } from './claimer.ts'
import { findViolations, watchRests } from './violations.ts'
import { makeWorld, openMuster, supply, type World } from './world.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  /** The round ends when so many claims were made, or when a rule was broken, see `until`. */
  readonly claims: number
  readonly processes: number
  /** Of each process, every one with somebody who moves. */
  readonly connections: number
  readonly people: number
  /** Between one killed connection and the next. */
  readonly killEveryMs: number
  /** At least, between one snapshot in which every rule is asked and the next; the feed is read whole in every tenth. */
  readonly askEveryMs: number
  readonly broken?: Broken
  /** The round ends when this rule was broken. Default: any. */
  readonly until?: string
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  /** Claims that were answered with an assignment and told of: those of killed processes count only as far as they had told. */
  readonly claims: number
  /** Other moves that came about, by name. */
  readonly moves: Readonly<Record<string, number>>
  readonly connectionsKilled: number
  readonly processesKilled: number
  /** Snapshots in which every rule was asked. */
  readonly snapshots: number
  /** Distinct, in the order they were seen. */
  readonly violations: readonly Violation[]
}

const FREE_SLOTS = 600
/** For each moment in which every rule is asked, so many in which none is. */
const SHARE_OF_CLAIMS = 4
/** A process needs a second to be there: so many connections are killed for one of it. */
const CONNECTIONS_PER_PROCESS = 40

/** Lets several processes claim, push and move at once while their connections and they themselves are killed, and asks every rule all the while. */
export async function claimsUnderFire(wish: Wish): Promise<Report> {
  const pool = openPool(wish.url, 3)
  const muster = await openMuster(wish.url, 2)
  const world = await makeWorld(muster, wish.people)
  await watchRests(pool)
  const round = new Round(wish, world)
  const start = performance.now()
  try {
    await supply(muster, world, pool, FREE_SLOTS)
    await round.run(pool, () => surviving(() => supply(muster, world, pool, FREE_SLOTS)))
    return round.report((performance.now() - start) / 1_000)
  } finally {
    await round.stop()
    await muster.close()
    await pool.end()
  }
}

/** Moves that come about when something was claimed. */
const CLAIMS = ['claim', 'twoTabs', 'ahead', 'twoAhead'] as const

class Round {
  readonly #wish: Wish
  readonly #world: World
  readonly #random: SeededRandom
  readonly #processes = new Set<ChildProcess>()
  readonly #made = new Map<string, number>()
  readonly #findings = new Findings()
  #started = 0
  #connectionsKilled = 0
  #processesKilled = 0
  #snapshots = 0

  constructor(wish: Wish, world: World) {
    this.#wish = wish
    this.#world = world
    this.#random = new SeededRandom(wish.seed)
  }

  async run(pool: Pool, resupply: () => Promise<void>): Promise<void> {
    for (let nth = 0; nth < this.#wish.processes; nth++) this.#start()
    const killing = this.#whileOn(async () => {
      await delay(this.#wish.killEveryMs)
      if (this.#claims() === 0) return
      await this.#kill(pool)
    })
    const asking = this.#whileOn(async () => {
      const asked = performance.now()
      await this.#ask(pool, this.#snapshots % 10 === 0)
      // A long past takes long to read: most of the time is for the claims.
      await delay(Math.max(this.#wish.askEveryMs, SHARE_OF_CLAIMS * (performance.now() - asked)))
    })
    const supplying = this.#whileOn(async () => {
      await resupply()
      await delay(200)
    })
    await Promise.all([killing, asking, supplying])
    await this.stop()
    await this.#ask(pool, true)
  }

  /** Lets every process come to its end. */
  async stop(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => endProgram(process)))
  }

  report(seconds: number): Report {
    return {
      seed: this.#wish.seed,
      seconds: Math.round(seconds),
      claims: this.#claims(),
      moves: Object.fromEntries(this.#made),
      connectionsKilled: this.#connectionsKilled,
      processesKilled: this.#processesKilled,
      snapshots: this.#snapshots,
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  async #whileOn(step: () => Promise<void>): Promise<void> {
    const { until, claims } = this.#wish
    while (!this.#findings.isEnough(until) && this.#claims() < claims) await step()
  }

  /** At least: of two tabs that both got something one is counted. */
  #claims(): number {
    return CLAIMS.reduce((sum, name) => sum + (this.#made.get(name) ?? 0), 0)
  }

  #start(): void {
    const { url, seed, connections, broken } = this.#wish
    this.#started += 1
    const orders: ClaimerOrders = {
      url,
      seed: seed * 100 + this.#started,
      connections,
      world: this.#world,
      ...(broken ? { broken } : {}),
    }
    const child = startProgram<ClaimerOrders, ClaimerNews>(new URL('./claimer.ts', import.meta.url), {
      orders,
      hear: (news) => this.#hear(news),
      ended: (exitCode) => {
        this.#processes.delete(child)
        if (exitCode) this.#findings.fault(`A process ended with exit code ${exitCode}`)
      },
    })
    this.#processes.add(child)
  }

  #hear(news: ClaimerNews): void {
    if (news.kind === 'fault') this.#findings.fault(news.what)
    else {
      for (const [name, count] of Object.entries(news.moves)) {
        this.#made.set(name, (this.#made.get(name) ?? 0) + count)
      }
    }
  }

  async #kill(pool: Pool): Promise<void> {
    const [victim] = this.#processes
    if (victim && this.#random.next() * CONNECTIONS_PER_PROCESS < 1) {
      victim.kill('SIGKILL')
      this.#processesKilled += 1
      this.#start()
    } else {
      this.#connectionsKilled += await cutConnection(pool)
    }
  }

  async #ask(pool: Pool, whole: boolean): Promise<void> {
    const found = await findViolations(pool, this.#world, { whole })
    this.#snapshots += 1
    this.#findings.note(found)
  }
}
