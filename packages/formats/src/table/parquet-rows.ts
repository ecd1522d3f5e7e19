import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { FormatError } from '../record.ts'

/** Memory of the thread that unpacks a file. */
const MEMORY_MB = 1024
/** Longest that one part may take, in seconds, unless said otherwise. */
const PATIENCE_SECONDS = 60

/** A part of a file, as the thread gives it. */
type Answer = { readonly rows: readonly Record<string, unknown>[] } | { readonly fault: string }

/** The rows of one Parquet file, unpacked in a thread of their own. */
export class ParquetRows {
  readonly #thread: Worker
  readonly #seconds: number

  /** Takes the buffer away from its owner. */
  constructor(file: ArrayBuffer, seconds = PATIENCE_SECONDS) {
    this.#seconds = seconds
    this.#thread = new Worker(fileOfThread(), {
      workerData: { file },
      transferList: [file],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    })
    // Told of by the part that is waited for.
    this.#thread.on('error', () => undefined)
  }

  /** @throws FormatError `bad_parquet` if they cannot be unpacked, or not within the time and the memory that there are */
  async part(rowStart: number, rowEnd: number): Promise<readonly Record<string, unknown>[]> {
    const answer = await this.#answer(() => this.#thread.postMessage({ rowStart, rowEnd }))
    if ('rows' in answer) return answer.rows
    throw new FormatError('bad_parquet', `cannot be read: ${answer.fault}`)
  }

  async close(): Promise<void> {
    await this.#thread.terminate()
  }

  #answer(ask: () => void): Promise<Answer> {
    const thread = this.#thread
    const over = new AbortController()
    return new Promise<Answer>((resolve) => {
      const settle = (answer: Answer): void => {
        over.abort()
        resolve(answer)
      }
      const late = setTimeout(
        () => settle({ fault: `a part took more than ${this.#seconds} s` }),
        this.#seconds * 1_000,
      )
      const onMessage = (answer: Answer): void => settle(answer)
      const onError = (error: Error): void => settle({ fault: error.message })
      const onExit = (): void => settle({ fault: 'its thread ended' })
      thread.on('message', onMessage).on('error', onError).on('exit', onExit)
      over.signal.addEventListener('abort', () => {
        clearTimeout(late)
        thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      })
      ask()
    })
  }
}

/** @throws Error if it is not there: it is called by its file, and so is no part of a bundle */
function fileOfThread(): URL {
  const here = import.meta.url
  const url = new URL(`./parquet-thread${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
  if (existsSync(fileURLToPath(url))) return url
  throw new Error(
    'Parquet is read in a thread, whose file is not beside this one: leave @muster/formats out of the bundle',
  )
}
