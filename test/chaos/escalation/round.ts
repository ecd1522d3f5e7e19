import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { UnavailableError } from '@muster/core'
import { SeededRandom } from '@muster/testing'
import type { Pool } from 'pg'
import { cutConnection, openPool } from '../connections.ts'
import type { Violation } from '../findings.ts'
import { endProgram, startProgram } from '../programs.ts'
import { findViolations } from './violations.ts'
import { MODELS, makeRun, openMuster, type Way } from './world.ts'

export interface Wish {
  /** Of an empty database. */
  readonly url: string
  readonly seed: number
  readonly scenarios: number
  readonly jobsPerSecond: number
  /** Processes that work and decide. */
  readonly members: number
  /** Processes that are killed, one after another; then the rest comes to its end. */
  readonly kills: number
  /** At most, between one cut connection and the next. */
  readonly cutEveryMs: number
  readonly patienceMs: number
}

export interface Report {
  readonly seed: number
  readonly seconds: number
  readonly scenarios: number
  readonly escalated: number
  readonly processesKilled: number
  readonly connectionsCut: number
  readonly violations: readonly Violation[]
}

/** Drains a run with a policy while the processes that do it are killed and their connections cut; then holds what was decided to the pure function. */
export async function escalationUnderFire(wish: Wish): Promise<Report> {
  const start = performance.now()
  const muster = await openMuster({ url: wish.url })
  const pool = openPool(wish.url, 2)
  const fire = new Fire(wish, pool)
  try {
    const { projectId, runId } = await makeRun(muster, wish.scenarios, wish.jobsPerSecond)
    fire.light()
    await untilDecided(wish, async () => {
      const { status, escalation } = await muster.runs.get(runId)
      return status === 'completed' && escalation?.ready === 0
    })
    await fire.end()
    return {
      seed: wish.seed,
      seconds: Math.round((performance.now() - start) / 1_000),
      scenarios: wish.scenarios,
      escalated: (await surviving(() => muster.runs.get(runId))).escalation?.escalated ?? 0,
      processesKilled: fire.killed,
      connectionsCut: fire.cut,
      violations: await surviving(() => findViolations(muster, projectId, runId)),
    }
  } finally {
    await fire.end()
    await muster.close()
    await pool.end()
  }
}

/** The processes, and all that happens to them. */
class Fire {
  readonly #wish: Wish
  readonly #pool: Pool
  readonly #random: SeededRandom
  readonly #members = new Map<ChildProcess, { ready: boolean }>()
  readonly #burning: Promise<unknown>[] = []
  #out = false
  killed = 0
  cut = 0

  constructor(wish: Wish, pool: Pool) {
    this.#wish = wish
    this.#pool = pool
    this.#random = new SeededRandom(wish.seed)
  }

  light(): void {
    for (let nth = 0; nth < this.#wish.members; nth++) this.#start()
    this.#burning.push(this.#kill(), this.#cut())
  }

  /** Nothing more happens to anybody. Can be called twice. */
  async end(): Promise<void> {
    this.#out = true
    await Promise.all(this.#burning)
    await Promise.all([...this.#members.keys()].map((member) => endProgram(member, { kill: true })))
  }

  #start(): void {
    const { url } = this.#wish
    const state = { ready: false }
    const member = startProgram<Way, 'ready'>(new URL('member.ts', import.meta.url), {
      orders: { url },
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
      await delay(20 + this.#random.next() * 200)
      const ready = [...this.#members].filter(([, state]) => state.ready)
      const [member, state] = ready[Math.floor(this.#random.next() * ready.length)] ?? []
      if (this.#out || !member || !state) continue
      state.ready = false
      member.kill('SIGKILL')
      this.killed += 1
    }
  }

  async #cut(): Promise<void> {
    while (!this.#out) {
      await delay(this.#random.next() * this.#wish.cutEveryMs)
      if (this.#out) return
      // While nobody is there, cuts would only keep them from coming.
      if (![...this.#members.values()].some(({ ready }) => ready)) continue
      this.cut += await cutConnection(this.#pool)
    }
  }
}

async function untilDecided({ patienceMs, scenarios }: Wish, isDone: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + patienceMs
  while (!(await surviving(isDone))) {
    if (performance.now() > until) {
      throw new Error(`${scenarios * MODELS.length} jobs were not done and decided in ${patienceMs} ms`)
    }
    await delay(100)
  }
}

/** What `read` gives once its connection is not cut. */
async function surviving<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      await delay(20)
    }
  }
}
