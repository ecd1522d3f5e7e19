import type { DefinitionId, ProjectId, RunId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { RunEscalation } from './escalation/policy.ts'
import type { RunLink } from './links/link.ts'

/** A versioned evaluation: its scenarios, and the job type that probes one. One id names one immutable version. */
export interface Definition {
  readonly definitionId: DefinitionId
  readonly projectId: ProjectId
  readonly name: string
  /** From 1; the same name again makes the next. */
  readonly version: number
  readonly jobType: string
  readonly scenarioCount: number
  readonly createdAt: Date
}

/** One thing to be probed; its id is unique in its definition. */
export interface Scenario {
  readonly scenarioId: string
  readonly payload: Json
}

/** Most scenarios a definition may have. */
export const MAX_SCENARIOS = 1_000_000

/** Most jobs that a run may have. */
export const MAX_RUN_JOBS = 100_000_000
/** Most repeats that a run may have. */
export const MAX_REPEATS = 100

/** See {@link RUN_MOVES} for what leads where. */
export const RUN_STATUSES = ['pending', 'running', 'paused', 'completed', 'cancelled'] as const
/** One of {@link RUN_STATUSES}. */
export type RunStatus = (typeof RUN_STATUSES)[number]
/** See {@link RUN_PRIORITIES} for the numbers. */
export const RUN_PRIORITY_NAMES = ['low', 'normal', 'high'] as const
/** One of {@link RUN_PRIORITY_NAMES}. */
export type RunPriority = (typeof RUN_PRIORITY_NAMES)[number]

/** The priorities that a run's jobs show. */
export const RUN_PRIORITIES: Readonly<Record<RunPriority, number>> = { low: 0, normal: 5, high: 10 }

/** The settings that a run was started with, and the definition as it was then; the pace is the present one. */
export interface RunConfig {
  readonly models: readonly string[]
  /** How often each model does each scenario. */
  readonly repeats: number
  /** 0 < p ≤ 100 */
  readonly samplePercentage: number
  /** 0..2⁵³−1 */
  readonly sampleSeed: number
  readonly experimentId: string | null
  readonly maxJobsPerSecond: number | null
  readonly definitionSnapshot: Definition
  /** `import`: it was done elsewhere and brought with its results, so that nothing of it can be done again. Absent: it was started here. */
  readonly origin?: 'import'
}

/** Jobs counted by how they ended; `total` counts those that have not ended too. */
export interface Tally {
  readonly total: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

/** Exact at every moment: each job counts once, in the transaction that settles it. */
export interface RunTallies extends Tally {
  readonly byModel: Readonly<Record<string, Tally>>
}

/** One execution of a definition: sampled scenarios × models × repeats, as jobs. */
export interface Run {
  readonly runId: RunId
  readonly projectId: ProjectId
  readonly definitionId: DefinitionId
  readonly status: RunStatus
  readonly priority: RunPriority
  readonly config: RunConfig
  readonly tallies: RunTallies
  /** Its policy of escalation and what has come of it; null for a run without one. */
  readonly escalation: RunEscalation | null
  /** How it starts after another run; null for one that does not. Until it is `made` the run has no jobs, and its definition, of version 0, is not there. */
  readonly link: RunLink | null
  /** Settled jobs a second over the last 5–10 seconds of work; 0 while nothing was settled. */
  readonly ratePerSecond: number
  readonly version: number
  /** null: the host did. */
  readonly startedBy: UserId | null
  readonly createdAt: Date
  /** First start of a job. */
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}
