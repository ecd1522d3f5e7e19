// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Work that starts by the clock.

export { BadCronError } from './errors.ts'
export type { ScheduleId } from './ids.ts'

// Rules in time, and the instants that they name.
export { isTick, noteOf, tickAfter, ticksAfter } from './schedules/ticks.ts'
export type { CronWhen, EveryWhen, OnceWhen, Tick, TickNote, When } from './schedules/ticks.ts'
export { sayWhen } from './schedules/words.ts'

// Schedules, their ticks, and what becomes of ticks that are due.
export {
  dueAtOf,
  MISSED_POLICIES,
  OVERLAP_POLICIES,
  TICK_OUTCOMES,
  tickKey,
} from './schedules/schedule.ts'
export type {
  JobStart,
  KeptSchedule,
  MissedPolicy,
  OverlapPolicy,
  RefitStart,
  RunStart,
  Schedule,
  ScheduledRun,
  ScheduleRule,
  ScheduleStart,
  ScheduleTick,
  StartedWork,
  TickError,
  TickOutcome,
} from './schedules/schedule.ts'
export { planTicks } from './schedules/planning.ts'
export type { TickPlan } from './schedules/planning.ts'

// Inputs of callers, and results.
export {
  fireRequest,
  newSchedule,
  newWhen,
  scheduleChange,
  ticksFilter,
  upcomingFilter,
} from './schedules/schedule-input.ts'
export type {
  NewSchedule,
  NewWhen,
  ScheduleChange,
  ScheduleMove,
  ScheduleUseCases,
  UpcomingTick,
  WhenPreview,
} from './schedules/schedules.ts'

// The store, and the parts that a host composes.
export type {
  MovedSchedule,
  NewTick,
  ScheduleStore,
  TickKey,
  TickName,
  TicksWhere,
} from './schedules/schedule-store.ts'
export { scheduleFiring } from './schedules/firing.ts'
export type { FiringDeps } from './schedules/firing.ts'
export { refitScheduled } from './schedules/refits.ts'
export type { ScheduledRefitDeps } from './schedules/refits.ts'
export type { FiringStores, StartingDeps } from './schedules/starting.ts'
export { scheduleUseCases, TICKS_KEPT_MS } from './schedules/schedule-use-cases.ts'
