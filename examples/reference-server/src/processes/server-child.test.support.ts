import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from '@muster/test-services'
import { afterAll, expect, onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const LOOK_MS = 25

/** How a process ended. */
interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A real process of the server. */
export interface ServerChild {
  readonly pid: number
  /** What stdout says behind these words, as soon as it does. @throws where the process ends first */
  said(words: RegExp): Promise<string>
  /** The same of what it logs, on stderr. */
  logged(words: RegExp): Promise<string>
  /** All that it has logged. */
  stderr(): string
  kill(signal: NodeJS.Signals): void
  readonly exit: Promise<Exit>
}

/** Starts the server with this environment alone, on any free port where none is given. It does not outlive its test, or what `atEnd` waits for. */
export function startChild(
  env: Readonly<Record<string, string>>,
  atEnd: (end: () => Promise<void>) => void = onTestFinished,
): ServerChild {
  const child = spawn(process.execPath, ['--conditions=@muster/source', MAIN], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', ...COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  const exit = exitOf(child, output)
  atEnd(async () => {
    child.kill('SIGKILL')
    await exit
  })
  const behind = (words: RegExp, stream: keyof typeof output): Promise<string> =>
    until(async () => {
      const [, found] = words.exec(output[stream]) ?? []
      if (found === undefined && child.exitCode !== null) {
        throw new Error(`The server ended with ${child.exitCode}: ${output.stderr}`)
      }
      return found
    })
  return {
    pid: child.pid ?? 0,
    said: (words) => behind(words, 'stdout'),
    logged: (words) => behind(words, 'stderr'),
    stderr: () => output.stderr,
    kill: (signal) => void child.kill(signal),
    exit,
  }
}

async function exitOf(
  child: ChildProcess,
  output: { readonly stdout: string; readonly stderr: string },
): Promise<Exit> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, ...output }
}

/** What was written, which must be a single line. */
export function oneLine(text: string): string {
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  return text
}

/** Asks until there is an answer. The test's own timeout is its limit. */
export async function until<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

/** A folder for the servers of a test file. Making the database in it is most of the time that the first of them takes to start. */
export async function dataDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-server-'))
  afterAll(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** Calls a server as its admin. */
export class Client {
  readonly token: string
  readonly #origin: string

  constructor(origin: string, token: string) {
    this.#origin = origin
    this.token = token
  }

  /** The admin's client of a server that prints its origin and token. */
  static async of(child: ServerChild): Promise<Client> {
    return new Client(
      await child.said(/up at (http:\/\/\S+): documentation/),
      await child.said(/token \(admin\): (\S+)\n/),
    )
  }

  async text(path: string, init: RequestInit = {}): Promise<string> {
    return (await this.bytes(path, init)).toString()
  }

  async bytes(path: string, init: RequestInit = {}): Promise<Buffer> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' }
    const response = await fetch(`${this.#origin}/api/v1${path}`, { ...init, headers })
    const body = Buffer.from(await response.arrayBuffer())
    if (!response.ok)
      throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${body.toString()}`)
    return body
  }

  async get<Body>(path: string): Promise<Body> {
    return JSON.parse(await this.text(path)) as Body
  }

  async post<Body>(path: string, body: object = {}): Promise<Body> {
    return JSON.parse(await this.text(path, { method: 'POST', body: JSON.stringify(body) })) as Body
  }

  async patch<Body>(path: string, body: object): Promise<Body> {
    return JSON.parse(await this.text(path, { method: 'PATCH', body: JSON.stringify(body) })) as Body
  }

  async delete<Body>(path: string): Promise<Body> {
    return JSON.parse(await this.text(path, { method: 'DELETE' })) as Body
  }
}
