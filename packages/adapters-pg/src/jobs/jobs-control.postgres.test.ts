import type { JobId } from '@muster/core'
import type { Delivery, Stores, WorkerId } from '@muster/core/ports'
import { freshDatabase } from '@muster/test-services/vitest'
import { newId } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { addProject, addRun } from './job-world.test.support.ts'

let persistence: PgPersistence
let observer: Pool

beforeAll(async () => {
  const connectionString = await freshDatabase()
  const clock = { now: () => new Date(), wait: async () => {} }
  persistence = await openPg({ connectionString, poolSize: 8 }, { clock, ids: { next: newId } })
  observer = new Pool({ connectionString, max: 1 })
})
afterAll(async () => {
  await observer.end()
  await persistence.close()
})

/** How many sessions of this database wait for a lock. */
async function waiting(): Promise<number> {
  const { rows } = await observer.query<{ count: number }>(
    `select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid)
     where not granted and datname = current_database()`,
  )
  return rows[0]?.count ?? 0
}

/** A run with two deliveries on their way, and whoever begins them. */
async function aRunUnderWay() {
  const { stores } = persistence
  const projectId = await addProject(stores)
  const { runId } = await addRun(stores, projectId, { scenarios: 4, models: 1, now: new Date() })
  const workerId = newId() as WorkerId
  await stores.workers.openWorker({ workerId, leaseUntil: new Date(Date.now() + 60_000), now: new Date() })
  const deliveries = await stores.workers.feed({ limit: 3, types: ['probe'], now: new Date() })
  const [first, second, third] = deliveries
  if (!first || !second || !third) throw new Error('The run was not fed')
  // The first begin of a run writes a fact and so holds more than others do.
  await stores.workers.begin({ deliveries: [first], workerId, now: new Date() })
  const begin = ({ workers }: Stores, delivery: Delivery) =>
    workers.begin({ deliveries: [delivery], workerId, now: new Date() })
  return { projectId, runId, second, third, begin }
}

type Setting = Awaited<ReturnType<typeof aRunUnderWay>>

const CONTROLS: readonly (readonly [string, (stores: Stores, setting: Setting) => Promise<unknown>])[] = [
  ['pausing a project', ({ projects }, { projectId }) => projects.setPaused(projectId, true)],
  ['pausing everything', ({ projects }) => projects.setPaused(null, true)],
  ['pausing a run', ({ runs }, { runId }) => runs.lock(runId).then(() => runs.pause(runId))],
  ['cancelling a run', ({ runs }, { runId }) => runs.lock(runId).then(() => runs.cancel(runId, new Date()))],
  ['clearing a queue', ({ jobs }, { projectId }) => jobs.clear(projectId, new Date())],
  ['moving an item', ({ jobs }, { third }) => moveUp(jobs, third.jobId)],
]

async function moveUp(jobs: Stores['jobs'], jobId: JobId): Promise<void> {
  await jobs.lock(jobId)
  await jobs.setPriority(jobId, 10)
}

describe('jobs that begin one after another, each before the last has begun', () => {
  it.each(CONTROLS)('let %s in when its turn has come', async (_, control) => {
    const setting = await aRunUnderWay()
    const order: string[] = []
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const earlier = persistence.transaction(async (stores) => {
      await setting.begin(stores, setting.second)
      begun.resolve()
      await held.promise
    })
    await begun.promise
    const controlled = persistence.transaction(async (stores) => {
      await control(stores, setting)
      order.push('control')
    })
    await expect.poll(waiting).toBe(1)
    const later = persistence.transaction(async (stores) => {
      await setting.begin(stores, setting.third)
      order.push('begin')
    })
    await expect.poll(async () => order.length + (await waiting())).toBe(2)
    held.resolve()
    await Promise.all([earlier, controlled, later])
    // What is left of it is not to be fed to the next case.
    await persistence.stores.projects.setPaused(setting.projectId, true)
    await persistence.stores.projects.setPaused(null, false)
    expect(order).toEqual(['control', 'begin'])
  })
})
