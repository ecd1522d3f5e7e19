import { createHash } from 'node:crypto'
import type { JobId, ProjectId, RunId, ScheduleId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { NewRunRequest, RunSettings } from '../runs/runs.ts'
import type { When } from './ticks.ts'

/** The ways to deal with ticks that nobody fired in time. */
export const MISSED_POLICIES = ['skip', 'one', 'all'] as const
/** One of {@link MISSED_POLICIES}. `one`: a single tick stands for all of them; `all`: the latest `maxCatchUp` are made up. */
export type MissedPolicy = (typeof MISSED_POLICIES)[number]

/** The ways to deal with a tick while what the last one started still runs. */
export const OVERLAP_POLICIES = ['allow', 'skip', 'cancel'] as const
/** One of {@link OVERLAP_POLICIES}. `cancel`: what runs is cancelled, and the tick starts. */
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number]

/** How a tick came off. */
export const TICK_OUTCOMES = ['started', 'overlapped', 'missed', 'refused'] as const
/** One of {@link TICK_OUTCOMES}. */
export type TickOutcome = (typeof TICK_OUTCOMES)[number]

/** A loose job. In its payload `{ "$": "/tick" }` stands for the planned instant, `/scheduleId` and `/previous` (the tick that started something last) likewise. */
export interface JobStart {
  readonly job: { readonly type: string; readonly payload: Json; readonly priority?: number | undefined }
}

/** A run of a definition, or of the newest version of a name. Its `experimentId` is filled as the payload of a job is. */
export interface RunStart {
  readonly run: ScheduledRun
}

/** A run as it is started each time. */
export type ScheduledRun = Omit<RunSettings, 'experimentId'> & {
  readonly experimentId?: string | null | { readonly $: string } | undefined
} & (Pick<NewRunRequest, 'definitionId'> | { readonly definition: string })

/** A fit of the accuracies of people at a question. */
export interface RefitStart {
  readonly refit: { readonly stepId?: string | undefined; readonly question?: string | undefined }
}

/** The work that a tick starts. */
export type ScheduleStart = JobStart | RunStart | RefitStart

/** The rule and policies of a schedule: all that a change can change. */
export interface ScheduleRule {
  /** 1–200 characters, unique in its project. */
  readonly name: string
  readonly when: When
  readonly start: ScheduleStart
  readonly missed: MissedPolicy
  /** Ticks that `all` makes up at most, 1–100. */
  readonly maxCatchUp: number
  /** A tick that nobody fired for longer, in seconds, is missed. */
  readonly graceSeconds: number
  readonly overlap: OverlapPolicy
  /** A tick starts up to so many seconds late, always the same for the same tick. */
  readonly jitterSeconds: number
  /** The first instant that may be a tick. */
  readonly startsAt: Date | null
  /** The last. */
  readonly endsAt: Date | null
}

/** Something that starts by the clock. */
export interface Schedule extends ScheduleRule {
  readonly scheduleId: ScheduleId
  readonly projectId: ProjectId
  readonly paused: boolean
  /** Counts changes, pauses and resumes; ticks leave it. */
  readonly version: number
  /** The planned instant of the next tick; null while it is paused, or when none comes after it. */
  readonly nextAt: Date | null
  readonly lastTick: ScheduleTick | null
  /** The version of the zone database by which `nextAt` was found; null of a rule without a zone. */
  readonly zoneData: string | null
  readonly createdBy: UserId | null
  readonly createdAt: Date
}

/** Why a tick started nothing. */
export interface TickError {
  readonly code: string
  readonly message: string
}

/** A tick that has come, or several missed ones in a row. */
export interface ScheduleTick {
  readonly plannedAt: Date
  /** 0: by the rule; else the n-th time that somebody fired that instant by hand. */
  readonly again: number
  readonly firedAt: Date
  readonly outcome: TickOutcome
  readonly jobId: JobId | null
  readonly runId: RunId | null
  readonly error: TickError | null
  /** How many ticks this stands for: more than one only of `missed`, from `plannedAt` to `until`. */
  readonly count: number
  readonly until: Date | null
}

/** The work that a schedule started last, which may still run. */
export type StartedWork =
  | { readonly jobId: JobId }
  | { readonly runId: RunId }
  | { readonly refit: { readonly plannedAt: Date; readonly again: number } }

/** A schedule with what firing it needs to know. */
export interface KeptSchedule extends Schedule {
  /** When the next tick starts: its planned instant, and the jitter. null as `nextAt` is. */
  readonly dueAt: Date | null
  readonly started: StartedWork | null
  /** The planned instant of the tick that started something last. */
  readonly startedAt: Date | null
  /** How many ticks in a row were refused. */
  readonly refusals: number
}

/** The key of a tick, by which what it starts is known. */
export function tickKey(scheduleId: ScheduleId, plannedAt: Date, again = 0): string {
  return `schedule:${scheduleId}:${plannedAt.toISOString()}${again === 0 ? '' : `:${again}`}`
}

/** When a tick starts: never before its planned instant, and on every machine at the same. */
export function dueAtOf(
  { scheduleId, jitterSeconds }: Pick<KeptSchedule, 'scheduleId' | 'jitterSeconds'>,
  plannedAt: Date,
): Date {
  if (jitterSeconds === 0) return plannedAt
  const hash = createHash('sha256').update(tickKey(scheduleId, plannedAt)).digest().readUInt32BE(0)
  return new Date(plannedAt.getTime() + Math.floor((hash / 2 ** 32) * jitterSeconds) * 1_000)
}
