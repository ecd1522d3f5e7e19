import { ClosedError, ValidationError } from '@muster/core'
import type { ProcessReporter } from '@muster/core/operating'
import type { Broadcast, Clock, Logger } from '@muster/core/ports'
import {
  assertCloseOptions,
  atMost,
  type CloseOptions,
  closingMs,
  elapsedMs,
  type JobSignals,
  type Lookout,
  type Scheduler,
  type Worker as Workman,
} from '@muster/core/use-cases'
import type { WebhookDeliverer } from '@muster/core/webhooks'
import type { Worker, WorkOptions } from './muster.ts'

/** Where processes tell each other that jobs may have become ready. */
export const READY = 'jobs:ready'
/** Where they tell each other that scenarios may be ready to be decided. */
export const SCENARIOS_READY = 'scenarios:ready'

/** Time left for each backend's goodbye, in ms, if all else has taken the time that a close has. */
const LAST_WORDS_MS = 20

/** A loop that runs in the background until it is closed. */
interface Running {
  close(options?: CloseOptions): Promise<void>
}

/** The parts of the background. */
export interface BackgroundParts {
  readonly worker: (options: Omit<WorkOptions, 'schedule'>) => { worker: Workman; signals: JobSignals }
  readonly scheduler: () => Scheduler
  /** undefined: this process sends no webhooks. */
  readonly deliverer: () => WebhookDeliverer | undefined
  readonly lookout: Lookout
  readonly reporter: ProcessReporter
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
  /** Closed beside what runs. */
  readonly feed: { close(): Promise<void> }
  /** Closed one after the other, once nothing runs. */
  readonly backends: readonly (() => Promise<void> | undefined)[]
}

/** The workers and schedulers that run here, and the end of them all. */
export class Background {
  readonly #parts: BackgroundParts
  readonly #running = new Set<Running>()
  readonly #ending = new AbortController()
  /** One scheduler for all of this process who want one; gives what ends their wish. */
  readonly #scheduling: () => () => Promise<void>
  #closed: Promise<void> | undefined
  #over = false

  constructor(parts: BackgroundParts) {
    this.#parts = parts
    this.#scheduling = sharing(() => this.#openScheduler())
  }

  /** Whether nobody may call any longer: handlers of a worker that closes may, until it has closed. */
  get over(): boolean {
    return this.#over
  }

  /** Aborted when closing begins. */
  get closing(): AbortSignal {
    return this.#ending.signal
  }

  /** @throws ClosedError, ValidationError */
  async work({ schedule: schedules = true, ...options }: WorkOptions = {}): Promise<Worker> {
    if (this.#closed) throw new ClosedError()
    if (typeof schedules !== 'boolean') {
      throw new ValidationError([{ path: 'schedule', message: 'must be true or false' }])
    }
    const { broadcast, clock, lookout, reporter } = this.#parts
    const { worker, signals } = this.#parts.worker(options)
    const deafen = await broadcast.subscribe(READY, () => worker.nudge())
    const closing = async (how: CloseOptions): Promise<void> => {
      const worked = worker.close(how).then(() => signals.close())
      await Promise.all([deafen(), leave(), unschedule?.(), worked, ...told.map((end) => end())])
      this.#running.delete(handle)
    }
    const close = async (how: CloseOptions = {}): Promise<void> => {
      assertCloseOptions(how)
      await atMost(clock, closing(how), closingMs(how.deadlineMs))
    }
    const handle = { close }
    this.#running.add(handle)
    await worker.start()
    const unschedule = schedules ? this.#scheduling() : undefined
    const leave = lookout.enter({ schedules })
    const told = [
      reporter.enter('worker', () => worker.load()),
      ...(schedules ? [reporter.enter('scheduler')] : []),
    ]
    return handle
  }

  /** @throws ClosedError */
  schedule(): { close(): Promise<void> } {
    if (this.#closed) throw new ClosedError()
    const handle = {
      close: async () => {
        await Promise.all([leave(), unschedule(), told()])
        this.#running.delete(handle)
      },
    }
    this.#running.add(handle)
    const unschedule = this.#scheduling()
    const leave = this.#parts.lookout.enter({ schedules: true })
    const told = this.#parts.reporter.enter('scheduler')
    return handle
  }

  /** @throws ClosedError */
  serve(): { close(): Promise<void> } {
    if (this.#closed) throw new ClosedError()
    const told = this.#parts.reporter.enter('api')
    const handle = {
      close: async () => {
        await told()
        this.#running.delete(handle)
      },
    }
    this.#running.add(handle)
    return handle
  }

  /** Ends all that runs, then the backends, within the deadline. Can be called twice. */
  async close(how: CloseOptions = {}): Promise<void> {
    assertCloseOptions(how)
    this.#closed ??= this.#close(how)
    await this.#closed
  }

  async #close(how: CloseOptions): Promise<void> {
    const { clock, feed, backends } = this.#parts
    const until = elapsedMs(clock) + closingMs(how.deadlineMs)
    const inTime = (work: Promise<unknown> | undefined): Promise<void> =>
      atMost(clock, work ?? Promise.resolve(), Math.max(LAST_WORDS_MS, until - elapsedMs(clock)))
    this.#over = this.#running.size === 0
    this.#ending.abort(new ClosedError())
    await inTime(Promise.all([feed.close(), ...[...this.#running].map((part) => part.close(how))]))
    this.#over = true
    for (const close of backends) await inTime(close())
  }

  #openScheduler(): Running {
    const { broadcast, logger } = this.#parts
    const scheduler = this.#parts.scheduler()
    scheduler.start()
    const deliverer = this.#parts.deliverer()
    deliverer?.start()
    // Without it the scheduler polls.
    const deafen = broadcast
      .subscribe(SCENARIOS_READY, () => scheduler.nudge())
      .catch((error: unknown) => {
        logger.debug({ err: error }, 'Nudges are not heard')
        return undefined
      })
    return {
      async close() {
        const deaf = deafen.then((leave) => leave?.())
        await Promise.all([scheduler.close(), deliverer?.close(), deaf])
      },
    }
  }
}

/** Opens one for the first that wants it; the last that no longer wants it closes it. */
function sharing(open: () => Running): () => () => Promise<void> {
  let shared: Running | undefined
  let holders = 0
  return () => {
    holders++
    shared ??= open()
    const mine = shared
    let held = true
    return async () => {
      if (held) holders--
      held = false
      if (holders > 0 || shared !== mine) return
      shared = undefined
      await mine.close()
    }
  }
}
