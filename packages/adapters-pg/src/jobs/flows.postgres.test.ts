import type { JobId, ProjectId } from '@muster/core'
import { freshDatabase } from '@muster/test-services/vitest'
import { inWorld } from '@muster/testing/suites'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Emptied, emptiedPostgres } from './emptied.test.support.ts'

vi.setConfig({ testTimeout: 120_000 })

let url: string
let host: Pool
const open = emptiedPostgres(async () => {
  url = await freshDatabase()
  return url
})

beforeAll(() => {
  host = new Pool({ connectionString: url, max: 3 })
})
afterAll(() => host.end())

/** Runs `work` on an emptied database, with its world. */
async function inDatabase(
  work: (world: Parameters<Parameters<typeof inWorld>[1]>[0], emptied: Emptied) => Promise<void>,
): Promise<void> {
  const emptied = await open()
  await inWorld(
    async () => emptied,
    (world) => work(world, emptied),
  )
}

/** Children whose counters differ from a recount of those that they wait for. */
const WRONG = `
  select count(*)::int as wrong from job as c
  where c.state = 9 and c.waits_open is distinct from (
    select count(*) from dep as d join job as p on p.job_id = d.parent_id
    where d.child_id = c.job_id and p.state not between 4 and 6)`

describe('jobs that wait for others', () => {
  it('counts none wrong of 1 500 that are added while the job that they wait for ends', async () => {
    await inDatabase(async (world, { queryable }) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const children: JobId[] = []
      // Each of thirty ends in the midst of fifty adds, and a sweep comes between.
      for (let round = 0; round < 30; round++) {
        const [ends, stays] = await world.loose(projectId, 2)
        const parents = [ends, stays] as JobId[]
        const [job] = await world.take(1, workerId)
        if (job === undefined) throw new Error('nothing to take')
        const adds = Array.from({ length: 50 }, async (_, nth) => {
          if (nth === 25) await world.settle([job], { kind: 'completed', result: nth }, workerId)
          if (nth % 20 === 19)
            await world.persistence.transaction(({ flows }) => flows.sweep(100, world.clock.now()))
          return world.child(projectId, parents)
        })
        children.push(...(await Promise.all(adds)))
        await world.take(1, workerId)
      }
      await world.sweep()
      const { rows } = await queryable.query(WRONG, [])
      expect({ children: children.length, ...(rows[0] as object) }).toEqual({ children: 1_500, wrong: 0 })
    })
  })

  it('sweeps one at a time, each end once, beside settles, cancels and retries', async () => {
    await inDatabase(async (world, { queryable }) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      for (let round = 0; round < 10; round++) {
        const parents = await world.loose(projectId, 20)
        for (let nth = 0; nth < 20; nth += 2) {
          const [child] = await world.children(projectId, parents.slice(nth), { need: 'ended', count: 1 })
          await world.child(projectId, [child as JobId])
        }
        const jobs = await world.take(20, workerId)
        const ended = jobs.map(async (job, nth) => {
          await world.settle(
            [job],
            nth % 3 === 0
              ? { kind: 'failed', error: { code: 'odd', message: 'odd', retryable: false } }
              : { kind: 'completed', result: nth },
            workerId,
          )
          if (nth % 6 === 0) await world.retry(job.jobId)
        })
        const sweeps = Array.from({ length: 6 }, () =>
          world.persistence.transaction(({ flows }) => flows.sweep(5, world.clock.now())),
        )
        await Promise.all([...ended, ...sweeps])
        await world.sweep()
      }
      const { rows } = await queryable.query(WRONG, [])
      expect(rows).toEqual([{ wrong: 0 }])
      expect(await world.persistence.transaction(({ flows }) => flows.mend(null, 1_000))).toEqual({
        mended: [],
        goesOn: null,
      })
    })
  })

  it('has one looked at that waits for none, and only that', async () => {
    await inDatabase(async (world, { queryable }) => {
      const projectId = await world.project()
      const parents = await world.loose(projectId, 2)
      const [stranded] = await world.children(projectId, parents.slice(0, 1))
      await world.children(projectId, parents)
      const workerId = await world.worker()
      const [job] = await world.take(1, workerId)
      if (job === undefined) throw new Error('nothing to take')
      await world.settle([job], { kind: 'completed', result: 1 }, workerId)
      // As if something had counted the end elsewhere.
      await queryable.query('delete from ended_parent', [])
      await world.sweep()
      expect(await world.stores.flows.findWaiting(stranded as JobId)).toEqual({ open: 1, of: 1 })
      expect(await world.persistence.transaction(({ flows }) => flows.mend(null, 10))).toEqual({
        mended: [stranded],
        goesOn: null,
      })
      await world.sweep()
      expect((await world.item(stranded as JobId)).position).not.toBeNull()
    })
  })
})

describe('a transaction of the host', () => {
  it('adds jobs that wait for others of the project, those of the same transaction too', async () => {
    await inDatabase(async (world, { persistence }) => {
      const projectId = await world.project()
      const before = await world.looseOne(projectId)
      const client = await host.connect()
      try {
        await client.query('begin')
        const parent = world.newJob(projectId, 'parent')
        const after = { parents: [before, parent.jobId], need: 'completed', onFailure: 'fail' } as const
        const child = { ...world.newJob(projectId, 'child'), after }
        await persistence.joining.add(client, parent)
        expect(await persistence.joining.add(client, child)).toMatchObject({
          state: 'pending',
          position: null,
        })
        await client.query('commit')
        const collected = await persistence.transaction(({ arrivals }) => arrivals.collect(10, false))
        expect(collected.map(({ jobId, counted }) => [jobId, counted])).toEqual([
          [parent.jobId, false],
          [child.jobId, false],
        ])
        expect(await world.stores.flows.findWaiting(child.jobId)).toEqual({ open: 2, of: 2 })
        expect(await world.line(projectId)).toEqual([before, parent.jobId])
        const workerId = await world.worker()
        await world.settle(await world.take(2, workerId), { kind: 'completed', result: 1 }, workerId)
        await world.sweep()
        expect(await world.line(projectId)).toEqual([child.jobId])
        expect((await world.stores.jobs.countByType(projectId)).get('analyze')).toMatchObject({ pending: 1 })
      } finally {
        client.release()
      }
    })
  })

  it('refuses one that is to wait for a job of another project, or for none', async () => {
    await inDatabase(async (world, { persistence }) => {
      const [projectId, foreign] = [await world.project(), await world.project()]
      const elsewhere = await world.looseOne(foreign)
      const wanted = (parent: JobId, project: ProjectId) => ({
        ...world.newJob(project, null),
        after: { parents: [parent], need: 'completed', onFailure: 'fail' } as const,
      })
      for (const parent of [elsewhere, world.newJob(projectId, null).jobId]) {
        const client = await host.connect()
        try {
          await client.query('begin')
          await expect(persistence.joining.add(client, wanted(parent, projectId))).rejects.toMatchObject({
            code: 'parent_unknown',
            issues: [{ path: 'after.jobs' }],
          })
          await client.query('rollback')
        } finally {
          client.release()
        }
      }
    })
  })

  it('cancels one that has arrived and is to wait', async () => {
    await inDatabase(async (world, { persistence }) => {
      const projectId = await world.project()
      const before = await world.looseOne(projectId)
      const after = { parents: [before], need: 'completed', onFailure: 'fail' } as const
      const child = { ...world.newJob(projectId, null), after }
      const client = await host.connect()
      try {
        await persistence.joining.add(client, child)
      } finally {
        client.release()
      }
      await world.cancelPending(child.jobId)
      await world.sweep()
      expect((await world.stores.jobs.countByType(projectId)).get('analyze')).toMatchObject({
        pending: 1,
        cancelled: 1,
      })
    })
  })
})
