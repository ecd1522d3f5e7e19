import type { ProjectId } from '@muster/core'
import type { RateGrain } from '@muster/core/runs'
import { keyOf } from '../jobs/order.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** Counts of one stretch of time of a project. */
interface RateRow {
  readonly projectId: ProjectId
  readonly grain: RateGrain
  /** In ms since the epoch. */
  readonly at: number
}

/** Jobs of a type that ended. */
export interface JobRateRow extends RateRow {
  readonly type: string
  readonly settled: number
  readonly failed: number
  readonly retried: number
  readonly lost: number
}

/** Moves of people at a step. */
export interface StepRateRow extends RateRow {
  readonly stepId: string
  readonly stepType: string
  readonly submitted: number
  readonly returned: number
}

/** Counts of what ended, by stretches of time. */
export class RateTables {
  readonly jobs
  readonly steps

  constructor(journal: UndoJournal) {
    this.jobs = new MemoryTable<string, JobRateRow>(journal)
    this.steps = new MemoryTable<string, StepRateRow>(journal)
  }

  addJobs({ settled, failed, retried, lost, ...of }: JobRateRow): void {
    const key = keyOf(of.projectId, of.type, of.grain, of.at)
    const before = this.jobs.get(key) ?? { settled: 0, failed: 0, retried: 0, lost: 0 }
    this.jobs.set(key, {
      ...of,
      settled: before.settled + settled,
      failed: before.failed + failed,
      retried: before.retried + retried,
      lost: before.lost + lost,
    })
  }

  addSteps({ submitted, returned, ...of }: StepRateRow): void {
    const key = keyOf(of.projectId, of.stepId, of.stepType, of.grain, of.at)
    const before = this.steps.get(key) ?? { submitted: 0, returned: 0 }
    this.steps.set(key, {
      ...of,
      submitted: before.submitted + submitted,
      returned: before.returned + returned,
    })
  }
}
