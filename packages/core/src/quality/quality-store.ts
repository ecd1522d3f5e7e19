import type { ProjectId, TaskId } from '../ids.ts'
import type { Counters } from './counters.ts'

/** Which counters of a project: of all steps and questions, or of one. */
export interface CountersWhere {
  readonly projectId: ProjectId
  readonly stepId?: string | undefined
  readonly question?: string | undefined
}

/** Keeps what is counted of the quality of work. */
export interface QualityStore {
  /**
   * Adds what a task adds to counters, those that are not there yet too. Each is there at most once in `added`. They are locked in an order of the store's to the end of the
   * transaction, behind everything but facts.
   */
  count(taskId: TaskId, added: Counters): Promise<void>
  /** Counters in any order, none that has come to nothing: `overall` those of all tasks and people, `skill` those of one skill each, `pair` those of two people each. */
  listCounters(where: CountersWhere, by: 'overall' | 'skill' | 'pair'): Promise<Counters>
}
