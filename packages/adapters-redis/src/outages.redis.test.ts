import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { JobId, Json, ProjectId, UserId } from '@muster/core'
import type { Delivery, Logger } from '@muster/core/ports'
import { Outages } from '@muster/core/support'
import { startOwnRedis } from '@muster/test-services'
import { freshRedis } from '@muster/test-services/vitest'
import { VirtualClock } from '@muster/testing'
import { Cluster, Redis } from 'ioredis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { BullJobQueue } from './bull-job-queue.ts'
import { RedisConnections, type RedisTarget } from './connections.ts'
import { RedisBroadcast } from './redis-broadcast.ts'
import { RedisPresence } from './redis-presence.ts'

function open(target: RedisTarget, prefix = 'muster') {
  const said: string[] = []
  const say = (_: object, message: string): void => void said.push(message)
  const logger: Logger = { debug() {}, info: say, warn: say, error: say }
  const clock = new VirtualClock()
  const outages = new Outages({ logger, clock })
  const parts = { connections: new RedisConnections(target, logger, outages), logger, prefix }
  const queue = new BullJobQueue(parts)
  onTestFinished(() => queue.close())
  const { connections } = parts
  return {
    connections,
    queue,
    broadcast: new RedisBroadcast(parts),
    presence: new RedisPresence(parts),
    said,
    clock,
  }
}

function deliveries(count: number): Delivery[] {
  return Array.from({ length: count }, () => ({ jobId: crypto.randomUUID() as JobId, type: 'a', lane: 1 }))
}

function idsOf(sent: readonly Delivery[]): JobId[] {
  return sent.map(({ jobId }) => jobId).sort()
}

it('delivers to others what a killed process had taken', async () => {
  const { url, prefix } = freshRedis()
  const { queue } = open({ url }, prefix)
  const child = fork(new URL('./killed-consumer.test.support.ts', import.meta.url), [url, prefix], {
    execArgv: ['--conditions=@muster/source'],
  })
  const taken: JobId[] = []
  child.on('message', (jobId) => taken.push(jobId as JobId))
  const sent = deliveries(2)
  await queue.deliver(sent)
  await vi.waitFor(() => expect(taken).toHaveLength(2))
  child.kill('SIGKILL')
  await once(child, 'exit')

  const again: JobId[] = []
  await queue.consume('a', 2, async ({ jobId }) => void again.push(jobId))
  await vi.waitFor(() => expect(again.toSorted()).toEqual(idsOf(sent)))
  await queue.drain()
})

it('gives others what it took and cannot begin', async () => {
  const { url, prefix } = freshRedis()
  const [busy, idle] = [open({ url }, prefix).queue, open({ url }, prefix).queue]
  const gate = Promise.withResolvers<void>()
  const [here, there]: [JobId[], JobId[]] = [[], []]
  await busy.deliver(deliveries(8))
  await busy.consume('a', 1, async ({ jobId }) => {
    here.push(jobId)
    await gate.promise
  })
  await vi.waitFor(() => expect(here).toHaveLength(1))
  await idle.consume('a', 1, async ({ jobId }) => void there.push(jobId))
  await vi.waitFor(() => expect(there).toHaveLength(7))
  gate.resolve()
  await busy.drain()
  expect(new Set([...here, ...there]).size).toBe(8)
})

it('goes on after a flush, and takes again what it forgot', async () => {
  const server = await startOwnRedis()
  onTestFinished(() => server.stop())
  const { queue } = open({ url: server.url })
  const watcher = new Redis(server.url)
  const gate = Promise.withResolvers<void>()
  const seen: JobId[] = []
  await queue.consume('a', 1, async ({ jobId }) => {
    seen.push(jobId)
    await gate.promise
  })
  const sent = deliveries(3)
  await queue.deliver(sent)
  await vi.waitFor(() => expect(seen).toHaveLength(1))
  await watcher.flushall()
  gate.resolve()
  await queue.deliver(sent)
  await vi.waitFor(() => expect(new Set(seen)).toEqual(new Set(idsOf(sent))))
  await queue.drain()
  watcher.disconnect()
})

it('refuses quickly while Redis is away, says so once, and goes on by itself when it is back', async () => {
  const server = await startOwnRedis()
  const { queue, broadcast, presence, said, clock } = open({ url: server.url })
  const seen: JobId[] = []
  const heard: Json[] = []
  await queue.consume('a', 2, async ({ jobId }) => void seen.push(jobId))
  await broadcast.subscribe('news', (message) => void heard.push(message))
  await queue.deliver(deliveries(1))
  await vi.waitFor(() => expect(seen).toHaveLength(1))

  await server.stop()
  await expect(queue.deliver(deliveries(1))).rejects.toMatchObject({ code: 'queue_error' })
  await expect(queue.counts()).rejects.toMatchObject({ code: 'queue_error' })
  const project = crypto.randomUUID() as ProjectId
  const [connectionId, userId, now] = ['c', crypto.randomUUID() as UserId, new Date()]
  const lapsesAt = new Date(now.getTime() + 60_000)
  await presence.see({ connectionId, userId, projectId: project, now, lapsesAt })
  expect(await presence.list(project, now)).toEqual([{ userId, lastSeenAt: now }])
  await broadcast.publish('news', 'heard in this process')
  expect(heard).toEqual(['heard in this process'])

  const port = Number(new URL(server.url).port)
  const restarted = await startOwnRedis({ port })
  onTestFinished(() => restarted.stop())
  const other = open({ url: restarted.url })
  await other.queue.deliver(deliveries(1))
  await vi.waitFor(() => expect(seen).toHaveLength(2))
  await vi.waitFor(async () => {
    await other.broadcast.publish('news', 'back')
    expect(heard).toContain('back')
  })
  await vi.waitFor(async () => {
    await clock.advance(60_000)
    expect(said).toEqual([expect.stringContaining('is away'), expect.stringContaining('redis works again')])
  })
})

it('keeps the keys of what it does together on one node of a cluster', async () => {
  const server = await startOwnRedis({
    settings: { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' },
  })
  onTestFinished(() => server.stop())
  const admin = new Redis(server.url)
  await admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await vi.waitFor(async () => expect(await admin.call('CLUSTER', 'INFO')).toContain('cluster_state:ok'))
  admin.disconnect()
  const client = new Cluster([server.url])
  onTestFinished(() => client.disconnect())
  const [here, there] = [open({ client }), open({ client })]
  // Who comes while the client still asks whether the cluster is well waits for the answer.
  await once(here.connections.commands, 'connect')
  expect(await (await here.connections.ready()).ping()).toBe('PONG')
  const seen: JobId[] = []
  const heard: Json[] = []
  await there.broadcast.subscribe('news', (message) => void heard.push(message))
  await there.queue.consume('a', 2, async ({ jobId }) => void seen.push(jobId))
  const sent = deliveries(9)
  await here.queue.deliver(sent)
  await vi.waitFor(() => expect(seen.toSorted()).toEqual(idsOf(sent)))
  await here.broadcast.publish('news', 1)
  await vi.waitFor(() => expect(heard).toEqual([1]))
  const [connectionId, userId, projectId] = [
    'c',
    crypto.randomUUID() as UserId,
    crypto.randomUUID() as ProjectId,
  ]
  const now = new Date()
  const lapsesAt = new Date(now.getTime() + 60_000)
  await here.presence.see({ connectionId, userId, projectId, now, lapsesAt })
  expect(await there.presence.list(projectId, now)).toEqual([{ userId, lastSeenAt: now }])
})
