import type { WorkerId } from '@muster/core/ports'
import { describe, expect } from 'vitest'
import { type Case, done } from './job-world.ts'

/** What a worker without a broker takes: as it would be fed, begun at once. The line's order itself is compared with a model by random histories. */
export function jobTakeCases(it: Case): void {
  describe('takes', () => {
    it('gives the head of the line in its order, begun, each to one worker', async (world) => {
      const projectId = await world.project()
      const [one, two] = [await world.worker(), await world.worker()]
      const low = await world.loose(projectId, 3, { priority: 1 })
      const high = await world.loose(projectId, 2, { priority: 9 })
      const first = await world.take(3, one)
      expect(first.map(({ jobId, attempt }) => [jobId, attempt])).toEqual(
        [high[0], high[1], low[0]].map((jobId) => [jobId, 1]),
      )
      expect((await world.take(9, two)).map(({ jobId }) => jobId)).toEqual(low.slice(1))
      expect(await world.take(9, one)).toEqual([])
      expect(await world.settle(first, done, two)).toEqual([])
      expect(await world.settle(first, done, one)).toHaveLength(3)
    })

    it('never gives one job to two workers, however they race', async (world) => {
      const projectId = await world.project()
      const workers = await Promise.all(Array.from({ length: 4 }, () => world.worker()))
      await world.run(projectId, { scenarios: 20 })
      await world.run(projectId, { scenarios: 10 })
      const taken = await Promise.all(workers.map((workerId) => world.take(6, workerId)))
      const rest = await world.take(30, workers[0] as WorkerId)
      const ids = [...taken.flat(), ...rest].map(({ jobId }) => jobId)
      expect(ids).toHaveLength(30)
      expect(new Set(ids).size).toBe(30)
    })

    it('carries what a handler needs, and starts the run with its first job, told once', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2, models: ['x'], maxAttempts: 2 })
      const [first, second] = [await world.take(1, workerId), await world.take(1, workerId)]
      expect(first).toMatchObject([
        { runId: run.runId, payload: { n: 1 }, model: 'x', scenarioId: 's1', maxAttempts: 2 },
      ])
      expect(second).toMatchObject([{ payload: { n: 2 } }])
      expect(await world.runNow(run.runId)).toMatchObject({
        status: 'running',
        startedAt: world.clock.now(),
        version: run.version + 1,
      })
      expect(await world.moves(run)).toEqual(['pending → running'])
    })

    it('gives a worker that is not alive nothing, and leaves the line as it is', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 2)
      const gone = await world.worker()
      await world.stores.workers.closeWorker(gone, world.clock.now())
      expect(await world.take(2, gone)).toEqual([])
      expect(await world.take(2, world.ids.next() as WorkerId)).toEqual([])
      expect(await world.line(projectId)).toEqual(jobs)
    })

    it('takes nothing behind a shut gate or of a paused run, nor runs of other types', async (world) => {
      const [shut, open] = [await world.project(), await world.project()]
      const workerId = await world.worker()
      await world.loose(shut, 2)
      await world.setPaused(shut, true)
      const paused = await world.run(open, { scenarios: 2 })
      await world.pauseRun(paused.runId)
      await world.run(open, { type: 'other', priority: 'high' })
      const free = await world.loose(open, 1)
      const known = ['probe:scenario', 'analyze']
      expect((await world.take(9, workerId, known)).map(({ jobId }) => jobId)).toEqual(free)
      await world.setPaused(shut, false)
      expect(await world.take(9, workerId, known)).toHaveLength(2)
      await world.setPaused(null, true)
      expect(await world.take(9, workerId)).toEqual([])
    })

    it('takes what came back before what was never begun, and does not forget a type that it passes over', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [first, second] = await world.loose(projectId, 2)
      const [other] = await world.loose(projectId, 1, { type: 'other' })
      const [last] = await world.loose(projectId, 1)
      await world.settle(await world.take(1, workerId), { kind: 'returned' }, workerId)
      const taken = await world.take(9, workerId, ['analyze'])
      expect(taken.map(({ jobId }) => jobId)).toEqual([first, second, last])
      expect((await world.take(9, workerId)).map(({ jobId }) => jobId)).toEqual([other])
    })

    it('keeps a run to its pace', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.run(projectId, { scenarios: 50, maxJobsPerSecond: 10 })
      let taken = 0
      for (let tick = 0; tick < 20; tick++) {
        taken += (await world.take(50, workerId)).length
        await world.clock.advance(100)
      }
      expect(taken).toBeGreaterThanOrEqual(18)
      expect(taken).toBeLessThanOrEqual(22)
    })
  })
}
