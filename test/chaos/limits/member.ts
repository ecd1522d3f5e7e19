import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { UnavailableError } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import { PgLog } from './log.ts'
import { openWorking } from './world.ts'

/** What a process is told when it is started. */
export interface Orders {
  readonly url: string
  readonly concurrency: number
  readonly leaseSeconds: number
  /** It dies as soon as so many of its starts are in the log and it has costly jobs in hand. */
  readonly diesAtStart?: number | undefined
  /** It begins when it is told to go on. */
  readonly waits: boolean
}

/** What it says: that it is at work, and as which worker it is given jobs. */
export type News = 'ready' | { readonly workerId: WorkerId }

const RETRY_MS = 50

const [{ url, concurrency, leaseSeconds, diesAtStart, waits }] = (await once(process, 'message')) as [Orders]
process.once('disconnect', () => process.exit())
const tell = (news: News): void => void process.send?.(news)
const log = await PgLog.open(url, {
  began: (starts, costly) => {
    if (diesAtStart !== undefined && starts >= diesAtStart && costly > 0) process.kill(process.pid, 'SIGKILL')
  },
  works: (workerId) => tell({ workerId }),
})
const told = waits ? once(process, 'message') : undefined
const muster = await opened()
await told
await muster.work({ concurrency, leaseSeconds })
tell('ready')

/** Opening is refused while the database is busy with others: then again. */
async function opened(): Promise<Muster> {
  for (;;) {
    try {
      return await openWorking(url, log)
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError)) throw refusal
      await delay(RETRY_MS)
    }
  }
}
