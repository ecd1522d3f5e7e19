import type { JobId, Json, RunId, TaskId } from '@muster/core'
import {
  type MatrixCondition,
  type MatrixEntry,
  type MatrixPointers,
  type MatrixSlice,
  type MatrixStore,
  previewOf,
} from '@muster/core/runs'
import { type Connection, statement } from '../connection/queryable.ts'
import { jobFromRow } from './job-rows.ts'
import { TASK_STATUSES } from './pg-escalation-store.ts'

const ROWS = statement(
  'matrix_rows',
  `select place, scenario_id as "scenarioId", payload, task_id as "taskId", job_ids as "jobIds", states, labels, scores,
     task_status as "taskStatus", outcome, answers
   from matrix_rows($1::uuid, $2, $3, $4::int[], $5::text[], $6::text[]) order by place`,
)
const PLACES = statement(
  'matrix_places',
  'select matrix_places($1::uuid, $2::text[], $3::text[], $4::int[], $5::int[], $6::text[]) as places',
)

interface RowOfScenario {
  readonly place: number
  readonly scenarioId: string
  readonly payload: Json
  readonly taskId: TaskId | null
  readonly jobIds: readonly JobId[]
  readonly states: readonly number[]
  readonly labels: readonly (string | null)[]
  readonly scores: readonly (number | null)[]
  readonly taskStatus: number | null
  readonly outcome: Json
  readonly answers: number
}

/** Runs as scenarios × models, of `job`, `scenario` and `run_scenario`. */
export class PgMatrixStore implements MatrixStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async rows(runId: RunId, slice: MatrixSlice, { labelAt, scoreAt }: MatrixPointers): Promise<MatrixEntry[]> {
    const [from, limit, places] =
      'places' in slice ? [1, slice.places.length, slice.places] : [slice.from, slice.limit, null]
    const values = [runId, from, limit, places, pathOf(labelAt), pathOf(scoreAt)]
    const rows = await this.#connection.rows<RowOfScenario>(ROWS, values)
    return rows.map(({ place, scenarioId, payload, taskId, jobIds, states, labels, scores, ...asked }) => ({
      place,
      scenarioId,
      preview: previewOf(payload),
      people: peopleOf(asked),
      cells: jobIds.map((jobId, index) => ({
        jobId,
        state: jobFromRow({ state: states[index] ?? 0 }).state,
        label: labels[index] ?? null,
        score: scores[index] ?? null,
      })),
      taskId,
    }))
  }

  async places(runId: RunId, labelAt: string, conditions: readonly MatrixCondition[]): Promise<number[]> {
    const [found] = await this.#connection.rows<{ places: number[] }>(PLACES, [
      runId,
      pathOf(labelAt),
      conditions.map(({ kind }) => kind),
      conditions.map((condition) => ('model' in condition ? condition.model + 1 : null)),
      conditions.map((condition) => ('other' in condition ? condition.other + 1 : null)),
      conditions.map((condition) => {
        if ('text' in condition) return condition.text
        return 'label' in condition ? condition.label : null
      }),
    ])
    return found?.places ?? []
  }
}

function peopleOf({
  taskStatus,
  outcome,
  answers,
}: Pick<RowOfScenario, 'taskStatus' | 'outcome' | 'answers'>): MatrixEntry['people'] {
  const status = TASK_STATUSES[taskStatus ?? -1]
  return status === undefined ? null : { status, outcome, answers }
}

/** A JSON Pointer as Postgres has it. */
function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}
