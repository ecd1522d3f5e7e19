import { PriceMissingError, ValidationError } from '../errors.ts'
import { fact, type NewFact } from '../events/event.ts'
import type { BudgetId } from '../ids.ts'
import { limitsOfRun } from '../jobs/limited.ts'
import { retryPolicy } from '../jobs/retry/retry.ts'
import type { LimitSet } from '../limits/limit.ts'
import { priceAt } from '../usage/price.ts'
import { scenariosOf } from './definition-scenarios.ts'
import type { DefinitionStore } from './definition-store.ts'
import { ruleOf } from './escalation/escalation-use-cases.ts'
import { freshEscalation } from './escalation/policy.ts'
import { type Definition, MAX_RUN_JOBS, type Run, type RunConfig } from './run.ts'
import type { RunDeps, RunStores } from './run-deps.ts'
import { freshTallies } from './run-progress.ts'
import type { NewRun } from './run-store.ts'
import type { RunSettings } from './runs.ts'
import { samplePlaces } from './sampling.ts'
import { budgetSettings } from './usage/budget-input.ts'

/** A run that may be started. */
export interface Planned {
  readonly definition: Definition
  /** Places of the scenarios that it does. */
  readonly places: readonly number[]
  readonly wanted: RunSettings
}

/** A run about to be kept, with so many scenarios. */
export function freshRun(
  definition: Definition,
  scenarios: number,
  wanted: RunSettings,
  { runId, startedBy, createdAt }: Pick<Run, 'runId' | 'startedBy' | 'createdAt'>,
): Run {
  const config = configOf(definition, wanted)
  demandJobs(config, scenarios)
  return {
    runId,
    projectId: definition.projectId,
    definitionId: definition.definitionId,
    status: 'pending',
    priority: wanted.priority ?? 'normal',
    config,
    tallies: freshTallies(wanted.models, scenarios * config.repeats),
    escalation: null,
    link: null,
    ratePerSecond: 0,
    version: 1,
    startedBy,
    createdAt,
    startedAt: null,
    finishedAt: null,
  }
}

/** Writes jobs, policy, budget and facts of a run, unless it was there before. */
export async function keepJobs(
  { jobTypes, clock, ids }: Pick<RunDeps, 'jobTypes' | 'clock' | 'ids'>,
  stores: RunStores,
  { run, definition, places, wanted }: Planned & { readonly run: Run },
  {
    keep,
    facts,
  }: {
    readonly keep: (
      jobs: Omit<NewRun, 'idempotencyKey'>,
    ) => Promise<{ readonly run: Run; readonly created: boolean }>
    readonly facts: readonly NewFact[]
  },
): Promise<{ readonly run: Run; readonly created: boolean }> {
  const { runId, projectId } = run
  const { jobType } = definition
  const payloads = (): AsyncIterable<unknown> => payloadsOf(stores.definitions, definition, places)
  const about = { projectId, models: wanted.models }
  const limits = await limitsOfRun(jobTypes.get(jobType), about, payloads)
  const { budgetMicros } = wanted
  if (budgetMicros !== undefined) await demandPrices(stores, wanted.models, limits, clock.now())
  const { maxAttempts } = retryPolicy(jobTypes.get(jobType)?.retry)
  const added = await keep({ run, places, jobType, maxAttempts, limits })
  if (added.created) {
    const { tallies, startedBy: createdBy } = added.run
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
      ...facts,
      fact(projectId, 'queue_item_added', { runId, count: tallies.total, createdBy }),
    ])
  }
  const escalation = wanted.escalation && freshEscalation(wanted.escalation, places.length)
  return added.created && escalation ? { ...added, run: { ...added.run, escalation } } : added
}

/** @throws PriceMissingError for a model of which neither a price nor its jobs tell what an attempt costs */
export async function demandPrices(
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

/** The payloads at these places, ascending. */
async function* payloadsOf(
  definitions: DefinitionStore,
  { definitionId }: Definition,
  places: readonly number[],
): AsyncGenerator<unknown, void> {
  const wanted = new Set(places)
  for await (const { place, payload } of scenariosOf(definitions, definitionId))
    if (wanted.has(place)) yield payload
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
export function demandJobs(
  { models, repeats }: Pick<RunConfig, 'models' | 'repeats'>,
  scenarios: number,
): void {
  const jobs = scenarios * models.length * repeats
  if (jobs <= MAX_RUN_JOBS) return
  const message = `makes ${jobs} jobs of ${scenarios} scenarios and ${models.length} models, and a run has at most ${MAX_RUN_JOBS}`
  throw new ValidationError([{ path: 'repeats', message }])
}

/** Places of the scenarios that are sampled, ascending. */
export async function placesOf(
  definitions: Pick<DefinitionStore, 'scenarioIds'>,
  { definitionId, scenarioCount }: Definition,
  { samplePercentage = 100, sampleSeed = 0 }: RunSettings,
): Promise<number[]> {
  if (samplePercentage === 100) return Array.from({ length: scenarioCount }, (_, index) => index + 1)
  return samplePlaces(await definitions.scenarioIds(definitionId), samplePercentage, sampleSeed)
}
