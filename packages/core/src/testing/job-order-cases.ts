import { describe, expect } from 'vitest'
import type { JobId } from '../ids.ts'
import { type Case, done, present, TYPES } from './job-world.ts'

const idsOf = (jobs: readonly { readonly jobId: JobId }[]): JobId[] => jobs.map(({ jobId }) => jobId)

/** Who is fed when, and what positions say of it. */
export function jobOrderCases(it: Case): void {
  describe('keeps the line', () => {
    it('feeds the oldest first within a lane', async (world) => {
      const projectId = await world.project()
      const first = await world.loose(projectId, 3)
      const then = await world.loose(projectId, 2)
      expect(idsOf(await world.feed(10))).toEqual([...first, ...then])
    })

    it('feeds all of a higher priority before any of a lower', async (world) => {
      const projectId = await world.project()
      const low = await world.loose(projectId, 2, { priority: -3 })
      const high = await world.loose(projectId, 2, { priority: 9 })
      const normal = await world.loose(projectId, 2)
      expect(idsOf(await world.feed(5))).toEqual([...high, ...normal, low[0]])
    })

    it('lets lanes of one priority take turns, so that a short run does not wait for a long one', async (world) => {
      const projectId = await world.project()
      const long = await world.run(projectId, { scenarios: 20 })
      const short = await world.run(projectId, { scenarios: 2 })
      const [longJobs, shortJobs] = [await world.jobsOf(long.runId), await world.jobsOf(short.runId)]
      expect(idsOf(await world.feed(6))).toEqual(
        [longJobs[0], shortJobs[0], longJobs[1], shortJobs[1], longJobs[2], longJobs[3]].map(
          (job) => job?.jobId,
        ),
      )
    })

    it('goes on with the lane served longest ago', async (world) => {
      const projectId = await world.project()
      const a = await world.run(projectId)
      const b = await world.run(projectId)
      const c = await world.run(projectId)
      const runs = [a, a, b, c].map(({ runId }) => runId)
      const fed = [...(await world.feed(1)), ...(await world.feed(1)), ...(await world.feed(1))]
      const order = await Promise.all(fed.map(async ({ jobId }) => (await world.job(jobId)).runId))
      expect(order).toEqual([runs[0], runs[2], runs[3]])
      const [fourth] = await world.feed(1)
      expect((await world.job(present(fourth).jobId)).runId).toBe(a.runId)
    })

    it('serves a new lane before those that were served already', async (world) => {
      const projectId = await world.project()
      await world.run(projectId, { scenarios: 20 })
      await world.feed(7)
      const late = await world.run(projectId, { scenarios: 1 })
      expect(idsOf(await world.feed(1))).toEqual(idsOf(await world.jobsOf(late.runId)))
    })

    it('makes the jobs of a run place by place, model by model', async (world) => {
      const projectId = await world.project()
      const { runId } = await world.run(projectId, { scenarios: 4, models: ['x', 'y'], places: [2, 4] })
      const made = await world.jobsOf(runId)
      expect(made.map(({ scenarioId, model, payload }) => [scenarioId, model, payload])).toEqual([
        ['s2', 'x', { n: 2 }],
        ['s2', 'y', { n: 2 }],
        ['s4', 'x', { n: 4 }],
        ['s4', 'y', { n: 4 }],
      ])
      expect(idsOf(await world.feed(9))).toEqual(idsOf(made))
    })

    it('says with a delivery what type it is and which lane it lies in', async (world) => {
      const projectId = await world.project()
      const [a, b] = await world.loose(projectId, 2, { type: 'other' })
      const [first, second] = await world.feed(2)
      expect(first).toMatchObject({ jobId: a, type: 'other' })
      expect(second).toMatchObject({ jobId: b, type: 'other', lane: first?.lane })
    })

    it('passes over runs of a type that is not asked for', async (world) => {
      const projectId = await world.project()
      const strange = await world.run(projectId, { type: 'other', priority: 'high' })
      const known = await world.run(projectId, { scenarios: 2 })
      expect(idsOf(await world.feed(9, null, ['probe:scenario']))).toEqual(
        idsOf(await world.jobsOf(known.runId)),
      )
      expect(idsOf(await world.feed(9))).toEqual(idsOf(await world.jobsOf(strange.runId)))
    })

    it('never hands one job to two feeds, however they race', async (world) => {
      const projectId = await world.project()
      await world.run(projectId, { scenarios: 15 })
      await world.run(projectId, { scenarios: 10 })
      await world.loose(projectId, 5)
      const feeds = await Promise.all(Array.from({ length: 6 }, () => world.feed(4)))
      const rest = await world.feed(30)
      const fed = idsOf([...feeds.flat(), ...rest])
      expect(new Set(fed).size).toBe(30)
      expect(fed).toHaveLength(30)
      expect(await world.feed(1)).toEqual([])
    })

    it('feeds nothing of a project whose gate is shut, nor of a paused run, until it opens', async (world) => {
      const [shut, open] = [await world.project(), await world.project()]
      const behindGate = await world.loose(shut, 2)
      const run = await world.run(open, { scenarios: 2 })
      const free = await world.loose(open, 1)
      await world.setPaused(shut, true)
      await world.pauseRun(run.runId)
      expect(idsOf(await world.feed(9))).toEqual(free)
      await world.setPaused(shut, false)
      expect(idsOf(await world.feed(9))).toEqual(behindGate)
      await world.resumeRun(run.runId, 'pending')
      expect(idsOf(await world.feed(9))).toEqual(idsOf(await world.jobsOf(run.runId)))
    })

    it('feeds nothing at all while the system is paused', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 2)
      await world.setPaused(null, true)
      expect(await world.feed(9)).toEqual([])
      await world.setPaused(null, false)
      expect(idsOf(await world.feed(9))).toEqual(jobs)
    })

    it('is not held up by many paused lanes before the ready one', async (world) => {
      const [shut, open] = [await world.project(), await world.project()]
      for (let priority = 0; priority < 40; priority++)
        await world.loose(shut, 1, { priority: 100 + priority })
      const ready = await world.loose(open, 3)
      await world.setPaused(shut, true)
      expect(idsOf(await world.feed(3))).toEqual(ready)
    })

    it('paces a run: never more than a second’s worth at once, and as much in the long run', async (world) => {
      const projectId = await world.project()
      await world.run(projectId, { scenarios: 200, maxJobsPerSecond: 10 })
      let fed = 0
      for (let tick = 0; tick < 50; tick++) {
        const window = await world.feed(100)
        expect(window.length).toBeLessThanOrEqual(10)
        fed += window.length
        expect(fed).toBeLessThanOrEqual(10 + (tick * 200 * 10) / 1_000)
        await world.clock.advance(200)
      }
      expect(fed).toBeGreaterThanOrEqual(90)
    })

    it('paces a run of less than one job a second', async (world) => {
      const projectId = await world.project()
      await world.run(projectId, { scenarios: 10, maxJobsPerSecond: 0.5 })
      const fed: number[] = []
      for (let second = 0; second <= 8; second++) {
        fed.push((await world.feed(10)).length)
        await world.clock.advance(1_000)
      }
      expect(fed.reduce((sum, count) => sum + count, 0)).toBe(5)
      expect(Math.max(...fed)).toBe(1)
    })

    it('lets others go on while a paced run waits', async (world) => {
      const projectId = await world.project()
      await world.run(projectId, { scenarios: 20, maxJobsPerSecond: 1, priority: 'high' })
      const others = await world.loose(projectId, 3)
      expect(idsOf(await world.feed(10)).slice(1)).toEqual(others)
    })
  })

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
      const fed = await world.feed(2, workerId)
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
      expect(idsOf(await world.feed(9, null, TYPES))).toEqual([jobs[0], jobs[3], jobs[4], jobs[2]])
    })

    it('knows no item under an unknown id', async (world) => {
      expect(await world.stores.jobs.findItem(world.ids.next() as JobId)).toBeUndefined()
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
