import { setTimeout as wait } from 'node:timers/promises'
import { bullmq, bullmqOnPostgres } from './bullmq.ts'
import { graphileWorker } from './graphile-worker.ts'
import { muster } from './muster.ts'
import type { LiveJob, LivePeer, OpenLivePeer } from './peer.ts'
import { pgBoss } from './pg-boss.ts'
import { serverCpu } from './server-cpu.ts'

/** A round that a process of its own runs on a database of its own. */
export interface LiveRound {
  readonly system: string
  readonly url: string
  /** `flow`: jobs are made as fast as they are done; `paced`: 800 a second; `single`: one call a job, ten in flight, and nobody works. */
  readonly kind: 'flow' | 'paced' | 'single'
  readonly slots: number
  /** How long jobs are made. */
  readonly ms: number
}

/** What it tells the process that started it. */
export interface LiveFigures {
  readonly perSecond: number
  /** From just before a job is made to the start of its handler. NaN where nobody works. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Of the processor, by all of Postgres and by this process, in microseconds a job. NaN of what is not on Postgres. */
  readonly databaseUs: number
  readonly ownUs: number
}

const PEERS: Readonly<Record<string, OpenLivePeer>> = {
  muster,
  'graphile-worker': graphileWorker,
  'pg-boss': pgBoss,
  bullmq,
  'bullmq-pg': bullmqOnPostgres,
}

/** Jobs that are not begun, at most, and made at once, at most. */
const DEPTH = 1_000
const BATCH = 128
/** Where a producer waits: until there is room, or until the next is due. */
const TICK_MS = 2
const PACE = { perSecond: 800, everyMs: 25 }
const IN_FLIGHT = 10
/** How long a handler takes. */
const WORK_MS = 1
/** What is made first finds cold code and unplanned statements: its latency is not counted. */
const WARM_UP_MS = 2_000
/** Work that has not ended so long after the last job was made is a failure, not a figure. */
const PATIENCE_MS = 60_000
const PADDING = 'x'.repeat(160)

const { system, url, kind, slots, ms } = JSON.parse(process.argv[2] ?? '') as LiveRound
const open = PEERS[system]
if (!open) throw new Error(`There is no peer "${system}"`)
const cpuSeconds = url.startsWith('redis') ? () => Number.NaN : await serverCpu(url)
const peer = await open(url)
const figures = kind === 'single' ? await single(peer) : await working(peer)
await peer.close()
process.send?.(figures satisfies LiveFigures, () => process.exit(0))

async function working(peer: LivePeer): Promise<LiveFigures> {
  const latencies: number[] = []
  let [made, begun, ended] = [0, 0, 0]
  await peer.work(slots, async ({ madeAt }) => {
    begun++
    if (madeAt - startedAt >= WARM_UP_MS) latencies.push(now() - madeAt)
    await wait(WORK_MS)
    ended++
  })
  const meter = metering()
  const startedAt = now()
  const add = async (count: number): Promise<void> => {
    await peer.add(Array.from({ length: count }, aJob))
    made += count
  }
  while (now() - startedAt < ms) {
    const room = Math.min(BATCH, DEPTH - (made - begun))
    const due = Math.floor(((now() - startedAt) * PACE.perSecond) / 1_000) - made
    const count = kind === 'flow' ? room : due
    if (count > 0) await add(count)
    if (kind === 'paced') await wait(PACE.everyMs - ((now() - startedAt) % PACE.everyMs))
    else if (count <= 0) await wait(TICK_MS)
  }
  const patienceEnds = now() + PATIENCE_MS
  while (ended < made || (await peer.left()) > 0) {
    if (now() > patienceEnds) throw new Error(`${system}: ${ended} of ${made} jobs were done`)
    await wait(TICK_MS)
  }
  return meter(made, latencies)
}

async function single(peer: LivePeer): Promise<LiveFigures> {
  const { addOne } = peer
  if (!addOne) throw new Error(`${system} has no call for one job`)
  const meter = metering()
  const until = now() + ms
  let made = 0
  const adding = async (): Promise<void> => {
    for (; now() < until; made++) await addOne(aJob())
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, adding))
  return meter(made, [])
}

function metering(): (jobs: number, latencies: number[]) => LiveFigures {
  const [at, database, own] = [now(), cpuSeconds(), process.cpuUsage()]
  return (jobs, latencies) => {
    const { user, system } = process.cpuUsage(own)
    const sorted = Float64Array.from(latencies).sort()
    const quantile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
    return {
      perSecond: (jobs / (now() - at)) * 1_000,
      p50Ms: quantile(0.5),
      p99Ms: quantile(0.99),
      databaseUs: ((cpuSeconds() - database) * 1e6) / jobs,
      ownUs: (user + system) / jobs,
    }
  }
}

function aJob(): LiveJob {
  return { madeAt: now(), padding: PADDING }
}

function now(): number {
  return performance.now()
}
