import { BullJobQueue } from './bull-job-queue.ts'
import { RedisConnections } from './connections.ts'

// A process that takes what it is given and never finishes, until it is killed.

const [url = '', prefix = ''] = process.argv.slice(2)
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const queue = new BullJobQueue({ connections: new RedisConnections({ url }, logger), logger, prefix })
await queue.consume('a', 2, async ({ jobId }) => {
  process.send?.(jobId)
  await new Promise(() => {})
})
