import type { ProjectId, TaskId, UserId, WorkflowId } from '../ids.ts'
import type { QualityScore } from '../people/person.ts'
import type { Counters } from './counters.ts'
import type { KnownCounter } from './known.ts'
import type { LiftedPause, Watch } from './watch.ts'

/** Which counters of a project: of all steps and questions, or of one. */
export interface CountersWhere {
  readonly projectId: ProjectId
  readonly stepId?: string | undefined
  readonly question?: string | undefined
}

/** A control that a person never had. */
export interface ControlLeft {
  readonly taskId: TaskId
  readonly workflowId: WorkflowId
  /** Of the task. */
  readonly requiredSkills: readonly {
    readonly anyOf: readonly string[]
    readonly minLevel: number
    readonly dropAfterMinutes: number | null
  }[]
  readonly createdAt: Date
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

  /** Adds to how often people gave answers that were judged. */
  addKnown(added: readonly KnownCounter[]): Promise<void>
  /** By step, question and answers. */
  listKnown(projectId: ProjectId, userId: UserId): Promise<KnownCounter[]>
  /** The watch on a person, fresh if there is none; nobody else changes it until the transaction ends. */
  lockWatch(projectId: ProjectId, userId: UserId): Promise<Watch>
  /** Keeps a watch that {@link lockWatch} gave, changed. */
  saveWatch(watch: Watch): Promise<void>
  /** The watches that there are on these people in these projects, in any order. */
  listWatches(where: {
    readonly projectIds: readonly ProjectId[]
    readonly userIds: readonly UserId[]
  }): Promise<Watch[]>
  /** Notes a pause that was lifted, so that it is known for good. */
  addLifted(projectId: ProjectId, userId: UserId, pause: LiftedPause): Promise<void>
  /** Pauses of the person in the project that were lifted, the latest first. */
  listLifted(projectId: ProjectId, userId: UserId, limit: number): Promise<LiftedPause[]>
  /** The scores that these people have in the project, by person and type of step. */
  listScores(projectId: ProjectId, userIds: readonly UserId[]): Promise<QualityScore[]>
  /** Open controls of the project on which the person has no row, or one that ended unseen, by id. */
  listControls(projectId: ProjectId, userId: UserId, limit: number): Promise<ControlLeft[]>
  /** A task of work for each number in [0, 1): the one at that share of all of the project by id; none if it has none. */
  drawWork(projectId: ProjectId, draws: readonly number[]): Promise<TaskId[]>
  /** Notes that a person has run out of controls, unless that was noted after `since`; whether it was not. */
  noteExhausted(projectId: ProjectId, userId: UserId, now: Date, since: Date): Promise<boolean>
  /** People who are paused in a project and still hold or wait for something there, in any order. */
  listPausedHolders(limit: number): Promise<{ readonly projectId: ProjectId; readonly userId: UserId }[]>
}
