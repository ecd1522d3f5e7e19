import type { JobId, Json, ProjectId, TaskId } from '@muster/core'
import type { AskEnd, AskOf, AskStore, DueAsk, JobLife, NewAsk } from '@muster/core/asks'
import { sameJson } from '@muster/core/support'
import { frozen } from '../tables/frozen.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { isStopped } from './job-row.ts'
import type { AskRow, JobTables } from './job-tables.ts'
import { keyOf } from './order.ts'

/** Questions of jobs in memory. */
export class MemoryAskStore implements AskStore {
  readonly #tables: JobTables

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
  }

  async lives(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, JobLife>> {
    return new Map(
      jobIds.flatMap((jobId) => {
        const rows = this.#tables.asksByJob.in(jobId)
        const kept = this.#tables.kept.get(jobId)
        if (rows.length === 0 && kept === undefined) return []
        const asks = rows.map(({ jobId: _job, nth: _nth, onTimeout: _onTimeout, ...ask }) => ask)
        return [[jobId, { asks, kept: kept ?? {} }]]
      }),
    )
  }

  async open(asks: readonly NewAsk[], now: Date): Promise<ReadonlySet<JobId>> {
    const asleep = asks.filter(({ jobId }) => this.#tables.find(jobId)?.state === 'asleep')
    for (const ask of asleep) {
      const key = keyOf(ask.jobId, ask.name)
      if (this.#tables.asks.has(key)) throw new Error(`Job ${ask.jobId} has asked ${ask.name} already`)
      this.#tables.asks.set(key, {
        ...ask,
        onTimeout: frozen(ask.onTimeout),
        nth: this.#tables.asksByJob.in(ask.jobId).length + 1,
        state: 'open',
        answer: null,
        by: [],
        askedAt: now,
        endedAt: null,
        stale: false,
      })
    }
    return new Set(asleep.map(({ jobId }) => jobId))
  }

  async keep(jobId: JobId, values: Readonly<Record<string, Json>>): Promise<void> {
    this.#tables.kept.set(jobId, { ...this.#tables.kept.get(jobId), ...frozen(values) })
  }

  async endTasks(taskIds: readonly TaskId[], end: AskEnd, now: Date): Promise<void> {
    for (const taskId of taskIds) {
      const [ask] = this.#tables.asksByTask.in(taskId)
      if (ask === undefined) continue
      if (ask.state !== 'open') {
        const differs = end.state === 'answered' && !sameJson(ask.answer, end.answer)
        if (differs) this.#put({ ...ask, stale: true })
        continue
      }
      this.#put({ ...ask, ...frozen(end), endedAt: now })
      const row = this.#tables.demand(ask.jobId)
      const waits = this.#tables.asksByJob.in(ask.jobId).some(({ state }) => state === 'open')
      if (row.state === 'asleep' && !waits) this.#tables.put({ ...row, state: 'answered' })
    }
  }

  #put(ask: AskRow): void {
    this.#tables.asks.set(keyOf(ask.jobId, ask.name), ask)
  }

  async listDue(now: Date, limit: number): Promise<DueAsk[]> {
    const due = [...this.#tables.asks.values()].flatMap(({ state, timeoutAt, taskId, onTimeout }) =>
      state === 'open' && timeoutAt !== null && timeoutAt <= now && onTimeout !== null
        ? [{ timeoutAt, taskId, onTimeout }]
        : [],
    )
    return due
      .sort((one, other) => one.timeoutAt.getTime() - other.timeoutAt.getTime())
      .slice(0, limit)
      .map(({ taskId, onTimeout }) => ({ taskId, onTimeout }))
  }

  async waitOn(taskId: TaskId): Promise<void> {
    for (const ask of this.#tables.asksByTask.in(taskId).slice()) this.#put({ ...ask, timeoutAt: null })
  }

  async findByTasks(taskIds: readonly TaskId[]): Promise<ReadonlyMap<TaskId, AskOf>> {
    return new Map(
      taskIds.flatMap((taskId) => {
        const [ask] = this.#tables.asksByTask.in(taskId)
        if (ask === undefined) return []
        const { jobId, name } = ask
        return [[taskId, { jobId, projectId: this.#tables.demand(jobId).projectId, name }]]
      }),
    )
  }

  async listStopped(limit: number): Promise<{ readonly jobId: JobId; readonly projectId: ProjectId }[]> {
    return this.#tables.asleep
      .in(ALL)
      .filter((row) => isStopped(row))
      .slice(0, limit)
      .map(({ jobId, projectId }) => ({ jobId, projectId }))
  }

  async forget(jobId: JobId): Promise<void> {
    for (const { name } of this.#tables.asksByJob.in(jobId).slice())
      this.#tables.asks.delete(keyOf(jobId, name))
    this.#tables.kept.delete(jobId)
  }
}
