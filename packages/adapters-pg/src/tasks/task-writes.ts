import { isDeepStrictEqual } from 'node:util'
import { AlreadyAssignedError, type Assignment, type Task } from '@muster/core'
import type { Slot, TaskWork, WorkChange } from '@muster/core/ports'
import type { RecordedOverlap } from '@muster/core/quality'
import { holdsOrSubmitted } from '@muster/core/rules'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'
import { addMoves } from './task-moves.ts'
import { ASSIGNMENT, ASSIGNMENTS_GIVEN, SLOTS_GIVEN, TASKS_GIVEN } from './task-rows.ts'

// `given` with the step each stands at, if that is a people step of an open task.
const GIVEN_AT_STEP = `json_to_recordset($1::json) as given (${TASKS_GIVEN})
  left join workflow_step as at on at.workflow_id = given."workflowId" and at.step_id = given."currentStepId"
    and at.step_type <> 'automatic' and given.status = 'open'`
const REQUIREMENTS = `(at.step -> 'requiredSkills')::jsonb || given."requiredSkills"::jsonb`
const SHELF_OF_GIVEN = `left join shelf on shelf.project_id = given."projectId" and shelf.workflow_id = given."workflowId"
  and shelf.step_id = at.step_id and shelf.requirements_key = md5((${REQUIREMENTS})::text) and shelf.rank = -given.priority`

// A statement of its own, before: the one that uses the shelves must see those that another transaction made meanwhile.
const INTERN_SHELVES = statement(
  'shelf_intern',
  `insert into shelf (project_id, workflow_id, step_id, step_type, requirements, rank)
   select distinct given."projectId", given."workflowId", at.step_id, at.step_type, ${REQUIREMENTS}, -given.priority
   from ${GIVEN_AT_STEP} ${SHELF_OF_GIVEN}
   where at.step_id is not null and shelf.shelf_id is null
   order by 1, 2, 3, 5, 6
   on conflict do nothing`,
)

const SAVE_TASK = statement(
  'task_save',
  `update task set status = given.status, current_step_id = given."currentStepId", priority = given.priority,
     payload = coalesce(given.payload, 'null'), required_skills = given."requiredSkills", gold = given.gold,
     external_id = given."externalId", version = given.version, cooldown_until = given."cooldownUntil",
     step_opened_at = given."stepOpenedAt", returns = given.returns, job_id = given."jobId", completed_at = given."completedAt",
     overlap_ends = given."overlapEnds", shelf_id = shelf.shelf_id
   from ${GIVEN_AT_STEP} ${SHELF_OF_GIVEN}
   where task.task_id = given."taskId"`,
)
// A slot that is written again may come to stand, or be free again, anywhere on its shelf; so may one that opened longer ago than it takes to write it.
// Bookmarks find both by the transaction that wrote them, and stay a minute behind everything else: see the third migration.
const SLOT_COLUMNS = `(task_id, step_id, slot_no, state, assignment_id, reserved_for, wake_at, give_up_at, reopened, presentation, shelf_id,
     opened_at, late, freed_xid)`
const SLOT_FIELDS = `given."taskId", given."stepId", given."slotNo", given.state, given."assignmentId", given."reservedFor", given."wakeAt",
     given."giveUpAt", given.reopened, given.presentation, task.shelf_id, case when task.shelf_id is not null then task.step_opened_at end,
     coalesce(task.step_opened_at < clock_timestamp() - interval '20 seconds', false), pg_current_xact_id()`
const INSERT_SLOTS = `insert into slot ${SLOT_COLUMNS}
   select ${SLOT_FIELDS}
   from json_to_recordset($1::json) as given (${SLOTS_GIVEN})
     left join task on task.task_id = given."taskId" and task.current_step_id = given."stepId"
   on conflict (task_id, step_id, slot_no) do update set state = excluded.state, assignment_id = excluded.assignment_id,
     reserved_for = excluded.reserved_for, wake_at = excluded.wake_at, shelf_id = excluded.shelf_id, opened_at = excluded.opened_at,
     late = true, freed_xid = excluded.freed_xid`
// The tasks with their slots, as long as there is a shelf for each that needs one; else nothing. In the order of what is unique: two that add the same ids in
// orders of their own wait for each other once, and never in a circle.
const ADD_TASKS = statement(
  'task_add',
  `with given as materialized (
     select given.*, at.step_id as step_id, shelf.shelf_id from ${GIVEN_AT_STEP} ${SHELF_OF_GIVEN}),
   added as (
     insert into task (task_id, project_id, workflow_id, status, current_step_id, priority, payload, required_skills, gold, form_id,
       external_id, version, cooldown_until, step_opened_at, returns, job_id, created_at, completed_at, overlap_ends, shelf_id)
     select "taskId", "projectId", "workflowId", status, "currentStepId", priority, coalesce(payload, 'null'), "requiredSkills", gold,
       "formId", "externalId", version, "cooldownUntil", "stepOpenedAt", returns, "jobId", "createdAt", "completedAt", "overlapEnds", shelf_id
     from given where not exists (select from given where step_id is not null and shelf_id is null)
     order by "projectId", "externalId", "taskId"
     returning task_id, current_step_id, step_opened_at, shelf_id),
   slots as (
     insert into slot ${SLOT_COLUMNS}
     select ${SLOT_FIELDS}
     from json_to_recordset($2::json) as given (${SLOTS_GIVEN})
       left join added as task on task.task_id = given."taskId" and task.current_step_id = given."stepId"
     where exists (select from added))
   select count(*)::int as added from added`,
)
const SAVE_SLOTS = statement('slot_save', INSERT_SLOTS)
// A decision on a step's overlap comes with the slots that came of it, in one statement.
const SAVE_SLOTS_DECIDED = statement(
  'slot_save_decided',
  `with decided as (
     insert into overlap_decision (decision_id, task_id, decided_at, decision, input)
     select "decisionId", (decision ->> 'taskId')::uuid, (decision ->> 'decidedAt')::timestamptz, decision, input
     from json_to_recordset($2::json) as given ("decisionId" uuid, decision json, input json))
   ${INSERT_SLOTS}`,
)
const DROP_SLOTS = statement(
  'slot_drop',
  `delete from slot using json_to_recordset($1::json) as given ("taskId" uuid, "stepId" text, "slotNo" int)
   where slot.task_id = given."taskId" and slot.step_id = given."stepId" and slot.slot_no = given."slotNo"`,
)
const ADD_ASSIGNMENTS = statement(
  'assignment_add',
  `insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version,
     assigned_at, accepted_at, started_at, submitted_at, rejected_at, reject_reason, release_reason, end_reason, ahead, ended_at, return_comment,
     expires_at, result, comment, draft, draft_comment, draft_version, draft_saved_at, submits_at, handed_in, handed_in_at,
     presentation, flag, flagged_at, previous_assignment_id, override_reason)
   select "assignmentId", "taskId", "projectId", "stepId", "stepType", "userId", "slotNo", status, attempt, version, "assignedAt",
     "acceptedAt", "startedAt", "submittedAt", "rejectedAt", "rejectReason", "releaseReason", "endReason", coalesce(ahead, false), "endedAt", "returnComment",
     "expiresAt", result, comment, draft, "draftComment", "draftVersion", "draftSavedAt", "submitsAt", "handedIn", "handedInAt",
     presentation, flag, "flaggedAt", "previousAssignmentId", "overrideReason"
   from json_to_recordset($1::json) as given (${ASSIGNMENTS_GIVEN})
   order by "userId", "taskId", "stepId"
   on conflict (user_id, task_id, step_id) do nothing
   returning assignment_id as "assignmentId"`,
)
const SAVE_ASSIGNMENTS = statement(
  'assignment_save',
  `update assignment set slot_no = given."slotNo", status = given.status, attempt = given.attempt, version = given.version,
     assigned_at = given."assignedAt", accepted_at = given."acceptedAt", started_at = given."startedAt",
     submitted_at = given."submittedAt", rejected_at = given."rejectedAt", reject_reason = given."rejectReason",
     release_reason = given."releaseReason", end_reason = given."endReason", ahead = given.ahead, ended_at = given."endedAt", return_comment = given."returnComment",
     expires_at = given."expiresAt", result = given.result, comment = given.comment,
     draft = given.draft, draft_comment = given."draftComment",
     draft_version = given."draftVersion", draft_saved_at = given."draftSavedAt",
     submits_at = given."submitsAt", handed_in = given."handedIn", handed_in_at = given."handedInAt",
     flag = given.flag, flagged_at = given."flaggedAt",
     previous_assignment_id = given."previousAssignmentId", override_reason = given."overrideReason"
   from json_to_recordset($1::json) as given (${ASSIGNMENTS_GIVEN})
   where assignment.assignment_id = given."assignmentId"`,
)
const ASSIGNMENT_OF = statement(
  'assignment_of',
  `select ${ASSIGNMENT} from assignment where user_id = $1 and task_id = $2 and step_id = $3`,
)

/** Writes new tasks and all that hangs on them. To be called in a transaction. */
export async function addWorks(connection: Connection, works: readonly TaskWork[]): Promise<void> {
  if (works.length === 0) return
  const tasks = jsonText(works.map(({ task }) => task))
  const slots = jsonText(works.flatMap((work) => work.slots))
  if (!(await addTasks(connection, tasks, slots))) {
    await connection.rows(INTERN_SHELVES, [tasks])
    if (!(await addTasks(connection, tasks, slots)))
      throw new Error('a shelf vanished between two statements')
  }
  await addAssignments(
    connection,
    works.flatMap(({ assignments }) => assignments),
  )
}

/** Whether they were added, which is all or none: nearly always there is a shelf for each. */
async function addTasks(connection: Connection, tasks: string, slots: string): Promise<boolean> {
  const [row] = await connection.rows<{ added: number }>(ADD_TASKS, [tasks, slots])
  return row !== undefined && row.added > 0
}

/** Writes what differs, however many tasks it is of. To be called in the transaction that holds the locks under which each `before` was read. */
export async function saveDifferences(connection: Connection, changes: readonly WorkChange[]): Promise<void> {
  const tasks = changes.filter(({ before, after }) => !isDeepStrictEqual(before.task, after.task))
  // A task that stands at no step is on no shelf.
  const moved = tasks.filter(
    ({ before, after }) => after.task.currentStepId !== null && isElsewhere(before.task, after.task),
  )
  if (moved.length > 0)
    await connection.rows(INTERN_SHELVES, [jsonText(moved.map(({ after }) => after.task))])
  if (tasks.length > 0) await connection.rows(SAVE_TASK, [jsonText(tasks.map(({ after }) => after.task))])
  const dropped = changes.flatMap(droppedSlots)
  if (dropped.length > 0) await connection.rows(DROP_SLOTS, [jsonText(dropped)])
  const decided = changes.flatMap((change) => change.decided ?? [])
  await writeSlots(connection, changes.flatMap(changedSlots), decided)
  const rows = changes.map(changedRows)
  const changed = rows.flatMap((one) => one.changed)
  if (changed.length > 0) await connection.rows(SAVE_ASSIGNMENTS, [jsonText(changed)])
  await addAssignments(
    connection,
    rows.flatMap((one) => one.added),
  )
  await addMoves(
    connection,
    changes.flatMap(({ moves = [] }) => moves),
  )
}

function changedSlots({ before, after }: WorkChange): readonly Slot[] {
  if (isElsewhere(before.task, after.task)) return after.slots
  const slotsBefore = new Map(before.slots.map((slot) => [slotKey(slot), slot]))
  const rowsBefore = new Map(before.assignments.map((row) => [row.assignmentId, row]))
  // A person who lost a hold may have again the slots that stayed free beside it: to them it comes back, though nobody freed it.
  const letGo = after.assignments.some((row) => {
    const was = rowsBefore.get(row.assignmentId)
    return was !== undefined && holdsOrSubmitted(was) && !holdsOrSubmitted(row)
  })
  return after.slots.filter(
    (slot) => (letGo && slot.state === 'free') || !isDeepStrictEqual(slot, slotsBefore.get(slotKey(slot))),
  )
}

function droppedSlots({ before, after }: WorkChange): readonly Slot[] {
  if (before.slots.length === 0) return []
  const left = new Set(after.slots.map(slotKey))
  return before.slots.filter((slot) => !left.has(slotKey(slot)))
}

function changedRows({ before, after }: WorkChange) {
  const rowsBefore = new Map(before.assignments.map((row) => [row.assignmentId, row]))
  return {
    changed: after.assignments.filter((row) => {
      const was = rowsBefore.get(row.assignmentId)
      return was !== undefined && !isDeepStrictEqual(row, was)
    }),
    added: after.assignments.filter(({ assignmentId }) => !rowsBefore.has(assignmentId)),
  }
}

/** Whether a task's slots belong on another shelf, or at another place of it. */
function isElsewhere(before: Task, after: Task): boolean {
  const place = ({ status, currentStepId, priority, requiredSkills, stepOpenedAt }: Task) => ({
    status,
    currentStepId,
    priority,
    requiredSkills,
    stepOpenedAt,
  })
  return !isDeepStrictEqual(place(before), place(after))
}

function slotKey({ stepId, slotNo }: Slot): string {
  return `${slotNo} ${stepId}`
}

async function writeSlots(
  connection: Connection,
  slots: readonly Slot[],
  decided: readonly RecordedOverlap[] = [],
): Promise<void> {
  if (decided.length > 0) await connection.rows(SAVE_SLOTS_DECIDED, [jsonText(slots), jsonText(decided)])
  else if (slots.length > 0) await connection.rows(SAVE_SLOTS, [jsonText(slots)])
}

async function addAssignments(connection: Connection, rows: readonly Assignment[]): Promise<void> {
  if (rows.length === 0) return
  const added = await connection.rows<{ assignmentId: string }>(ADD_ASSIGNMENTS, [jsonText(rows)])
  if (added.length === rows.length) return
  const kept = new Set(added.map(({ assignmentId }) => assignmentId))
  for (const { assignmentId, userId, taskId, stepId } of rows) {
    if (kept.has(assignmentId)) continue
    const [assignment] = await connection.rows<Assignment>(ASSIGNMENT_OF, [userId, taskId, stepId])
    throw new AlreadyAssignedError(`Person ${userId} already has a row on step ${stepId} of task ${taskId}`, {
      assignment,
    })
  }
}
