-- Causes of failures, attempts, and moves of many jobs.

-- Keeps of jobs that have just failed what their failures have in common: p_patterns of p_ids, or p_pattern of all.
create function failures_noted(p_failed uuid[], p_ids uuid[], p_patterns text[], p_pattern text, p_now timestamptz)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_jobs uuid[]; v_projects int[]; v_types smallint[]; v_codes text[]; v_patterns text[]; v_messages text[];
begin
  select array_agg(j.job_id), array_agg(j.project_no), array_agg(j.type_no),
    array_agg(coalesce(j.error ->> 'code', '')), array_agg(coalesce(s.pattern, p_pattern, 'other')),
    array_agg(left(j.error ->> 'message', 500))
  into v_jobs, v_projects, v_types, v_codes, v_patterns, v_messages
  from unnest(p_failed) as f (job_id)
  cross join lateral (select j.* from job as j where j.job_id = f.job_id offset 0) as j
  left join unnest(p_ids, p_patterns) as s (id, pattern) on s.id = f.job_id;

  -- A normaliser gone wrong must not fill a table. In the order of the key, so that two batches cannot wait for each
  -- other.
  with given as (
    select project_no, type_no, code, pattern, min(message) as message
    from unnest(v_projects, v_types, v_codes, v_patterns, v_messages)
      as g (project_no, type_no, code, pattern, message) group by 1, 2, 3, 4),
  unknown as (
    select g.*, (select count(*) from cause as c where c.project_no = g.project_no and c.type_no = g.type_no)
      >= {{mostCauses}} as is_full
    from given as g where not exists (
      select from cause as c where c.project_no = g.project_no and c.type_no = g.type_no
        and md5(c.code || chr(10) || c.pattern) = md5(g.code || chr(10) || g.pattern)))
  insert into cause (project_no, type_no, code, pattern, sample, first_at)
  select distinct on (project_no, type_no, key) project_no, type_no, code, pattern, coalesce(message, ''), p_now
  from (
    select project_no, type_no, code, case when is_full then 'other' else pattern end as pattern, message,
      md5(code || chr(10) || case when is_full then 'other' else pattern end) as key
    from unknown) as u
  order by project_no, type_no, key
  on conflict (project_no, type_no, md5(code || chr(10) || pattern)) do nothing;

  with found as (
    select g.job_id, g.project_no, coalesce(
      (select c.cause_no from cause as c where c.project_no = g.project_no and c.type_no = g.type_no
        and md5(c.code || chr(10) || c.pattern) = md5(g.code || chr(10) || g.pattern)),
      (select c.cause_no from cause as c where c.project_no = g.project_no and c.type_no = g.type_no
        and md5(c.code || chr(10) || c.pattern) = md5(g.code || chr(10) || 'other'))) as cause_no
    from unnest(v_jobs, v_projects, v_types, v_codes, v_patterns) as g (job_id, project_no, type_no, code, pattern))
  insert into failure (job_id, project_no, cause_no)
  select job_id, project_no, cause_no from found where cause_no is not null
  on conflict (job_id) do update set cause_no = excluded.cause_no;
end $$;

-- Counts jobs that have just failed, noted before, by their causes. In the order of the key, only behind queue_count.
create function causes_counted(p_failed uuid[], p_now timestamptz) returns void language sql as $$
  insert into cause_count as c (cause_no, at, n, last_at)
  select f.cause_no, date_bin('{{causeStretch}}', p_now, timestamptz 'epoch'), count(*), p_now
  from unnest(p_failed) as j (job_id)
  cross join lateral (select f.cause_no from failure as f where f.job_id = j.job_id offset 0) as f
  group by 1 order by 1
  on conflict (cause_no, at) do update set n = c.n + excluded.n, last_at = greatest(c.last_at, excluded.last_at)
$$;

-- Forgets counts from before p_before, up to p_limit, and says how many. The latest of each cause stays.
create function causes_thin(p_before timestamptz, p_limit int) returns int language sql as $$
  with old as materialized (
    select c.cause_no, c.at from cause_count as c
    where c.at < p_before
      and exists (select from cause_count as n where n.cause_no = c.cause_no and n.at > c.at)
    order by c.at limit p_limit for update of c skip locked),
  gone as (
    delete from cause_count as c using old where c.cause_no = old.cause_no and c.at = old.at returning 1)
  select count(*)::int from gone
$$;

-- Keeps attempts that have just ended otherwise than completed, of jobs that are as they left them.
create function attempts_noted(p_done uuid[], p_ids uuid[], p_kinds smallint[], p_worker uuid, p_now timestamptz)
returns void language sql as $$
  insert into job_attempt (job_id, attempt, started_at, ended_at, worker_id, outcome, error)
  select j.job_id, case when s.kind in (3, 7) then j.attempt + 1 else j.attempt end, j.started_at, p_now, p_worker,
    case when s.kind = 8 then 2 else s.kind end, case when s.kind <> 3 then j.error end
  from unnest(p_ids, p_kinds) as s (id, kind)
  cross join lateral (select j.* from job as j where j.job_id = s.id offset 0) as j
  where s.kind in (2, 3, 5, 7, 8, 10) and s.id = any(p_done)
$$;

-- Holds what a begin, move or cancel of these jobs would meet on, as `job_lock` does for one. Those in no lane first:
-- nobody who holds a gate or a lane waits for such a row.
create function jobs_lock(p_ids uuid[]) returns void language plpgsql as $$
declare
  v_projects int[] := array(select distinct project_no from job where job_id = any(p_ids) order by 1);
begin
  -- Nobody who holds a gate or a lane waits for a row that stands in no line.
  perform from job where job_id = any(p_ids) and state in (8, 9, 10) order by job_id for update;
  perform intake_take(project_no) from unnest(v_projects) as project_no;
  perform gate_take(project_no) from unnest(v_projects) as project_no;
  perform from lane where (project_no, coalesce(run_no, 0)) in (
    select project_no, coalesce(run_no, 0) from job where job_id = any(p_ids)) order by lane_no for update;
  perform from job where job_id = any(p_ids) and state not in (8, 9, 10) order by job_id for update;
end $$;

-- Moves many jobs, each by its own rule. Says of each project how many were moved (reason null), and how many were
-- passed over for which reason. See JobSearchStore.moveMany.
create function jobs_move(p_ids uuid[], p_action text, p_priority smallint, p_now timestamptz)
returns table (project_id uuid, reason text, n int) language plpgsql as $$
#variable_conflict use_column
declare
  v_ids uuid[]; v_reasons text[]; v_moved uuid[];
  v_counted record;
begin
  perform jobs_lock(p_ids);
  select array_agg(job_id), array_agg(case
      when p_action = 'retry' and told = 'failed' and is_cancelled then 'run_cancelled'
      when p_action = 'retry' and told = 'failed' and is_imported then 'run_imported'
      when p_action = 'retry' and told = 'failed' and is_apart then 'parent_failed'
      when p_action = 'retry' and told = 'failed' then null
      when p_action = 'cancel' and told = 'active' and is_told then 'cancelling'
      when p_action = 'cancel' and told in ('pending', 'active') then null
      when p_action = 'priority' and told = 'pending' and priority = p_priority then 'same_priority'
      when p_action = 'priority' and told = 'pending' then null
      else told end)
  into v_ids, v_reasons
  from (
    select j.job_id, coalesce(l.priority, (j.arrival ->> 'priority')::smallint) as priority,
      j.cancelling or coalesce(l.stopped, false) as is_told, j.lane_no = 0 as is_apart,
      coalesce((select r.status = 'cancelled' from run as r where r.run_no = j.run_no), false) as is_cancelled,
      coalesce((select r.config ->> 'origin' = 'import' from run as r where r.run_no = j.run_no), false) as is_imported,
      (array['pending', 'active', 'pending', 'pending', 'completed', 'failed', 'cancelled', 'pending', 'pending',
        'pending', 'active'])[job_told_state(j.state, j.starts, j.seq, coalesce(l.cut_seq, 0)) + 1] as told
    from job as j left join lateral (select l.* from lane as l where l.lane_no = j.lane_no offset 0) as l on true
    where j.job_id = any(p_ids)) as t;
  return query select g.project_id, s.reason, count(*)::int
    from unnest(v_ids, v_reasons) as s (job_id, reason) join job as j using (job_id)
    join project_gate as g using (project_no) group by 1, 2;
  v_moved := array(select s.job_id from unnest(v_ids, v_reasons) as s (job_id, reason) where s.reason is null);
  if v_moved = '{}' then
    return;
  end if;

  if p_action = 'priority' then
    perform job_move(job_id, p_priority) from (
      select j.job_id from job as j where j.job_id = any(v_moved) order by j.lane_no, j.seq) as o;
  elsif p_action = 'retry' then
    perform runs_reopened(job_reopen(v_moved, p_now), p_now);
  elsif p_action = 'cancel' then
    -- Sleepers are ended with their tasks, which are locked before: by whoever looks for those that are to stop.
    update job as j set cancelling = true
    where j.job_id = any(v_moved) and (j.state + 0 in (1, 10) or j.state + 0 = 8 and j.lane_no <> 0);
    v_moved := array(
      select j.job_id from job as j where j.job_id = any(v_moved)
        and (j.state + 0 in (0, 2, 3, 7, 9) or j.state + 0 = 8 and j.lane_no = 0));
    perform jobs_cancel_apart(v_moved, p_now);
    insert into lane_adjust (lane_no, seq, delta)
    select j.lane_no, j.seq, -1 from job as j join lane as l using (lane_no)
      where j.job_id = any(v_moved) and j.state + 0 = 0 and j.seq >= l.head;
    insert into ended_parent (job_id, state)
    select j.job_id, 6 from job as j where j.job_id = any(v_moved) and j.state + 0 <> 6 and j.children;
    update job as j set state = 6, finished_at = p_now where j.job_id = any(v_moved) and j.state + 0 <> 6;
    if has_escalation(array(select distinct j.run_no from job as j where j.job_id = any(v_moved))) then
      perform scenarios_settled(v_moved);
    end if;
    select array_agg(c.project_no) as projects, array_agg(c.run_no) as runs, array_agg(c.type_no) as types,
      array_agg(c.model) as models, array_agg(6::smallint) as states, array_agg(c.n) as counts
    into v_counted
    from (select j.project_no, j.run_no, j.type_no, j.model, count(*)::int as n from job as j
      where j.job_id = any(v_moved) group by 1, 2, 3, 4) as c;
    if v_counted.counts is not null then
      perform job_record(null, v_counted.projects, v_counted.runs, v_counted.types, v_counted.models,
        v_counted.states, v_counted.counts, p_now);
    end if;
  end if;
end $$;
