import type { Json, ProjectId, TaskId, UserId } from '@muster/core'
import type { Slice } from '@muster/core/ports'
import type {
  Belief,
  CountedTasks,
  Fit,
  FitKey,
  FitListKey,
  FitStore,
  FitWithSkills,
  GoldCounts,
  SettledKey,
  SettledTask,
  ShownWork,
  Skill,
  TaskWay,
} from '@muster/core/quality'
import { type Connection, jsonText, NIL_UUID, statement } from '../connection/queryable.ts'

/** The right and wrong answers to gold of a person, as SQL. A criterion has none of its own. */
function goldOf(projectId: string, userId: string, stepId: string, question: string): string {
  return `select coalesce(sum(times) filter (where correct), 0)::bigint as correct,
      coalesce(sum(times) filter (where not correct), 0)::bigint as wrong
    from known
    where known.project_id = ${projectId} and known.user_id = ${userId} and known.step_id = ${stepId} and known.question = ${question}`
}

const BELIEVE = statement(
  'fit_believe',
  'select question, number, prevalence, people from believe_answers($1::uuid, $2, $3::uuid, $4::text[], $5::uuid[]) order by place',
)
const ADD = statement(
  'fit_add',
  `with next as (
     select coalesce(max(number), 0) + 1 as number from fit where project_id = $1 and step_id = $2 and question = $3),
   kept as (
     insert into fit (project_id, step_id, question, number, form_id, method, settled, prevalence, rounds, converged, fitted_at,
       counted)
     select $1, $2, $3, next.number, $4, $5, $6, $7::json, $8, $9, $10, $12 from next returning number),
   skills as (
     insert into skill (project_id, step_id, question, number, user_id, accuracy, labels, known_correct, known_wrong)
     select $1, $2, $3, kept.number, given."userId", given.accuracy, given.labels, gold.correct, gold.wrong
     from kept cross join json_to_recordset($11::json) as given ("userId" uuid, accuracy float8, labels int)
       cross join lateral (${goldOf('$1', 'given."userId"', '$2', '$3')}) as gold)
   select number from kept`,
)

// A number that a fit of one criterion has too: no id of a question has a dot.
const QUESTION = `split_part(fit.question, '.', 1)`
const LIST = statement(
  'fit_list',
  `select fit.project_id as "projectId", fit.step_id as "stepId", fit.form_id as "formId", fit.question, fit.number, fit.method,
     fit.settled, fit.prevalence, fit.rounds, fit.converged, fit.fitted_at as "fittedAt",
     (select coalesce(json_agg(json_build_object('userId', skill.user_id, 'accuracy', skill.accuracy, 'labels', skill.labels)
        order by skill.user_id), '[]')
      from skill
      where skill.project_id = fit.project_id and skill.step_id = fit.step_id and skill.question = fit.question
        and skill.number = fit.number) as skills
   from fit
   where fit.project_id = $1 and ($3::text is null or fit.step_id = $3) and ($4::text is null or ${QUESTION} = $4)
     and ($5::timestamptz is null
       or (fit.fitted_at, fit.step_id collate "C", fit.question collate "C", fit.number) < ($5, $6::text, $7::text, $8::int))
   order by fit.fitted_at desc, fit.step_id collate "C" desc, fit.question collate "C" desc, fit.number desc limit $2`,
)
const LIST_COUNTED = statement(
  'fit_counted',
  `with counted as (
     select project_id, step_id, form_id, question, sum(tasks)::bigint as settled from composition
     where skill = '' and form_id <> '${NIL_UUID}' and ($1::uuid is null or project_id = $1)
     group by project_id, step_id, form_id, question having sum(tasks) > 0),
   fitted as (
     select counted.*, coalesce((
       select fit.counted from fit
       where fit.project_id = counted.project_id and fit.step_id = counted.step_id and fit.form_id = counted.form_id
         and ${QUESTION} = counted.question
       order by fit.fitted_at desc, fit.question collate "C" desc, fit.number desc limit 1), 0) as at_fit
     from counted)
   select project_id as "projectId", step_id as "stepId", form_id as "formId", question, settled, at_fit as "atFit" from fitted
   where $2::int is null or settled - at_fit >= $2
   order by project_id, step_id collate "C", form_id, question collate "C"`,
)
const TAKE = statement(
  'fit_take',
  `insert into fit_lease as lease (project_id, step_id, form_id, question, taken_until) values ($1, $2, $3, $4, $6)
   on conflict (project_id, step_id, form_id, question) do update set taken_until = excluded.taken_until
     where lease.taken_until <= $5
   returning true as taken`,
)
const RELEASE = statement(
  'fit_release',
  'delete from fit_lease where project_id = $1 and step_id = $2 and form_id = $3 and question = $4',
)
// The form of a task at a step, as core's formIdAt has it; controls as purposeOf has them.
const READ_SETTLED = statement(
  'fit_settled',
  `with page as materialized (
     select task.task_id, task.created_at, task.external_id, task.gold, task.current_step_id, task.workflow_id, task.form_id,
       task.returns < 0 as is_control,
       case when $8::boolean then task.payload end as payload
     from task
     where task.project_id = $1 and (task.created_at, task.task_id) > ($5::timestamptz, $6::uuid)
     order by task.created_at, task.task_id limit $7),
   asked as materialized (
     select ws.workflow_id, (ws.step ->> 'formId')::uuid as form_id, ws.step_type = 'annotation'
       or (ws.step_type = 'adjudication' and (ws.step ->> 'formId') = (
         select earlier.step ->> 'formId' from workflow_step as earlier
         where earlier.workflow_id = ws.workflow_id and earlier.place < ws.place and earlier.step_type = 'annotation'
         order by earlier.place desc limit 1)) as follows
     from workflow_step as ws
     where ws.step_id = $2 and ws.workflow_id in (select page.workflow_id from page))
   select page.task_id as "taskId", page.created_at as "createdAt", page.external_id as "externalId", page.gold -> $4 as gold,
     page.payload, page.is_control as "isControl", given.answers
   from page
     left join asked on asked.workflow_id = page.workflow_id
     left join lateral (
       select json_agg(json_build_array(row.user_id, row.result -> $4) order by slot.slot_no) as answers
       from slot left join assignment as row on row.assignment_id = slot.assignment_id
       where slot.task_id = page.task_id and slot.step_id = $2
         and case when page.is_control then slot.state = 'done' else page.current_step_id is distinct from $2 end
         and case when asked.follows then coalesce(page.form_id, asked.form_id) else asked.form_id end = $3
       having bool_and(slot.state = 'done')) as given on true
   order by page.created_at, page.task_id`,
)

const LIST_WAYS = statement(
  'fit_ways',
  `select distinct workflow_id as "workflowId", form_id as "formId" from task where project_id = $1 and status = 'completed'`,
)
// Of a result only what is asked for leaves the database.
const READ_SHOWN = statement(
  'fit_shown',
  `with page as materialized (
     select task_id, workflow_id, form_id from task
     where project_id = $1 and status = 'completed' and task_id > $4::uuid order by task_id limit $5)
   select page.task_id as "taskId", page.workflow_id as "workflowId", page.form_id as "formId", coalesce(given.answers, '[]') as answers
   from page left join lateral (
     select json_agg(json_build_object('stepId', slot.step_id, 'sides', row.presentation -> 'sides', 'answers', coalesce((
         select json_object_agg(asked.question, row.result -> asked.question) from unnest($3::text[]) as asked (question)
         where coalesce(json_typeof(row.result -> asked.question), 'null') <> 'null'), '{}')) order by slot.slot_no) as answers
     from slot join assignment as row on row.assignment_id = slot.assignment_id
     where slot.task_id = page.task_id and slot.state = 'done' and slot.step_id = any($2::text[])) as given on true
   order by page.task_id`,
)

interface SettledRow extends Omit<SettledTask, 'answers'> {
  readonly createdAt: Date
  readonly answers: readonly (readonly [UserId, Json])[] | null
}

interface NullableSkill {
  readonly userId: UserId
  readonly accuracy: number | null
  readonly labels: number | null
}

interface BeliefRow {
  readonly question: string
  readonly number: number | null
  readonly prevalence: readonly number[] | null
  readonly people: readonly (NullableSkill & GoldCounts)[] | null
}

/** Fits in `fit` and `skill`. */
export class PgFitStore implements FitStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async believe(
    { projectId, stepId, formId }: Omit<FitKey, 'question'>,
    questions: readonly string[],
    userIds: readonly UserId[],
  ): Promise<Belief[]> {
    const rows = await this.#connection.rows<BeliefRow>(BELIEVE, [
      projectId,
      stepId,
      formId,
      questions,
      userIds,
    ])
    return rows.map(({ question, number, prevalence, people }) => ({
      question,
      fit: number === null || prevalence === null ? null : { number, prevalence },
      people: (people ?? []).map(({ userId, accuracy, labels, right, wrong }) => ({
        userId,
        fitted: accuracy === null || labels === null ? null : { accuracy, labels },
        since: { right, wrong },
      })),
    }))
  }

  async add(fit: Omit<Fit, 'number'>, counted: number, skills: readonly Skill[]): Promise<Fit> {
    const { projectId, stepId, question, formId, method, settled, prevalence, rounds, converged } = fit
    const [row] = await this.#connection.rows<{ number: number }>(ADD, [
      projectId,
      stepId,
      question,
      formId,
      method,
      settled,
      jsonText(prevalence),
      rounds,
      converged,
      fit.fittedAt,
      jsonText(skills),
      counted,
    ])
    if (row === undefined) throw new RangeError('A fit was not kept')
    return { ...fit, number: row.number }
  }

  list(
    { projectId, stepId, question }: Parameters<FitStore['list']>[0],
    { limit, after }: Slice<FitListKey>,
  ): Promise<FitWithSkills[]> {
    const key = [after?.fittedAt, after?.stepId, after?.question, after?.number].map((part) => part ?? null)
    return this.#connection.rows(LIST, [projectId, limit, stepId ?? null, question ?? null, ...key])
  }

  listCounted({ projectId, least }: Parameters<FitStore['listCounted']>[0]): Promise<CountedTasks[]> {
    return this.#connection.rows(LIST_COUNTED, [projectId ?? null, least ?? null])
  }

  async take({ projectId, stepId, formId, question }: FitKey, now: Date, until: Date): Promise<boolean> {
    const values = [projectId, stepId, formId, question, now, until]
    return (await this.#connection.rows(TAKE, values)).length > 0
  }

  async release({ projectId, stepId, formId, question }: FitKey): Promise<void> {
    await this.#connection.rows(RELEASE, [projectId, stepId, formId, question])
  }

  listWays(projectId: ProjectId): Promise<TaskWay[]> {
    return this.#connection.rows(LIST_WAYS, [projectId])
  }

  readShown(
    { projectId, stepIds, questions }: Parameters<FitStore['readShown']>[0],
    { limit, after }: Slice<{ readonly taskId: TaskId }>,
  ): Promise<ShownWork[]> {
    const asked = [projectId, stepIds, questions, after?.taskId ?? NIL_UUID, limit]
    return this.#connection.rows(READ_SHOWN, asked)
  }

  async readSettled(
    { projectId, stepId, formId, question }: FitKey,
    { limit, after }: Slice<SettledKey>,
    withPayload: boolean,
  ): Promise<{ readonly tasks: SettledTask[]; readonly next: SettledKey | undefined }> {
    const rows = await this.#connection.rows<SettledRow>(READ_SETTLED, [
      projectId,
      stepId,
      formId,
      question,
      after?.createdAt ?? '-infinity',
      after?.taskId ?? NIL_UUID,
      limit,
      withPayload,
    ])
    const last = rows.length === limit ? rows.at(-1) : undefined
    return {
      tasks: rows.flatMap(({ taskId, externalId, gold, payload, isControl, answers }) =>
        answers === null
          ? []
          : [
              {
                taskId,
                externalId,
                gold,
                payload,
                isControl,
                answers: answers.map(([userId, answer]) => ({ userId, answer })),
              },
            ],
      ),
      next: last && { createdAt: last.createdAt, taskId: last.taskId as TaskId },
    }
  }
}
