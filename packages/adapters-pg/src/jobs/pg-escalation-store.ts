import type { Json, RunId, TaskId } from '@muster/core'
import {
  type AskedByHand,
  ESCALATION_REASONS,
  ESCALATION_STATES,
  type EscalatingRun,
  type EscalationReason,
  type EscalationRule,
  type EscalationState,
  type EscalationStore,
  type NewDecision,
  type ReadyScenario,
  type ReadyScenarios,
  type ScenarioEscalation,
  type ScenarioResult,
} from '@muster/core/escalation'
import type { Slice } from '@muster/core/ports'
import { type Connection, engineStatement, jsonText, plain, statement } from '../connection/queryable.ts'

/** Most that results weigh which are read for deciding at once, in bytes as they are stored. */
const MOST_BYTES = 4 * 1024 * 1024

const ADD = statement('escalation_add', 'select escalation_add($1::uuid, $2::json)')
const FIND = engineStatement(
  'escalation_find',
  `select r.run_id as "runId", g.project_id as "projectId", e.rule
   from run as r
   cross join lateral (select e.rule from escalation as e where e.run_no = r.run_no offset 0) as e
   cross join lateral (select g.project_id from project_gate as g where g.project_no = r.project_no offset 0) as g
   where r.run_id = $1`,
)
const CHANGE = statement(
  'escalation_change',
  'update escalation set rule = $2::json where run_no = (select run_no from run where run_id = $1)',
)
const NEXT_VERSION = statement(
  'escalation_run_version',
  'update run set version = version + 1 where run_id = $1',
)
const ASK = statement(
  'escalation_ask',
  'select scenario_id as "scenarioId", state from escalation_ask($1::uuid, $2::text[])',
)
const READY = engineStatement(
  'escalation_ready',
  `select run_id as "runId", project_id as "projectId", rule, left_out as "leftOut", place, scenario_id as "scenarioId", payload, by_hand as "byHand",
     to_json(models) as models, to_json(states) as states, results, errors
   from escalation_ready($1, $2)`,
)
const LOCK_LIMITED = engineStatement(
  'escalation_limited',
  'select limited from escalation where run_no = (select run_no from run where run_id = $1) for no key update',
)
const DECIDE = engineStatement(
  'escalation_decide',
  'select escalation_decide($1::uuid, $2::int[], $3::smallint[], $4::smallint[], $5::float8[], $6::json, $7::timestamptz)',
)
const HAS_TASK = statement(
  'escalation_has_task',
  'select exists (select from run_scenario where task_id = $1) as found',
)
const END_TASKS = statement('escalation_end', 'select escalation_end($1::uuid[], $2::smallint, $3::json)')

const SCENARIO = `s.scenario_id as "scenarioId", c.place, case when c.state = 0 and r.status in ('completed', 'cancelled') then 6 else c.state end as state,
  c.by_hand as "byHand", c.reasons, c.probability, to_json(c.draw) as "order", c.issues, c.task_id as "taskId", c.outcome, c.task_status as "taskStatus",
  c.decided_at as "decidedAt"`
const SCENARIO_OF = `cross join lateral (
    select s.scenario_id from scenario as s where s.definition_no = r.definition_no and s.place between c.place and c.place order by s.place limit 1) as s`
const LIST = statement(
  'escalation_list',
  `select ${SCENARIO}
   from run as r
   cross join lateral (
     select c.* from run_scenario as c
     where c.run_no = r.run_no and c.place > $3
       and ($4::smallint[] is null
         or (case when c.state = 0 and r.status in ('completed', 'cancelled') then 6 else c.state end) = any($4))
     order by c.place limit $2) as c
   ${SCENARIO_OF}
   where r.run_id = $1 order by c.place`,
)
const FIND_MANY = statement(
  'escalation_find_many',
  `select ${SCENARIO}
   from run as r
   cross join lateral (
     select c.* from unnest($2::text[]) as w (id)
     cross join lateral (
       select s.place from scenario as s where s.definition_no = r.definition_no and s.scenario_id = w.id offset 0) as s
     cross join lateral (select c.* from run_scenario as c where c.run_no = r.run_no and c.place = s.place offset 0) as c offset 0) as c
   ${SCENARIO_OF}
   where r.run_id = $1 order by c.place`,
)

/** By the number in `run_scenario.task_status`. */
export const TASK_STATUSES = ['open', 'completed', 'cancelled'] as const

/** By the number in `job.state` of what has settled. */
const RESULT_STATES: Readonly<Record<number, ScenarioResult['state']>> = {
  4: 'completed',
  5: 'failed',
  6: 'cancelled',
}

/** The run of the rows from its first one on: the others have nulls there. */
interface RunOfRow extends EscalatingRun {
  readonly models: readonly string[]
  readonly leftOut: boolean
}

/** Arrays by the model's place. */
type ReadyRow = Omit<ReadyScenario, 'results'> &
  (RunOfRow | { readonly runId: null }) & {
    /** null: all completed. */
    readonly states: readonly number[] | null
    readonly results: readonly Json[]
    /** null: none failed. */
    readonly errors: readonly ScenarioResult['error'][] | null
  }

type ScenarioRow = Omit<ScenarioEscalation, 'state' | 'reasons' | 'taskStatus'> & {
  readonly place: number
  readonly state: number
  readonly reasons: number
  readonly taskStatus: number | null
}

/** Which scenarios of runs go to people: rows of `run_scenario`, counted in `escalation`. */
export class PgEscalationStore implements EscalationStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(runId: RunId, rule: EscalationRule): Promise<void> {
    await this.#connection.rows(ADD, [runId, jsonText(rule)])
  }

  async find(runId: RunId): Promise<EscalatingRun | undefined> {
    return (await this.#connection.rows<EscalatingRun>(FIND, [runId]))[0]
  }

  change(runId: RunId, rule: EscalationRule): Promise<void> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(NEXT_VERSION, [runId])
      await connection.rows(CHANGE, [runId, jsonText(rule)])
    })
  }

  async ask(runId: RunId, scenarioIds: readonly string[]): Promise<AskedByHand[]> {
    const rows = await this.#connection.rows<{ scenarioId: string; state: number }>(ASK, [runId, scenarioIds])
    const states = new Map(rows.map(({ scenarioId, state }) => [scenarioId, ESCALATION_STATES[state]]))
    return scenarioIds.map((scenarioId) => ({ scenarioId, state: states.get(scenarioId) }))
  }

  async takeReady(limit: number): Promise<ReadyScenarios> {
    const rows = await this.#connection.rows<ReadyRow>(READY, [limit, MOST_BYTES])
    const runs: { run: EscalatingRun; models: readonly string[]; scenarios: ReadyScenario[] }[] = []
    let more = rows.length === limit
    for (const row of rows) {
      if (row.runId !== null) {
        const { runId, projectId, rule, models, leftOut } = row
        runs.push({ run: { runId, projectId, rule }, models, scenarios: [] })
        more ||= leftOut
      }
      const last = runs.at(-1)
      last?.scenarios.push(readyFromRow(row, last.models))
    }
    return { runs: runs.map(({ run, scenarios }) => ({ run, scenarios })), more }
  }

  async lockLimited(runId: RunId): Promise<number> {
    return (await this.#connection.rows<{ limited: number }>(LOCK_LIMITED, [runId]))[0]?.limited ?? 0
  }

  async decide(runId: RunId, decisions: readonly NewDecision[], now: Date): Promise<void> {
    const told = decisions.flatMap(({ place, order: draw, issues, taskId, isLimited }) =>
      draw === null ? [] : [{ place, draw, issues, taskId, limited: taskId !== null && isLimited }],
    )
    await this.#connection.rows(DECIDE, [
      runId,
      plain(decisions.map(({ place }) => place)),
      plain(decisions.map(({ state }) => ESCALATION_STATES.indexOf(state))),
      plain(decisions.map(({ reasons }) => bitsOf(reasons))),
      plain(decisions.map(({ probability }) => probability)),
      told.length > 0 ? jsonText(told) : null,
      now,
    ])
  }

  async hasTask(taskId: TaskId): Promise<boolean> {
    return (await this.#connection.rows<{ found: boolean }>(HAS_TASK, [taskId]))[0]?.found === true
  }

  async endTasks(
    taskIds: readonly TaskId[],
    status: 'completed' | 'cancelled',
    outcome: Json,
  ): Promise<void> {
    await this.#connection.rows(END_TASKS, [taskIds, TASK_STATUSES.indexOf(status), jsonText(outcome)])
  }

  async findMany(runId: RunId, scenarioIds: readonly string[]): Promise<ScenarioEscalation[]> {
    const rows = await this.#connection.rows<ScenarioRow>(FIND_MANY, [runId, scenarioIds])
    return rows.map(({ place: _place, ...row }) => escalationFromRow(row))
  }

  async list(
    runId: RunId,
    states: readonly EscalationState[] | undefined,
    { limit, after }: Slice<{ readonly place: number }>,
  ): Promise<(ScenarioEscalation & { readonly place: number })[]> {
    const numbers = states?.map((state) => ESCALATION_STATES.indexOf(state)) ?? null
    const rows = await this.#connection.rows<ScenarioRow>(LIST, [runId, limit, after?.place ?? 0, numbers])
    return rows.map(({ place, ...row }) => ({ ...escalationFromRow(row), place }))
  }
}

function readyFromRow(
  { place, scenarioId, payload, byHand, states, results, errors }: ReadyRow,
  models: readonly string[],
): ReadyScenario {
  return {
    place,
    scenarioId,
    payload,
    byHand,
    results: models.map((model, nth): ScenarioResult => {
      const state = states === null ? 'completed' : (RESULT_STATES[states[nth] ?? 6] ?? 'cancelled')
      return {
        model,
        state,
        result: state === 'completed' ? (results[nth] ?? null) : null,
        error: state === 'failed' ? (errors?.[nth] ?? null) : null,
      }
    }),
  }
}

function escalationFromRow(row: Omit<ScenarioRow, 'place'>): ScenarioEscalation {
  const state = ESCALATION_STATES[row.state]
  if (state === undefined) throw new Error(`run_scenario.state ${row.state} is none of ours`)
  return {
    ...row,
    state,
    reasons: ESCALATION_REASONS.filter((_, place) => (row.reasons >> place) & 1),
    taskStatus: row.taskStatus === null ? null : (TASK_STATUSES[row.taskStatus] ?? null),
  }
}

/** A bit for each reason, by its place. */
function bitsOf(reasons: readonly EscalationReason[]): number {
  return reasons.reduce((bits, reason) => bits | (1 << ESCALATION_REASONS.indexOf(reason)), 0)
}
