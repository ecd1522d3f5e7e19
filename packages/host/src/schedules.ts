import type { JobType, PayloadOf, ProjectId, UserId } from '@muster/core'
import type {
  NewSchedule,
  Schedule,
  ScheduleChange,
  ScheduleId,
  ScheduleMove,
  ScheduleUseCases,
} from '@muster/core/schedules'

/** Stands for the planned instant of a tick, its schedule, or the tick that started something last. */
export interface TickReference {
  readonly $: '/tick' | '/scheduleId' | '/previous'
}

/** A payload in which any part may stand for something of the tick. */
export type Templated<Payload> =
  | Payload
  | TickReference
  | (Payload extends readonly (infer Item)[]
      ? readonly Templated<Item>[]
      : Payload extends object
        ? { readonly [Member in keyof Payload]: Templated<Payload[Member]> }
        : never)

/** A loose job of a type that keeps its types. */
export interface TypedJobStart<Type extends JobType> {
  readonly job: {
    readonly type: Type
    readonly payload: Templated<PayloadOf<Type>>
    readonly priority?: number | undefined
  }
}

/** A schedule that starts jobs of one type. */
export type TypedSchedule<Type extends JobType> = Omit<NewSchedule, 'start'> & {
  readonly start: TypedJobStart<Type>
}

/** A change of one. */
export type TypedScheduleChange<Type extends JobType> = Omit<ScheduleChange, 'start'> & {
  readonly start: TypedJobStart<Type>
}

/** Work that starts by the clock, of job types that keep their types. */
export interface Schedules<Types extends JobType = JobType> extends Omit<ScheduleUseCases, 'add' | 'change'> {
  /**
   * @throws ValidationError, BadCronError, JobValidationError naming each path, such as `start.job.payload.text`; NotFoundError for the project;
   * ConflictError if another schedule of the project has the name
   */
  add<Type extends Types>(
    projectId: ProjectId,
    schedule: TypedSchedule<Type>,
    createdBy?: UserId | null,
  ): Promise<Schedule>
  /** As above, of a job type by its name, or of a run or a fit. */
  add(projectId: ProjectId, schedule: NewSchedule, createdBy?: UserId | null): Promise<Schedule>
  /** Fires what was due by the old rule; the next tick comes by the new one. @throws as `add`; VersionConflictError */
  change<Type extends Types>(
    scheduleId: ScheduleId,
    change: TypedScheduleChange<Type>,
    move?: ScheduleMove,
  ): Promise<Schedule>
  change(scheduleId: ScheduleId, change: ScheduleChange, move?: ScheduleMove): Promise<Schedule>
}

/** The use cases of schedules, for job types too. */
export function schedulesOf(schedules: ScheduleUseCases): Schedules {
  return {
    ...schedules,
    add: async (
      projectId: ProjectId,
      given: TypedSchedule<JobType> | NewSchedule,
      createdBy?: UserId | null,
    ) => schedules.add(projectId, named(given) as NewSchedule, createdBy),
    change: async (
      scheduleId: ScheduleId,
      given: TypedScheduleChange<JobType> | ScheduleChange,
      move?: ScheduleMove,
    ) => schedules.change(scheduleId, named(given) as ScheduleChange, move),
  }
}

/** The same, with the job type by its name. */
function named(
  given: TypedSchedule<JobType> | NewSchedule | TypedScheduleChange<JobType> | ScheduleChange,
): object {
  const { start } = given
  if (start === undefined || start === null || !('job' in start) || typeof start.job?.type !== 'object')
    return given
  return { ...given, start: { job: { ...start.job, type: start.job.type.name } } }
}
