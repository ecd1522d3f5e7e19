import type { ProjectId, TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { StepType } from '../../workflow/workflow.ts'
import type { Decision, Person } from '../assignment.ts'

/** A decision with everything it came from; {@link replayDecision} gives the same choice from it. */
export interface RecordedDecision {
  readonly decisionId: string
  /** The batch it is part of, which holds its input: `explainBatch` gives its candidates. null: it was decided alone. */
  readonly batchId: string | null
  readonly decidedAt: Date
  readonly decision: Decision
  /** The input of the strategy: people in order, weights, state before. null in a batch. */
  readonly input: Json
}

/**
 * Many decisions made as one, with everything they came from, people once for all; `replayBatch` gives the same choices from it. Choices that others were
 * faster at when it was written are no decisions; they are made again, in a later batch.
 */
export interface RecordedBatch {
  readonly batchId: string
  readonly projectId: ProjectId
  readonly decidedAt: Date
  readonly input: Json
  /** In the order in which they were made. */
  readonly choices: readonly (BatchChoice & { readonly decisionId: string })[]
}

/** One choice of a batch: who gets a slot of a task's step. */
export type BatchChoice = Pick<Decision, 'taskId' | 'stepId' | 'strategy' | 'chosen'>

/** Keeps what pushes are decided from, and the decisions. */
export interface DecisionStore {
  /**
   * People with their load and quality, by userId: those named, or if nobody is named the project's members with role annotator.
   * Users that do not exist are left out; those that are no members say so.
   */
  listPeople(projectId: ProjectId, stepType: StepType, userIds?: readonly UserId[]): Promise<Person[]>
  /** The memory of a strategy for a step, with its lock, which serialises decisions on that step; null at first. */
  lockStrategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json>
  /** The same as it is now, without its lock: nothing is written, and nobody waits. */
  strategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json>
  saveStrategyState(projectId: ProjectId, stepId: string, strategy: string, state: Json): Promise<void>
  /** Keeps a decision with what it was decided from (people, weights, strategy state). */
  recordDecision(decision: RecordedDecision): Promise<void>
  /** Keeps a batch with what it was decided from, and its choices. */
  recordBatch(batch: RecordedBatch): Promise<void>
  /** Keeps some choices of a batch as decisions on their tasks. */
  recordChoices(
    batch: Pick<RecordedBatch, 'batchId' | 'decidedAt'>,
    choices: RecordedBatch['choices'],
  ): Promise<void>
  findBatch(batchId: string): Promise<RecordedBatch | undefined>
  /** Those of these decisions that are kept, in any order. */
  findDecisions(decisionIds: readonly string[]): Promise<RecordedDecision[]>
  /** Newest first. */
  listDecisions(taskId: TaskId, limit: number): Promise<RecordedDecision[]>
}
