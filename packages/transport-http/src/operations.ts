import type { Muster } from '@muster/core'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** How long a backend may take to answer before it counts as away. */
const PATIENCE_MS = 4_000

/** `/healthz` (this process is alive), `/readyz` (its backends are reachable, migrations current) and `/metrics`: open to all, outside any prefix. */
export function operationsRoutes(
  app: FastifyInstance,
  { muster, registry }: { muster: Muster; registry: Registry | undefined },
): void {
  app.get('/healthz', { schema: { hide: true } }, async () => ({ status: 'ok' }))

  app.get('/readyz', { schema: { hide: true } }, async (_request, reply) => {
    const persistence = await isReady(muster)
    const ready = persistence === 'ok'
    return reply
      .status(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'unavailable', checks: { persistence } })
  })

  if (registry !== undefined) {
    app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    )
  }
}

async function isReady(muster: Muster): Promise<'ok' | 'unavailable'> {
  const over = new AbortController()
  try {
    return await Promise.race([
      muster.persistence.check().then(() => 'ok' as const),
      muster.clock.wait(PATIENCE_MS, over.signal).then(() => 'unavailable' as const),
    ])
  } catch (error) {
    muster.logger.warn({ err: error }, 'the persistence is away')
    return 'unavailable'
  } finally {
    over.abort()
  }
}
