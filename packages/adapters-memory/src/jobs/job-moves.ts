import type { JobError, ProjectId, Run, RunId, RunStatus } from '@muster/core'
import type { JobCounts } from '@muster/core/calls'
import { fact, type NewFact } from '@muster/core/feed'
import { type AttemptOutcome, causePattern } from '@muster/core/operating'
import type { Tally } from '@muster/core/ports'
import { freshPace, isOver, paceAfter, type Reached } from '@muster/core/rules'
import { RATE_GRAINS, stretchOf } from '@muster/core/runs'
import { frozen } from '../tables/frozen.ts'
import { ALL } from '../tables/people-tables.ts'
import type { JobRateRow } from '../tables/rate-tables.ts'
import { isStopped, type JobRow, toldState } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import type { Lane } from './lane.ts'
import { keyOf } from './order.ts'

type Counted = 'total' | 'completed' | 'failed' | 'cancelled'

const NO_JOBS: JobCounts = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }

/** Job moves of one operation: rows change one by one, counters, runs and facts once, in {@link finish}. */
export class JobMoves {
  readonly #tables: JobTables
  readonly #now: number
  readonly #facts: NewFact[] = []
  readonly #counts = new Map<string, { of: ProjectId; type: string; by: Record<keyof JobCounts, number> }>()
  readonly #tallies = new Map<RunId, Map<string, Partial<Record<Counted, number>>>>()

  constructor(tables: JobTables, now: Date) {
    this.#tables = tables
    this.#now = now.getTime()
  }

  /** Counts `by` jobs that are new, all pending. */
  arrive(projectId: ProjectId, type: string, by: number): void {
    this.#count(projectId, type, 'pending', by)
  }

  /** A job in line starts, and with the first its run. */
  begin(row: JobRow, workerId: JobRow['workerId']): JobRow {
    row.lane.take(row.seq)
    const run = row.runId === null ? undefined : this.#tables.demandRun(row.runId)
    if (run?.status === 'pending') this.moveRun(run, 'running', { startedAt: new Date(this.#now) })
    return this.#to(row, 'active', {
      attempt: row.attempt + 1,
      starts: row.starts + 1,
      workerId,
      outcomeOf: null,
      startedAt: this.#now,
      handedAt: null,
      step: null,
      progress: 0,
    })
  }

  /** A job ends for good, wherever it was. */
  settle(row: JobRow, state: 'completed' | 'failed' | 'cancelled', change: Partial<JobRow> = {}): JobRow {
    if (row.state === 'pending') row.lane.take(row.seq)
    const settled = this.#to(row, state, {
      // One that failed by others may wait for them again.
      parents: state === 'failed' ? row.parents : null,
      ...change,
      workerId: null,
      handedAt: null,
      cancelling: false,
      finishedAt: this.#now,
    })
    this.#tables.flows.end(row.jobId, state)
    this.#tally(row, state, 1)
    if (state !== 'cancelled') this.#rate(row, { settled: 1, failed: state === 'failed' ? 1 : 0 })
    if (row.runId !== null) this.#tables.escalations.settle(row.runId, row.place)
    if (state === 'failed' && settled.error) {
      const { jobId: itemId, projectId, runId, type, attempt } = settled
      const { code, message } = settled.error
      this.#tables.noteFailure(settled, code, causePattern(message), message.slice(0, 500), this.#now)
      this.#facts.push(
        fact(projectId, 'job_failed', { itemId, runId, type, attempt, error: { code, message } }),
      )
    }
    return settled
  }

  /** A new job of a run that was done elsewhere ended there so. Neither rates nor causes count it; its lane is cut by the caller. */
  endElsewhere(row: JobRow, state: 'completed' | 'failed', change: Partial<JobRow>): void {
    this.#to(row, state, { ...change, attempt: 1, finishedAt: this.#now })
    this.#tally(row, state, 1)
  }

  /** Moves an active job to where it has come, with all else that is known of it. */
  reach(row: JobRow, { state, availableAt, error, ...tried }: Reached, known: Partial<JobRow> = {}): void {
    const change = { ...known, ...tried, ...(error === undefined ? {} : { error: frozen(error) }) }
    if (state === 'again') this.again(row, availableAt?.getTime(), change, error != null)
    else if (state === 'asleep') this.#sleep(row, change)
    else this.settle(row, state, change)
  }

  /** An active job is to be tried again: now, in line at its place, or when its time comes. A job that a cut decided on meanwhile is cancelled instead. */
  again(row: JobRow, availableAt: number | undefined, change: Partial<JobRow>, failed = false): void {
    if (isStopped(row)) {
      this.settle(row, 'cancelled', { ...change, error: null })
      return
    }
    const waits = availableAt !== undefined
    if (waits || failed) this.#rate(row, { retried: 1 })
    if (!waits) row.lane.put(row.seq)
    this.#to(row, waits ? 'waiting' : 'pending', {
      ...change,
      workerId: null,
      availableAt: availableAt ?? row.availableAt,
    })
  }

  /** An active job waits for people: no worker has it, and one more attempt is allowed. One that is to be tried no more is cancelled instead. */
  #sleep(row: JobRow, change: Partial<JobRow>): void {
    if (isStopped(row)) {
      this.settle(row, 'cancelled', { ...change, error: null })
      return
    }
    this.#to(row, 'asleep', {
      ...change,
      workerId: null,
      maxAttempts: row.maxAttempts + 1,
      sleeps: row.sleeps + 1,
    })
  }

  /** A sleeper with all its answers stands in line again, at the end of its lane. */
  rise(row: JobRow): void {
    this.#to(row, 'pending', { seq: row.lane.append(row.jobId, true) })
  }

  /** Keeps how an attempt at an active job ended, unless that completed or cancelled it. */
  noteEnd(
    { jobId, attempt, startedAt, workerId }: JobRow,
    outcome: AttemptOutcome,
    error: JobError | null,
  ): void {
    this.#tables.noteAttempt(jobId, {
      attempt,
      startedAt: new Date(startedAt ?? this.#now),
      endedAt: new Date(this.#now),
      workerId,
      outcome,
      error,
    })
  }

  /** An active job has lost its worker. */
  noteLoss(row: JobRow, error: JobError | null): void {
    this.noteEnd(row, 'lost', error)
    this.#rate(row, { lost: 1 })
  }

  /** A job that ended because of others waits for them again. */
  block(row: JobRow): JobRow {
    this.#tables.failures.delete(row.jobId)
    this.#tables.flows.end(row.jobId, 'again')
    return this.#to(row, 'blocked', { error: null, finishedAt: null })
  }

  /** A job that waited for others is in line, or waits for its time. */
  release(row: JobRow): void {
    const { lane, limitSet, availableAt, createdAt } = row
    const waits = availableAt > createdAt
    this.#tables.limits.enter(lane, limitSet, true)
    this.#to(row, waits ? 'waiting' : 'pending', { parents: null, seq: lane.append(row.jobId, !waits) })
  }

  /** A failed job from the beginning, at the end of its lane. */
  reopen(row: JobRow): void {
    this.#tables.failures.delete(row.jobId)
    this.#tables.flows.end(row.jobId, 'again')
    this.#to(row, 'pending', {
      seq: row.lane.append(row.jobId, true),
      attempt: 0,
      maxAttempts: row.maxAttempts - row.sleeps,
      sleeps: 0,
      notNows: 0,
      deaths: 0,
      error: null,
      step: null,
      progress: 0,
      availableAt: this.#now,
      startedAt: null,
      finishedAt: null,
      parents: null,
    })
    this.#tally(row, 'failed', -1)
    if (row.runId !== null) this.#tables.escalations.reopen(row.runId, row.place)
  }

  /** Cancels all that is pending of a run, without touching its jobs, and says how many. */
  cutRun(run: Run): number {
    const tables = this.#tables
    const active = new Map<string, number>()
    for (const { model } of tables.activeByRun.in(run.runId)) {
      if (model !== null) active.set(model, (active.get(model) ?? 0) + 1)
    }
    let cut = 0
    for (const [model, { total, completed, failed, cancelled }] of Object.entries(run.tallies.byModel)) {
      const pending = total - completed - failed - cancelled - (active.get(model) ?? 0)
      this.#tallyBy(run.runId, model, 'cancelled', pending)
      cut += pending
    }
    if (cut > 0) {
      const jobType = this.#typeOf(run.runId)
      this.#count(run.projectId, jobType, 'pending', -cut)
      this.#count(run.projectId, jobType, 'cancelled', cut)
    }
    for (const lane of tables.lanesOf(run.runId)) this.#cut(lane)
    return cut
  }

  /** Cancels all that is pending in a project, and says how many. */
  cutProject(projectId: ProjectId): number {
    let cut = 0
    const runs = new Set(this.#tables.lanesOf(projectId).map(({ runId }) => runId))
    for (const runId of runs) {
      const run = runId === null ? undefined : this.#tables.demandRun(runId)
      if (run && !isOver(run.tallies) && run.status !== 'cancelled') cut += this.cutRun(run)
    }
    const loose = this.#tables.lanesOf(projectId).filter(({ runId }) => runId === null)
    for (const { type, pending } of this.#tables.countsByProject.in(projectId)) {
      const left = pending + (this.#counts.get(keyOf(projectId, type))?.by.pending ?? 0)
      if (left === 0) continue
      this.#count(projectId, type, 'pending', -left)
      this.#count(projectId, type, 'cancelled', left)
      cut += left
    }
    for (const lane of loose) this.#cut(lane)
    // They are among those counted above.
    for (const row of this.#tables.blockedByProject.in(projectId).slice()) {
      this.#tables.put({ ...row, state: 'cancelled', finishedAt: this.#now, parents: null })
      this.#tables.flows.end(row.jobId, 'cancelled')
    }
    return cut
  }

  #cut(lane: Lane): void {
    lane.cutAll(this.#now)
    this.#tables.limits.openAll(lane)
  }

  /** Moves the run, and says so. Its rate is measured from when it began to run, this time. */
  moveRun(run: Run, status: RunStatus, change: Partial<Run> = {}): Run {
    const { runId, projectId, status: from } = run
    const version = run.version + 1
    this.#facts.push(fact(projectId, 'run_status_changed', { runId, status, from, version }))
    if (status !== 'running') return this.#tables.runs.set(runId, { ...run, ...change, status, version })
    this.#tables.paces.set(runId, freshPace(this.#now))
    return this.#tables.runs.set(runId, { ...run, ...change, status, version, ratePerSecond: 0 })
  }

  /** Moves all counters, completes runs with their last job, and gives the facts that are true now. */
  finish(): readonly NewFact[] {
    for (const { of, type, by } of this.#counts.values()) {
      for (const owner of [of, ALL]) this.#addCounts(owner, type, by)
    }
    for (const [runId, byModel] of this.#tallies) {
      const run = this.#addTallies(this.#tables.demandRun(runId), byModel)
      if (isOver(run.tallies) && run.status !== 'cancelled' && run.status !== 'completed') {
        this.moveRun(run, 'completed', { finishedAt: new Date(this.#now) })
      }
    }
    return this.#facts
  }

  #rate(
    { projectId, type }: JobRow,
    counts: Partial<Pick<JobRateRow, 'settled' | 'failed' | 'retried' | 'lost'>>,
  ): void {
    const [grain] = RATE_GRAINS
    const at = stretchOf(new Date(this.#now), grain).getTime()
    this.#tables.rates.addJobs({
      projectId,
      type,
      grain,
      at,
      settled: 0,
      failed: 0,
      retried: 0,
      lost: 0,
      ...counts,
    })
  }

  #to(row: JobRow, state: JobRow['state'], change: Partial<JobRow>): JobRow {
    const [from, to] = [toldState(row), toldState({ state })]
    if (from !== to) {
      this.#count(row.projectId, row.type, from, -1)
      this.#count(row.projectId, row.type, to, 1)
    }
    return this.#tables.put({ ...row, ...change, state })
  }

  #count(of: ProjectId, type: string, state: keyof JobCounts, by: number): void {
    const key = keyOf(of, type)
    const entry = this.#counts.get(key) ?? { of, type, by: { ...NO_JOBS } }
    entry.by[state] += by
    this.#counts.set(key, entry)
  }

  #addCounts(of: string, type: string, by: JobCounts): void {
    const key = keyOf(of, type)
    const before = this.#tables.counts.get(key) ?? { ...NO_JOBS, of, type }
    this.#tables.counts.set(key, {
      of,
      type,
      pending: before.pending + by.pending,
      active: before.active + by.active,
      completed: before.completed + by.completed,
      failed: before.failed + by.failed,
      cancelled: before.cancelled + by.cancelled,
    })
  }

  #tally({ runId, model }: JobRow, state: Exclude<Counted, 'total'>, by: number): void {
    if (runId !== null && model !== null) this.#tallyBy(runId, model, state, by)
  }

  #tallyBy(runId: RunId, model: string, state: Exclude<Counted, 'total'>, by: number): void {
    const byModel = this.#tallies.get(runId) ?? new Map<string, Partial<Record<Counted, number>>>()
    const entry = byModel.get(model) ?? {}
    entry[state] = (entry[state] ?? 0) + by
    byModel.set(model, entry)
    this.#tallies.set(runId, byModel)
  }

  #addTallies(run: Run, moved: ReadonlyMap<string, Partial<Record<Counted, number>>>): Run {
    let sum: Tally = run.tallies
    const byModel = { ...run.tallies.byModel }
    let settled = 0
    for (const [model, by] of moved) {
      const before = byModel[model]
      if (!before) throw new Error(`Run ${run.runId} has no model ${model}`)
      byModel[model] = plus(before, by)
      sum = plus(sum, by)
      settled += (by.completed ?? 0) + (by.failed ?? 0)
    }
    const { total, completed, failed, cancelled } = sum
    return this.#tables.runs.set(run.runId, {
      ...run,
      tallies: { total, completed, failed, cancelled, byModel },
      ratePerSecond: settled > 0 ? this.#pace(run.runId, settled) : run.ratePerSecond,
    })
  }

  /** Notes `settled` more jobs, and gives the run's rate. */
  #pace(runId: RunId, settled: number): number {
    const known = this.#tables.paces.get(runId) ?? freshPace(this.#now)
    const { pace, ratePerSecond } = paceAfter(known, settled, this.#now)
    this.#tables.paces.set(runId, pace)
    return ratePerSecond
  }

  #typeOf(runId: RunId): string {
    const [first] = this.#tables.jobsOf(runId)
    if (first === undefined) throw new Error(`Run ${runId} has no jobs`)
    return this.#tables.demand(first).type
  }
}

function plus(tally: Tally, by: Partial<Record<Counted, number>>): Tally {
  return {
    total: tally.total,
    completed: tally.completed + (by.completed ?? 0),
    failed: tally.failed + (by.failed ?? 0),
    cancelled: tally.cancelled + (by.cancelled ?? 0),
  }
}
