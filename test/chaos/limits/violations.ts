import type { Pool } from 'pg'
import type { Violation } from '../findings.ts'
import { BREAKS } from './broken.ts'
import { COSTLY, costOf, ESTIMATE_MICROS, HOLDING, keysOf, limitOf } from './probe.ts'

/** An attempt as its handler wrote it down; times are µs of the database's clock. */
interface Handled {
  readonly jobId: string
  readonly costly: boolean
  readonly nth: number
  readonly askedAt: number
  readonly beganAt: number
  /** null: it never ended, since its process was killed. */
  readonly endedAt: number | null
  /** Its worker was declared dead; null: never. */
  readonly buriedAt: number | null
  /** Its place among those for which money was reserved, and when at the latest. */
  readonly reserve: { readonly no: number; readonly at: number } | null
  readonly twice: boolean
}

const HANDLED = `
  with us as (
    select h.*, b.at as buried_at, r.no, r.at as reserved_at, t.name = '${COSTLY}' as costly
    from handled as h join job as j using (job_id) join job_type as t using (type_no)
    left join buried as b using (worker_id) left join reserved as r using (job_id, start))
  select job_id as "jobId", costly, nth, twice, no::int,
    extract(epoch from asked_at)::float8 * 1e6 as "askedAt", extract(epoch from began_at)::float8 * 1e6 as "beganAt",
    extract(epoch from ended_at)::float8 * 1e6 as "endedAt", extract(epoch from buried_at)::float8 * 1e6 as "buriedAt",
    extract(epoch from reserved_at)::float8 * 1e6 as "reservedAt"
  from us order by began_at, job_id`

export async function readLog(pool: Pool): Promise<readonly Handled[]> {
  const { rows } = await pool.query<
    Omit<Handled, 'reserve'> & { readonly no: number | null; readonly reservedAt: number | null }
  >(HANDLED)
  return rows.map(({ no, reservedAt, ...rest }) => ({
    ...rest,
    reserve: no === null || reservedAt === null ? null : { no, at: reservedAt },
  }))
}

/** How full keys were at most, and how often too full. */
export interface KeyFigures {
  /** Starts of keys: one for each key that a started job holds. */
  readonly held: number
  /** Of them, so many were one too many at once. */
  readonly over: number
  /** Most starts in a sliding minute by the log, in percent of the rate; 0 if no round lasted as long. */
  readonly mostPercent: number
}

const MS = 1_000
const MINUTE = 60_000 * MS
/** In windows of this length starts are counted. */
const WINDOWS = [100 * MS, 1_000 * MS, 10_000 * MS, MINUTE]

/** Whether keys were kept, by the log alone. */
export function judgeKeys(log: readonly Handled[]): KeyFigures & { readonly violations: Violation[] } {
  const violations: Violation[] = log
    .filter(({ twice }) => twice)
    .map(({ jobId }) => ({ rule: 'a start is given out once', what: jobId }))
  const byKey = new Map<string, Handled[]>()
  for (const entry of log) {
    for (const key of keysOf(entry.costly ? COSTLY : HOLDING, entry.nth))
      byKey.set(key, [...(byKey.get(key) ?? []), entry])
  }
  let [held, over, mostPercent] = [0, 0, 0]
  for (const [key, entries] of byKey) {
    held += entries.length
    const { concurrency, perMinute, burst } = limitOf(key)
    if (concurrency != null) {
      const excess = startsBeyond(entries, concurrency)
      over += excess
      if (excess > 0)
        violations.push({ rule: BREAKS['keys forget what runs'].rule, what: `${key}: ${excess} starts` })
    }
    if (perMinute == null) continue
    const rate = { perMinute, burst: burst ?? Math.max(1, Math.floor(perMinute / 100)) }
    for (const window of WINDOWS) {
      const found = tooMany(entries, window, rate)
      if (found)
        violations.push({
          rule: BREAKS['starts spend nothing'].rule,
          what: `${key}: ${found} in ${window / MS} ms`,
        })
    }
    mostPercent = Math.max(mostPercent, (100 * mostIn(entries, MINUTE)) / perMinute)
  }
  return { held, over, mostPercent: Math.round(100 * mostPercent) / 100, violations }
}

/**
 * How many began while as many ran as may. One runs from its entry until it has ended or its worker was declared dead: the attempts of a killed process run until
 * then, and those of one that was silent for longer than its lease count no longer.
 */
function startsBeyond(entries: readonly Handled[], concurrency: number): number {
  const moves = entries.flatMap(({ beganAt, endedAt, buriedAt }) => {
    const end = Math.min(endedAt ?? Number.POSITIVE_INFINITY, buriedAt ?? Number.POSITIVE_INFINITY)
    return end <= beganAt
      ? []
      : [
          { at: beganAt, by: 1 },
          { at: end, by: -1 },
        ]
  })
  moves.sort((a, b) => a.at - b.at || a.by - b.by)
  let [running, beyond] = [0, 0]
  for (const { by } of moves) {
    running += by
    if (by === 1 && running > concurrency) beyond++
  }
  return beyond
}

/**
 * Starts in a window that are more than the rate allows. They were given out at most `late` before their entries, so all of them within the window and so much before it.
 */
function tooMany(
  entries: readonly Handled[],
  window: number,
  { perMinute, burst }: { readonly perMinute: number; readonly burst: number },
): number | undefined {
  const interval = MINUTE / perMinute
  let first = 0
  for (let last = 0; last < entries.length; last++) {
    while (beganAt(entries, last) - beganAt(entries, first) >= window) first++
    const count = last - first + 1
    if (count <= burst + Math.floor(window / interval)) continue
    const late = Math.max(...entries.slice(first, last + 1).map((one) => one.beganAt - one.askedAt))
    if (count > burst + Math.floor((window + late) / interval)) return count
  }
  return undefined
}

/** Most starts in a window; 0 if all of them are within one. */
function mostIn(entries: readonly Handled[], window: number): number {
  let [first, most] = [0, 0]
  for (let last = 0; last < entries.length; last++) {
    while (beganAt(entries, last) - beganAt(entries, first) >= window) first++
    most = Math.max(most, last - first + 1)
  }
  return first === 0 ? 0 : most
}

function beganAt(entries: readonly Handled[], place: number): number {
  return entries[place]?.beganAt ?? 0
}

/** How a budget was kept until it was raised, by the log. */
export interface BudgetFigures {
  readonly capMicros: number
  readonly starts: number
  /** Of them, so many began although the cap did not allow them. */
  readonly beyond: number
  /** All attempts cost so much more than the cap at most, those that were killed counted as if they had made their call. */
  readonly overshootMicros: number
  /** Attempts in flight at the last start cost so much more than they were estimated at. */
  readonly boundMicros: number
}

/**
 * Whether a budget was kept until `raisedAt`, µs of the database's clock. At each start is gone or promised at least: the cost of each attempt that had ended when its
 * worker asked, and the estimate of each other one before it; of one that ended meanwhile the lesser of both.
 */
export function judgeBudget(
  log: readonly Handled[],
  capMicros: number,
  raisedAt: number,
): BudgetFigures & { readonly violations: Violation[] } {
  const starts = log
    .flatMap((entry) =>
      entry.costly && entry.reserve && entry.reserve.at < raisedAt
        ? [{ ...entry, ...entry.reserve, cost: costOf(entry.nth) }]
        : [],
    )
    .sort((a, b) => a.no - b.no)
  const ends = starts
    .flatMap(({ endedAt, cost }) => (endedAt === null ? [] : [{ endedAt, more: cost - ESTIMATE_MICROS }]))
    .sort((a, b) => a.endedAt - b.endedAt)
  const [more, less] = [[0], [0]]
  for (const end of ends) {
    more.push((more.at(-1) ?? 0) + end.more)
    less.push((less.at(-1) ?? 0) + Math.min(0, end.more))
  }
  const violations: Violation[] = []
  let beyond = 0
  for (const [place, { jobId, askedAt, at }] of starts.entries()) {
    const [surely, perhaps] = [endedBy(ends, askedAt), endedBy(ends, at)]
    const gone = place * ESTIMATE_MICROS + (more[surely] ?? 0) + (less[perhaps] ?? 0) - (less[surely] ?? 0)
    if (gone + ESTIMATE_MICROS <= capMicros) continue
    beyond++
    violations.push({
      rule: BREAKS['budgets forget what is in flight'].rule,
      what: `${jobId} began at ${gone} of ${capMicros}`,
    })
  }
  const lastAsked = starts.at(-1)?.askedAt ?? 0
  const inFlight = starts.filter(({ endedAt }) => endedAt === null || endedAt > lastAsked)
  const overshootMicros = Math.max(0, starts.reduce((sum, { cost }) => sum + cost, 0) - capMicros)
  const boundMicros = inFlight.reduce((sum, { cost }) => sum + Math.max(0, cost - ESTIMATE_MICROS), 0)
  if (overshootMicros > boundMicros)
    violations.push({
      rule: 'more than the cap is spent by underestimates in flight alone',
      what: `${overshootMicros} of ${boundMicros}`,
    })
  return { capMicros, starts: starts.length, beyond, overshootMicros, boundMicros, violations }
}

/** How many had ended by then. */
function endedBy(ends: readonly { readonly endedAt: number }[], at: number): number {
  let [from, to] = [0, ends.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ends[middle]?.endedAt ?? 0) <= at) from = middle + 1
    else to = middle
  }
  return from
}

// One statement, and so one snapshot.
const COUNTERS = `
  with keys as (
    select k.limit_no, k.key, s.in_use, s.starts from limit_key as k
    join lateral (select * from limit_state as s where s.limit_no = k.limit_no order by s.ver desc limit 1) as s on true),
  begun as (
    select l as limit_no, sum(j.starts)::bigint as starts from job as j join limit_set as s using (set_no) cross join lateral unnest(s.limits) as l group by 1),
  money as (
    select b.budget_no, b.run_no, s.* from budget as b
    join lateral (select s.spent, s.reserved, s.assumed from budget_state as s where s.budget_no = b.budget_no order by s.ver desc limit 1) as s on true)
  select 'every job ends' as rule, format('%s is in state %s', job_id, state) as what from job where state not between 4 and 6
  union all
  select 'nothing is held when all is over', format('%s: %s', key, in_use) from keys where in_use <> 0
  union all
  select 'nothing is held when all is over', format('worker %s: %s', worker_no, hold_n) from worker_hold
  union all
  select 'starts of keys are those of their jobs', format('%s: %s, not %s', key, k.starts, b.starts)
  from keys as k left join begun as b using (limit_no) where k.starts is distinct from b.starts
  union all
  select '${BREAKS['deaths give back what was reserved'].rule}', format('spent %s, reserved %s, assumed %s', m.spent, m.reserved, m.assumed) from money as m
  where (m.spent, m.reserved, m.assumed) is distinct from (
    (select coalesce(sum(u.cost_micros), 0)::bigint from usage_sum as u where u.run_no = m.run_no),
    (select coalesce(sum(r.micros), 0)::bigint from budget_reserve as r where r.budget_no = m.budget_no and not r.assumed),
    (select coalesce(sum(r.micros), 0)::bigint from budget_reserve as r where r.budget_no = m.budget_no and r.assumed))
  union all
  select 'no money is reserved when all is over', format('%s', m.reserved) from money as m where m.reserved <> 0`

/** Counters that are not what a recount gives, when all is over and all workers are buried. */
export async function recount(pool: Pool): Promise<Violation[]> {
  return (await pool.query<Violation>(COUNTERS)).rows
}

/** What was recorded as spent is what handlers said: of those whose process was killed perhaps. */
export function judgeSpent(log: readonly Handled[], spentMicros: number): Violation[] {
  const sum = (some: readonly Handled[]): number => some.reduce((cost, { nth }) => cost + costOf(nth), 0)
  const costly = log.filter((entry) => entry.costly)
  const least = sum(costly.filter(({ endedAt }) => endedAt !== null))
  if (least <= spentMicros && spentMicros <= sum(costly)) return []
  return [{ rule: 'what was spent is what handlers said', what: `${spentMicros}, not ${least}` }]
}
