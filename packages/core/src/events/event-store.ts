import type { ProjectId } from '../ids.ts'
import type { Fact, NewFact } from './event.ts'

/** Keeps facts, and numbers them per project without a gap in commit order. */
export interface EventStore {
  /**
   * Writes `facts` in the given order, with ids and time from the ports. Call it last in a transaction: it takes the
   * feed locks (ascending project) that every other writer of the project then waits for.
   */
  append(facts: readonly NewFact[]): Promise<void>
  /** Facts of the project with a greater `seq` than `afterSeq`, ascending. None is ever skipped: a smaller seq never appears later. */
  read(projectId: ProjectId, afterSeq: number, limit: number): Promise<Fact[]>
  /** The `seq` of the project's last fact; 0 before the first. */
  head(projectId: ProjectId): Promise<number>
  /** The heads of these projects, or of all. A project without a fact is left out. */
  heads(projectIds?: readonly ProjectId[]): Promise<ReadonlyMap<ProjectId, number>>
  /** The `seq` of the project's last fact that occurred before `moment`; if none is kept, the one before the oldest that is. */
  seqBefore(projectId: ProjectId, moment: Date): Promise<number>
  /** Names this history of facts: another database, or one that was emptied, has another. Numbers of one mean nothing in another. */
  epoch(): Promise<string>
  /**
   * Forgets what each project has before its first fact that is not older than `before`, so that what is kept has no gap, though clocks disagreed.
   * Facts that a webhook, unless it is disabled, has still to be told of are kept if they are not older than `heldSince`, which is `before` unless said.
   * `limit` facts at most: says how many. Can be done by several at once; who finds another at it may say 0.
   */
  prune(before: Date, limit: number, heldSince?: Date): Promise<number>
}
