import { bareSql } from './peers/bare-sql.ts'
import { bullmq } from './peers/bullmq.ts'
import { graphileWorker } from './peers/graphile-worker.ts'
import { muster } from './peers/muster.ts'
import type { OpenPeer } from './peers/peer.ts'
import { pgBoss } from './peers/pg-boss.ts'

/** What a round tells the process that started it. */
export interface DrainRound {
  readonly ms: number
}

const PEERS: Readonly<Record<string, OpenPeer>> = {
  muster,
  'graphile-worker': graphileWorker,
  'pg-boss': pgBoss,
  'bare-sql': bareSql,
  bullmq,
}

/** A minute and a half without an end is a failure, not a figure. */
const PATIENCE_MS = 90_000

const [system = '', url = '', jobs = '', concurrency = ''] = process.argv.slice(2)
const open = PEERS[system]
if (!open) throw new Error(`There is no peer "${system}"`)
const count = Number(jobs)
const peer = await open(url)
await peer.fill(count)

const { promise: allDone, resolve } = Promise.withResolvers<void>()
let done = 0
const tooLong = setTimeout(() => {
  console.error(`${system}: ${done} of ${count} jobs after ${PATIENCE_MS} ms`)
  process.exit(1)
}, PATIENCE_MS)
const start = performance.now()
await peer.consume(Number(concurrency), (more) => {
  done += more
  if (done >= count) resolve()
})
await allDone
// Handlers have run; the figure is for jobs that the system itself holds to be done.
while ((await peer.left()) > 0) await new Promise((next) => setTimeout(next, 2))
const ms = performance.now() - start
clearTimeout(tooLong)
await peer.close()
process.send?.({ ms } satisfies DrainRound, () => process.exit(0))
