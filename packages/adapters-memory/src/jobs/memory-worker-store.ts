import type { JobId } from '@muster/core'
import type { AttemptOutcome } from '@muster/core/operating'
import type {
  ActiveJob,
  Attendance,
  Delivery,
  Outcome,
  SettleReceipt,
  StepReport,
  Taken,
  WorkerId,
  WorkerStore,
} from '@muster/core/ports'
import { afterDeath, afterOutcome } from '@muster/core/rules'
import { plusJobUsage } from '@muster/core/usage'
import { MemoryEventStore } from '../memory-event-store.ts'
import { frozen } from '../tables/frozen.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext, MemoryTables } from '../tables/tables.ts'
import { JobLine } from './job-line.ts'
import { JobMoves } from './job-moves.ts'
import { activeOf, deliveryOf, isStopped, type JobRow } from './job-row.ts'
import type { JobTables } from './job-tables.ts'

/** How an attempt ends by an outcome that neither completes nor cancels its job. */
const ENDS: Readonly<Record<Outcome['kind'], AttemptOutcome | undefined>> = {
  completed: undefined,
  cancelled: undefined,
  failed: 'failed',
  retry: 'retried',
  notNow: 'notNow',
  returned: 'returned',
  asleep: 'asleep',
}

/** Workers and leases in memory. Begin and settle cost the same however many jobs are kept. */
export class MemoryWorkerStore implements WorkerStore {
  readonly #tables: JobTables
  readonly #all: MemoryTables
  readonly #line: JobLine
  readonly #events: MemoryEventStore

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
    this.#all = context.tables
    this.#line = new JobLine(context.tables.jobs, context.tables.people)
    this.#events = new MemoryEventStore(context)
  }

  async feed(request: Parameters<WorkerStore['feed']>[0]): Promise<Delivery[]> {
    const { limit, now } = request
    const window = this.#line.window(limit, new Set(request.types), now.getTime(), { keyed: false })
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

  async begin(request: Parameters<WorkerStore['begin']>[0]): Promise<ActiveJob[]> {
    const { deliveries, workerId, now } = request
    if (!this.#tables.workers.has(workerId)) return []
    const moves = new JobMoves(this.#tables, now)
    const begun: ActiveJob[] = []
    for (const { jobId } of deliveries) {
      const row = this.#tables.find(jobId)
      if (row?.state !== 'pending' || row.handedAt === null) continue
      // Jobs that a budget has come over meanwhile are asked for in line, where it is asked.
      const isBack = this.#line.isHeld(row.lane) || this.#tables.budgets.hardOf(row.lane).length > 0
      if (isBack) this.#tables.put({ ...row, handedAt: null })
      else begun.push(activeOf(moves.begin(row, workerId), false))
    }
    await this.#events.append(moves.finish())
    return begun
  }

  async take(request: Parameters<WorkerStore['take']>[0]): Promise<Taken> {
    const { limit, workerId, now, report, uncounted, keyed, projects } = request
    const { limits, budgets, workers } = this.#tables
    if (!workers.has(workerId)) return { jobs: [], ...limits.waits(now.getTime()) }
    if (report) limits.report(workerId, report, now.getTime())
    if (uncounted) limits.recount(workerId, this.#setsOf(workerId), uncounted, now.getTime())
    const moves = new JobMoves(this.#tables, now)
    const of = { keyed, projects, workerId }
    const window = this.#line.window(limit, new Set(request.types), now.getTime(), of)
    const jobs = window.map((row) =>
      activeOf(moves.begin(row, workerId), budgets.hardOf(row.lane).length > 0),
    )
    for (const { limitSet } of jobs) if (limitSet !== null) limits.hold(workerId, limitSet)
    await this.#events.append(moves.finish())
    return { jobs, ...this.#waits(now) }
  }

  /** Whether keys or budgets hold jobs back, and when the first of these may open. */
  #waits(now: Date): Pick<Taken, 'waits' | 'opensAt'> {
    const { limits, budgets } = this.#tables
    const { waits, opensAt } = limits.waits(now.getTime())
    const turns = [...this.#line.refused].flatMap((budgetId) => budgets.budgets.get(budgetId)?.resetsAt ?? [])
    const times = [...(opensAt === null ? [] : [opensAt.getTime()]), ...turns]
    return {
      waits: waits || this.#line.refused.size > 0,
      opensAt: times.length === 0 ? null : new Date(Math.min(...times)),
    }
  }

  async settle(request: Parameters<WorkerStore['settle']>[0]): Promise<SettleReceipt> {
    const { outcomes, workerId, now } = request
    const moves = new JobMoves(this.#tables, now)
    const recorded: JobId[] = []
    const { limits } = this.#tables
    const completed = outcomes.filter(({ kind }) => kind === 'completed')
    limits.warmed(
      completed.flatMap((outcome) => this.#active(outcome, workerId) ?? []),
      now.getTime(),
    )
    for (const outcome of outcomes) {
      const row = this.#active(outcome, workerId)
      if (!row) continue
      if ('coolDown' in outcome && outcome.coolDown) limits.cooled(row, outcome.coolDown, now.getTime())
      const ended = ENDS[outcome.kind]
      if (ended !== undefined && (ended === 'failed' || !isStopped(row)))
        moves.noteEnd(row, ended, 'error' in outcome ? outcome.error : null)
      moves.reach(row, afterOutcome(outcome, row), {
        outcomeOf: workerId,
        ...(outcome.step ? { step: frozen(outcome.step) } : {}),
        ...(outcome.progress === undefined ? {} : { progress: outcome.progress }),
        ...(outcome.usage ? { usage: plusJobUsage(row.usage, outcome.usage) } : {}),
        ...(outcome.kind === 'completed' ? { result: frozen(outcome.result) } : {}),
      })
      recorded.push(row.jobId)
    }
    await this.#events.append(moves.finish())
    return { recorded }
  }

  /** The sets of keys of the jobs that are active with the worker. */
  #setsOf(workerId: WorkerId): { readonly limitSet: number; readonly jobs: number }[] {
    const rows = this.#tables.activeByWorker.in(workerId)
    const bySet = Map.groupBy(rows, ({ limitSet }) => limitSet)
    return [...bySet].flatMap(([limitSet, same]) =>
      limitSet === null ? [] : [{ limitSet, jobs: same.length }],
    )
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

  async openWorker(worker: Parameters<WorkerStore['openWorker']>[0]): Promise<void> {
    this.#tables.workers.set(worker.workerId, {
      workerId: worker.workerId,
      leaseUntil: worker.leaseUntil.getTime(),
      types: worker.types ?? [],
    })
  }

  async beat({ workerId, leaseUntil }: Parameters<WorkerStore['beat']>[0]): Promise<{
    readonly alive: boolean
    readonly cancelling: readonly JobId[]
  }> {
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
    const { schedules, imports, operations } = this.#all
    const due = [
      waiting.find(({ state }) => state === 'waiting')?.availableAt,
      schedules.due.in(ALL)[0]?.dueAt?.getTime(),
      imports.open
        .in(ALL)
        .find(({ status }) => status !== 'receiving')
        ?.createdAt.getTime(),
      ...operations.running.in(ALL).map(({ operation }) => operation.createdAt.getTime()),
    ].filter((at) => at !== undefined)
    return {
      workers: countsOf(live.flatMap(({ types }) => [...new Set(types)])),
      scheduled: this.#tables.scheduledUntil >= now.getTime(),
      dueAt: due.length === 0 ? null : new Date(Math.min(...due)),
    }
  }

  async closeWorker(workerId: WorkerId, now: Date): Promise<void> {
    const moves = new JobMoves(this.#tables, now)
    this.#tables.workers.delete(workerId)
    this.#tables.limits.bury(workerId, now.getTime())
    this.#tables.budgets.bury(workerId)
    for (const row of this.#tables.activeByWorker.in(workerId).slice()) {
      moves.noteEnd(row, 'returned', null)
      moves.again(row, undefined, { attempt: row.attempt - 1 })
    }
    await this.#events.append(moves.finish())
  }

  async reapWorkers(now: Date): Promise<number> {
    const moves = new JobMoves(this.#tables, now)
    let concerned = 0
    for (const workerId of this.#tables.lostWorkers(now.getTime())) {
      this.#tables.workers.delete(workerId)
      this.#tables.limits.bury(workerId, now.getTime())
      this.#tables.budgets.bury(workerId)
      for (const row of this.#tables.activeByWorker.in(workerId).slice()) {
        const reached = afterDeath(row, isStopped(row))
        moves.noteLoss(row, reached.state === 'failed' ? (reached.error ?? null) : null)
        moves.reach(row, reached)
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
      if (row.state !== 'waiting') this.#tables.flows.end(row.jobId, 'cancelled')
      this.#tables.put(row.state === 'waiting' ? { ...row, state: 'pending' } : row)
    }
  }

  async sweepCancelled(limit: number): Promise<number> {
    return this.#tables.tidy(this.#tables.lanes, limit)
  }
}

function countsOf(types: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(types, (type) => type)
  return Object.fromEntries([...groups].map(([type, same]) => [type, same.length]))
}
