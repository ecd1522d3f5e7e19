import type { JobId, Json, RunId } from '@muster/core'
import type { ActiveJob, WorkerId } from '@muster/core/ports'
import type { MatrixCondition } from '@muster/core/runs'
import { describe, expect } from 'vitest'
import { casesOn, type JobWorld, ODD, present } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'

const POINTERS = { labelAt: '/label', scoreAt: '/score' }

/** Every promise of {@link MatrixStore}, on whatever `open` opens: empty each time. */
export function matrixStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a MatrixStore`, () => {
    const it = casesOn(open)

    it('gives scenarios with what each model made of them, by place', async (world) => {
      const { runId, jobs, answer, workerId } = await answering(world, { scenarios: 5, places: [2, 3, 5] })
      await answer('s2', 'x', { label: 'da', score: 0.5 })
      await answer('s2', 'y', { label: { deep: [1] }, score: 'high' })
      await answer('s3', 'x', 'da')
      await answer('s5', 'x', { label: 'n'.repeat(300) })
      const failed = jobs.find((job) => job.scenarioId === 's3' && job.model === 'y')
      await world.settle([present(failed)], { kind: 'failed', error: ODD }, workerId)
      const rows = await world.stores.matrices.rows(runId, { from: 1, limit: 9 }, POINTERS)
      const idOf = (scenarioId: string, model: string): JobId | undefined =>
        jobs.find((job) => job.scenarioId === scenarioId && job.model === model)?.jobId
      const none = { label: null, score: null }
      expect(rows).toEqual([
        {
          place: 2,
          scenarioId: 's2',
          preview: '{"n":2}',
          taskId: null,
          people: null,
          cells: [
            { jobId: idOf('s2', 'x'), state: 'completed', label: 'da', score: 0.5 },
            { jobId: idOf('s2', 'y'), state: 'completed', label: '{"deep":[1]}', score: null },
          ],
        },
        {
          place: 3,
          scenarioId: 's3',
          preview: '{"n":3}',
          taskId: null,
          people: null,
          cells: [
            { jobId: idOf('s3', 'x'), state: 'completed', ...none },
            { jobId: idOf('s3', 'y'), state: 'failed', ...none },
          ],
        },
        {
          place: 5,
          scenarioId: 's5',
          preview: '{"n":5}',
          taskId: null,
          people: null,
          cells: [
            { jobId: idOf('s5', 'x'), state: 'completed', label: 'n'.repeat(200), score: null },
            { jobId: idOf('s5', 'y'), state: 'active', ...none },
          ],
        },
      ])
      const placesOf = async (slice: Parameters<typeof world.stores.matrices.rows>[1]) =>
        (await world.stores.matrices.rows(runId, slice, POINTERS)).map(({ place }) => place)
      expect(await placesOf({ from: 3, limit: 1 })).toEqual([3])
      expect(await placesOf({ from: 4, limit: 9 })).toEqual([5])
      expect(await placesOf({ places: [5, 2, 4] })).toEqual([2, 5])
      const whole = await world.stores.matrices.rows(runId, { places: [3] }, { ...POINTERS, labelAt: '' })
      expect(whole[0]?.cells[0]?.label).toBe('da')
    })

    it('shows what a cancel has decided on', async (world) => {
      const run = await world.run(await world.project(), { scenarios: 1, models: ['x', 'y'] })
      await world.cancelRun(run.runId)
      const [row] = await world.stores.matrices.rows(run.runId, { from: 1, limit: 1 }, POINTERS)
      expect(row?.cells.map(({ state }) => state)).toEqual(['cancelled', 'cancelled'])
      expect(await world.stores.matrices.places(run.runId, '/label', [{ kind: 'failed' }])).toEqual([])
    })

    it('finds the places of which all conditions hold', async (world) => {
      const { runId, jobs, answer, workerId } = await answering(world, { scenarios: 6 })
      for (const [scenarioId, x, y] of [
        ['s1', 'da', 'nb'],
        ['s2', 'da', 'da'],
        ['s3', 'nb', null],
        ['s5', '%', 'd_'],
      ] as const) {
        await answer(scenarioId, 'x', { label: x })
        await answer(scenarioId, 'y', { label: y })
      }
      const failed = jobs.find((job) => job.scenarioId === 's4' && job.model === 'y')
      await answer('s4', 'x', { label: 'da' })
      await world.settle([present(failed)], { kind: 'failed', error: ODD }, workerId)
      const find = (...conditions: MatrixCondition[]) =>
        world.stores.matrices.places(runId, '/label', conditions)
      expect(await find()).toEqual([1, 2, 3, 4, 5, 6])
      expect(await find({ kind: 'split' })).toEqual([1, 5])
      expect(await find({ kind: 'failed' })).toEqual([4])
      expect(await find({ kind: 'is', model: 0, label: 'da' })).toEqual([1, 2, 4])
      expect(await find({ kind: 'is', model: 0, label: "d'a" })).toEqual([])
      expect(await find({ kind: 'isNot', model: 1, label: 'da' })).toEqual([1, 5])
      expect(await find({ kind: 'differs', model: 1, other: 0 })).toEqual([1, 5])
      expect(await find({ kind: 'is', model: 0, label: 'da' }, { kind: 'failed' })).toEqual([4])
    })

    it('finds places by the texts of their scenarios, whatever letters mean elsewhere', async (world) => {
      const projectId = await world.project()
      const payloads: Json[] = [
        { text: 'Og mod enhver' },
        { note: ['50 % of "it"'], text: 'x' },
        'og MOD',
        { mod: 1 },
        { n: 'back\\slash_' },
        'Ærø',
      ]
      const run = await world.runOf(projectId, payloads)
      const find = (text: string, ...more: MatrixCondition[]) =>
        world.stores.matrices.places(run.runId, '/label', [{ kind: 'text', text }, ...more])
      expect(await find('og mod')).toEqual([1, 3])
      expect(await find('mod')).toEqual([1, 3])
      expect(await find('% of "IT"')).toEqual([2])
      expect(await find('\\slash_')).toEqual([5])
      expect(await find('_')).toEqual([5])
      // Letters beyond A to Z are told apart: how they are folded is a database's own matter.
      expect([await find('Rø'), await find('rØ'), await find('ærø')]).toEqual([[6], [], []])
      expect(await find('og mod', { kind: 'text', text: 'enhver' })).toEqual([1])
      expect(await find('og mod', { kind: 'failed' })).toEqual([])
    })

    it('has nothing of a run that is not there', async (world) => {
      const nobody = world.ids.next() as RunId
      expect(await world.stores.matrices.rows(nobody, { from: 1, limit: 9 }, POINTERS)).toEqual([])
      expect(await world.stores.matrices.places(nobody, '/label', [])).toEqual([])
    })
  })
}

async function answering(
  world: JobWorld,
  wish: { readonly scenarios: number; readonly places?: readonly number[] },
): Promise<{
  readonly runId: RunId
  readonly workerId: WorkerId
  readonly jobs: readonly ActiveJob[]
  readonly answer: (scenarioId: string, model: string, result: Json) => Promise<unknown>
}> {
  const workerId = await world.worker()
  const { runId } = await world.run(await world.project(), { ...wish, models: ['x', 'y'] })
  const jobs = await world.start(2 * wish.scenarios, workerId)
  const answer = (scenarioId: string, model: string, result: Json): Promise<unknown> => {
    const job = present(jobs.find((one) => one.scenarioId === scenarioId && one.model === model))
    return world.settleEach([{ jobId: job.jobId, start: job.start, kind: 'completed', result }], workerId)
  }
  return { runId, workerId, jobs, answer }
}
