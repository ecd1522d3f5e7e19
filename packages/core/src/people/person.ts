import type { ProjectId, UserId, WorkflowId } from '../ids.ts'

/** `away` keeps what one has and gets nothing new; `suspended` loses it and is let in nowhere. */
export const USER_STATUSES = ['active', 'away', 'suspended'] as const
/** One of {@link USER_STATUSES}. */
export type UserStatus = (typeof USER_STATUSES)[number]
/** The rights of people, the highest first: an annotator has their own work, a manager everything in their projects, an admin everything. */
export const ROLES = ['admin', 'manager', 'annotator'] as const
export type Role = (typeof ROLES)[number]

/** Somebody who works or decides. Only `active` users are given work. */
export interface User {
  readonly userId: UserId
  /** The host's own id of this person, of no other user; null: the host gave none. */
  readonly externalId: string | null
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly status: UserStatus
  readonly role: Role
  /** Skill name → level 1..5. */
  readonly skills: Readonly<Record<string, number>>
  /** The person's own limit of live assignments over all projects; null: the project's alone counts. */
  readonly maxConcurrentAssignments: number | null
  /** A program that stands in for a person, marked wherever it is shown. */
  readonly scripted: boolean
  /** Somebody who worked elsewhere, and came with a file: suspended for good, marked wherever they are shown. */
  readonly imported: boolean
  readonly version: number
  readonly createdAt: Date
}

/** A user as a member of one project. */
export interface Member {
  readonly userId: UserId
  readonly displayName: string
  readonly role: Role
  readonly status: UserStatus
  readonly scripted: boolean
}

/** How good somebody is at one type of step in one project. */
export interface QualityScore {
  readonly userId: UserId
  readonly projectId: ProjectId
  readonly stepType: string
  /** 0..1. Set from outside it is kept as it is; observed samples move it by the Beta mean (see `quality.ts`). */
  readonly score: number
  readonly samples: number
}

/** The score of somebody of whom nothing is known. */
export const UNKNOWN_QUALITY = 0.5

/** How a project gives out work. Each field has a default; a step's own strategy, lease and cooldown win. */
export interface AssignmentConfig {
  /** Live assignments a person may hold, over all projects. Default 10. */
  readonly maxConcurrentPerUser: number
  /** Unordered pairs of steps that one person may not both do on one task. Default none. */
  readonly crossStepExclusionPairs: readonly (readonly [string, string])[]
  /** How long a slot rests after a release, a rejection or an expiry. Default 0. */
  readonly cooldownMinutes: number
  /** How long an assignment lives without activity. Default 60. */
  readonly leaseMinutes: number
  /** Name of a registered strategy. Default `hybrid_capacity_performance`. */
  readonly defaultStrategy: string
  /** Of `hybrid_capacity_performance`. Default 0.5 and 0.5. */
  readonly weights: { readonly capacity: number; readonly performance: number }
  /** Returns of one task by review before it goes to adjudication. Default 2. */
  readonly maxReturns: number
  /** How long a returned slot waits for its person. Default 1440. */
  readonly holdMinutes: number
  /** How long the workbench lets a submission be taken back, 0 to 30: a page sends it with each. Default 10. */
  readonly undoSeconds: number
}

/** When a project pauses somebody whose answers to known questions fall off. */
export interface PausePolicy {
  /** The accuracy that is as it should be. Default 0.92. */
  readonly good: number
  /** The accuracy that is to be found out, below `good`. Default 0.65. */
  readonly bad: number
  /** The sum of evidence at which there is an alarm. Default 4.6. */
  readonly alarm: number
  /** Answers that must be judged before there can be one. Default 5. */
  readonly minimum: number
}

/** How often a project measures people by tasks whose answer is known. */
export interface ControlPolicy {
  /** The one annotation step that it covers. */
  readonly stepId: string
  /** The share of claims that a control is given for, 0..0.5. */
  readonly rate: number
  /** Newcomers get controls only, `count` of them, and go on if at least the share `passAt` is right. */
  readonly onboarding?: { readonly count: number; readonly passAt: number } | undefined
}

/** How a project watches the quality of work. */
export interface QualityPolicy {
  readonly controls?: ControlPolicy | undefined
  readonly pause?: PausePolicy | undefined
}

/** The boundary of ownership: members, queue, tasks, runs. */
export interface Project {
  readonly projectId: ProjectId
  /** The host's own id of this project, of no other; null: the host gave none. */
  readonly externalId: string | null
  readonly name: string
  /** The workflow that new tasks go through; a project without one refuses tasks. */
  readonly workflowId: WorkflowId | null
  readonly assignment: AssignmentConfig
  /** For managers. null: it never watched anybody. */
  readonly quality: QualityPolicy | null
  /** No job starts and no new assignment is given out while paused. Changing it raises no version. */
  readonly paused: boolean
  readonly version: number
  readonly createdAt: Date
}

/** The caller of one call. */
export interface Principal {
  readonly userId: UserId
  readonly role: Role
  /** Projects the caller is a member of. Admins see every project without being one. */
  readonly memberships: ReadonlySet<ProjectId>
}
