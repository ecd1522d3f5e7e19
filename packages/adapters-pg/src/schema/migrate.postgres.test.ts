import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freshDatabase } from '@muster/test-services/vitest'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Backend, poolBackend } from '../connection/backend.ts'
import { openPg } from '../connection/open-pg.ts'
import { migrationCases, schemaOf } from './migrate.test.support.ts'
import { migrate } from './migrate.ts'
import { functionsOf, shippedSchema } from './schema.ts'
import { unnotedSchemaCases } from './unnoted-schema.test.support.ts'

const BIN = fileURLToPath(new URL('../bin.ts', import.meta.url))
const pools: Pool[] = []

async function openPool(connectionString: string): Promise<Pool> {
  const pool = new Pool({ connectionString, statement_timeout: 1_000 })
  pools.push(pool)
  return pool
}

afterAll(() => Promise.all(pools.map((pool) => pool.end())))

migrationCases('Postgres', async () => {
  const pool = await openPool(await freshDatabase())
  return { backend: poolBackend(pool, { owned: false, prepared: true }), queryable: pool }
})

unnotedSchemaCases('Postgres', async () => {
  const pool = await openPool(await freshDatabase())
  return {
    backend: poolBackend(pool, { owned: false, prepared: true }),
    run: async (text) => void (await pool.query(text)),
  }
})

it('creates functions anew under the hands of processes that call them', async () => {
  const pool = await openPool(await freshDatabase())
  const [clock, ids] = [new VirtualClock(), new SequentialIds()]
  const serving = await openPg({ pool }, { clock, ids })
  const schema = shippedSchema()
  let calls = 0
  let done = false
  const call = async (): Promise<void> => {
    for (; !done; calls++) {
      const now = clock.now()
      await serving.stores.workers.wakeDue(now, 1)
      await serving.stores.workers.reapWorkers(now)
      await serving.stores.workers.feed({ limit: 1, types: ['none'], now })
      await serving.stores.jobs.countByType(null)
    }
  }
  const calling = Promise.all(Array.from({ length: 4 }, call))
  const backend = poolBackend(await openPool(pool.options.connectionString ?? ''), {
    owned: false,
    prepared: true,
  })
  for (let nth = 1; nth <= 12; nth++) {
    const functions = functionsOf(`${schema.functions.text}-- ${nth}`)
    await migrate(backend, { ...schema, functions }, new Date(0))
  }
  done = true
  await calling
  expect(calls).toBeGreaterThan(0)
})

describe('a role that may not create', () => {
  const role = `muster_dml_${randomUUID().replaceAll('-', '')}`
  let owner: Pool
  let url: string
  let asRole: string

  beforeAll(async () => {
    url = await freshDatabase()
    owner = await openPool(url)
    await owner.query(`create role ${role} login password 'dml'`)
    await owner.query(`
      revoke create on schema public from public;
      alter default privileges grant select, insert, update, delete on tables to ${role}`)
    const place = new URL(url)
    place.username = role
    place.password = 'dml'
    asRole = place.href
  })
  afterAll(async () => {
    await owner.query(`drop owned by ${role}`)
    await owner.query(`drop role ${role}`)
  })

  const opened = (options: { readonly migrate?: boolean } = {}) =>
    openPg({ connectionString: asRole, ...options }, { clock: new VirtualClock(), ids: new SequentialIds() })
  const muster = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['--conditions=@muster/source', BIN, ...args])

  it('is told in one sentence what to run, and serves after that was run', async () => {
    const cure =
      /not current.*run `npx muster-pg migrate` of this version as a role that may create tables\n?$/
    await expect(opened()).rejects.toThrow(cure)
    await expect(opened({ migrate: false })).rejects.toThrow(/at schema 0.*run `npx muster-pg migrate`/)
    await expect(muster('migrate', '--url', asRole)).rejects.toMatchObject({
      stderr: expect.stringMatching(cure),
    })

    const { stdout } = await muster('migrate', '--url', url)
    expect(stdout).toMatch(/^The database is at schema \d+\.\n$/)
    for (const options of [{}, { migrate: false }]) {
      const persistence = await opened(options)
      await persistence.check()
      expect(await persistence.stores.workers.reapWorkers(new Date(0))).toBe(0)
      await persistence.close()
    }
  })

  it('is told which rights it lacks', async () => {
    await owner.query(`revoke select on muster_functions from ${role}`)
    await expect(opened()).rejects.toThrow(/may not read.*grant it select, insert, update and delete/)
    await owner.query(`grant select on muster_functions to ${role}; revoke update on job from ${role}`)
    const persistence = await opened()
    await expect(persistence.stores.workers.wakeDue(new Date(0), 1)).resolves.toMatchObject({ woken: 0 })
    await owner.query(`revoke select on job from ${role}`)
    await expect(persistence.stores.workers.wakeDue(new Date(0), 1)).rejects.toThrow(
      /permission denied.*Grant it that/,
    )
    await persistence.close()
  })

  it('keeps its rights to what is created anew', async () => {
    const backend = poolBackend(owner, { owned: false, prepared: true })
    await owner.query(`
      revoke execute on function worker_reap from public; grant execute on function worker_reap to ${role};
      grant select on job_told to ${role} with grant option`)
    const rights = () =>
      owner.query(`
        select relacl::text as acl from pg_class where relname = 'job_told'
        union all select proacl::text from pg_proc where proname = 'worker_reap'`)
    const before = (await rights()).rows
    const schema = shippedSchema()
    await migrate(backend, { ...schema, functions: functionsOf(`${schema.functions.text}\n`) }, new Date(0))
    expect((await rights()).rows).toEqual(before)
  })

  it('says how it is called, and what was wrong about how it was', async () => {
    expect((await muster('--help')).stdout).toMatch(/^Usage: muster-pg migrate/)
    await expect(muster('migrat')).rejects.toMatchObject({
      stderr: expect.stringMatching(/^Usage: muster-pg migrate/),
    })
  })
})

const SLOW = schemaOf([
  { version: 1, name: '0001_slow.sql', text: 'create table slow (n int); select pg_sleep(1.5);' },
])

it('waits for another process that migrates, longer than any statement may take', async () => {
  const database = await freshDatabase()
  const [one, other] = [await openPool(database), await openPool(database)]
  await Promise.all(
    [one, other].map((pool) =>
      migrate(poolBackend(pool, { owned: false, prepared: true }), SLOW, new Date(0)),
    ),
  )
  expect((await one.query('select version from muster_migration')).rows).toEqual([{ version: 1 }])
})

it('fails beside another process if nobody takes the lock', async () => {
  const database = await freshDatabase()
  const [one, other] = [await openPool(database), await openPool(database)]
  const ends = await Promise.allSettled(
    [one, other].map((pool) =>
      migrate(lockless(poolBackend(pool, { owned: false, prepared: true })), SLOW, new Date(0)),
    ),
  )
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

/** The same backend, but for the lock of whoever migrates. */
function lockless(backend: Backend): Backend {
  return {
    ...backend,
    script: (work) =>
      backend.script((connection, run) =>
        work(
          {
            rows: async (statement, values) =>
              statement.name === 'migrate_lock' ? [] : connection.rows(statement, values),
            atomically: (inner) => connection.atomically(inner),
          },
          run,
        ),
      ),
  }
}
