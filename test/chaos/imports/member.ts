import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { ConflictError, UnavailableError } from '@muster/core'
import type { Muster } from '@muster/host'
import { type BroughtFile, bring, openMuster, type Way } from './world.ts'

const RETRY_MS = 50

const [way] = (await once(process, 'message')) as [Way]
process.once('disconnect', () => process.exit())
const muster = await again(() => openMuster(way))
process.once('message', () => void muster.close().then(() => process.disconnect?.()))
await muster.schedule()
process.send?.('ready')
await Promise.all(way.files.map((file) => brought(muster, file)))
process.send?.('brought')

async function brought(within: Muster, file: BroughtFile): Promise<void> {
  await again(() => bring(within, file, way.diesAfterRows))
}

/** The database may be busy with others, and an upload may be failed by them: then it is tried again. */
async function again<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act()
    } catch (refusal) {
      if (!(refusal instanceof UnavailableError || refusal instanceof ConflictError)) throw refusal
      await delay(RETRY_MS)
    }
  }
}
