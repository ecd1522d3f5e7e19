import { createPostgresBackend, Queue, Worker } from 'bullmq'
import type { LiveJob, LivePeer, OpenLivePeer } from './peer.ts'

const QUEUE = 'live'
const CONNECTIONS = 20

/** On Redis. What is done is removed, as its documentation advises for throughput. */
export const bullmq: OpenLivePeer = async (url) => {
  const connection = { url, maxRetriesPerRequest: null }
  const queue = new Queue(QUEUE, { connection })
  return driven(
    queue,
    (slots, handler) =>
      new Worker(QUEUE, ({ data }) => handler(data), {
        connection,
        concurrency: slots,
        removeOnComplete: { count: 0 },
      }),
  )
}

/** On Postgres, where it keeps a pool and listens for what is added. */
export const bullmqOnPostgres: OpenLivePeer = async (connectionString) => {
  const connection = { connectionString, max: CONNECTIONS, schema: 'bullmq', migrate: true }
  const queue = new Queue(QUEUE, { connection }, createPostgresBackend)
  return driven(
    queue,
    (slots, handler) =>
      new Worker(
        QUEUE,
        ({ data }) => handler(data),
        { connection, concurrency: slots, removeOnComplete: { count: 0 } },
        createPostgresBackend,
      ),
  )
}

type Jobs = Pick<Queue, 'waitUntilReady' | 'obliterate' | 'addBulk' | 'getJobCounts' | 'close'>
interface Work extends Pick<Worker, 'waitUntilReady' | 'close'> {
  on(event: 'error', listener: (error: Error) => void): unknown
}

async function driven(
  queue: Jobs,
  workerOf: (slots: number, handler: (job: LiveJob) => Promise<void>) => Work,
): Promise<LivePeer> {
  await queue.waitUntilReady()
  await queue.obliterate({ force: true })
  let worker: Work | undefined
  return {
    add: (jobs) =>
      queue.addBulk(jobs.map((data) => ({ name: 'live', data, opts: { removeOnComplete: true } }))),
    async work(slots, handler) {
      worker = workerOf(slots, handler)
      worker.on('error', (error) => console.error(error))
      await worker.waitUntilReady()
    },
    async left() {
      const { waiting = 0, active = 0 } = await queue.getJobCounts('waiting', 'active')
      return waiting + active
    },
    async close() {
      await worker?.close()
      await queue.close()
    },
  }
}
