import { CLOCK, IDS, LOGGER, PERSISTENCE } from '@muster/host'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { Container } from 'inversify'
import { afterAll, expect, it } from 'vitest'
import { pgModule } from './pg-module.ts'
import { emptyPGlite } from './pglite/pglite-template.test.support.ts'
import { PgPersistence } from './stores/pg-persistence.ts'

const pglite = await emptyPGlite()
afterAll(() => pglite.close())

it('binds one migrated persistence, which is closed when the container lets go of it', async () => {
  const container = new Container()
  container.bind(CLOCK).toConstantValue(new VirtualClock())
  container.bind(IDS).toConstantValue(new SequentialIds())
  const quiet = () => undefined
  container.bind(LOGGER).toConstantValue({ debug: quiet, info: quiet, warn: quiet, error: quiet })
  await container.loadAsync(pgModule({ pglite }))

  const persistence = await container.getAsync(PERSISTENCE)
  expect(persistence).toBeInstanceOf(PgPersistence)
  expect(await container.getAsync(PERSISTENCE)).toBe(persistence)
  await persistence.check()
  await container.unbindAllAsync()
  expect(pglite.closed, 'what was given open is left open').toBe(false)
})
