import type { Presentation } from '../../forms/presentation.ts'
import type { AssignmentId, ProjectId, TaskId, UserId } from '../../ids.ts'
import type { StepType } from '../../workflow/workflow.ts'
import type { Assignment } from '../assignment.ts'

/** A free slot that a claim takes, with what its row says of it. */
export interface TakenSlot {
  readonly taskId: TaskId
  readonly projectId: ProjectId
  readonly stepId: string
  readonly stepType: StepType
  readonly slotNo: number
  readonly presentation: Presentation | null
}

/** The claim that takes it: `assignmentId` is that of the row, should it be a new one. */
export interface TakingClaim {
  readonly userId: UserId
  readonly assignmentId: AssignmentId
  readonly assignedAt: Date
  readonly expiresAt: Date
  /** Whether it is held for later. */
  readonly ahead?: boolean | undefined
}

/**
 * The row that a claim writes: a new one, or `held`, which ended before and is revived one attempt later. Its person keeps what they were
 * told, drafted, shown and flagged. SQL writes the same, see `take_slots`.
 */
export function claimedRow(claim: TakingClaim, slot: TakenSlot, held?: Assignment): Assignment {
  return {
    assignmentId: held?.assignmentId ?? claim.assignmentId,
    taskId: slot.taskId,
    projectId: slot.projectId,
    stepId: slot.stepId,
    stepType: slot.stepType,
    userId: claim.userId,
    slotNo: slot.slotNo,
    status: 'assigned',
    attempt: (held?.attempt ?? 0) + 1,
    version: (held?.version ?? 0) + 1,
    assignedAt: claim.assignedAt,
    acceptedAt: null,
    startedAt: null,
    submittedAt: null,
    rejectedAt: null,
    rejectReason: null,
    releaseReason: null,
    endReason: null,
    ahead: claim.ahead === true,
    endedAt: null,
    returnComment: held?.returnComment ?? null,
    expiresAt: claim.expiresAt,
    result: null,
    comment: null,
    draft: held?.draft ?? null,
    draftComment: held?.draftComment ?? null,
    draftVersion: held?.draftVersion ?? 0,
    draftSavedAt: held?.draftSavedAt ?? null,
    submitsAt: null,
    handedIn: null,
    handedInAt: null,
    presentation: held ? held.presentation : slot.presentation,
    flag: held?.flag ?? null,
    flaggedAt: held?.flaggedAt ?? null,
    previousAssignmentId: null,
    overrideReason: null,
  }
}
