import type { Json, ProjectId, Run, RunId, UserId } from '@muster/core'
import {
  decideEscalation,
  type EscalationPolicy,
  type EscalationRule,
  sweepEscalations,
} from '@muster/core/escalation'
import type { Stores, WorkerId } from '@muster/core/ports'
import { MOST_DEATHS } from '@muster/core/rules'
import { describe, expect } from 'vitest'
import { broken, casesOn, type JobWorld, LEASE_MS, present } from '../jobs/job-world.ts'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { anAssignment, aStep, aWorkflow, withAssignment } from '../worlds/samples.ts'

const MODELS = ['x', 'y']

/** Every promise of {@link EscalationStore}, and of deciding on it, on whatever `open` opens: empty each time. */
export function escalationStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is an EscalationStore`, () => {
    const it = casesOn(open)

    it('makes a scenario ready with its last job, in whatever order they settle', async (world) => {
      const { run, workerId } = await started(world, 2)
      expect(run.escalation).toMatchObject({ scenarios: 2, waiting: 2, ready: 0 })
      const active = await world.start(4, workerId)
      const [x1, y1, x2, y2] = active
      await settle(world, [x1, x2], workerId, () => 'a')
      await settle(world, [y2], workerId, () => 'b')
      expect(await taken(world)).toEqual(['s2'])
      expect(await counts(world, run)).toMatchObject({ waiting: 1, ready: 1 })
      await world.settle([present(y1)], broken, workerId)
      expect(await taken(world)).toEqual(['s1', 's2'])
    })

    it('reads of a ready scenario how each of its jobs ended, by model', async (world) => {
      const { workerId, run, projectId, rule } = await started(world, 3, { places: [2] })
      const [x, y] = await world.start(2, workerId)
      await settle(world, [y], workerId, () => 'said')
      await world.settle([present(x)], broken, workerId)
      const ready = await world.persistence.transaction(({ escalations }) => escalations.takeReady(9))
      const results = [
        { model: 'x', state: 'failed', result: null, error: 'error' in broken && broken.error },
        { model: 'y', state: 'completed', result: { label: 'said' }, error: null },
      ]
      const scenario = { place: 2, scenarioId: 's2', payload: { n: 2 }, byHand: false, results }
      expect(ready).toEqual({
        runs: [{ run: { runId: run.runId, projectId, rule }, scenarios: [scenario] }],
        more: false,
      })
    })

    it('waits for all repeats of a scenario, and reads them by model', async (world) => {
      const { workerId, run } = await started(world, 2, { repeats: 2 })
      expect(run.escalation).toMatchObject({ scenarios: 2, waiting: 2 })
      const active = await world.start(8, workerId)
      await settle(world, active.slice(0, 3), workerId, ({ repeat }) => `${repeat}`)
      expect(await taken(world)).toEqual([])
      await settle(world, active.slice(3), workerId, ({ repeat }) => `${repeat}`)
      const ready = await world.persistence.transaction(({ escalations }) => escalations.takeReady(9))
      const labels = ['1', '2'].map((label) => ({ label }))
      for (const { results } of ready.runs.flatMap(({ scenarios }) => scenarios))
        expect(results.map(({ model, result }) => [model, result])).toEqual(
          ['x', 'y'].flatMap((model) => labels.map((label) => [model, label])),
        )
      expect(ready.runs[0]?.scenarios.map(({ place }) => place)).toEqual([1, 2])
      expect(await asked(world, run.runId, ['s2'])).toEqual(['ready'])
    })

    it('takes no more than it is asked for, and says that there is more', async (world) => {
      const { workerId } = await started(world, 3)
      await settleAll(world, workerId, 6, () => 'same')
      const ready = await world.persistence.transaction(({ escalations }) => escalations.takeReady(2))
      expect(ready.runs.flatMap(({ scenarios }) => scenarios.map(({ place }) => place))).toEqual([1, 2])
      expect(ready.more).toBe(true)
    })

    it('gives one task to each scenario that the rule names, and counts the others', async (world) => {
      const { run, workerId, projectId, rule } = await started(world, 6)
      await settleAll(world, workerId, 12, (n, model) => (n % 2 === 0 ? 'same' : model))
      expect(await swept(world)).toBe(6)
      expect(await swept(world)).toBe(0)
      expect(await counts(world, run)).toEqual({
        policy: rule.policy,
        scenarios: 6,
        waiting: 0,
        ready: 0,
        escalated: 3,
        kept: 3,
        overLimit: 0,
        refused: 0,
        notDecided: 0,
        tasks: { open: 3, completed: 0, cancelled: 0 },
        byReason: { disagreement: 3, failure: 0, score: 0, sample: 0, manual: 0 },
      })
      const rows = await world.stores.escalations.list(run.runId, undefined, { limit: 9 })
      for (const [index, row] of rows.entries()) {
        const results = MODELS.map((model) => {
          const label = (index + 1) % 2 === 0 ? 'same' : model
          return { model, state: 'completed' as const, result: { label }, error: null }
        })
        const scenario = { scenarioId: row.scenarioId, payload: { n: index + 1 }, byHand: false }
        const decision = decideEscalation(rule, scenario, results)
        expect(row).toMatchObject({
          state: decision.state,
          reasons: decision.reasons,
          probability: decision.probability,
        })
        expect(row.order).toEqual('order' in decision ? decision.order : null)
        expect(row.decidedAt).toEqual(world.clock.now())
        const task = row.taskId === null ? undefined : await world.stores.tasks.find(row.taskId)
        expect(task?.payload).toEqual('task' in decision ? decision.task.payload : undefined)
      }
      const added = (await world.facts(projectId)).filter(({ type }) => type === 'task_added')
      expect(added.map(({ data }) => data)).toMatchObject([{ count: 3 }])
    })

    it('decides each scenario once, however many decide at once', async (world) => {
      const { run, workerId, projectId } = await started(world, 40)
      await settleAll(world, workerId, 80, (_, model) => model)
      const sweeps = await Promise.all([1, 2, 3, 4].map(() => swept(world)))
      expect(sweeps.reduce((sum, each) => sum + each, 0)).toBe(40)
      expect(await counts(world, run)).toMatchObject({ escalated: 40, tasks: { open: 40 } })
      expect(await world.stores.tasks.list({ projectId }, { limit: 200 })).toHaveLength(40)
    })

    it('leaves nothing of a decision whose transaction fails', async (world) => {
      const { run, workerId, projectId } = await started(world, 1)
      await settleAll(world, workerId, 2, (_, model) => model)
      const deps = sweepDeps(world)
      const failing = {
        ...deps.transactions,
        transaction: <T>(work: (stores: Stores) => Promise<T>) =>
          world.persistence.transaction(async (stores) => {
            await work(stores)
            throw new Error('died')
          }) as Promise<T>,
      }
      await expect(sweepEscalations({ ...deps, transactions: failing })).rejects.toThrow('died')
      expect(await counts(world, run)).toMatchObject({ ready: 1, escalated: 0 })
      expect(await world.stores.tasks.list({ projectId }, { limit: 9 })).toEqual([])
      expect(await swept(world)).toBe(1)
    })

    it('keeps the task of a scenario whose failed job is tried again, and decides anew what was kept', async (world) => {
      const { run, workerId } = await started(
        world,
        2,
        {},
        { when: [{ type: 'disagreement', agreeOn: '/label' }] },
      )
      const active = await world.start(4, workerId)
      await settle(world, [active[0]], workerId, () => 'a')
      await settle(world, [active[1]], workerId, () => 'b')
      await settle(world, [active[2]], workerId, () => 'a')
      await world.settle([present(active[3])], broken, workerId)
      await swept(world)
      await world.stores.escalations.ask(run.runId, ['s1'])
      const [first, second] = await world.stores.escalations.list(run.runId, undefined, { limit: 9 })
      expect([first?.state, second?.state]).toEqual(['escalated', 'kept'])
      await world.reopenFailed(run.runId)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, kept: 0, waiting: 1 })
      await settleAll(world, workerId, 1, () => 'c')
      expect(await swept(world)).toBe(1)
      expect(await counts(world, run)).toMatchObject({ escalated: 2, kept: 0, tasks: { open: 2 } })
      const again = await world.stores.escalations.list(run.runId, undefined, { limit: 9 })
      expect(again[0]).toEqual(first)
    })

    it('keeps the task when a job of its own is tried again and settles once more', async (world) => {
      const { run, workerId } = await started(world, 1, {}, { when: [{ type: 'failure' }] })
      const [x, y] = await world.start(2, workerId)
      await settle(world, [x], workerId, () => 'a')
      await world.settle([present(y)], broken, workerId)
      await swept(world)
      await world.retry(present(y).jobId)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, waiting: 0 })
      await settleAll(world, workerId, 1, () => 'b')
      expect(await swept(world)).toBe(0)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, tasks: { open: 1 } })
    })

    it('decides what has settled of a paused run', async (world) => {
      const { run, workerId } = await started(world, 2)
      const [x, y] = await world.start(2, workerId)
      await world.pauseRun(run.runId)
      await settle(world, [x, y], workerId, ({ model }) => model ?? '')
      expect(await swept(world)).toBe(1)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, waiting: 1 })
    })

    it('does not decide what was cancelled, unless somebody asks for it', async (world) => {
      const { run, workerId } = await started(world, 3)
      const [x1, y1, x2] = await world.start(3, workerId)
      await settle(world, [x1, y1, x2], workerId, ({ model }) => model ?? '')
      await world.cancelRun(run.runId)
      expect(await swept(world)).toBe(1)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, notDecided: 2, waiting: 0 })
      expect(await asked(world, run.runId, ['s2', 's1', 'nobody'])).toEqual(['ready', 'escalated', undefined])
      expect(await swept(world)).toBe(1)
      expect(await counts(world, run)).toMatchObject({
        escalated: 2,
        notDecided: 1,
        byReason: { disagreement: 1, manual: 1 },
      })
    })

    it('counts a job that is cancelled alone, and one whose worker died, as settled', async (world) => {
      const { run, workerId } = await started(world, 2, {}, { when: [{ type: 'failure' }] })
      const jobs = await world.jobsOf(run.runId)
      await world.cancelPending(present(jobs[0]).jobId)
      await settleAll(world, workerId, 2, () => 'a')
      for (let death = 0; death < MOST_DEATHS; death++) {
        await world.start(1, await world.worker())
        await world.clock.advance(LEASE_MS + 1)
        await world.reap()
      }
      expect((await world.jobsOf(run.runId)).map(({ state }) => state)).toEqual([
        'cancelled',
        'completed',
        'completed',
        'failed',
      ])
      expect(await swept(world)).toBe(2)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, notDecided: 1, waiting: 0, ready: 0 })
    })

    it('lets no more through than its limit says, and by hand whatever is asked for', async (world) => {
      const { run, workerId } = await started(world, 20, {}, { limit: 7 })
      await settleAll(world, workerId, 40, (_, model) => model)
      await Promise.all([1, 2, 3].map(() => swept(world)))
      expect(await counts(world, run)).toMatchObject({
        escalated: 7,
        overLimit: 13,
        byReason: { disagreement: 7 },
      })
      const over = await world.stores.escalations.list(run.runId, ['overLimit'], { limit: 2 })
      await asked(world, run.runId, [present(over[0]).scenarioId])
      await swept(world)
      expect(await counts(world, run)).toMatchObject({ escalated: 8, overLimit: 12, byReason: { manual: 1 } })
    })

    it('records why a task cannot be made, and goes on', async (world) => {
      const payload = { $: '/results/0/nowhere', required: true }
      const { run, workerId } = await started(world, 2, {}, { task: { payload } })
      await settleAll(world, workerId, 4, (n, model) => (n === 1 ? model : 'same'))
      expect(await swept(world)).toBe(2)
      expect(await counts(world, run)).toMatchObject({ refused: 1, kept: 1, tasks: { open: 0 } })
      const [refused] = await world.stores.escalations.list(run.runId, ['refused'], { limit: 9 })
      expect(refused).toMatchObject({ scenarioId: 's1', taskId: null, issues: [{ path: 'payload' }] })
    })

    it('keeps what a task came to with its scenario, once', async (world) => {
      const { run, workerId } = await started(world, 3)
      await settleAll(world, workerId, 6, (_, model) => model)
      await swept(world)
      const rows = await world.stores.escalations.list(run.runId, undefined, { limit: 9 })
      const [first, second] = rows.map(({ taskId }) => taskId ?? ('' as never))
      const { escalations } = world.stores
      expect(await escalations.hasTask(present(first))).toBe(true)
      expect(await escalations.hasTask(run.runId as never)).toBe(false)
      const peopleOf = async () =>
        (
          await world.stores.matrices.rows(
            run.runId,
            { from: 1, limit: 2 },
            { labelAt: '/label', scoreAt: '/score' },
          )
        ).map(({ people }) => people)
      const open = { status: 'open', outcome: null, answers: 0 }
      expect(await peopleOf()).toEqual([open, open])
      await world.persistence.transaction(async ({ tasks }) => {
        const before = present(await tasks.lockWork(present(first)))
        const row = anAssignment(before, aWorkflow(), world.ids.next() as UserId, { status: 'submitted' })
        await tasks.saveWorks([{ before, after: withAssignment(before, row) }])
      })
      await escalations.endTasks([present(first)], 'completed', { label: 'x' })
      expect(await peopleOf()).toEqual([{ status: 'completed', outcome: { label: 'x' }, answers: 1 }, open])
      await escalations.endTasks([present(second), run.runId as never, present(first)], 'cancelled', null)
      await escalations.endTasks([run.runId as never], 'completed', null)
      await escalations.endTasks([], 'completed', null)
      expect(await counts(world, run)).toMatchObject({ tasks: { open: 1, completed: 1, cancelled: 1 } })
      const told = await escalations.findMany(run.runId, ['s2', 's1', 'nobody'])
      expect(told.map(({ scenarioId, outcome, taskStatus }) => [scenarioId, outcome, taskStatus])).toEqual([
        ['s1', { label: 'x' }, 'completed'],
        ['s2', null, 'cancelled'],
      ])
    })

    it('is given a rule by a run that has ended', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 4, models: MODELS, places: [1, 3, 4] })
      const jobs = await world.jobsOf(run.runId)
      await world.cancelPending(present(jobs[0]).jobId)
      await settleAll(world, workerId, 5, (n, model) => (n === 3 ? model : 'same'))
      expect(await world.stores.escalations.find(run.runId)).toBeUndefined()
      const rule = await ruleFor(world)
      await world.persistence.transaction(async ({ runs, escalations }) => {
        await runs.lock(run.runId)
        await escalations.add(run.runId, rule)
      })
      expect(await counts(world, run)).toMatchObject({ scenarios: 3, ready: 2, notDecided: 1, waiting: 0 })
      expect(await world.stores.escalations.find(run.runId)).toEqual({ runId: run.runId, projectId, rule })
      expect(await swept(world)).toBe(2)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, kept: 1, notDecided: 1 })
    })

    it('decides by the rule as it is then', async (world) => {
      const { run, workerId, rule } = await started(world, 2)
      await settleAll(world, workerId, 2, (_, model) => model)
      await swept(world)
      const when = [{ type: 'failure' as const }]
      const changed = { ...rule, policy: { ...rule.policy, when } }
      const version = (await world.runNow(run.runId)).version
      await world.persistence.transaction(async ({ runs, escalations }) => {
        await runs.lock(run.runId)
        await escalations.change(run.runId, changed)
      })
      expect((await world.runNow(run.runId)).version).toBe(version + 1)
      await settleAll(world, workerId, 2, (_, model) => model)
      await swept(world)
      expect(await counts(world, run)).toMatchObject({ escalated: 1, kept: 1, policy: { when } })
    })

    it('lists its scenarios by place, a part at a time, and those of some states alone', async (world) => {
      const { run, workerId } = await started(world, 5)
      await settleAll(world, workerId, 6, (n, model) => (n === 2 ? 'same' : model))
      await swept(world)
      const { escalations } = world.stores
      const first = await escalations.list(run.runId, undefined, { limit: 3 })
      const rest = await escalations.list(run.runId, undefined, { limit: 9, after: { place: 3 } })
      expect([...first, ...rest].map(({ place, state }) => [place, state])).toEqual([
        [1, 'escalated'],
        [2, 'kept'],
        [3, 'escalated'],
        [4, 'waiting'],
        [5, 'waiting'],
      ])
      const some = await escalations.list(run.runId, ['escalated', 'waiting'], {
        limit: 9,
        after: { place: 1 },
      })
      expect(some.map(({ place }) => place)).toEqual([3, 4, 5])
      await world.cancelRun(run.runId)
      expect(await escalations.list(run.runId, ['waiting'], { limit: 9 })).toEqual([])
      expect(await escalations.list(run.runId, ['notDecided'], { limit: 9 })).toHaveLength(2)
    })
  })
}

/** A run of two models with a policy, in a project of its own. */
async function started(
  world: JobWorld,
  scenarios: number,
  wish: { readonly places?: readonly number[]; readonly repeats?: number } = {},
  policy: Partial<EscalationPolicy> = {},
): Promise<{
  readonly run: Run
  readonly projectId: ProjectId
  readonly workerId: WorkerId
  readonly rule: EscalationRule
}> {
  const projectId = await world.project()
  const workerId = await world.worker()
  const rule = await ruleFor(world, policy)
  const { runId } = await world.run(projectId, { scenarios, models: MODELS, ...wish })
  await world.stores.escalations.add(runId, rule)
  return { run: await world.runNow(runId), projectId, workerId, rule }
}

async function ruleFor(world: JobWorld, policy: Partial<EscalationPolicy> = {}): Promise<EscalationRule> {
  const workflow = aWorkflow([aStep('label')])
  await world.stores.workflows.add(workflow)
  const when = policy.when ?? [{ type: 'disagreement', agreeOn: '/label' }]
  const task = {
    payload: { text: { $: '/scenario/payload/n' }, candidates: { $: '/candidates' } },
    ...policy.task,
    workflowId: workflow.workflowId,
  }
  return { policy: { ...policy, when, task }, sampleSeed: 0, sampleEnds: when.map(() => null) }
}

function sweepDeps(world: JobWorld) {
  const { persistence, clock, ids } = world
  return {
    transactions: persistence,
    clock,
    ids,
    jobTypes: new Map(),
    nudge: () => {},
    random: new SeededRandom(1),
  }
}

const swept = async (world: JobWorld): Promise<number> => (await sweepEscalations(sweepDeps(world))).decided

async function counts(world: JobWorld, { runId }: Run) {
  return (await world.runNow(runId)).escalation
}

async function asked(world: JobWorld, runId: RunId, scenarioIds: readonly string[]) {
  const answers = await world.persistence.transaction(({ escalations }) =>
    escalations.ask(runId, scenarioIds),
  )
  expect(answers.map(({ scenarioId }) => scenarioId)).toEqual(scenarioIds)
  return answers.map(({ state }) => state)
}

async function taken(world: JobWorld): Promise<string[]> {
  const { runs } = await world.persistence.transaction(({ escalations }) => escalations.takeReady(99))
  return runs.flatMap(({ scenarios }) => scenarios.map(({ scenarioId }) => scenarioId))
}

type Active = Awaited<ReturnType<JobWorld['start']>>[number]

/** Ends jobs with what each is to say at `/label`. */
async function settle(
  world: JobWorld,
  jobs: readonly (Active | undefined)[],
  workerId: WorkerId,
  says: (job: Active) => string,
): Promise<void> {
  const outcomes = jobs.map((job) => {
    const active = present(job)
    const { jobId, start } = active
    return { jobId, start, kind: 'completed' as const, result: { label: says(active) } }
  })
  expect(await world.settleEach(outcomes, workerId)).toHaveLength(jobs.length)
}

/** Does the next `count` jobs. */
async function settleAll(
  world: JobWorld,
  workerId: WorkerId,
  count: number,
  says: (n: number, model: string) => string,
): Promise<void> {
  const active = await world.start(count, workerId)
  expect(active).toHaveLength(count)
  await settle(world, active, workerId, ({ payload, model }) => says(nOf(payload), model ?? ''))
}

function nOf(payload: Json): number {
  return (payload as { readonly n: number }).n
}
