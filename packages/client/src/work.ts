import { type WorkAnswer, WorkAsking, type WorkQuestion } from './asking.ts'
import type { Calls } from './call.ts'
import { ConflictError, MusterError } from './errors.ts'
import { waiting } from './fetching.ts'
import type { components } from './schema.ts'
import { JobFailedError } from './work-errors.ts'

/** A job that was claimed, as the server gave it. */
export type ClaimedJob = components['schemas']['ClaimedJobs']['jobs'][number]

/** The usage of one call of a provider. */
export interface WorkUsage {
  /** Default: the job's. */
  readonly model?: string
  readonly input: number
  readonly output: number
  readonly cached?: number
  readonly cacheWrite?: number
  readonly reasoning?: number
  readonly costMicros?: number
}

/** The tools that a handler gets beside its job. */
export interface WorkTools {
  /** Aborts when the job was cancelled or is past its deadline, when it is no longer this worker's, and when the worker has waited long enough for it at its end. */
  readonly signal: AbortSignal
  /** Reports progress: the step's name, its place 1..total, and optionally a percentage. The latest goes with the next heartbeat. */
  readonly step: (name: string, index: number, total: number, percent?: number) => void
  /** Reports what a call of a provider used; it goes with the outcome. */
  readonly usage: (call: WorkUsage) => void
  /**
   * Asks people. Without an answer it throws, and the job sleeps until they have given it; then the handler runs again from its beginning, and the question of that name gives the answer.
   * @throws AskTimedOutError, AskCancelledError, AskChangedError
   */
  readonly ask: (name: string, question: WorkQuestion) => Promise<WorkAnswer>
  /** Makes a value once: it is kept with the job, unless that ends well, and given to its next attempts. At most 64 KiB as JSON, 256 KiB of a job. */
  readonly once: <Value>(name: string, make: () => Value | Promise<Value>) => Promise<Value>
}

/** The work of a worker. */
export interface WorkOptions {
  /** Names of job types, of those that the token names. */
  readonly types: readonly string[]
  /** Does a job and gives its result, which must be JSON. What it throws fails the attempt: a {@link JobFailedError} says how. */
  readonly handler: (job: ClaimedJob, tools: WorkTools) => unknown
  /** For those who operate. Default `worker`. */
  readonly name?: string
  /** Jobs at once. Default 10. */
  readonly concurrency?: number
  /** Ends the work: nothing more is claimed, and what runs may end. */
  readonly signal?: AbortSignal
  /** How long running handlers are waited for at the end before they are told to stop and their jobs go back, in ms. Default 25 000. */
  readonly drainMs?: number
  /** Told of what goes wrong between calls, such as a server that is away. */
  readonly onError?: (error: unknown) => void
}

/** Most jobs of one call. */
const MOST = 500
/** The longest that a claim waits, in seconds. */
const WAIT_SECONDS = 25
/** How long a handler may go on that has put a question; then its job falls asleep without it, in ms. */
const ASKED_GRACE_MS = 5_000
/** How long is waited after a call that failed, in ms. */
const AFTER_ERROR_MS = 1_000

type Step = { readonly name: string; readonly index: number; readonly total: number }
type Beaten = NonNullable<NonNullable<Parameters<Calls['workers']['heartbeat']>[1]>['jobs']>[number]
type Outcome = Parameters<Calls['workers']['settle']>[1]['outcomes'][number]

/** A job in hand, from its claim to the answer to its outcome. */
interface Held {
  readonly job: ClaimedJob
  readonly stop: AbortController
  readonly usage: WorkUsage[]
  step?: Step
  progress?: number
  /** Its handler has ended. */
  outcome?: Outcome
  /** The server did not take the outcome as it was; this one says so. */
  isCorrected?: boolean
}

/** One registration of this worker at the server. */
interface Registration {
  readonly workerId: string
  readonly heartbeatMs: number
}

/** Does jobs until its signal aborts; resolves once all that ran has ended or gone back. @throws MusterError for a worker that the server does not open */
export async function work(calls: Calls['workers'], options: WorkOptions): Promise<void> {
  const worker = new HttpWorker(calls, options)
  await worker.run()
}

/** Claims, does and settles jobs, and says that it lives. */
class HttpWorker {
  readonly #calls: Calls['workers']
  readonly #options: WorkOptions
  readonly #concurrency: number
  readonly #ending: AbortSignal
  #held = new Map<string, Held>()
  #reports = 0
  #settling: Promise<void> | undefined
  /** Called when something in hand has ended. */
  #moved: () => void = () => undefined
  #registration: Registration | undefined

  constructor(calls: Calls['workers'], options: WorkOptions) {
    this.#calls = calls
    this.#options = options
    this.#concurrency = options.concurrency ?? 10
    this.#ending = options.signal ?? new AbortController().signal
  }

  async run(): Promise<void> {
    this.#registration = await this.#open()
    const over = new AbortController()
    const beating = this.#beat(over.signal)
    try {
      await this.#claimAll()
      await this.#drain()
    } finally {
      over.abort()
      await beating
    }
    await this.#try(() => this.#calls.close(this.#worker.workerId))
  }

  get #worker(): Registration {
    if (this.#registration === undefined) throw new Error('The worker is not open')
    return this.#registration
  }

  async #open(): Promise<Registration> {
    const { name = 'worker', types } = this.#options
    const opened = await this.#calls.open({ name, types: [...types], concurrency: this.#concurrency })
    // Answers that never came count from the first one on again.
    this.#reports = 0
    return { workerId: opened.workerId, heartbeatMs: opened.heartbeatSeconds * 1_000 }
  }

  async #claimAll(): Promise<void> {
    while (!this.#ending.aborted) {
      const room = Math.min(MOST, this.#concurrency - this.#held.size)
      if (room < 1) {
        await this.#movement()
        continue
      }
      try {
        const { workerId } = this.#worker
        const wish = { max: room, waitSeconds: WAIT_SECONDS }
        const { jobs } = await this.#calls.claim(workerId, wish, { signal: this.#ending })
        for (const job of jobs) this.#begin(job)
      } catch (error) {
        if (this.#ending.aborted) return
        if (error instanceof ConflictError) await this.#reopen()
        else await this.#pause(error)
      }
    }
  }

  /** The server has declared this worker dead: its jobs are others', and it begins anew. */
  async #reopen(): Promise<void> {
    for (const held of this.#held.values()) held.stop.abort(stopped('The worker was declared dead'))
    this.#held = new Map()
    await this.#try(async () => {
      this.#registration = await this.#open()
    })
  }

  #begin(job: ClaimedJob): void {
    const held: Held = { job, stop: new AbortController(), usage: [] }
    this.#held.set(job.jobId, held)
    void this.#outcomeOf(held).then((outcome) => {
      held.outcome = outcome
      this.#settleSoon()
    })
  }

  async #outcomeOf(held: Held): Promise<Outcome> {
    const { jobId, attempt, startedAt } = held.job
    const how = { jobId, attempt, startedAt }
    const grace = new AbortController()
    const suspended = Promise.withResolvers<void>()
    const asking = new WorkAsking(held.job, () => {
      void waiting(ASKED_GRACE_MS, grace.signal).then(suspended.resolve, () => undefined)
    })
    const end = (await Promise.race([this.#endOf(held, asking), suspended.promise])) ?? {}
    grace.abort()
    const { questions, kept } = asking
    const keep = kept && { keep: kept }
    const outcome = questions
      ? { ...how, ask: questions, ...keep }
      : { ...how, ...end, ...('error' in end && keep) }
    const fault = unsendable(outcome)
    return fault === undefined ? outcome : { ...how, error: fault }
  }

  /** How the handler ends. */
  async #endOf(held: Held, asking: WorkAsking): Promise<Pick<Outcome, 'result' | 'error'>> {
    try {
      const result = await this.#options.handler(held.job, {
        signal: held.stop.signal,
        step: (name, index, total, percent) => {
          held.step = sendable('step', { name, index, total })
          if (percent !== undefined) held.progress = percent
        },
        usage: (call) => void held.usage.push(sendable('usage', call)),
        ask: (name, question) => asking.ask(name, question),
        once: (name, make) => asking.once(name, make) as Promise<never>,
      })
      return { result: result ?? null }
    } catch (error) {
      return { error: failureOf(error) }
    }
  }

  get #ended(): Held[] {
    return [...this.#held.values()].filter(({ outcome }) => outcome !== undefined)
  }

  #settleSoon(): void {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined
      if (this.#ended.length > 0) this.#settleSoon()
    })
  }

  /** Sends outcomes until there are none; what was not answered is sent again, as it was. */
  async #settle(): Promise<void> {
    for (let ended = this.#ended; ended.length > 0; ended = this.#ended) {
      ended = ended.slice(0, MOST)
      await this.#send(ended)
      for (const held of ended) if (this.#held.get(held.job.jobId) === held) this.#held.delete(held.job.jobId)
      this.#moved()
    }
  }

  /** Sends outcomes until they are answered, or refused for good: then their jobs go back at their deadlines. */
  async #send(ended: readonly Held[]): Promise<void> {
    const { workerId } = this.#worker
    const outcomes = ended.map(({ outcome, usage }) => ({
      ...(outcome as Outcome),
      ...(usage.length > 0 && { usage }),
    }))
    const isUsing = ended.some(({ usage }) => usage.length > 0)
    const report = isUsing ? { report: ++this.#reports } : {}
    for (;;) {
      try {
        await this.#calls.settle(workerId, { ...report, outcomes })
        return
      } catch (error) {
        if (isAtFault(error)) return this.#sendApart(ended, error)
        const isRefusal = error instanceof MusterError && error.status !== null && error.status < 500
        if (isRefusal && error.status !== 429) {
          this.#options.onError?.(error)
          return
        }
        await this.#pause(error)
      }
    }
  }

  /** One of these outcomes is such that the server takes none of them: the others go without it, and its job fails with what is wrong. */
  async #sendApart(ended: readonly Held[], error: MusterError): Promise<void> {
    const half = Math.ceil(ended.length / 2)
    const [one] = ended
    if (ended.length > 1) {
      await this.#send(ended.slice(0, half))
      await this.#send(ended.slice(half))
    } else if (one !== undefined) {
      this.#options.onError?.(error)
      if (one.isCorrected) return
      const { jobId, attempt, startedAt } = one.job
      const said = error.issues.map(({ path, message }) => `${path} ${message}`).join('; ')
      const message = said === '' ? error.message : said
      one.isCorrected = true
      // Of one that is only too long it is known, and was paid for.
      if (error.status === 400) one.usage.length = 0
      one.outcome = {
        jobId,
        attempt,
        startedAt,
        error: { code: 'invalid_outcome', message, retryable: false },
      }
      await this.#send([one])
    }
  }

  async #beat(over: AbortSignal): Promise<void> {
    for (;;) {
      await waiting(this.#worker.heartbeatMs, over).catch(() => undefined)
      if (over.aborted) return
      const jobs = [...this.#held.values()].map(({ job, step, progress }) => ({
        jobId: job.jobId,
        attempt: job.attempt,
        ...(step && { step }),
        ...(progress !== undefined && { progress }),
      }))
      await this.#try(async () => {
        const { cancel, lost } = await this.#heartbeat(jobs)
        for (const id of cancel) this.#held.get(id)?.stop.abort(stopped('The job is to stop'))
        for (const id of lost) this.#held.get(id)?.stop.abort(stopped('The job is no longer this worker’s'))
      })
    }
  }

  /** Says that the worker lives, in any case; how far its jobs are, if the server takes that. */
  async #heartbeat(jobs: readonly Beaten[]): ReturnType<Calls['workers']['heartbeat']> {
    const { workerId } = this.#worker
    try {
      return await this.#calls.heartbeat(workerId, { jobs: [...jobs] })
    } catch (error) {
      if (!isAtFault(error)) throw error
      this.#options.onError?.(error)
      const alone = jobs.map(({ jobId, attempt }) => ({ jobId, attempt }))
      return this.#calls.heartbeat(workerId, { jobs: alone })
    }
  }

  /** Waits for what runs, then tells it to stop and hands it back. */
  async #drain(): Promise<void> {
    const { drainMs = 25_000 } = this.#options
    const late = AbortSignal.timeout(drainMs)
    while (this.#held.size > 0 && !late.aborted) await this.#movement(late)
    const left = [...this.#held.values()].filter(({ outcome }) => outcome === undefined)
    for (const { stop } of left) stop.abort(stopped('The worker ends'))
    const jobIds = left.map(({ job }) => job.jobId)
    if (jobIds.length > 0) await this.#try(() => this.#calls.giveBack(this.#worker.workerId, { jobIds }))
    for (const jobId of jobIds) this.#held.delete(jobId)
    while (this.#settling) await this.#settling
  }

  /** Resolves when something in hand has ended, or the work is to end. */
  #movement(signal: AbortSignal = this.#ending): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#moved = done
      signal.addEventListener('abort', done, { once: true })
    })
  }

  async #try(call: () => Promise<unknown>): Promise<void> {
    try {
      await call()
    } catch (error) {
      await this.#pause(error)
    }
  }

  /** The server is away, or refuses: a moment later it may not. */
  async #pause(error: unknown): Promise<void> {
    this.#options.onError?.(error)
    await waiting(AFTER_ERROR_MS)
  }
}

/** Something in what was sent is wrong, or it is too long: repeated as it was, it is refused again. */
function isAtFault(error: unknown): error is MusterError {
  return error instanceof MusterError && (error.status === 400 || error.status === 413)
}

function stopped(message: string): DOMException {
  return new DOMException(message, 'AbortError')
}

/** Why an outcome cannot be sent at all: none of its batch would be. A result was paid for, and would be the same again. */
function unsendable(outcome: Outcome): Outcome['error'] {
  try {
    JSON.stringify(outcome)
    return undefined
  } catch (error) {
    const code = 'result' in outcome ? 'invalid_result' : 'invalid_outcome'
    return { code, message: `must be JSON: ${wordsOf(error)}`, retryable: false }
  }
}

/** A copy that can be sent. @throws TypeError to the handler that says it */
function sendable<Said>(what: string, said: Said): Said {
  try {
    return JSON.parse(JSON.stringify(said)) as Said
  } catch (error) {
    throw new TypeError(`${what} must be JSON: ${wordsOf(error)}`, { cause: error })
  }
}

/** The words of whatever was thrown, which may not let itself be touched. */
function wordsOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message || thrown.name : thrown)
  } catch {
    return 'Something was thrown that has no words'
  }
}

/** The error of an outcome. */
function failureOf(error: unknown): NonNullable<Outcome['error']> {
  if (error instanceof JobFailedError) {
    const { code, message, retryable, retryAfterSeconds, key } = error
    return {
      code,
      message,
      ...(retryable !== undefined && { retryable }),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(key !== undefined && { key }),
    }
  }
  return { code: 'handler_failed', message: wordsOf(error) }
}
