import type { Json, ProjectId, TaskId } from '@muster/core'
import type {
  CalibrationFrame,
  CalibrationId,
  CalibrationLabel,
  CalibrationStore,
  EndedLabels,
  KeptCalibration,
} from '@muster/core/evaluation'
import type { NewestKey, Slice } from '@muster/core/ports'
import { type Connection, jsonText, plain, statement } from '../connection/queryable.ts'

const ADD = statement(
  'calibration_add',
  `insert into calibration (calibration_id, project_id, created_at, calibration, frame) values ($1, $2, $3, $4::json, $5::json)`,
)
const FIND = statement(
  'calibration_find',
  'select calibration as body from calibration where calibration_id = $1',
)
const LOCK = statement(
  'calibration_lock',
  'select calibration as body from calibration where calibration_id = $1 for no key update',
)
const SAVE = statement(
  'calibration_save',
  `update calibration set calibration = $2::json, frame = coalesce($3::json, frame) where calibration_id = $1`,
)
const LIST = statement(
  'calibration_list',
  `select calibration as body from calibration
   where project_id = $1 and ($3::timestamptz is null or (created_at, calibration_id) < ($3, $4::uuid))
   order by created_at desc, calibration_id desc limit $2`,
)
const FRAME = statement('calibration_frame', 'select frame from calibration where calibration_id = $1')
const ADD_LABELS = statement(
  'calibration_add_labels',
  `with grown as (
     update calibration set waiting = waiting + json_array_length($2::json) where calibration_id = $1 returning calibration_no)
   insert into calibration_label (calibration_no, unit, model, repeat, task_id)
   select grown.calibration_no, given.unit, given.model, given.repeat, given."taskId"
   from grown cross join json_to_recordset($2::json) as given (unit int, model smallint, repeat smallint, "taskId" uuid)`,
)
const LIST_LABELS = statement(
  'calibration_labels',
  `select unit, model, repeat, task_id as "taskId", status, outcome from calibration_label
   where calibration_no = (select calibration_no from calibration where calibration_id = $1) order by unit, model, repeat`,
)
const END_TASKS = statement(
  'calibration_end_tasks',
  `with ended as (
     update calibration_label set status = $2, outcome = $3::json where task_id = any($1::uuid[]) and status = 0
     returning calibration_no),
   counted as (select calibration_no, count(*)::int as n from ended group by calibration_no),
   left_over as (
     update calibration as c set waiting = c.waiting - counted.n from counted where c.calibration_no = counted.calibration_no
     returning c.calibration_id, c.project_id, c.waiting)
   select calibration_id as "calibrationId", project_id as "projectId", waiting from left_over order by 1`,
)

const STATUSES = ['open', 'completed', 'cancelled'] as const

/** As JSON keeps it: with its moment as text. */
interface Body {
  readonly body: Omit<KeptCalibration, 'createdAt'> & { readonly createdAt: string }
}

interface LabelRow extends Omit<CalibrationLabel, 'status'> {
  readonly status: number
}

/** Calibrations in `calibration`, what people said in `calibration_label`. */
export class PgCalibrationStore implements CalibrationStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(calibration: KeptCalibration, frame: CalibrationFrame): Promise<void> {
    const { calibrationId, projectId, createdAt } = calibration
    const values = [calibrationId, projectId, createdAt, jsonText(calibration), jsonText(frame)]
    await this.#connection.rows(ADD, values)
  }

  async find(calibrationId: CalibrationId): Promise<KeptCalibration | undefined> {
    const [row] = await this.#connection.rows<Body>(FIND, [calibrationId])
    return row && keptOf(row)
  }

  async lock(calibrationId: CalibrationId): Promise<KeptCalibration | undefined> {
    const [row] = await this.#connection.rows<Body>(LOCK, [calibrationId])
    return row && keptOf(row)
  }

  async save(calibration: KeptCalibration, frame?: CalibrationFrame): Promise<void> {
    const values = [calibration.calibrationId, jsonText(calibration), frame ? jsonText(frame) : null]
    await this.#connection.rows(SAVE, values)
  }

  async list(projectId: ProjectId, { limit, after }: Slice<NewestKey>): Promise<KeptCalibration[]> {
    const values = [projectId, limit, after?.createdAt ?? null, after?.id ?? null]
    return (await this.#connection.rows<Body>(LIST, values)).map(keptOf)
  }

  async findFrame(calibrationId: CalibrationId): Promise<CalibrationFrame | undefined> {
    const [row] = await this.#connection.rows<{ readonly frame: CalibrationFrame }>(FRAME, [calibrationId])
    return row?.frame
  }

  async addLabels(
    calibrationId: CalibrationId,
    labels: readonly Pick<CalibrationLabel, 'unit' | 'model' | 'repeat' | 'taskId'>[],
  ): Promise<void> {
    if (labels.length > 0) await this.#connection.rows(ADD_LABELS, [calibrationId, jsonText(labels)])
  }

  async listLabels(calibrationId: CalibrationId): Promise<CalibrationLabel[]> {
    return (await this.#connection.rows<LabelRow>(LIST_LABELS, [calibrationId])).map(
      ({ status: number, ...label }) => {
        const status = STATUSES[number]
        if (status === undefined) throw new Error(`calibration_label.status ${number} is none of ours`)
        return { ...label, status }
      },
    )
  }

  endTasks(
    taskIds: readonly TaskId[],
    status: 'completed' | 'cancelled',
    outcome: Json,
  ): Promise<EndedLabels[]> {
    const values = [plain(taskIds), STATUSES.indexOf(status), outcome === null ? null : jsonText(outcome)]
    return this.#connection.rows(END_TASKS, values)
  }
}

function keptOf({ body }: Body): KeptCalibration {
  return { ...body, createdAt: new Date(body.createdAt) }
}
