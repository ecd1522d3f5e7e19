import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** A Redis that benchmarks may empty. */
interface RedisServer {
  readonly url: string
  stop(): Promise<void>
}

/** The one of `REDIS_URL`, else one started here that keeps nothing on disk; `undefined` where there is no `redis-server` on PATH. */
export async function openRedis(): Promise<RedisServer | undefined> {
  const given = process.env['REDIS_URL']
  if (given) return { url: given, stop: async () => {} }
  if (spawnSync('redis-server', ['--version']).error) return undefined
  const port = await freePort()
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  )
  const url = `redis://127.0.0.1:${port}`
  await answers(url)
  return {
    url,
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function answers(url: string): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 })
  client.on('error', () => {})
  await Promise.race([
    client.ping(),
    wait(10_000).then(() => Promise.reject(new Error('Redis did not start'))),
  ])
  client.disconnect()
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}
