import type { UserId } from '@muster/core'
import type { Belief, Fit, FitKey, FitStore, Skill } from '@muster/core/quality'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const BELIEVE = statement(
  'fit_believe',
  `select asked.question, fit.number, fit.prevalence, people.skills
   from unnest($4::text[]) with ordinality as asked (question, place)
     left join lateral (
       select fit.number, fit.prevalence from fit
       where fit.project_id = $1 and fit.step_id = $2 and fit.form_id = $3 and fit.question = asked.question
       order by fit.number desc limit 1) fit on true
     left join lateral (
       select json_agg(json_build_object('userId', skill.user_id, 'accuracy', skill.accuracy, 'labels', skill.labels)) as skills
       from skill
       where skill.project_id = $1 and skill.step_id = $2 and skill.question = asked.question and skill.number = fit.number
         and skill.user_id = any($5::uuid[])) people on true
   order by asked.place`,
)
const ADD = statement(
  'fit_add',
  `with next as (
     select coalesce(max(number), 0) + 1 as number from fit where project_id = $1 and step_id = $2 and question = $3),
   kept as (
     insert into fit (project_id, step_id, question, number, form_id, method, settled, prevalence, rounds, converged, fitted_at)
     select $1, $2, $3, next.number, $4, $5, $6, $7::json, $8, $9, $10 from next returning number),
   skills as (
     insert into skill (project_id, step_id, question, number, user_id, accuracy, labels)
     select $1, $2, $3, kept.number, given."userId", given.accuracy, given.labels
     from kept, json_to_recordset($11::json) as given ("userId" uuid, accuracy float8, labels int))
   select number from kept`,
)

interface BeliefRow {
  readonly question: string
  readonly number: number | null
  readonly prevalence: readonly number[] | null
  readonly skills: readonly Skill[] | null
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
    return rows.map(({ question, number, prevalence, skills }) => ({
      question,
      fit: number === null || prevalence === null ? null : { number, prevalence },
      people: userIds.map((userId) => {
        const skill = skills?.find((one) => one.userId === userId)
        return {
          userId,
          fitted: skill ? { accuracy: skill.accuracy, labels: skill.labels } : null,
          since: { right: 0, wrong: 0 },
        }
      }),
    }))
  }

  async add(fit: Omit<Fit, 'number'>, skills: readonly Skill[]): Promise<Fit> {
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
    ])
    if (row === undefined) throw new RangeError('A fit was not kept')
    return { ...fit, number: row.number }
  }
}
