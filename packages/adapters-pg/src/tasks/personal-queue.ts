import type { Assignment, UserId } from '@muster/core'
import type {
  PersonalQueueFilter,
  QueueKey,
  QueueRow,
  QueueSort,
  QueueStat,
  SubmittedStat,
} from '@muster/core/inbox'
import type { Slice } from '@muster/core/ports'
import { LIVE_STATUSES } from '@muster/core/rules'
import { type Connection, type Statement, statement } from '../connection/queryable.ts'
import { ASSIGNMENT, LIVE } from './task-rows.ts'

/** The sort key of each order, and its type. Names compare by code point, as everywhere outside of the database. */
const SORTED_BY: Readonly<Record<QueueSort, { readonly column: string; readonly type: string }>> = {
  priority: { column: 'case when project.hides then 0 else task.priority end', type: 'int' },
  age: { column: 'assignment.assigned_at', type: 'timestamptz' },
  project: { column: 'project.name collate "C"', type: 'text' },
  submitted: {
    column: 'coalesce(assignment.submitted_at, assignment.handed_in_at, to_timestamp(0))',
    type: 'timestamptz',
  },
}

const LISTS = Object.fromEntries(
  (['priority', 'age', 'project', 'submitted'] as const).flatMap((sort) =>
    (['asc', 'desc'] as const).map((order) => [`${sort} ${order}`, listStatement(sort, order)]),
  ),
)

function listStatement(sort: QueueSort, order: 'asc' | 'desc'): Statement {
  const { column, type } = SORTED_BY[sort]
  // The directions differ within the key, so no row comparison can say "behind".
  return statement(
    `queue_${sort}_${order}`,
    `select ${ASSIGNMENT}, project.name as "projectName", case when not project.hides then task.priority end as priority,
       (at.step ->> 'estimatedDurationMinutes')::float8 as "estimatedDurationMinutes",
       case when not project.hides then task.external_id end as "externalId", task.workflow_id as "workflowId", task.form_id as "formId"
     from assignment
       cross join lateral (select t.priority, t.workflow_id, t.external_id, t.form_id from task as t where t.task_id = assignment.task_id offset 0) as task
       cross join lateral (
         select p.name, p.assignment -> 'quality' -> 'controls' is not null as hides from project as p
         where p.project_id = assignment.project_id offset 0) as project
       cross join lateral (
         select s.step from workflow_step as s where s.workflow_id = task.workflow_id and s.step_id = assignment.step_id offset 0) as at
     where assignment.user_id = $1 and assignment.status = any($2::text[])
       and ($3::uuid is null or assignment.project_id = $3) and ($4::text is null or assignment.step_type = $4)
       and ($6::${type} is null or ${column} ${order === 'asc' ? '>' : '<'} $6
         or ${column} = $6 and (assignment.assigned_at, assignment.assignment_id) > ($7::timestamptz, $8::uuid))
     order by ${column} ${order}, assignment.assigned_at, assignment.assignment_id limit $5`,
  )
}

const STATS = statement(
  'queue_stats',
  `select project_id as "projectId", project.name as "projectName",
     count(*) filter (where status <> 'in_progress')::int as pending,
     count(*) filter (where status = 'in_progress')::int as "inProgress"
   from assignment cross join lateral (select p.name from project as p where p.project_id = assignment.project_id offset 0) as project
   where user_id = $1 and status in ${LIVE} group by project_id, project.name order by project_id`,
)

const SUBMITTED = statement(
  'queue_submitted',
  `select count(*)::int as submitted,
     percentile_cont(0.5) within group (order by extract(epoch from at - coalesce(started_at, at))::float8) as "medianSeconds"
   from (select coalesce(submitted_at, handed_in_at) as at, started_at from assignment where user_id = $1) done where at >= $2`,
)

/** Rows of a person's queue behind a key, in one of its orders. */
export async function listQueue(
  connection: Connection,
  { userId, projectId, stepType, status, sort, order }: PersonalQueueFilter,
  { limit, after }: Slice<QueueKey>,
): Promise<QueueRow[]> {
  const list = LISTS[`${sort} ${order}`]
  if (!list) throw new Error(`the personal queue has no order ${sort} ${order}`)
  const rows = await connection.rows<Assignment & Omit<QueueRow, 'assignment'>>(list, [
    userId,
    status ?? LIVE_STATUSES,
    projectId ?? null,
    stepType ?? null,
    limit,
    after === undefined ? null : sort === 'age' || sort === 'submitted' ? new Date(after.by) : after.by,
    after?.assignedAt ?? null,
    after?.assignmentId ?? null,
  ])
  return rows.map(
    ({
      projectName,
      priority,
      estimatedDurationMinutes,
      externalId,
      workflowId,
      formId: formOfTask,
      ...assignment
    }) => ({
      assignment,
      projectName,
      priority,
      estimatedDurationMinutes,
      externalId,
      workflowId,
      formId: formOfTask,
    }),
  )
}

/** Submissions of a person since then. */
export async function submittedStats(
  connection: Connection,
  userId: UserId,
  since: Date,
): Promise<SubmittedStat> {
  const [stat] = await connection.rows<SubmittedStat>(SUBMITTED, [userId, since])
  return stat ?? { submitted: 0, medianSeconds: null }
}

export function queueStats(connection: Connection, userId: UserId): Promise<QueueStat[]> {
  return connection.rows<QueueStat>(STATS, [userId])
}
