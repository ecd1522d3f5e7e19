import type { JobId, ProjectId } from '@muster/core'
import type { HeldKey, KeyedJob, TakenKey, UniqueStore } from '@muster/core/making'
import { frozen } from '../tables/frozen.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { type JobRow, toldState } from './job-row.ts'
import type { JobTables, UniqueRow } from './job-tables.ts'
import { byText, keyOf } from './order.ts'

/** Which job holds each unique key, in memory. Transactions come one after the other, so that nobody waits. */
export class MemoryUniqueStore implements UniqueStore {
  readonly #tables: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.jobs
  }

  async take(jobs: readonly KeyedJob[], now: Date): Promise<readonly TakenKey[]> {
    const mine = new Set<JobId>()
    return jobs.map(({ jobId, projectId, type, unique }) => {
      const key = keyOf(projectId, type, unique.key)
      const held = this.#tables.uniques.get(key)
      if (held && (mine.has(held.jobId) || this.#holds(held, now)))
        return { holder: held.jobId, differs: held.digest !== unique.digest }
      this.#tables.uniques.set(key, { ...unique, jobId })
      mine.add(jobId)
      return { holder: null, differs: false }
    })
  }

  async retake(jobIds: readonly JobId[], now: Date): Promise<readonly HeldKey[]> {
    const mine = new Set<JobId>()
    const rows = [...new Set(jobIds)].sort(byText).flatMap((jobId) => this.#tables.find(jobId) ?? [])
    return rows.flatMap((row) => {
      const key = keyOfRow(row)
      if (key === undefined || row.unique === null || row.state !== 'failed') return []
      const { jobId, projectId, unique } = row
      const held = this.#tables.uniques.get(key)
      if (held && held.jobId !== jobId && (mine.has(held.jobId) || this.#holds(held, now)))
        return [{ jobId, projectId: projectId as ProjectId, holder: held.jobId }]
      this.#tables.uniques.set(key, { ...unique, jobId })
      mine.add(jobId)
      return []
    })
  }

  async replace(jobId: JobId, by: KeyedJob, now: Date): Promise<void> {
    const { priority, payload, availableAt, unique } = by
    const row = this.#tables.demand(jobId)
    if (row.state === 'pending') row.lane.take(row.seq)
    const lane = this.#tables.lane(row.projectId, row.runId, priority)
    const waits = availableAt > now
    const changed = this.#tables.put({
      ...row,
      lane,
      ...(row.state === 'blocked'
        ? {}
        : { seq: lane.append(jobId, !waits), state: waits ? ('waiting' as const) : ('pending' as const) }),
      payload: frozen(payload),
      availableAt: availableAt.getTime(),
      handedAt: null,
      unique: row.unique && { ...row.unique, digest: unique.digest },
    })
    const key = keyOfRow(changed)
    const held = key === undefined ? undefined : this.#tables.uniques.get(key)
    if (key !== undefined && held) this.#tables.uniques.set(key, { ...held, digest: unique.digest })
  }

  #holds({ jobId, until, states }: UniqueRow, now: Date): boolean {
    if (until !== null && until > now) return true
    const row = this.#tables.find(jobId)
    return row !== undefined && states.includes(toldState(row))
  }
}

function keyOfRow({ projectId, type, unique }: JobRow): string | undefined {
  return unique === null ? undefined : keyOf(projectId, type, unique.key)
}
