import { PriceMissingError, ValidationError } from '../errors.ts'
import { fact } from '../events/event.ts'
import type { BudgetId, DefinitionId, ProjectId, RunId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobType } from '../jobs/job.ts'
import { limitsOfRun } from '../jobs/limited.ts'
import { retryPolicy } from '../jobs/retry/retry.ts'
import type { LimitSet } from '../limits/limit.ts'
import { priceAt } from '../usage/price.ts'
import type { DefinitionStore, StagedScenarios } from './definition-store.ts'
import { demandType } from './demand-type.ts'
import { checkPolicy, ruleOf } from './escalation/escalation-use-cases.ts'
import { freshEscalation } from './escalation/policy.ts'
import { type Definition, MAX_RUN_JOBS, type Run, type RunConfig } from './run.ts'
import { demandProject, type RunDeps, type RunStores } from './run-deps.ts'
import { newRun, runSettings } from './run-input.ts'
import { freshTallies } from './run-progress.ts'
import type { NewOwnRun, NewRunRequest, RunOptions, RunSettings, RunUseCases } from './runs.ts'
import { samplePlaces } from './sampling.ts'
import { scenarioBatches, withStaged } from './scenarios.ts'
import { budgetSettings } from './usage/budget-input.ts'

/** Scenarios read at once for keys that depend on their payloads. */
const PAGE = 1_000

/** A run that may be started. */
interface Planned {
  readonly definition: Definition
  /** Places of the scenarios that it does. */
  readonly places: readonly number[]
  readonly wanted: RunSettings
}

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
  { jobTypes, clock, ids }: Pick<RunDeps, 'jobTypes' | 'clock' | 'ids'>,
  stores: RunStores,
  { definition, places, wanted }: Planned,
  runId: RunId,
  { idempotencyKey, createdBy = null }: RunOptions,
): Promise<{ readonly run: Run; readonly created: boolean }> {
  const { projectId } = definition
  const config = configOf(definition, wanted)
  demandJobs(config, places.length)
  const run: Run = {
    runId,
    projectId,
    definitionId: definition.definitionId,
    status: 'pending',
    priority: wanted.priority ?? 'normal',
    config,
    tallies: freshTallies(wanted.models, places.length * config.repeats),
    escalation: null,
    ratePerSecond: 0,
    version: 1,
    startedBy: createdBy,
    createdAt: clock.now(),
    startedAt: null,
    finishedAt: null,
  }
  const { jobType } = definition
  const payloads = (): AsyncIterable<unknown> => payloadsOf(stores.definitions, definition, places)
  const about = { projectId, models: wanted.models }
  const limits = await limitsOfRun(jobTypes.get(jobType), about, payloads)
  const { budgetMicros } = wanted
  if (budgetMicros !== undefined) await demandPrices(stores, wanted.models, limits, clock.now())
  const { maxAttempts } = retryPolicy(jobTypes.get(jobType)?.retry)
  const added = await stores.runs.add({
    run,
    places,
    jobType,
    maxAttempts,
    idempotencyKey: idempotencyKey ?? null,
    limits,
  })
  if (added.created) {
    const { status, version, tallies } = added.run
    if (wanted.escalation) {
      const rule = await ruleOf(stores, run, places, wanted.escalation)
      await stores.escalations.add(runId, rule)
    }
    if (budgetMicros !== undefined) {
      const budgetId = ids.next() as BudgetId
      const settings = budgetSettings({ capMicros: budgetMicros })
      await stores.budgets.add({ budgetId, projectId, scope: { runId }, ...settings }, clock.now())
    }
    await stores.events.append([
      fact(projectId, 'run_status_changed', { runId, status, from: null, version }),
      fact(projectId, 'queue_item_added', { runId, count: tallies.total, createdBy }),
    ])
  }
  const escalation = wanted.escalation && freshEscalation(wanted.escalation, places.length)
  return added.created && escalation ? { ...added, run: { ...added.run, escalation } } : added
}

/** @throws PriceMissingError for a model of which neither a price nor its jobs tell what an attempt costs */
async function demandPrices(
  { usage }: Pick<RunStores, 'usage'>,
  models: readonly string[],
  limits: readonly (LimitSet | null)[] | undefined,
  now: Date,
): Promise<void> {
  const { prices } = await usage.findPrices(models)
  for (const [index, model] of models.entries()) {
    const ofModel = limits?.filter((_, nth) => nth % models.length === index)
    const estimated = ofModel?.every((set) => (set?.costMicros ?? 0) > 0)
    if (!estimated && !priceAt(prices, model, now)) throw new PriceMissingError(model)
  }
}

/** The payloads at these places, ascending, read a page at a time. */
async function* payloadsOf(
  definitions: DefinitionStore,
  { definitionId }: Definition,
  places: readonly number[],
): AsyncGenerator<unknown, void> {
  const wanted = new Set(places)
  for (let after: number | undefined; ; ) {
    const slice = { limit: PAGE, ...(after === undefined ? {} : { after: { place: after } }) }
    const page = await definitions.listScenarios(definitionId, slice)
    for (const { place, payload } of page) if (wanted.has(place)) yield payload
    after = page.at(-1)?.place
    if (page.length < PAGE) return
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
    repeats: wanted.repeats ?? 1,
    samplePercentage: wanted.samplePercentage ?? 100,
    sampleSeed: wanted.sampleSeed ?? 0,
    experimentId: wanted.experimentId ?? null,
    maxJobsPerSecond: wanted.maxJobsPerSecond ?? null,
    definitionSnapshot: definition,
  }
}

/** @throws ValidationError for more jobs than a run may have */
function demandJobs({ models, repeats }: Pick<RunConfig, 'models' | 'repeats'>, scenarios: number): void {
  const jobs = scenarios * models.length * repeats
  if (jobs <= MAX_RUN_JOBS) return
  const message = `makes ${jobs} jobs of ${scenarios} scenarios and ${models.length} models, and a run has at most ${MAX_RUN_JOBS}`
  throw new ValidationError([{ path: 'repeats', message }])
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
