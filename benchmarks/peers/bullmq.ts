import { Queue, Worker } from 'bullmq'
import { inChunks, type OpenPeer, payload } from './peer.ts'

const QUEUE = 'bench'

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
      worker = new Worker(QUEUE, async () => {}, { connection, concurrency, removeOnComplete: { count: 0 } })
      worker.on('error', (error) => console.error(error))
      worker.on('completed', () => done(1))
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
