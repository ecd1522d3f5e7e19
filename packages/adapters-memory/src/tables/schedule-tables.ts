import type { ProjectId } from '@muster/core'
import type { KeptSchedule, NewTick, ScheduleId } from '@muster/core/schedules'
import { byAge, byText, keyOf } from '../jobs/order.ts'
import { ALL } from './people-tables.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** Rows of schedules, and of the ticks that have come. */
export class ScheduleTables {
  readonly schedules
  readonly byAge
  readonly byName
  /** Those that are not paused and have a tick to come, the longest due first. */
  readonly due
  /** Key: {@link keyOf}(scheduleId, plannedAt, again). */
  readonly ticks
  /** The latest planned last. */
  readonly ticksBySchedule
  readonly ticksByJob
  readonly pending
  readonly ticksByAge

  constructor(journal: UndoJournal) {
    this.schedules = new MemoryTable<ScheduleId, KeptSchedule>(journal)
    this.byAge = this.schedules.index<ProjectId>(
      ({ projectId }) => projectId,
      byAge(({ scheduleId }) => scheduleId),
    )
    this.byName = this.schedules.index(
      ({ projectId, name }) => keyOf(projectId, name),
      byAge(({ scheduleId }) => scheduleId),
    )
    this.due = this.schedules.index(
      ({ dueAt, paused }) => (dueAt === null || paused ? undefined : ALL),
      (a, b) => (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0) || byText(a.scheduleId, b.scheduleId),
    )
    this.ticks = new MemoryTable<string, NewTick>(journal)
    this.ticksBySchedule = this.ticks.index(({ scheduleId }) => scheduleId, byPlan)
    this.ticksByJob = this.ticks.index(({ jobId }) => jobId ?? undefined, byPlan)
    this.pending = this.ticks.index(({ pending }) => (pending ? ALL : undefined), byPlan)
    this.ticksByAge = this.ticks.index(
      () => ALL,
      (a, b) => a.firedAt.getTime() - b.firedAt.getTime() || byPlan(a, b),
    )
  }
}

function byPlan(a: NewTick, b: NewTick): number {
  return (
    a.plannedAt.getTime() - b.plannedAt.getTime() || a.again - b.again || byText(a.scheduleId, b.scheduleId)
  )
}
