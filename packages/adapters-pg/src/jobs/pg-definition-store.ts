import {
  type Definition,
  type DefinitionId,
  type ProjectId,
  type Scenario,
  ValidationError,
} from '@muster/core'
import type { DefinitionStore, NewestKey, Slice, StagedScenarios } from '@muster/core/ports'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const DEFINITION = `definition_id as "definitionId", project_id as "projectId", name, version, job_type as "jobType",
  scenario_count as "scenarioCount", created_at as "createdAt"`

const RESERVE = statement(
  'definition_reserve',
  `select nextval(pg_get_serial_sequence('definition', 'definition_no'))::int as "definitionNo"`,
)
const ADD_SCENARIOS = statement(
  'scenario_add',
  `insert into scenario (definition_no, place, scenario_id, payload)
   select $1, $2 + place, scenario_id, coalesce(payload, 'null')
   from rows from (json_to_recordset($3::json) as ("scenarioId" text, payload json)) with ordinality as given (scenario_id, payload, place)
   on conflict (definition_no, scenario_id) do nothing returning place`,
)
// A definition may have been kept although its caller heard of a lost connection.
const FORGET_SCENARIOS = statement(
  'scenario_forget',
  `delete from scenario as gone where definition_no = $1
   and not exists (select from definition where definition_no = gone.definition_no)`,
)
const ADD = statement(
  'definition_add',
  `with next as (
     insert into definition_name as n (project_id, name, version) values ($3::uuid, $4, 1)
     on conflict (project_id, name) do update set version = n.version + 1 returning version)
   insert into definition (definition_no, definition_id, project_id, name, version, job_type, scenario_count, created_at)
   overriding system value
   select $1::int, $2::uuid, $3, $4, next.version, $5, $6::int, $7::timestamptz from next
   returning ${DEFINITION}`,
)
const FIND = statement('definition_find', `select ${DEFINITION} from definition where definition_id = $1`)
const FIND_NEWEST = statement(
  'definition_find_newest',
  `select ${DEFINITION} from definition where project_id = $1 and name = $2 order by version desc limit 1`,
)
const LIST = statement(
  'definition_list',
  `select ${DEFINITION} from definition
   where project_id = $1 and ($3::timestamptz is null or (created_at, definition_id) < ($3, $4::uuid))
   order by created_at desc, definition_id desc limit $2`,
)
const SCENARIOS = statement(
  'scenario_list',
  `select scenario_id as "scenarioId", payload, place from scenario
   where definition_no = (select definition_no from definition where definition_id = $1) and place > $3
   order by place limit $2`,
)
const SCENARIO_IDS = statement(
  'scenario_ids',
  `select array_agg(scenario_id order by place) as ids from scenario
   where definition_no = (select definition_no from definition where definition_id = $1)`,
)

/** Keeps scenarios behind the first `count` of a definition that follows, and gives the places of those whose ids were not there. */
export function keepScenarios(
  connection: Connection,
  definitionNo: number,
  count: number,
  batch: readonly Scenario[],
): Promise<{ readonly place: number }[]> {
  return connection.rows<{ place: number }>(ADD_SCENARIOS, [definitionNo, count, jsonText(batch)])
}

/** Forgets scenarios that no definition has. */
export async function forgetScenarios(connection: Connection, definitionNo: number): Promise<void> {
  await connection.rows(FORGET_SCENARIOS, [definitionNo])
}

/** Definitions in `definition`, their scenarios in `scenario`. */
export class PgDefinitionStore implements DefinitionStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Nobody sees the scenarios that a process leaves behind which dies before the definition follows. */
  async stage(scenarios: AsyncIterable<readonly Scenario[]>): Promise<StagedScenarios> {
    const [reserved] = await this.#connection.rows<{ definitionNo: number }>(RESERVE)
    if (!reserved) throw new Error('a sequence gave no number')
    const stage = reserved.definitionNo
    try {
      return { stage, count: await this.#addScenarios(stage, scenarios) }
    } catch (error) {
      // Why it failed says more than that what failed is not taken back.
      await this.#forgetScenarios(stage).catch(() => undefined)
      throw error
    }
  }

  discard({ stage }: StagedScenarios): Promise<void> {
    return this.#forgetScenarios(stage)
  }

  async add(
    { definitionId, projectId, name, jobType, createdAt }: Omit<Definition, 'version' | 'scenarioCount'>,
    { stage, count }: StagedScenarios,
  ): Promise<Definition> {
    const [added] = await this.#connection.rows<Definition>(ADD, [
      stage,
      definitionId,
      projectId,
      name,
      jobType,
      count,
      createdAt,
    ])
    if (!added) throw new Error('a definition was not kept')
    return added
  }

  async #addScenarios(definitionNo: number, scenarios: AsyncIterable<readonly Scenario[]>): Promise<number> {
    let count = 0
    for await (const batch of scenarios) {
      const kept = await keepScenarios(this.#connection, definitionNo, count, batch)
      if (kept.length < batch.length) {
        const places = new Set(kept.map(({ place }) => place))
        const repeated = batch.findIndex((_, index) => !places.has(count + index + 1))
        throw new ValidationError([
          { path: `scenarios[${count + repeated}].scenarioId`, message: 'repeats an earlier one' },
        ])
      }
      count += batch.length
    }
    return count
  }

  #forgetScenarios(definitionNo: number): Promise<void> {
    return forgetScenarios(this.#connection, definitionNo)
  }

  async find(definitionId: DefinitionId): Promise<Definition | undefined> {
    return (await this.#connection.rows<Definition>(FIND, [definitionId]))[0]
  }

  async findNewest(projectId: ProjectId, name: string): Promise<Definition | undefined> {
    return (await this.#connection.rows<Definition>(FIND_NEWEST, [projectId, name]))[0]
  }

  list(projectId: ProjectId, { limit, after }: Slice<NewestKey>): Promise<Definition[]> {
    return this.#connection.rows<Definition>(LIST, [
      projectId,
      limit,
      after?.createdAt ?? null,
      after?.id ?? null,
    ])
  }

  listScenarios(
    definitionId: DefinitionId,
    { limit, after }: Slice<{ readonly place: number }>,
  ): Promise<(Scenario & { readonly place: number })[]> {
    return this.#connection.rows<Scenario & { readonly place: number }>(SCENARIOS, [
      definitionId,
      limit,
      after?.place ?? 0,
    ])
  }

  async scenarioIds(definitionId: DefinitionId): Promise<string[]> {
    const [row] = await this.#connection.rows<{ ids: string[] | null }>(SCENARIO_IDS, [definitionId])
    return row?.ids ?? []
  }
}
