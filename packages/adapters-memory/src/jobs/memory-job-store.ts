import type { JobId, ProjectId, QueueItem } from '@muster/core'
import { RunStateError } from '@muster/core'
import type { JobCounts } from '@muster/core/calls'
import type { NewFact } from '@muster/core/feed'
import { type After, flowVerdict } from '@muster/core/making'
import type { JobStore, JobWithResult, NewJob, QueueFilter, QueueItemKey, Slice } from '@muster/core/ports'
import { MemoryEventStore } from '../memory-event-store.ts'
import { frozen } from '../tables/frozen.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { JobLine } from './job-line.ts'
import { JobMoves } from './job-moves.ts'
import { jobOf, NEW_JOB } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { byText } from './order.ts'

/** Jobs, lanes and counters in memory. */
export class MemoryJobStore implements JobStore {
  readonly #tables: JobTables
  readonly #people: MemoryContext['tables']['people']
  readonly #line: JobLine
  readonly #events: MemoryEventStore

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
    this.#people = context.tables.people
    this.#line = new JobLine(context.tables.jobs, context.tables.people)
    this.#events = new MemoryEventStore(context)
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    for (const { priority, availableAt, createdAt, payload, limits, after, unique = null, ...job } of jobs) {
      const lane = this.#tables.lane(job.projectId, null, priority)
      const waits = availableAt > createdAt
      const limitSet = limits ? this.#tables.limits.number(limits) : null
      if (!after) this.#tables.limits.enter(lane, limitSet, true)
      const moves = new JobMoves(this.#tables, createdAt)
      this.#tables.put({
        ...NEW_JOB,
        ...job,
        runId: null,
        lane,
        limitSet,
        seq: after ? 0 : lane.append(job.jobId, !waits),
        after: after ? { need: after.need, onFailure: after.onFailure } : null,
        payload: frozen(payload),
        unique,
        model: null,
        scenarioId: null,
        place: 0,
        modelPlace: 0,
        repeat: null,
        state: after ? 'blocked' : waits ? 'waiting' : 'pending',
        availableAt: availableAt.getTime(),
        createdAt: createdAt.getTime(),
      })
      moves.arrive(job.projectId, job.type, 1)
      moves.finish()
    }
    for (const { jobId, after } of jobs) if (after) this.#block(jobId, after)
  }

  /** Has the job wait for those. */
  #block(jobId: JobId, after: After): void {
    const { flows, jobs } = this.#tables
    let [open, failed] = [0, 0]
    if (after.run) {
      flows.awaits.set(jobId, { jobId, ...after.run, isMet: null })
      open++
    }
    for (const [place, parentId] of after.parents.entries()) {
      const parent = jobs.get(parentId)
      if (parent === undefined) throw new Error(`There is no job ${parentId} to wait for`)
      flows.link(parentId, jobId, place)
      if (parent.state === 'failed' || parent.state === 'cancelled') failed++
      else if (parent.state !== 'completed') open++
    }
    this.#tables.put({ ...this.#tables.demand(jobId), parents: { open, failed } })
    if (flowVerdict({ open, failed }, after) !== 'wait') flows.look(jobId)
  }

  async addItems(jobs: readonly NewJob[], facts: readonly NewFact[]): Promise<readonly ProjectId[]> {
    const asked = jobs.map(({ projectId }) => projectId)
    const missing = new Set(asked.filter((projectId) => this.#people.projects.get(projectId) === undefined))
    await this.add(jobs.filter(({ projectId }) => !missing.has(projectId)))
    await this.#events.append(facts.filter(({ projectId }) => !missing.has(projectId)))
    return [...missing]
  }

  async addPlaced(jobs: readonly NewJob[], facts: readonly NewFact[]): Promise<QueueItem[]> {
    await this.addItems(jobs, facts)
    return this.findItems(jobs.map(({ jobId }) => jobId))
  }

  async find(jobId: JobId): Promise<JobWithResult | undefined> {
    const row = this.#tables.find(jobId)
    return row && jobOf(row)
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

  async countByProject(limit: number): Promise<ReadonlyMap<ProjectId, JobCounts>> {
    const rows = [...this.#tables.counts.values()].filter(({ of }) => of !== ALL)
    const counts = [...Map.groupBy(rows, ({ of }) => of)].map(([projectId, of]) => {
      const sum = (state: keyof JobCounts): number => of.reduce((all, each) => all + each[state], 0)
      const [pending, active] = [sum('pending'), sum('active')]
      const ended = { completed: sum('completed'), failed: sum('failed'), cancelled: sum('cancelled') }
      return [projectId as ProjectId, { pending, active, ...ended }] as const
    })
    const live = ({ pending, active }: JobCounts): number => pending + active
    counts.sort(([a, one], [b, other]) => live(other) - live(one) || byText(a, b))
    return new Map(counts.slice(0, limit))
  }

  async lock(jobId: JobId): Promise<JobWithResult | undefined> {
    return this.find(jobId)
  }

  async lockMany(jobIds: readonly JobId[]): Promise<JobWithResult[]> {
    const found = await Promise.all([...new Set(jobIds)].sort().map((jobId) => this.find(jobId)))
    return found.filter((job) => job !== undefined)
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
    if (row.state === 'blocked') {
      this.#tables.put({ ...row, lane })
      return
    }
    this.#tables.limits.enter(lane, row.limitSet, true)
    this.#tables.put({ ...row, lane, seq: lane.append(jobId, inLine), handedAt: null })
  }

  async retry(jobId: JobId, now: Date): Promise<void> {
    const moves = new JobMoves(this.#tables, now)
    const row = this.#tables.demand(jobId)
    const run = row.runId === null ? undefined : this.#tables.demandRun(row.runId)
    if (run?.status === 'cancelled') throw new RunStateError('have its failed jobs retried', run.status)
    if (run?.config.origin !== undefined)
      throw new RunStateError('have its failed jobs retried', run.status, run.config.origin)
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
