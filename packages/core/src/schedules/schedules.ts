import type { ProjectId, ScheduleId, UserId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { Schedule, ScheduleRule, ScheduleStart, ScheduleTick } from './schedule.ts'
import type { TicksWhere } from './schedule-store.ts'
import type { CronWhen, EveryWhen, OnceWhen, TickNote } from './ticks.ts'

/** A rule in time as it is given; without an `anchor` seconds are counted from now. */
export type NewWhen = CronWhen | (Omit<EveryWhen, 'anchor'> & Partial<Pick<EveryWhen, 'anchor'>>) | OnceWhen

/** A schedule to be kept. Default: `missed: one`, `maxCatchUp: 10`, `graceSeconds: 60`, `overlap: skip`, no jitter, no bounds. */
export interface NewSchedule {
  readonly name: string
  readonly when: NewWhen
  readonly start: ScheduleStart
  readonly missed?: ScheduleRule['missed'] | undefined
  readonly maxCatchUp?: number | undefined
  readonly graceSeconds?: number | undefined
  readonly overlap?: ScheduleRule['overlap'] | undefined
  readonly jitterSeconds?: number | undefined
  readonly startsAt?: Date | null | undefined
  readonly endsAt?: Date | null | undefined
}

/** A change of a schedule; what is missing stays. */
export type ScheduleChange = { readonly [Field in keyof NewSchedule]?: NewSchedule[Field] | undefined }

/** A tick to come, as the zone's clock shows it. */
export interface UpcomingTick {
  readonly at: Date
  /** As `2026-03-29T03:00:00`. */
  readonly local: string
  /** As `+02:00`. */
  readonly offset: string
  readonly note: TickNote
}

/** A rule as it was read. */
export interface WhenPreview {
  /** In words, such as "every weekday at 02:30 in Berlin". */
  readonly says: string
  readonly items: readonly UpcomingTick[]
}

/** The caller, and the version that they have seen. */
export interface ScheduleMove {
  readonly by?: UserId | null | undefined
  readonly ifVersion?: number | undefined
}

/** Schedules. Input schemas: `newSchedule`, `scheduleChange`, `newWhen`, `ticksFilter`, `upcomingFilter`. */
export interface ScheduleUseCases {
  /**
   * @throws ValidationError, BadCronError, JobValidationError naming each path, such as `start.job.payload.text`; NotFoundError for the project;
   * ConflictError if another schedule of the project has the name
   */
  add(projectId: ProjectId, schedule: NewSchedule, createdBy?: UserId | null): Promise<Schedule>
  /** Newest first. @throws NotFoundError for the project */
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Schedule>>
  /** @throws NotFoundError */
  get(scheduleId: ScheduleId): Promise<Schedule>
  find(scheduleId: ScheduleId): Promise<Schedule | undefined>
  /** Fires what was due by the old rule; the next tick comes by the new one. @throws as `add`; VersionConflictError */
  change(scheduleId: ScheduleId, change: ScheduleChange, move?: ScheduleMove): Promise<Schedule>
  /** Nothing fires until it is resumed; what was due and not fired is missed. Again is fine. */
  pause(scheduleId: ScheduleId, move?: ScheduleMove): Promise<Schedule>
  /** Ticks of the pause are not made up. Again is fine. */
  resume(scheduleId: ScheduleId, move?: ScheduleMove): Promise<Schedule>
  /** It no longer fires; what was started stays. @throws NotFoundError, VersionConflictError */
  remove(scheduleId: ScheduleId, move?: ScheduleMove): Promise<void>
  /**
   * Starts its work now, whatever runs, also while it is paused; with `at`, for a planned instant of the last 90 days.
   * @throws ValidationError, JobValidationError if the work is refused now; nothing is kept then
   */
  fire(
    scheduleId: ScheduleId,
    request?: { readonly at?: Date | undefined; readonly by?: UserId | null | undefined },
  ): Promise<ScheduleTick>
  /** The next instants of its rule, 10 unless said, 100 at most; also while it is paused. */
  next(
    scheduleId: ScheduleId,
    request?: { readonly n?: number | undefined; readonly after?: Date | undefined },
  ): Promise<readonly UpcomingTick[]>
  /** The reading of a rule, with its next ten ticks. @throws BadCronError */
  preview(when: NewWhen): Promise<WhenPreview>
  /** The ticks that have come, the latest planned first. They are kept for 90 days. */
  ticks(scheduleId: ScheduleId, where: TicksWhere, request: PageRequest): Promise<Page<ScheduleTick>>
}
