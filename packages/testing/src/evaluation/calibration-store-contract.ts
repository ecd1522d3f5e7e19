import type { ProjectId, RunId, TaskId } from '@muster/core'
import type { CalibrationFrame, CalibrationId, KeptCalibration } from '@muster/core/evaluation'
import { describe, expect } from 'vitest'
import { casesOn, type JobWorld, present } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'

/** Every promise of {@link CalibrationStore}, on whatever `open` opens: empty each time. */
export function calibrationStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a CalibrationStore`, () => {
    const it = casesOn(open)

    it('keeps calibrations with their frames as they were, newest first', async (world) => {
      const projectId = world.ids.next() as ProjectId
      const kept: KeptCalibration[] = []
      for (let n = 0; n < 3; n++) {
        kept.unshift(await added(world, projectId))
        await world.clock.advance(1_000)
      }
      const { calibrations } = world.stores
      const middle = present(kept[1])
      expect(await calibrations.find(middle.calibrationId)).toEqual(middle)
      expect(await calibrations.findFrame(middle.calibrationId)).toEqual(FRAME)
      expect(await calibrations.find(world.ids.next() as CalibrationId)).toBeUndefined()
      expect(await calibrations.findFrame(world.ids.next() as CalibrationId)).toBeUndefined()
      expect(await calibrations.list(projectId, { limit: 9 })).toEqual(kept)
      const newest = present(kept[0])
      const after = { createdAt: newest.createdAt, id: newest.calibrationId }
      expect(await calibrations.list(projectId, { limit: 1, after })).toEqual([middle])
      expect(await calibrations.list(world.ids.next() as ProjectId, { limit: 9 })).toEqual([])
    })

    it('changes one that is locked, and its frame only if it is given', async (world) => {
      const before = await added(world)
      const { calibrationId } = before
      const change = (after: KeptCalibration, frame?: CalibrationFrame) =>
        world.persistence.transaction(async ({ calibrations }) => {
          expect(await calibrations.lock(calibrationId)).toBeDefined()
          await calibrations.save(after, frame)
        })
      await change({ ...before, budget: 9 })
      expect(await world.stores.calibrations.find(calibrationId)).toEqual({ ...before, budget: 9 })
      expect(await world.stores.calibrations.findFrame(calibrationId)).toEqual(FRAME)
      const frame = { ...FRAME, pi: [1, 1 / 3, 0.1] }
      await change({ ...before, cancelled: true }, frame)
      expect(await world.stores.calibrations.find(calibrationId)).toEqual({ ...before, cancelled: true })
      expect(await world.stores.calibrations.findFrame(calibrationId)).toEqual(frame)
    })

    it('keeps the end of each task once, and says how many of its calibration are open', async (world) => {
      const [one, other] = [await added(world), await added(world)]
      const taskIds = Array.from({ length: 4 }, () => world.ids.next() as TaskId)
      const [a, b, c, d] = taskIds as [TaskId, TaskId, TaskId, TaskId]
      await world.persistence.transaction(async ({ calibrations }) => {
        await calibrations.addLabels(one.calibrationId, [
          { unit: 2, model: 1, repeat: 1, taskId: c },
          { unit: 0, model: 1, repeat: 1, taskId: b },
          { unit: 0, model: 0, repeat: 2, taskId: a },
        ])
        await calibrations.addLabels(one.calibrationId, [])
        await calibrations.addLabels(other.calibrationId, [{ unit: 1, model: 0, repeat: 1, taskId: d }])
      })
      const end = (...of: Parameters<typeof world.stores.calibrations.endTasks>) =>
        world.persistence.transaction(({ calibrations }) => calibrations.endTasks(...of))
      const { calibrationId, projectId } = one
      expect(await end([b, world.ids.next() as TaskId], 'completed', { right: [true, null] })).toEqual([
        { calibrationId, projectId, waiting: 2 },
      ])
      expect(await end([b], 'cancelled', null)).toEqual([])
      expect(await world.stores.calibrations.listLabels(one.calibrationId)).toEqual([
        { unit: 0, model: 0, repeat: 2, taskId: a, status: 'open', outcome: null },
        { unit: 0, model: 1, repeat: 1, taskId: b, status: 'completed', outcome: { right: [true, null] } },
        { unit: 2, model: 1, repeat: 1, taskId: c, status: 'open', outcome: null },
      ])
      const done = await end([a, c, d], 'cancelled', null)
      const ended = [one, other].map(({ calibrationId, projectId }) => ({
        calibrationId,
        projectId,
        waiting: 0,
      }))
      expect(done).toEqual(ended.sort((x, y) => (x.calibrationId < y.calibrationId ? -1 : 1)))
      expect(await end([a], 'completed', 1)).toEqual([])
    })

    it('lets nothing of a transaction remain that throws', async (world) => {
      const { calibrationId } = await added(world)
      const taskId = world.ids.next() as TaskId
      const failing = world.persistence.transaction(async ({ calibrations }) => {
        await calibrations.addLabels(calibrationId, [{ unit: 0, model: 0, repeat: 1, taskId }])
        throw new Error('no')
      })
      await expect(failing).rejects.toThrow('no')
      expect(await world.stores.calibrations.listLabels(calibrationId)).toEqual([])
    })
  })
}

const FRAME: CalibrationFrame = {
  keys: ['ä', 's2', 's3'],
  scores: [
    [0.1, 0.2, 0.1 + 0.2],
    [1, 0, 5e-324],
  ],
  strata: [0, 1, 1],
  strataNames: ['score 1', { deep: null }],
  clusters: ['x', 'x', 'y'],
  pi: [1 / 3, 0.5, 1],
}

async function added(
  world: JobWorld,
  projectId: ProjectId = world.ids.next() as ProjectId,
): Promise<KeptCalibration> {
  const kept: KeptCalibration = {
    calibrationId: world.ids.next() as CalibrationId,
    projectId,
    runId: world.ids.next() as RunId,
    models: ['a', 'b'],
    asked: {
      judge: { type: 'value', at: '/score' },
      range: [0, 1],
      truth: { projectId, question: 'right', map: { 'ja „nej“': 0.5 } },
    },
    design: 'stratified',
    kind: 'share',
    target: 'scenarios',
    seed: 2 ** 53 - 1,
    budget: 3,
    planned: 3,
    cancelled: false,
    unscored: 0,
    runVersion: 4,
    createdAt: world.clock.now(),
  }
  await world.persistence.transaction(({ calibrations }) => calibrations.add(kept, FRAME))
  return kept
}
