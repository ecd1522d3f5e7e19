import type { DefinitionId, ProjectId, RunId, UserId } from '../ids.ts'
import type { JobState, JobType, JobWithResult, RunResult } from '../jobs/job.ts'
import type { Json } from '../json/json.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { RatesRequest, RunRates } from '../rates/rate-use-cases.ts'
import type { EscalationUseCases } from './escalation/escalations.ts'
import type { EscalationPolicy } from './escalation/policy.ts'
import type { RunAfter } from './links/link.ts'
import type { RunFlow } from './links/run-flow.ts'
import type { Definition, Run, RunPriority, RunStatus, RunTallies, Scenario } from './run.ts'
import type { RunResultWithUsage } from './run-results.ts'
import type { ModelDurations, RunPacing, RunsWhere } from './run-store.ts'
import type { RunWaitsFor } from './run-wait.ts'

/** One scenario to be probed. */
export interface NewScenario {
  /** Missing: its place, from 1, as a string. */
  readonly scenarioId?: string | undefined
  readonly payload: Json
}

/** A definition to be kept as the next version of its name. */
export interface NewDefinition {
  readonly name: string
  /** Default `probe:scenario`. */
  readonly jobType?: string | undefined
  /** Not empty, no repeated ids, ≤ 1 000 000; read once, so a stream will do. */
  readonly scenarios: Iterable<NewScenario> | AsyncIterable<NewScenario>
}

/** Definitions. Input schemas in `runs/input.ts`: `newDefinition` (scenarios as an array), `definitionHead` ({ name, jobType? }), `newScenario`. */
export interface DefinitionUseCases {
  /** The same name again makes the next version. @throws ValidationError / JobValidationError with paths such as `scenarios[3].payload.text`; nothing is kept then */
  add(projectId: ProjectId, input: NewDefinition): Promise<Definition>
  get(definitionId: DefinitionId): Promise<Definition>
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Definition>>
  scenarios(definitionId: DefinitionId, request: PageRequest): Promise<Page<Scenario>>
}

/** How a run is done; `maxJobsPerSecond` paces it. */
export interface RunSettings {
  /** 1–100 names, no repeats. */
  readonly models: readonly string[]
  /** How often each model does each scenario: 1–100, default 1. */
  readonly repeats?: number | undefined
  /** 0 < p ≤ 100; default 100. */
  readonly samplePercentage?: number | undefined
  /** 0..2⁵³−1; default 0. */
  readonly sampleSeed?: number | undefined
  readonly priority?: RunPriority | undefined
  readonly experimentId?: string | null | undefined
  readonly maxJobsPerSecond?: number | null | undefined
  /** Which scenarios go to people, as soon as their models have all settled. */
  readonly escalation?: EscalationPolicy | undefined
  /** A hard budget of the run, in millionths of the currency unit: at it, jobs wait. Each model needs a price, or a job type that estimates `costMicros`. */
  readonly budgetMicros?: number | undefined
}

/** A run of a definition to be started. */
export interface NewRunRequest extends RunSettings {
  readonly definitionId: string
}

/** A run to be started with scenarios of its own, which become a definition in the run's transaction. */
export interface NewOwnRun extends RunSettings {
  /** One that is registered here, found by its name. */
  readonly jobType: Pick<JobType, 'name'>
  /** As those of a definition. */
  readonly scenarios: NewDefinition['scenarios']
}

/** A run to be started after another of the project: it is there at once, and gets its scenarios and jobs when it is time. */
export interface NewLinkedRun extends RunSettings {
  readonly after: RunAfter
  /** The name of one that is registered here; default: that of the other run. */
  readonly jobType?: string | undefined
}

/** The caller, and a key: a repeated `idempotencyKey` gives the first run of the project. */
export interface RunOptions {
  readonly idempotencyKey?: string
  readonly createdBy?: UserId | null
}

/** A change of a run that goes on. */
export type RunChange = { readonly [Field in keyof RunPacing]?: RunPacing[Field] | undefined }

/** How far a run is, exactly, and how fast it goes: jobs settled a second, and seconds to its end at that rate. */
export interface RunProgress extends RunTallies {
  readonly runId: RunId
  readonly status: RunStatus
  /** 100 · settled / total */
  readonly percentComplete: number
  readonly ratePerSecond: number
  /** null while nothing moves. */
  readonly etaSeconds: number | null
}

/** Runs. Input schema: `newRun`. Pause, resume and cancel are idempotent and O(1) in the number of jobs; an impossible one is RunStateError. */
export interface RunUseCases extends EscalationUseCases {
  /**
   * Validates, samples, snapshots the definition, and creates run and jobs, and the definition if the scenarios are its own: all or nothing. A
   * repeated `idempotencyKey` gives the first run. After another run: creates the run, which waits for that one.
   * @throws ValidationError, JobValidationError with paths such as `scenarios[3].payload.text`; also for a definition that is unknown in this project; NotFoundError for a
   * run to start after that is
   */
  start(
    projectId: ProjectId,
    request: NewRunRequest | NewOwnRun | NewLinkedRun,
    options?: RunOptions,
  ): Promise<Run>
  /** Starts a run as this one was started, after the same run: of the results that it has now. @throws RunStateError for a run that starts after no other */
  refresh(runId: RunId, options?: RunOptions): Promise<Run>
  /** The run with those that it starts after, and those that start after it, and so on. */
  flow(runId: RunId): Promise<RunFlow>
  /** The size of the run that `start` would make; creates nothing. */
  preview(
    projectId: ProjectId,
    request: NewRunRequest,
  ): Promise<{ readonly scenarios: number; readonly jobs: number }>
  get(runId: RunId): Promise<Run>
  /** Those that exist, in no promised order, in a constant number of statements. */
  findMany(runIds: readonly RunId[]): Promise<Run[]>
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Run>>
  /** Runs of a project, of several or of all, newest first, of which all that is said is true. @throws ValidationError */
  find(
    where: RunsWhere & PageRequest & { readonly projectId?: ProjectId | readonly ProjectId[] | undefined },
  ): Promise<Page<Run>>
  progress(runId: RunId): Promise<RunProgress>
  /**
   * Why none of its jobs begins: the run that it starts after, or up to 20 of the keys and budgets that hold back all jobs that are next in line. Empty if one may begin, and of a
   * run that is paused or has ended.
   */
  waitsFor(runId: RunId): Promise<RunWaitsFor[]>
  /** How long jobs took, by model, of the last 1 000 that completed or failed, in the order of the run's models. */
  durations(runId: RunId): Promise<ModelDurations[]>
  /**
   * How fast its jobs settle, as they stand now: one that failed is not counted while it is tried again.
   * @throws ValidationError for a window that is none, or of too many steps
   */
  rates(runId: RunId, request: RatesRequest): Promise<RunRates>
  /** @throws ValidationError for a model that the run does not have */
  jobs(
    runId: RunId,
    filter: { state?: readonly JobState[] | undefined; model?: string | undefined },
    request: PageRequest,
  ): Promise<Page<JobWithResult>>
  /** The last settled jobs, the latest first. */
  recentJobs(runId: RunId, limit: number): Promise<JobWithResult[]>
  /** The same of many runs, in the order asked for; none of a run that does not exist. */
  recentJobsOf(runIds: readonly RunId[], limit: number): Promise<(readonly JobWithResult[])[]>
  /** Settled jobs in an order that does not depend on how the run went. */
  results(runId: RunId): AsyncIterable<RunResult>
  /** The same, each with what its attempts used. */
  resultsWithUsage(runId: RunId): AsyncIterable<RunResultWithUsage>
  pause(runId: RunId, ifVersion?: number): Promise<Run>
  resume(runId: RunId, ifVersion?: number): Promise<Run>
  cancel(runId: RunId, ifVersion?: number): Promise<Run>
  retryFailed(runId: RunId, ifVersion?: number): Promise<Run>
  /**
   * Sets its pace or its priority; what is missing stays. Nothing happens if it has both already.
   * @throws ValidationError; RunStateError for a cancelled run
   */
  change(runId: RunId, change: RunChange, ifVersion?: number): Promise<Run>
}
