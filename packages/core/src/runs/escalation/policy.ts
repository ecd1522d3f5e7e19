import type { RunId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'

/**
 * By which answers are compared: a JSON Pointer into the result, empty for the whole, for equality of canonical JSON; or a question of a form, by its
 * comparator, of the value `at` a pointer: by default that of the question's id.
 */
export type AgreeOn =
  | string
  | {
      /** A formId, or a name: its newest version then. */
      readonly form: string
      readonly question: string
      readonly at?: string | undefined
    }

/** The conditions on the answers to one scenario for people to look at it. */
export type EscalationCondition =
  | {
      readonly type: 'disagreement'
      readonly agreeOn: AgreeOn
      /** Fewer answers than this neither agree nor disagree. Default 2. */
      readonly minModels?: number | undefined
      /** A result without a value there differs from those with one, or is left out. Default `differs`. */
      readonly absent?: 'differs' | 'ignored' | undefined
    }
  | {
      readonly type: 'failure'
      /** Default `any`. */
      readonly of?: 'any' | 'all' | undefined
    }
  | {
      readonly type: 'score'
      /** A JSON Pointer to a number in the result; results without one are left out. */
      readonly at: string
      readonly below: number
      /** Default `any`. */
      readonly of?: 'any' | 'all' | 'mean' | undefined
    }
  | {
      readonly type: 'sample'
      /** Either each scenario is taken with this probability, 0 < p ≤ 1 … */
      readonly probability?: number | undefined
      /** … or exactly so many of the run's scenarios are, or all if it has fewer. */
      readonly count?: number | undefined
      readonly seed: number
    }

/** JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to; see {@link EscalationPolicy}. */
export type Template = Json

/** The task that an escalated scenario becomes. */
export interface EscalationTask {
  readonly payload: Template
  /** Default: the project's. */
  readonly workflowId?: string | undefined
  /** A formId, or a name: its newest version when the policy is given. Stands in for the form of every annotation step of the workflow. */
  readonly form?: string | undefined
  /** −1000..1000, default 0. */
  readonly priority?: number | undefined
  readonly requiredSkills?: Template | undefined
  readonly gold?: Template | undefined
}

/**
 * Which scenarios of a run go to people, and as what. Templates are filled from { scenario: { scenarioId, payload }, results: [{ result, answer, error }],
 * candidates }: results and distinct answers in a drawn order, without the models' names unless `revealModels`. A pointer that leads nowhere drops the member
 * it stands for; with `"required": true` the scenario is refused.
 */
export interface EscalationPolicy {
  /** Any that holds escalates; all that hold are recorded. */
  readonly when: readonly EscalationCondition[]
  readonly task: EscalationTask
  /** Most tasks that are made without being asked for by hand: a safety stop, which leaves out what came last. */
  readonly limit?: number | undefined
  readonly revealModels?: boolean | undefined
}

/** Why a scenario went to people. `manual`: somebody asked for it. */
export const ESCALATION_REASONS = ['disagreement', 'failure', 'score', 'sample', 'manual'] as const
/** One of {@link ESCALATION_REASONS}. */
export type EscalationReason = (typeof ESCALATION_REASONS)[number]

/**
 * - `waiting` its models have not all settled
 * - `ready` they have, and it is decided next
 * - `escalated` there is a task for it, for ever the only one in its run
 * - `kept` no condition held
 * - `overLimit` one did, but the policy's limit was reached
 * - `refused` its task could not be made
 * - `notDecided` a job of it was cancelled
 */
export const ESCALATION_STATES = [
  'waiting',
  'ready',
  'escalated',
  'kept',
  'overLimit',
  'refused',
  'notDecided',
] as const
/** One of {@link ESCALATION_STATES}. */
export type EscalationState = (typeof ESCALATION_STATES)[number]

/** The counts of a run with a policy; exact at every moment. */
export interface EscalationCounts {
  readonly scenarios: number
  readonly waiting: number
  readonly ready: number
  readonly escalated: number
  readonly kept: number
  readonly overLimit: number
  readonly refused: number
  readonly notDecided: number
  /** Of the tasks that were made. */
  readonly tasks: { readonly open: number; readonly completed: number; readonly cancelled: number }
  /** Of what is escalated; a scenario may have several reasons. */
  readonly byReason: Readonly<Record<EscalationReason, number>>
}

/** A run's policy, and what has come of it so far. */
export interface RunEscalation extends EscalationCounts {
  readonly policy: EscalationPolicy
}

/** A policy of which nothing has come yet, of a run of so many scenarios. */
export function freshEscalation(policy: EscalationPolicy, scenarios: number): RunEscalation {
  return {
    policy,
    scenarios,
    waiting: scenarios,
    ready: 0,
    escalated: 0,
    kept: 0,
    overLimit: 0,
    refused: 0,
    notDecided: 0,
    tasks: { open: 0, completed: 0, cancelled: 0 },
    byReason: { disagreement: 0, failure: 0, score: 0, sample: 0, manual: 0 },
  }
}

/** The escalation of a run as the feed tells it: its counts, without the policy. */
export function escalationNews(
  runId: RunId,
  { policy: _policy, ...counts }: RunEscalation,
): EscalationCounts & { readonly runId: RunId } {
  return { runId, ...counts }
}
