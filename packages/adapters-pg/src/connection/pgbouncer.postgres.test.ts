import { jobType, MisconfiguredError, type ProjectId, type UserId } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { type PgBouncer, startPgBouncer } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { pgModule } from '../pg-module.ts'
import { poolBackend } from './backend.ts'
import { openPg } from './open-pg.ts'
import type { PgOptions } from './pg-options.ts'
import { statement } from './queryable.ts'

const JOBS = 60

const anything = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value }) },
} as const
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const double = jobType({
  name: 'double',
  payload: anything,
  handler: ({ payload }) => 2 * (payload as { readonly n: number }).n,
})

describe.each([
  // As it comes, but for the place it listens at.
  ['session mode', { pool_mode: 'session' }, {}],
  // Fewer than the connections that are opened, and none to spare for a question.
  ['session mode with one session', { pool_mode: 'session', default_pool_size: '1' }, {}],
  ['session mode with two sessions', { pool_mode: 'session', default_pool_size: '2' }, {}],
  ['session mode with three sessions', { pool_mode: 'session', default_pool_size: '3' }, {}],
  // So few that everybody meets in the same sessions.
  ['transaction mode', { pool_mode: 'transaction', default_pool_size: '4' }, { preparedStatements: false }],
  [
    'transaction mode with one session',
    { pool_mode: 'transaction', default_pool_size: '1' },
    { preparedStatements: false },
  ],
] as const)('PgBouncer in %s', (_, settings, switches) => {
  const bouncer = bouncerFor(settings)

  it('lets a server migrate, do a run of jobs, give out tasks and tell of it', async () => {
    const options = { connectionString: bouncer.url(), poolSize: 6, ...switches }
    const warnings: string[] = []
    const logger = { ...quiet, warn: (_: object, message: string) => warnings.push(message) }
    const muster = await createMuster({
      modules: [coreModule({ jobTypes: [double], logger }), pgModule(options)],
    })
    onTestFinished(() => muster.close())
    const steps = [{ stepId: 'label', stepType: 'annotation' as const }]
    const { workflowId } = await muster.workflows.add({ name: 'label', steps })
    const { projectId } = await muster.projects.add({ name: 'Pooled', workflowId })
    const told = await follow(projectId)

    const scenarios = Array.from({ length: JOBS }, (_, n) => ({ scenarioId: String(n), payload: { n } }))
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'n',
      jobType: 'double',
      scenarios,
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    await muster.work({ concurrency: 10 })
    await muster.schedule()
    await expect.poll(async () => (await muster.runs.get(runId)).status).toBe('completed')
    const results = new Map<string | null, unknown>()
    for await (const { scenarioId, result } of muster.runs.results(runId)) results.set(scenarioId, result)
    expect(results).toEqual(new Map(scenarios.map(({ scenarioId, payload: { n } }) => [scenarioId, 2 * n])))

    const people = await Promise.all(Array.from({ length: 10 }, (_, nth) => join(`Person ${nth}`)))
    await muster.tasks.add(
      projectId,
      people.map((userId) => ({ payload: { userId } })),
    )
    const claims = await Promise.all(people.map((userId) => muster.assignments.claimNext({ userId })))
    const tasks = claims.map((claim) => (claim.kind === 'claimed' ? claim.task.taskId : undefined))
    expect(new Set(tasks).size).toBe(people.length)
    expect(tasks).not.toContain(undefined)
    await expect.poll(() => told.filter((type) => type === 'task_assigned').length).toBe(people.length)
    await muster.persistence.check()
    expect(warnings.filter((message) => !message.includes('default_pool_size'))).toEqual([])

    async function join(displayName: string): Promise<UserId> {
      const { userId } = await muster.people.add({ displayName })
      await muster.projects.addMember(projectId, userId)
      return userId
    }
    async function follow(followed: ProjectId): Promise<readonly string[]> {
      const { userId } = await muster.people.add({ displayName: 'Manager', role: 'admin' })
      const channel = { kind: 'project', projectId: followed } as const
      const subscription = await muster.feed.subscribe({ userId, tokenRole: 'admin', channel })
      const types: string[] = []
      void (async () => {
        for await (const item of subscription) if (item.kind === 'event') types.push(item.event.type)
      })()
      return types
    }
  })
})

describe('PgBouncer in session mode with one session', () => {
  const bouncer = bouncerFor({ pool_mode: 'session', default_pool_size: '1' })

  it('lets a long statement end, and tells another process what it waits for', async () => {
    const options = { connectionString: bouncer.url(), poolSize: 3 }
    const ports = { clock: new VirtualClock(), ids: new SequentialIds() }
    const backend = poolBackend(poolOn(bouncer.url(), 3), { owned: true, prepared: true })
    // Longer than a server that is silent is given.
    const slow = backend.root.rows(statement('test_slow', "select pg_sleep(5)::text, 'done' as slow"))
    await expect(openPg(options, ports)).rejects.toThrow('default_pool_size')
    expect((await slow).at(0)).toMatchObject({ slow: 'done' })
    await backend.close()
    const persistence = await openPg(options, ports)
    onTestFinished(() => persistence.close())
    const checks = () => Promise.all(Array.from({ length: 8 }, () => persistence.check()))
    await checks()
    await endSessions(bouncer.database())
    await expect.poll(() => checks().then(() => 'well', String)).toBe('well')
  })
})

describe('PgBouncer in transaction mode', () => {
  const bouncer = bouncerFor({ pool_mode: 'transaction', default_pool_size: '3' })

  it.each([
    ['a pool of its own', (connectionString: string): PgOptions => ({ connectionString, poolSize: 1 })],
    [
      'a pool that a host uses too',
      (connectionString: string): PgOptions => ({ pool: poolOn(connectionString) }),
    ],
  ])('is refused by name when statements are prepared in %s', async (_, options) => {
    const opening = openPg(options(bouncer.url()), { clock: new VirtualClock(), ids: new SequentialIds() })
    await expect(opening).rejects.toThrow(MisconfiguredError)
    await expect(opening).rejects.toThrow('MUSTER_POSTGRES_PREPARED=0')
  })

  it('leaves no setting in the sessions that others get', async () => {
    const options = { connectionString: bouncer.url(), poolSize: 4, preparedStatements: false }
    const persistence = await openPg(options, { clock: new VirtualClock(), ids: new SequentialIds() })
    onTestFinished(() => persistence.close())
    await Promise.all(Array.from({ length: 8 }, () => persistence.check()))
    const pool = poolOn(bouncer.url())
    const seen = await Promise.all(
      Array.from({ length: 8 }, () =>
        pool.query(`select current_setting('statement_timeout') as limit, pg_sleep(0.05)`),
      ),
    )
    expect(new Set(seen.map(({ rows }) => rows[0]?.limit))).toEqual(new Set(['0']))
  })
})

describe('PgBouncer as it comes', () => {
  const bouncer = bouncerFor({})

  it('is told to refuse a startup parameter, which is not waited out', async () => {
    const connectionString = `${bouncer.url()}?options=-c%20search_path%3Dpublic`
    const opening = openPg({ connectionString }, { clock: new VirtualClock(), ids: new SequentialIds() })
    await expect(opening).rejects.toThrow(MisconfiguredError)
    await expect(opening).rejects.toThrow('options')
  })
})

describe('PgBouncer in statement mode', () => {
  const bouncer = bouncerFor({ pool_mode: 'statement' })

  it.each([true, false])('is refused by name, with preparedStatements %s', async (preparedStatements) => {
    const options = { connectionString: bouncer.url(), preparedStatements }
    const opening = openPg(options, { clock: new VirtualClock(), ids: new SequentialIds() })
    await expect(opening).rejects.toThrow(MisconfiguredError)
    await expect(opening).rejects.toThrow('pool_mode')
  })
})

function poolOn(connectionString: string, max = 8): Pool {
  const pool = new Pool({ connectionString, max })
  pool.on('error', () => {})
  onTestFinished(() => (pool.ended ? undefined : pool.end()))
  return pool
}

/** As a restart of the server does. */
async function endSessions(connectionString: string): Promise<void> {
  const admin = new Client({ connectionString })
  await admin.connect()
  await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await admin.end()
}

/** One for all cases of a `describe`, on a database of its own. They are skipped where there is none to be had. */
function bouncerFor(settings: Readonly<Record<string, string>>): {
  readonly url: () => string
  readonly database: () => string
} {
  let bouncer: PgBouncer | { readonly missing: string } | undefined
  let connectionString = ''
  beforeAll(async () => {
    connectionString = await freshDatabase()
    bouncer = await startPgBouncer({ connectionString, settings })
  })
  beforeEach(({ skip }) => {
    if (bouncer && 'missing' in bouncer) skip(bouncer.missing)
  })
  afterAll(() => (bouncer && 'stop' in bouncer ? bouncer.stop() : undefined))
  return {
    database: () => connectionString,
    url: () => {
      if (!bouncer || 'missing' in bouncer) throw new Error('There is no PgBouncer')
      return bouncer.connectionString
    },
  }
}
