import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { toQueueError } from './errors.ts'

it('reads the error of a transaction whose commands were all lost with one connection', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => null, enableReadyCheck: false })
  client.on('error', () => {})
  onTestFinished(() => client.disconnect())

  const lost: unknown = await client
    .multi()
    .set('a', 1)
    .exec()
    .catch((error: unknown) => error)

  expect(lost).toHaveProperty('previousErrors', expect.arrayContaining([lost]))
  expect(toQueueError(lost).message).toBe('The job queue takes nothing: Redis is away')
})
