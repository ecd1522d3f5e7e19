import { describe, expect } from 'vitest'
import { type Case, done, present } from './job-world.ts'

/** What is known while jobs are done: steps and counts. */
export function jobProgressCases(it: Case): void {
  describe('takes steps', () => {
    it('keeps the furthest step of an attempt, and forgets it with the next', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const { jobId, start } = await world.startOne(workerId)
      const report = (index: number, progress: number, by = workerId, at = start) =>
        world.stores.workers.reportSteps(
          [{ jobId, start: at, step: { name: `step ${index}`, index, total: 3 }, progress }],
          by,
        )
      const shown = async () => {
        const { step, progress } = await world.job(jobId)
        return [step?.index ?? null, progress]
      }
      expect(await shown()).toEqual([null, 0])
      await report(2, 40)
      expect(await shown()).toEqual([2, 40])
      await report(1, 90)
      await report(2, 30)
      expect(await shown()).toEqual([2, 40])
      await report(2, 50)
      expect(await shown()).toEqual([2, 50])
      await report(3, 99, await world.worker())
      await report(3, 99, workerId, start + 1)
      expect(await shown()).toEqual([2, 50])
      await world.settle([{ jobId, start }], world.retryIn(0), workerId)
      await world.wake()
      await world.startOne(workerId)
      expect(await shown()).toEqual([null, 0])
    })
  })

  describe('counts', () => {
    it('by type, in the project and over all, without those it does not know', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const workerId = await world.worker()
      await world.run(mine, { scenarios: 2, priority: 'high' })
      await world.loose(mine, 2, { type: 'other' })
      await world.loose(mine, 1, { delayMs: 9_000 })
      await world.loose(theirs, 1, { type: 'other' })
      const [first, second] = await world.start(2, workerId)
      await world.settle([present(first)], done, workerId)
      await world.settle([present(second)], world.retryIn(1_000), workerId)
      await world.startOne(workerId)
      const none = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
      expect(Object.fromEntries(await world.stores.jobs.countByType(mine))).toEqual({
        'probe:scenario': { ...none, pending: 1, completed: 1 },
        other: { ...none, pending: 1, active: 1 },
        analyze: { ...none, pending: 1 },
      })
      expect((await world.stores.jobs.countByType(null)).get('other')).toEqual({
        ...none,
        pending: 2,
        active: 1,
      })
      await world.cancelPending(await world.looseOne(theirs))
      expect((await world.stores.jobs.countByType(theirs)).get('analyze')).toEqual({ ...none, cancelled: 1 })
      const empty = await world.stores.jobs.countByType(await world.project())
      expect(empty.size).toBe(0)
    })

    it('by project, those with most to do first', async (world) => {
      const [busy, idle, done2] = [await world.project(), await world.project(), await world.project()]
      await world.project()
      const workerId = await world.worker()
      await world.loose(done2, 1, { type: 'other' })
      await world.settle(await world.start(1, workerId), done, workerId)
      await world.loose(busy, 2, { type: 'other' })
      await world.run(busy, { scenarios: 2 })
      await world.start(1, workerId)
      await world.loose(idle, 3, { type: 'analyze' })
      const none = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
      expect([...(await world.stores.jobs.countByProject(9))]).toEqual([
        [busy, { ...none, pending: 3, active: 1 }],
        [idle, { ...none, pending: 3 }],
        [done2, { ...none, completed: 1 }],
      ])
      expect([...(await world.stores.jobs.countByProject(1)).keys()]).toEqual([busy])
    })
  })
}
