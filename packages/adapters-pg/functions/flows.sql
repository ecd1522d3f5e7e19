-- Work after work: jobs that wait for others, and what becomes of them when those end.
--
-- Each end of a job that others wait for appends a row to `ended_parent` and nothing more. One sweep at a time takes
-- these rows, counts them off and moves those that wait. An add of a job that waits locks those that it waits for:
-- of an add and an end of one job, the second sees what the first has done.

-- What becomes of a job that waits.
create function flow_verdict(p_open int, p_failed int, p_need text, p_on_failure text) returns text
  language sql immutable as $$
  select case when p_need = 'completed' and p_on_failure <> 'run' and p_failed > 0 then p_on_failure
    when p_open = 0 then 'start' else 'wait' end
$$;

-- Holds those of the jobs that these are to wait for which stand in no lane. Before all lanes: see job_lock_apart.
create function parents_lock_apart(p_blocked json) returns void language plpgsql as $$
begin
  perform from unnest(array(
    select distinct p::uuid from json_array_elements(p_blocked) as b
    cross join lateral json_array_elements_text(b -> 'after' -> 'parents') as p order by 1)) as p (id)
  cross join lateral (
    select from job as j where j.job_id = p.id and j.state in (8, 9, 10) offset 0 for no key update) as j;
end $$;

-- Adds jobs that wait for others, behind the locks of lanes. What has been decided already is left to the sweep.
create function jobs_block(p_blocked json) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_children uuid[]; v_parents uuid[];
  v_found int;
begin
  perform job_type_no(type) from (
    select distinct b ->> 'type' as type from json_array_elements(p_blocked) as b order by 1) as t
    where not exists (select from job_type as known where known.name = t.type);
  perform pg_advisory_xact_lock_shared(1707724, project_no) from (
    select project_no from project_gate where project_id = any(array(
      select (b ->> 'projectId')::uuid from json_array_elements(p_blocked) as b)) order by project_no) as held;
  with given as materialized (
    select g.project_no, t.type_no, x.*
    from rows from (json_to_recordset(p_blocked) as (
        "jobId" uuid, "projectId" uuid, "taskId" uuid, type text, payload json, priority smallint,
        "maxAttempts" smallint, "availableAt" timestamptz, "createdBy" uuid, "createdAt" timestamptz, "unique" json,
        "limitSet" int, children boolean, after json)) with ordinality
      as x (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at,
        unique_by, set_no, children, after, place)
    join project_gate as g using (project_id)
    join job_type as t on t.name = x.type),
  added as (
    insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id,
      created_by, payload, unique_by, set_no, children, arrival)
    select job_id, 0, 0, project_no, type_no, 9, max_attempts, due_at, created_at, task_id, created_by,
      coalesce(payload, 'null'), unique_by, set_no, coalesce(children, false),
      json_build_object('priority', priority, 'need', after -> 'need', 'onFailure', after -> 'onFailure',
        'counted', true)
    from given order by place
    returning job_id)
  select (select array_agg(job_id) from added), array(
    select distinct p::uuid from given as b cross join lateral json_array_elements_text(b.after -> 'parents') as p
    order by 1)
  into v_children, v_parents;

  -- One that is being put in line meanwhile is another row afterwards: only the next statement sees that.
  for v_try in 1..3 loop
    -- In the order of the ids, each looked up by its key.
    perform from unnest(v_parents) as p (id)
    cross join lateral (select from job as j where j.job_id = p.id offset 0 for no key update) as j;
    get diagnostics v_found = row_count;
    exit when v_found = cardinality(v_parents);
  end loop;
  if v_found < cardinality(v_parents) then
    raise exception 'A job that others are to wait for is gone' using errcode = 'foreign_key_violation';
  end if;
  update job as j set children = true from unnest(v_parents) as p (id)
  where j.job_id = any(array[p.id]) and not j.children;
  -- Each text is read once, and not for each parent.
  with c as materialized (
    select (b ->> 'jobId')::uuid as job_id, b -> 'after' -> 'parents' as parents
    from json_array_elements(p_blocked) as b)
  insert into dep (parent_id, child_id, place, since)
  select p.id, c.job_id, p.place, coalesce((select max(e.no) from ended_parent as e where e.job_id = p.id), 0)
  from c cross join lateral (
    select id::uuid as id, place from json_array_elements_text(c.parents) with ordinality as p (id, place)) as p;
  insert into run_wait (job_id, run_no, start_when)
  select (b ->> 'jobId')::uuid, r.run_no, b -> 'after' -> 'run' ->> 'when' from json_array_elements(p_blocked) as b
  join run as r on r.run_id = (b -> 'after' -> 'run' ->> 'runId')::uuid;
  if found then
    update job as j set waits_open = 1, waits_failed = 0
    from unnest(v_children) as c (id) join run_wait as w on w.job_id = c.id where j.job_id = any(array[c.id]);
  end if;
  with counted as (
    select d.child_id, count(*) filter (where p.state not between 4 and 6) as open,
      count(*) filter (where p.state in (5, 6)) as failed
    from unnest(v_children) as c (id)
    cross join lateral (select d.child_id, d.parent_id from dep as d where d.child_id = c.id offset 0) as d
    cross join lateral (select p.state from job as p where p.job_id = d.parent_id offset 0) as p
    group by 1)
  update job as j set waits_open = counted.open, waits_failed = counted.failed
  from counted where j.job_id = any(array[counted.child_id]);
  insert into queue_made as q (project_no, type_no, total)
  select j.project_no, j.type_no, count(*) from unnest(v_children) as c (id)
  cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
  insert into ended_parent (job_id, state)
  select j.job_id, 9 from unnest(v_children) as c (id)
  cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j
  where flow_verdict(j.waits_open, j.waits_failed, j.arrival ->> 'need', j.arrival ->> 'onFailure') <> 'wait'
  order by j.job_id;
end $$;

-- Moves up to p_limit rows of `ended_parent`, at least one, and those that came about by that: one that failed so is
-- itself one that others wait for. Gives how many rows that were, how many jobs go on, and those that ended.
create function flows_sweep(p_limit int, p_now timestamptz, out moved int, out started int, out ended json)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_nos bigint[]; v_jobs uuid[]; v_states smallint[];
  v_children uuid[]; v_open int[]; v_failures int[];
  v_gone uuid[] := '{}'; v_failed uuid[]; v_by_run uuid[];
  v_some record;
  -- One moment for all: those that go on together are put in line in the order of their ids.
  v_arrived timestamptz := clock_timestamp();
begin
  moved := 0;
  started := 0;
  if not pg_try_advisory_xact_lock(7077237004) then
    return;
  end if;
  while moved < p_limit loop
    -- No more than some thousand of those that wait at once, however many wait for one.
    select array_agg(no order by no), array_agg(job_id order by no), array_agg(state order by no)
    into v_nos, v_jobs, v_states from (
      select e.*, sum(d.n) over (order by e.no) - d.n as before
      from (select * from ended_parent order by no limit p_limit - moved) as e
      cross join lateral (select count(*) as n from dep as d where d.parent_id = e.job_id offset 0) as d) as e
    where e.before < 10000;
    exit when v_nos is null;
    delete from ended_parent as e using unnest(v_nos) as n where e.no = any(array[n]);
    moved := moved + cardinality(v_nos);

    select array_agg(child_id order by child_id), array_agg(open order by child_id),
      array_agg(failed order by child_id)
    into v_children, v_open, v_failures
    from (
      select child_id, sum(open)::int as open, sum(failed)::int as failed from (
        select d.child_id, case e.state when 0 then 1 else -1 end as open,
          case when e.state in (5, 6) then 1 when e.state = 0 then -1 else 0 end as failed
        from unnest(v_nos, v_jobs, v_states) as e (no, job_id, state)
        cross join lateral (select d.child_id, d.since from dep as d where d.parent_id = e.job_id offset 0) as d
        where e.state <> 9 and e.no > d.since
        union all
        select e.job_id, 0, 0 from unnest(v_jobs, v_states) as e (job_id, state) where e.state = 9) as one
      group by 1) as each;
    continue when v_children is null;
    perform from unnest(v_children) as c (id)
    cross join lateral (
      select from job as j where j.job_id = c.id and j.waits_open is not null offset 0 for no key update) as j;

    with counted as materialized (
      select j.job_id, j.state, j.waits_open + d.open as open, j.waits_failed + d.failed as failed, flow_verdict(
        j.waits_open + d.open, j.waits_failed + d.failed, j.arrival ->> 'need', j.arrival ->> 'onFailure') as verdict,
        j.children, j.project_no, j.type_no, j.unique_by
      from unnest(v_children, v_open, v_failures) as d (job_id, open, failed)
      cross join lateral (select * from job as j where j.job_id = d.job_id offset 0) as j
      where j.waits_open is not null),
    -- Nothing is decided by an end that is over: the row that says so is still to come.
    found as materialized (
      select c.job_id, c.state, c.open, c.failed, c.children, c.project_no, c.type_no, c.unique_by,
        case when c.verdict <> 'wait' and exists (
          select from dep as d
          cross join lateral (select e.state from ended_parent as e where e.job_id = d.parent_id offset 0) as e
          where d.child_id = c.job_id and e.state = 0) then 'wait' else c.verdict end as verdict
      from counted as c),
    -- A key that another job has taken meanwhile is not taken from it.
    holding as materialized (
      select k.job_id from found as f join unique_key as k on k.project_no = f.project_no and k.type_no = f.type_no
        and k.key = f.unique_by ->> 'key' and k.job_id = f.job_id
      where f.state = 5 and f.unique_by is not null and f.verdict in ('wait', 'start') for update of k skip locked),
    decided as materialized (
      select f.*, case when f.state = 9 then f.verdict
        when f.verdict in ('wait', 'start') and (f.unique_by is null or f.job_id in (select job_id from holding))
          then f.verdict
        else 'stay' end as fate
      from found as f),
    written as (
      update job as j set
        state = case d.fate when 'start' then 8 when 'wait' then 9 when 'fail' then 5 when 'cancel' then 6
          else j.state end,
        waits_open = case when d.fate in ('start', 'cancel') then null else d.open end,
        waits_failed = case when d.fate in ('start', 'cancel') then null else d.failed end,
        arrived_at = case when d.fate = 'start' then v_arrived else j.arrived_at end,
        finished_at = case d.fate when 'fail' then p_now when 'cancel' then p_now when 'stay' then j.finished_at end,
        error = case d.fate when 'fail' then parent_error(j.job_id) when 'stay' then j.error end
      from decided as d where j.job_id = any(array[d.job_id])),
    told as (
      insert into ended_parent (job_id, state)
      select job_id, case fate when 'fail' then 5 when 'cancel' then 6 else 0 end from decided
      where children and (fate in ('fail', 'cancel') or state = 5 and fate in ('wait', 'start')) order by job_id)
    select array_agg(job_id) filter (where fate = 'fail') as failed,
      array_agg(job_id) filter (where fate = 'cancel') as cancelled,
      array_agg(job_id) filter (where state = 5 and fate in ('wait', 'start')) as again,
      count(*) filter (where fate = 'start') as starts
    into v_some from decided;

    started := started + v_some.starts;
    if v_some.failed is not null then
      v_by_run := array(select job_id from run_wait where job_id = any(v_some.failed) and failed);
      perform failures_noted(v_some.failed, v_by_run,
        array_fill({{runFailedPattern}}::text, array[cardinality(v_by_run)]), {{parentFailedPattern}}, p_now);
      v_failed := v_failed || v_some.failed;
    end if;
    v_gone := v_gone || v_some.failed || v_some.cancelled;
    if v_some.again is not null then
      delete from failure as f using unnest(v_some.again) as c (id) where f.job_id = any(array[c.id]);
      perform flows_counted_back(v_some.again);
    end if;
    perform flows_counted(v_some.failed || v_some.cancelled, p_now);
    if v_some.failed is not null then
      perform causes_counted(v_some.failed, p_now);
    end if;
  end loop;
  select json_agg(json_build_object('jobId', j.job_id, 'projectId', g.project_id, 'type', t.name,
    'priority', (j.arrival ->> 'priority')::smallint, 'createdBy', j.created_by, 'attempt', j.attempt,
    'state', j.state, 'error', j.error) order by o.place)
  into ended
  from unnest(v_gone) with ordinality as o (job_id, place)
  cross join lateral (select * from job as j where j.job_id = o.job_id offset 0) as j
  join project_gate as g on g.project_no = j.project_no join job_type as t on t.type_no = j.type_no
  where j.state in (5, 6);
end $$;

-- Counts loose jobs that have just ended.
create function flows_counted(p_ids uuid[], p_now timestamptz) returns void language plpgsql as $$
declare
  v_counted record;
begin
  select array_agg(c.project_no) as projects, array_agg(null::int) as runs, array_agg(c.type_no) as types,
    array_agg(null::smallint) as models, array_agg(c.state) as states, array_agg(c.n) as counts
  into v_counted
  from (select j.project_no, j.type_no, j.state, count(*)::int as n from unnest(p_ids) as c (id)
    cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j group by 1, 2, 3) as c;
  if v_counted.counts is not null then
    perform job_record(null, v_counted.projects, v_counted.runs, v_counted.types, v_counted.models,
      v_counted.states, v_counted.counts, p_now);
  end if;
end $$;

-- Counts jobs that had failed no longer as failed.
create function flows_counted_back(p_ids uuid[]) returns void language plpgsql as $$
begin
  -- One insert in the order of the key: it locks the rows as it goes.
  insert into queue_count as q (project_no, type_no, failed)
  select j.project_no, j.type_no, -count(*) from unnest(p_ids) as c (id)
  cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set failed = q.failed + excluded.failed;
end $$;

-- The error of a job that ends because of one that it waited for, of those the first in the order given, or of a run.
create function parent_error(p_child uuid) returns json language sql stable as $$
  select coalesce((
    select json_build_object('code', 'parent_failed', 'message', {{parentFailed}} || p.job_id, 'retryable', false,
      'details', json_build_object('jobId', p.job_id, 'type', t.name))
    from dep as d
    cross join lateral (select * from job as p where p.job_id = d.parent_id offset 0) as p
    join job_type as t on t.type_no = p.type_no
    where d.child_id = p_child and p.state in (5, 6) order by d.place limit 1), (
    select json_build_object('code', 'parent_failed', 'message', {{runFailed}} || r.run_id, 'retryable', false)
    from run_wait as w join run as r on r.run_no = w.run_no where w.job_id = p_child and w.failed))
$$;

-- The run has come so far, or will not: leaves up to p_limit jobs that wait for that to the sweep. Gives how many.
create function run_waits_met(p_run uuid, p_when text, p_failed boolean, p_limit int) returns int
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_ids uuid[]; v_blocked uuid[];
begin
  if not pg_try_advisory_xact_lock(7077237004) then
    return 0;
  end if;
  v_ids := array(
    select w.job_id from run_wait as w
    where w.run_no = (select r.run_no from run as r where r.run_id = p_run) and w.start_when = p_when
      and w.failed is null
    order by w.job_id limit p_limit for update);
  update run_wait as w set failed = p_failed from unnest(v_ids) as i (id) where w.job_id = any(array[i.id]);
  v_blocked := array(
    select i.id from unnest(v_ids) as i (id)
    cross join lateral (
      select from job as j where j.job_id = i.id and j.state = 9 offset 0 for no key update) as j);
  update job as j set waits_open = 0, waits_failed = p_failed::int
  from unnest(v_blocked) as b (id) where j.job_id = any(array[b.id]);
  insert into ended_parent (job_id, state) select id, 9 from unnest(v_blocked) as b (id) order by 1;
  return cardinality(v_ids);
end $$;

-- The job, locked before, which ended because of one that it waited for, goes on without that one.
create function flow_force(p_id uuid) returns void language plpgsql as $$
begin
  update job set state = 8, arrived_at = clock_timestamp(), waits_open = null, waits_failed = null, error = null,
    finished_at = null where job_id = p_id;
  delete from failure where job_id = p_id;
  perform flows_counted_back(array[p_id]);
  insert into ended_parent (job_id, state) select job_id, 0 from job where job_id = p_id and children;
end $$;

-- Looks whether jobs wait for none that is open, up to p_limit of them behind p_after, counts those anew and has the
-- sweep look at them. There should be none.
create function flows_mend(p_after uuid, p_limit int, out mended uuid[], out goes_on uuid) language plpgsql as $$
declare
  v_ids uuid[];
begin
  mended := '{}';
  if not pg_try_advisory_xact_lock(7077237004) then
    return;
  end if;
  v_ids := array(select job_id from job where state = 9 and job_id > p_after order by job_id limit p_limit);
  goes_on := case when cardinality(v_ids) = p_limit then v_ids[p_limit] end;
  v_ids := array(
    select c.job_id from unnest(v_ids) as c (job_id)
    where not exists (select from ended_parent as e where e.job_id = c.job_id)
      and not exists (select from run_wait as w where w.job_id = c.job_id and w.failed is null)
      and not exists (select from dep as d
        cross join lateral (select p.state from job as p where p.job_id = d.parent_id offset 0) as p
        where d.child_id = c.job_id and (p.state not between 4 and 6
          or exists (select from ended_parent as e where e.job_id = d.parent_id))));
  mended := array(select job_id from job where job_id = any(v_ids) and state = 9 order by job_id for no key update);
  with counted as (
    select c.job_id, count(p.state) filter (where p.state in (5, 6))
      + (select count(*) from run_wait as w where w.job_id = c.job_id and w.failed) as failed
    from unnest(mended) as c (job_id) left join dep as d on d.child_id = c.job_id
    left join job as p on p.job_id = d.parent_id group by 1)
  update job as j set waits_open = 0, waits_failed = counted.failed
  from counted where j.job_id = any(array[counted.job_id]);
  insert into ended_parent (job_id, state) select id, 9 from unnest(mended) as id;
end $$;
