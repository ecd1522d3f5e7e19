import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Muster } from '@muster/host'
import { SeededRandom } from '@muster/testing'
import type { Pool } from 'pg'
import { cutConnection, openPool, surviving } from '../connections.ts'
import { Findings, type Violation } from '../findings.ts'
import { openMuster } from '../forms/world.ts'
import { endProgram, startProgram } from '../programs.ts'
import type { MemberNews, MemberOrders } from './member.ts'
import { findViolations } from './violations.ts'
import { makeWorld, supply, type World } from './world.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  readonly processes: number
  /** Of each process: one with a manager, and every other with somebody who works. */
  readonly connections: number
  readonly people: number
  /** The round ends when so many processes were killed, so much was submitted, and every kind of move was made. */
  readonly kills: number
  readonly submissions: number
  /** Tasks that are open at least. */
  readonly tasks: number
  readonly killEveryMs: number
  /** Changes of a task do not wait for each other, on purpose. */
  readonly unlocked?: boolean
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  /** Moves that were answered and told of, by name. */
  readonly made: Readonly<Record<string, number>>
  readonly connectionsKilled: number
  readonly processesKilled: number
  /** Decisions to ask one more person. */
  readonly asked: number
  /** Pauses that drifting answers raised. */
  readonly drifted: number
  readonly violations: readonly Violation[]
}

/** Moves without which a round has shown too little. */
const MOVES = ['submit', 'refit', 'pause', 'resumed', 'reopened', 'sweep'] as const

const OPEN = `select count(*)::int as n from task where status = 'open' and current_step_id is not null`
const ASKED = `select count(*)::int as n from overlap_decision where (decision ->> 'added')::boolean`
const DRIFTED = `select count(*)::int as n from fact where type = 'person_paused' and data ->> 'reason' = 'drift'`

/** Lets people who are watched answer as often as it takes, while processes and connections are killed, and asks every rule once all is quiet. */
export async function qualityUnderFire(wish: Wish): Promise<Report> {
  const pool = openPool(wish.url, 2)
  const muster = await openMuster(wish.url, 2)
  const world = await makeWorld(muster, wish.people)
  const round = new Round(wish, muster, world, pool)
  const start = performance.now()
  try {
    await round.run()
    await round.stop()
    return await round.report((performance.now() - start) / 1_000)
  } finally {
    await round.stop()
    await muster.close()
    await pool.end()
  }
}

class Round {
  readonly #wish: Wish
  readonly #muster: Muster
  readonly #world: World
  readonly #pool: Pool
  readonly #random: SeededRandom
  readonly #processes = new Set<ChildProcess>()
  /** Those that have done something: others are still starting. */
  readonly #atWork = new Set<ChildProcess>()
  readonly #findings = new Findings()
  readonly #made = new Map<string, number>()
  #started = 0
  #connectionsKilled = 0
  #processesKilled = 0

  constructor(wish: Wish, muster: Muster, world: World, pool: Pool) {
    this.#wish = wish
    this.#muster = muster
    this.#world = world
    this.#pool = pool
    this.#random = new SeededRandom(wish.seed)
  }

  async run(): Promise<void> {
    await supply(this.#muster, this.#world, this.#wish.tasks)
    for (let nth = 0; nth < this.#wish.processes; nth++) this.#start()
    const supplying = this.#whileOn(async () => {
      await delay(100)
      const missing = this.#wish.tasks - (await this.#count(OPEN))
      if (missing > 0) await surviving(() => supply(this.#muster, this.#world, missing))
    })
    const killing = this.#whileOn(async () => {
      await delay(this.#wish.killEveryMs)
      await this.#kill()
    })
    await Promise.all([supplying, killing])
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes].map((process) => endProgram(process)))
  }

  /** Asks every rule, once what killed processes left behind is swept up. */
  async report(seconds: number): Promise<Report> {
    while ((await this.#muster.assignments.expireDue()) > 0);
    this.#findings.note(await findViolations(this.#muster, this.#pool, this.#world))
    return {
      seed: this.#wish.seed,
      seconds: Math.round(seconds),
      made: Object.fromEntries(this.#made),
      connectionsKilled: this.#connectionsKilled,
      processesKilled: this.#processesKilled,
      asked: await this.#count(ASKED),
      drifted: await this.#count(DRIFTED),
      violations: this.#findings.violations(this.#wish.seed),
    }
  }

  async #count(statement: string): Promise<number> {
    const { rows } = await this.#pool.query<{ n: number }>(statement)
    return rows[0]?.n ?? 0
  }

  async #whileOn(step: () => Promise<void>): Promise<void> {
    const { kills, submissions } = this.#wish
    const isOver = (): boolean =>
      !this.#findings.isEmpty ||
      (this.#processesKilled >= kills &&
        (this.#made.get('submit') ?? 0) >= submissions &&
        MOVES.every((move) => this.#made.has(move)))
    while (!isOver()) await step()
  }

  #start(): void {
    const { url, seed, connections, unlocked = false } = this.#wish
    this.#started += 1
    const orders = { url, seed: seed * 1_000 + this.#started, connections, world: this.#world, unlocked }
    const child = startProgram<MemberOrders, MemberNews>(new URL('./member.ts', import.meta.url), {
      orders,
      hear: (news) => {
        this.#atWork.add(child)
        if (news.kind === 'fault') this.#findings.fault(news.what)
        else this.#made.set(news.what, (this.#made.get(news.what) ?? 0) + 1)
      },
      ended: (exitCode) => {
        this.#processes.delete(child)
        this.#atWork.delete(child)
        if (exitCode) this.#findings.fault(`A process ended with exit code ${exitCode}`)
      },
    })
    this.#processes.add(child)
  }

  /** Kills a process or cuts a connection. More than half of the processes are at work before one is killed, since starting takes its time. */
  async #kill(): Promise<void> {
    const { processes, kills } = this.#wish
    const victims = [...this.#atWork]
    const mayKill = this.#processesKilled < kills && victims.length * 2 > processes
    const victim = mayKill ? victims[Math.floor(this.#random.next() * victims.length)] : undefined
    if (victim && this.#random.next() < 0.5) {
      this.#atWork.delete(victim)
      victim.kill('SIGKILL')
      this.#processesKilled += 1
      this.#start()
    } else if (victims.length > 0) this.#connectionsKilled += await cutConnection(this.#pool)
  }
}
