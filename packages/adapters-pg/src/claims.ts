import type {
  Assignment,
  Claim,
  Claimed,
  OpenShelf,
  ProjectId,
  Shelf,
  ShelfCount,
  StepType,
  Task,
  UserId,
} from '@muster/core'
import { type Connection, jsonb, statement } from './queryable.ts'
import { FIND_TASK } from './task-reads.ts'
import { ASSIGNMENT, DID } from './task-rows.ts'

const LIST_SHELVES = statement(
  'shelf_list',
  `select shelf_id as "shelfId", project_id as "projectId", workflow_id as "workflowId", step_id as "stepId",
     step_type as "stepType", requirements, -rank as priority
   from shelf
   where project_id = any($1::uuid[]) and ($2::text is null or step_type = $2)
     and exists (select from task where task.shelf_id = shelf.shelf_id)
   order by rank, shelf_id`,
)
const CLAIM = statement(
  'claim',
  `select ${ASSIGNMENT}, claimed.was as "from"
   from claim_slot($1::uuid, $2::jsonb, $3::uuid, $4::timestamptz) as claimed
     cross join lateral (select (claimed.given).*) as assignment`,
)
// Tasks are counted by their shelf, free and cooling slots by their partial indexes, and what concerns the person from the person's own rows:
// nothing is asked once per open task.
const COUNT = statement(
  'shelf_count',
  `with asked as materialized (
     select "shelfId" as shelf_id, coalesce("openedUntil", 'infinity') as opened_until, "excludedSteps" as excluded_steps
     from jsonb_to_recordset($2::jsonb) as given ("shelfId" int, "openedUntil" timestamptz, "excludedSteps" text[])),
   standing as (
     select shelf_id, count(*) as tasks, count(*) filter (where task.step_opened_at <= asked.opened_until) as opened_until
     from asked join task using (shelf_id) group by shelf_id),
   free as (
     select shelf_id, count(distinct task_id) as tasks
     from asked join slot using (shelf_id) where slot.state = 'free' group by shelf_id),
   cooling as (
     select shelf_id, count(distinct task_id) as tasks
     from asked join slot using (shelf_id)
     where slot.state = 'cooling' and not exists (
       select from slot other
       where other.task_id = slot.task_id and other.step_id = slot.step_id and other.state = 'free')
     group by shelf_id),
   mine as (
     select shelf_id,
       count(distinct task_id) filter (where a.step_id = task.current_step_id and a.status in ${DID}) as already_assigned,
       count(distinct task_id) filter (where a.step_id = task.current_step_id and a.status = 'rejected') as rejected_before,
       count(distinct task_id) filter (where a.step_id = any(asked.excluded_steps) and a.status in ${DID}) as excluded_by_step
     from assignment a join task using (task_id) join asked using (shelf_id)
     where a.user_id = $1 group by shelf_id)
   select shelf_id as "shelfId", coalesce(standing.tasks, 0)::int as open, coalesce(standing.opened_until, 0)::int as "openedUntil",
     (coalesce(standing.tasks, 0) - coalesce(free.tasks, 0) - coalesce(cooling.tasks, 0))::int as "noFreeSlot",
     coalesce(cooling.tasks, 0)::int as "coolingDown", coalesce(mine.already_assigned, 0)::int as "alreadyAssigned",
     coalesce(mine.rejected_before, 0)::int as "rejectedBefore", coalesce(mine.excluded_by_step, 0)::int as "excludedByStep"
   from asked left join standing using (shelf_id) left join free using (shelf_id) left join cooling using (shelf_id)
     left join mine using (shelf_id)
   order by shelf_id`,
)

export function listShelves(
  connection: Connection,
  projectIds: readonly ProjectId[],
  stepType?: StepType,
): Promise<Shelf[]> {
  return connection.rows<Shelf>(LIST_SHELVES, [projectIds, stepType ?? null])
}

/** See `claim_slot` in the first migration. To be called in the transaction that holds the person's lock. */
export async function claim(
  connection: Connection,
  { userId, shelves, assignmentId, now }: Claim,
): Promise<Claimed | undefined> {
  const [row] = await connection.rows<Assignment & Pick<Claimed, 'from'>>(CLAIM, [
    userId,
    jsonb(shelves),
    assignmentId,
    now,
  ])
  if (!row) return undefined
  const { from, ...assignment } = row
  const [task] = await connection.rows<Task>(FIND_TASK, [assignment.taskId])
  if (!task) throw new Error(`slots of task ${assignment.taskId} are kept without it`)
  return { assignment, task, from }
}

export function countShelves(
  connection: Connection,
  userId: UserId,
  shelves: readonly OpenShelf[],
): Promise<ShelfCount[]> {
  return connection.rows<ShelfCount>(COUNT, [userId, jsonb(shelves)])
}
