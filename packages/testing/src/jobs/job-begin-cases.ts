import type { TaskId, UserId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import { describe, expect } from 'vitest'
import { type Case, done, present } from './job-world.ts'

/** Who may begin what, and what a first start makes true. */
export function jobBeginCases(it: Case): void {
  describe('begins', () => {
    it('gives a begun job with its payload, at its attempt', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 1, models: ['x'], maxAttempts: 2 })
      const loose = await world.looseOne(projectId, { priority: 0 })
      const active = await world.start(2, workerId)
      expect(active[0]).toMatchObject({
        projectId,
        runId,
        taskId: null,
        type: 'probe:scenario',
        payload: { n: 1 },
        model: 'x',
        scenarioId: 's1',
        attempt: 1,
        maxAttempts: 2,
      })
      expect(active[1]).toMatchObject({
        jobId: loose,
        runId: null,
        model: null,
        scenarioId: null,
        attempt: 1,
      })
      expect(await world.job(loose)).toMatchObject({
        state: 'active',
        attempt: 1,
        startedAt: world.clock.now(),
        finishedAt: null,
      })
    })

    it('carries the task that a job is done for, and who added it', async (world) => {
      const [projectId, workerId] = [await world.project(), await world.worker()]
      const [taskId, createdBy] = [world.ids.next() as TaskId, world.ids.next() as UserId]
      const jobs = await Promise.all(
        [taskId, null].map((of) => world.looseOne(projectId, { taskId: of, createdBy: of && createdBy })),
      )
      const [begun, taken] = [await world.startOne(workerId), (await world.take(1, workerId))[0]]
      expect(new Set([begun, taken].map((job) => job?.taskId))).toEqual(new Set([taskId, null]))
      expect((await Promise.all(jobs.map((jobId) => world.job(jobId)))).map((job) => job.taskId)).toEqual([
        taskId,
        null,
      ])
      expect(
        (await Promise.all(jobs.map((jobId) => world.item(jobId)))).map((item) => item.createdBy),
      ).toEqual([createdBy, null])
    })

    it('refuses what was never fed, and what is settled', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [first, second] = await world.loose(projectId, 2)
      const [delivery] = await world.feed(1)
      const made = { ...present(delivery), jobId: present(second) }
      expect(await world.begin([made], workerId)).toEqual([])
      await world.settle(await world.begin([present(delivery)], workerId), done, workerId)
      expect(await world.begin([present(delivery)], workerId)).toEqual([])
      expect((await world.job(present(first))).state).toBe('completed')
      expect((await world.job(present(second))).state).toBe('pending')
    })

    it('begins a job once, however often it is delivered', async (world) => {
      const projectId = await world.project()
      const [one, two] = [await world.worker(), await world.worker()]
      await world.loose(projectId, 1)
      const deliveries = await world.feed(1)
      const begun = await Promise.all([
        world.begin([...deliveries, ...deliveries], one),
        world.begin(deliveries, two),
        world.begin(deliveries, one),
      ])
      expect(begun.flat()).toHaveLength(1)
      expect((await world.job(present(deliveries[0]).jobId)).attempt).toBe(1)
    })

    it('refuses a worker that was declared dead, has left, or never came', async (world) => {
      const projectId = await world.project()
      await world.loose(projectId, 1)
      const deliveries = await world.feed(1)
      const dead = await world.worker(1_000)
      await world.clock.advance(1_001)
      await world.reap()
      const gone = await world.worker()
      await world.stores.workers.closeWorker(gone, world.clock.now())
      for (const workerId of [dead, gone, world.ids.next() as WorkerId]) {
        expect(await world.begin(deliveries, workerId)).toEqual([])
      }
      expect(await world.begin(deliveries, await world.worker())).toHaveLength(1)
    })

    it('refuses behind a shut gate; what was held is fed again once it opens', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 2)
      const held = await world.feed(2)
      for (const gate of [projectId, null]) {
        await world.setPaused(gate, true)
        expect(await world.begin(held, workerId)).toEqual([])
        await world.setPaused(gate, false)
      }
      const again = await world.feed(2)
      expect(again).toEqual(held)
      expect(await world.begin(again, workerId)).toHaveLength(2)
    })

    for (const whose of ['project', 'system'] as const) {
      it(`begins nothing once the pause of a ${whose} has returned, however begins race with it`, async (world) => {
        const projectId = await world.project()
        const workerId = await world.worker()
        await world.loose(projectId, 12)
        const deliveries = await world.feed(12)
        const begins = [0, 4, 8].map((at) => world.begin(deliveries.slice(at, at + 4), workerId))
        await world.setPaused(whose === 'system' ? null : projectId, true)
        const active = await world.items(projectId, { state: ['active'] })
        const begun = (await Promise.all(begins)).flat()
        expect(begun.map(({ jobId }) => jobId).sort()).toEqual(active.map(({ jobId }) => jobId).sort())
      })
    }

    it('refuses jobs of a paused run; what was held is fed again when it goes on', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 2 })
      const held = await world.feed(2)
      await world.pauseRun(runId)
      expect(await world.begin(held, workerId)).toEqual([])
      expect((await world.runNow(runId)).startedAt).toBeNull()
      await world.resumeRun(runId, 'pending')
      const again = await world.feed(2)
      expect(again).toEqual(held)
      expect(await world.begin(again, workerId)).toHaveLength(2)
    })

    it('refuses what was cancelled after it was handed over: a run, an item, a whole project', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const cancelled = await world.run(projectId, { scenarios: 2 })
      const item = await world.looseOne(projectId)
      await world.looseOne(projectId, { priority: 1 })
      const held = await world.feed(9)
      expect(held).toHaveLength(4)
      await world.cancelRun(cancelled.runId)
      await world.cancelPending(item)
      await world.clear(projectId)
      expect(await world.begin(held, workerId)).toEqual([])
      expect(await world.feed(9)).toEqual([])
    })

    it('refuses a delivery that a move has outlived', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [moved] = await world.loose(projectId, 1)
      const stale = await world.feed(1)
      await world.setPriority(present(moved), 1)
      expect(await world.begin(stale, workerId)).toEqual([])
      const fresh = await world.feed(1)
      expect(fresh.map(({ jobId }) => jobId)).toEqual([moved])
      expect(await world.begin(fresh, workerId)).toHaveLength(1)
    })

    it('makes a pending run running with its first start, and says so once', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 3 })
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'pending', startedAt: null })
      await world.clock.advance(5_000)
      await world.start(2, workerId)
      const startedAt = world.clock.now()
      const running = await world.runNow(run.runId)
      expect(running).toMatchObject({ status: 'running', startedAt, version: run.version + 1 })
      await world.clock.advance(5_000)
      await world.start(1, workerId)
      expect(await world.runNow(run.runId)).toEqual(running)
      const facts = await world.facts(projectId)
      expect(facts.map(({ type, data, affectedUserIds }) => ({ type, data, affectedUserIds }))).toEqual([
        {
          type: 'run_status_changed',
          data: { runId: run.runId, status: 'running', from: 'pending', version: run.version + 1 },
          affectedUserIds: null,
        },
      ])
    })
  })
}
