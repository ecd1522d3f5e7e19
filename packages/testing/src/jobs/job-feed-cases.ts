import type { JobId, ProjectId } from '@muster/core'
import { fact } from '@muster/core/feed'
import { describe, expect } from 'vitest'
import { type Case, present } from './job-world.ts'

const idsOf = (jobs: readonly { readonly jobId: JobId }[]): JobId[] => jobs.map(({ jobId }) => jobId)

/** Who is fed, and when. */
export function jobFeedCases(it: Case): void {
  describe('keeps the line', () => {
    it('feeds the oldest first within a lane', async (world) => {
      const projectId = await world.project()
      const first = await world.loose(projectId, 3)
      const then = await world.loose(projectId, 2)
      expect(idsOf(await world.feed(10))).toEqual([...first, ...then])
    })

    it('keeps nothing of an add whose transaction throws', async (world) => {
      const projectId = await world.project()
      const before = await world.loose(projectId, 2)
      const attempt = world.persistence.transaction(async ({ jobs }) => {
        const job = { jobId: world.ids.next() as JobId, projectId, taskId: null, type: 'analyze', payload: 1 }
        const now = world.clock.now()
        const rest = { maxAttempts: 3, availableAt: now, createdAt: now, createdBy: null }
        await jobs.add([{ ...job, ...rest, priority: 5 }])
        await jobs.add([{ ...job, ...rest, jobId: world.ids.next() as JobId, priority: 80 }])
        throw new Error('no')
      })
      await expect(attempt).rejects.toThrow('no')
      const after = await world.loose(projectId, 2)
      expect(await world.line(projectId)).toEqual([...before, ...after])
      expect((await world.item(present(after[1]))).globalPosition).toBe(4)
      expect(idsOf(await world.feed(9))).toEqual([...before, ...after])
    })

    it('adds items with their facts, and leaves out those of a project that is not there', async (world) => {
      const [projectId, nowhere] = [await world.project(), world.ids.next() as ProjectId]
      const now = world.clock.now()
      const items = [projectId, nowhere, projectId].map((of) => ({
        jobId: world.ids.next() as JobId,
        projectId: of,
        taskId: null,
        type: 'analyze',
        payload: { 'b "': 1, a: '\u2028' },
        priority: 5,
        maxAttempts: 3,
        availableAt: now,
        createdBy: null,
        createdAt: now,
      }))
      const facts = items.map(({ projectId: of, jobId: itemId, type, priority, createdBy }) =>
        fact(of, 'queue_item_added', { itemId, type, priority, createdBy }),
      )
      const { jobs, events } = world.persistence.stores
      expect(await jobs.addItems(items, facts, now)).toEqual([nowhere])
      const kept = items.filter((item) => item.projectId === projectId)
      expect(await world.line(projectId)).toEqual(kept.map(({ jobId }) => jobId))
      expect((await jobs.find(present(kept[1]).jobId))?.payload).toEqual(present(kept[1]).payload)
      expect(await jobs.find(present(items[1]).jobId)).toBeUndefined()
      const told = (await events.read(projectId, 0, 10)).filter(({ type }) => type === 'queue_item_added')
      expect(told.map(({ data }) => data)).toEqual([facts[0]?.data, facts[2]?.data])
      expect(told.map(({ audience, occurredAt }) => [audience, occurredAt])).toEqual(
        Array(2).fill(['members', now]),
      )
      expect(await events.read(nowhere, 0, 10)).toEqual([])
      expect(await jobs.addItems([], [], now)).toEqual([])
    })

    it('tells items as they are found, with their positions, when it adds them', async (world) => {
      const [projectId, other, nowhere] = [
        await world.project(),
        await world.project(),
        world.ids.next() as ProjectId,
      ]
      await world.loose(projectId, 2)
      await world.loose(other, 3)
      await world.feed(1)
      const now = world.clock.now()
      const later = new Date(now.getTime() + 60_000)
      const items = (
        [
          [projectId, 5, now],
          [nowhere, 5, now],
          [projectId, 5, later],
          [other, 9, now],
          [projectId, 5, now],
        ] as const
      ).map(([of, priority, availableAt]) => ({
        jobId: world.ids.next() as JobId,
        projectId: of,
        taskId: null,
        type: 'analyze',
        payload: { a: 1 },
        priority,
        maxAttempts: 3,
        availableAt,
        createdBy: null,
        createdAt: now,
      }))
      const { jobs } = world.persistence.stores
      const told = await jobs.addPlaced(items, [], now)
      const kept = items.filter((item) => item.projectId !== nowhere).map(({ jobId }) => jobId)
      expect(idsOf(told)).toEqual(kept)
      const found = new Map((await jobs.findItems(kept)).map((item) => [item.jobId, item]))
      expect(told).toEqual(kept.map((jobId) => found.get(jobId)))
      expect(told.map(({ position }) => position)).toEqual([3, null, 1, 4])
      expect(await jobs.addPlaced([], [], now)).toEqual([])
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
      expect(idsOf(await world.feed(9, ['probe:scenario']))).toEqual(idsOf(await world.jobsOf(known.runId)))
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

    it('keeps the pace in every second, the first one too', async (world) => {
      const projectId = await world.project()
      await world.run(projectId, { scenarios: 200, maxJobsPerSecond: 20 })
      const fed: number[] = []
      for (let tick = 0; tick < 60; tick++) {
        if (tick < 20 || tick > 40) fed.push((await world.feed(100)).length)
        else fed.push(0)
        await world.clock.advance(50)
      }
      for (let tick = 0; tick + 20 <= fed.length; tick++) {
        const inSecond = fed.slice(tick, tick + 20).reduce((sum, count) => sum + count, 0)
        // What was not asked for in time is caught up on, a quarter of a second's worth at most.
        expect(inSecond).toBeLessThanOrEqual(20 + 5 + 1)
      }
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
}
