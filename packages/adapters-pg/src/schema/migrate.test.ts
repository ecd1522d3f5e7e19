import { SequentialIds, VirtualClock } from '@muster/testing'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Backend, embeddedBackend } from '../connection/backend.ts'
import { openPg } from '../connection/open-pg.ts'
import { HostPGlite } from '../pglite/embedded.ts'
import { emptyPGlite } from '../pglite/pglite-template.test.support.ts'
import { migrationCases } from './migrate.test.support.ts'
import { migrate } from './migrate.ts'
import { MigrationError } from './migration-error.ts'
import { objectsIn } from './migration-notes.ts'
import { migrationsOf, shippedSchema } from './schema.ts'
import { unnotedSchemaCases } from './unnoted-schema.test.support.ts'

const pglite = await emptyPGlite()

beforeEach(async () => {
  await pglite.exec('drop schema public cascade; create schema public')
})
afterAll(() => pglite.close())

migrationCases('PGlite', async () => ({
  backend: await embeddedBackend(new HostPGlite(pglite)),
  queryable: pglite,
}))
unnotedSchemaCases('PGlite', async () => ({
  backend: await embeddedBackend(new HostPGlite(pglite)),
  run: async (text) => void (await pglite.exec(text)),
}))

describe('the shipped schema', () => {
  it('has migrations numbered without a gap', async () => {
    const { migrations } = shippedSchema()
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1))
  })

  it('can be applied', async () => {
    const backend: Backend = await embeddedBackend(new HostPGlite(pglite))
    const schema = shippedSchema()
    await migrate(backend, schema, new Date(0))
    const { rows } = await pglite.query<{ count: number }>(
      'select count(*)::int as count from muster_migration',
    )
    expect(rows).toEqual([{ count: schema.migrations.length }])
  })

  it('keeps functions, views and triggers out of migrations', async () => {
    const backend: Backend = await embeddedBackend(new HostPGlite(pglite))
    for (const { text } of shippedSchema().migrations) await pglite.exec(text)
    expect(await objectsIn(backend.root)).toEqual([])
  })

  it('can be applied in a schema that only the search path names', async () => {
    await pglite.exec('create schema tenant; set search_path to tenant, public')
    onTestFinished(async () => {
      await pglite.exec('set search_path to default; drop schema tenant cascade')
    })
    const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
    await (await openPg({ pglite }, ports)).close()
    const persistence = await openPg({ pglite, migrate: false }, ports)
    onTestFinished(() => persistence.close())
    await persistence.check()
    const { rows } = await pglite.query<{ schema: string }>(
      `select distinct pronamespace::regnamespace::text as schema from pg_proc where proname like 'job\\_%'`,
    )
    expect(rows).toEqual([{ schema: 'tenant' }])
  })

  it('holds what processes call that began before JSON was kept as it was given', async () => {
    const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
    await (await openPg({ pglite }, ports)).close()
    const projectId = ports.ids.next()
    await pglite.query('insert into project_gate (project_id, paused) values ($1, false)', [projectId])
    const at = ports.clock.now()
    const job = {
      jobId: ports.ids.next(),
      projectId,
      taskId: null,
      type: 'old',
      payload: { a: 1 },
      priority: 5,
    }
    const rest = { maxAttempts: 3, availableAt: at, createdBy: null, createdAt: at }
    await pglite.query('select job_add($1::jsonb)', [JSON.stringify([{ ...job, ...rest }])])
    expect((await pglite.query('select payload from job_told')).rows).toEqual([{ payload: { a: 1 } }])
  })

  it('must not leave a number out', () => {
    expect(() => migrationsOf([{ name: '0002_second.sql', text: '' }])).toThrow(MigrationError)
  })
})

it('gives up on a function that is missing, once, and is no longer ready', async () => {
  const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
  const persistence = await openPg({ pglite }, ports)
  onTestFinished(() => persistence.close())
  await persistence.check()
  await pglite.exec('drop function worker_reap(timestamptz)')
  const cure = /worker_reap.*does not exist.*Run `npx muster-pg migrate`.*then start Muster again/
  await expect(persistence.stores.workers.reapWorkers(new Date(0))).rejects.toThrow(cure)
  await expect(persistence.check()).rejects.toThrow(cure)
})
