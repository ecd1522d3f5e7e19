import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Redis } from 'ioredis'
import { expect, it } from 'vitest'
import { freshRedis } from './fresh-redis.ts'
import { startOwnRedis } from './redis.ts'

async function asked<T>(url: string, ask: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null })
  // What fails rejects what was asked; without a listener it is also written to the console.
  client.on('error', () => {})
  try {
    await client.connect()
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

it('gives every caller a prefix of its own on the run’s server', async () => {
  const [first, second] = [freshRedis(), freshRedis()]
  expect(first.url).toBe(second.url)
  expect(first.prefix).not.toBe(second.prefix)
  expect(await asked(first.url, (client) => client.ping())).toBe('PONG')
})

it('starts a server of one’s own, and another on the same port once it has stopped', async () => {
  const first = await startOwnRedis()
  await asked(first.url, (client) => client.set('kept', 'until it stops'))
  await first.stop()
  await first.stop()
  await expect(asked(first.url, (client) => client.ping())).rejects.toThrow('Connection is closed')
  const second = await startOwnRedis({ port: Number(new URL(first.url).port) })
  expect(await asked(second.url, (client) => client.get('kept'))).toBeNull()
  await second.stop()
})

it('says what the server said when it does not start', async () => {
  await expect(startOwnRedis({ settings: { 'maxmemory-policy': 'sometimes' } })).rejects.toThrow(
    /did not start/,
  )
})

it('leaves no server and no file behind when the process that started it is killed', async () => {
  const starter = new URL('./redis.ts', import.meta.url)
  const script = `
    const { startOwnRedis } = await import(${JSON.stringify(starter.href)})
    const { url } = await startOwnRedis()
    process.send(url)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [url] = await once(child, 'message')
  const [, directory = ''] = await asked(url, (client) => client.config('GET', 'dir') as Promise<string[]>)
  expect(existsSync(directory)).toBe(true)

  child.kill('SIGKILL')

  await expect.poll(() => existsSync(directory)).toBe(false)
  await expect(asked(url, (client) => client.ping())).rejects.toThrow('Connection is closed')
})
