import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import type { UserId } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { graphqlOverWs, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { fastify } from 'fastify'

/** What a node is told when it is started. */
export interface NodeOrders {
  readonly url: string
  /** Where the processes hear of each other; undefined: not at all. */
  readonly redisUrl?: string | undefined
}

/** What it says once it serves. */
export interface NodeNews {
  readonly port: number
}

// A process that serves every wire.
const [{ url, redisUrl }] = (await once(process, 'message')) as [NodeOrders]
const muster = await createMuster({
  modules: [
    coreModule(),
    pgModule({ connectionString: url, poolSize: 4 }),
    ...(redisUrl === undefined ? [] : [redisModule({ url: redisUrl })]),
  ],
})
// The token is the user's id.
const authenticator = {
  authenticate: async (token: string) => ({
    userId: token as UserId,
    role: 'annotator' as const,
    expiresAt: new Date(Date.now() + 3_600_000),
  }),
}
const app = fastify()
await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0, streamsPerPerson: 1_000 })
attachMusterWs(app.server, {
  muster,
  authenticator,
  connectionsPerPerson: 1_000,
  endpoints: [graphqlOverWs({ muster })],
})
await app.listen({ host: '127.0.0.1', port: 0 })
const news: NodeNews = { port: (app.server.address() as AddressInfo).port }
process.send?.(news)
process.once('disconnect', () => process.exit(0))
