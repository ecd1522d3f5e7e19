import type { JobId } from '@muster/core'
import { describe, expect } from 'vitest'
import { type Case, done, present } from './job-world.ts'

const idsOf = (jobs: readonly { readonly jobId: JobId }[]): JobId[] => jobs.map(({ jobId }) => jobId)

/** What positions and lists say of the line. */
export function jobPositionCases(it: Case): void {
  describe('knows positions', () => {
    it('ranks by priority, then round, then turn, then age, in the project and over all', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const run = await world.run(mine, { scenarios: 2 })
      const loose = await world.loose(mine, 2)
      const foreign = await world.loose(theirs, 3)
      const urgent = await world.looseOne(mine, { priority: 100 })
      const jobs = idsOf(await world.jobsOf(run.runId))
      const places = async (ids: readonly JobId[]) => {
        const items = await Promise.all(ids.map((id) => world.item(id)))
        return items.map(({ position, globalPosition }) => [position, globalPosition])
      }
      expect(await places([urgent])).toEqual([[1, 1]])
      expect(await places(jobs)).toEqual([
        [2, 2],
        [4, 5],
      ])
      expect(await places(loose)).toEqual([
        [3, 3],
        [5, 6],
      ])
      expect(await places(foreign)).toEqual([
        [1, 4],
        [2, 7],
        [3, 8],
      ])
    })

    it('keeps what was handed over but not begun at the front', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 4)
      const fed = await world.feed(2)
      expect(await world.line(projectId)).toEqual(jobs)
      expect((await world.item(present(jobs[0]))).position).toBe(1)
      await world.begin(fed, workerId)
      expect(await world.line(projectId)).toEqual(jobs.slice(2))
      expect((await world.item(present(jobs[2]))).position).toBe(1)
    })

    it('has none for what is active, waiting or settled', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [a, b] = await world.loose(projectId, 2)
      const delayed = await world.looseOne(projectId, { delayMs: 60_000 })
      const active = await world.start(2, workerId)
      await world.settle(active.slice(0, 1), done, workerId)
      for (const jobId of [a, b, delayed]) {
        expect(await world.item(present(jobId))).toMatchObject({ position: null, globalPosition: null })
      }
      expect((await world.item(delayed)).state).toBe('pending')
    })

    it('keeps those of paused projects and runs', async (world) => {
      const [shut, open] = [await world.project(), await world.project()]
      const held = await world.looseOne(shut, { priority: 50 })
      const run = await world.run(open, { scenarios: 1, priority: 'high' })
      const free = await world.looseOne(open)
      await world.setPaused(shut, true)
      await world.pauseRun(run.runId)
      expect(await world.item(held)).toMatchObject({ position: 1, globalPosition: 1 })
      expect(await world.item(free)).toMatchObject({ position: 2, globalPosition: 3 })
    })

    it('closes the gap that a cancelled or moved job leaves', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 5)
      await world.cancelPending(present(jobs[1]))
      await world.setPriority(present(jobs[2]), 1)
      expect(await world.line(projectId)).toEqual([jobs[0], jobs[3], jobs[4], jobs[2]])
      expect((await world.item(present(jobs[4]))).position).toBe(3)
      expect((await world.item(present(jobs[2]))).position).toBe(4)
      expect(idsOf(await world.feed(9))).toEqual([jobs[0], jobs[3], jobs[4], jobs[2]])
    })

    it('gives several items with their positions, without those that do not exist', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 3)
      const asked = [present(jobs[2]), world.ids.next() as JobId, present(jobs[0])]
      const found = await world.stores.jobs.findItems(asked)
      expect(new Map(found.map(({ jobId, position }) => [jobId, position]))).toEqual(
        new Map([
          [jobs[0], 1],
          [jobs[2], 3],
        ]),
      )
      expect(await world.stores.jobs.findItems([])).toEqual([])
    })

    it('knows no item under an unknown id', async (world) => {
      expect(await world.stores.jobs.findItems([world.ids.next() as JobId])).toEqual([])
      expect(await world.stores.jobs.find(world.ids.next() as JobId)).toBeUndefined()
    })
  })

  describe('lists items', () => {
    it('shows active by start, pending by position, waiting by due time, settled newest first', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [settledFirst, settledLast, activeFirst, activeLast, pending, later] = await world.loose(
        projectId,
        6,
      )
      const [far] = await world.loose(projectId, 1, { delayMs: 90_000 })
      const [near] = await world.loose(projectId, 1, { delayMs: 30_000 })
      for (let settled = 0; settled < 2; settled++) {
        await world.settle([await world.startOne(workerId)], done, workerId)
        await world.clock.advance(1_000)
      }
      await world.startOne(workerId)
      await world.clock.advance(1_000)
      await world.startOne(workerId)
      const order = [activeFirst, activeLast, pending, later, near, far, settledLast, settledFirst]
      expect(idsOf(await world.items(projectId))).toEqual(order)
      for (const limit of [1, 3]) expect(idsOf(await world.items(projectId, {}, limit))).toEqual(order)
      expect(idsOf(await world.items(projectId, { state: ['completed', 'active'] }))).toEqual([
        activeFirst,
        activeLast,
        settledLast,
        settledFirst,
      ])
      expect(idsOf(await world.items(projectId, { state: ['pending'] }))).toEqual([pending, later, near, far])
    })

    it('narrows to a type and to the project, without changing positions', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      await world.loose(theirs, 1)
      await world.loose(mine, 1)
      const others = await world.loose(mine, 2, { type: 'other' })
      const items = await world.items(mine, { type: 'other' })
      expect(idsOf(items)).toEqual(others)
      expect(items.map(({ position }) => position)).toEqual([2, 3])
    })

    it('goes on where it was although the head has moved', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 9)
      const filter = { projectId, state: ['pending'] as const }
      const page = await world.stores.jobs.listItems(filter, { limit: 4 })
      expect(page.map(({ item }) => item.jobId)).toEqual(jobs.slice(0, 4))
      await world.start(4, workerId)
      await world.cancelPending(present(jobs[4]))
      const next = await world.stores.jobs.listItems(filter, { limit: 9, after: page.at(-1)?.key })
      expect(next.map(({ item }) => item.jobId)).toEqual(jobs.slice(5))
      expect(next.map(({ item }) => item.position)).toEqual([1, 2, 3, 4])
    })

    it('pages through settled items without a hole while more settle', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 8)
      const settleOne = async (): Promise<JobId> => {
        const job = await world.startOne(workerId)
        await world.clock.advance(1_000)
        await world.settle([job], done, workerId)
        return job.jobId
      }
      const settled: JobId[] = []
      for (let index = 0; index < 5; index++) settled.unshift(await settleOne())
      const filter = { projectId, state: ['completed'] as const }
      const page = await world.stores.jobs.listItems(filter, { limit: 2 })
      await settleOne()
      const next = await world.stores.jobs.listItems(filter, { limit: 9, after: page.at(-1)?.key })
      expect([...page, ...next].map(({ item }) => item.jobId)).toEqual(settled)
    })
  })
}
