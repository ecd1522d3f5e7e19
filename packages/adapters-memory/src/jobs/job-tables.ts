import type { Definition, DefinitionId, JobId, Json, ProjectId, Run, RunId, Scenario } from '@muster/core'
import type { JobAsk, OnAskTimeout } from '@muster/core/asks'
import type { JobCounts } from '@muster/core/calls'
import type { UniqueBy } from '@muster/core/making'
import {
  CAUSE_STRETCH_SECONDS,
  type JobAttempt,
  MOST_CAUSES,
  OTHER_CAUSE,
  type ProcessId,
  type ProcessReport,
} from '@muster/core/operating'
import type { WorkerId } from '@muster/core/ports'
import type { RemoteWorker } from '@muster/core/remote'
import type { Pace } from '@muster/core/rules'
import { stretchOf } from '@muster/core/runs'
import { ALL } from '../tables/people-tables.ts'
import type { RateTables } from '../tables/rate-tables.ts'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'
import type { UsageTables } from '../tables/usage-tables.ts'
import { BudgetTables } from './budget-tables.ts'
import { EscalationTables } from './escalation-tables.ts'
import { FlowTables } from './flow-tables.ts'
import { decided, isAsleep, isUnderCut, type JobRow, toldState } from './job-row.ts'
import { Lane } from './lane.ts'
import { LimitTables } from './limit-tables.ts'
import { LinkTables } from './link-tables.ts'
import { byAge, byText, keyOf } from './order.ts'

const byId = (a: JobRow, b: JobRow): number => byText(a.jobId, b.jobId)

interface CauseRow {
  readonly causeId: number
  readonly projectId: ProjectId
  readonly type: string
  readonly code: string
  readonly pattern: string
  readonly sample: string
  readonly firstAt: number
}

/** Failures of a cause in the stretch that begins at `at`, and when the last of them was, in ms since the epoch. */
interface CauseCount {
  readonly at: number
  readonly count: number
  readonly lastAt: number
}

/** A question of a job. */
export interface AskRow extends JobAsk {
  readonly jobId: JobId
  /** Its place among those of its job. */
  readonly nth: number
  readonly onTimeout: OnAskTimeout | null
}

/** The job that holds a unique key. */
export interface UniqueRow extends UniqueBy {
  readonly jobId: JobId
}

interface WorkerRow {
  readonly workerId: WorkerId
  /** In ms since the epoch. */
  readonly leaseUntil: number
  readonly types: readonly string[]
}

interface ProcessRow {
  readonly report: ProcessReport
  readonly seenAt: Date
  readonly until: Date
}

/** Rows of definitions, runs, jobs, lanes, workers and counters. */
export class JobTables {
  readonly definitions
  readonly definitionsByAge
  readonly definitionsByName
  readonly scenarios
  /** Scenarios that wait for their definition, by stage. */
  readonly staged = new Map<number, readonly Scenario[]>()
  readonly runs
  readonly runsByAge
  readonly allRunsByAge
  readonly paces
  /** Key: {@link keyOf}(projectId, idempotencyKey). */
  readonly runKeys
  readonly jobs
  /** By due time, of all, and by project with those that wait for others. */
  readonly waiting
  readonly waitingByProject
  readonly blockedByProject
  /** By start. */
  readonly activeByProject
  readonly activeByWorker
  readonly activeByRun
  /** By start. */
  readonly asleep
  readonly asks
  readonly asksByJob
  readonly asksByTask
  readonly kept
  /** With the broker, longest first. */
  readonly handed
  /** Oldest first. */
  readonly settledByProject
  readonly settledByRun
  /** Key: {@link keyOf}(projectId or {@link ALL}, type). */
  readonly counts
  readonly countsByProject
  readonly workers
  readonly workersByLease
  readonly remoteWorkers
  readonly processes
  /** Key: {@link keyOf}(projectId, type, code, pattern). */
  readonly causes
  /** Of failed jobs, the key of their cause. */
  readonly failures
  /** How often each cause came up, oldest first. */
  readonly causeCounts
  readonly attempts
  /** Key: {@link keyOf}(projectId, type, key). */
  readonly uniques
  readonly escalations
  readonly flows
  readonly links
  readonly limits
  readonly budgets
  readonly rates: RateTables
  readonly #jobsByRun = new Map<RunId, readonly JobId[]>()
  readonly #lanes: Lane[] = []
  readonly #laneByKey = new Map<string, Lane>()
  readonly #lanesByOwner = new Map<ProjectId | RunId, Lane[]>()
  readonly #journal: UndoJournal
  /** In ms since the epoch: a scheduler was alive until then at least. */
  scheduledUntil = Number.NEGATIVE_INFINITY
  #turn = 0
  #stages = 0

  constructor(journal: UndoJournal, rates: RateTables, usage: UsageTables) {
    this.#journal = journal
    this.rates = rates
    this.definitions = new MemoryTable<DefinitionId, Definition>(journal)
    this.definitionsByAge = this.definitions.index(
      ({ projectId }) => projectId,
      byAge(({ definitionId }) => definitionId),
    )
    this.definitionsByName = this.definitions.index(
      ({ projectId, name }) => keyOf(projectId, name),
      (a, b) => a.version - b.version,
    )
    this.scenarios = new MemoryTable<DefinitionId, readonly Scenario[]>(journal)
    this.runs = new MemoryTable<RunId, Run>(journal)
    this.runsByAge = this.runs.index(
      ({ projectId }) => projectId,
      byAge(({ runId }) => runId),
    )
    this.allRunsByAge = this.runs.index(
      () => ALL,
      byAge(({ runId }) => runId),
    )
    this.paces = new MemoryTable<RunId, Pace>(journal)
    this.runKeys = new MemoryTable<string, { readonly runId: RunId }>(journal)
    this.jobs = new MemoryTable<JobId, JobRow>(journal, (row) => Object.freeze(row))
    const when =
      <State extends string>(state: State, groupOf: (row: JobRow) => string | null) =>
      (row: JobRow): string | undefined =>
        row.state === state ? (groupOf(row) ?? undefined) : undefined
    /** Active, awake or asleep. */
    const whenActive =
      (groupOf: (row: JobRow) => string | null) =>
      (row: JobRow): string | undefined =>
        toldState(row) === 'active' ? (groupOf(row) ?? undefined) : undefined
    const byDue = (a: JobRow, b: JobRow): number => a.availableAt - b.availableAt || byId(a, b)
    const byStart = (a: JobRow, b: JobRow): number => (a.startedAt ?? 0) - (b.startedAt ?? 0) || byId(a, b)
    const byEnd = (a: JobRow, b: JobRow): number => (a.finishedAt ?? 0) - (b.finishedAt ?? 0) || byId(a, b)
    const isSettled = ({ finishedAt }: JobRow): boolean => finishedAt !== null
    this.waiting = this.jobs.index(
      when('waiting', () => ALL),
      byDue,
    )
    this.waitingByProject = this.jobs.index(
      ({ state, projectId }) => (state === 'waiting' || state === 'blocked' ? projectId : undefined),
      byDue,
    )
    this.blockedByProject = this.jobs.index(
      when('blocked', ({ projectId }) => projectId),
      byId,
    )
    this.activeByProject = this.jobs.index(
      whenActive(({ projectId }) => projectId),
      byStart,
    )
    this.activeByWorker = this.jobs.index(
      when('active', ({ workerId }) => workerId),
      byStart,
    )
    this.activeByRun = this.jobs.index(
      whenActive(({ runId }) => runId),
      byStart,
    )
    this.asleep = this.jobs.index((row) => (isAsleep(row) ? ALL : undefined), byStart)
    this.handed = this.jobs.index(
      ({ handedAt }) => (handedAt === null ? undefined : ALL),
      (a, b) => (a.handedAt ?? 0) - (b.handedAt ?? 0) || byId(a, b),
    )
    this.settledByProject = this.jobs.index((row) => (isSettled(row) ? row.projectId : undefined), byEnd)
    this.settledByRun = this.jobs.index(
      (row) => (isSettled(row) ? (row.runId ?? undefined) : undefined),
      byEnd,
    )
    this.counts = new MemoryTable<string, JobCounts & { readonly of: string; readonly type: string }>(journal)
    this.countsByProject = this.counts.index(
      ({ of }) => of,
      (a, b) => byText(a.type, b.type),
    )
    this.causes = new MemoryTable<string, CauseRow>(journal)
    this.failures = new MemoryTable<JobId, { readonly cause: string }>(journal)
    this.causeCounts = new MemoryTable<string, readonly CauseCount[]>(journal)
    this.attempts = new MemoryTable<JobId, readonly JobAttempt[]>(journal)
    this.asks = new MemoryTable<string, AskRow>(journal)
    this.asksByJob = this.asks.index(
      ({ jobId }) => jobId,
      (a, b) => a.nth - b.nth,
    )
    this.asksByTask = this.asks.index(
      ({ taskId }) => taskId,
      (a, b) => a.nth - b.nth,
    )
    this.kept = new MemoryTable<JobId, Readonly<Record<string, Json>>>(journal)
    this.uniques = new MemoryTable<string, UniqueRow>(journal)
    this.escalations = new EscalationTables(journal)
    this.flows = new FlowTables(journal)
    this.links = new LinkTables(journal)
    this.limits = new LimitTables(journal)
    this.budgets = new BudgetTables(journal, usage)
    this.workers = new MemoryTable<WorkerId, WorkerRow>(journal)
    this.remoteWorkers = new MemoryTable<WorkerId, RemoteWorker>(journal)
    this.processes = new MemoryTable<ProcessId, ProcessRow>(journal)
    this.workersByLease = this.workers.index(
      () => ALL,
      (a, b) => a.leaseUntil - b.leaseUntil || byText(a.workerId, b.workerId),
    )
  }

  /** The job as it counts now. */
  find(jobId: JobId): JobRow | undefined {
    const row = this.jobs.get(jobId)
    return row && decided(row)
  }

  /** As {@link find}, for a job that is known to be there. */
  demand(jobId: JobId): JobRow {
    const row = this.find(jobId)
    if (!row) throw new Error(`There is no job ${jobId}`)
    return row
  }

  /** Keeps scenarios that wait for their definition. */
  stage(scenarios: readonly Scenario[]): number {
    this.staged.set(++this.#stages, scenarios)
    return this.#stages
  }

  put(row: JobRow): JobRow {
    return this.jobs.set(row.jobId, row)
  }

  /** Notes that the job has failed, for that cause. */
  noteFailure(
    { jobId, projectId, type }: JobRow,
    code: string,
    found: string,
    sample: string,
    now: number,
  ): void {
    const known = this.causes.has(keyOf(projectId, type, code, found))
    const ofType = [...this.causes.values()].filter(
      (cause) => cause.projectId === projectId && cause.type === type,
    )
    const pattern = known || ofType.length < MOST_CAUSES ? found : OTHER_CAUSE
    const key = keyOf(projectId, type, code, pattern)
    if (!this.causes.has(key)) {
      const causeId = this.causes.size + 1
      this.causes.set(key, { causeId, projectId, type, code, pattern, sample, firstAt: now })
    }
    this.failures.set(jobId, { cause: key })
    const at = stretchOf(new Date(now), CAUSE_STRETCH_SECONDS).getTime()
    const counts = this.causeCounts.get(key) ?? []
    const count = counts.find((one) => one.at === at)?.count ?? 0
    const others = counts.filter((one) => one.at !== at)
    this.causeCounts.set(
      key,
      [...others, { at, count: count + 1, lastAt: now }].sort((a, b) => a.at - b.at),
    )
  }

  noteAttempt(jobId: JobId, attempt: JobAttempt): void {
    this.attempts.set(jobId, [...(this.attempts.get(jobId) ?? []), attempt])
  }

  /** The job in line under the number. */
  jobIn(lane: Lane, seq: number): JobRow {
    return this.demand(lane.jobAt(seq))
  }

  demandRun(runId: RunId): Run {
    const run = this.runs.get(runId)
    if (!run) throw new Error(`There is no run ${runId}`)
    return run
  }

  /** Whether the run has completed or was cancelled. */
  isRunEnded(runId: RunId): boolean {
    const { status } = this.demandRun(runId)
    return status === 'completed' || status === 'cancelled'
  }

  /** A run with what has come of its policy, and of the run that it starts after. */
  toldRun(run: Run): Run {
    const escalation = this.escalations.told(run)
    const link = this.links.told(run, (runId) => this.demandRun(runId))
    return escalation || link ? { ...run, escalation, link } : run
  }

  jobsOf(runId: RunId): readonly JobId[] {
    return this.#jobsByRun.get(runId) ?? []
  }

  keepJobsOf(runId: RunId, jobs: readonly JobId[]): void {
    this.#journal.record(() => this.#jobsByRun.delete(runId))
    this.#jobsByRun.set(runId, jobs)
  }

  get lanes(): readonly Lane[] {
    return this.#lanes
  }

  /** The lanes of a run, or of all of a project. */
  lanesOf(owner: ProjectId | RunId): readonly Lane[] {
    return this.#lanesByOwner.get(owner) ?? []
  }

  lane(projectId: ProjectId, runId: RunId | null, priority: number): Lane {
    const key = keyOf(runId ?? projectId, priority)
    const known = this.#laneByKey.get(key)
    if (known) return known
    const lane = new Lane(this.#journal, { number: this.#lanes.length + 1, projectId, runId, priority })
    const lists = [
      this.#lanes,
      ...[projectId, runId].filter((id) => id !== null).map((id) => this.#owned(id)),
    ]
    for (const list of lists) list.push(lane)
    this.#laneByKey.set(key, lane)
    this.#journal.record(() => {
      for (const list of lists) list.pop()
      this.#laneByKey.delete(key)
    })
    return lane
  }

  /** A run's jobs of one priority have another from now on. A lane that it had of that one stays beside it. */
  relabel(runId: RunId, from: number, to: number): void {
    const [left, entered] = [keyOf(runId, from), keyOf(runId, to)]
    const lane = this.#laneByKey.get(left)
    if (from === to || !lane) return
    const beside = this.#laneByKey.get(entered)
    this.#journal.record(() => {
      this.#laneByKey.set(left, lane)
      if (beside) this.#laneByKey.set(entered, beside)
      else this.#laneByKey.delete(entered)
    })
    this.#laneByKey.delete(left)
    this.#laneByKey.set(entered, lane)
    lane.change({ priority: to })
  }

  #owned(owner: ProjectId | RunId): Lane[] {
    const lanes = this.#lanesByOwner.get(owner) ?? []
    this.#lanesByOwner.set(owner, lanes)
    return lanes
  }

  /** Workers whose lease ended before `now`. */
  lostWorkers(now: number): WorkerId[] {
    const leases = this.workersByLease.in(ALL)
    return leases
      .slice(
        0,
        this.workersByLease.placeOf(ALL, ({ leaseUntil }) => leaseUntil < now),
      )
      .map(({ workerId }) => workerId)
  }

  /** A number greater than all it gave before. */
  nextTurn(): number {
    this.#turn += 1
    return this.#turn
  }

  /** Writes what cuts have decided on into the rows of `lanes`, at most `limit` of them, and says how many. */
  tidy(lanes: readonly Lane[], limit = Number.POSITIVE_INFINITY): number {
    let tidied = 0
    for (const lane of lanes) {
      let seq = lane.tidied
      while (seq < lane.cut && tidied < limit) {
        seq++
        const row = this.jobs.get(lane.jobAt(seq))
        if (row?.lane !== lane || row.seq !== seq || !isUnderCut(row)) continue
        this.put(decided(row))
        this.flows.end(row.jobId, 'cancelled')
        tidied++
      }
      if (seq !== lane.tidied) lane.change({ tidied: seq })
    }
    return tidied
  }
}
