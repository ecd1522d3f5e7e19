import { connect, type Socket } from 'node:net'
import type { ProjectId, RunId } from '@muster/core'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { type ApiWorld, openApi, token } from '../api-world.test.support.ts'

let world: ApiWorld
let port: number
let projectId: ProjectId
let bearer: string
const connections: Socket[] = []

beforeAll(async () => {
  world = await openApi()
  world.app.server.on('connection', (socket) => connections.push(socket))
  port = Number(new URL(await world.app.listen({ host: '127.0.0.1', port: 0 })).port)
  projectId = (await world.muster.projects.add({ name: 'streams' })).projectId
  const { userId } = await world.as('manager', { member: [projectId] })
  bearer = await token({ sub: userId, role: 'manager' })
})
afterAll(() => world.close())

const MEBIBYTE = 1024 ** 2
/** What the two kernels' buffers and ours may hold of a stream that nobody reads. */
const MOST_BYTES = 24 * MEBIBYTE
const LINE = 16 * 1024

/** Sends the head of a request, and reads nothing of the answer. */
function begin(method: string, path: string, headers: readonly string[] = []): Socket {
  const socket = connect({ host: '127.0.0.1', port }).pause()
  onTestFinished(() => void socket.destroy())
  const head = [
    `${method} /api/v1${path} HTTP/1.1`,
    'host: localhost',
    `authorization: Bearer ${bearer}`,
    ...headers,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  return socket
}

/** Resolves once `count` stays what it is. */
async function settled(count: () => number): Promise<number> {
  let before = -1
  await vi.waitFor(
    () => {
      const now = count()
      const isStill = now > 0 && now === before
      before = now
      expect(isStill).toBe(true)
    },
    { interval: 100 },
  )
  return count()
}

it('reads no more results from the store than the client takes', async () => {
  const { muster } = world
  const scenarios = [{ payload: { text: 'a' } }]
  const { definitionId } = await muster.definitions.add(projectId, { name: 'd', jobType: 'echo', scenarios })
  const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
  let bytes = 0
  // A run without an end.
  vi.spyOn(muster.persistence.stores.runs, 'listResults').mockImplementation(async (_: RunId, { limit }) => {
    bytes += limit * LINE
    return Array.from({ length: limit }, (_, place) => ({
      key: { place, model: 0 },
      result: {
        scenarioId: 's',
        model: 'm',
        state: 'completed',
        result: 'x'.repeat(LINE),
        error: null,
      },
    })) as never
  })
  const reader = begin('GET', `/runs/${runId}/results.ndjson`)
  const read = await settled(() => bytes)
  expect(read).toBeLessThan(MOST_BYTES)
  reader.resume()
  await vi.waitFor(() => expect(bytes).toBeGreaterThan(read + MOST_BYTES))
  reader.destroy()
  // Nor is more read for a client that is gone.
  await settled(() => bytes)
})

it('takes no more scenarios from a client than are kept', async () => {
  const kept = Promise.withResolvers<void>()
  vi.spyOn(world.muster.persistence.stores.definitions, 'stage').mockImplementation(async (batches) => {
    for await (const _ of batches) await kept.promise
    throw new Error('the stream has no end')
  })
  const sender = begin('POST', `/projects/${projectId}/definitions?name=endless&jobType=echo`, [
    'content-type: application/x-ndjson',
    'transfer-encoding: chunked',
  ])
  const line = `${JSON.stringify({ payload: { text: 'x'.repeat(LINE) } })}\n`
  const send = (): void => {
    while (sender.write(`${line.length.toString(16)}\r\n${line}\r\n`));
  }
  sender.on('drain', send)
  send()
  const taken = await settled(() => connections.at(-1)?.bytesRead ?? 0)
  expect(taken).toBeLessThan(MOST_BYTES)
  sender.off('drain', send)
  const bad = '{ no\n'
  let answer = ''
  sender.on('data', (bytes) => {
    answer += String(bytes)
  })
  sender.write(`${bad.length.toString(16)}\r\n${bad}\r\n`)
  kept.resolve()
  sender.resume()
  await vi.waitFor(() => expect(answer).toMatch(/scenarios\[\d+\]/))
  expect(answer).toMatch(/^HTTP\/1.1 400 /)
})
