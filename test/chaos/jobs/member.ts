import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { UnavailableError } from '@muster/core'
import type { Muster } from '@muster/host'
import { fastClock } from './fast-clock.ts'
import { probe } from './probe.ts'
import { openMuster, type Way } from './world.ts'

/** What a process is told when it is started. */
export interface Orders extends Way {
  readonly role: 'worker' | 'scheduler'
  readonly concurrency: number
  readonly speed: number
  readonly epoch: number
}

/** What it says: jobs that its handlers began, ended, and were told to stop before they were done (`cut`); or that it is ready. */
export type News =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'moved'
      readonly began: readonly string[]
      readonly ended: readonly string[]
      readonly cut: readonly string[]
    }

const TELL_MS = 20
const RETRY_MS = 50
/** How long handlers have when the process is told to end: less than most of them need. */
const DEADLINE_MS = 200

const tell = (news: News): void => void process.send?.(news)

const [orders] = (await once(process, 'message')) as [Orders]
const { role, concurrency, speed, epoch } = orders
const clock = fastClock(speed, epoch)
const began: string[] = []
const ended: string[] = []
const cut: string[] = []
const tellMoves = (): void => {
  if (began.length + ended.length + cut.length === 0) return
  tell({ kind: 'moved', began: began.splice(0), ended: ended.splice(0), cut: cut.splice(0) })
}
const telling = setInterval(tellMoves, TELL_MS)
const type = probe(clock, {
  began: (jobId) => void began.push(jobId),
  ended: (jobId, wasCut) => void (wasCut ? cut : ended).push(jobId),
})

const muster = await opened()
const end = async (): Promise<void> => {
  await muster.close({ deadlineMs: DEADLINE_MS })
  clearInterval(telling)
  tellMoves()
  process.disconnect?.()
}
process.once('message', () => void end())
process.once('SIGTERM', () => void end())
process.once('disconnect', () => process.exit())
if (role === 'worker') await muster.work({ concurrency, schedule: false })
else await muster.schedule()
tell({ kind: 'ready' })

/** Opening is refused while the database is away: then again. */
async function opened(): Promise<Muster> {
  for (;;) {
    try {
      return await openMuster(orders, clock, [type])
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError)) throw refusal
      await delay(RETRY_MS)
    }
  }
}
