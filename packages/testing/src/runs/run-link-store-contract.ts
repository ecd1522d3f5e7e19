import type { JobType, Json, ProjectId, Run, RunId } from '@muster/core'
import { jobType, NotFoundError, RunStateError } from '@muster/core'
import { type EscalationRule, sweepEscalations } from '@muster/core/escalation'
import type { ActiveJob, Stores, WorkerId } from '@muster/core/ports'
import { type LinkMapping, linkSweeper, type RunAfter } from '@muster/core/runs'
import { runUseCases } from '@muster/core/use-cases'
import { describe, expect } from 'vitest'
import { z } from 'zod'
import { broken, casesOn, type JobWorld, present } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { aStep, aWorkflow } from '../worlds/samples.ts'

const probe = jobType({ name: 'probe:scenario', payload: z.any(), handler: () => null })
const judge = jobType({
  name: 'analyze',
  payload: z.strictObject({ said: z.string().max(5), n: z.number().optional() }),
  handler: () => null,
})

const SAID: LinkMapping = { per: 'result', payload: { said: { $: '/result/label' } } }

/** What its jobs cost shows with their payloads. */
const guess = jobType({
  name: 'other',
  payload: z.any(),
  estimate: ({ payload }) => ({ units: (payload as { readonly n: number } | undefined)?.n ?? 1 }),
  handler: () => null,
})

/** Every promise of {@link RunLinkStore}, and of making runs after runs on it, on whatever `open` opens: empty each time. `many`: scenarios of a large run. */
export function runLinkStoreContract(
  name: string,
  open: OpenAdapter,
  { many = 1_300 }: { readonly many?: number } = {},
): void {
  describe(`${name} is a RunLinkStore`, () => {
    const it = casesOn(open)

    it('starts a run of the results of another, once that has completed', async (world) => {
      const { first, projectId, workerId } = await started(world, 2, ['x', 'y'])
      const { runs, sweep } = linking(world)
      const from = { ...SAID, where: { state: ['completed' as const] } }
      const after = { runId: first.runId, when: 'completed' as const, from }
      const begun = await runs.start(projectId, { jobType: 'analyze', models: ['j'], repeats: 2, after })
      expect(begun).toMatchObject({ status: 'pending', tallies: { total: 0 }, link: { state: 'waiting' } })
      expect(await sweep()).toBe(0)
      const [x1, ...others] = await world.start(4, workerId)
      await world.settle([present(x1)], broken, workerId)
      await say(world, others, workerId)

      const step = linkSweeper(linkDeps(world))
      expect(await step()).toBe(1)
      const making = await runs.get(begun.runId)
      expect(making).toMatchObject({ status: 'pending', link: { state: 'making', made: 3, refused: 0 } })
      expect((await runs.jobs(begun.runId, {}, {})).items).toEqual([])
      expect(await world.start(9, workerId)).toEqual([])
      expect(await world.stores.definitions.find(begun.definitionId)).toBeUndefined()

      expect(await step()).toBe(1)
      expect(await step()).toBe(0)
      const made = await runs.get(begun.runId)
      const definition = await world.stores.definitions.find(made.definitionId)
      expect(definition).toMatchObject({ name: `Probes (from ${first.runId})`, version: 1, scenarioCount: 3 })
      expect(made).toMatchObject({
        status: 'pending',
        version: begun.version + 1,
        tallies: { total: 6, byModel: { j: { total: 6 } } },
        link: { state: 'made', made: 3, refused: 0, reason: null, stale: false },
        config: { definitionSnapshot: definition },
      })
      const jobs = await world.jobsOf(begun.runId)
      expect(new Set(jobs.map(({ payload }) => JSON.stringify(payload)))).toEqual(
        new Set(['{"said":"y1"}', '{"said":"x2"}', '{"said":"y2"}']),
      )
      expect(new Set(jobs.map(({ scenarioId }) => scenarioId))).toHaveProperty('size', 3)
      expect(jobs.every(({ scenarioId }) => /^s[12]\/[12]$/.test(scenarioId ?? ''))).toBe(true)
      const facts = (await world.facts(projectId)).filter(
        ({ data }) => 'runId' in data && data.runId === begun.runId,
      )
      expect(facts.map(({ type }) => type)).toEqual(['run_status_changed', 'run_changed', 'queue_item_added'])
      const counts = await world.stores.jobs.countByType(projectId)
      expect(counts.get('analyze')).toMatchObject({ pending: 6, active: 0 })

      const taken = await world.start(9, workerId)
      expect(taken).toHaveLength(6)
      await say(world, taken, workerId)
      expect(await runs.get(begun.runId)).toMatchObject({ status: 'completed', tallies: { completed: 6 } })
    })

    it('makes each scenario once, whatever transaction dies, and shows none before all are there', async (world) => {
      const { first, projectId, workerId } = await started(world, many, ['x'])
      await say(world, await world.start(many, workerId), workerId)
      const { runs } = linking(world)
      const { runId } = await runs.start(projectId, {
        models: ['y'],
        after: { runId: first.runId, when: 'completed' },
      })
      let steps = 0
      for (let nth = 0; ; nth++) {
        const dying = { ...world.persistence, stores: world.stores, transaction: killedAt(world, nth % 2) }
        const step = linkSweeper({ ...linkDeps(world), transactions: dying })
        const moved = await step().catch((error: Error) => error.message)
        if (moved === 0) break
        expect(moved).toBe(nth % 2 === 0 ? 'killed' : 1)
        if (moved === 1) steps++
        const { link, tallies } = await runs.get(runId)
        expect(tallies.total).toBe(link?.state === 'made' ? many : 0)
      }
      expect(steps).toBeGreaterThanOrEqual(3)
      const made = await runs.get(runId)
      expect(made).toMatchObject({ tallies: { total: many }, link: { made: many, refused: 0 } })
      const ids = await world.stores.definitions.scenarioIds(made.definitionId)
      expect(ids).toEqual(Array.from({ length: many }, (_, index) => `s${index + 1}`))
      expect(await world.start(many + 1, workerId)).toHaveLength(many)
    })

    it('is made once, however many make it at once', async (world) => {
      const { first, projectId, workerId } = await started(world, 200, ['x'])
      await say(world, await world.start(200, workerId), workerId)
      const { runs, sweep } = linking(world)
      const { runId } = await runs.start(projectId, {
        models: ['y'],
        after: { runId: first.runId, when: 'completed' },
      })
      const makers = Array.from({ length: 4 }, () => sweep())
      expect((await Promise.all(makers)).reduce((sum, moved) => sum + moved, 0)).toBe(2)
      expect(await runs.get(runId)).toMatchObject({ tallies: { total: 200 }, link: { made: 200 } })
      expect(await world.start(201, workerId)).toHaveLength(200)
    })

    it('refuses what cannot be made, by reason, and completes a run with nothing to do', async (world) => {
      const { first, projectId, workerId } = await started(world, 4, ['x'])
      const [one, ...others] = await world.start(4, workerId)
      await world.settle([present(one)], broken, workerId)
      await say(world, others, workerId, ({ scenarioId }) => (scenarioId === 's2' ? 'far too long' : 'same'))
      const { runs, sweep } = linking(world)
      const start = (from: LinkMapping) =>
        runs.start(projectId, {
          jobType: 'analyze',
          models: ['j'],
          after: { runId: first.runId, when: 'completed', from },
        })
      const some = await start({
        ...SAID,
        per: 'scenario',
        payload: { said: { $: '/results/0/result/label' } },
        scenarioId: { $: '/results/0/result/label' },
      })
      const none = await start({ ...SAID, where: { state: ['cancelled'] } })
      const unfit = await start({ ...SAID, payload: { said: 1, n: { $: '/scenario/payload/n' } } })
      await sweep()
      const { link, tallies } = await runs.get(some.runId)
      expect(tallies.total).toBe(1)
      expect(link).toMatchObject({ state: 'made', made: 1, refused: 3 })
      expect(link?.refusals.map(({ path, count, scenarioId }) => [path, count, scenarioId])).toEqual([
        ['scenarioId', 1, 's1'],
        ['payload.said', 1, 'far too long'],
        ['scenarioId', 1, 'same'],
      ])
      const nothing = {
        status: 'completed',
        tallies: { total: 0 },
        link: { state: 'ended', reason: 'nothingToDo' },
      }
      expect(await runs.get(none.runId)).toMatchObject({ ...nothing, finishedAt: world.clock.now() })
      expect(await runs.get(unfit.runId)).toMatchObject({ ...nothing, link: { refused: 4 } })
      expect(await world.stores.definitions.find(none.definitionId)).toBeUndefined()
    })

    it('is cancelled if its jobs cannot be made, and says why', async (world) => {
      const { first, projectId, workerId } = await started(world, 1, ['x'])
      await say(world, await world.start(1, workerId), workerId)
      const { runs, sweep } = linking(world)
      const after = { runId: first.runId, when: 'completed' as const }
      const request = { jobType: 'other', models: ['free'], budgetMicros: 1_000, after }
      await expect(runs.start(projectId, { ...request, jobType: 'analyze' })).rejects.toThrow('free')
      const { runId, definitionId } = await runs.start(projectId, request)
      await sweep()
      const refused = await runs.get(runId)
      expect(refused).toMatchObject({ status: 'cancelled', link: { state: 'ended', reason: 'refused' } })
      expect(refused.link?.message).toContain('free')
      expect(await world.stores.definitions.find(definitionId)).toBeUndefined()
      expect(await sweep()).toBe(0)
    })

    it('is cancelled with the run before, unless it waits for any end', async (world) => {
      const { first, projectId, workerId } = await started(world, 2, ['x'])
      const { runs, sweep } = linking(world)
      const start = (runId: RunId, when: RunAfter['when']) =>
        runs.start(projectId, { models: ['x'], after: { runId, when } })
      const completed = await start(first.runId, 'completed')
      const grandchild = await start(completed.runId, 'peopleDone')
      const ended = await start(first.runId, 'ended')
      const given = await start(first.runId, 'ended')
      const [active] = await world.start(1, workerId)
      await runs.cancel(first.runId)
      await runs.cancel(given.runId)
      await sweep()
      const gone = { status: 'cancelled', link: { state: 'ended', reason: 'parentCancelled' } }
      expect(await runs.get(completed.runId)).toMatchObject(gone)
      expect(await runs.get(grandchild.runId)).toMatchObject(gone)
      expect(await runs.get(given.runId)).toMatchObject({ link: { state: 'ended', reason: 'cancelled' } })
      expect(await runs.get(ended.runId)).toMatchObject({ status: 'pending', link: { state: 'waiting' } })
      await say(world, [present(active)], workerId)
      await sweep()
      expect(await runs.get(ended.runId)).toMatchObject({ tallies: { total: 2 }, link: { state: 'made' } })
    })

    it('reads the run before anew if that runs again meanwhile, and is stale if it does later', async (world) => {
      const { first, projectId, workerId } = await started(world, 3, ['x'])
      const [one, ...others] = await world.start(3, workerId)
      await say(world, others, workerId)
      await world.settle([present(one)], broken, workerId)
      const { runs, sweep } = linking(world)
      const after = { runId: first.runId, when: 'completed' as const, from: SAID }
      const { runId } = await runs.start(projectId, { jobType: 'analyze', models: ['j'], after })
      const step = linkSweeper(linkDeps(world))
      await step()
      expect((await runs.get(runId)).link).toMatchObject({ state: 'making', made: 2, refused: 1 })
      const again = async (label: string, ends: 'fails' | 'says' = 'says') => {
        await world.clock.advance(1_000)
        await runs.retryFailed(first.runId)
        expect(await step()).toBe(0)
        const active = await world.startOne(workerId)
        if (ends === 'fails') await world.settle([active], broken, workerId)
        else await say(world, [active], workerId, () => label)
      }
      await again('', 'fails')
      await sweep()
      expect((await runs.get(runId)).link).toMatchObject({ state: 'made', made: 2, refused: 1, stale: false })
      await runs.pause(runId)
      await again('new')
      expect((await runs.get(runId)).link).toMatchObject({ state: 'made', stale: true })
      const fresh = await runs.refresh(runId)
      await sweep()
      expect(await runs.get(fresh.runId)).toMatchObject({ tallies: { total: 3 }, link: { stale: false } })
      expect(await runs.flow(runId)).toMatchObject({
        runs: [first.runId, runId].map((id) => ({ runId: id })),
        complete: true,
      })
      const flow = await runs.flow(first.runId)
      expect(flow.runs.map((run) => run.runId)).toEqual([first.runId, runId, fresh.runId])
      expect(flow.links).toHaveLength(2)
      await expect(runs.refresh(first.runId)).rejects.toThrow(RunStateError)
    })

    it('waits for people, and takes what they said', async (world) => {
      const { first, projectId, workerId } = await started(world, 2, ['x', 'y'])
      await world.stores.escalations.add(first.runId, await askOfDisagreement(world))
      await say(world, await world.start(4, workerId), workerId, ({ scenarioId, model }) =>
        scenarioId === 's1' ? 'same' : `${model}`,
      )
      const { runs, sweep } = linking(world)
      const from: LinkMapping = {
        per: 'scenario',
        where: { escalated: true },
        payload: { said: { $: '/outcome/label' } },
      }
      const after = { runId: first.runId, when: 'peopleDone' as const, from }
      const { runId } = await runs.start(projectId, { jobType: 'analyze', models: ['j'], after })
      expect(await sweep()).toBe(0)
      await sweepEscalations({ ...linkDeps(world), random: new SeededRandom(1) })
      expect(await sweep()).toBe(0)
      const [task] = await world.stores.tasks.list({ projectId }, { limit: 9 })
      await world.persistence.transaction(({ escalations }) =>
        escalations.endTasks([present(task).taskId], 'completed', { label: 'them' }),
      )
      await sweep()
      const [job, ...none] = await world.jobsOf(runId)
      expect(job).toMatchObject({ scenarioId: 's2', payload: { said: 'them' } })
      expect(none).toEqual([])
    })

    it('can be paused and changed while it waits, outlives a clear, and is started once for a key', async (world) => {
      const { first, projectId, workerId } = await started(world, 2, ['x'])
      const { runs, sweep } = linking(world)
      const other = (await started(world, 1, ['x'])).projectId
      const request = { models: ['x'], after: { runId: first.runId, when: 'ended' as const } }
      await expect(runs.start(other, request)).rejects.toThrow(NotFoundError)
      const { runId } = await runs.start(projectId, request, { idempotencyKey: 'k' })
      expect(await runs.start(projectId, request, { idempotencyKey: 'k' })).toMatchObject({ runId })
      await runs.pause(runId)
      await runs.change(runId, { priority: 'high' })
      await world.clear(projectId)
      expect(await runs.get(first.runId)).toMatchObject({ status: 'completed' })
      expect(await runs.get(runId)).toMatchObject({ status: 'paused', tallies: { total: 0 } })
      await sweep()
      expect(await runs.get(runId)).toMatchObject({ status: 'paused', tallies: { total: 2 } })
      expect(await world.start(9, workerId)).toHaveLength(1)
      await runs.resume(runId)
      const begun = await world.start(9, workerId)
      expect(begun.map((job) => job.runId)).toEqual([runId, runId])
      expect((await world.job(present(begun[0]).jobId)).payload).toEqual({ n: 1 })
    })
  })
}

async function started(
  world: JobWorld,
  scenarios: number,
  models: readonly string[],
): Promise<{ readonly first: Run; readonly projectId: ProjectId; readonly workerId: WorkerId }> {
  const projectId = await world.project()
  const first = await world.run(projectId, { scenarios, models })
  return { first, projectId, workerId: await world.worker() }
}

function linkDeps({ persistence, clock, ids }: JobWorld) {
  const jobTypes = new Map<string, JobType>([probe, judge, guess].map((type) => [type.name, type]))
  return { transactions: persistence, jobTypes, clock, ids, nudge: () => {} }
}

function linking(world: JobWorld) {
  const deps = linkDeps(world)
  const step = linkSweeper(deps)
  const sweep = async (): Promise<number> => {
    for (let moved = 0; ; ) {
      const more = await step()
      if (more === 0) return moved
      moved += more
    }
  }
  return { runs: runUseCases({ ...deps, nudgeDeciding: () => {} }), sweep }
}

/** Transactions of which the `nth`, from 0, dies before it commits. */
function killedAt(world: JobWorld, nth: number): JobWorld['persistence']['transaction'] {
  let count = 0
  return <T>(work: (stores: Stores) => Promise<T>): Promise<T> =>
    world.persistence.transaction(async (stores) => {
      const result = await work(stores)
      if (count++ === nth) throw new Error('killed')
      return result
    })
}

/** Ends jobs with what each says at `/label`. */
async function say(
  world: JobWorld,
  jobs: readonly ActiveJob[],
  workerId: WorkerId,
  says: (job: ActiveJob) => Json = ({ model, scenarioId }) => `${model}${scenarioId?.slice(1, 3)}`,
): Promise<void> {
  const outcomes = jobs.map((job) => {
    const { jobId, start } = job
    return { jobId, start, kind: 'completed' as const, result: { label: says(job) } }
  })
  expect(await world.settleEach(outcomes, workerId)).toHaveLength(jobs.length)
}

async function askOfDisagreement(world: JobWorld): Promise<EscalationRule> {
  const workflow = aWorkflow([aStep('label')])
  await world.stores.workflows.add(workflow)
  const task = { payload: { n: { $: '/scenario/payload/n' } }, workflowId: workflow.workflowId }
  const when = [{ type: 'disagreement' as const, agreeOn: '/label' }]
  return { policy: { when, task }, sampleSeed: 0, sampleEnds: [null] }
}
