import type { TaskId, UserId } from '@muster/core'
import type { MoveKey, Stay } from '@muster/core/inbox'
import type { KeptMove, Slice, TaskMove } from '@muster/core/ports'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const ADD_MOVES = statement(
  'task_move_add',
  `insert into task_move (task_id, at, kind, assignment_id, step_id, user_id, attempt, was, becomes, by_user, how, reason, decision_id,
     stood_before)
   select "taskId", at, kind, "assignmentId", "stepId", "userId", attempt, "from", "to", "by", how, reason, "decisionId", "before"
   from json_to_recordset($1::json) as given ("taskId" uuid, at timestamptz, kind text, "assignmentId" uuid, "stepId" text, "userId" uuid,
     attempt int, "from" text, "to" text, "by" uuid, how text, reason text, "decisionId" uuid, "before" int)`,
)
const MOVE = `task_id as "taskId", no, at, kind, assignment_id as "assignmentId", step_id as "stepId", user_id as "userId", attempt,
  was as "from", becomes as "to", by_user as "by", how, reason, decision_id as "decisionId", stood_before as "before"`
const LIST_MOVES = statement(
  'task_move_list',
  `select ${MOVE} from task_move
   where task_id = $1 and no > $3 and ($4::uuid is null or user_id = $4) order by no limit $2`,
)
const LIST_GIVEN = statement(
  'task_move_given',
  `select ${MOVE} from task_move
   where task_id = $1 and ($3::bigint is null or no < $3) and (how = 'pull' or decision_id is not null)
     and ($4::uuid is null or user_id = $4)
   order by no desc limit $2`,
)

const LIST_STAYS = statement(
  'task_move_stays',
  `select m."stepId", m.ms from (
     select move.was as "stepId", move.becomes, task.status, move.task_id, move.no, (extract(epoch from move.at
       - coalesce(lag(move.at) over (partition by move.task_id order by move.no), task.created_at)) * 1000)::float8 as ms
     from task join task_move as move using (task_id)
     where task.task_id = any($1::uuid[]) and move.kind = 'step' and move.was is not null) as m
   where m.becomes is not null or m.status <> 'cancelled' order by m.task_id, m.no`,
)

/** To be called in the transaction of the moves. */
export async function addMoves(connection: Connection, moves: readonly TaskMove[]): Promise<void> {
  if (moves.length > 0) await connection.rows(ADD_MOVES, [jsonText(moves)])
}

/** Oldest first. */
export function listMoves(
  connection: Connection,
  taskId: TaskId,
  { limit, after }: Slice<MoveKey>,
  userId?: UserId,
): Promise<KeptMove[]> {
  return connection.rows<KeptMove>(LIST_MOVES, [taskId, limit, after?.no ?? 0, userId ?? null])
}

/** Newest first. */
export function listGiven(
  connection: Connection,
  taskId: TaskId,
  { limit, after }: Slice<MoveKey>,
  userId?: UserId,
): Promise<KeptMove[]> {
  return connection.rows<KeptMove>(LIST_GIVEN, [taskId, limit, after?.no ?? null, userId ?? null])
}

/** By task, oldest first. */
export function listStays(connection: Connection, taskIds: readonly TaskId[]): Promise<Stay[]> {
  return connection.rows<Stay>(LIST_STAYS, [taskIds])
}
