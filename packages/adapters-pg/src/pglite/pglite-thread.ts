import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { ConnectionGate } from '../connection/connection-gate.ts'
import { TYPES } from '../connection/values.ts'
import {
  type Beginning,
  type Embedded,
  type EmbeddedSession,
  type Precedence,
  READ_COMMITTED,
} from './embedded.ts'
import { pgliteModule } from './prepared.ts'

/**
 * The program of the thread: bytes of Postgres' protocol in, bytes out. `null` closes the database and ends the thread. It is text, since a host's bundle
 * has no second file.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { PGlite } = require(workerData.module)
async function run() {
  const pglite = await PGlite.create(workerData.path)
  parentPort.on('message', async (message) => {
    if (message === null) {
      await pglite.close()
      parentPort.close()
      return
    }
    const parts = []
    const onRawData = (part) => void parts.push(part.slice())
    await pglite.execProtocolRawStream(message, { syncToFs: false, onRawData })
    const answer = Buffer.concat(parts)
    const own = new Uint8Array(answer)
    parentPort.postMessage(own, [own.buffer])
  })
  parentPort.postMessage('open')
}
run()
`

/** Of callers that wait for as long as it takes. */
const NEVER = new AbortController().signal

/**
 * The embedded database in a folder, in a thread of its own: whatever it is at, from a vacuum to a large statement, no timer, request or signal of
 * this process waits for it.
 */
export class PGliteThread implements Embedded {
  readonly shared = false
  readonly #worker: Worker
  readonly #exited: Promise<unknown>
  readonly #client: pg.Client
  readonly #gate = new ConnectionGate(1)
  #using = 0
  #workedMs = 0
  #closed = false

  private constructor(worker: Worker, exited: Promise<unknown>, client: pg.Client) {
    this.#worker = worker
    this.#exited = exited
    this.#client = client
  }

  /** Opens the database in `path`, and makes it where it is missing. @throws what PGlite does */
  static async open(path: string): Promise<PGliteThread> {
    const worker = new Worker(THREAD, { eval: true, workerData: { module: pgliteModule(), path } })
    const exited = once(worker, 'exit')
    // Rejects with what the thread throws.
    const isOpen = await Promise.race([once(worker, 'message').then(() => true), exited.then(() => false)])
    if (!isOpen) throw new Error('PGlite was closed by its start')
    const client = new pg.Client({
      stream: () => new ThreadStream(worker),
      user: 'postgres',
      database: 'postgres',
      password: '',
      ssl: false,
    })
    client.on('error', ignoreLostConnection)
    await client.connect()
    // Nobody stays for its sake alone.
    worker.unref()
    return new PGliteThread(worker, exited, client)
  }

  get closed(): boolean {
    return this.#closed
  }

  get workedMs(): number {
    return this.#workedMs
  }

  async alone<T>(work: (session: EmbeddedSession) => Promise<T>, precedence?: Precedence): Promise<T> {
    if (this.#using++ === 0) this.#worker.ref()
    await this.#gate.enter(NEVER, precedence)
    const since = performance.now()
    try {
      if (this.#closed) throw new Error('PGlite is closed')
      return await work(this.#session)
    } finally {
      this.#workedMs += performance.now() - since
      this.#gate.leave()
      if (--this.#using === 0) this.#worker.unref()
    }
  }

  transaction<T>(
    work: (session: EmbeddedSession) => Promise<T>,
    { mode = READ_COMMITTED, settings = '' }: Beginning = {},
  ): Promise<T> {
    return this.alone(async (session) => {
      try {
        await session.exec(`begin ${mode}; ${settings}`)
        const result = await work(session)
        await session.exec('commit')
        return result
      } catch (error) {
        await session.exec('rollback').catch(() => {})
        throw error
      }
    })
  }

  readonly #session: EmbeddedSession = {
    query: <Row extends object>(text: string, values: readonly (string | null)[] = [], name?: string) =>
      this.#client.query<Row>({
        text,
        values: [...values],
        types: TYPES,
        ...(name === undefined ? {} : { name }),
      }),
    exec: (text) => this.#client.query(text),
  }

  /** Closes it once its users are done. */
  async close(): Promise<void> {
    await this.alone(async () => {
      this.#closed = true
      this.#worker.postMessage(null)
      await this.#exited
    })
  }
}

/** Carries bytes between a client and the thread, as a socket would. */
class ThreadStream extends Duplex {
  readonly #worker: Worker

  constructor(worker: Worker) {
    super()
    this.#worker = worker
    worker.on('message', (bytes: Uint8Array) => this.push(bytes))
    worker.on('error', (error) => this.destroy(error))
    worker.on('exit', () => this.destroy())
  }

  /** As `net.Socket` has them. */
  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }
  setNoDelay(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    this.#send(chunk)
    done()
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)))
    done()
  }

  /** A copy: what was written may be a part of memory that is used again. */
  #send(bytes: Buffer): void {
    const own = new Uint8Array(bytes)
    this.#worker.postMessage(own, [own.buffer])
  }
}

function ignoreLostConnection(): void {}
