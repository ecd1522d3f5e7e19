import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import Fastify from 'fastify'
import type { Running } from './running.ts'

export async function serveFastify(secret: string): Promise<Running> {
  // Somebody's app, as it was: its own health, document and errors.
  const app = Fastify()
  await app.register(swagger, { openapi: { info: { title: 'Shop', version: '1' } } })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  app.setErrorHandler((error, _request, reply) => reply.status(500).send({ oops: String(error) }))
  app.get('/healthz', async () => 'the shop is open')
  app.get('/broken', async () => {
    throw new Error('out of tea')
  })

  // Muster in an encapsulated scope under a prefix: its health stays out, its docs lie below the prefix.
  const muster = await createMuster({ modules: [coreModule()] })
  const authenticator = jwtAuthenticator({ secret })
  await app.register(
    async (scope) => {
      await scope.register(musterHttp, { muster, authenticator, operations: { health: false } })
    },
    { prefix: '/work' },
  )
  const live = attachMusterWs(app.server, { muster, authenticator, base: '/work' })
  app.addHook('onClose', () => muster.close())
  app.addHook('preClose', () => live.close())

  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return { origin, muster, close: () => app.close() }
}
