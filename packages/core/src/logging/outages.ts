import type { Clock, Logger } from '../environment.ts'
import { MusterError, QueueError, UnavailableError } from '../errors.ts'
import { plainError } from './plain-error.ts'

/** A backend that failed is back once it has worked for so long without failing again. */
export const BACK_AFTER_MS = 5_000

interface Outage {
  readonly since: number
  failures: number
  /** When it worked again, if nothing has failed since. */
  worksSince: number | undefined
  watched: boolean
}

/**
 * The backends that are away, known once per process. Loops, requests, probes and adapters report what they meet; an outage is logged when it begins (warn) and
 * when it has ended (info, with its failures and its length), and what is met in between at debug.
 */
export class Outages {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #open = new Map<string, Outage>()
  readonly #closing = new AbortController()

  constructor({ clock, logger }: { readonly clock: Clock; readonly logger: Logger }) {
    this.#clock = clock
    this.#logger = logger
  }

  /** The backends that are away. */
  get away(): readonly string[] {
    return [...this.#open.keys()]
  }

  /** Reports a failure, of the backend that the error names unless another is given. An error by which nothing is away is only logged at debug. */
  failed(error: unknown, backend: string = backendOf(error) ?? 'persistence'): void {
    const err = plainError(error)
    if (isBusy(error)) {
      this.#logger.debug({ err }, err.message)
      return
    }
    const outage = this.#open.get(backend)
    if (outage) {
      outage.failures++
      outage.worksSince = undefined
      this.#logger.debug({ err, backend, failures: outage.failures }, `${backend} is still away`)
      return
    }
    this.#open.set(backend, {
      since: this.#now(),
      failures: 1,
      worksSince: undefined,
      watched: false,
    })
    this.#logger.warn({ err, backend }, `${err.message} (told again when it works)`)
  }

  /** Reports that a call to the backend was answered. Costs nothing while nothing is away. */
  worked(backend: string): void {
    if (this.#open.size === 0) return
    const outage = this.#open.get(backend)
    if (!outage) return
    outage.worksSince ??= this.#now()
    if (this.#closing.signal.aborted) this.#end(backend, outage)
    else if (!outage.watched) void this.#watch(backend, outage)
  }

  /** Stops waiting: backends that work by now are told of at once. Can be called twice. */
  close(): void {
    this.#closing.abort()
    for (const [backend, outage] of this.#open) {
      if (outage.worksSince !== undefined) this.#end(backend, outage)
    }
  }

  async #watch(backend: string, outage: Outage): Promise<void> {
    outage.watched = true
    while (outage.worksSince !== undefined && this.#open.get(backend) === outage) {
      const left = outage.worksSince + BACK_AFTER_MS - this.#now()
      if (left <= 0) this.#end(backend, outage)
      else await this.#clock.wait(left, this.#closing.signal)
    }
    outage.watched = false
  }

  #end(backend: string, { since, failures, worksSince = since }: Outage): void {
    this.#open.delete(backend)
    const seconds = Math.round((worksSince - since) / 100) / 10
    this.#logger.info(
      { backend, failures, seconds },
      `${backend} works again, after ${seconds} s and ${failures} ${failures === 1 ? 'failure' : 'failures'}`,
    )
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

/** The backend that is away by this error; `undefined` if it tells of none. */
export function backendOf(error: unknown): string | undefined {
  if (!(error instanceof UnavailableError) && !(error instanceof QueueError)) return undefined
  return error.backend ?? undefined
}

/** An answer that another moment will change, though nothing is away. */
function isBusy(error: unknown): boolean {
  return error instanceof MusterError && 'backend' in error && error.backend === null
}

/** The outages of the process, or if nobody shares any, ones of its own. */
export function outagesOf(deps: {
  readonly clock: Clock
  readonly logger: Logger
  readonly outages?: Outages | undefined
}): Outages {
  return deps.outages ?? new Outages(deps)
}
