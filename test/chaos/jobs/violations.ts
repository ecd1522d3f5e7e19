import type { Pool } from 'pg'
import type { Violation } from '../findings.ts'
import { endOf } from './probe.ts'

const WATCH_ENDS = `
  create table broken_end (what text not null);
  create function watch_end() returns trigger language plpgsql as $$
  begin
    insert into broken_end values (format('%s was %s at attempt %s and then %s at attempt %s', new.job_id, old.state, old.attempt, new.state, new.attempt));
    return null;
  end $$;
  create trigger watch_end after update on job for each row
    when (old.state between 4 and 6 and (old.state, old.attempt, old.result::text) is distinct from (new.state, new.attempt, new.result::text))
    execute function watch_end()`

/** Lets the database itself notice a job that ends a second time. */
export async function watchEnds(pool: Pool): Promise<void> {
  await pool.query(WATCH_ENDS)
}

const JOBS = `
  select j.job_id as "jobId", (coalesce(j.payload, s.payload) ->> 'nth')::int as nth, j.state, j.attempt, j.result, j.error ->> 'code' as code
  from job as j left join run as r using (run_no) left join scenario as s on s.definition_no = r.definition_no and s.place = j.place`

// One statement, and so one snapshot.
const VIOLATIONS = `
  with counted as (
    select run_no, count(*) filter (where state between 4 and 6) as settled,
      count(*) filter (where state = 4) as completed, count(*) filter (where state = 5) as failed, count(*) filter (where state = 6) as cancelled
    from job where run_no is not null group by run_no),
  by_type as (
    select project_no, type_no, count(*) as total,
      count(*) filter (where state = 4) as completed, count(*) filter (where state = 5) as failed, count(*) filter (where state = 6) as cancelled
    from job group by project_no, type_no),
  told as (
    select data ->> 'runId' as run_id, count(*) filter (where data ->> 'status' = 'running') as starts, count(*) filter (where data ->> 'status' = 'completed') as ends
    from fact where type = 'run_status_changed' group by 1)
  select 'a job ends once' as rule, what from broken_end
  union all
  select 'the counters of a run are those of its jobs', format('run %s: %s %s %s %s', r.run_no, r.settled, r.completed, r.failed, r.cancelled)
  from run as r join counted as c using (run_no)
  where (r.settled, (select sum(n) from unnest(r.completed) as n), (select sum(n) from unnest(r.failed) as n), (select sum(n) from unnest(r.cancelled) as n))
    is distinct from (c.settled, c.completed, c.failed, c.cancelled)
  union all
  select 'the counters of a queue are those of its jobs', format('%s %s: %s %s %s %s', q.project_no, q.type_no, q.total, q.completed, q.failed, q.cancelled)
  from (
    select m.project_no, m.type_no, m.total, coalesce(e.completed, 0) as completed, coalesce(e.failed, 0) as failed, coalesce(e.cancelled, 0) as cancelled
    from queue_made as m left join queue_count as e using (project_no, type_no)) as q left join by_type as b using (project_no, type_no)
  where (q.total, q.completed, q.failed, q.cancelled) is distinct from (b.total, b.completed, b.failed, b.cancelled)
  union all
  select 'a run is complete with its last job', format('run %s is %s at %s of %s', run_no, status, settled, total)
  from run where (status = 'completed') <> (settled = total)
  union all
  select 'a run starts and ends once', format('%s started %s times and ended %s times', run_id, starts, ends) from told where starts > 1 or ends > 1
  union all
  select 'a failure is told once', format('%s was told %s times', data ->> 'itemId', count(*)) from fact where type = 'job_failed' group by data ->> 'itemId' having count(*) > 1
  union all
  select 'a failure is told', job_id::text from job
  where state = 5 and job_id::text not in (select data ->> 'itemId' from fact where type = 'job_failed')
  union all
  select 'facts are contiguous', format('%s has %s facts from %s to %s, and its head at %s', project_id, count(*), min(fact.seq), max(fact.seq), head.seq)
  from fact join feed_head as head using (project_id)
  group by project_id, head.seq having count(*) <> max(fact.seq) or min(fact.seq) <> 1 or head.seq <> max(fact.seq)`

/** What may never be, at any moment. */
export async function findViolations(pool: Pool): Promise<Violation[]> {
  return (await pool.query<Violation>(VIOLATIONS)).rows
}

const STATES = ['in line', 'active', 'waiting', 'in line again', 'completed', 'failed', 'cancelled']

/** What must be when all is over: every job has ended, as it should. */
export async function findUnended(pool: Pool): Promise<Violation[]> {
  const { rows } = await pool.query<{
    jobId: string
    nth: number
    state: number
    attempt: number
    result: { square: number } | null
    code: string | null
  }>(JOBS)
  return rows.flatMap(({ jobId, nth, state, attempt, result, code }) => {
    const due = endOf(nth)
    const seen = `${jobId} is ${STATES[state]} at attempt ${attempt}${code === null ? '' : ` with ${code}`}`
    if (state < 4 || state > 6) return [{ rule: 'nothing is lost', what: seen }]
    if (STATES[state] !== due.state || JSON.stringify(result) !== JSON.stringify(due.result)) {
      return [{ rule: 'a job ends as it should', what: `${seen}, not ${due.state}` }]
    }
    if (attempt === due.attempt) return []
    return [{ rule: 'a crash uses no attempt', what: `${seen}, not at ${due.attempt}` }]
  })
}
