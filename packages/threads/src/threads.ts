import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import type { JobContext, JobHandler, JobTools, Json, RunId } from '@muster/core'
import * as core from '@muster/core'
import { judged } from '@muster/core/rules'
import { assertOptions, type OptionRules, option } from '@muster/core/support'
import { Tinypool } from 'tinypool'
import type { Assignment, Ending, FromThread, ToThread } from './messages.ts'
import { revived, sent } from './sent-error.ts'
import { AskedOutside } from './thread-asks.ts'

/** A thread that does not hear within this that it is to stop computes without a pause, and is ended. */
const DEAF_AFTER_MS = 500

/** A thread that has heard, and goes on for longer, is ended: its job was given up then. */
const STOPS_WITHIN_MS = 5_000

/** A thread that has nothing to do ends after so long. */
const IDLE_MS = 10_000

/** How many threads there are, and what each may take. */
export interface ThreadsOptions {
  /** Most threads at once. Default: the cores of this machine. */
  readonly size?: number
  /** Memory of each thread's heap in MiB; one that needs more ends, and its job fails. Default: Node's. */
  readonly memoryMb?: number
  /** The file that runs in a thread, `@muster/threads/thread`. Default: beside this one, where a bundler may have left none. */
  readonly thread?: URL
}

const RULES: OptionRules<ThreadsOptions> = {
  size: option.whole(1, 1_024),
  memoryMb: option.number(1, 1_048_576),
  thread: option.url,
}

/**
 * Worker threads for handlers that compute: the event loop stays free, so the worker beats whatever they do. Threads start when they are
 * needed and end when idle, and hold up no process that wants to exit.
 */
export class Threads {
  /** Most threads at once: what a job type of theirs should have as its `concurrency`. */
  readonly size: number
  readonly #pool: Tinypool

  /** @throws TypeError for a number that cannot be meant, or an option that is not known; MisconfiguredError if the file of threads is missing */
  constructor(options: ThreadsOptions = {}) {
    assertOptions('Threads', options, RULES)
    const { size = availableParallelism(), memoryMb, thread } = options
    this.size = size
    this.#pool = new Tinypool({
      filename: fileOf(thread),
      minThreads: 0,
      maxThreads: size,
      idleTimeout: IDLE_MS,
      useAtomics: false,
      ...(memoryMb !== undefined && { resourceLimits: { maxOldGenerationSizeMb: memoryMb } }),
    })
  }

  /**
   * A handler that runs the default export of `module` in a thread, with the job and the tools that every handler has. An attempt that is
   * told to stop and computes on ends with its thread; the next has a new one. `Result` is what that export says it gives.
   */
  handler<Payload, Result = Json>(module: URL): JobHandler<Payload, Result> {
    return (job: JobContext<Payload>, tools: JobTools) =>
      this.#run(String(module), job, tools) as Promise<Result>
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #run(module: string, job: JobContext<unknown>, tools: JobTools): Promise<unknown> {
    const { results, parents, ...data } = job
    const { port1: near, port2: far } = new MessageChannel()
    const kill = new AbortController()
    let deaf: NodeJS.Timeout | undefined
    let gone = false
    const killIn = (ms: number): void => {
      clearTimeout(deaf)
      deaf = setTimeout(() => kill.abort(), ms)
    }
    const stop = (): void => {
      const { name, message } = tools.signal.reason as DOMException
      near.postMessage({ kind: 'stop', name, message } satisfies ToThread)
      killIn(DEAF_AFTER_MS)
    }
    const asked = new AskedOutside(tools, (message) => near.postMessage(message))
    const reads = new Reads({ results, parents }, (message) => near.postMessage(message))
    near.on('message', (message: FromThread) => {
      if (message.kind === 'step') tools.step(...message.args)
      else if (message.kind === 'log') tools.log[message.level](message.fields, message.message)
      else if (message.kind === 'heard') killIn(STOPS_WITHIN_MS)
      else if (message.kind === 'usage') void count(message, tools, (answer) => near.postMessage(answer))
      else if (message.kind === 'ask' || message.kind === 'once') void asked.heard(message)
      else if (message.kind === 'made') asked.made(message)
      else void reads.heard(message)
    })
    // Its side closes with the thread, of whose end the pool says nothing.
    near.on('close', () => {
      gone = true
      kill.abort()
    })
    tools.signal.addEventListener('abort', stop, { once: true })
    try {
      const given: Assignment = { module, job: data, port: far }
      const ending = (await this.#pool.run(given, { transferList: [far], signal: kill.signal })) as Ending
      if ('error' in ending) throw judged(revived(ending.error, core), ending.failure)
      if ('unclonable' in ending)
        throw new core.NonRetryableError(`The result must be JSON: ${ending.unclonable}`)
      return ending.result
    } catch (error) {
      if (tools.signal.aborted && kill.signal.aborted) throw tools.signal.reason
      throw gone ? new Error('The thread ended before its handler: it exited, or ran out of memory') : error
    } finally {
      clearTimeout(deaf)
      tools.signal.removeEventListener('abort', stop)
      near.close()
    }
  }
}

/** Counts a call that a thread reports, and tells it that, and when it is stored. */
async function count(
  { call, usage }: Extract<FromThread, { readonly kind: 'usage' }>,
  tools: JobTools,
  answer: (message: ToThread) => void,
): Promise<void> {
  let stored: Promise<void>
  try {
    stored = tools.usage(usage)
  } catch (error) {
    answer({ kind: 'counted', call, error: sent(error) })
    return
  }
  answer({ kind: 'counted', call })
  try {
    await stored
    answer({ kind: 'stored', call })
  } catch (error) {
    answer({ kind: 'stored', call, error: sent(error) })
  }
}

/** @throws MisconfiguredError if it is not there: what is called by its file is no part of a bundle */
function fileOf(given: URL | undefined): string {
  // A bundle of CommonJS has no URL of its own.
  const here = (import.meta as Partial<ImportMeta>).url
  const beside =
    here === undefined ? undefined : new URL(`./thread${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
  const url = given ?? beside
  if (url !== undefined && existsSync(url)) return fileURLToPath(url)
  throw new core.MisconfiguredError(
    `The file that runs in a thread is missing${url === undefined ? '' : ` at ${fileURLToPath(url)}`}: leave @muster/threads and tinypool out of the bundle, ` +
      'or leave tinypool out, make @muster/threads/thread an entry point of its own and name what comes of it: new Threads({ thread: new URL("./thread.js", import.meta.url) })',
  )
}

/** Reads results of runs, and the jobs that its own waited for, for a thread, one at a time as it asks. */
class Reads {
  readonly #job: Pick<JobContext, 'results' | 'parents'>
  readonly #send: (message: ToThread) => void
  readonly #open = new Map<number, AsyncIterator<unknown>>()

  constructor(job: Pick<JobContext, 'results' | 'parents'>, send: (message: ToThread) => void) {
    this.#job = job
    this.#send = send
  }

  async heard(message: Extract<FromThread, { readonly reader: number }>): Promise<void> {
    const { reader } = message
    try {
      if (message.kind === 'leave') {
        await this.#open.get(reader)?.return?.()
        this.#open.delete(reader)
        return
      }
      const iterator = this.#open.get(reader) ?? this.#begin(reader, message.runId as RunId | null)
      const { done = false, value } = await iterator.next()
      this.#send({ kind: 'read', reader, done, value })
    } catch (error) {
      this.#send({ kind: 'unreadable', reader, error: sent(error) })
    }
  }

  #begin(reader: number, runId: RunId | null): AsyncIterator<unknown> {
    const read: AsyncIterable<unknown> = runId === null ? this.#job.parents() : this.#job.results(runId)
    const iterator = read[Symbol.asyncIterator]()
    this.#open.set(reader, iterator)
    return iterator
  }
}
