import { execFileSync, spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { keep, machine } from './rounds.ts'

const RUNS = Number(process.env['RUNS'] ?? 10)
const JOBS = Number(process.env['JOBS'] ?? 100_000)
const MODELS = 10
const MEBIBYTE = 2 ** 20

const SERVER = fileURLToPath(new URL('../examples/reference-server/src/main.ts', import.meta.url))
const TOKEN = fileURLToPath(new URL('../examples/reference-server/src/print-token.ts', import.meta.url))

/** After this run and after the last one it is also asked what is left when all garbage is gone. */
const SETTLED = 3

/**
 * S13: what the embedded reference server holds of the machine's memory after each of ten runs of 100 000 jobs, as it says itself in `/metrics`; and what of it is in use
 * after the third and after the last, once garbage is collected: the rest is room that V8 keeps for garbage to come, and as much as it likes.
 */
export async function memory(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-memory-'))
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    MUSTER_DATA_DIR: directory,
    MUSTER_DEMO: '0',
    MUSTER_RATE_LIMIT: '0',
  }
  const server = spawn(process.execPath, ['--inspect=127.0.0.1:0', '--conditions=@muster/source', SERVER], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(server, 'exit')
  try {
    const log = new Log(server.stderr)
    const [inspector, origin] = [await log.says(INSPECTOR), await log.says(ORIGIN)]
    const token = execFileSync(process.execPath, ['--conditions=@muster/source', TOKEN], {
      env,
      encoding: 'utf8',
    }).trim()
    const call = api(origin, token)
    const path = await prepare(call)
    const start = await resident(origin)
    console.log(`The embedded server holds ${inMiB(start)} MiB before the first run`)
    const after: number[] = []
    const live: number[] = []
    for (let run = 1; run <= RUNS; run++) {
      const seconds = await doRun(call, path)
      const held = await resident(origin)
      after.push(held)
      console.log(
        `  after run ${String(run).padStart(2)} of ${JOBS} jobs, ${seconds.toFixed(0)} s: ${inMiB(held)} MiB`,
      )
      if (run !== SETTLED && run !== RUNS) continue
      const used = await inUse(inspector)
      live.push(used)
      console.log(`  of which in use: ${inMiB(used)} MiB`)
    }
    const third = after[SETTLED - 1] ?? Number.NaN
    const later = Math.max(...after.slice(SETTLED))
    const [early = Number.NaN, late = early] = live
    console.log(`Most after the third: ${inMiB(later)} MiB, ÷ the third: ${(later / third).toFixed(2)}`)
    console.log(`In use after the last ÷ after the third: ${(late / early).toFixed(2)}`)
    keep('memory', {
      machine: machine('PGlite'),
      jobs: JOBS,
      startBytes: start,
      afterBytes: after,
      inUseBytes: live,
    })
  } finally {
    server.kill('SIGTERM')
    await ended
    await rm(directory, { recursive: true, force: true })
  }
}

type Call = <Answer>(path: string, body?: object) => Promise<Answer>

/** GET without a body, POST with one. */
function api(origin: string, token: string): Call {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async <Answer>(path: string, body?: object) => {
    const request = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(`${origin}/api/v1${path}`, request)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Answer
  }
}

/** A project with a definition; gives what a run is started with. */
async function prepare(call: Call): Promise<{ readonly path: string; readonly definitionId: string }> {
  const { projectId } = await call<{ projectId: string }>('/projects', { name: 'Memory' })
  const scenarios = Array.from({ length: JOBS / MODELS }, () => ({ payload: { text: 'hello' } }))
  const definition = { name: 'Memory', jobType: 'stub:probe', scenarios }
  const { definitionId } = await call<{ definitionId: string }>(
    `/projects/${projectId}/definitions`,
    definition,
  )
  return { path: `/projects/${projectId}/runs`, definitionId }
}

/** Seconds that a run took. */
async function doRun(
  call: Call,
  { path, definitionId }: { readonly path: string; readonly definitionId: string },
): Promise<number> {
  const models = Array.from({ length: MODELS }, (_, index) => `model-${index + 1}`)
  const startedAt = performance.now()
  const { runId } = await call<{ runId: string }>(path, { definitionId, models })
  while ((await call<{ status: string }>(`/runs/${runId}/progress`)).status !== 'completed') await wait(250)
  return (performance.now() - startedAt) / 1_000
}

async function resident(origin: string): Promise<number> {
  const metrics = await (await fetch(`${origin}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1])
}

interface Evaluated {
  readonly id: number
  readonly result?: { readonly result?: { readonly value?: number } }
}

/** A collection in the middle of something finds more in use than there is: so several, and the one that found least. */
const COLLECTIONS = 8
const BETWEEN_MS = 1_000

/** Bytes of heap and buffers that are in use, once garbage is collected. https://chromedevtools.github.io/devtools-protocol/ */
async function inUse(inspector: string): Promise<number> {
  const socket = new WebSocket(inspector)
  await once(socket, 'open')
  const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())'
  const asked = [
    { id: 1, method: 'HeapProfiler.collectGarbage' },
    { id: 2, method: 'Runtime.evaluate', params: { expression } },
  ]
  let least = Number.POSITIVE_INFINITY
  for (let nth = 0; nth < COLLECTIONS; nth++) {
    await wait(BETWEEN_MS)
    for (const each of asked) socket.send(JSON.stringify(each))
    for await (const [bytes] of on(socket, 'message')) {
      const { id, result } = JSON.parse(String(bytes)) as Evaluated
      if (id !== asked.length) continue
      least = Math.min(least, result?.result?.value ?? Number.NaN)
      break
    }
  }
  socket.close()
  return least
}

const INSPECTOR = /listening on (ws:\/\/\S+)/
const ORIGIN = /listening on (http:\/\/[^"\s]+)/

/** What a server logs, read to its end, so that it never stands in the way. */
class Log {
  #text = ''
  readonly #stream: NodeJS.ReadableStream

  constructor(stream: NodeJS.ReadableStream) {
    this.#stream = stream
    stream.on('data', (more: Buffer) => {
      if (this.#text.length < MEBIBYTE) this.#text += more.toString()
    })
  }

  /** The part of it that the words name. @throws where it ends without */
  async says(words: RegExp): Promise<string> {
    for (;;) {
      const [, found] = words.exec(this.#text) ?? []
      if (found !== undefined) return found
      if (!this.#stream.readable) throw new Error(`The server ended: ${this.#text}`)
      await Promise.race([once(this.#stream, 'data'), once(this.#stream, 'end')])
    }
  }
}

function inMiB(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(0)
}
