import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { jobType, NonRetryableError } from '@muster/core'
import { coreModule, createMuster, type Muster, silentLogger } from '@muster/host'
import { graphqlOverWs, jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { fastify } from 'fastify'
import { z } from 'zod'
import { type Address, SECRET } from '../backends/callers.ts'

/** Waits and fails as it is told to. */
const probe = jobType({
  name: 'stub:probe',
  payload: z.object({
    simulate: z.object({ delayMs: z.number().optional(), failWith: z.string().optional() }).optional(),
  }),
  async handler({ payload: { simulate = {} } }, { signal, step }) {
    if (simulate.delayMs !== undefined) await delay(simulate.delayMs, undefined, { signal })
    if (simulate.failWith !== undefined) throw new NonRetryableError(simulate.failWith)
    step('probe', 1, 1)
    return null
  },
})

/** Muster in memory behind every wire, in this process. */
export async function serveInProcess(): Promise<Address & { readonly muster: Muster; end(): Promise<void> }> {
  const muster = await createMuster({ modules: [coreModule({ jobTypes: [probe], logger: silentLogger })] })
  const authenticator = jwtAuthenticator({ secret: SECRET })
  const app = fastify()
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
  const ws = attachMusterWs(app.server, { muster, authenticator, endpoints: [graphqlOverWs({ muster })] })
  await app.listen({ host: '127.0.0.1', port: 0 })
  await muster.work()
  await muster.schedule()
  return {
    muster,
    origin: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    async end() {
      await ws.close()
      await app.close()
      await muster.close()
    },
  }
}
