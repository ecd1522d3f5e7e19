import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import type { AppControllerRoute, BullBoardQueues, IServerAdapter } from '@bull-board/api/typings/app'
import type { JobId } from '@muster/core'
import type { Delivery, Logger } from '@muster/core/ports'
import { freshRedis } from '@muster/test-services/vitest'
import { Queue } from 'bullmq'
import { expect, it, onTestFinished } from 'vitest'
import { BullJobQueue } from './bull-job-queue.ts'
import { RedisConnections } from './connections.ts'
import { bullQueueOf } from './type-queue.ts'

const TYPE = 'probe:scenario'
const logger: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error }

interface ShownQueue {
  readonly name: string
  readonly counts: Readonly<Record<string, number>>
  readonly jobs: readonly { readonly id: string; readonly data: { readonly jobs: readonly unknown[] } }[]
  readonly isPaused: boolean
  readonly hasWorkers: boolean
}

/** bull-board without its pages: what a browser asks of it is asked directly, and it holds its own answers to their schemas. */
class Board implements IServerAdapter {
  #queues: BullBoardQueues = new Map()
  #routes: readonly AppControllerRoute[] = []

  constructor(queue: Queue) {
    const options = { uiBasePath: '.', validateResponses: true }
    createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: this, options })
  }

  /** The page of a queue, with the messages in it. Pages find their queue by its name, which they read from their address in this way. */
  async open(name: string): Promise<ShownQueue | undefined> {
    const activeQueue = decodeURIComponent(decodeURI(encodeURIComponent(name)))
    const { queues } = await this.ask<{ queues: ShownQueue[] }>('get', '/api/queues', {
      query: { activeQueue },
    })
    return queues.find((queue) => queue.name === activeQueue)
  }

  async ask<Body>(method: string, route: string, { params = {}, query = {} } = {}): Promise<Body> {
    const found = this.#routes.find((each) => each.method === method && each.route === route)
    const request = { queues: this.#queues, uiConfig: {}, query, params, body: {}, headers: {} }
    const answer = await found?.handler(request)
    if (!answer || (answer.status ?? 200) !== 200) throw new Error(`${route}: ${JSON.stringify(answer)}`)
    return answer.body as Body
  }

  setQueues(queues: BullBoardQueues): this {
    this.#queues = queues
    return this
  }

  setApiRoutes(routes: readonly AppControllerRoute[]): this {
    this.#routes = routes
    return this
  }

  setViewsPath = (): this => this
  setStaticPath = (): this => this
  setEntryRoute = (): this => this
  setErrorHandler = (): this => this
  setUIConfig = (): this => this
}

it('shows its deliveries on a bull-board, which may pause and resume them, and loses none by it', async () => {
  const { url, prefix } = freshRedis()
  const connections = new RedisConnections({ url }, logger)
  const deliveries = new BullJobQueue({ connections, logger, prefix })
  const { name, prefix: tagged } = bullQueueOf(TYPE, prefix)
  const looking = new Queue(name, { prefix: tagged, connection: { url } })
  onTestFinished(async () => {
    await looking.close()
    await deliveries.close()
  })
  const board = new Board(looking)
  const sent = Array.from(
    { length: 200 },
    (_, nth): Delivery => ({ jobId: `job-${nth}` as JobId, type: TYPE, lane: 1 }),
  )
  await deliveries.deliver(sent)

  const full = await board.open(name)
  expect(full).toMatchObject({
    name,
    isPaused: false,
    hasWorkers: false,
    counts: { prioritized: 4, active: 0, failed: 0 },
  })
  expect(full?.jobs.map(({ data }) => data.jobs.length)).toEqual([50, 50, 50, 50])
  const [first] = full?.jobs ?? []
  const params = { queueName: name, jobId: first?.id }
  expect(await board.ask('get', '/api/queues/:queueName/:jobId', { params })).toMatchObject({
    status: 'prioritized',
  })

  await board.ask('put', '/api/queues/:queueName/pause', { params })
  const done: JobId[] = []
  await deliveries.consume(TYPE, 10, async ({ jobId }) => void done.push(jobId))
  await expect.poll(() => board.open(name)).toMatchObject({ isPaused: true, hasWorkers: true })
  expect(done).toEqual([])
  await board.ask('put', '/api/queues/:queueName/resume', { params })
  await deliveries.drain()
  expect(done.toSorted()).toEqual(sent.map(({ jobId }) => jobId).toSorted())
  await expect
    .poll(() => board.open(name))
    .toMatchObject({ isPaused: false, jobs: [], counts: { prioritized: 0, active: 0, failed: 0 } })
})
