import { pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import { coreModule, createMuster } from '@muster/host'
import { idleType } from './idle-type.ts'

// The other process of the cluster: works, and tells the one that adds when each job started.

const [connectionString = '', url = '', prefix = ''] = process.argv.slice(2)
const types = [idleType((started) => process.send?.(started))]
const muster = await createMuster({
  modules: [coreModule({ jobTypes: types }), pgModule({ connectionString }), redisModule({ url, prefix })],
})
await muster.work({ schedule: false })
process.on('message', () => void muster.close().then(() => process.exit(0)))
process.send?.('ready')
