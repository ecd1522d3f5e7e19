import type { Clock, Logger } from '../../environment.ts'
import { plainError } from '../../logging/plain-error.ts'
import { elapsedMs } from '../../time.ts'
import type { JobError } from '../job.ts'
import type { ActiveJob } from '../worker-store.ts'

/** So many failed attempts of one type and code are told singly in one window; the others are counted. */
export const TOLD_SINGLY = 10

/** How long a window is. */
export const WINDOW_MS = 10_000

/** The longest stack that is logged, and how many causes are followed. */
const LONGEST_STACK = 4_000
const DEEPEST_CAUSE = 3

interface Kind {
  readonly type: string
  readonly code: string
  told: number
  more: number
}

/** A failed attempt. */
export interface FailedAttempt {
  readonly job: Pick<ActiveJob, 'jobId' | 'type' | 'attempt' | 'maxAttempts'>
  readonly error: JobError
  readonly durationMs: number
  /** There will be no other attempt. */
  readonly final: boolean
  /** The other side asked to wait, and the attempt does not count. */
  readonly asksToWait?: boolean
  /** The error that the handler threw, if it did. */
  readonly thrown?: unknown
}

/**
 * Logs failed attempts. A storm of failures stays readable: of each type and code the first few of a window
 * have a line of their own, then one line counts the rest.
 */
export class FailureLog {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #stop = new AbortController()
  #kinds = new Map<string, Kind>()
  #endsAt = Number.NEGATIVE_INFINITY
  #loop: Promise<void> | undefined

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock
    this.#logger = logger
  }

  failed({ job, error, durationMs, final, asksToWait, thrown }: FailedAttempt): void {
    const kind = this.#kindOf(job.type, error.code)
    if (kind.told >= TOLD_SINGLY) {
      kind.more++
      this.#loop ??= this.#countLater()
      return
    }
    kind.told++
    const { jobId, type, attempt, maxAttempts } = job
    this.#logger.warn(
      {
        jobId,
        type,
        attempt,
        maxAttempts,
        code: error.code,
        final,
        durationMs,
        err: described(thrown, error),
      },
      final
        ? 'A job failed'
        : asksToWait
          ? 'The other side asks to wait, the job is tried again'
          : 'An attempt failed, the job is tried again',
    )
  }

  /** Tells the counts that are not told yet. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    this.#tellCounts()
  }

  #kindOf(type: string, code: string): Kind {
    const now = elapsedMs(this.#clock)
    if (now >= this.#endsAt) {
      this.#tellCounts()
      this.#endsAt = now + WINDOW_MS
    }
    const key = JSON.stringify([type, code])
    const kind = this.#kinds.get(key) ?? { type, code, told: 0, more: 0 }
    this.#kinds.set(key, kind)
    return kind
  }

  async #countLater(): Promise<void> {
    await this.#clock.wait(this.#endsAt - elapsedMs(this.#clock), this.#stop.signal)
    this.#loop = undefined
    this.#tellCounts()
  }

  #tellCounts(): void {
    for (const { type, code, more } of this.#kinds.values()) {
      if (more > 0) this.#logger.warn({ type, code, attempts: more }, 'More attempts failed in the same way')
    }
    this.#kinds = new Map()
  }
}

/** Name, message and stack alone: other properties of an error may hold what was sent, or secrets. */
function described(thrown: unknown, { message }: JobError): object {
  try {
    if (!(thrown instanceof Error)) return { type: typeof thrown, message }
    const plain = plainError(thrown)
    return { type: plain.name, message, stack: stackOf(plain).slice(0, LONGEST_STACK) }
  } catch {
    return { type: 'unreadable', message }
  }
}

function stackOf(thrown: Error): string {
  const stacks: string[] = []
  let error: unknown = thrown
  for (let depth = 0; depth <= DEEPEST_CAUSE && error instanceof Error; depth++) {
    stacks.push(String(error.stack ?? `${error.name}: ${error.message}`))
    error = error.cause
  }
  return stacks.join('\ncaused by ')
}
