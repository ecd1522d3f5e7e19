import { Queue, Worker } from 'bullmq'
import { inChunks, type OpenPeer, payload } from './peer.ts'

const QUEUE = 'bench'

/** Takes nothing before it is told to run. */
export function bullmqWorker(url: string, concurrency: number, done: (jobs: number) => void): Worker {
  const worker = new Worker(QUEUE, async () => {}, {
    connection: { url, maxRetriesPerRequest: null },
    concurrency,
    autorun: false,
    removeOnComplete: { count: 0 },
  })
  worker.on('error', (error) => console.error(error))
  worker.on('completed', () => done(1))
  return worker
}

/** Finished jobs are removed, as its documentation advises for throughput. */
export const bullmq: OpenPeer = async (url) => {
  const connection = { url, maxRetriesPerRequest: null }
  const queue = new Queue(QUEUE, { connection })
  await queue.waitUntilReady()
  await queue.obliterate({ force: true })
  let worker: Worker | undefined
  return {
    fill: (jobs) =>
      inChunks(jobs, (indexes) =>
        queue.addBulk(
          indexes.map((index) => ({ name: 'noop', data: payload(index), opts: { removeOnComplete: true } })),
        ),
      ),
    async consume(concurrency, done) {
      worker = bullmqWorker(url, concurrency, done)
      void worker.run()
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
