import type { Json, ProjectId, StepType, TaskId, UserId } from '@muster/core'
import type { Person, RecordedBatch, RecordedDecision } from '@muster/core/ports'
import type { Pause } from '@muster/core/quality'
import { type Connection, jsonText, plain, type Statement, statement } from '../connection/queryable.ts'
import { LIVE, recordedDecisionFromRow } from './task-rows.ts'

const LIST_MEMBERS = listStatement(
  'people_members',
  `membership join person using (user_id) where membership.project_id = $1 and person.role = 'annotator'`,
)
const LIST_NAMED = listStatement('people_named', 'person where person.user_id = any($3::uuid[])')

function listStatement(name: string, people: string): Statement {
  return statement(
    name,
    `select person.user_id as "userId", person.status, person.skills,
       exists (select from membership m where m.project_id = $1::uuid and m.user_id = person.user_id) as "isMember",
       (select count(*)::int from assignment where assignment.user_id = person.user_id and assignment.status in ${LIVE}) as live,
       person.max_concurrent_assignments as "ownLimit",
       coalesce((select score from quality
         where quality.user_id = person.user_id and quality.project_id = $1 and quality.step_type = $2::text), 0.5) as quality,
       (select max(assigned_at) from assignment
         where assignment.user_id = person.user_id and not assignment.ahead
           and assignment.end_reason is distinct from 'unseen') as "lastAssignedAt",
       watch.paused_at as "pausedAt", watch.pause_reason as "pauseReason", watch.controls
     from (select person.* from ${people}) as person
       left join watch on watch.project_id = $1 and watch.user_id = person.user_id
     order by person.user_id`,
  )
}

const KNOW_STATE = statement(
  'strategy_know',
  `insert into strategy_state (project_id, step_id, strategy, state) values ($1, $2, $3, 'null') on conflict do nothing`,
)
const LOCK_STATE = statement(
  'strategy_lock',
  'select state from strategy_state where project_id = $1 and step_id = $2 and strategy = $3 for update',
)
const FIND_STATE = statement(
  'strategy_find',
  'select state from strategy_state where project_id = $1 and step_id = $2 and strategy = $3',
)
const SAVE_STATE = statement(
  'strategy_save',
  `insert into strategy_state (project_id, step_id, strategy, state) values ($1, $2, $3, $4::json)
   on conflict (project_id, step_id, strategy) do update set state = excluded.state`,
)
const RECORD = statement(
  'decision_add',
  `insert into decision (decision_id, batch_id, task_id, decided_at, decision, input) values ($1, $2, $3, $4, $5::json, $6::json)`,
)
const RECORD_BATCH = statement(
  'batch_add',
  'insert into batch (batch_id, project_id, decided_at, input, choices) values ($1, $2, $3, $4::json, $5::json)',
)
const RECORD_CHOICES = statement(
  'batch_choices_add',
  `insert into decision (decision_id, batch_id, task_id, decided_at, decision, input)
   select decision_id, $1, (decision ->> 'taskId')::uuid, $2, decision, 'null'
   from rows from (unnest($3::uuid[]), json_array_elements($4::json)) as given (decision_id, decision)`,
)
const FIND_BATCH = statement(
  'batch_find',
  `select batch_id as "batchId", project_id as "projectId", decided_at as "decidedAt", input, choices from batch where batch_id = $1`,
)
const DECISIONS = `select decision_id as "decisionId", batch_id as "batchId", decided_at as "decidedAt", decision, input from decision`
const FIND_DECISIONS = statement('decision_find', `${DECISIONS} where decision_id = any($1::uuid[])`)
const LIST_DECISIONS = statement(
  'decision_list',
  `${DECISIONS}
   where task_id = $1 order by decision.decided_at desc, decision.decision_id desc limit $2`,
)

/** People with their load and quality: those named, or the project's annotators. */
export async function listPeople(
  connection: Connection,
  projectId: ProjectId,
  stepType: StepType,
  userIds?: readonly UserId[],
): Promise<Person[]> {
  const rows =
    userIds === undefined
      ? await connection.rows<PersonRow>(LIST_MEMBERS, [projectId, stepType])
      : await connection.rows<PersonRow>(LIST_NAMED, [projectId, stepType, userIds])
  return rows.map(({ pausedAt: since, pauseReason: reason, controls, ...person }) => ({
    ...person,
    ...(since !== null && reason !== null && { paused: { since, reason } }),
    ...(controls !== null && controls > 0 && { controls }),
  }))
}

interface PersonRow extends Omit<Person, 'paused' | 'controls'> {
  readonly pausedAt: Date | null
  readonly pauseReason: Pause['reason'] | null
  readonly controls: number | null
}

/** To be called in a transaction: the lock is held to its end. */
export async function lockStrategyState(
  connection: Connection,
  projectId: ProjectId,
  stepId: string,
  strategy: string,
): Promise<Json> {
  await connection.rows(KNOW_STATE, [projectId, stepId, strategy])
  const [row] = await connection.rows<{ state: Json }>(LOCK_STATE, [projectId, stepId, strategy])
  return row?.state ?? null
}

/** Without the lock. */
export async function findStrategyState(
  connection: Connection,
  projectId: ProjectId,
  stepId: string,
  strategy: string,
): Promise<Json> {
  const [row] = await connection.rows<{ state: Json }>(FIND_STATE, [projectId, stepId, strategy])
  return row?.state ?? null
}

export async function saveStrategyState(
  connection: Connection,
  projectId: ProjectId,
  stepId: string,
  strategy: string,
  state: Json,
): Promise<void> {
  await connection.rows(SAVE_STATE, [projectId, stepId, strategy, jsonText(state)])
}

export async function recordDecision(
  connection: Connection,
  { decisionId, batchId, decidedAt, decision, input }: RecordedDecision,
): Promise<void> {
  const values = [decisionId, batchId, decision.taskId, decidedAt, jsonText(decision), jsonText(input)]
  await connection.rows(RECORD, values)
}

export async function recordBatch(
  connection: Connection,
  { batchId, projectId, decidedAt, input, choices }: RecordedBatch,
): Promise<void> {
  await connection.rows(RECORD_BATCH, [batchId, projectId, decidedAt, jsonText(input), jsonText(choices)])
}

export async function recordChoices(
  connection: Connection,
  { batchId, decidedAt }: Pick<RecordedBatch, 'batchId' | 'decidedAt'>,
  choices: RecordedBatch['choices'],
): Promise<void> {
  const decisionIds: string[] = []
  const decisions = choices.map(({ decisionId, ...choice }) => {
    decisionIds.push(decisionId)
    return { ...choice, candidates: [] }
  })
  await connection.rows(RECORD_CHOICES, [batchId, decidedAt, plain(decisionIds), jsonText(decisions)])
}

export async function findBatch(connection: Connection, batchId: string): Promise<RecordedBatch | undefined> {
  return (await connection.rows<RecordedBatch>(FIND_BATCH, [batchId]))[0]
}

export async function findDecisions(
  connection: Connection,
  decisionIds: readonly string[],
): Promise<RecordedDecision[]> {
  const rows = await connection.rows<RecordedDecision>(FIND_DECISIONS, [decisionIds])
  return rows.map(recordedDecisionFromRow)
}

/** Newest first. */
export async function listDecisions(
  connection: Connection,
  taskId: TaskId,
  limit: number,
): Promise<RecordedDecision[]> {
  const rows = await connection.rows<RecordedDecision>(LIST_DECISIONS, [taskId, limit])
  return rows.map(recordedDecisionFromRow)
}
