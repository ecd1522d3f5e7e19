import type { Json, ProjectId, StepType, TaskId, UserId } from '@muster/core'
import type { DecisionStore, Person, RecordedBatch, RecordedDecision } from '@muster/core/ports'
import type { Connection } from '../connection/queryable.ts'
import {
  findBatch,
  findDecisions,
  findStrategyState,
  listDecisions,
  listPeople,
  lockStrategyState,
  recordBatch,
  recordChoices,
  recordDecision,
  saveStrategyState,
} from './pushes.ts'

/** Decisions in `decision` and `decision_batch`, and what strategies remember. */
export class PgDecisionStore implements DecisionStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  listPeople(projectId: ProjectId, stepType: StepType, userIds?: readonly UserId[]): Promise<Person[]> {
    return listPeople(this.#connection, projectId, stepType, userIds)
  }

  lockStrategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json> {
    return this.#connection.atomically((connection) =>
      lockStrategyState(connection, projectId, stepId, strategy),
    )
  }

  strategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json> {
    return findStrategyState(this.#connection, projectId, stepId, strategy)
  }

  saveStrategyState(projectId: ProjectId, stepId: string, strategy: string, state: Json): Promise<void> {
    return saveStrategyState(this.#connection, projectId, stepId, strategy, state)
  }

  recordDecision(decision: RecordedDecision): Promise<void> {
    return recordDecision(this.#connection, decision)
  }

  recordBatch(batch: RecordedBatch): Promise<void> {
    return recordBatch(this.#connection, batch)
  }

  recordChoices(
    batch: Pick<RecordedBatch, 'batchId' | 'decidedAt'>,
    choices: RecordedBatch['choices'],
  ): Promise<void> {
    return recordChoices(this.#connection, batch, choices)
  }

  findBatch(batchId: string): Promise<RecordedBatch | undefined> {
    return findBatch(this.#connection, batchId)
  }

  findDecisions(decisionIds: readonly string[]): Promise<RecordedDecision[]> {
    return findDecisions(this.#connection, decisionIds)
  }

  listDecisions(taskId: TaskId, limit: number): Promise<RecordedDecision[]> {
    return listDecisions(this.#connection, taskId, limit)
  }
}
