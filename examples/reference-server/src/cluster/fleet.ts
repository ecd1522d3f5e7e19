import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const LEASH = new URL('./leash.ts', import.meta.url).href

/** Before a process that died is started again. */
const RESTART_MS = 250

/** A process of the server that is started again whenever it dies, as a supervisor would. */
class Supervised {
  readonly name: string
  readonly #env: Readonly<Record<string, string>>
  readonly #heard: (line: string) => void
  #child: ChildProcess | undefined
  #ended = false

  constructor(name: string, env: Readonly<Record<string, string>>, heard: (line: string) => void) {
    this.name = name
    this.#env = env
    this.#heard = heard
    this.#start()
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async end(): Promise<void> {
    this.#ended = true
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
  }

  #start(): void {
    const { HOME = '', PATH = '', TMPDIR = '' } = process.env
    const child = spawn(process.execPath, ['--conditions=@muster/source', '--import', LEASH, MAIN], {
      env: { HOME, PATH, TMPDIR, ...this.#env },
      stdio: ['pipe', 'pipe', 'inherit'],
      // Ctrl-C is for the supervisor, which ends them one after another.
      detached: true,
    })
    this.#child = child
    createInterface(child.stdout).on('line', this.#heard)
    child.once('exit', (code, signal) => {
      if (this.#ended) return
      process.stderr.write(`${this.name} ended with ${signal ?? code} and is started again\n`)
      setTimeout(() => {
        if (!this.#ended) this.#start()
      }, RESTART_MS)
    })
  }
}

/** Processes of the server on one machine. They do not outlive this process, however that ends. */
export class Fleet {
  readonly #members: Supervised[] = []

  constructor() {
    process.once('exit', () => {
      for (const member of this.#members) member.kill('SIGKILL')
    })
  }

  start(name: string, env: Readonly<Record<string, string>>, heard: (line: string) => void = () => {}): void {
    this.#members.push(new Supervised(name, env, heard))
  }

  /** Kills the process of that name with SIGKILL; it is started again. */
  kill(name: string): void {
    this.#members.find((member) => member.name === name)?.kill('SIGKILL')
  }

  /** Tells all to stop, and waits for them. */
  async end(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.end()))
  }
}
