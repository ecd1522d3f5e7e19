import type { Assignment, Task } from '@muster/core'
import type { Decision } from '@muster/core/calls'
import type { RecordedDecision } from '@muster/core/ports'

const TASK_COLUMNS: Readonly<Record<keyof Task, string>> = {
  taskId: 'task_id',
  projectId: 'project_id',
  workflowId: 'workflow_id',
  status: 'status',
  currentStepId: 'current_step_id',
  priority: 'priority',
  payload: 'payload',
  requiredSkills: 'required_skills',
  gold: 'gold',
  formId: 'form_id',
  externalId: 'external_id',
  version: 'version',
  cooldownUntil: 'cooldown_until',
  stepOpenedAt: 'step_opened_at',
  returns: 'returns',
  jobId: 'job_id',
  createdAt: 'created_at',
  completedAt: 'completed_at',
  overlapEnds: 'overlap_ends',
}
export const TASK_FIELDS = Object.keys(TASK_COLUMNS) as (keyof Task)[]

/** The columns of `task` as the fields of a Task. */
export const TASK = TASK_FIELDS.map((field) => `task.${TASK_COLUMNS[field]} as "${field}"`).join(', ')

/** The same in a row with other things, see {@link taskBeside}. */
export const TASK_BESIDE = TASK_FIELDS.map((field) => `task.${TASK_COLUMNS[field]} as "task.${field}"`).join(
  ', ',
)

/** A row that {@link TASK_BESIDE} is part of. */
export type RowWithTask = { readonly [Field in keyof Task as `task.${Field}`]: Task[Field] }

/** The task of such a row. Named field by field: an object that is made from entries costs each claim several times as much. */
export function taskBeside(row: RowWithTask): Task {
  return {
    taskId: row['task.taskId'],
    projectId: row['task.projectId'],
    workflowId: row['task.workflowId'],
    status: row['task.status'],
    currentStepId: row['task.currentStepId'],
    priority: row['task.priority'],
    payload: row['task.payload'],
    requiredSkills: row['task.requiredSkills'],
    gold: row['task.gold'],
    formId: row['task.formId'],
    externalId: row['task.externalId'],
    version: row['task.version'],
    cooldownUntil: row['task.cooldownUntil'],
    stepOpenedAt: row['task.stepOpenedAt'],
    returns: row['task.returns'],
    jobId: row['task.jobId'],
    createdAt: row['task.createdAt'],
    completedAt: row['task.completedAt'],
    overlapEnds: row['task.overlapEnds'],
  }
}

/** Tasks given as one JSON array. */
export const TASKS_GIVEN = `"taskId" uuid, "projectId" uuid, "workflowId" uuid, status text, "currentStepId" text, priority int,
  payload json, "requiredSkills" json, gold json, "formId" uuid, "externalId" text, version int, "cooldownUntil" timestamptz,
  "stepOpenedAt" timestamptz, returns int, "jobId" uuid, "createdAt" timestamptz, "completedAt" timestamptz, "overlapEnds" json`

/** The columns of `slot` as the fields of a Slot. */
export const SLOT = `slot.task_id as "taskId", slot.step_id as "stepId", slot.slot_no as "slotNo", slot.state,
  slot.assignment_id as "assignmentId", slot.reserved_for as "reservedFor", slot.wake_at as "wakeAt",
  slot.give_up_at as "giveUpAt", slot.reopened, slot.presentation`

export const SLOTS_GIVEN = `"taskId" uuid, "stepId" text, "slotNo" int, state text, "assignmentId" uuid, "reservedFor" uuid,
  "wakeAt" timestamptz, "giveUpAt" timestamptz, reopened bool, presentation json`

const ASSIGNMENT_COLUMNS: Readonly<Record<keyof Assignment, string>> = {
  assignmentId: 'assignment_id',
  taskId: 'task_id',
  projectId: 'project_id',
  stepId: 'step_id',
  stepType: 'step_type',
  userId: 'user_id',
  slotNo: 'slot_no',
  status: 'status',
  attempt: 'attempt',
  version: 'version',
  assignedAt: 'assigned_at',
  acceptedAt: 'accepted_at',
  startedAt: 'started_at',
  submittedAt: 'submitted_at',
  rejectedAt: 'rejected_at',
  rejectReason: 'reject_reason',
  releaseReason: 'release_reason',
  endReason: 'end_reason',
  ahead: 'ahead',
  endedAt: 'ended_at',
  returnComment: 'return_comment',
  expiresAt: 'expires_at',
  result: 'result',
  comment: 'comment',
  draft: 'draft',
  draftComment: 'draft_comment',
  draftVersion: 'draft_version',
  draftSavedAt: 'draft_saved_at',
  submitsAt: 'submits_at',
  handedIn: 'handed_in',
  handedInAt: 'handed_in_at',
  presentation: 'presentation',
  flag: 'flag',
  flaggedAt: 'flagged_at',
  previousAssignmentId: 'previous_assignment_id',
  overrideReason: 'override_reason',
}
const ASSIGNMENT_FIELDS = Object.keys(ASSIGNMENT_COLUMNS) as (keyof Assignment)[]

/** The columns of `assignment` as the fields of an Assignment. */
export const ASSIGNMENT = ASSIGNMENT_FIELDS.map(
  (field) =>
    // Rows from before there were drafts have no number.
    `${field === 'draftVersion' ? 'coalesce(assignment.draft_version, 0)' : `assignment.${ASSIGNMENT_COLUMNS[field]}`} as "${field}"`,
).join(', ')

export const ASSIGNMENTS_GIVEN = `"assignmentId" uuid, "taskId" uuid, "projectId" uuid, "stepId" text, "stepType" text,
  "userId" uuid, "slotNo" int, status text, attempt int, version int, "assignedAt" timestamptz, "acceptedAt" timestamptz,
  "startedAt" timestamptz, "submittedAt" timestamptz, "rejectedAt" timestamptz, "rejectReason" json, "releaseReason" text,
  "endReason" text, ahead bool, "endedAt" timestamptz, "returnComment" text, "expiresAt" timestamptz, result json, comment text, draft json, "draftComment" text,
  "draftVersion" int,
  "draftSavedAt" timestamptz, "submitsAt" timestamptz, "handedIn" json, "handedInAt" timestamptz, presentation json, flag json, "flaggedAt" timestamptz, "previousAssignmentId" uuid,
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
        reason.code === 'coolingDown' || reason.code === 'reservedFor'
          ? { ...reason, until: new Date(reason.until) }
          : reason.code === 'qualityPaused'
            ? { ...reason, since: new Date(reason.since) }
            : reason,
      ),
    })),
  }
}
