import type { RunId } from '@muster/core'
import { describe, expect } from 'vitest'
import { type Case, present } from '../jobs/job-world.ts'

/** Runs come with their jobs, all or nothing, once. */
export function runKeepingCases(it: Case): void {
  describe('keeps runs', () => {
    it('keeps their jobs with them, pending and in line', async (world) => {
      const projectId = await world.project()
      const { run, created } = await world.tryRun(projectId, {
        scenarios: 4,
        places: [1, 3],
        models: ['x', 'y'],
        priority: 'high',
        type: 'other',
        maxAttempts: 7,
        maxJobsPerSecond: 100,
      })
      expect(created).toBe(true)
      expect(await world.runNow(run.runId)).toEqual(run)
      expect(run).toMatchObject({ status: 'pending', priority: 'high', version: 1, tallies: { total: 4 } })
      const jobs = await world.jobsOf(run.runId)
      expect(jobs[0]).toEqual({
        jobId: jobs[0]?.jobId,
        projectId,
        runId: run.runId,
        taskId: null,
        type: 'other',
        priority: 10,
        state: 'pending',
        attempt: 0,
        maxAttempts: 7,
        availableAt: run.createdAt,
        step: null,
        progress: 0,
        error: null,
        model: 'x',
        scenarioId: 's1',
        repeat: 1,
        createdBy: null,
        cancelling: false,
        asleep: false,
        usage: null,
        createdAt: run.createdAt,
        startedAt: null,
        finishedAt: null,
        payload: { n: 1 },
        result: null,
      })
      expect(await world.line(projectId)).toEqual(jobs.map(({ jobId }) => jobId))
      const ids = jobs.map(({ jobId }) => jobId as string)
      expect(ids).toEqual([...ids].sort())
      expect(await world.stores.jobs.find(present(jobs[0]).jobId)).toEqual(jobs[0])
    })

    it('shows the priorities of its jobs as 0, 5 and 10', async (world) => {
      const projectId = await world.project()
      for (const [priority, shown] of [
        ['low', 0],
        ['normal', 5],
        ['high', 10],
      ] as const) {
        const { runId } = await world.run(projectId, { priority })
        expect((await world.jobsOf(runId)).map((job) => job.priority)).toEqual([shown, shown, shown])
      }
    })

    it('gives the first run again under its idempotency key, in its project alone', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const first = await world.tryRun(mine, { scenarios: 2, idempotencyKey: 'once' })
      await world.start(1, await world.worker())
      const second = await world.tryRun(mine, { scenarios: 5, idempotencyKey: 'once' })
      expect(second).toEqual({ run: await world.runNow(first.run.runId), created: false })
      expect((await world.stores.runs.list(mine, { limit: 9 })).map(({ runId }) => runId)).toEqual([
        first.run.runId,
      ])
      expect((await world.stores.jobs.countByType(mine)).get('probe:scenario')).toMatchObject({
        pending: 1,
        active: 1,
      })
      expect((await world.tryRun(theirs, { idempotencyKey: 'once' })).created).toBe(true)
      expect((await world.tryRun(mine, { idempotencyKey: 'twice' })).created).toBe(true)
    })

    it('creates one run of several that race under one key', async (world) => {
      const projectId = await world.project()
      const added = await Promise.all(
        Array.from({ length: 4 }, () => world.tryRun(projectId, { idempotencyKey: 'once' })),
      )
      expect(added.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(added.map(({ run }) => run.runId)).size).toBe(1)
    })

    it('keeps nothing at all if the transaction throws', async (world) => {
      const projectId = await world.project()
      const kept = await world.run(projectId, { idempotencyKey: 'kept' })
      const attempt = world.persistence.transaction(async ({ runs }) => {
        const run = { ...kept, runId: world.ids.next() as RunId }
        const added = await runs.add({
          run,
          places: [1, 2],
          jobType: 'other',
          maxAttempts: 3,
          idempotencyKey: 'lost',
        })
        expect(added.created).toBe(true)
        throw new Error('no')
      })
      await expect(attempt).rejects.toThrow('no')
      expect(await world.stores.runs.list(projectId, { limit: 9 })).toEqual([kept])
      expect([...(await world.stores.jobs.countByType(projectId)).keys()]).toEqual(['probe:scenario'])
      expect(await world.line(projectId)).toHaveLength(3)
      expect(await world.feed(9)).toHaveLength(3)
      expect((await world.tryRun(projectId, { idempotencyKey: 'lost' })).created).toBe(true)
    })

    it('finds them one by one, together, and newest first', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const made = []
      for (let index = 0; index < 5; index++) {
        made.push(await world.run(mine, { scenarios: 1 }))
        if (index % 2 === 0) await world.clock.advance(1_000)
      }
      const foreign = await world.run(theirs, { scenarios: 1 })
      const unknown = world.ids.next() as RunId
      expect(await world.stores.runs.find(unknown)).toBeUndefined()
      const some = await world.stores.runs.findMany([present(made[1]).runId, unknown, foreign.runId])
      expect(new Set(some.map(({ runId }) => runId))).toEqual(new Set([made[1]?.runId, foreign.runId]))
      expect(await world.stores.runs.findMany([])).toEqual([])
      const newest = made.toReversed()
      expect(await world.stores.runs.list(mine, { limit: 9 })).toEqual(newest)
      const last = present(newest[1])
      expect(
        await world.stores.runs.list(mine, {
          limit: 2,
          after: { createdAt: last.createdAt, id: last.runId },
        }),
      ).toEqual(newest.slice(2, 4))
      const paused = present(made[2])
      const cancelled = present(made[3])
      await world.stores.runs.pause(paused.runId)
      await world.stores.runs.cancel(cancelled.runId, world.clock.now())
      const live = await world.stores.runs.listLive(mine, 9)
      const others = newest.filter(({ runId }) => runId !== cancelled.runId).map(({ runId }) => runId)
      expect(live.map(({ runId }) => runId)).toEqual(others)
      expect(live.find(({ runId }) => runId === paused.runId)?.status).toBe('paused')
      expect(await world.stores.runs.listLive(mine, 2)).toHaveLength(2)
    })
  })
}
