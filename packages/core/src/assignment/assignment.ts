import type { Presentation } from '../forms/presentation.ts'
import type { AssignmentId, ProjectId, TaskId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { PauseReason } from '../people/quality.ts'
import type { Slot, Task } from '../workflow/task.ts'
import type { StepType } from '../workflow/workflow.ts'

/** See {@link ASSIGNMENT_MOVES} for what leads where. */
export const ASSIGNMENT_STATUSES = [
  'assigned',
  'accepted',
  'in_progress',
  'submitted',
  'rejected',
  'expired',
  'reassigned',
] as const
/** One of {@link ASSIGNMENT_STATUSES}. */
export type AssignmentStatus = (typeof ASSIGNMENT_STATUSES)[number]

/** Live assignments count against a person's limit and hold a slot. */
export const LIVE_STATUSES = [
  'assigned',
  'accepted',
  'in_progress',
] as const satisfies readonly AssignmentStatus[]

/** Why an assignee declines. */
export const REJECT_CODES = [
  'unclear',
  'wrong_skill',
  'conflict_of_interest',
  'broken_item',
  'other',
] as const
/** One of {@link REJECT_CODES}. */
export type RejectCode = (typeof REJECT_CODES)[number]

/** The `endReason` of a row that was held ahead and given back, or lapsed, before its person saw it: as if it had never been given. */
export const UNSEEN = 'unseen'

/** One person's hold on one step of one task; there is never a second row for the same three. */
export interface Assignment {
  readonly assignmentId: AssignmentId
  readonly taskId: TaskId
  readonly projectId: ProjectId
  readonly stepId: string
  readonly stepType: StepType
  readonly userId: UserId
  readonly slotNo: number
  readonly status: AssignmentStatus
  /** From 1; rises when the row is revived or sent back. The fence: a move that names an older one is refused. */
  readonly attempt: number
  readonly version: number
  readonly assignedAt: Date
  readonly acceptedAt: Date | null
  readonly startedAt: Date | null
  readonly submittedAt: Date | null
  readonly rejectedAt: Date | null
  readonly rejectReason: { readonly code: RejectCode; readonly comment?: string } | null
  /** Why the hold ended by a release, a removal or a suspension. */
  readonly releaseReason: string | null
  /** `task_cancelled`, `task_completed`, `task_returned` or `quality_paused` if that ended it; {@link UNSEEN} if nobody had seen it. */
  readonly endReason: string | null
  /** The reviewer's words when the work was sent back. */
  readonly returnComment: string | null
  /** Whether it is held for after what its person works on, unseen. At most one live row of a person is; its lease is short. */
  readonly ahead: boolean
  /** When the hold ended, by whatever; null: it is live. Older rows do not say. */
  readonly endedAt: Date | null
  /** Without activity until then it expires by itself; null when not live. */
  readonly expiresAt: Date | null
  readonly result: Json | null
  /** Free words that were handed in beside the result, if its form asks for them; never compared. A review says its own in its result. */
  readonly comment: string | null
  /** A result that was handed in after the lease was lost; shown to the holder and to managers. */
  readonly draft: Json | null
  /** The free words of the draft. */
  readonly draftComment: string | null
  /** How often a draft was saved, so that an older tab is noticed; it never falls. */
  readonly draftVersion: number
  /** When the draft was saved; null: there is none. */
  readonly draftSavedAt: Date | null
  /** When what was handed in goes through, if its person may still take it back; null: nothing waits. Not null only in `in_progress`. */
  readonly submitsAt: Date | null
  /** The submission that waits to go through. For its person and managers. */
  readonly handedIn: { readonly result: Json; readonly comment: string | null } | null
  /** When it was handed in: its `submittedAt` once it goes through. */
  readonly handedInAt: Date | null
  /** The orders that its person is shown, from when the row was first given; null: its step has no form. */
  readonly presentation: Presentation | null
  /** A mark of its person for managers, who read the words; it ends nothing. For its person and managers. */
  readonly flag: { readonly comment: string } | null
  /** When it was last flagged; null: it is not. */
  readonly flaggedAt: Date | null
  /** The row this one took over from, when it was reassigned. */
  readonly previousAssignmentId: AssignmentId | null
  /** The admin's words, if an exclusion was overridden. */
  readonly overrideReason: string | null
}

/** A task with all that hangs on it: what one move reads, decides on and writes as a whole. */
export interface TaskWork {
  readonly task: Task
  /** Every slot ever opened, of every step, by (stepId, slotNo). */
  readonly slots: readonly Slot[]
  /** Every row on the task, oldest first. */
  readonly assignments: readonly Assignment[]
}

/** Why somebody may not take a step now. */
export type IneligibleReason =
  | {
      readonly code:
        | 'inactive'
        | 'notMember'
        | 'alreadyAssigned'
        | 'rejectedBefore'
        | 'noFreeSlot'
        | 'queuePaused'
    }
  | {
      readonly code: 'missingSkill'
      readonly anyOf: readonly string[]
      readonly minLevel: number
      readonly level: number
    }
  | { readonly code: 'excludedByStep'; readonly stepId: string }
  | { readonly code: 'atLimit'; readonly live: number; readonly limit: number }
  | { readonly code: 'coolingDown'; readonly until: Date }
  /** The person is given nothing in the project until a manager lifts it. */
  | { readonly code: 'qualityPaused'; readonly since: Date; readonly reason: PauseReason }
  /** Newcomers get controls only until as many were judged. */
  | { readonly code: 'notQualified'; readonly judged: number; readonly count: number }
  /** The slot waits for somebody who had it, until then at the latest. */
  | { readonly code: 'reservedFor'; readonly until: Date }

/** Why somebody may not take a step, by name. */
export type ReasonCode = IneligibleReason['code']

/** A person, as a strategy and the rules know them. */
export interface Person {
  readonly userId: UserId
  readonly status: 'active' | 'away' | 'suspended'
  readonly skills: Readonly<Record<string, number>>
  readonly isMember: boolean
  /** Live assignments over all projects. */
  readonly live: number
  /** The person's own limit; null: only the project's counts. */
  readonly ownLimit: number | null
  /** Quality at this type of step in this project, 0..1; 0.5 if unknown. */
  readonly quality: number
  /** When the person was last given something in any project; null: never. */
  readonly lastAssignedAt: Date | null
  /** Since when and why the person is given nothing in the project; absent: they are. */
  readonly paused?: { readonly since: Date; readonly reason: PauseReason } | undefined
  /** Controls of theirs in the project that were judged; absent: none. */
  readonly controls?: number | undefined
}

/** One person in an explained decision. */
export interface Candidate {
  readonly userId: UserId
  readonly eligible: boolean
  readonly reasons: readonly IneligibleReason[]
  /** 0..1; null if not eligible. */
  readonly score: number | null
  /** The score's named parts, each in 0..1. */
  readonly parts: Readonly<Record<string, number>>
}

/** The decision on one step of one task, and why: enough to decide it again to the same choice. */
export interface Decision {
  readonly taskId: TaskId
  readonly stepId: string
  readonly strategy: string
  readonly chosen: UserId | null
  /** By userId. */
  readonly candidates: readonly Candidate[]
  /** In a batch: who was chosen before, in turn, and the task that each was needed for more, since nobody else who may have it had room. */
  readonly madeRoomFor?: readonly { readonly userId: UserId; readonly taskId: TaskId }[]
}
