import type { JobId, ProjectId, QueueItem } from '@muster/core'
import { RunStateError } from '@muster/core'
import type { JobCounts } from '@muster/core/calls'
import type {
  ActiveJob,
  Attendance,
  Delivery,
  JobStore,
  JobWithResult,
  NewJob,
  Outcome,
  QueueFilter,
  QueueItemKey,
  SettleReceipt,
  Slice,
  StepReport,
  WorkerId,
} from '@muster/core/ports'
import { afterDeath, afterOutcome } from '@muster/core/rules'
import { MemoryEventStore } from '../memory-event-store.ts'
import { frozen } from '../tables/frozen.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { JobLine } from './job-line.ts'
import { JobMoves } from './job-moves.ts'
import { activeOf, deliveryOf, isStopped, type JobRow, jobOf, NEW_JOB } from './job-row.ts'
import type { JobTables } from './job-tables.ts'

/** Jobs, lanes, leases and counters in memory. Begin and settle cost the same however many jobs are kept. */
export class MemoryJobStore implements JobStore {
  readonly #tables: JobTables
  readonly #line: JobLine
  readonly #events: MemoryEventStore

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
    this.#line = new JobLine(context.tables.jobs, context.tables.people)
    this.#events = new MemoryEventStore(context)
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    for (const { priority, availableAt, createdAt, payload, ...job } of jobs) {
      const lane = this.#tables.lane(job.projectId, null, priority)
      const waits = availableAt > createdAt
      const moves = new JobMoves(this.#tables, createdAt)
      this.#tables.put({
        ...NEW_JOB,
        ...job,
        runId: null,
        lane,
        seq: lane.append(job.jobId, !waits),
        payload: frozen(payload),
        model: null,
        scenarioId: null,
        place: 0,
        modelPlace: 0,
        state: waits ? 'waiting' : 'pending',
        availableAt: availableAt.getTime(),
        createdAt: createdAt.getTime(),
      })
      moves.arrive(job.projectId, job.type, 1)
      moves.finish()
    }
  }

  async feed(request: {
    readonly limit: number
    readonly types: readonly string[]
    readonly now: Date
  }): Promise<Delivery[]> {
    const { limit, now } = request
    const window = this.#line.window(limit, new Set(request.types), now.getTime())
    return window.map((row) => deliveryOf(this.#tables.put({ ...row, handedAt: now.getTime() })))
  }

  async listUndelivered(handedBefore: Date, limit: number, types?: readonly string[]): Promise<Delivery[]> {
    const found: Delivery[] = []
    for (const { jobId, handedAt } of this.#tables.handed.in(ALL)) {
      if (handedAt === null || handedAt >= handedBefore.getTime() || found.length === limit) break
      const row = this.#tables.demand(jobId)
      if (row.handedAt !== null && types?.includes(row.type) !== false) found.push(deliveryOf(row))
    }
    return found
  }

  async begin(request: {
    readonly deliveries: readonly Delivery[]
    readonly workerId: WorkerId
    readonly now: Date
  }): Promise<ActiveJob[]> {
    const { deliveries, workerId, now } = request
    if (!this.#tables.workers.has(workerId)) return []
    const moves = new JobMoves(this.#tables, now)
    const begun: ActiveJob[] = []
    for (const { jobId } of deliveries) {
      const row = this.#tables.find(jobId)
      if (row?.state !== 'pending' || row.handedAt === null) continue
      if (this.#line.isHeld(row.lane)) this.#tables.put({ ...row, handedAt: null })
      else begun.push(activeOf(moves.begin(row, workerId)))
    }
    await this.#events.append(moves.finish())
    return begun
  }

  async take(request: {
    readonly limit: number
    readonly types: readonly string[]
    readonly workerId: WorkerId
    readonly now: Date
  }): Promise<ActiveJob[]> {
    const { limit, workerId, now } = request
    if (!this.#tables.workers.has(workerId)) return []
    const moves = new JobMoves(this.#tables, now)
    const window = this.#line.window(limit, new Set(request.types), now.getTime())
    const begun = window.map((row) => activeOf(moves.begin(row, workerId)))
    await this.#events.append(moves.finish())
    return begun
  }

  async settle(request: {
    readonly outcomes: readonly Outcome[]
    readonly workerId: WorkerId
    readonly now: Date
  }): Promise<SettleReceipt> {
    const { outcomes, workerId, now } = request
    const moves = new JobMoves(this.#tables, now)
    const recorded: JobId[] = []
    for (const outcome of outcomes) {
      const row = this.#active(outcome, workerId)
      if (!row) continue
      moves.reach(row, afterOutcome(outcome, row), {
        ...(outcome.step ? { step: frozen(outcome.step) } : {}),
        ...(outcome.progress === undefined ? {} : { progress: outcome.progress }),
        ...(outcome.kind === 'completed' ? { result: frozen(outcome.result) } : {}),
      })
      recorded.push(row.jobId)
    }
    await this.#events.append(moves.finish())
    return { recorded }
  }

  /** The job if it is still active since that start with that worker. */
  #active(
    { jobId, start }: { readonly jobId: JobId; readonly start: number },
    workerId: WorkerId,
  ): JobRow | undefined {
    const row = this.#tables.find(jobId)
    return row?.state === 'active' && row.starts === start && row.workerId === workerId ? row : undefined
  }

  async reportSteps(reports: readonly StepReport[], workerId: WorkerId): Promise<void> {
    for (const report of reports) {
      const row = this.#active(report, workerId)
      if (!row) continue
      const further = report.step.index - (row.step?.index ?? 0) || report.progress - row.progress
      if (further > 0) this.#tables.put({ ...row, step: frozen(report.step), progress: report.progress })
    }
  }

  async openWorker(worker: {
    readonly workerId: WorkerId
    readonly leaseUntil: Date
    readonly now: Date
    readonly types?: readonly string[] | undefined
  }): Promise<void> {
    this.#tables.workers.set(worker.workerId, {
      workerId: worker.workerId,
      leaseUntil: worker.leaseUntil.getTime(),
      types: worker.types ?? [],
    })
  }

  async beat({
    workerId,
    leaseUntil,
  }: {
    readonly workerId: WorkerId
    readonly leaseUntil: Date
  }): Promise<{ readonly alive: boolean; readonly cancelling: readonly JobId[] }> {
    const worker = this.#tables.workers.get(workerId)
    if (!worker) return { alive: false, cancelling: [] }
    this.#tables.workers.set(workerId, { ...worker, leaseUntil: leaseUntil.getTime() })
    const told = this.#tables.activeByWorker.in(workerId).filter(({ cancelling }) => cancelling)
    return { alive: true, cancelling: told.map(({ jobId }) => jobId) }
  }

  async announceScheduler(until: Date): Promise<void> {
    this.#tables.scheduledUntil = Math.max(this.#tables.scheduledUntil, until.getTime())
  }

  async findAttendance(now: Date): Promise<Attendance> {
    const live = this.#tables.workersByLease.in(ALL).filter(({ leaseUntil }) => leaseUntil >= now.getTime())
    const waiting = this.#tables.waiting.in(ALL).map(({ jobId }) => this.#tables.demand(jobId))
    const dueAt = waiting.find(({ state }) => state === 'waiting')?.availableAt
    return {
      types: [...new Set(live.flatMap(({ types }) => types))].sort(),
      scheduled: this.#tables.scheduledUntil >= now.getTime(),
      dueAt: dueAt === undefined ? null : new Date(dueAt),
    }
  }

  async closeWorker(workerId: WorkerId, now: Date): Promise<void> {
    const moves = new JobMoves(this.#tables, now)
    this.#tables.workers.delete(workerId)
    for (const row of this.#tables.activeByWorker.in(workerId).slice()) {
      moves.again(row, undefined, { attempt: row.attempt - 1 })
    }
    await this.#events.append(moves.finish())
  }

  async reapWorkers(now: Date): Promise<number> {
    const moves = new JobMoves(this.#tables, now)
    let concerned = 0
    for (const workerId of this.#tables.lostWorkers(now.getTime())) {
      this.#tables.workers.delete(workerId)
      for (const row of this.#tables.activeByWorker.in(workerId).slice()) {
        moves.reach(row, afterDeath(row, isStopped(row)))
        concerned++
      }
    }
    await this.#events.append(moves.finish())
    return concerned
  }

  async wakeDue(now: Date, limit: number): Promise<{ readonly woken: number; readonly nextAt: Date | null }> {
    let woken = 0
    for (;;) {
      const first = this.#tables.waiting.in(ALL)[0]
      const row = first && this.#tables.demand(first.jobId)
      if (!row) return { woken, nextAt: null }
      if (row.state === 'waiting') {
        if (row.availableAt > now.getTime() || woken === limit)
          return { woken, nextAt: new Date(row.availableAt) }
        row.lane.put(row.seq)
        woken++
      }
      this.#tables.put(row.state === 'waiting' ? { ...row, state: 'pending' } : row)
    }
  }

  async sweepCancelled(limit: number): Promise<number> {
    return this.#tables.tidy(this.#tables.lanes, limit)
  }

  async find(jobId: JobId): Promise<JobWithResult | undefined> {
    const row = this.#tables.find(jobId)
    return row && jobOf(row)
  }

  async findItem(jobId: JobId): Promise<QueueItem | undefined> {
    const row = this.#tables.find(jobId)
    return row && this.#line.item(row)
  }

  async findItems(jobIds: readonly JobId[]): Promise<QueueItem[]> {
    return jobIds.flatMap((jobId) => {
      const row = this.#tables.find(jobId)
      return row ? [this.#line.item(row)] : []
    })
  }

  async listItems(
    filter: QueueFilter,
    slice: Slice<QueueItemKey>,
  ): Promise<{ readonly item: QueueItem; readonly key: QueueItemKey }[]> {
    return this.#line.list(filter, slice)
  }

  async countByType(projectId: ProjectId | null): Promise<ReadonlyMap<string, JobCounts>> {
    const rows = this.#tables.countsByProject.in(projectId ?? ALL)
    return new Map(rows.map(({ type, of: _of, ...counts }) => [type, counts]))
  }

  async lock(jobId: JobId): Promise<JobWithResult | undefined> {
    return this.find(jobId)
  }

  async cancelPending(jobId: JobId, now: Date): Promise<void> {
    const moves = new JobMoves(this.#tables, now)
    moves.settle(this.#tables.demand(jobId), 'cancelled')
    await this.#events.append(moves.finish())
  }

  async requestCancel(jobId: JobId): Promise<void> {
    this.#tables.put({ ...this.#tables.demand(jobId), cancelling: true })
  }

  async setPriority(jobId: JobId, priority: number): Promise<void> {
    const row = this.#tables.demand(jobId)
    const inLine = row.state === 'pending'
    if (inLine) row.lane.take(row.seq)
    const lane = this.#tables.lane(row.projectId, row.runId, priority)
    this.#tables.put({ ...row, lane, seq: lane.append(jobId, inLine), handedAt: null })
  }

  async retry(jobId: JobId, now: Date): Promise<void> {
    const moves = new JobMoves(this.#tables, now)
    const row = this.#tables.demand(jobId)
    const run = row.runId === null ? undefined : this.#tables.demandRun(row.runId)
    if (run?.status === 'cancelled') throw new RunStateError('have its failed jobs retried', run.status)
    moves.reopen(row)
    if (run?.status === 'completed') moves.moveRun(run, 'running', { finishedAt: null })
    await this.#events.append(moves.finish())
  }

  async clear(projectId: ProjectId, now: Date): Promise<number> {
    const moves = new JobMoves(this.#tables, now)
    const cleared = moves.cutProject(projectId)
    await this.#events.append(moves.finish())
    return cleared
  }
}
