import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import type { UserId } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { attachMusterWs } from '@muster/transport-ws'

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

// A process that serves both wires.
const [{ url, redisUrl }] = (await once(process, 'message')) as [NodeOrders]
const muster = await createMuster({
  modules: [
    coreModule(),
    pgModule({ connectionString: url, poolSize: 4 }),
    ...(redisUrl === undefined ? [] : [redisModule({ url: redisUrl })]),
  ],
})
const server = createServer((_, response) => response.writeHead(404).end())
attachMusterWs(server, {
  muster,
  connectionsPerPerson: 1_000,
  // The token is the user's id.
  authenticator: {
    authenticate: async (token) => ({
      userId: token as UserId,
      role: 'annotator',
      expiresAt: new Date(Date.now() + 3_600_000),
    }),
  },
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const news: NodeNews = { port: (server.address() as AddressInfo).port }
process.send?.(news)
process.once('disconnect', () => process.exit(0))
