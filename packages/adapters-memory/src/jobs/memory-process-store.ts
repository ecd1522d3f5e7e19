import { type KnownProcess, PROCESS_KEPT_MS, type ProcessId, type ProcessStore } from '@muster/core/operating'
import type { MemoryContext } from '../tables/tables.ts'
import type { JobTables } from './job-tables.ts'
import { byText } from './order.ts'

/** Reports of processes in memory. */
export class MemoryProcessStore implements ProcessStore {
  readonly #rows: JobTables['processes']

  constructor({ tables }: MemoryContext) {
    this.#rows = tables.jobs.processes
  }

  async report(...[report, { now, until }]: Parameters<ProcessStore['report']>): Promise<void> {
    for (const [processId, row] of this.#rows.entries()) {
      if (isForgotten(row.until, now)) this.#rows.delete(processId)
    }
    this.#rows.set(report.processId, { report, seenAt: now, until })
  }

  async leave(processId: ProcessId): Promise<void> {
    this.#rows.delete(processId)
  }

  async list(now: Date): Promise<KnownProcess[]> {
    return [...this.#rows.values()]
      .filter(({ until }) => !isForgotten(until, now))
      .map(({ report, seenAt, until }) => ({ ...report, seenAt, silentSince: until < now ? until : null }))
      .sort((a, b) => byText(a.host, b.host) || a.pid - b.pid || byText(a.processId, b.processId))
  }
}

function isForgotten(until: Date, now: Date): boolean {
  return until.getTime() < now.getTime() - PROCESS_KEPT_MS
}
