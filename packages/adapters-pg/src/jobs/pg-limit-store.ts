import type { JobId, ProjectId, RunId } from '@muster/core'
import {
  burstOf,
  type FirstOfSet,
  type JobKeys,
  type KeptLimit,
  type KeyState,
  type LimitDefault,
  type LimitOrigin,
  type LimitSet,
  type LimitSettings,
  type LimitStore,
  MOST_LOOKED_AT,
  type UsedLimit,
} from '@muster/core/limits'
import type { Clock } from '@muster/core/ports'
import { type Connection, engineStatement, jsonText, plainItems, statement } from '../connection/queryable.ts'

const KEEP_SETS = engineStatement('limit_sets_kept', 'select limit_sets_kept($1::json)::text as sets')
const DECLARE = statement('limits_declared', 'select limits_declared($1::json)')
const REMOVE = statement('limits_settled', 'select limits_settled($1)')
const USED = `select key, origin, concurrency, per_minute as "perMinute", burst, units_per_minute as "unitsPerMinute", estimate,
     adaptive_min as "adaptiveMin", adaptive_start as "adaptiveStart", paused, version, in_use as "inUse", starts, units, tat_ms as tat,
     unit_tat_ms as "unitTat", cool_ms as "coolUntil", cools as "coolDowns", cooled as "allCoolDowns", at_once as "window", cut_ms as "cutAt",
     starts_last_minute as "startsLastMinute", units_last_minute as "unitsLastMinute"`
const TOLD = `${USED}, waiting`
const USE = statement('limits_used', `${USED} from limits_used($1, $2)`)
const IN_LINE = statement(
  'run_in_line',
  'select keys, units, job_id as "jobId", estimate as "estimateMicros" from run_in_line($1, $2, $3)',
)
const LIST = statement('limits_told', `${TOLD} from limits_told($1, $2, $3, $4, $5)`)
const FIND = statement('limit_told', `${TOLD} from limits_told($1, null, 1, $2, null) where key = $1`)
const CARRIED = statement(
  'limit_carried',
  'select coalesce((select limit_carried(limit_no, $2) from limit_key where key = $1), false) as carried',
)
const JOB_KEYS = statement('job_keys', 'select keys, units, ahead from job_keys($1)')
const PUT = statement('limit_put', 'select limit_put($1, $2::json, $3::int) as put')
const COOL = statement('limit_cool', 'select limit_cool($1, $2, $3)')

interface UsedRow extends KeyState {
  readonly key: string
  readonly origin: LimitOrigin
  readonly concurrency: number | null
  readonly perMinute: number | null
  readonly burst: number | null
  readonly unitsPerMinute: number | null
  readonly estimate: number | null
  readonly adaptiveMin: number | null
  readonly adaptiveStart: number | null
  readonly paused: boolean
  readonly version: number
  readonly startsLastMinute: number
  readonly unitsLastMinute: number
}

interface LimitRow extends UsedRow {
  readonly waiting: number
}

/** Keys in `limit_key`, their use in `limit_state`, sets in `limit_set`. */
export class PgLimitStore implements LimitStore {
  readonly #connection: Connection
  readonly #clock: Clock

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection
    this.#clock = clock
  }

  async declare(defaults: readonly LimitDefault[]): Promise<void> {
    const rows = defaults.map(({ pattern, settings }) => rowOf(pattern, settings))
    await this.#connection.rows(DECLARE, [jsonText(rows)])
  }

  async find(key: string, now: Date): Promise<KeptLimit | undefined> {
    const [row] = await this.#connection.rows<LimitRow>(FIND, [key, now.getTime()])
    return row && limitOf(row)
  }

  async list(
    prefix: string,
    { limit, after }: Parameters<LimitStore['list']>[1],
    now: Date,
    projects: readonly ProjectId[] | null = null,
  ): Promise<KeptLimit[]> {
    const rows = await this.#connection.rows<LimitRow>(LIST, [
      prefix,
      after ?? null,
      limit,
      now.getTime(),
      projects,
    ])
    return rows.map(limitOf)
  }

  async isCarried(key: string, projects: readonly ProjectId[]): Promise<boolean> {
    const [row] = await this.#connection.rows<{ carried: boolean }>(CARRIED, [key, projects])
    return row?.carried === true
  }

  async findJobKeys(jobId: JobId): Promise<JobKeys | undefined> {
    const [row] = await this.#connection.rows<JobKeys>(JOB_KEYS, [jobId])
    return row
  }

  async findInLine(runId: RunId, now: Date): Promise<FirstOfSet[]> {
    return this.#connection.rows<FirstOfSet>(IN_LINE, [runId, now.getTime(), MOST_LOOKED_AT])
  }

  async findUse(keys: readonly string[], now: Date): Promise<UsedLimit[]> {
    const rows = await this.#connection.rows<UsedRow>(USE, [keys, now.getTime()])
    return rows.map(usedOf)
  }

  async put(key: string, settings: LimitSettings, version?: number): Promise<boolean> {
    const [row] = await this.#connection.rows<{ put: boolean }>(PUT, [
      key,
      jsonText(rowOf(key, settings)),
      version ?? null,
    ])
    return row?.put === true
  }

  async remove(key: string): Promise<void> {
    await this.#connection.rows(REMOVE, [key])
  }

  async cool(key: string, until: Date): Promise<void> {
    await this.#connection.rows(COOL, [key, until.getTime(), this.#clock.now().getTime()])
  }
}

/** A key with the columns of its settings. */
function rowOf(key: string, settings: LimitSettings): unknown {
  const { adaptive, ...others } = settings
  return {
    key,
    ...others,
    burst: settings.perMinute === null ? null : burstOf(settings),
    adaptiveMin: adaptive?.min ?? null,
    adaptiveStart: adaptive?.start ?? null,
  }
}

function limitOf(row: LimitRow): KeptLimit {
  return { ...usedOf(row), waiting: row.waiting }
}

function usedOf(row: UsedRow): UsedLimit {
  const { key, origin, version, startsLastMinute, unitsLastMinute } = row
  const { concurrency, perMinute, burst, unitsPerMinute, estimate, adaptiveMin, adaptiveStart, paused } = row
  const { inUse, starts, units, tat, unitTat, coolUntil, coolDowns, allCoolDowns, window, cutAt } = row
  return {
    key,
    origin,
    version,
    settings: {
      concurrency,
      perMinute,
      burst,
      unitsPerMinute,
      estimate,
      adaptive:
        adaptiveMin === null || adaptiveStart === null ? null : { min: adaptiveMin, start: adaptiveStart },
      paused,
    },
    state: { inUse, starts, units, tat, unitTat, coolUntil, coolDowns, allCoolDowns, window, cutAt },
    startsLastMinute,
    unitsLastMinute,
  }
}

/** The number of each set, kept where it is new. */
export async function keepSets(connection: Connection, sets: readonly LimitSet[]): Promise<number[]> {
  if (sets.length === 0) return []
  const [row] = await connection.rows<{ sets: string }>(KEEP_SETS, [jsonText(sets)])
  return plainItems(row?.sets).map(Number)
}
