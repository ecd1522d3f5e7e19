import type { Decision, RecordedDecision } from '@muster/core'

/** The columns of `task` as the fields of a Task. */
export const TASK = `task.task_id as "taskId", task.project_id as "projectId", task.workflow_id as "workflowId", task.status,
  task.current_step_id as "currentStepId", task.priority, task.payload, task.required_skills as "requiredSkills", task.gold,
  task.external_id as "externalId", task.version, task.cooldown_until as "cooldownUntil", task.step_opened_at as "stepOpenedAt",
  task.returns, task.job_id as "jobId", task.created_at as "createdAt", task.completed_at as "completedAt"`

/** Tasks given as one JSON array. */
export const TASKS_GIVEN = `"taskId" uuid, "projectId" uuid, "workflowId" uuid, status text, "currentStepId" text, priority int,
  payload jsonb, "requiredSkills" jsonb, gold jsonb, "externalId" text, version int, "cooldownUntil" timestamptz,
  "stepOpenedAt" timestamptz, returns int, "jobId" uuid, "createdAt" timestamptz, "completedAt" timestamptz`

/** The columns of `slot` as the fields of a Slot. */
export const SLOT = `slot.task_id as "taskId", slot.step_id as "stepId", slot.slot_no as "slotNo", slot.state,
  slot.assignment_id as "assignmentId", slot.reserved_for as "reservedFor", slot.wake_at as "wakeAt"`

export const SLOTS_GIVEN = `"taskId" uuid, "stepId" text, "slotNo" int, state text, "assignmentId" uuid, "reservedFor" uuid,
  "wakeAt" timestamptz`

/** The columns of `assignment` as the fields of an Assignment. */
export const ASSIGNMENT = `assignment.assignment_id as "assignmentId", assignment.task_id as "taskId",
  assignment.project_id as "projectId", assignment.step_id as "stepId", assignment.step_type as "stepType",
  assignment.user_id as "userId", assignment.slot_no as "slotNo", assignment.status, assignment.attempt, assignment.version,
  assignment.assigned_at as "assignedAt", assignment.accepted_at as "acceptedAt", assignment.started_at as "startedAt",
  assignment.submitted_at as "submittedAt", assignment.rejected_at as "rejectedAt", assignment.reject_reason as "rejectReason",
  assignment.release_reason as "releaseReason", assignment.end_reason as "endReason",
  assignment.return_comment as "returnComment", assignment.expires_at as "expiresAt", assignment.result, assignment.draft,
  assignment.previous_assignment_id as "previousAssignmentId", assignment.override_reason as "overrideReason"`

export const ASSIGNMENTS_GIVEN = `"assignmentId" uuid, "taskId" uuid, "projectId" uuid, "stepId" text, "stepType" text,
  "userId" uuid, "slotNo" int, status text, attempt int, version int, "assignedAt" timestamptz, "acceptedAt" timestamptz,
  "startedAt" timestamptz, "submittedAt" timestamptz, "rejectedAt" timestamptz, "rejectReason" jsonb, "releaseReason" text,
  "endReason" text, "returnComment" text, "expiresAt" timestamptz, result jsonb, draft jsonb, "previousAssignmentId" uuid,
  "overrideReason" text`

/** SQL form of LIVE_STATUSES. */
export const LIVE = `('assigned', 'accepted', 'in_progress')`
/** Live or submitted: who did the step, or does it. */
export const DID = `('assigned', 'accepted', 'in_progress', 'submitted')`

/** A decision as it was recorded: JSON has turned the one Date in it into text. */
export function recordedDecisionFromRow(row: RecordedDecision): RecordedDecision {
  return { ...row, decision: withDates(row.decision) }
}

function withDates(decision: Decision): Decision {
  return {
    ...decision,
    candidates: decision.candidates.map((candidate) => ({
      ...candidate,
      reasons: candidate.reasons.map((reason) =>
        reason.code === 'coolingDown' ? { ...reason, until: new Date(reason.until) } : reason,
      ),
    })),
  }
}
