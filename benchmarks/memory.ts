import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keep, machine } from './rounds.ts'

const RUNS = Number(process.env['RUNS'] ?? 10)
const JOBS = Number(process.env['JOBS'] ?? 100_000)
const MODELS = 10
const MEBIBYTE = 2 ** 20

const SERVER = fileURLToPath(new URL('../examples/reference-server/src/main.ts', import.meta.url))
const TOKEN = fileURLToPath(new URL('../examples/reference-server/src/print-token.ts', import.meta.url))

/** S13: what the embedded reference server holds of the machine's memory after each of ten runs of 100 000 jobs, as it says itself in `/metrics`. */
export async function memory(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-memory-'))
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    MUSTER_DATA_DIR: directory,
    MUSTER_DEMO: '0',
    MUSTER_RATE_LIMIT: '0',
  }
  const server = spawn(process.execPath, ['--conditions=source', SERVER], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(server, 'exit')
  try {
    const origin = await originOf(server.stderr)
    const token = execFileSync(process.execPath, ['--conditions=source', TOKEN], {
      env,
      encoding: 'utf8',
    }).trim()
    const call = api(origin, token)
    const path = await prepare(call)
    const start = await resident(origin)
    console.log(`The embedded server holds ${inMiB(start)} MiB before the first run`)
    const after: number[] = []
    for (let run = 1; run <= RUNS; run++) {
      const seconds = await doRun(call, path)
      const held = await resident(origin)
      after.push(held)
      console.log(
        `  after run ${String(run).padStart(2)} of ${JOBS} jobs, ${seconds.toFixed(0)} s: ${inMiB(held)} MiB`,
      )
    }
    const third = after[2] ?? Number.NaN
    const later = Math.max(...after.slice(3))
    console.log(`Most after the third: ${inMiB(later)} MiB, ÷ the third: ${(later / third).toFixed(2)}`)
    keep('memory', { machine: machine('PGlite'), jobs: JOBS, startBytes: start, afterBytes: after })
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

/** What the log says of where the server listens. The log is read to its end, so that it never stands in the way. */
async function originOf(log: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  log.on('data', (more: Buffer) => {
    if (text.length > MEBIBYTE) return
    text += more.toString()
    const [, origin] = /listening on (http:\/\/[^"\s]+)/.exec(text) ?? []
    if (origin !== undefined) resolve(origin)
  })
  log.on('end', () => reject(new Error(`The server ended: ${text}`)))
  return promise
}

function inMiB(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(0)
}
