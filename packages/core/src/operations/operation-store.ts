import type { OperationId, ProjectId } from '../ids.ts'
import type { MovedByProject, NewOperation, Operation } from './operation.ts'

/** A part of an operation that is to be worked off. */
export interface OperationPart {
  readonly operation: Operation
  /** In their order; empty only if the operation is about nothing. */
  readonly ids: readonly string[]
}

/** An operation as it stands now, and what it did in each project. */
export interface Advanced {
  readonly operation: Operation
  readonly byProject: MovedByProject
}

/** Keeps operations with the ids of what they are about, and how far each has been worked off. */
export interface OperationStore {
  /** Keeps an operation about nothing yet, running. */
  add(operation: NewOperation): Promise<void>
  /** More that it is about, behind what there is. Called in the transaction that added it. */
  addItems(operationId: OperationId, ids: readonly string[]): Promise<void>
  find(operationId: OperationId): Promise<Operation | undefined>
  /** How many are running of the project, or of all projects together (null). Another count of the same waits until the transaction of this one ends. */
  countRunning(projectId: ProjectId | null): Promise<number>
  /**
   * The next part of the running operation of which least is left, and that nobody else holds; it is held until the transaction ends.
   * @param behind these come behind all others, in this order
   */
  next(limit: number, behind?: readonly OperationId[]): Promise<OperationPart | undefined>
  /** Notes in the transaction of {@link next} that the next `items` are worked off; it is done with the last. */
  advance(operationId: OperationId, items: number, moved: MovedByProject, now: Date): Promise<Advanced>
  /** Ends a running operation where it stands, once a part in hand is worked off; undefined if it is not running, or not there. */
  stop(operationId: OperationId, now: Date): Promise<Advanced | undefined>
  /** Forgets ids of what has ended, and operations that ended before then, at most `limit` rows in all. Says how many. */
  prune(before: Date, limit: number): Promise<number>
}
