import type { RunId } from '../../ids.ts'
import type { Page, PageRequest } from '../../paging.ts'
import type { Run } from '../run.ts'
import type { ScenarioEscalation } from './escalation-store.ts'
import type { PeopleAgainstModels, ResultWithPeople } from './people.ts'
import type { EscalationPolicy, EscalationReason, EscalationState, RunEscalation } from './policy.ts'

/** The effect that a policy would have on a run that has ended. */
export interface EscalationPreview {
  readonly scenarios: number
  readonly escalated: number
  readonly kept: number
  readonly overLimit: number
  readonly refused: number
  readonly notDecided: number
  readonly byReason: Readonly<Record<EscalationReason, number>>
}

/** Sending scenarios of runs to people. Input schema of a policy: `escalationPolicy`. */
export interface EscalationUseCases {
  /** A run's policy, and what has come of it. @throws ConflictError for a run without one */
  escalation(runId: RunId): Promise<RunEscalation>
  /** Another policy for what is not decided. @throws ValidationError; ConflictError for a run without one; VersionConflictError */
  changeEscalation(runId: RunId, policy: EscalationPolicy, ifVersion?: number): Promise<Run>
  /**
   * Applies a policy to a run that has ended and has none: its scenarios are decided next.
   * @throws ValidationError; RunStateError while it goes on; ConflictError for a run that has one
   */
  escalate(runId: RunId, policy: EscalationPolicy): Promise<Run>
  /** The answer that {@link EscalationUseCases.escalate} would give; makes nothing. */
  previewEscalation(runId: RunId, policy: EscalationPolicy): Promise<EscalationPreview>
  /**
   * Sends scenarios to people whatever their answers are, as the run's policy makes tasks: at once, or when their models have all settled. One that has its
   * task keeps it. Gives them as they stand then, in the given order.
   * @throws ValidationError naming what is no scenario of the run, and nothing is asked for then; ConflictError for a run without a policy
   */
  escalateByHand(runId: RunId, scenarioIds: readonly string[]): Promise<ScenarioEscalation[]>
  /** The scenarios of a run with a policy, by place. @throws ConflictError for a run without one */
  escalations(
    runId: RunId,
    filter: { readonly state?: readonly EscalationState[] | undefined },
    request: PageRequest,
  ): Promise<Page<ScenarioEscalation>>
  /** As `results`, with what people said of each scenario. */
  resultsWithPeople(runId: RunId): AsyncIterable<ResultWithPeople>
  /**
   * The results that people settled on, against those of each model, at a JSON Pointer: by default the policy's.
   * @throws ConflictError for a run without a policy; ValidationError where neither it nor the caller names a pointer
   */
  againstPeople(
    runId: RunId,
    filter?: { readonly agreeOn?: string | undefined },
  ): Promise<PeopleAgainstModels>
}
