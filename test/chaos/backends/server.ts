import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from '@muster/test-services'

const MAIN = fileURLToPath(import.meta.resolve('../../../examples/reference-server/src/main.ts'))

/** What pino calls `info`: lines below it are for whoever looks for them. */
const INFO = 30

/** A process of the reference server whose log is read. */
export class Server {
  readonly nth: number
  readonly #child: ChildProcess
  readonly #listening = Promise.withResolvers<string>()
  #lines: string[] = []
  #origin: string | undefined
  #ending = false

  /** `broken` is a module that is loaded before the server and breaks something in it; `main` is the reference server unless it is another. */
  constructor(nth: number, env: Readonly<Record<string, string>>, broken?: URL, main: string = MAIN) {
    this.nth = nth
    const preload = broken === undefined ? [] : ['--import', broken.href]
    this.#child = spawn(process.execPath, ['--conditions=@muster/source', ...preload, main], {
      env: {
        PATH: process.env['PATH'] ?? '',
        PORT: '0',
        MUSTER_RATE_LIMIT: '0',
        LOG_LEVEL: 'info',
        ...COMPILE_CACHE,
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child.once('exit', (code) =>
      this.#listening.reject(
        new Error(`Server ${nth} ended with ${code} at start: ${this.#lines.join('\n')}`),
      ),
    )
    this.#listening.promise.catch(() => {})
    // Whoever is told to end in the middle takes its servers along.
    const kill = (): void => void this.#child.kill('SIGKILL')
    process.once('exit', kill)
    this.#child.once('exit', () => process.removeListener('exit', kill))
    if (this.#child.stderr) createInterface(this.#child.stderr).on('line', (line) => this.#read(line))
  }

  /** Resolves when it serves. @throws Error when it ends before */
  async serves(): Promise<void> {
    this.#origin = await this.#listening.promise
  }

  get origin(): string {
    if (this.#origin === undefined) throw new RangeError(`Server ${this.nth} does not serve yet`)
    return this.#origin
  }

  /** It has ended although nobody told it to. */
  get isGone(): boolean {
    return this.#child.exitCode !== null && !this.#ending
  }

  /** Lines of its log since the last time, from `info` on. */
  takeLines(): readonly string[] {
    const taken = this.#lines
    this.#lines = []
    return taken
  }

  async end(): Promise<void> {
    this.#ending = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }

  #read(line: string): void {
    const listening = /listening on (http:\/\/[^\s"]+)/.exec(line)?.[1]
    if (listening !== undefined) {
      this.#listening.resolve(listening)
      return
    }
    const level = /^\{"level":(\d+)/.exec(line)?.[1]
    if (level === undefined || Number(level) >= INFO) this.#lines.push(line)
  }
}
