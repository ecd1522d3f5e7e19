import type { AssignmentId, ProjectId, UserId, WorkflowId } from '../../ids.ts'
import type { AssignmentConfig, QualityPolicy } from '../../people/person.ts'
import type { Task } from '../../workflow/task.ts'
import type { Requirement, StepType } from '../../workflow/workflow.ts'
import type { Assignment, AssignmentStatus, Person } from '../assignment.ts'

/**
 * A shelf holds the open people steps that are alike in all that decides who may take them and how urgent they are:
 * project, workflow, step, requirements (the step's and the task's own, together) and priority. The rules are asked once per
 * shelf in core, not once per task in SQL. Inside a shelf, what opened first comes first; ties by taskId.
 */
export interface Shelf {
  readonly shelfId: number
  readonly projectId: ProjectId
  readonly workflowId: WorkflowId
  readonly stepId: string
  readonly stepType: StepType
  readonly requirements: readonly Requirement[]
  readonly priority: number
}

/** A shelf, and what one person may take from it. */
export interface OpenShelf {
  readonly shelfId: number
  /** Take only steps that opened at or before this (older ones have had a requirement waived); null: any. */
  readonly openedUntil: Date | null
  /** Steps of the same task that the person must not hold or have submitted. */
  readonly excludedSteps: readonly string[]
  readonly leaseMs: number
}

/** One person’s wish for the best free slot of these shelves. */
export interface Claim {
  readonly userId: UserId
  /** In any order; the store merges them by priority, then opening time, then taskId. */
  readonly shelves: readonly OpenShelf[]
  /** Id of the row, should it be a new one. */
  readonly assignmentId: AssignmentId
  /** Whether it is to be held for later: then the shelves have the lease of that. */
  readonly ahead?: boolean | undefined
}

/** The assignment that a claim was given; `from` is the state of a row that was revived, null for a new one. */
export interface Claimed {
  readonly assignment: Assignment
  readonly task: Task
  readonly from: AssignmentStatus | null
}

/** A claim to be prepared: in one project, or (null) in all that the person is a member of. */
export interface ClaimRequest {
  readonly userId: UserId
  readonly projectId: ProjectId | null
}

/** Somebody who claims, as they are under their lock. */
export interface Claimant extends Pick<Person, 'userId' | 'status' | 'skills' | 'live' | 'ownLimit'> {
  readonly memberships: readonly ProjectId[]
}

/** Everything by which claims are decided. */
export interface ClaimSurvey {
  /** Those asked for who exist, by userId. */
  readonly claimants: readonly Claimant[]
  /** The existing ones of the projects asked for; those of which a claimant is a member if none was named. By projectId. */
  readonly projects: readonly {
    readonly projectId: ProjectId
    readonly config: AssignmentConfig
    /** Whether work may be given out: the project's gate and the system's are open. */
    readonly gateOpen: boolean
    /** Absent: the project watches nobody. */
    readonly quality?: QualityPolicy | undefined
  }[]
  /** Shelves of these projects with at least one open step, most urgent first. */
  readonly shelves: readonly Shelf[]
}

/** Open people steps of one shelf, counted for one person. Each task counts under everything that is true of it. */
export interface ShelfCount {
  readonly shelfId: number
  /** Tasks standing at this step. */
  readonly open: number
  /** Of these, opened at or before `openedUntil` of the request (all if that was null). */
  readonly openedUntil: number
  /** No slot is free, and none is cooling. */
  readonly noFreeSlot: number
  /** No slot is free or cooling, but at least one waits for its person. */
  readonly reservedFor: number
  /** No slot is free, but at least one is cooling. */
  readonly coolingDown: number
  /** The person holds or has submitted this step. */
  readonly alreadyAssigned: number
  /** The person has rejected this step. */
  readonly rejectedBefore: number
  /** The person holds or has submitted an excluded step. */
  readonly excludedByStep: number
  /** Tasks of the last three, each once. */
  readonly own: number
  /** Of these, with a free slot. */
  readonly ownFree: number
}

/** Gives free slots of open steps to people who ask for work. */
export interface ClaimStore {
  /**
   * Takes the best free slot for each person, who asks once, and writes the assignment (a new row, or an expired or reassigned one
   * revived at `attempt + 1`), in one step. Best: highest priority, then longest open, then smallest taskId, among slots that nobody
   * else is taking at this instant. Skips tasks on which the person has a row on this step (unless expired or reassigned) or holds or
   * has submitted an excluded step. The caller holds the people's locks and has checked their limits after taking them. Never waits for
   * another claim, and two claims never get one slot.
   *
   * Answers stand at their claim's place, `undefined` if there was nothing. They are those of claims made one after another, in an
   * order that the store chooses: no better slot stays free that is for somebody who got a worse one, or none.
   */
  claim(claims: readonly Claim[], now: Date): Promise<(Claimed | undefined)[]>
  /**
   * Takes the locks of these people as `PeopleStore.lock` does, then keeps the gates of the projects concerned as
   * `ProjectStore.holdGates` does, then reads what claims of these people are decided by: it cannot change under the locks, but for
   * the configuration of projects.
   */
  surveyClaims(requests: readonly ClaimRequest[]): Promise<ClaimSurvey>
  /**
   * The rows that these people hold ahead, one of each at most. Inside a transaction that has locked the people they are, until its end, no
   * longer moved by others: one that moves now is waited for.
   */
  listAhead(userIds: readonly UserId[]): Promise<Assignment[]>
  /** Why a claim found nothing: the open steps of these shelves, counted. */
  countShelves(userId: UserId, shelves: readonly OpenShelf[]): Promise<ShelfCount[]>
}
