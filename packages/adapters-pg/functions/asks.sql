-- Questions that jobs put to people. A job that waits for answers is asleep (state 10): it has no worker, and it keeps
-- the lane that it came from. With its last answer it arrives (state 8), and the collector puts it in line.
--
-- Whoever holds a task locks the job of its question alone, and asks for no gate or lane afterwards; the collector
-- takes rows of jobs that have arrived with `skip locked`, before lanes.

-- Jobs that have begun and not ended, awake or asleep, by what they are counted by.
create view job_underway as
select project_no, run_no, type_no, model from job where state = 1
union all
select project_no, run_no, type_no, model from job where (state = 10 or (state = 8 and lane_no <> 0));

-- Keeps questions of jobs that this transaction has put to sleep, and gives those of these jobs that are asleep: one
-- that was to stop is cancelled instead.
create function asks_open(p_asks json, p_now timestamptz) returns uuid[] language plpgsql
  set plan_cache_mode = force_generic_plan as $$
declare
  v_asleep uuid[];
begin
  select array_agg(distinct j.job_id) into v_asleep
  from json_to_recordset(p_asks) as x ("jobId" uuid)
  cross join lateral (select j.job_id, j.state from job as j where j.job_id = x."jobId" offset 0) as j
  where j.state = 10;
  insert into job_ask (job_id, name, nth, task_id, asked_at, timeout_at, digest, on_timeout)
  select x.job_id, x.name, coalesce((select max(a.nth) from job_ask as a where a.job_id = x.job_id), 0)
      + row_number() over (partition by x.job_id order by x.place),
    x.task_id, p_now, x.timeout_at, decode(x.digest, 'hex'), x.on_timeout
  from rows from (json_to_recordset(p_asks) as (
      "jobId" uuid, name text, "taskId" uuid, digest text, "timeoutAt" timestamptz, "onTimeout" json)) with ordinality
    as x (job_id, name, task_id, digest, timeout_at, on_timeout, place)
  where x.job_id = any(v_asleep);
  return v_asleep;
end $$;

-- Ends the open questions of these tasks, and wakes jobs that have no other. Of a question that has ended it notes that
-- people settled on something else since.
create function asks_end(p_tasks uuid[], p_state smallint, p_answer json, p_by uuid[], p_now timestamptz) returns void
  language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_jobs uuid[];
begin
  v_jobs := array(select distinct a.job_id from job_ask as a where a.task_id = any(p_tasks) order by 1);
  if v_jobs = '{}' then
    return;
  end if;
  perform from job as j where j.job_id = any(v_jobs) order by j.job_id for update;
  if p_state = 1 then
    update job_ask as a set stale = true
    where a.task_id = any(p_tasks) and a.state <> 0 and a.answer::text is distinct from p_answer::text;
  end if;
  update job_ask as a set state = p_state, answer = p_answer, answered_by = p_by, ended_at = p_now
  where a.task_id = any(p_tasks) and a.state = 0;
  -- A statement of its own: it sees what those who were waited for have committed.
  update job as j set state = 8, arrived_at = clock_timestamp()
  where j.job_id = any(v_jobs) and j.state + 0 = 10
    and not exists (select from job_ask as a where a.job_id = j.job_id and a.state = 0);
end $$;

-- Puts sleepers that have their answers, whose rows are held, at the ends of their lanes. Those that are not to go on
-- stay as they are.
create function asleep_rise(p_ids uuid[]) returns uuid[] language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_lanes int[] := array(select distinct j.lane_no from job as j where j.job_id = any(p_ids) order by 1);
  v_risen uuid[];
begin
  perform from lane as l where l.lane_no = any(v_lanes) order by l.lane_no for no key update;
  perform from lane_end as e where e.lane_no = any(v_lanes) order by e.lane_no for no key update;
  with up as materialized (
    select j.job_id, j.lane_no, row_number() over (partition by j.lane_no order by j.seq) as nth
    from job as j cross join lateral (select l.stopped, l.cut_seq from lane as l
      where l.lane_no = j.lane_no offset 0) as l
    where j.job_id = any(p_ids) and j.state + 0 = 8 and not (j.cancelling or l.stopped or j.seq <= l.cut_seq)),
  roused as (
    update lane as l set ready = true where l.lane_no = any(array(select up.lane_no from up))),
  ends as (
    update lane_end as e set last_seq = e.last_seq + d.n
    from (select up.lane_no, count(*) as n from up group by up.lane_no) as d
    where e.lane_no = any(array[d.lane_no]) returning e.lane_no, e.last_seq - d.n as base),
  risen as (
    update job as j set state = 0, seq = ends.base + up.nth, arrived_at = null
    from up join ends using (lane_no) where j.job_id = any(array[up.job_id]) returning j.job_id)
  select array_agg(risen.job_id) into v_risen from risen;
  return v_risen;
end $$;

-- Sleepers that are not to go on: cancelled alone, with their run, or by a clear.
create function asleep_stopped(p_limit int) returns table (job_id uuid, project_id uuid) language sql stable as $$
  select j.job_id, (select g.project_id from project_gate as g where g.project_no = j.project_no)
  from job as j cross join lateral (select l.stopped, l.cut_seq from lane as l
    where l.lane_no = j.lane_no offset 0) as l
  where (state = 10 or (state = 8 and lane_no <> 0)) and (j.cancelling or l.stopped or j.seq <= l.cut_seq)
  limit p_limit
$$;
