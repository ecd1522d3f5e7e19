import { type Signal, signalsIn } from '../events/signals.ts'
import type { Json } from '../json/json.ts'
import type { ProjectStore } from '../people/project-store.ts'

const LOOK_MS = 1_000

interface Deps {
  readonly projects: Pick<ProjectStore, 'systemPaused'>
  /** Tells every subscription. */
  readonly tell: (signal: Signal) => void
}

/** Whether all queues are paused: heard, and looked at now and then in case nothing is heard. */
export class SystemPause {
  readonly #deps: Deps
  #paused: boolean | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Tells what was broadcast of the whole system; says whether a pause began or ended by it. */
  hear(message: Json): boolean {
    const signals = signalsIn(message, null)
    for (const signal of signals) this.#tell(signal)
    return signals.some(({ type }) => type === 'queue_paused' || type === 'queue_resumed')
  }

  isDue(now: number): boolean {
    return now - this.#lookedAt >= LOOK_MS
  }

  async look(now: number): Promise<void> {
    this.#lookedAt = now
    const paused = await this.#deps.projects.systemPaused()
    if (this.#paused !== undefined && paused !== this.#paused) {
      this.#tell({
        type: paused ? 'queue_paused' : 'queue_resumed',
        projectId: null,
        data: { global: true },
      })
    }
    this.#paused = paused
  }

  #tell(signal: Signal): void {
    if (signal.type === 'queue_paused' || signal.type === 'queue_resumed')
      this.#paused = signal.type === 'queue_paused'
    this.#deps.tell(signal)
  }
}
