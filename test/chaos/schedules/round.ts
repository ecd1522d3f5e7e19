import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import type { Pool } from 'pg'
import { openPool } from '../connections.ts'
import type { Violation } from '../findings.ts'
import { endProgram, startProgram } from '../programs.ts'
import { findViolations } from './violations.ts'
import { makeSchedules, openMuster, type Size, type Way } from './world.ts'

export interface Wish extends Size {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  /** Processes that schedule, with clocks that are wrong by up to 30 s. */
  readonly schedulers: number
  /** Processes that are killed, one after another; then the rest comes to its end. */
  readonly kills: number
  /** At most, between one kill and the next. */
  readonly killEveryMs: number
  readonly patienceMs: number
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly schedules: number
  readonly ticks: number
  readonly processesKilled: number
  readonly violations: readonly Violation[]
}

const CLOCKS_MS = [0, 30_000, -30_000]

/** Fires ticks while the processes that do it are killed one after another; then holds what came to what was planned. */
export async function schedulesUnderFire(wish: Wish): Promise<Report> {
  const start = performance.now()
  const muster = await openMuster({ url: wish.url })
  const pool = openPool(wish.url, 2)
  const fire = new Fire(wish)
  try {
    const { planned } = await makeSchedules(muster, wish)
    const ticks = planned.reduce((sum, one) => sum + one.ticks.length, 0)
    fire.light()
    await untilCome(wish, pool, ticks)
    await fire.end()
    return {
      seed: wish.seed,
      seconds: Math.round((performance.now() - start) / 1_000),
      schedules: planned.length,
      ticks,
      processesKilled: fire.killed,
      violations: await findViolations(muster, pool, planned),
    }
  } finally {
    await fire.end()
    await muster.close()
    await pool.end()
  }
}

/** The processes, and the kills. */
class Fire {
  readonly #wish: Wish
  readonly #random: SeededRandom
  readonly #members = new Map<ChildProcess, { ready: boolean }>()
  #burning: Promise<void> = Promise.resolve()
  #started = 0
  #out = false
  killed = 0

  constructor(wish: Wish) {
    this.#wish = wish
    this.#random = new SeededRandom(wish.seed)
  }

  light(): void {
    for (let nth = 0; nth < this.#wish.schedulers; nth++) this.#start()
    this.#burning = this.#kill()
  }

  /** Nothing more happens to anybody. Can be called twice. */
  async end(): Promise<void> {
    this.#out = true
    await this.#burning
    await Promise.all([...this.#members.keys()].map((member) => endProgram(member, { kill: true })))
  }

  #start(): void {
    const { url } = this.#wish
    const offMs = CLOCKS_MS[this.#started++ % CLOCKS_MS.length] ?? 0
    const state = { ready: false }
    const member = startProgram<Way, 'ready'>(new URL('member.ts', import.meta.url), {
      orders: { url, offMs },
      hear: () => {
        state.ready = true
      },
      ended: () => {
        this.#members.delete(member)
        if (!this.#out) this.#start()
      },
    })
    this.#members.set(member, state)
  }

  async #kill(): Promise<void> {
    while (!this.#out && this.killed < this.#wish.kills) {
      await delay(this.#random.next() * this.#wish.killEveryMs)
      const ready = [...this.#members].filter(([, state]) => state.ready)
      const [member, state] = ready[Math.floor(this.#random.next() * ready.length)] ?? []
      if (this.#out || !member || !state) continue
      state.ready = false
      member.kill('SIGKILL')
      this.killed += 1
    }
  }
}

export async function untilCome(
  { patienceMs }: Pick<Wish, 'patienceMs'>,
  pool: Pool,
  ticks: number,
): Promise<void> {
  const until = performance.now() + patienceMs
  for (;;) {
    const { rows } = await pool.query<{ due: string; came: string }>(
      `select (select count(*) from schedule where due_at is not null) as due, (select count(*) from schedule_tick) as came`,
    )
    if (rows[0]?.due === '0') return
    if (performance.now() > until)
      throw new Error(`${rows[0]?.came} of ${ticks} ticks had come after ${patienceMs} ms`)
    await delay(100)
  }
}
