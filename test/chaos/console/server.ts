import { pgModule } from '@muster/adapters-pg'
import { musterConsole } from '@muster/console'
import type { Role, UserId } from '@muster/core'
import type { Authenticator } from '@muster/core/ports'
import { coreModule, createMuster, silentLogger } from '@muster/host'
import { musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { fastify } from 'fastify'

/** What the server of a round is told. */
export interface ServerOrders {
  readonly url: string
  /** 0: any that is free. */
  readonly port: number
}

/** What it tells: it serves there. */
export interface ServerNews {
  readonly port: number
}

const DAY_MS = 86_400_000

/** A token is a role and a person: who signs it is not what is asked here. */
const authenticator: Authenticator = {
  authenticate: async (token) => {
    const [role, userId] = token.split('.') as [Role, UserId]
    return { userId, role, expiresAt: new Date(Date.now() + DAY_MS) }
  },
}

process.once('message', ({ url, port }: ServerOrders) => void serve(url, port))

async function serve(url: string, port: number): Promise<void> {
  const muster = await createMuster({
    modules: [coreModule({ logger: silentLogger }), pgModule({ connectionString: url, poolSize: 8 })],
  })
  const app = fastify({ forceCloseConnections: true })
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0, operations: false })
  // What it seals, the next one must open.
  await app.register(musterConsole, { muster, authenticator, prefix: '/console', secret: 'of-all-servers' })
  attachMusterWs(app.server, { muster, authenticator })
  await muster.schedule()
  await app.listen({ host: '127.0.0.1', port })
  const address = app.server.address()
  const news: ServerNews = { port: typeof address === 'object' ? (address?.port ?? 0) : 0 }
  process.send?.(news)
  process.once('disconnect', () => process.exit())
}
