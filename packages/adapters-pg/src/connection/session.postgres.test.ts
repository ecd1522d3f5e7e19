import { freshDatabase } from '@muster/test-services/vitest'
import { aUser, SequentialIds, VirtualClock } from '@muster/testing'
import { peopleStoreContract } from '@muster/testing/suites'
import { Client, defaults, Pool, type PoolConfig, types } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { type Backend, poolBackend } from './backend.ts'
import { openPg } from './open-pg.ts'
import type { PgOptions } from './pg-options.ts'
import { sessionCases, settingsOf, UNLIKELY } from './session-cases.test.support.ts'

/** A database with all that a DBA may have set for it. */
async function unlikelyDatabase(): Promise<string> {
  const connectionString = await freshDatabase()
  const name = new URL(connectionString).pathname.slice(1)
  await asked(connectionString, [
    ...Object.entries(UNLIKELY).map(
      ([setting, value]) => `alter database ${name} set ${setting} = '${value}'`,
    ),
    `alter database ${name} set plpgsql.extra_errors = 'all'`,
    `alter database ${name} set row_security = off`,
    `alter database ${name} set client_encoding = 'LATIN1'`,
  ])
  return connectionString
}

const unlikely = unlikelyDatabase()

/** Reads everything as one and the same, and in bytes. */
const ODD: PoolConfig = { types: { getTypeParser: () => () => 'odd' } as never, binary: true } as PoolConfig

describe.each([
  ['a pool of its own', { owned: true, prepared: true }],
  ['a pool that a host uses too', { owned: false, prepared: true }],
  ['a pool of its own behind a pooler', { owned: true, prepared: false }],
])('a session of %s', (_, use) => {
  const open = async (): Promise<Backend> => {
    const pool = new Pool({ connectionString: await unlikely, max: 1, ...(use.owned ? {} : ODD) })
    const backend = poolBackend(pool, use)
    onTestFinished(async () => {
      await backend.close()
      if (!use.owned) await pool.end()
    })
    return backend
  }
  sessionCases('Postgres', open)

  it('reads by its own parsers, whatever the process has set for all', async () => {
    const before = [1184, 701, 16, 3802, 25, 1009].map((oid) => [oid, types.getTypeParser(oid)] as const)
    onTestFinished(() => {
      for (const [oid, parse] of before) types.setTypeParser(oid, parse)
      defaults.binary = false
      defaults.parseInputDatesAsUTC = false
    })
    for (const [oid] of before) types.setTypeParser(oid, () => 'odd')
    defaults.binary = true
    defaults.parseInputDatesAsUTC = true
    const backend = await open()
    const moment = new Date('2026-11-28T09:08:07.654Z')
    const text = `select $1::timestamptz as moment, 0.5::float8 as half, true as yes, '{"a":1}'::jsonb as json, array['x'] as texts`
    expect(await backend.root.rows({ name: 'test_parsers', text }, [moment])).toEqual([
      { moment, half: 0.5, yes: true, json: { a: 1 }, texts: ['x'] },
    ])
  })
})

describe('people on a database with unlikely settings', () => {
  peopleStoreContract(
    'PgPeopleStore',
    emptiedPostgres(() => unlikely),
  )
})

describe('a pool that a host uses too', () => {
  it('gives its connections back as they were', async () => {
    const pool = new Pool({ connectionString: await unlikely, max: 1, ...ODD })
    const { persistence } = await openedOn({ pool }, () => pool.end())
    await persistence.stores.people.add(aUser())
    await persistence.snapshot(({ people }) => people.list({ limit: 1 }))
    await persistence.transaction(async () => Promise.reject(new Error('no'))).catch(() => {})
    const names = Object.keys(UNLIKELY).map((name) => `current_setting('${name}') as ${name}`)
    const text = `select ${names.join(', ')}, current_setting('search_path') as path`
    const { rows } = await pool.query({ text, types: { getTypeParser: () => String } as never })
    expect(rows).toEqual([{ ...UNLIKELY, path: '"$user", public' }])
    expect((await pool.query('select true as yes')).rows).toEqual([{ yes: 'odd' }])
    const client = await pool.connect()
    expect(client).toMatchObject({ binary: true })
    client.release()
  })

  it('leads to the schema that was found, wherever the host has gone with it meanwhile', async () => {
    const pool = new Pool({ connectionString: await freshDatabase(), max: 1 })
    const { persistence } = await openedOn({ pool }, () => pool.end())
    const user = aUser()
    await persistence.stores.people.add(user)
    await pool.query(
      'create schema tenant; create table tenant.person (nothing int); set search_path to tenant',
    )
    await pool.query('create temp table person (nothing int)')
    expect(await persistence.stores.people.find(user.userId)).toEqual(user)
  })
})

it('stays in the schema that it began in when the path of its role is another', async () => {
  const connectionString = await freshDatabase()
  const name = new URL(connectionString).pathname.slice(1)
  const pool = new Pool({ connectionString })
  const backend = poolBackend(pool, { owned: true, prepared: true })
  onTestFinished(() => backend.close())
  const before = await settingsOf(backend.root, ['search_path'])
  await asked(connectionString, [`create schema other`, `alter database ${name} set search_path = 'other'`])
  const held = await pool.connect()
  const after = await settingsOf(backend.root, ['search_path']).finally(() => held.release())
  expect(after).toEqual(before)
})

it('commits two transactions that a stricter isolation would not let pass', async () => {
  const pool = new Pool({ connectionString: await unlikely })
  const { persistence } = await openedOn({ pool }, () => pool.end())
  const users = [aUser(), aUser()] as const
  let tries = 0
  await Promise.all(
    users.map((user, nth) =>
      persistence.transaction(async ({ people }) => {
        tries += 1
        await people.find(users[1 - nth]?.userId ?? user.userId)
        await people.add(user)
      }),
    ),
  )
  expect(tries).toBe(2)
})

async function openedOn(
  options: PgOptions,
  end: () => Promise<void>,
): Promise<{ readonly persistence: PgPersistence }> {
  const persistence = await openPg(options, { clock: new VirtualClock(), ids: new SequentialIds() })
  onTestFinished(async () => {
    await persistence.close()
    await end()
  })
  return { persistence }
}

async function asked(connectionString: string, texts: readonly string[]): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    for (const text of texts) await client.query(text)
  } finally {
    await client.end()
  }
}
