import type { JobId, JobState, ProjectId, Run, RunId, RunResult, RunStatus } from '@muster/core'
import type {
  JobWithResult,
  NewestKey,
  NewRun,
  RunJobKey,
  RunStore,
  RunsWhere,
  Slice,
} from '@muster/core/ports'
import { RUN_PRIORITIES } from '@muster/core/rules'
import type { ModelDurations, RunPacing, RunResultKey } from '@muster/core/runs'
import type { JobUsage } from '@muster/core/usage'
import { frozen } from '../tables/frozen.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { JobMoves } from './job-moves.ts'
import { type JobRow, jobOf, resultOf } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { keyOf, sliceNewest } from './order.ts'
import { makeJobs } from './run-jobs.ts'

const LIVE: ReadonlySet<RunStatus> = new Set(['pending', 'running', 'paused'])

/** Runs in memory. Facts of what happens here are the callers' to append, so those of {@link JobMoves} are left. */
export class MemoryRunStore implements RunStore {
  readonly #tables: JobTables
  readonly #context: MemoryContext

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
    this.#context = context
  }

  async add(wanted: NewRun): Promise<{ readonly run: Run; readonly created: boolean }> {
    const { run, idempotencyKey } = wanted
    if (idempotencyKey !== null) {
      const key = keyOf(run.projectId, idempotencyKey)
      const first = this.#tables.runKeys.get(key)
      if (first) return { run: this.#told(this.#tables.demandRun(first.runId)), created: false }
      this.#tables.runKeys.set(key, { runId: run.runId })
    }
    const jobs = makeJobs(this.#context, wanted)
    this.#tables.runs.set(run.runId, run)
    if (wanted.outcomes) await this.#complete(run, jobs, wanted.outcomes)
    return { run: this.#tables.demandRun(run.runId), created: true }
  }

  /** The run was done elsewhere: its jobs ended so, and those of which nothing is said are cancelled. */
  async #complete(
    { runId, projectId, config, createdAt }: Run,
    jobs: readonly JobId[],
    outcomes: NonNullable<NewRun['outcomes']>,
  ): Promise<void> {
    const told = new JobMoves(this.#tables, createdAt)
    for await (const batch of outcomes)
      for (const { place, model, state, result, error, latencyMs, usage } of batch) {
        const jobId = jobs[(place - 1) * config.models.length + model - 1]
        if (jobId === undefined)
          throw new Error(`Run ${runId} has no job at place ${place} of model ${model}`)
        told.endElsewhere(this.#tables.demand(jobId), state, {
          result: frozen(result),
          error: frozen(error),
          startedAt: createdAt.getTime() - (latencyMs ?? 0),
          usage: usage && { units: usage.input + usage.output, costMicros: usage.costMicros },
        })
        const name = config.models[model - 1]
        if (usage !== null && name !== undefined)
          this.#context.tables.usage.count({ projectId, runId, model: name }, usage, createdAt)
      }
    told.finish()
    const rest = new JobMoves(this.#tables, createdAt)
    rest.cutRun(this.#tables.demandRun(runId))
    rest.finish()
    const run = this.#tables.demandRun(runId)
    this.#tables.runs.set(runId, { ...run, status: 'completed', startedAt: createdAt, finishedAt: createdAt })
  }

  async find(runId: RunId): Promise<Run | undefined> {
    const run = this.#tables.runs.get(runId)
    return run && this.#told(run)
  }

  async findMany(runIds: readonly RunId[]): Promise<Run[]> {
    return runIds.flatMap((runId) => {
      const run = this.#tables.runs.get(runId)
      return run ? [this.#told(run)] : []
    })
  }

  #told(run: Run): Run {
    return this.#tables.toldRun(run)
  }

  async list(
    projects: ProjectId | readonly ProjectId[] | null,
    slice: Slice<NewestKey>,
    where: RunsWhere = {},
  ): Promise<Run[]> {
    const { runsByAge, allRunsByAge } = this.#tables
    const idOf = ({ runId }: Run): RunId => runId
    const among = Array.isArray(projects) ? new Set<ProjectId>(projects) : undefined
    const isWanted = (run: Run): boolean => (among?.has(run.projectId) ?? true) && isOf(run, where)
    const found =
      typeof projects === 'string'
        ? sliceNewest(runsByAge, projects, idOf, slice, isWanted)
        : sliceNewest(allRunsByAge, ALL, idOf, slice, isWanted)
    return found.map((run) => this.#told(run))
  }

  async listLive(projectId: ProjectId, limit: number): Promise<Run[]> {
    const live = this.#tables.runsByAge.in(projectId).filter(({ status }) => LIVE.has(status))
    return live
      .reverse()
      .slice(0, limit)
      .map((run) => this.#told(run))
  }

  async lock(runId: RunId): Promise<Run | undefined> {
    return this.find(runId)
  }

  async pause(runId: RunId): Promise<Run> {
    const moves = new JobMoves(this.#tables, this.#context.clock.now())
    return this.#told(moves.moveRun(this.#tables.demandRun(runId), 'paused'))
  }

  async resume(runId: RunId, status: 'pending' | 'running', now: Date): Promise<Run> {
    return this.#told(new JobMoves(this.#tables, now).moveRun(this.#tables.demandRun(runId), status))
  }

  async change(runId: RunId, { priority, maxJobsPerSecond }: RunPacing, now: Date): Promise<Run> {
    const before = this.#tables.demandRun(runId)
    this.#tables.relabel(runId, RUN_PRIORITIES[before.priority], RUN_PRIORITIES[priority])
    for (const lane of this.#tables.lanesOf(runId)) lane.change({ earnedAt: now.getTime() })
    const config = { ...before.config, maxJobsPerSecond }
    const run = { ...before, priority, config, version: before.version + 1 }
    return this.#told(this.#tables.runs.set(runId, run))
  }

  async cancel(runId: RunId, now: Date): Promise<Run> {
    const moves = new JobMoves(this.#tables, now)
    const run = moves.moveRun(this.#tables.demandRun(runId), 'cancelled', { finishedAt: now })
    for (const row of this.#tables.activeByRun.in(runId).slice())
      this.#tables.put({ ...row, cancelling: true })
    moves.cutRun(run)
    moves.finish()
    return this.#told(this.#tables.demandRun(runId))
  }

  async reopenFailed(runId: RunId, now: Date): Promise<Run> {
    const moves = new JobMoves(this.#tables, now)
    for (const row of this.#rowsOf(runId)) if (row.state === 'failed') moves.reopen(row)
    moves.moveRun(this.#tables.demandRun(runId), 'running', { finishedAt: null })
    moves.finish()
    return this.#told(this.#tables.demandRun(runId))
  }

  async listJobs(
    runId: RunId,
    {
      state,
      model,
    }: { readonly state?: readonly JobState[] | undefined; readonly model?: string | undefined },
    { limit, after }: Slice<RunJobKey>,
  ): Promise<{ readonly job: JobWithResult; readonly key: RunJobKey }[]> {
    const jobs = this.#tables.jobsOf(runId)
    const found: { readonly job: JobWithResult; readonly key: RunJobKey }[] = []
    for (let seq = (after?.seq ?? jobs.length + 1) - 1; seq > 0 && found.length < limit; seq--) {
      const job = jobOf(this.#tables.demand(jobs[seq - 1] as JobId))
      if (state && !state.includes(job.state)) continue
      if (model !== undefined && model !== job.model) continue
      found.push({ job, key: { seq } })
    }
    return found
  }

  async recentJobs(runIds: readonly RunId[], limit: number): Promise<JobWithResult[]> {
    return runIds.flatMap((runId) => {
      this.#tables.tidy(this.#tables.lanesOf(runId))
      return this.#tables.settledByRun.in(runId).slice(-limit).reverse().map(jobOf)
    })
  }

  async durations(runId: RunId, limit: number): Promise<ModelDurations[]> {
    const settled = this.#tables.settledByRun.in(runId).filter(({ state }) => state !== 'cancelled')
    const byModel = Map.groupBy(settled.slice(-limit), ({ model }) => model ?? '')
    return [...byModel].map(([model, rows]) => {
      const sorted = rows
        .map(({ startedAt, finishedAt }) => (finishedAt ?? 0) - (startedAt ?? 0))
        .sort((a, b) => a - b)
      const rank = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0
      return { model, jobs: rows.length, p50: rank(0.5), p95: rank(0.95) }
    })
  }

  async listResults(
    runId: RunId,
    { limit, after }: Slice<RunResultKey>,
  ): Promise<{ readonly result: RunResult; readonly usage: JobUsage | null; readonly key: RunResultKey }[]> {
    const found = []
    for (const row of this.#rowsOf(runId, after)) {
      const result = resultOf(row)
      if (result) found.push({ result, usage: row.usage, key: keyOfResult(row) })
      if (found.length === limit) break
    }
    return found
  }

  /** Every job of the run as it counts, by place, model and repeat: they were made in that order. */
  *#rowsOf(runId: RunId, after?: RunResultKey): Generator<JobRow> {
    const jobs = this.#tables.jobsOf(runId)
    const isShown = (index: number): boolean => {
      const { place, model, repeat } = keyOfResult(this.#tables.demand(jobs[index] as JobId))
      return after !== undefined && (place - after.place || model - after.model || repeat - after.repeat) <= 0
    }
    let low = 0
    for (let high = jobs.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (isShown(middle)) low = middle + 1
      else high = middle
    }
    for (let index = low; index < jobs.length; index++) yield this.#tables.demand(jobs[index] as JobId)
  }
}

function keyOfResult({ place, modelPlace, repeat }: JobRow): RunResultKey {
  return { place, model: modelPlace, repeat: repeat ?? 1 }
}

function isOf({ status, definitionId, config, createdAt }: Run, where: RunsWhere): boolean {
  return (
    (where.model === undefined || config.models.includes(where.model)) &&
    (where.from ?? createdAt) <= createdAt &&
    (where.to === undefined || createdAt < where.to) &&
    (where.status?.includes(status) ?? true) &&
    (where.definitionId ?? definitionId) === definitionId &&
    (where.experimentId ?? config.experimentId) === config.experimentId
  )
}
