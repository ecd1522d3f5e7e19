import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from '@muster/test-services'
import { shippedSchema } from '../schema/schema.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import { archiveOf } from './prepared.ts'

/** Another process that opens a folder and holds it until it is killed. */
export class Holder {
  readonly #child: ChildProcess
  /** What it said first: `open`, or why not. */
  readonly answer: Promise<string>
  /** By which signal it ended, if by one. */
  readonly ended: Promise<NodeJS.Signals | null>

  /** @param dies after how many files of a new database it is killed, by itself, so that no file comes after that */
  constructor(directory: string, dies?: { readonly afterFiles: number }) {
    this.#child = spawn(
      process.execPath,
      [
        '--conditions=@muster/source',
        '--disable-warning=ExperimentalWarning',
        ...(dies ? [`--import=data:text/javascript,${encodeURIComponent(deathAfter(dies.afterFiles))}`] : []),
        fileURLToPath(import.meta.url),
        directory,
      ],
      {
        env: { ...process.env, ...COMPILE_CACHE },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    )
    const { stdout } = this.#child
    if (!stdout) throw new Error('a child with a pipe has no stdout')
    this.answer = once(createInterface(stdout), 'line').then(([line]) => String(line))
    this.ended = once(this.#child, 'exit').then(([, signal]) => signal)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill(signal)
    await this.ended
  }
}

/** A module that ends its process as kill -9 does once so many files are written. */
function deathAfter(files: number): string {
  return `import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { writeFileSync } = fs
    let left = ${files}
    fs.writeFileSync = (...file) => {
      writeFileSync(...file)
      if (--left === 0) process.kill(process.pid, 'SIGKILL')
    }
    syncBuiltinESMExports()`
}

async function hold(directory: string): Promise<void> {
  try {
    const { embedded } = await openPGliteDirectory(directory, archiveOf(shippedSchema()))
    await embedded.alone((on) =>
      on.exec('create table if not exists kept (n int); insert into kept values (1)'),
    )
    console.log('open')
    // An open database alone keeps no process.
    process.stdin.resume()
    await once(process.stdin, 'close')
  } catch (error) {
    console.log(error instanceof Error ? `${error.name}: ${error.message}` : error)
  }
}

const directory = process.argv[2]
if (import.meta.main && directory !== undefined) await hold(directory)
