import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { UnavailableError } from '@muster/core'
import type { Muster } from '@muster/host'
import { openMuster, type Way } from './world.ts'

const RETRY_MS = 50

const [way] = (await once(process, 'message')) as [Way]
const muster = await opened()
process.once('message', () => void muster.close().then(() => process.disconnect?.()))
process.once('disconnect', () => process.exit())
await muster.schedule()
process.send?.('ready')

/** Opening is refused while the database is busy with others: then again. */
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
