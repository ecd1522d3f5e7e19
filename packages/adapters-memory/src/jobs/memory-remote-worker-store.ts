import type { WorkerId } from '@muster/core/ports'
import type { AttemptKey, HeldJob, RemoteWorker, RemoteWorkerStore, WorkedOn } from '@muster/core/remote'
import type { MemoryContext } from '../tables/tables.ts'
import { activeOf, type JobRow } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { byText } from './order.ts'

/** Workers over HTTP in memory. */
export class MemoryRemoteWorkerStore implements RemoteWorkerStore {
  readonly #tables: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.jobs
  }

  async add(worker: RemoteWorker): Promise<void> {
    this.#tables.remoteWorkers.set(worker.workerId, worker)
  }

  async find(workerId: WorkerId): Promise<RemoteWorker | undefined> {
    return this.#tables.remoteWorkers.get(workerId)
  }

  async listHeld(workerId: WorkerId): Promise<HeldJob[]> {
    return this.#tables.activeByWorker
      .in(workerId)
      .map((row) => heldOf(row, this.#tables.budgets.reserves(row)))
      .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || byText(a.jobId, b.jobId))
  }

  async findWorkedOn(workerId: WorkerId, attempts: readonly AttemptKey[]): Promise<WorkedOn[]> {
    const asked = Map.groupBy(attempts, ({ jobId }) => jobId)
    return [...asked].flatMap(([jobId, keys]) => {
      const row = this.#tables.find(jobId)
      if (!row) return []
      const { projectId, runId, type, model } = row
      const isAsked = ({ attempt }: { readonly attempt: number }): boolean =>
        keys.some((key) => key.attempt === attempt)
      const recorded = [...this.#recorded(row, workerId)].filter(isAsked)
      return [{ jobId, projectId, runId, type, model, recorded }]
    })
  }

  *#recorded(row: JobRow, workerId: WorkerId): Generator<WorkedOn['recorded'][number]> {
    const { state, attempt, startedAt } = row
    const isLast = state === 'completed' || state === 'cancelled'
    if (isLast && row.outcomeOf === workerId && startedAt !== null)
      yield { attempt, startedAt: new Date(startedAt) }
    for (const one of this.#tables.attempts.get(row.jobId) ?? []) {
      if (one.workerId !== workerId || one.outcome === 'lost' || one.outcome === 'returned') continue
      yield { attempt: one.attempt, startedAt: one.startedAt }
    }
  }

  async prune(openedBefore: Date): Promise<void> {
    for (const { workerId, openedAt } of this.#tables.remoteWorkers.values()) {
      if (openedAt < openedBefore && !this.#tables.workers.has(workerId))
        this.#tables.remoteWorkers.delete(workerId)
    }
  }
}

function heldOf(row: JobRow, reserves: boolean): HeldJob {
  const { payload: _, ...job } = activeOf(row, reserves)
  return { ...job, startedAt: new Date(row.startedAt ?? 0), cancelling: row.cancelling }
}
