import type { AssignmentId, ProjectId, TaskId, UserId } from '@muster/core'
import { fact } from '@muster/core/feed'
import { MOST_DEATHS } from '@muster/core/rules'
import type { RateWindow } from '@muster/core/runs'
import { describe, expect } from 'vitest'
import { broken, casesOn, done, handedBack } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'

const HOUR_MS = 3_600_000

/** Every promise of {@link RateStore}, on whatever `open` opens: empty each time. */
export function rateStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a RateStore`, () => {
    const it = casesOn(open)

    it('counts jobs where they settle or are tried again, by type and stretch of time', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const workerId = await world.worker(10 * HOUR_MS)
      const begin = world.clock.now()
      const at = (seconds: number): Date => new Date(begin.getTime() + seconds * 1_000)
      const window = (seconds: number, step: number): RateWindow => ({ from: begin, to: at(seconds), step })
      await world.loose(projectId, 5, { type: 'analyze' })
      await world.loose(other, 1, { type: 'other' })
      const active = await world.start(6, workerId)
      const [a, b, c, d, e] = active.filter((job) => job.projectId === projectId).map((job) => [job])
      if (!a || !b || !c || !d || !e) throw new Error('five were started')
      await world.settle(a, done, workerId)
      await world.settle(b, broken, workerId)
      await world.settle(c, world.retryIn(1_000), workerId)
      await world.settle(d, handedBack, workerId)
      await world.clock.advance(10_000)
      await world.settle(e, done, workerId)
      await world.settle(
        active.filter((job) => job.projectId === other),
        done,
        workerId,
      )
      const first = { type: 'analyze', at: begin, settled: 2, failed: 1, retried: 1, lost: 0 }
      const second = { type: 'analyze', at: at(10), settled: 1, failed: 0, retried: 0, lost: 0 }
      expect(await world.stores.rates.jobs(projectId, window(20, 10))).toEqual([first, second])
      expect(await world.stores.rates.jobs(projectId, window(10, 10))).toEqual([first])
      expect(await world.stores.rates.jobs(projectId, { ...window(20, 10), from: at(10) })).toEqual([second])
      expect(await world.stores.rates.jobs(projectId, window(60, 60))).toEqual([{ ...first, settled: 3 }])
      expect(await world.stores.rates.jobs(null, window(20, 10))).toEqual([
        first,
        second,
        { ...second, type: 'other' },
      ])
      expect(await world.stores.rates.jobs(world.ids.next() as ProjectId, window(20, 10))).toEqual([])
    })

    it('counts attempts that lost their worker, beside those that failed by it', async (world) => {
      const projectId = await world.project()
      const begin = world.clock.now()
      await world.loose(projectId, 2, { type: 'analyze' })
      for (let death = 0; death < MOST_DEATHS; death++) {
        const workerId = await world.worker(1_000)
        await world.start(2, workerId)
        await world.clock.advance(1_001)
        await world.reap()
      }
      const leaving = await world.worker()
      await world.stores.workers.closeWorker(leaving, world.clock.now())
      const window = { from: begin, to: world.in(10_000), step: 3_600 }
      expect(await world.stores.rates.jobs(projectId, { ...window, from: new Date(0) })).toMatchObject([
        { type: 'analyze', settled: 2, failed: 2, retried: 0, lost: 2 * MOST_DEATHS },
      ])
    })

    it('counts nothing of a transaction that throws, nor what is cancelled', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 3 })
      await world.start(1, workerId)
      await world.cancelRun(run.runId)
      await expect(
        world.persistence.transaction(async ({ events }) => {
          await events.append([submitted(projectId)])
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      const window = { from: world.in(-HOUR_MS), to: world.in(HOUR_MS), step: 60 }
      expect(await world.stores.rates.jobs(projectId, window)).toEqual([])
      expect(await world.stores.rates.steps(projectId, window)).toEqual([])
    })

    it('counts what people submit and what comes back to them, by step', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const append = (...facts: ReturnType<typeof submitted>[]) =>
        world.persistence.transaction(({ events }) => events.append(facts))
      await append(submitted(projectId), submitted(projectId, 'check', 'review'), submitted(other))
      await append(returned(projectId), submitted(projectId))
      const at = world.clock.now()
      const window = { from: at, to: world.in(10_000), step: 10 }
      const label = { stepId: 'label', stepType: 'annotation', at, submitted: 2, returned: 1 }
      const check = { stepId: 'check', stepType: 'review', at, submitted: 1, returned: 0 }
      expect(await world.stores.rates.steps(projectId, window)).toEqual([check, label])
      expect(await world.stores.rates.steps(null, window)).toEqual([check, { ...label, submitted: 3 }])
    })

    it('puts old counts together, to minutes and then to hours, and loses none', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker(400 * HOUR_MS)
      const begin = world.clock.now()
      for (let moment = 0; moment < 8; moment++) {
        await world.loose(projectId, 1, { type: 'analyze' })
        await world.settle(await world.start(1, workerId), done, workerId)
        await world.persistence.transaction(({ events }) => events.append([submitted(projectId)]))
        await world.clock.advance(20_000)
      }
      const window = { from: begin, to: world.in(0), step: 10 }
      const counts = async (step = 10) => [
        (await world.stores.rates.jobs(projectId, { ...window, step })).map(({ settled }) => settled),
        (await world.stores.rates.steps(projectId, { ...window, step })).map((one) => one.submitted),
      ]
      const now = (hours: number): Date => new Date(begin.getTime() + hours * HOUR_MS)
      const ones = Array.from({ length: 8 }, () => 1)
      expect(await world.stores.rates.thin(now(23), 100)).toBe(0)
      expect(await counts()).toEqual([ones, ones])
      expect(await world.stores.rates.thin(now(25), 5)).toBe(10)
      expect(await world.stores.rates.thin(now(25), 100)).toBe(6)
      expect(await world.stores.rates.thin(now(25), 100)).toBe(0)
      expect(await counts()).toEqual([
        [3, 3, 2],
        [3, 3, 2],
      ])
      expect(await world.stores.rates.thin(now(7 * 24 + 2), 100)).toBe(6)
      expect(await counts(60)).toEqual([[8], [8]])
    })
  })
}

const HELD = {
  taskId: '01890000-0000-7000-8000-000000000001' as TaskId,
  assignmentId: '01890000-0000-7000-8000-000000000002' as AssignmentId,
  userId: '01890000-0000-7000-8000-000000000003' as UserId,
}

function submitted(projectId: ProjectId, stepId = 'label', stepType = 'annotation') {
  return fact(projectId, 'task_status_changed', {
    ...HELD,
    stepId,
    stepType,
    status: 'submitted',
    from: 'in_progress',
    attempt: 1,
  })
}

function returned(projectId: ProjectId) {
  return fact(projectId, 'task_assigned', {
    ...HELD,
    stepId: 'label',
    stepType: 'annotation',
    status: 'assigned',
    from: 'submitted',
    attempt: 2,
    reason: 'task_returned',
  })
}
