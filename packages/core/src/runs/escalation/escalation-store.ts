import type { EscalatedTasks } from '../../assignment/escalated-tasks.ts'
import type { ProjectId, RunId, TaskId } from '../../ids.ts'
import type { Issue, Json } from '../../json/json.ts'
import type { Slice } from '../../paging.ts'
import type { EscalationRule, ScenarioResult } from './decide.ts'
import type { EscalationReason, EscalationState } from './policy.ts'

/** A run whose scenarios are decided. */
export interface EscalatingRun {
  readonly runId: RunId
  readonly projectId: ProjectId
  readonly rule: EscalationRule
}

/** A scenario that is ready, locked, with how its jobs ended, in the order of the run's models. */
export interface ReadyScenario {
  /** In the definition, from 1. */
  readonly place: number
  readonly scenarioId: string
  readonly payload: Json
  readonly byHand: boolean
  readonly results: readonly ScenarioResult[]
}

/** Scenarios that are ready. */
export interface ReadyScenarios {
  /** By run; the scenarios of each by place. */
  readonly runs: readonly { readonly run: EscalatingRun; readonly scenarios: readonly ReadyScenario[] }[]
  /** There may be more than were asked for, or than was read of them. */
  readonly more: boolean
}

/** The decision on a ready scenario. */
export interface NewDecision {
  readonly place: number
  readonly state: Exclude<EscalationState, 'waiting' | 'ready'>
  readonly reasons: readonly EscalationReason[]
  readonly probability: number
  /** The models' places in the order in which people see what they said; null where nothing was drawn. */
  readonly order: readonly number[] | null
  /** Why its task could not be made; null where it could, or was not to be. */
  readonly issues: readonly Issue[] | null
  readonly taskId: TaskId | null
  /** Of what is escalated: whether it counts against the policy's limit. */
  readonly isLimited: boolean
}

/** A scenario of a run with a policy, as it stands. */
export interface ScenarioEscalation {
  readonly scenarioId: string
  readonly state: EscalationState
  readonly byHand: boolean
  readonly reasons: readonly EscalationReason[]
  /** With which people are asked about it; null until it is decided. */
  readonly probability: number | null
  readonly order: readonly number[] | null
  readonly issues: readonly Issue[] | null
  readonly taskId: TaskId | null
  /** The result that people settled on; null while they have not, or if they could not. */
  readonly outcome: Json
  /** How far its task is; null where there is none. */
  readonly taskStatus: 'open' | 'completed' | 'cancelled' | null
  readonly decidedAt: Date | null
}

/** The answer to asking by hand, by scenario. */
export interface AskedByHand {
  readonly scenarioId: string
  /** undefined: it is no scenario of the run. */
  readonly state: EscalationState | undefined
}

/**
 * Keeps which scenarios of runs go to people. That a scenario's jobs have all settled is noted in the transaction that settles the last: the job store
 * makes it `ready` then, and `waiting` again when a failed job of it is tried again. A scenario that has its task stays `escalated`.
 */
export interface EscalationStore extends EscalatedTasks {
  /**
   * Keeps a rule for a run that was added in this transaction, or has ended and is locked, with a state for each of its scenarios: `waiting`, or in a run
   * that has ended `ready`, and `notDecided` where a job was cancelled. The run must have none.
   */
  add(runId: RunId, rule: EscalationRule): Promise<void>
  find(runId: RunId): Promise<EscalatingRun | undefined>
  /** Replaces the rule for what is not decided. The run, locked before, is at its next version. */
  change(runId: RunId, rule: EscalationRule): Promise<void>
  /**
   * Notes that somebody wants these scenarios to be escalated. Those that are decided without a task are `ready` again; what has a task keeps it. In a run that has
   * ended, or was cancelled, those that wait for nothing more are `ready` too. Gives the states then.
   */
  ask(runId: RunId, scenarioIds: readonly string[]): Promise<AskedByHand[]>
  /** Up to `limit` ready scenarios, locked until the transaction ends, those that nobody else holds; fewer where they are large. */
  takeReady(limit: number): Promise<ReadyScenarios>
  /** Locks the count of what a policy's limit has let through, and gives it. */
  lockLimited(runId: RunId): Promise<number>
  /** Writes what was decided of scenarios that this transaction has taken, and counts it. */
  decide(runId: RunId, decisions: readonly NewDecision[], now: Date): Promise<void>
  /** Those of the run that exist, by place. */
  findMany(runId: RunId, scenarioIds: readonly string[]): Promise<ScenarioEscalation[]>
  /** By place. Of `states` alone, if given. */
  list(
    runId: RunId,
    states: readonly EscalationState[] | undefined,
    slice: Slice<{ readonly place: number }>,
  ): Promise<(ScenarioEscalation & { readonly place: number })[]>
}
