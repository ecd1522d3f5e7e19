import { once } from 'node:events'
import { openMuster, type Way } from './world.ts'

const [way] = (await once(process, 'message')) as [Way]
process.once('disconnect', () => process.exit())
const muster = await openMuster(way)
process.once('message', () => void muster.close().then(() => process.disconnect?.()))
await muster.schedule()
process.send?.('ready')
