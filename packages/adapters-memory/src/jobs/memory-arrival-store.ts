import type { ArrivalStore, ArrivedJob } from '@muster/core/making'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { JobMoves } from './job-moves.ts'
import { isStopped, type JobRow } from './job-row.ts'
import type { JobTables } from './job-tables.ts'

/** No host has a transaction in memory: what arrives are jobs that people have answered. */
export class MemoryArrivalStore implements ArrivalStore {
  readonly #tables: JobTables
  readonly #context: MemoryContext

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
    this.#context = context
  }

  async look(): Promise<{ readonly arrived: boolean; readonly ended: boolean }> {
    return { arrived: this.#answered().length > 0, ended: this.#tables.flows.ends.in(ALL).length > 0 }
  }

  async collect(limit: number): Promise<readonly ArrivedJob[]> {
    const moves = new JobMoves(this.#tables, this.#context.clock.now())
    const rows = this.#answered().slice(0, limit)
    for (const row of rows) moves.rise(row)
    moves.finish()
    return rows.map(({ jobId, projectId, type, lane, createdBy }) => ({
      jobId,
      projectId,
      type,
      priority: lane.priority,
      createdBy,
      counted: true,
    }))
  }

  /** Those that may go on. */
  #answered(): JobRow[] {
    return this.#tables.asleep.in(ALL).filter((row) => row.state === 'answered' && !isStopped(row))
  }

  async know(): Promise<void> {}
}
