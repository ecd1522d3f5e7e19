import type { JobId, Json, RunId, TaskId } from '@muster/core'
import type {
  AskedByHand,
  EscalatingRun,
  EscalationRule,
  EscalationState,
  EscalationStore,
  NewDecision,
  ReadyScenario,
  ReadyScenarios,
  ScenarioEscalation,
  ScenarioResult,
} from '@muster/core/escalation'
import type { Slice } from '@muster/core/ports'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { type EscalationTables, type ScenarioRow, UNDECIDED } from './escalation-tables.ts'
import type { JobRow } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { keyOf } from './order.ts'

/** Which scenarios of runs go to people, in memory. */
export class MemoryEscalationStore implements EscalationStore {
  readonly #jobs: JobTables
  readonly #tables: EscalationTables

  constructor({ tables }: MemoryContext) {
    this.#jobs = tables.jobs
    this.#tables = tables.jobs.escalations
  }

  async add(runId: RunId, rule: EscalationRule): Promise<void> {
    const { projectId, status } = this.#jobs.demandRun(runId)
    if (this.#tables.runs.has(runId)) throw new Error(`Run ${runId} has a policy`)
    this.#tables.runs.set(runId, { runId, projectId, rule })
    const isOver = status === 'completed' || status === 'cancelled'
    for (const [place, jobs] of Map.groupBy(this.#jobsOf(runId), (job) => job.place)) {
      const open = jobs.filter(({ finishedAt }) => finishedAt === null).length
      const isCut = jobs.some(({ state }) => state === 'cancelled')
      const state = !isOver || open > 0 ? 'waiting' : isCut ? 'notDecided' : 'ready'
      const scenarioId = jobs[0]?.scenarioId ?? ''
      this.#tables.put({ ...UNDECIDED, runId, place, scenarioId, open, state, byHand: false })
    }
  }

  async find(runId: RunId): Promise<EscalatingRun | undefined> {
    return this.#tables.runs.get(runId)
  }

  async change(runId: RunId, rule: EscalationRule): Promise<void> {
    const run = this.#jobs.demandRun(runId)
    this.#tables.runs.set(runId, { runId, projectId: run.projectId, rule })
    this.#jobs.runs.set(runId, { ...run, version: run.version + 1 })
  }

  async ask(runId: RunId, scenarioIds: readonly string[]): Promise<AskedByHand[]> {
    const { status } = this.#jobs.demandRun(runId)
    const isOver = status === 'completed' || status === 'cancelled'
    const known = this.#byId(runId)
    return scenarioIds.map((scenarioId) => {
      const row = known.get(scenarioId)
      if (!row) return { scenarioId, state: undefined }
      if (row.state === 'escalated') return { scenarioId, state: row.state }
      const waits = this.#jobsOf(runId, row.place).some(({ finishedAt }) => finishedAt === null)
      const state = waits || (row.state === 'waiting' && !isOver) ? 'waiting' : 'ready'
      this.#tables.put({ ...row, ...UNDECIDED, byHand: true, state })
      return { scenarioId, state }
    })
  }

  async takeReady(limit: number): Promise<ReadyScenarios> {
    const ready = this.#tables.ready.in(ALL)
    const runs = Map.groupBy(ready.slice(0, limit), ({ runId }) => runId)
    return {
      runs: [...runs].map(([runId, rows]) => ({
        run: this.#runOf(runId),
        scenarios: rows.map((row) => this.#readyOf(row)),
      })),
      more: ready.length > limit,
    }
  }

  async lockLimited(runId: RunId): Promise<number> {
    return this.#tables.byRun.in(runId).filter(({ isLimited }) => isLimited).length
  }

  async decide(runId: RunId, decisions: readonly NewDecision[], now: Date): Promise<void> {
    for (const { place, isLimited, ...decision } of decisions) {
      const row = this.#tables.scenarios.get(keyOf(runId, place))
      if (!row) throw new Error(`Run ${runId} has no scenario at place ${place}`)
      const isEscalated = decision.state === 'escalated'
      this.#tables.put({
        ...row,
        ...decision,
        isLimited: isEscalated && isLimited,
        taskStatus: isEscalated ? 'open' : null,
        decidedAt: now,
      })
    }
  }

  async hasTask(taskId: TaskId): Promise<boolean> {
    return this.#tables.ofTask(taskId) !== undefined
  }

  async endTasks(
    taskIds: readonly TaskId[],
    taskStatus: 'completed' | 'cancelled',
    outcome: Json,
  ): Promise<void> {
    for (const taskId of taskIds) {
      const row = this.#tables.ofTask(taskId)
      if (row?.taskStatus === 'open') this.#tables.put({ ...row, taskStatus, outcome })
    }
  }

  async findMany(runId: RunId, scenarioIds: readonly string[]): Promise<ScenarioEscalation[]> {
    const wanted = new Set(scenarioIds)
    const rows = this.#tables.byRun.in(runId).filter(({ scenarioId }) => wanted.has(scenarioId))
    return rows.map((row) => {
      const { place: _place, ...told } = this.#told(row)
      return told
    })
  }

  async list(
    runId: RunId,
    states: readonly EscalationState[] | undefined,
    { limit, after }: Slice<{ readonly place: number }>,
  ): Promise<(ScenarioEscalation & { readonly place: number })[]> {
    return this.#tables.byRun
      .in(runId)
      .filter(({ place }) => place > (after?.place ?? 0))
      .map((row) => this.#told(row))
      .filter(({ state }) => states?.includes(state) ?? true)
      .slice(0, limit)
  }

  /** A scenario as it stands: in a run that is over nothing is waited for. */
  #told({ runId, open: _open, isLimited: _limited, ...row }: ScenarioRow) {
    const { status } = this.#jobs.demandRun(runId)
    const isOver = status === 'completed' || status === 'cancelled'
    return row.state === 'waiting' && isOver ? { ...row, state: 'notDecided' as const } : row
  }

  #byId(runId: RunId): ReadonlyMap<string, ScenarioRow> {
    return new Map(this.#tables.byRun.in(runId).map((row) => [row.scenarioId, row]))
  }

  /** The run's jobs, or those of one scenario, in the order of its models. */
  #runOf(runId: RunId): EscalatingRun {
    const run = this.#tables.runs.get(runId)
    if (!run) throw new Error(`Run ${runId} has no policy`)
    return run
  }

  #readyOf({ runId, place, scenarioId, byHand }: ScenarioRow): ReadyScenario {
    const jobs = this.#jobsOf(runId, place)
    const results = jobs.map(
      ({ model, state, result, error }): ScenarioResult => ({
        model: model ?? '',
        state: state as ScenarioResult['state'],
        result: state === 'completed' ? result : null,
        error: state === 'failed' ? error : null,
      }),
    )
    return { place, scenarioId, payload: jobs[0]?.payload ?? null, byHand, results }
  }

  #jobsOf(runId: RunId, place?: number): JobRow[] {
    const jobs = this.#jobs.jobsOf(runId)
    if (place === undefined) return jobs.map((jobId) => this.#jobs.demand(jobId))
    const { models, repeats } = this.#jobs.demandRun(runId).config
    const from = firstAt(jobs, place, (jobId) => this.#jobs.demand(jobId).place)
    return jobs.slice(from, from + models.length * repeats).map((jobId) => this.#jobs.demand(jobId))
  }
}

/** The index of the first job at `place`: they lie by place. */
function firstAt(jobs: readonly JobId[], place: number, placeOf: (jobId: JobId) => number): number {
  let low = 0
  for (let high = jobs.length; low < high; ) {
    const middle = (low + high) >>> 1
    if (placeOf(jobs[middle] as JobId) < place) low = middle + 1
    else high = middle
  }
  return low
}
