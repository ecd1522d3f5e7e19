import { randomUUID } from 'node:crypto'
import { BusyError, jobType, MisconfiguredError, UnavailableError, type UserId } from '@muster/core'
import type { Logger } from '@muster/core/ports'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { aUser, SequentialIds, VirtualClock } from '@muster/testing'
import { Client, Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'
import { pgModule } from '../pg-module.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { poolBackend } from './backend.ts'
import { openPg } from './open-pg.ts'
import type { PgOptions } from './pg-options.ts'
import { statement } from './queryable.ts'

const STEPS = [{ stepId: 'label', stepType: 'annotation' }] as const
const anything = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value }) },
} as const

const PID = statement('test_pid', 'select pg_backend_pid() as pid')
const SLEEP = statement('test_sleep', "select pg_sleep(30)::text, 'muster test sleeps' as marked")

it('takes no writes while the database is read-only, says so in its health, and goes on with new connections', async () => {
  const { admin, name, connectionString } = await administered()
  const persistence = await opened(connectionString)
  await persistence.check()
  await admin.query(`alter database ${name} set default_transaction_read_only = on`)
  await terminateAll(admin)
  const people = () => persistence.stores.people.add(aUser())
  await expect.poll(() => codeOf(people)).toBe('unavailable')
  expect(await codeOf(() => persistence.check())).toBe('unavailable')
  await admin.query('set default_transaction_read_only = off')
  await admin.query(`alter database ${name} reset default_transaction_read_only`)
  // Nobody ends what is connected: each session stays as read-only as it began.
  await expect.poll(() => codeOf(() => persistence.check())).toBe('none')
  await Promise.all(Array.from({ length: 20 }, people))
})

it('finds that the database takes no writes by asking, before anybody writes', async () => {
  const { admin, name, connectionString } = await administered()
  const persistence = await opened(connectionString)
  await admin.query(`alter database ${name} set default_transaction_read_only = on`)
  await terminateAll(admin)
  await expect
    .poll(async () => persistence.check().catch((error: unknown) => (error as Error).message))
    .toBe('The database takes no writes now')
})

it('takes a write inside a snapshot for a defect, not for a database that takes none', async () => {
  const { connectionString } = await administered()
  const persistence = await opened(connectionString)
  await expect(persistence.snapshot(({ people }) => people.add(aUser()))).rejects.toThrow('takes no writes')
  await persistence.stores.people.add(aUser())
})

it('does all the work of 30 people on the four connections that its role may have, and takes more when it may', async () => {
  const { admin, connectionString } = await administered()
  const role = await limitedRole(admin, 4)
  const told = new Told()
  const limited = new URL(connectionString)
  limited.username = role
  const muster = await createMuster({
    modules: [
      coreModule({ logger: told.logger }),
      pgModule({ connectionString: limited.href, poolSize: 10 }),
    ],
  })
  onTestFinished(() => muster.close())
  const { people, done } = await crowd(muster, 30)
  expect(done).toBe(60)
  const short = () => told.lines.filter((line) => line.includes('fewer connections'))
  expect(short()).toHaveLength(1)
  expect(short()[0]).toContain('MUSTER_POSTGRES_CONNECTIONS')
  await admin.query(`alter role ${role} connection limit -1`)
  const look = async (): Promise<unknown> => {
    await Promise.all(people.map(({ userId }) => muster.people.get(userId)))
    return told.lines.find((line) => line.includes('all connections again'))
  }
  await expect.poll(look, { interval: 10 }).toBeDefined()
  expect(short()).toHaveLength(1)
})

it.each<[string, (connectionString: string, admin: Client) => Promise<PgOptions>]>([
  ['the one connection that its role may have', (...of) => limitedTo(1, ...of)],
  ['the two connections that its role may have', (...of) => limitedTo(2, ...of)],
  ['a host’s pool of one', async (connectionString) => ({ pool: poolOf(connectionString, 1) })],
  ['a pool of one', async (connectionString) => ({ connectionString, poolSize: 1 })],
])('does jobs, people’s work and checks on %s', async (_, optionsFor) => {
  const { admin, connectionString } = await administered()
  const told = new Told()
  const one = jobType({ name: 'one', payload: anything, handler: () => 1 })
  const muster = await createMuster({
    modules: [
      coreModule({ logger: told.logger, jobTypes: [one] }),
      pgModule(await optionsFor(connectionString, admin)),
    ],
  })
  onTestFinished(() => muster.close())
  await muster.work({ concurrency: 10 })
  await muster.schedule()
  const machines = async (): Promise<void> => {
    const { workflowId } = await muster.workflows.add({ name: 'machines', steps: STEPS })
    const { projectId } = await muster.projects.add({ name: 'Machines', workflowId })
    const scenarios = Array.from({ length: 20 }, (_each, n) => ({ scenarioId: String(n), payload: {} }))
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'n',
      jobType: 'one',
      scenarios,
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    await expect.poll(async () => (await muster.runs.get(runId)).status).toBe('completed')
  }
  const [{ done }] = await Promise.all([crowd(muster, 12), machines()])
  expect(done).toBe(24)
  await muster.persistence.check()
  expect(told.lines.filter((line) => line.includes('away'))).toEqual([])
})

it('says that no connection is to be had if others have them all', async () => {
  const { admin, connectionString } = await administered()
  const role = await limitedRole(admin, 1)
  const limited = new URL(connectionString)
  limited.username = role
  const other = new Client({ connectionString: limited.href })
  await other.connect()
  const opening = openPg(
    { connectionString: limited.href },
    { clock: new VirtualClock(), ids: new SequentialIds() },
  )
  await expect(opening).rejects.toThrow('The database has no connection to spare')
  await other.end()
  await (await opened(limited.href)).check()
})

it('tells as busy what an operator cancelled, and keeps the connection', async () => {
  const { admin, connectionString } = await administered()
  const pool = new Pool({ connectionString, max: 1 })
  const backend = poolBackend(pool, { owned: true, prepared: true })
  onTestFinished(() => backend.close())
  const [before] = await backend.root.rows<{ pid: number }>(PID)
  const sleeping = backend.root.rows(SLEEP)
  const cancel = async (): Promise<boolean | undefined> => {
    const { rows } = await admin.query<{ done: boolean }>(
      `select pg_cancel_backend(pid) as done from pg_stat_activity
       where query like '%muster test sleeps%' and pid <> pg_backend_pid() and state = 'active'`,
    )
    return rows[0]?.done
  }
  const refusal = sleeping.catch((error: unknown) => error)
  await expect.poll(cancel).toBe(true)
  expect(await refusal).toBeInstanceOf(BusyError)
  expect(await backend.root.rows<{ pid: number }>(PID)).toEqual([before])
})

it('says what a role lacks, of each call and of its health, and goes on once it is granted', async () => {
  const { admin, connectionString } = await administered()
  await (await opened(connectionString)).close()
  const role = await limitedRole(admin, -1, 'select, insert, update, delete')
  const limited = new URL(connectionString)
  limited.username = role
  const persistence = await opened(limited.href)
  await persistence.stores.people.add(aUser())
  await admin.query(`revoke insert on person from ${role}`)
  const refusal = await persistence.stores.people.add(aUser()).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(MisconfiguredError)
  expect((refusal as Error).message).toMatch(/permission denied for table person.*Grant it/)
  await expect(persistence.check()).rejects.toThrow(MisconfiguredError)
  await admin.query(`grant insert on person to ${role}`)
  await persistence.stores.people.add(aUser())
})

it('says which role or database the server refuses', async () => {
  const { connectionString } = await administered()
  const elsewhere = new URL(connectionString)
  elsewhere.pathname = '/nowhere_at_all'
  const opening = openPg(
    { connectionString: elsewhere.href },
    { clock: new VirtualClock(), ids: new SequentialIds() },
  )
  await expect(opening).rejects.toThrow(/no such database.*nowhere_at_all/)
  const stranger = new URL(connectionString)
  stranger.username = 'nobody_at_all'
  const asking = openPg(
    { connectionString: stranger.href },
    { clock: new VirtualClock(), ids: new SequentialIds() },
  )
  await expect(asking).rejects.toThrow(MisconfiguredError)
})

/** So many people do two tasks each, all at once. */
async function crowd(
  muster: Muster,
  size: number,
): Promise<{ readonly people: readonly { readonly userId: UserId }[]; readonly done: number }> {
  const { workflowId } = await muster.workflows.add({
    name: 'w',
    steps: STEPS,
  })
  const { projectId } = await muster.projects.add({ name: 'Crowded', workflowId })
  const people = await Promise.all(
    Array.from({ length: size }, async (_, nth) => {
      const { userId } = await muster.people.add({ displayName: `P${nth}` })
      await muster.projects.addMember(projectId, userId)
      return { userId, role: 'annotator', memberships: new Set([projectId]) } as const
    }),
  )
  await muster.tasks.add(
    projectId,
    Array.from({ length: 2 * size }, (_, nth) => ({ payload: { nth } })),
  )
  const done = await Promise.all(
    people.map(async (by) => {
      for (let tasks = 0; ; tasks++) {
        const claimed = await muster.assignments.claimNext({ userId: by.userId })
        if (claimed.kind === 'nothing') return tasks
        const { assignmentId } = claimed.assignment
        await muster.assignments.start({ assignmentId, by })
        await muster.assignments.submit({ assignmentId, by, result: { ok: true } })
      }
    }),
  )
  return { people, done: done.reduce((sum, tasks) => sum + tasks) }
}

/** What was logged. */
class Told {
  readonly lines: string[] = []
  readonly logger: Logger = {
    debug: () => undefined,
    info: (_, message) => void this.lines.push(message),
    warn: (_, message) => void this.lines.push(message),
    error: (_, message) => void this.lines.push(message),
  }
}

function poolOf(connectionString: string, max: number): Pool {
  const pool = new Pool({ connectionString, max })
  onTestFinished(() => pool.end())
  return pool
}

async function limitedTo(limit: number, connectionString: string, admin: Client): Promise<PgOptions> {
  const limited = new URL(connectionString)
  limited.username = await limitedRole(admin, limit)
  return { connectionString: limited.href }
}

async function administered(): Promise<{
  readonly admin: Client
  readonly name: string
  readonly connectionString: string
}> {
  const connectionString = await freshDatabase()
  const admin = new Client({ connectionString })
  await admin.connect()
  onTestFinished(() => admin.end())
  return { admin, connectionString, name: new URL(connectionString).pathname.slice(1) }
}

async function opened(connectionString: string): Promise<PgPersistence> {
  const persistence = await openPg(
    { connectionString },
    { clock: new VirtualClock(), ids: new SequentialIds() },
  )
  onTestFinished(() => persistence.close())
  return persistence
}

/** A role that is no superuser, so limits hold for it. */
async function limitedRole(admin: Client, limit: number, grants?: string): Promise<string> {
  const role = `muster_test_${randomUUID().replaceAll('-', '')}`
  await admin.query(`create role ${role} login connection limit ${limit}`)
  await admin.query(`grant create, usage on schema public to ${role}`)
  if (grants !== undefined) await admin.query(`grant ${grants} on all tables in schema public to ${role}`)
  onTestFinished(async () => {
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`)
    await admin.query(`drop owned by ${role} cascade`)
    await admin.query(`drop role ${role}`)
  })
  return role
}

async function codeOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
    return 'none'
  } catch (error) {
    return error instanceof UnavailableError ? error.code : String(error)
  }
}

async function terminateAll(admin: Client): Promise<void> {
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
}
