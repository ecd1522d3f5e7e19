import { BullJobQueue, RedisConnections } from '@muster/adapters-redis'
import { openStores } from './databases.ts'
import { bullmqWorker } from './peers/bullmq.ts'
import { musterWorker, silent } from './peers/muster.ts'

/** What a worker process tells the one that started it: first that it is ready, then how much it has done. */
export type Told = { readonly ready: true } | { readonly done: number }

const TELL_MS = 10

const [system = '', url = '', redisUrl = '', prefix = '', concurrency = ''] = process.argv.slice(2)
let done = 0
const worker = await (system === 'muster' ? openMuster() : openBullmq())

process.on('message', (order) => {
  if (order === 'go') void worker.start()
  if (order === 'stop') void worker.close().then(() => process.exit(0))
})
setInterval(() => process.send?.({ done } satisfies Told), TELL_MS)
process.send?.({ ready: true } satisfies Told)

function count(more: number): void {
  done += more
}

async function openMuster() {
  const persistence = await openStores({ connectionString: url })
  const connections = new RedisConnections({ url: redisUrl }, silent)
  await connections.ready()
  const queue = new BullJobQueue({ connections, logger: silent, prefix })
  const worker = musterWorker(persistence, queue, Number(concurrency), count)
  return {
    start: () => worker.start(),
    async close() {
      await worker.close()
      await queue.close()
      await persistence.close()
    },
  }
}

async function openBullmq() {
  const worker = bullmqWorker(redisUrl, Number(concurrency), count)
  await worker.waitUntilReady()
  return { start: () => worker.run(), close: () => worker.close() }
}
