import type { JobType, Json, PayloadOf, ProjectId, ResultOf, Run, RunId, RunResult } from '@muster/core'
import { ValidationError } from '@muster/core'
import type {
  FinishedRun,
  NewOwnRun,
  NewRunRequest,
  NewScenario,
  RunOptions,
  RunUseCases,
  WaitOptions,
} from '@muster/core/calls'
import type { RunEscalation } from '@muster/core/escalation'
import type { FeedUseCases } from '@muster/core/feed'
import type { Clock, Ids } from '@muster/core/ports'
import type { Kept } from '@muster/core/rules'
import type { NewLinkedRun } from '@muster/core/runs'
import { elapsedMs, runEnd } from '@muster/core/use-cases'
import { until } from './until.ts'

/** How soon the last decisions of a run that has ended are seen. */
const DECIDED_MS = 50

/** A completed job of a run: its payload as it was given, its result as it was kept. */
export interface CompletedResult<Payload = Json, Result = Json>
  extends Pick<RunResult, 'scenarioId' | 'model'> {
  readonly state: 'completed'
  readonly payload: Payload
  readonly result: Result
}

/** A job of a run that gave no result, and why. */
export interface MissingResult<Payload = Json> extends Pick<RunResult, 'scenarioId' | 'model' | 'error'> {
  readonly state: 'failed' | 'cancelled'
  readonly payload: Payload
}

/** A run to be followed, from whichever process. */
export interface RunHandle<Type extends JobType = JobType> {
  readonly runId: RunId
  /**
   * The run once it has ended, as the feed tells; the same on every process.
   * @throws ClosedError once this Muster closes; the signal's reason; a DOMException named `TimeoutError`
   */
  finished(options?: WaitOptions): Promise<FinishedRun>
  /**
   * The escalation by its policy, once it has ended and every scenario is decided: the tasks are there then. null for a run without one.
   * @throws as {@link RunHandle.finished}
   */
  decided(options?: WaitOptions): Promise<RunEscalation | null>
  /** The results of its completed jobs so far, by the scenario's place, then the model's. */
  results(): AsyncIterable<CompletedResult<Kept<PayloadOf<Type>>, ResultOf<Type>>>
  /** Its jobs that failed or were cancelled so far, in the same order. */
  failures(): AsyncIterable<MissingResult<Kept<PayloadOf<Type>>>>
  /** Idempotent. @throws RunStateError once it has completed */
  cancel(): Promise<Run>
}

/** A run as it was when it began, and what can be done with it. */
export type StartedRun<Type extends JobType = JobType> = Run & RunHandle<Type>

/** A run to be started with scenarios of its own. */
export interface TypedRun<Type extends JobType> extends Omit<NewOwnRun, 'jobType' | 'scenarios'> {
  readonly jobType: Type
  readonly scenarios: Iterable<TypedScenario<Type>> | AsyncIterable<TypedScenario<Type>>
}

/** One scenario of a job type: what its schema reads. */
export interface TypedScenario<Type extends JobType> extends Omit<NewScenario, 'payload'> {
  readonly payload: PayloadOf<Type>
}

/** Runs, of job types that keep their types. */
export interface Runs<Types extends JobType = JobType> extends Omit<RunUseCases, 'start'> {
  /**
   * Starts a run of scenarios given here: they become a definition of this run's own, in its transaction. A repeated `idempotencyKey` gives the first run.
   * @throws ValidationError, JobValidationError with paths such as `scenarios[3].payload.text`; nothing is kept then
   */
  start<Type extends Types>(
    projectId: ProjectId,
    request: TypedRun<Type>,
    options?: RunOptions,
  ): Promise<StartedRun<Type>>
  /**
   * Starts a run of a definition, or after another run, of whose results it gets its scenarios once it is time.
   * @throws ValidationError; also for a definition that is unknown in this project. NotFoundError for a run to start after that is
   */
  start(
    projectId: ProjectId,
    request: NewRunRequest | NewLinkedRun,
    options?: RunOptions,
  ): Promise<StartedRun>
  /** A run that was started before, or elsewhere. @throws NotFoundError; ValidationError if it is of another job type */
  follow<Type extends Types = Types>(runId: RunId, jobType?: Type): Promise<StartedRun<Type>>
  /** As {@link RunHandle.finished}. @throws NotFoundError */
  finished(runId: RunId, options?: WaitOptions): Promise<FinishedRun>
  /** As {@link RunHandle.decided}. @throws NotFoundError */
  decided(runId: RunId, options?: WaitOptions): Promise<RunEscalation | null>
}

interface Deps {
  readonly runs: RunUseCases
  readonly feed: FeedUseCases
  readonly clock: Clock
  readonly ids: Ids
  /** Aborts, with a ClosedError, once this Muster closes. */
  readonly closing: AbortSignal
}

/** The use cases of runs, with handles. */
export function runsOf(deps: Deps): Runs {
  const { runs } = deps
  const finished = (runId: RunId, { signal, ...options }: WaitOptions = {}): Promise<FinishedRun> =>
    runEnd(deps, runId, {
      ...options,
      signal: signal ? AbortSignal.any([signal, deps.closing]) : deps.closing,
    })
  const decided = async (runId: RunId, options: WaitOptions = {}): Promise<RunEscalation | null> => {
    const startedAt = elapsedMs(deps.clock)
    await finished(runId, options)
    const { escalation } = await until(
      {
        ...deps,
        look: () => runs.get(runId),
        isSo: ({ escalation }) => (escalation?.ready ?? 0) === 0,
        everyMs: DECIDED_MS,
        otherwise: 'The run was not decided',
        startedAt,
      },
      options,
    )
    return escalation
  }
  const started = (run: Run): StartedRun =>
    Object.assign(new Handle(run.runId, runs, { finished, decided }), run)
  return {
    ...runs,
    start: async (
      projectId: ProjectId,
      request: NewRunRequest | NewOwnRun | NewLinkedRun,
      options?: RunOptions,
    ) => started(await runs.start(projectId, request, options)),
    async follow(runId: RunId, jobType?: JobType) {
      const run = await runs.get(runId)
      demandType(run, jobType)
      return started(run)
    },
    finished,
    decided,
  } as Runs
}

class Handle implements RunHandle {
  readonly runId: RunId
  readonly #runs: RunUseCases
  readonly #waits: Pick<Runs, 'finished' | 'decided'>

  constructor(runId: RunId, runs: RunUseCases, waits: Pick<Runs, 'finished' | 'decided'>) {
    this.runId = runId
    this.#runs = runs
    this.#waits = waits
  }

  finished(options?: WaitOptions): Promise<FinishedRun> {
    return this.#waits.finished(this.runId, options)
  }

  decided(options?: WaitOptions): Promise<RunEscalation | null> {
    return this.#waits.decided(this.runId, options)
  }

  async *results(): AsyncGenerator<CompletedResult> {
    for await (const { scenarioId, model, state, payload, result } of this.#runs.results(this.runId)) {
      if (state === 'completed') yield { scenarioId, model, state, payload, result }
    }
  }

  async *failures(): AsyncGenerator<MissingResult> {
    for await (const { scenarioId, model, state, payload, error } of this.#runs.results(this.runId)) {
      if (state !== 'completed') yield { scenarioId, model, state, payload, error }
    }
  }

  cancel(): Promise<Run> {
    return this.#runs.cancel(this.runId)
  }
}

/** A result of another type would be read as what it is not. */
function demandType(run: Run, jobType: JobType | undefined): void {
  const { jobType: name } = run.config.definitionSnapshot
  if (jobType === undefined || jobType.name === name) return
  throw new ValidationError([{ path: 'jobType', message: `must be ${name}, which the run is of` }])
}
