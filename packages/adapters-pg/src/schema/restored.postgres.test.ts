import { jobType, type TaskId, type UserId } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { type PostgresTools, postgresTools, startPostgres } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import {
  after,
  anAssignment,
  ended,
  newId,
  SequentialIds,
  TaskWorld,
  VirtualClock,
  withAssignment,
} from '@muster/testing'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import { jsonText } from '../connection/queryable.ts'
import { pgModule } from '../pg-module.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'

/** More than a young cluster has given out. */
const TRANSACTIONS = 20_000
const JOBS = 20

const anything = {
  '~standard': { version: 1, vendor: 'muster', validate: (value: unknown) => ({ value }) },
} as const
const double = jobType({
  name: 'double',
  payload: anything,
  handler: ({ payload }) => 2 * (payload as { readonly n: number }).n,
})

describe('a database that was dumped and restored into another cluster', () => {
  const tools: PostgresTools = postgresTools()
  let other: Awaited<ReturnType<typeof startPostgres>>
  beforeAll(async () => {
    other = await startPostgres({ settings: { fsync: 'off' } })
  })
  afterAll(() => other.stop())

  /** What `from` holds now, elsewhere. */
  async function restored(from: string): Promise<string> {
    if ('missing' in tools) throw new Error(tools.missing)
    const name = `muster_test_restored_${newId().replaceAll('-', '')}`
    await asked(other.connectionString, `create database ${name}`)
    onTestFinished(() => asked(other.connectionString, `drop database ${name} with (force)`).then(() => {}))
    const url = new URL(other.connectionString)
    url.pathname = `/${name}`
    await tools.copy(from, url.href)
    return url.href
  }

  it('gives a claimant what came back there, though its numbers of transactions are smaller', async ({
    skip,
  }) => {
    if ('missing' in tools) skip(tools.missing)
    const source = await freshDatabase()
    await asked(source, 'create table burnt (n int)')
    await asked(
      source,
      `do $$ begin for n in 1..${TRANSACTIONS} loop
         begin insert into burnt values (n); exception when unique_violation then null; end;
       end loop; end $$`,
    )
    const before = await opened(source)
    const world = await TaskWorld.in(before)
    const [ann, bob] = [newId<'UserId'>(), newId<'UserId'>()]
    const [oldest, second, third] = [0, 1, 2].map((minute) => world.work({ stepOpenedAt: after(minute) }))
    if (!oldest || !second || !third) throw new Error('three were made')
    const held = withAssignment(oldest, anAssignment(oldest, world.workflow, bob))
    const rejected = anAssignment(second, world.workflow, ann, { status: 'rejected' })
    await world.keep(held, withAssignment(second, rejected), third)
    await asked(source, 'select move_bookmarks($1, $2::jsonb)', [ann, jsonText(await world.openShelves())])
    expect(await asked(source, 'select count(*)::int as count from bookmark')).toEqual([{ count: 1 }])

    const target = await opened(await restored(source))
    await target.persistence.transaction(({ tasks }) =>
      tasks.saveWorks([{ before: held, after: ended(held, bob, 'rejected') }]),
    )
    expect(await claimed(target.persistence, ann, await world.openShelves())).toBe(oldest.task.taskId)
  })

  it('goes on with its jobs and claims, and tells cursors of before to begin again', async ({ skip }) => {
    if ('missing' in tools) skip(tools.missing)
    const source = await freshDatabase()
    const before = await serving(source)
    const { projectId } = await aProjectOf(before)
    const { userId } = await before.people.add({ displayName: 'Manager', role: 'admin' })
    const channel = { kind: 'project', projectId } as const
    const scenarios = Array.from({ length: JOBS }, (_, n) => ({ scenarioId: `${n}`, payload: { n } }))
    const { definitionId } = await before.definitions.add(projectId, {
      name: 'n',
      jobType: 'double',
      scenarios,
    })
    const { runId } = await before.runs.start(projectId, { definitionId, models: ['m'] })
    const target = await restored(source)
    // Of a future that the copy does not have.
    await before.tasks.add(projectId, [{ payload: { text: 'lost' } }])
    const { cursor } = await before.feed.subscribe({ userId, tokenRole: 'admin', channel })
    const again = await before.feed.subscribe({ userId, tokenRole: 'admin', channel, after: cursor })
    expect(again.opening.resumed).toBe(true)

    const there = await serving(target)
    // It has given every number again that the cursor knows of.
    await there.tasks.add(
      projectId,
      Array.from({ length: 5 }, () => ({ payload: { text: 'other' } })),
    )
    const resumed = await there.feed.subscribe({ userId, tokenRole: 'admin', channel, after: cursor })
    expect(resumed.opening).toMatchObject({ resumed: false, snapshot: { channel: 'project' } })
    const from = resumed.opening.cursor
    expect(
      (await there.feed.subscribe({ userId, tokenRole: 'admin', channel, after: from })).opening.resumed,
    ).toBe(true)
    await there.work()
    await there.schedule()
    await expect.poll(async () => (await there.runs.get(runId)).status).toBe('completed')
    const results: unknown[] = []
    for await (const { result } of there.runs.results(runId)) results.push(result)
    expect(results).toEqual(scenarios.map(({ payload: { n } }) => 2 * n))
    await there.projects.addMember(projectId, userId)
    expect((await there.assignments.claimNext({ userId, projectId })).kind).toBe('claimed')
  })
})

it('begins another history on a standby that was promoted', async ({ skip }) => {
  const primary = await startPostgres({ settings: { fsync: 'off' } })
  onTestFinished(() => primary.stop())
  if (!primary.follow) return skip('the server of DATABASE_URL is not ours to follow')
  const before = await opened(primary.connectionString)
  const epoch = await before.persistence.stores.events.epoch()
  const standby = await primary.follow()
  onTestFinished(() => standby.stop())
  await standby.promote()
  const there = await opened(standby.connectionString)
  expect(await there.persistence.stores.events.epoch()).not.toBe(epoch)
  expect(await before.persistence.stores.events.epoch()).toBe(epoch)
})

it.each([
  ['cluster', 'system_id = system_id + 1'],
  ['database', 'database_id = database_id + 1'],
  ['timeline', 'timeline = timeline - 1'],
  ['set of tables', 'table_id = table_id + 1'],
  ['cluster whose id may not be asked for', `system_id = null, next_xid = '1000000000'`],
])('tells a follower to begin again if a new connection leads to another %s', async (_, noted) => {
  const url = await freshDatabase()
  const muster = await serving(url)
  const { projectId } = await aProjectOf(muster)
  const { userId } = await muster.people.add({ displayName: 'Manager', role: 'admin' })
  await asked(url, `insert into bookmark select $1, 1, '{}', now(), $1, '3'`, [userId])
  const channel = { kind: 'project', projectId } as const
  const subscription = await muster.feed.subscribe({ userId, tokenRole: 'admin', channel })
  const reasons: string[] = []
  void (async () => {
    for await (const item of subscription) if (item.kind === 'reload') reasons.push(item.reason)
  })()
  await asked(url, `update feed_epoch set ${noted}`)
  await asked(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  await expect.poll(() => reasons).toEqual(['other_history'])
  expect(await asked(url, 'select count(*)::int as count from bookmark')).toEqual([{ count: 0 }])
})

it('keeps bookmarks and cursors if a server was only started again', async () => {
  const url = await freshDatabase()
  const first = await opened(url)
  const epoch = await first.persistence.stores.events.epoch()
  await asked(url, `insert into bookmark select gen_random_uuid(), 1, '{}', now(), gen_random_uuid(), '3'`)
  const second = await opened(url)
  expect(await second.persistence.stores.events.epoch()).toBe(epoch)
  expect(await asked(url, 'select count(*)::int as count from bookmark')).toEqual([{ count: 1 }])
})

it('begins one history if several processes find the database elsewhere at once', async () => {
  const url = await freshDatabase()
  await opened(url)
  await asked(url, 'update feed_epoch set system_id = system_id + 1')
  const opening = await Promise.all(Array.from({ length: 4 }, () => opened(url)))
  const epochs = await Promise.all(opening.map(({ persistence }) => persistence.stores.events.epoch()))
  expect(new Set(epochs).size).toBe(1)
})

async function opened(connectionString: string) {
  const clock = new VirtualClock()
  const persistence = await openPg({ connectionString, poolSize: 3 }, { clock, ids: new SequentialIds() })
  onTestFinished(() => persistence.close())
  return { persistence, clock, close: () => persistence.close() }
}

async function serving(connectionString: string): Promise<Muster> {
  const modules = [coreModule({ jobTypes: [double] }), pgModule({ connectionString, poolSize: 5 })]
  const muster = await createMuster({ modules })
  onTestFinished(() => muster.close())
  return muster
}

async function aProjectOf(muster: Muster) {
  const steps = [{ stepId: 'label', stepType: 'annotation' as const }]
  const { workflowId } = await muster.workflows.add({ name: 'label', steps })
  return muster.projects.add({ name: 'Moved', workflowId })
}

async function claimed(
  persistence: PgPersistence,
  userId: UserId,
  shelves: Awaited<ReturnType<TaskWorld['openShelves']>>,
): Promise<TaskId | undefined> {
  const assignmentId = newId<'AssignmentId'>()
  const [claim] = await persistence.transaction(({ claims }) =>
    claims.claim([{ userId, shelves, assignmentId }], after(60)),
  )
  return claim?.task.taskId
}

async function asked(connectionString: string, text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}
