import type { JobId, ProjectId, ScheduleId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { KeptSchedule, ScheduleTick, StartedWork, TickError, TickOutcome } from './schedule.ts'

/** Where a schedule stands after some of its ticks have come. */
export interface MovedSchedule {
  readonly scheduleId: ScheduleId
  readonly nextAt: Date | null
  readonly dueAt: Date | null
  /** The latest; null: none has come. */
  readonly lastTick: ScheduleTick | null
  readonly started: StartedWork | null
  readonly startedAt: Date | null
  readonly refusals: number
  readonly paused: boolean
  readonly version: number
}

/** A tick about to be kept. */
export interface NewTick extends ScheduleTick {
  readonly scheduleId: ScheduleId
  /** Its fit is still to be made. */
  readonly pending: boolean
}

/** A tick, by its schedule and its own name there. */
export interface TickName {
  readonly scheduleId: ScheduleId
  readonly plannedAt: Date
  readonly again: number
}

/** Which ticks of a schedule. */
export interface TicksWhere {
  readonly outcome?: readonly TickOutcome[] | undefined
  /** Planned then or later. */
  readonly from?: Date | undefined
  /** Planned before. */
  readonly to?: Date | undefined
}

/** Where a list of ticks goes on: the latest planned first. */
export interface TickKey {
  readonly plannedAt: Date
  readonly again: number
}

/** Keeps schedules, and the ticks that have come. */
export interface ScheduleStore {
  /** @throws ConflictError if another schedule of the project has the name */
  add(schedule: KeptSchedule): Promise<void>
  find(scheduleId: ScheduleId): Promise<KeptSchedule | undefined>
  /** Of a project, newest first. */
  list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptSchedule[]>
  /** The schedule; nobody else changes or fires it until the transaction ends. */
  lock(scheduleId: ScheduleId): Promise<KeptSchedule | undefined>
  /** Replaces the schedule, locked before. @throws ConflictError as {@link add} */
  save(schedule: KeptSchedule): Promise<void>
  /** Forgets the schedule, locked before: nothing finds it, and its name is free. Its ticks go when they are old. */
  remove(scheduleId: ScheduleId): Promise<void>
  /**
   * Up to `limit` that are due and not paused, the longest due first, those that nobody else holds, locked until the transaction ends. None
   * whose next tick was found by newer zone data than `zoneData`.
   */
  takeDue(now: Date, limit: number, zoneData: string): Promise<KeptSchedule[]>
  /** When the next one is due that `takeDue` would give; null: none is. */
  nextDue(zoneData: string): Promise<Date | null>
  /** Up to `limit` that are not paused whose next tick was found by older zone data, those that nobody else holds, locked until the transaction ends. */
  takeOutdated(zoneData: string, limit: number): Promise<KeptSchedule[]>
  /** Writes where schedules, locked before, stand after ticks. */
  advance(moved: readonly MovedSchedule[]): Promise<void>
  /** @throws ConflictError if one of them has come before */
  addTicks(ticks: readonly NewTick[]): Promise<void>
  listTicks(scheduleId: ScheduleId, where: TicksWhere, slice: Slice<TickKey>): Promise<ScheduleTick[]>
  /** The tick that started a job. */
  findTickOf(jobId: JobId): Promise<TickName | undefined>
  /** Ticks whose fit is still to be made, the longest planned first. */
  listPending(limit: number): Promise<TickName[]>
  /** The fit of a pending tick is made, or refused. Says whether it was pending: only once. */
  settleTick(tick: TickName, error: TickError | null): Promise<boolean>
  /** Forgets ticks that came before then, and removed schedules without ticks; at most `limit` rows of each. Says how many ticks. */
  prune(before: Date, limit: number): Promise<number>
}
