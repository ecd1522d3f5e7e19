import type { Assignment, UserId } from '@muster/core'
import type { Claimed, OpenShelf } from '@muster/core/ports'
import { freshDatabase } from '@muster/test-services/vitest'
import { newId } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { poolBackend } from '../connection/backend.ts'
import { statement } from '../connection/queryable.ts'
import { emptiedPostgres } from '../jobs/emptied.test.support.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { ClaimWorld } from './claim-world.test.support.ts'
import { claimMany } from './claims.ts'

const CONNECTIONS = 32

const database = freshDatabase()
const open = emptiedPostgres(() => database)
let persistence: PgPersistence
let pool: Pool

beforeAll(async () => {
  pool = new Pool({ connectionString: await database })
})
afterAll(() => pool.end())
beforeEach(async () => {
  ;({ persistence } = await open())
})

describe('many people who claim at once', () => {
  it('never get one slot twice, never exceed their limit, and never get what they are excluded from', async () => {
    const world = await ClaimWorld.in(persistence, 2)
    const people = await world.people(16)
    await world.tasksToLabel(20, 5)
    await world.tasksToLabel(20, 0)
    await world.tasksToReview(people, 9)
    const limit = 4
    // Two connections a person, each asking until the person has enough: 64 of 96 slots.
    await atOnce(CONNECTIONS, async (nth) => {
      const userId = personOf(people, nth)
      const shelves = await world.openShelves()
      for (;;) {
        const claimed = await world.claim(userId, limit, shelves)
        if (claimed === 'at limit') return
        expect(claimed, 'there is enough for everybody').toBeDefined()
      }
    })
    const rows = await assignmentsNow()
    const live = rows.filter(({ status }) => status === 'assigned')
    expect(new Set(live.map(({ taskId, stepId, slotNo }) => `${taskId} ${stepId} ${slotNo}`)).size).toBe(
      live.length,
    )
    for (const userId of people) expect(live.filter((row) => row.userId === userId)).toHaveLength(limit)
    const labelled = new Set(rows.filter(({ stepId }) => stepId === 'label').map(hold))
    const reviews = live.filter(({ stepId }) => stepId === 'review')
    expect(reviews.filter((row) => labelled.has(hold(row)))).toEqual([])
    expect(reviews).not.toEqual([])
    expect(await slotsThatDisagree()).toEqual([])
    // One fact a claim, numbered without a gap.
    const facts = await persistence.stores.events.read(world.projectId, 0, 1000)
    expect(facts.map(({ seq }) => seq)).toEqual(live.map((_, index) => index + 1))
  })

  it('get nothing once a pause has returned, though they were at it', async () => {
    const world = await ClaimWorld.in(persistence, 1)
    const people = await world.people(CONNECTIONS)
    await world.tasksToLabel(2_000, 0)
    const shelves = await world.openShelves()
    const underWay = Promise.withResolvers<void>()
    let [given, paused] = [0, false]
    const pausing = underWay.promise.then(async () => {
      await persistence.stores.projects.setPaused(world.projectId, true)
      paused = true
      return assignmentsNow()
    })
    await atOnce(CONNECTIONS, async (nth) => {
      while (!paused && (await world.claim(personOf(people, nth), 200, shelves)) !== 'paused') {
        given += 1
        if (given === CONNECTIONS) underWay.resolve()
      }
    })
    const atPause = await pausing
    expect(atPause.length).toBeGreaterThanOrEqual(CONNECTIONS)
    expect(await assignmentsNow()).toHaveLength(atPause.length)
  })

  it('leave nothing free that somebody asked for', async () => {
    const world = await ClaimWorld.in(persistence, 1)
    const people = await world.people(CONNECTIONS)
    await world.tasksToLabel(CONNECTIONS / 2, 5)
    await world.tasksToLabel(CONNECTIONS / 2, 0)
    const shelves = await world.openShelves()
    const claims = await atOnce(CONNECTIONS, (nth) => world.claim(personOf(people, nth), 1, shelves))
    const taken = claims.filter((claimed): claimed is Claimed => typeof claimed === 'object')
    expect(new Set(taken.map(({ task }) => task.taskId)).size).toBe(CONNECTIONS)
  })
})

describe.each([
  ['never analysed', ''],
  ['analysed', 'analyze'],
])('a claim in tables that were %s', (_, prepare) => {
  it('reads the heads of the shelves, not the queue', async () => {
    const world = await ClaimWorld.in(persistence, 1)
    const [userId] = await world.people(1)
    if (!userId) throw new Error('no person was made')
    for (const priority of [0, 3, 7]) await world.tasksToLabel(2_000, priority)
    await pool.query(prepare)
    const read = await readsOfClaim(userId, await world.openShelves(), 7)
    // The head of each shelf, then the best of them as it is looked up, locked and written. The planner and a passing vacuum
    // may read a few entries of their own; the queue has six thousand.
    expect(read.tableScans).toBe(0)
    expect(read.tasks).toBeLessThan(10)
    expect(read.entries).toBeLessThan(60)
  })

  it('reads no more for somebody who has done most of the queue, from the second time on', async () => {
    const world = await ClaimWorld.in(persistence, 2)
    const [veteran] = await world.people(1)
    if (!veteran) throw new Error('no person was made')
    await world.tasksToLabel(2_000, 0)
    await pool.query(HAS_DONE, [veteran, 1_500])
    await pool.query(prepare)
    const shelves = await world.openShelves()
    expect((await readsOfClaim(veteran, shelves, 0)).entries).toBeGreaterThan(1_500)
    await pool.query('select move_bookmarks($1, $2::jsonb)', [veteran, JSON.stringify(shelves)])
    const read = await readsOfClaim(veteran, shelves, 0)
    expect(read.tableScans).toBe(0)
    expect(read.tasks).toBeLessThan(10)
    expect(read.entries).toBeLessThan(60)
  })
})

// The oldest tasks, of each of which somebody else is still to do the same step.
const HAS_DONE = `
  with oldest as (
    select task_id, project_id, current_step_id from task order by step_opened_at, task_id limit $2::int),
  done as (
    insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version, assigned_at)
    select gen_random_uuid(), task_id, project_id, current_step_id, 'annotation', $1::uuid, 1, 'submitted', 1, 3, now() from oldest
    returning task_id, step_id, assignment_id)
  update slot set state = 'done', assignment_id = done.assignment_id from done
  where slot.task_id = done.task_id and slot.step_id = done.step_id and slot.slot_no = 1`

/** What a claim reads of the queue, which has to give a task of that priority. */
function readsOfClaim(userId: UserId, shelves: readonly OpenShelf[], priority: number): Promise<Reads> {
  return poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
    const assignmentId: Assignment['assignmentId'] = newId()
    const [before] = await connection.rows<Reads>(READ)
    const [claimed] = await claimMany(connection, [{ userId, shelves, assignmentId }], new Date(0))
    expect(claimed?.task.priority).toBe(priority)
    const [after] = await connection.rows<Reads>(READ)
    return difference(before, after)
  })
}

interface Reads {
  readonly scans: number
  readonly entries: number
  readonly tableScans: number
  /** Rows and entries of tasks, of which one is asked for. */
  readonly tasks: number
}

function difference(before: Reads | undefined, after: Reads | undefined): Reads {
  if (!before || !after) throw new Error('Postgres gave no statistics')
  return {
    scans: after.scans - before.scans,
    entries: after.entries - before.entries,
    tableScans: after.tableScans - before.tableScans,
    tasks: after.tasks - before.tasks,
  }
}

// What this connection did and has not yet told the statistics collector.
const READ = statement(
  'test_read',
  `select pg_stat_get_xact_numscans('slot_free'::regclass)::int as scans,
     pg_stat_get_xact_tuples_returned('slot_free'::regclass)::int as entries,
     pg_stat_get_xact_numscans('slot'::regclass)::int as "tableScans",
     (pg_stat_get_xact_tuples_returned('task'::regclass) + pg_stat_get_xact_tuples_returned('task_pkey'::regclass))::int as tasks`,
)

function personOf(people: readonly UserId[], nth: number): UserId {
  const userId = people[nth % people.length]
  if (!userId) throw new Error('there is nobody')
  return userId
}

function atOnce<T>(count: number, work: (nth: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, nth) => work(nth)))
}

function hold({ userId, taskId }: Pick<Assignment, 'userId' | 'taskId'>): string {
  return `${userId} ${taskId}`
}

async function assignmentsNow(): Promise<Assignment[]> {
  const { rows } = await pool.query<Assignment>(
    `select task_id as "taskId", step_id as "stepId", slot_no as "slotNo", user_id as "userId", status from assignment`,
  )
  return rows
}

/** Slots and live assignments that do not point at each other. */
async function slotsThatDisagree(): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select * from (select * from slot where state = 'held') slot
       full join (select * from assignment where status = 'assigned') a
         on a.assignment_id = slot.assignment_id and a.slot_no = slot.slot_no and a.step_id = slot.step_id and a.task_id = slot.task_id
     where slot.task_id is null or a.task_id is null`,
  )
  return rows
}
