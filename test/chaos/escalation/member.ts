import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { UnavailableError } from '@muster/core'
import type { Muster } from '@muster/host'
import { openMuster, type Way } from './world.ts'

const RETRY_MS = 50
const DEADLINE_MS = 500

const [way] = (await once(process, 'message')) as [Way]
const muster = await opened()
process.once(
  'message',
  () => void muster.close({ deadlineMs: DEADLINE_MS }).then(() => process.disconnect?.()),
)
process.once('disconnect', () => process.exit())
await muster.work({ concurrency: 20, leaseSeconds: 2 })
process.send?.('ready')

/** Opening is refused while its connection is cut: then again. */
async function opened(): Promise<Muster> {
  for (;;) {
    try {
      return await openMuster(way)
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError)) throw refusal
      await delay(RETRY_MS)
    }
  }
}
