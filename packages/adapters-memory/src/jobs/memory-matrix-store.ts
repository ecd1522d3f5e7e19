import type { JobId, RunId } from '@muster/core'
import {
  cellOf,
  labelIn,
  type MatrixCondition,
  type MatrixEntry,
  type MatrixPointers,
  type MatrixSlice,
  type MatrixStore,
  meets,
  previewOf,
} from '@muster/core/runs'
import type { MemoryContext } from '../tables/tables.ts'
import type { TaskTables } from '../tasks/task-tables.ts'
import { type JobRow, jobOf } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { keyOf } from './order.ts'

/** Runs as scenarios × models, in memory. */
export class MemoryMatrixStore implements MatrixStore {
  readonly #tables: JobTables
  readonly #tasks: TaskTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.jobs
    this.#tasks = tables.tasks
  }

  async rows(runId: RunId, slice: MatrixSlice, pointers: MatrixPointers): Promise<MatrixEntry[]> {
    const all = this.#scenarios(runId)
    const wanted =
      'places' in slice
        ? all.filter(([{ place }]) => slice.places.includes(place))
        : all.filter(([{ place }]) => place >= slice.from).slice(0, slice.limit)
    return wanted.map((rows) => {
      const [{ place, scenarioId, payload }] = rows
      return {
        place,
        scenarioId: scenarioId ?? '',
        preview: previewOf(payload),
        cells: rows.map((row) => cellOf(jobOf(row), pointers)),
        ...this.#askedOf(runId, place),
      }
    })
  }

  #askedOf(runId: RunId, place: number): Pick<MatrixEntry, 'taskId' | 'people'> {
    const asked = this.#tables.escalations.scenarios.get(keyOf(runId, place))
    const { taskId = null, taskStatus = null, outcome = null } = asked ?? {}
    if (taskId === null || taskStatus === null) return { taskId, people: null }
    const answers = this.#tasks.assignmentsByTask
      .in(taskId)
      .filter(({ stepType, status }) => stepType === 'annotation' && status === 'submitted').length
    return { taskId, people: { status: taskStatus, outcome, answers } }
  }

  async places(runId: RunId, labelAt: string, conditions: readonly MatrixCondition[]): Promise<number[]> {
    return this.#scenarios(runId)
      .filter((rows) =>
        meets(conditions, {
          payload: rows[0].payload,
          repeats: this.#tables.demandRun(runId).config.repeats,
          labels: rows.map((row) => labelIn(jobOf(row), labelAt)),
          states: rows.map((row) => jobOf(row).state),
        }),
      )
      .map(([{ place }]) => place)
  }

  /** The jobs of each scenario, in the order of the models. */
  #scenarios(runId: RunId): [JobRow, ...JobRow[]][] {
    const rows = this.#tables.jobsOf(runId).map((jobId: JobId) => this.#tables.demand(jobId))
    return [...Map.groupBy(rows, ({ place }) => place).values()] as [JobRow, ...JobRow[]][]
  }
}
