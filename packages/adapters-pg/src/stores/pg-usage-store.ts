import {
  NO_USAGE,
  type Price,
  type PriceKey,
  type PriceList,
  type ReportReceipt,
  USAGE_COUNTS,
  type UsagePart,
  type UsageReport,
  type UsageSplit,
  type UsageStore,
  type UsageSum,
  type UsageWhere,
} from '@muster/core/usage'
import {
  type Connection,
  engineStatement,
  jsonText,
  type Statement,
  statement,
} from '../connection/queryable.ts'

const RECORD = engineStatement(
  'usage_record',
  'select kind, unpriced from usage_record($1::uuid, $2::bigint, $3::bigint, $4::json, $5::json, $6::timestamptz, $7::json)',
)

const SUMS = `sum(u.calls)::bigint as calls, sum(u.input)::bigint as input, sum(u.output)::bigint as output, sum(u.cached)::bigint as cached,
  sum(u.cache_write)::bigint as "cacheWrite", sum(u.reasoning)::bigint as reasoning, sum(u.cost_micros)::bigint as "costMicros",
  sum(u.unpriced)::bigint as unpriced`
const WHERE = `($1::uuid is null or u.project_no = (select project_no from project_gate where project_id = $1))
  and ($3::date is null or u.day >= $3) and ($4::date is null or u.day <= $4)`
const OF_RUN = 'u.run_no = (select run_no from run where run_id = $2::uuid) and u.run_no > 0'

/** Each split with the columns that it is grouped and named by. */
const SPLITS: Readonly<Record<UsageSplit, { readonly group: string; readonly named: string }>> = {
  run: { group: 'u.run_no', named: '(select r.run_id from run as r where r.run_no = s.run_no) as "runId"' },
  model: { group: 'u.model', named: 's.model' },
  project: {
    group: 'u.project_no',
    named: '(select p.project_id from project_gate as p where p.project_no = s.project_no) as "projectId"',
  },
  day: { group: 'u.day', named: 's.day::text as day' },
}
const NAMES: Readonly<Record<UsageSplit, string>> = {
  run: `coalesce((select r.run_id from run as r where r.run_no = s.run_no)::text, '')`,
  model: 's.model',
  project: '(select p.project_id from project_gate as p where p.project_no = s.project_no)::text',
  day: 's.day::text',
}

function sumStatement(by: UsageSplit, ofRun: boolean): Statement {
  const { group, named } = SPLITS[by]
  return statement(
    `usage_sum_${by}${ofRun ? '_of_run' : ''}`,
    `with s as materialized (
       select ${group}, ${SUMS} from usage_sum as u
       where ${ofRun ? OF_RUN : '$2::uuid is null'} and ${WHERE} group by 1)
     select ${named}, calls, input, output, cached, "cacheWrite", reasoning, "costMicros", unpriced,
       json_build_object(${TOTAL}) as total
     from s order by "costMicros" desc, input + output desc, ${NAMES[by]} collate "C" limit $5`,
  )
}

const TOTAL = USAGE_COUNTS.map((column) => `'${column}', sum("${column}") over ()`).join(', ')

type SumRow = UsagePart & { readonly total: UsageSum }

const PRICE = `model, valid_from as "from", input_micros as "inputMicros", output_micros as "outputMicros", cached_micros as "cachedMicros",
  cache_write_micros as "cacheWriteMicros"`
const FIND_PRICES = statement(
  'price_find',
  `select l.version, p.* from (select coalesce(max(version), 1) as version from price_list) as l
   left join (select ${PRICE} from price where model = any($1::text[])) as p on true`,
)
const LIST_PRICES = statement(
  'price_list',
  `select ${PRICE} from price
   where ($1::text is null or model = $1)
     and ($2::text is null or model collate "C" > $2 or (model = $2 and valid_from < to_timestamp($3::float8 / 1000)))
   order by model collate "C", valid_from desc limit $4`,
)
const LOCK_PRICES = statement('price_lock', 'select pg_advisory_xact_lock(1707727)')
const LAST_RECORDED = statement(
  'usage_last',
  'select model, max(last_at) as "lastAt" from usage_sum where model = any($1::text[]) group by 1',
)
const PUT_PRICES = statement(
  'price_put',
  `with raised as (
     insert into price_list as l (version) values (2) on conflict (only_row) do update set version = l.version + 1)
   insert into price as p (model, valid_from, input_micros, output_micros, cached_micros, cache_write_micros)
   select model, "from", "inputMicros", "outputMicros", "cachedMicros", "cacheWriteMicros"
   from json_to_recordset($1::json) as g (model text, "from" timestamptz, "inputMicros" int, "outputMicros" int,
     "cachedMicros" int, "cacheWriteMicros" int)
   on conflict (model, valid_from) do update set input_micros = excluded.input_micros,
     output_micros = excluded.output_micros, cached_micros = excluded.cached_micros,
     cache_write_micros = excluded.cache_write_micros`,
)

/** Usage in `usage_sum` and on the rows of jobs, prices in `price`. */
export class PgUsageStore implements UsageStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async record(report: UsageReport, now: Date): Promise<ReportReceipt> {
    const groups = report.groups.map(({ projectId, runId, model, cacheWrite, costMicros, ...sum }) => ({
      project_id: projectId,
      run_id: runId,
      model,
      cache_write: cacheWrite,
      cost: costMicros,
      ...sum,
    }))
    const jobs = report.jobs.map(({ jobId, units, costMicros }) => ({
      job_id: jobId,
      units,
      cost: costMicros,
    }))
    const ended = (report.ended ?? []).map(({ jobId, start, costMicros }) => ({
      job_id: jobId,
      start,
      cost: costMicros,
    }))
    const [answer] = await this.#connection.rows<{
      kind: ReportReceipt['kind']
      unpriced: Extract<ReportReceipt, { kind: 'counted' }>['unpriced'] | null
    }>(RECORD, [
      report.reporterId,
      report.report,
      report.pricesVersion,
      jsonText(groups),
      jobs.length === 0 ? null : jsonText(jobs),
      now,
      ended.length === 0 ? null : jsonText(ended),
    ])
    if (!answer) throw new Error('usage_record gave no row')
    const { kind, unpriced } = answer
    return kind === 'counted' ? { kind, unpriced: unpriced ?? [] } : { kind }
  }

  async sum(
    { projectId, runId, from, to }: UsageWhere,
    by: UsageSplit,
    limit: number,
  ): Promise<{ readonly total: UsageSum; readonly parts: readonly UsagePart[] }> {
    const rows = await this.#connection.rows<SumRow>(sumStatement(by, runId !== undefined), [
      projectId ?? null,
      runId ?? null,
      from ?? null,
      to ?? null,
      limit,
    ])
    return {
      total: rows[0]?.total ?? NO_USAGE,
      parts: rows.map(({ total: _total, ...part }) => part),
    }
  }

  async findPrices(models: readonly string[]): Promise<PriceList> {
    const rows = await this.#connection.rows<Price & { readonly version: number }>(FIND_PRICES, [models])
    return {
      version: rows[0]?.version ?? 0,
      prices: rows.flatMap(({ version: _version, ...price }) => (price.model === null ? [] : [price])),
    }
  }

  listPrices(
    model: string | undefined,
    { limit, after }: { readonly limit: number; readonly after?: PriceKey | undefined },
  ): Promise<Price[]> {
    return this.#connection.rows<Price>(LIST_PRICES, [
      model ?? null,
      after?.model ?? null,
      after?.from ?? null,
      limit,
    ])
  }

  async lockPrices(models: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    await this.#connection.rows(LOCK_PRICES)
    const rows = await this.#connection.rows<{ model: string; lastAt: Date }>(LAST_RECORDED, [models])
    return new Map(rows.map(({ model, lastAt }) => [model, lastAt]))
  }

  async putPrices(prices: readonly Price[]): Promise<void> {
    await this.#connection.rows(PUT_PRICES, [jsonText(prices)])
  }
}
