import type { JobId, ProjectId } from '@muster/core'
import type { NewestKey, Slice } from '@muster/core/ports'
import {
  type KeptSchedule,
  type MovedSchedule,
  type NewTick,
  type ScheduleId,
  type ScheduleRule,
  type ScheduleStore,
  type ScheduleTick,
  type StartedWork,
  TICK_OUTCOMES,
  type TickError,
  type TickKey,
  type TickName,
  type TicksWhere,
} from '@muster/core/schedules'
import { type Connection, engineStatement, jsonText, plain, statement } from '../connection/queryable.ts'

const SCHEDULE = `schedule_id as "scheduleId", project_id as "projectId", name, rule, paused, version, next_at as "nextAt", due_at as "dueAt",
  last_tick as "lastTick", zone_data as "zoneData", started, started_at as "startedAt", refusals, created_by as "createdBy", created_at as "createdAt"`

const ADD = statement(
  'schedule_add',
  `insert into schedule (schedule_id, project_id, name, rule, paused, version, next_at, due_at, last_tick, zone_data, started, started_at, refusals,
     created_by, created_at)
   values ($1, $2, $3, $4::json, $5, $6, $7, $8, $9::json, $10, $11::json, $12, $13, $14, $15)`,
)
const SAVE = statement(
  'schedule_save',
  `update schedule set name = $3, rule = $4::json, paused = $5, version = $6, next_at = $7, due_at = $8, last_tick = $9::json, zone_data = $10,
     started = $11::json, started_at = $12, refusals = $13
   where schedule_id = $1 and project_id = $2`,
)
const FIND = statement(
  'schedule_find',
  `select ${SCHEDULE} from schedule where schedule_id = $1 and not removed`,
)
const LOCK = statement(
  'schedule_lock',
  `select ${SCHEDULE} from schedule where schedule_id = $1 and not removed for no key update`,
)
const LIST = statement(
  'schedule_list',
  `select ${SCHEDULE} from schedule
   where project_id = $1 and not removed and ($3::timestamptz is null or (created_at, schedule_id) < ($3, $4::uuid))
   order by created_at desc, schedule_id desc limit $2`,
)
const REMOVE = statement(
  'schedule_remove',
  'update schedule set removed = true, next_at = null, due_at = null where schedule_id = $1',
)
const TAKE_DUE = engineStatement(
  'schedule_take_due',
  `select ${SCHEDULE} from schedule where due_at <= $1 and (zone_data is null or zone_data <= $3)
   order by due_at limit $2 for no key update skip locked`,
)
const NEXT_DUE = engineStatement(
  'schedule_next_due',
  `select due_at as "dueAt" from schedule where due_at is not null and (zone_data is null or zone_data <= $1) order by due_at limit 1`,
)
const TAKE_OUTDATED = engineStatement(
  'schedule_take_outdated',
  `select ${SCHEDULE} from schedule where due_at is not null and zone_data < $1 order by due_at limit $2 for no key update skip locked`,
)
const ADVANCE = engineStatement(
  'schedule_advance',
  `update schedule as s set next_at = m."nextAt", due_at = m."dueAt", last_tick = m."lastTick", started = m.started, started_at = m."startedAt",
     refusals = m.refusals, paused = m.paused, version = m.version
   from json_to_recordset($1::json) as m ("scheduleId" uuid, "nextAt" timestamptz, "dueAt" timestamptz, "lastTick" json, started json,
     "startedAt" timestamptz, refusals smallint, paused boolean, version int)
   where s.schedule_id = m."scheduleId"`,
)
const ADD_TICKS = engineStatement(
  'schedule_add_ticks',
  `insert into schedule_tick (schedule_no, planned_at, again, fired_at, outcome, job_id, run_id, error, count, until, pending)
   select s.schedule_no, t."plannedAt", t.again, t."firedAt", t.outcome, t."jobId", t."runId", t.error, t.count, t.until, t.pending
   from json_to_recordset($1::json) as t ("scheduleId" uuid, "plannedAt" timestamptz, again smallint, "firedAt" timestamptz, outcome smallint,
     "jobId" uuid, "runId" uuid, error json, count int, until timestamptz, pending boolean)
   join schedule as s on s.schedule_id = t."scheduleId"`,
)
const LIST_TICKS = statement(
  'schedule_list_ticks',
  `select planned_at as "plannedAt", again, fired_at as "firedAt", outcome, job_id as "jobId", run_id as "runId", error, count, until
   from schedule_tick
   where schedule_no = (select schedule_no from schedule where schedule_id = $1) and ($2::smallint[] is null or outcome = any($2))
     and ($3::timestamptz is null or planned_at >= $3) and ($4::timestamptz is null or planned_at < $4)
     and ($6::timestamptz is null or (planned_at, again) < ($6, $7::smallint))
   order by planned_at desc, again desc limit $5`,
)
const NAME = `s.schedule_id as "scheduleId", t.planned_at as "plannedAt", t.again`
const FIND_TICK_OF = statement(
  'schedule_find_tick_of',
  `select ${NAME} from schedule_tick as t join schedule as s using (schedule_no) where t.job_id = $1`,
)
const LIST_PENDING = engineStatement(
  'schedule_list_pending',
  `select ${NAME} from schedule_tick as t join schedule as s using (schedule_no) where t.pending order by t.planned_at limit $1`,
)
const SETTLE_TICK = engineStatement(
  'schedule_settle_tick',
  `update schedule_tick as t set pending = false, error = $4::json, outcome = case when $4::json is null then t.outcome else $5::smallint end
   from schedule as s
   where s.schedule_id = $1 and t.schedule_no = s.schedule_no and t.planned_at = $2 and t.again = $3 and t.pending
   returning t.schedule_no`,
)
const PRUNE_TICKS = engineStatement(
  'schedule_prune_ticks',
  `delete from schedule_tick where ctid = any(array(
     select ctid from schedule_tick where fired_at < $1 and not pending order by fired_at limit $2 for update skip locked))
   returning schedule_no`,
)
const PRUNE_REMOVED = engineStatement(
  'schedule_prune_removed',
  `delete from schedule where schedule_no in (
     select schedule_no from schedule as s
     where removed and not exists (select from schedule_tick as t where t.schedule_no = s.schedule_no) limit $1)`,
)

/** Rows as they come: instants inside of JSON are text. */
interface ScheduleRow extends Omit<KeptSchedule, keyof ScheduleRule | 'lastTick' | 'started'> {
  readonly name: string
  readonly rule: object
  readonly lastTick: object | null
  readonly started: object | null
}

type TickRow = Omit<ScheduleTick, 'outcome'> & { readonly outcome: number }

/** Schedules in `schedule`, their ticks in `schedule_tick`. */
export class PgScheduleStore implements ScheduleStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(schedule: KeptSchedule): Promise<void> {
    const { createdBy, createdAt } = schedule
    await this.#connection.rows(ADD, [...valuesOf(schedule), createdBy, createdAt])
  }

  async find(scheduleId: ScheduleId): Promise<KeptSchedule | undefined> {
    return (await this.#read(FIND, [scheduleId]))[0]
  }

  list(projectId: ProjectId, { limit, after }: Slice<NewestKey>): Promise<KeptSchedule[]> {
    return this.#read(LIST, [projectId, limit, after?.createdAt ?? null, after?.id ?? null])
  }

  async lock(scheduleId: ScheduleId): Promise<KeptSchedule | undefined> {
    return (await this.#read(LOCK, [scheduleId]))[0]
  }

  async save(schedule: KeptSchedule): Promise<void> {
    await this.#connection.rows(SAVE, valuesOf(schedule))
  }

  async remove(scheduleId: ScheduleId): Promise<void> {
    await this.#connection.rows(REMOVE, [scheduleId])
  }

  takeDue(now: Date, limit: number, zoneData: string): Promise<KeptSchedule[]> {
    return this.#read(TAKE_DUE, [now, limit, zoneData])
  }

  async nextDue(zoneData: string): Promise<Date | null> {
    const [row] = await this.#connection.rows<{ dueAt: Date }>(NEXT_DUE, [zoneData])
    return row?.dueAt ?? null
  }

  takeOutdated(zoneData: string, limit: number): Promise<KeptSchedule[]> {
    return this.#read(TAKE_OUTDATED, [zoneData, limit])
  }

  async advance(moved: readonly MovedSchedule[]): Promise<void> {
    await this.#connection.rows(ADVANCE, [jsonText(moved)])
  }

  async addTicks(ticks: readonly NewTick[]): Promise<void> {
    const rows = ticks.map((tick) => ({ ...tick, outcome: TICK_OUTCOMES.indexOf(tick.outcome) }))
    await this.#connection.rows(ADD_TICKS, [jsonText(rows)])
  }

  async listTicks(
    scheduleId: ScheduleId,
    { outcome, from, to }: TicksWhere,
    { limit, after }: Slice<TickKey>,
  ): Promise<ScheduleTick[]> {
    const outcomes = outcome?.map((one) => TICK_OUTCOMES.indexOf(one))
    const rows = await this.#connection.rows<TickRow>(LIST_TICKS, [
      scheduleId,
      outcomes === undefined ? null : plain(outcomes),
      from ?? null,
      to ?? null,
      limit,
      after?.plannedAt ?? null,
      after?.again ?? null,
    ])
    return rows.map((row) => ({ ...row, outcome: outcomeOf(row.outcome) }))
  }

  async findTickOf(jobId: JobId): Promise<TickName | undefined> {
    return (await this.#connection.rows<TickName>(FIND_TICK_OF, [jobId]))[0]
  }

  listPending(limit: number): Promise<TickName[]> {
    return this.#connection.rows<TickName>(LIST_PENDING, [limit])
  }

  async settleTick({ scheduleId, plannedAt, again }: TickName, error: TickError | null): Promise<boolean> {
    const refused = TICK_OUTCOMES.indexOf('refused')
    const values = [scheduleId, plannedAt, again, error === null ? null : jsonText(error), refused]
    return (await this.#connection.rows(SETTLE_TICK, values)).length > 0
  }

  prune(before: Date, limit: number): Promise<number> {
    return this.#connection.atomically(async (connection) => {
      const gone = await connection.rows(PRUNE_TICKS, [before, limit])
      await connection.rows(PRUNE_REMOVED, [limit])
      return gone.length
    })
  }

  async #read(text: typeof FIND, values: readonly unknown[]): Promise<KeptSchedule[]> {
    return (await this.#connection.rows<ScheduleRow>(text, values)).map(scheduleFromRow)
  }
}

/** In the order of {@link ADD} and {@link SAVE}. */
function valuesOf(schedule: KeptSchedule): unknown[] {
  const { scheduleId, projectId, name, paused, version, nextAt, dueAt, lastTick, zoneData } = schedule
  const { started, startedAt, refusals } = schedule
  const { when, start, missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt } = schedule
  const policies = { missed, maxCatchUp, graceSeconds, overlap, jitterSeconds, startsAt, endsAt }
  return [
    scheduleId,
    projectId,
    name,
    jsonText({ when, start, ...policies }),
    paused,
    version,
    nextAt,
    dueAt,
    lastTick && jsonText(lastTick),
    zoneData,
    started && jsonText(started),
    startedAt,
    refusals,
  ]
}

function scheduleFromRow({ rule, lastTick, started, ...row }: ScheduleRow): KeptSchedule {
  const { when, startsAt, endsAt, ...policies } = rule as ScheduleRule
  return {
    ...row,
    ...policies,
    when: withDates(when, ['at', 'anchor']),
    startsAt: startsAt && new Date(startsAt),
    endsAt: endsAt && new Date(endsAt),
    lastTick: lastTick && withDates(lastTick as ScheduleTick, ['plannedAt', 'firedAt', 'until']),
    started: started && startedFrom(started as StartedWork),
  }
}

function startedFrom(started: StartedWork): StartedWork {
  return 'refit' in started ? { refit: withDates(started.refit, ['plannedAt']) } : started
}

/** Members that hold instants, as JSON writes them, as Dates. */
function withDates<Value extends object>(value: Value, members: readonly string[]): Value {
  const dates = Object.entries(value).map(([member, text]) => [
    member,
    members.includes(member) && typeof text === 'string' ? new Date(text) : (text as unknown),
  ])
  return Object.fromEntries(dates) as Value
}

function outcomeOf(number: number): ScheduleTick['outcome'] {
  const outcome = TICK_OUTCOMES[number]
  if (outcome === undefined) throw new Error(`schedule_tick.outcome ${number} is none of ours`)
  return outcome
}
