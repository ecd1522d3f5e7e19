import { jobType } from '@muster/core'
import { CLOCK, createMuster, IDS, LOGGER, PERSISTENCE } from '@muster/host'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { Container } from 'inversify'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { pgModule } from './pg-module.ts'
import { emptyPGlite } from './pglite/pglite-template.test.support.ts'
import { PgPersistence } from './stores/pg-persistence.ts'

const anything = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value }) },
} as const
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

it('adds in a transaction of PGlite, which waits for nobody, and refuses what would wait for itself', async () => {
  const tea = jobType({
    name: 'tea',
    payload: anything,
    handler: ({ payload }) => (payload as { readonly cups: number }).cups,
  })
  const muster = await createMuster({ jobTypes: [tea], modules: [pgModule({ pglite })] })
  onTestFinished(() => muster.close())
  const { projectId } = await muster.projects.add({ name: 'Tea' })
  const worker = await muster.work()
  const arriving = await pglite.transaction((tx) => muster.queue.add(projectId, tea, { cups: 2 }, { tx }))
  expect(arriving).toMatchObject({ status: 'added', state: 'pending', position: null })
  const lost = pglite.transaction(async (tx) => {
    await muster.queue.add(projectId, tea, { cups: 3 }, { tx })
    throw new Error('no tea')
  })
  await expect(lost).rejects.toThrow('no tea')
  await expect(muster.queue.add(projectId, tea, { cups: 4 }, { tx: pglite })).rejects.toThrow(TypeError)
  // The scheduler of the worker finds it.
  await expect.poll(async () => (await muster.queue.find(arriving.jobId))?.state).toBe('completed')
  expect((await muster.queue.status(projectId, {})).counts).toMatchObject({ completed: 1, pending: 0 })
  await worker.close()
})
