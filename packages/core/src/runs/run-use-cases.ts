import { NotFoundError, ValidationError, VersionConflictError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { DefinitionId, ProjectId, RunId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobType, JobWithResult } from '../jobs/job.ts'
import { retryPolicy } from '../jobs/retry/retry.ts'
import { newestKey, page } from '../paging.ts'
import type { DefinitionStore, StagedScenarios } from './definition-store.ts'
import { checkPolicy, escalationUseCases, ruleOf } from './escalation/escalation-use-cases.ts'
import { freshEscalation } from './escalation/policy.ts'
import type { Definition, Run, RunConfig, RunStatus } from './run.ts'
import { demandProject, type RunDeps, type RunStores } from './run-deps.ts'
import { newRun, recentLimit, runSettings, runsWhere } from './run-input.ts'
import { afterControl, type RunControl } from './run-lifecycle.ts'
import { freshTallies, progressOf } from './run-progress.ts'
import { runResults } from './run-results.ts'
import type { RunJobKey, RunStore, RunsWhere } from './run-store.ts'
import type { NewOwnRun, NewRunRequest, RunOptions, RunSettings, RunUseCases } from './runs.ts'
import { samplePlaces } from './sampling.ts'
import { scenarioBatches, withStaged } from './scenarios.ts'

/** Starting, steering and reading runs. */
export function runUseCases(deps: RunDeps): RunUseCases {
  const { transactions, jobTypes, clock, ids, nudge } = deps
  const { definitions, runs, projects } = transactions.stores

  const get = async (runId: RunId): Promise<Run> => {
    const run = await runs.find(runId)
    if (!run) throw new NotFoundError('run', runId)
    return run
  }

  const demandType = (jobType: string, path: string): void => {
    if (jobTypes.has(jobType)) return
    throw new ValidationError([
      { path, message: `is of the job type ${jobType}, which is not registered here` },
    ])
  }

  const plan = async (projectId: ProjectId, request: NewRunRequest) => {
    const { definitionId, ...wanted } = parse(newRun, request)
    await demandProject(projects, projectId)
    const definition = await definitions.find(definitionId as DefinitionId)
    if (definition?.projectId !== projectId) {
      throw new ValidationError([{ path: 'definitionId', message: 'is no definition of this project' }])
    }
    demandType(definition.jobType, 'definitionId')
    await checkPolicy(transactions.stores, projectId, wanted.escalation, ['escalation'])
    return { definition, places: await placesOf(definitions, definition, wanted), wanted }
  }

  const keep = async (
    stores: RunStores,
    { definition, places, wanted }: Awaited<ReturnType<typeof plan>>,
    runId: RunId,
    { idempotencyKey, createdBy = null }: RunOptions,
  ): Promise<{ readonly run: Run; readonly created: boolean }> => {
    const { projectId } = definition
    const run: Run = {
      runId,
      projectId,
      definitionId: definition.definitionId,
      status: 'pending',
      priority: wanted.priority ?? 'normal',
      config: configOf(definition, wanted),
      tallies: freshTallies(wanted.models, places.length),
      escalation: null,
      ratePerSecond: 0,
      version: 1,
      createdAt: clock.now(),
      startedAt: null,
      finishedAt: null,
    }
    const { jobType } = definition
    const { maxAttempts } = retryPolicy(jobTypes.get(jobType)?.retry)
    const added = await stores.runs.add({
      run,
      places,
      jobType,
      maxAttempts,
      createdBy,
      idempotencyKey: idempotencyKey ?? null,
    })
    if (added.created) {
      const { status, version, tallies } = added.run
      if (wanted.escalation) {
        const rule = await ruleOf(stores.definitions, run, places, wanted.escalation)
        await stores.escalations.add(runId, rule)
      }
      await stores.events.append([
        fact(projectId, 'run_status_changed', { runId, status, from: null, version }),
        fact(projectId, 'queue_item_added', { runId, count: tallies.total, createdBy }),
      ])
    }
    const escalation = wanted.escalation && freshEscalation(wanted.escalation, places.length)
    return added.created && escalation ? { ...added, run: { ...added.run, escalation } } : added
  }

  /** Scenarios are read and kept before the transaction; in it they become a definition, unless the run was there before. */
  const startOwn = async (projectId: ProjectId, request: NewOwnRun, options: RunOptions): Promise<Run> => {
    const { jobType, scenarios, ...settings } = request
    const wanted = parse(runSettings, settings)
    const type = registered(jobTypes, jobType)
    await demandProject(projects, projectId)
    await checkPolicy(transactions.stores, projectId, wanted.escalation, ['escalation'])
    const runId = ids.next() as RunId
    const head = { definitionId: ids.next() as DefinitionId, projectId, name: `run:${runId}` }
    const start = (staged: StagedScenarios): Promise<Run> =>
      transactions.transaction(async (stores) => {
        const given = { ...head, jobType: type.name, createdAt: clock.now() }
        const definition = await stores.definitions.add(given, staged)
        const places = await placesOf(stores.definitions, definition, wanted)
        const { run, created } = await keep(stores, { definition, places, wanted }, runId, options)
        if (!created) throw new StartedError(run)
        return run
      })
    return withStaged(definitions, scenarioBatches(scenarios, type), start).catch((error: unknown) => {
      if (error instanceof StartedError) return error.run
      throw error
    })
  }

  const control = async (name: RunControl, runId: RunId, ifVersion: number | undefined): Promise<Run> => {
    const run = await transactions.transaction(async (stores) => {
      const before = await stores.runs.lock(runId)
      if (!before) throw new NotFoundError('run', runId)
      if (ifVersion !== undefined && ifVersion !== before.version) {
        throw new VersionConflictError(`The run is at version ${before.version}`, { version: before.version })
      }
      const status = afterControl(name, before)
      if (status === undefined) return before
      if (name === 'retry_failed') demandType(before.config.definitionSnapshot.jobType, 'runId')
      const after = await move(stores.runs, name, runId, status, clock.now())
      const removed = name === 'cancel' ? after.tallies.cancelled - before.tallies.cancelled : 0
      const returned = name === 'retry_failed' ? before.tallies.failed : 0
      await stores.events.append([
        fact(before.projectId, 'run_status_changed', {
          runId,
          status: after.status,
          from: before.status,
          version: after.version,
        }),
        ...(removed > 0
          ? [fact(before.projectId, 'queue_item_removed', { runId, count: removed, createdBy: null })]
          : []),
        ...(returned > 0
          ? [fact(before.projectId, 'queue_item_added', { runId, count: returned, createdBy: null })]
          : []),
      ])
      return after
    })
    nudge()
    return run
  }

  return {
    get,
    ...escalationUseCases({ ...deps, get }),

    findMany: (runIds) => runs.findMany(runIds),

    async start(projectId, request, options = {}) {
      if ('definitionId' in request) {
        const planned = await plan(projectId, request)
        const runId = ids.next() as RunId
        const { run } = await transactions.transaction((stores) => keep(stores, planned, runId, options))
        nudge()
        return run
      }
      const run = await startOwn(projectId, request, options)
      nudge()
      return run
    },

    async preview(projectId, request) {
      const { wanted, places } = await plan(projectId, request)
      return { scenarios: places.length, jobs: places.length * wanted.models.length }
    },

    async list(projectId, request) {
      return page(
        request,
        ['runs', projectId],
        newestKey(({ runId }) => runId),
        (slice) => runs.list(projectId, slice),
      )
    },

    async find({ projectId, limit, cursor, ...wanted }) {
      const where = parse(runsWhere, wanted) as RunsWhere
      const { status = null, definitionId = null, experimentId = null } = where
      return page(
        { limit, cursor },
        ['runs', projectId, status, definitionId, experimentId],
        newestKey(({ runId }) => runId),
        (slice) => runs.list(projectId, slice, where),
      )
    },

    async progress(runId) {
      return progressOf(await get(runId))
    },

    async jobs(runId, { state, model }, request) {
      const { config } = await get(runId)
      if (model !== undefined && !config.models.includes(model))
        throw new ValidationError([{ path: 'model', message: `names no model of the run: ${model}` }])
      const { items, nextCursor } = await page(
        request,
        ['run jobs', runId, state ?? null, model ?? null],
        ({ key }: { readonly job: JobWithResult; readonly key: RunJobKey }) => key,
        (slice) => runs.listJobs(runId, { state, model }, slice),
      )
      return { items: items.map(({ job }) => job), nextCursor }
    },

    async recentJobs(runId, limit) {
      await get(runId)
      return runs.recentJobs([runId], parse(recentLimit, limit, ['limit']))
    },

    async recentJobsOf(runIds, limit) {
      const jobs = await runs.recentJobs(runIds, parse(recentLimit, limit, ['limit']))
      const byRun = Map.groupBy(jobs, ({ runId }) => runId)
      return runIds.map((runId) => byRun.get(runId) ?? [])
    },

    async *results(runId) {
      await get(runId)
      yield* runResults(runs, runId)
    },

    pause: (runId, ifVersion) => control('pause', runId, ifVersion),
    resume: (runId, ifVersion) => control('resume', runId, ifVersion),
    cancel: (runId, ifVersion) => control('cancel', runId, ifVersion),
    retryFailed: (runId, ifVersion) => control('retry_failed', runId, ifVersion),
  }
}

/** The run was there before, by its idempotency key: what this transaction has added is taken back. */
class StartedError extends Error {
  readonly run: Run

  constructor(run: Run) {
    super('The run was started before')
    this.run = run
  }
}

/** The type of the name, as it is registered here. */
function registered(jobTypes: ReadonlyMap<string, JobType>, { name }: Pick<JobType, 'name'>): JobType {
  const type = jobTypes.get(name)
  if (type) return type
  throw new ValidationError([{ path: 'jobType', message: `names no registered job type: ${name}` }])
}

function configOf(definition: Definition, wanted: RunSettings): RunConfig {
  return {
    models: wanted.models,
    samplePercentage: wanted.samplePercentage ?? 100,
    sampleSeed: wanted.sampleSeed ?? 0,
    experimentId: wanted.experimentId ?? null,
    maxJobsPerSecond: wanted.maxJobsPerSecond ?? null,
    definitionSnapshot: definition,
  }
}

/** Places of the scenarios that are sampled, ascending. */
async function placesOf(
  definitions: Pick<DefinitionStore, 'scenarioIds'>,
  { definitionId, scenarioCount }: Definition,
  { samplePercentage = 100, sampleSeed = 0 }: RunSettings,
): Promise<number[]> {
  if (samplePercentage === 100) return Array.from({ length: scenarioCount }, (_, index) => index + 1)
  return samplePlaces(await definitions.scenarioIds(definitionId), samplePercentage, sampleSeed)
}

function move(runs: RunStore, name: RunControl, runId: RunId, status: RunStatus, now: Date): Promise<Run> {
  switch (name) {
    case 'pause':
      return runs.pause(runId)
    case 'resume':
      return runs.resume(runId, status === 'running' ? 'running' : 'pending', now)
    case 'cancel':
      return runs.cancel(runId, now)
    case 'retry_failed':
      return runs.reopenFailed(runId, now)
  }
}
