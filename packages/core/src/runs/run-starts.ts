import { ValidationError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { DefinitionId, ProjectId, RunId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobType } from '../jobs/job.ts'
import type { StagedScenarios } from './definition-store.ts'
import { demandType } from './demand-type.ts'
import { checkPolicy } from './escalation/escalation-use-cases.ts'
import { startLinked } from './links/link-starts.ts'
import type { Run } from './run.ts'
import { demandProject, type RunDeps, type RunStores } from './run-deps.ts'
import { newRun, runSettings } from './run-input.ts'
import { demandJobs, freshRun, keepJobs, type Planned, placesOf } from './run-making.ts'
import type { NewOwnRun, NewRunRequest, RunOptions, RunUseCases } from './runs.ts'
import { scenarioBatches, withStaged } from './scenarios.ts'

/** Starting runs: of a definition that is kept, or of scenarios that become one. */
export function runStarts(deps: RunDeps): Pick<RunUseCases, 'start' | 'preview'> {
  const { transactions, jobTypes, clock, ids, nudge } = deps
  const { definitions, projects } = transactions.stores

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
        const { run, created } = await keepRun(deps, stores, { definition, places, wanted }, runId, options)
        if (!created) throw new StartedError(run)
        return run
      })
    return withStaged(definitions, scenarioBatches(scenarios, type), start).catch((error: unknown) => {
      if (error instanceof StartedError) return error.run
      throw error
    })
  }

  return {
    async start(projectId, request, options = {}) {
      if ('after' in request) return startLinked(deps, projectId, request, options)
      if ('definitionId' in request) {
        const planned = await planRun(deps, transactions.stores, projectId, request)
        const runId = ids.next() as RunId
        const { run } = await transactions.transaction((stores) =>
          keepRun(deps, stores, planned, runId, options),
        )
        nudge()
        return run
      }
      const run = await startOwn(projectId, request, options)
      nudge()
      return run
    },

    async preview(projectId, request) {
      const { wanted, places } = await planRun(deps, transactions.stores, projectId, request)
      const { models, repeats = 1 } = wanted
      demandJobs({ models, repeats }, places.length)
      return { scenarios: places.length, jobs: places.length * models.length * repeats }
    },
  }
}

/** Starts a run of a definition in the transaction of these stores; a repeated `idempotencyKey` gives the first run. @throws as `start` */
export async function startWithin(
  deps: Pick<RunDeps, 'jobTypes' | 'clock' | 'ids'>,
  stores: RunStores,
  projectId: ProjectId,
  request: NewRunRequest,
  options: RunOptions,
): Promise<Run> {
  const planned = await planRun(deps, stores, projectId, request)
  return (await keepRun(deps, stores, planned, deps.ids.next() as RunId, options)).run
}

/** Finds out what a run would be. @throws ValidationError, NotFoundError */
export async function planRun(
  { jobTypes }: Pick<RunDeps, 'jobTypes'>,
  stores: RunStores,
  projectId: ProjectId,
  request: NewRunRequest,
): Promise<Planned> {
  const { definitionId, ...wanted } = parse(newRun, request)
  await demandProject(stores.projects, projectId)
  const definition = await stores.definitions.find(definitionId as DefinitionId)
  if (definition?.projectId !== projectId) {
    throw new ValidationError([{ path: 'definitionId', message: 'is no definition of this project' }])
  }
  demandType(jobTypes, definition.jobType, 'definitionId')
  await checkPolicy(stores, projectId, wanted.escalation, ['escalation'])
  return { definition, places: await placesOf(stores.definitions, definition, wanted), wanted }
}

/** Writes the run, its jobs and its facts, unless its idempotency key is known. */
async function keepRun(
  deps: Pick<RunDeps, 'jobTypes' | 'clock' | 'ids'>,
  stores: RunStores,
  { definition, places, wanted }: Planned,
  runId: RunId,
  { idempotencyKey, createdBy = null }: RunOptions,
): Promise<{ readonly run: Run; readonly created: boolean }> {
  const createdAt = deps.clock.now()
  const run = freshRun(definition, places.length, wanted, { runId, startedBy: createdBy, createdAt })
  const { status, version } = run
  return keepJobs(
    deps,
    stores,
    { run, definition, places, wanted },
    {
      keep: (jobs) => stores.runs.add({ ...jobs, idempotencyKey: idempotencyKey ?? null }),
      facts: [fact(run.projectId, 'run_status_changed', { runId, status, from: null, version })],
    },
  )
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
