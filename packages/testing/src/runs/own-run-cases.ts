import type { JobType } from '@muster/core'
import { JobValidationError, jobType, ValidationError } from '@muster/core'
import type { NewScenario, RunUseCases } from '@muster/core/calls'
import { runUseCases } from '@muster/core/use-cases'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import type { Case, JobWorld } from '../jobs/job-world.ts'

const shout = jobType({
  name: 'analyze',
  payload: z.strictObject({ text: z.string() }),
  handler: ({ payload }) => payload.text,
})

/** A run's own scenarios become a definition in its transaction. */
export function ownRunCases(it: Case): void {
  describe('starts a run of its own scenarios', () => {
    it('makes a definition of its own', async (world) => {
      const projectId = await world.project()
      const { definitions, events } = world.stores
      const run = await startingIn(world).start(projectId, {
        jobType: shout,
        scenarios: texts('a', 'b'),
        models: ['x', 'y'],
      })
      const definition = await definitions.find(run.definitionId)
      expect(definition).toMatchObject({ jobType: 'analyze', scenarioCount: 2, version: 1, projectId })
      expect(run).toMatchObject({ status: 'pending', tallies: { total: 4 } })
      expect(run.config.definitionSnapshot).toEqual(definition)
      expect((await world.jobsOf(run.runId)).map(({ model, scenarioId }) => [scenarioId, model])).toEqual([
        ['1', 'x'],
        ['1', 'y'],
        ['2', 'x'],
        ['2', 'y'],
      ])
      expect((await events.read(projectId, 0, 9)).map(({ type }) => type)).toEqual([
        'run_status_changed',
        'queue_item_added',
      ])
    })

    it('samples it, and reads it from a stream that asks the stores', async (world) => {
      const projectId = await world.project()
      async function* stream(): AsyncGenerator<NewScenario> {
        for (let nth = 0; nth < 10; nth++) {
          yield { payload: { text: `${(await world.stores.runs.listLive(projectId, 1)).length}` } }
        }
      }
      const request = { jobType: shout, scenarios: stream(), models: ['x'], samplePercentage: 30 }
      expect((await startingIn(world).start(projectId, request)).tallies.total).toBe(3)
    })

    it('starts once for each idempotency key, with one definition', async (world) => {
      const projectId = await world.project()
      const runs = startingIn(world)
      const again = () =>
        runs.start(
          projectId,
          { jobType: shout, scenarios: texts('a'), models: ['x'] },
          { idempotencyKey: 'monday' },
        )
      const first = await again()
      expect(await again()).toEqual(first)
      expect(await world.stores.definitions.list(projectId, { limit: 9 })).toHaveLength(1)
      expect(await world.stores.events.read(projectId, 0, 9)).toHaveLength(2)
    })

    it('keeps nothing of one that fails', async (world) => {
      const projectId = await world.project()
      const runs = startingIn(world)
      const fine = { jobType: shout, scenarios: texts('a'), models: ['x'] }
      for (const [wrong, error] of [
        [{ scenarios: [{ payload: { text: 'a' } }, { payload: { text: 1 } }] }, JobValidationError],
        [{ scenarios: [] }, ValidationError],
        [{ scenarios: [{ scenarioId: '2', payload: { text: 'a' } }, ...texts('b')] }, ValidationError],
        [{ models: ['x', 'x'] }, ValidationError],
        [{ jobType: { name: 'nobody' } }, ValidationError],
      ] as const) {
        await expect(runs.start(projectId, { ...fine, ...wrong })).rejects.toBeInstanceOf(error)
      }
      const broken = startingIn(world, (stores) => ({
        ...stores,
        events: {
          ...stores.events,
          append: () => Promise.reject(new Error('no room for facts')),
        },
      }))
      await expect(broken.start(projectId, fine)).rejects.toThrow('no room for facts')
      expect(await world.stores.definitions.list(projectId, { limit: 9 })).toEqual([])
      expect(await world.stores.runs.list(projectId, { limit: 9 })).toEqual([])
    })
  })
}

function texts(...given: readonly string[]): NewScenario[] {
  return given.map((text) => ({ payload: { text } }))
}

type Stores = JobWorld['stores']

/** The use case on this adapter; `within` changes what its transactions are given. */
function startingIn(
  { persistence, clock, ids }: JobWorld,
  within: (stores: Stores) => Stores = (stores) => stores,
): RunUseCases {
  const jobTypes = new Map<string, JobType>([[shout.name, shout]])
  return runUseCases({
    transactions: {
      stores: persistence.stores,
      transaction: (work) => persistence.transaction((stores) => work(within(stores))),
    },
    jobTypes,
    clock,
    ids,
    nudge: () => undefined,
    nudgeDeciding: () => undefined,
  })
}
