import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openServer, query } from './databases.ts'
import { type Latencies, People } from './day-people.ts'
import type { Watched } from './day-watch.ts'
import { keep, machine } from './rounds.ts'

const MINUTE_MS = 60_000
const MEBIBYTE = 2 ** 20
const SERVER = fileURLToPath(new URL('../examples/reference-server/src/main.ts', import.meta.url))
const WATCH = fileURLToPath(new URL('./day-watch.ts', import.meta.url))
const ORIGIN = /listening on (http:\/\/[^"\s]+)/

/** What the benchmark is asked for. */
export interface DayOptions {
  readonly minutes: number
  readonly on: string | undefined
}

/** Where a day is spent. */
interface Place {
  readonly name: string
  readonly version: string
  readonly env: Readonly<Record<string, string>>
  /** Bytes of the log on disk, and of everything. */
  size(): Promise<{ readonly wal: number; readonly all: number }>
  leave(): Promise<void>
}

interface Minute extends Watched {
  /** What a process that does nothing met meanwhile: the machine's own doing. */
  readonly quietMaxMs: number
  readonly wal: number
  /** The most of looks a second apart. */
  readonly walMost: number
  readonly all: number
  readonly requests: Readonly<Record<string, Quantiles>>
}

interface Quantiles {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

interface Day {
  readonly minutes: readonly Minute[]
  /** From a start after kill -9 to readiness; and the same with nothing to read again. */
  readonly replaySeconds: number
  readonly startSeconds: number
  readonly idleCpuSeconds: number
}

/**
 * A day's work in `--minutes` (20): runs and tasks keep coming, people claim and submit, pages are looked at, ten follow the project. At each minute it tells what
 * the log, the folder and memory have become, what requests took, and how long the server's loop stood still. Then the server is killed, started again, and
 * left alone for a minute. `--on pglite` or `--on postgres`: one of the two.
 */
export async function day({ minutes, on }: DayOptions): Promise<void> {
  if (!(Number.isInteger(minutes) && minutes >= 2)) throw new Error('--minutes: a whole number from 2 on')
  const places = { pglite: inFolder, postgres: onServer }
  const names = on === undefined ? (['pglite', 'postgres'] as const) : [on]
  const figures = []
  for (const name of names) {
    const open = places[name as keyof typeof places]
    if (open === undefined) throw new Error(`--on: ${Object.keys(places).join(' or ')}`)
    const place = await open()
    try {
      console.log(`\nA day in ${minutes} minutes on ${place.name}`)
      const spent = await spend(place, minutes)
      judge(spent, name === 'pglite')
      figures.push({ machine: machine(place.version), place: place.name, ...spent })
    } finally {
      await place.leave()
    }
  }
  keep('day', { minutes, figures })
}

async function spend(place: Place, minutes: number): Promise<Day> {
  const secret = randomBytes(32).toString('base64url')
  let server = await Server.start(place.env, secret)
  const quiet = new Quiet()
  try {
    const people = new People(server.origin, secret)
    await people.come()
    await Promise.all([server.ask(), quiet.maxMs()])
    people.take()
    const told: Minute[] = []
    for (let nth = 1; nth <= minutes; nth++) {
      const walMost = await walFor(place, MINUTE_MS)
      const [watched, quietMaxMs, size] = await Promise.all([server.ask(), quiet.maxMs(), place.size()])
      const minute = { ...watched, quietMaxMs, ...size, walMost, requests: quantilesOf(people.take()) }
      tell(nth, minute)
      told.push(minute)
    }
    await server.end('SIGKILL')
    await people.go()
    const replayed = await Server.start(place.env, secret)
    const replaySeconds = replayed.readyAfterSeconds
    await replayed.end('SIGTERM')
    server = await Server.start(place.env, secret)
    await wait(5_000)
    await server.lookAway()
    await wait(MINUTE_MS)
    const { cpuSeconds: idleCpuSeconds } = await server.ask()
    return { minutes: told, replaySeconds, startSeconds: server.readyAfterSeconds, idleCpuSeconds }
  } finally {
    quiet.end()
    await server.end('SIGKILL')
  }
}

async function watched(child: ChildProcess, asked: 'tell' | 'look away' = 'tell'): Promise<Watched> {
  const answer = once(child, 'message')
  child.send(asked)
  return (await answer)[0] as Watched
}

/** A process that does nothing: how long its loop stands still is how long the machine had no time for it. */
class Quiet {
  readonly #child = spawn(process.execPath, ['--import', WATCH, '--eval', 'setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })

  async maxMs(): Promise<number> {
    return (await watched(this.#child)).loopMaxMs
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}

/** The most bytes of log that a look each second found. */
async function walFor(place: Place, ms: number): Promise<number> {
  let most = 0
  const until = performance.now() + ms
  while (performance.now() < until) {
    most = Math.max(most, (await place.size()).wal)
    await wait(Math.max(0, Math.min(1_000, until - performance.now())))
  }
  return most
}

/** A reference server, as a process of its own. */
class Server {
  readonly #child: ChildProcess
  readonly origin: string
  /** From its start until it was ready. */
  readonly readyAfterSeconds: number

  private constructor(child: ChildProcess, origin: string, readyAfterSeconds: number) {
    this.#child = child
    this.origin = origin
    this.readyAfterSeconds = readyAfterSeconds
  }

  static async start(env: Readonly<Record<string, string>>, secret: string): Promise<Server> {
    const startedAt = performance.now()
    const child = spawn(process.execPath, ['--conditions=@muster/source', '--import', WATCH, SERVER], {
      env: {
        PATH: process.env['PATH'],
        PORT: '0',
        MUSTER_DEMO: '0',
        MUSTER_RATE_LIMIT: '0',
        MUSTER_JWT_SECRET: secret,
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const { stderr } = child
    if (!stderr) throw new Error('a child with a pipe has no stderr')
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const said: string[] = []
    createInterface(stderr).on('line', (line) => {
      said.push(line)
      if (said.length > 20) said.shift()
      const [, origin] = ORIGIN.exec(line) ?? []
      if (origin !== undefined) resolve(origin)
    })
    child.once('exit', () => reject(new Error(`The server ended: ${said.join('\n')}`)))
    const origin = await promise
    while (!(await fetch(`${origin}/readyz`)).ok) await wait(10)
    return new Server(child, origin, (performance.now() - startedAt) / 1_000)
  }

  ask(): Promise<Watched> {
    return watched(this.#child)
  }

  /** From now on the loop is not watched: what it is at stays its own doing. */
  lookAway(): Promise<Watched> {
    return watched(this.#child, 'look away')
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exit
  }
}

async function inFolder(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-day-'))
  return {
    name: 'PGlite',
    version: 'PGlite',
    env: { MUSTER_DATA_DIR: folder },
    size: async () => ({
      wal: await bytesIn(join(folder, 'database', 'pg_wal')),
      all: await bytesIn(folder),
    }),
    leave: () => rm(folder, { recursive: true, force: true }),
  }
}

async function onServer(): Promise<Place> {
  const server = await openServer()
  const connectionString = await server.database()
  return {
    name: `Postgres ${server.version}`,
    version: server.version,
    env: { DATABASE_URL: connectionString },
    async size() {
      const { rows } = await query<{ wal: string; all: string }>(
        connectionString,
        `select (select sum(size) from pg_ls_waldir()) as wal, pg_database_size(current_database()) as all`,
      )
      return { wal: Number(rows[0]?.wal), all: Number(rows[0]?.all) }
    },
    leave: () => server.stop(),
  }
}

/** Files come and go meanwhile. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function quantilesOf(latencies: Latencies): Record<string, Quantiles> {
  return Object.fromEntries(
    [...latencies].map(([kind, all]) => {
      const sorted = all.toSorted((a, b) => a - b)
      const at = (share: number): number =>
        sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
      return [kind, { count: sorted.length, p50: at(0.5), p99: at(0.99) }]
    }),
  )
}

function tell(nth: number, minute: Minute): void {
  const mib = (bytes: number): string => (bytes / MEBIBYTE).toFixed(0)
  const { loopMaxMs, loopP99Ms, quietMaxMs, cpuSeconds } = minute
  console.log(
    `minute ${String(nth).padStart(2)}: log ${mib(minute.wal)} MiB (most ${mib(minute.walMost)}), all ${mib(minute.all)} MiB, memory ${mib(minute.resident)} MiB, CPU ${cpuSeconds.toFixed(1)} s, loop max ${loopMaxMs.toFixed(0)} ms, p99 ${loopP99Ms.toFixed(0)} ms (a process that does nothing: max ${quietMaxMs.toFixed(0)} ms)`,
  )
  for (const [kind, { count, p50, p99 }] of Object.entries(minute.requests).toSorted(([one], [other]) =>
    one.localeCompare(other),
  )) {
    console.log(
      `  ${kind.padEnd(14)} ${String(count).padStart(5)}   p50 ${p50.toFixed(1).padStart(6)} ms   p99 ${p99.toFixed(1).padStart(7)} ms`,
    )
  }
}

/** Says which bars hold. The log and what is read again after a crash are a server's own matter. */
function judge({ minutes, ...end }: Day, embedded: boolean): void {
  const most = (of: (minute: Minute) => number): number => Math.max(...minutes.map(of))
  // The first minute finds cold code and unplanned statements.
  const [, second] = minutes
  const last = minutes.at(-1)
  const slower = Object.entries(last?.requests ?? {}).map(
    ([kind, { p99 }]) => [kind, p99 / (second?.requests[kind]?.p99 ?? Number.NaN)] as const,
  )
  const [slowest, ratio] = slower.reduce((one, other) => (other[1] > one[1] ? other : one), ['none', 0])
  const bars: (readonly [what: string, value: number, bar: number, unit: string])[] = [
    [`p99 of the last minute ÷ the second, worst (${slowest})`, ratio, 1.3, ''],
    ['longest pause of the loop', most(({ loopMaxMs }) => loopMaxMs), 100, 'ms'],
    ['CPU of a minute without clients', end.idleCpuSeconds, 1, 's'],
  ]
  if (embedded) {
    bars.push(
      ['most log on disk', most(({ walMost }) => walMost) / MEBIBYTE, 128, 'MiB'],
      ['start after kill -9, until ready', end.replaySeconds, 3, 's'],
    )
  }
  console.log(
    `\nThe machine let a process that does nothing wait for ${most(({ quietMaxMs }) => quietMaxMs).toFixed(0)} ms at most: pauses up to that say nothing`,
  )
  console.log(`A start with nothing to read again takes ${end.startSeconds.toFixed(1)} s`)
  for (const [what, value, bar, unit] of bars) {
    const verdict = value <= bar ? 'holds' : 'DOES NOT HOLD'
    console.log(
      `  ${what.padEnd(62)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(4)} ≤ ${bar}   ${verdict}`,
    )
  }
}
