import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { SeededRandom } from '@muster/testing'
import { endProgram } from './programs.ts'

/** Processes that are killed one after another, and started anew. */
export interface FireWish {
  readonly seed: number
  readonly processes: number
  /** Kills; then the rest comes to its end. */
  readonly kills: number
  /** At most, between one kill and the next. */
  readonly killEveryMs: number
  /** Starts a process, which says when it is at work and when it has ended. */
  readonly start: (tell: { readonly ready: () => void; readonly ended: () => void }) => ChildProcess
}

/** The processes, and the kills. */
export class Fire {
  readonly #wish: FireWish
  readonly #random: SeededRandom
  readonly #members = new Map<ChildProcess, { ready: boolean }>()
  #burning: Promise<void> = Promise.resolve()
  #out = false
  killed = 0

  constructor(wish: FireWish) {
    this.#wish = wish
    this.#random = new SeededRandom(wish.seed)
  }

  light(): void {
    for (let nth = 0; nth < this.#wish.processes; nth++) this.#start()
    this.#burning = this.#kill()
  }

  /** Resolves when all kills have been done. */
  spent(): Promise<void> {
    return this.#burning
  }

  /** Nothing more happens to anybody. Can be called twice. */
  async end(): Promise<void> {
    this.#out = true
    await this.#burning
    await Promise.all([...this.#members.keys()].map((member) => endProgram(member, { kill: true })))
  }

  #start(): void {
    const state = { ready: false }
    const member = this.#wish.start({
      ready: () => {
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
