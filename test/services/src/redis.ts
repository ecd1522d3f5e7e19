import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { endOf, spawnGuard } from './guard.ts'
import { redisBinary } from './redis-binary.ts'

/** A Redis server that answers. */
export interface RedisServer {
  readonly url: string
  /** Where it comes from, for people: `REDIS_URL` or the path of its binary. */
  readonly origin: string
  /** Stops what was started here, at once and saving nothing, and removes its files; leaves the server of `REDIS_URL` alone. Can be called twice. */
  stop(): Promise<void>
}

export interface StartRedis {
  /** Default: one that is free. A port given makes a restart look the same to clients. */
  readonly port?: number
  /** Server settings, e.g. `{ maxmemory: '10mb' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** How long a server may take to answer. */
const PATIENCE_MS = 10_000

/** The shell lets go of its output, so that its end is the server's end. It is the server's parent, so the id it kills is no one else's. */
const GUARD =
  'directory=$1; shift; "$@" </dev/null 2>&1 & server=$!; exec >/dev/null; cat; kill -9 $server; wait; cd /; rm -rf "$directory"'

/**
 * The server of `REDIS_URL`; without one, {@link startOwnRedis}.
 * @throws Error where there is none and none can be had
 */
export async function startRedis(): Promise<RedisServer> {
  const given = process.env['REDIS_URL']
  return given ? { url: given, origin: 'REDIS_URL', stop: async () => {} } : startOwnRedis()
}

/**
 * A new server on loopback that keeps nothing on disk, for whoever flushes it, kills it or starts it again. It ends with this
 * process, however that ends.
 * @throws Error where no `redis-server` is found or it does not start; the message holds its log
 */
export async function startOwnRedis({ port, settings = {} }: StartRedis = {}): Promise<RedisServer> {
  const binary = await redisBinary()
  const directory = await mkdtemp(join(tmpdir(), 'muster-redis-'))
  const chosen = port ?? (await freePort())
  const options = {
    port: String(chosen),
    bind: '127.0.0.1',
    dir: directory,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
    ...settings,
  }
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
  const guard = spawnGuard(GUARD, [directory, binary, ...flags], { cwd: directory })
  const log: string[] = []
  const ended = new AbortController()
  guard.stdout?.setEncoding('utf8').on('data', (lines: string) => {
    if (!ended.signal.aborted) log.push(lines)
  })
  guard.stdout?.on('close', () => ended.abort())
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= endOf(guard))
  const started = await answers(chosen, ended.signal)
  ended.abort()
  if (started) return { url: `redis://127.0.0.1:${chosen}`, origin: binary, stop }
  await stop()
  throw new Error(`Redis of ${binary} did not start on port ${chosen}; its log:\n${log.join('')}`)
}

/** False when the server has ended, or not answered in time. */
async function answers(port: number, ended: AbortSignal): Promise<boolean> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until && !ended.aborted; await wait(20)) {
    if (await ping(port)) return true
  }
  return false
}

/** Whether the server answers PING; one that is loading answers with an error. */
async function ping(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write('PING\r\n')
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(1_000) })) as [Buffer]
    return answer.toString().startsWith('+PONG')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
