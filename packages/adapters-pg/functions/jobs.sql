-- Single jobs: added, moved, cancelled, tried again.

-- Which job of its run a job is, from 1.
create function run_job_nth(p_id uuid) returns bigint language sql immutable as $$
  select ('x' || right(p_id::text, 12))::bit(48)::bigint
$$;

-- Which repeat the job is, from 1, in a run of so many; null for a job of none. One repeat asks nothing of the id.
create function run_job_repeat(p_id uuid, p_repeats smallint) returns int language sql immutable as $$
  select case when p_repeats = 1 then 1 else ((run_job_nth(p_id) - 1) % p_repeats + 1)::int end
$$;

create function job_type_no(p_name text) returns smallint language plpgsql as $$
declare
  v_no smallint;
begin
  select type_no into v_no from job_type where name = p_name;
  if found then
    return v_no;
  end if;
  insert into job_type (name) values (p_name) on conflict (name) do nothing;
  select type_no into v_no from job_type where name = p_name;
  return v_no;
end $$;

-- Adds loose jobs at the ends of their lanes, in the given order.
create function job_add(p_jobs json) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_lanes int[]; v_due_lanes int[];
  v_all boolean;
  v_ids uuid[]; v_projects uuid[]; v_tasks uuid[]; v_types text[]; v_payloads json[]; v_priorities smallint[];
    v_max_attempts smallint[];
  v_due timestamptz[]; v_creators uuid[]; v_created timestamptz[]; v_sets int[];
  v_uniques json[];
begin
  -- Read once: each look at a `json` reads all of its text.
  select array_agg(job_id order by place), array_agg(project_id order by place), array_agg(task_id order by place),
    array_agg(type order by place),
    array_agg(coalesce(payload, 'null') order by place), array_agg(priority order by place),
      array_agg(max_attempts order by place),
    array_agg(due_at order by place), array_agg(created_by order by place), array_agg(created_at order by place),
    array_agg(unique_by order by place), array_agg(limit_set order by place)
  into v_ids, v_projects, v_tasks, v_types, v_payloads, v_priorities, v_max_attempts, v_due, v_creators, v_created,
    v_uniques, v_sets
  from rows from (json_to_recordset(p_jobs) as (
      "jobId" uuid, "projectId" uuid, "taskId" uuid, type text, payload json, priority smallint, "maxAttempts" smallint,
      "availableAt" timestamptz, "createdBy" uuid, "createdAt" timestamptz, "unique" json, "limitSet" int))
        with ordinality
    as j (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at, unique_by,
      limit_set,
      place);
  perform job_type_no(type) from (select distinct type from unnest(v_types) as type order by 1) as t
    where not exists (select from job_type as known where known.name = t.type);
  perform pg_advisory_xact_lock_shared(1707724, project_no) from (
    select project_no from project_gate where project_id = any(v_projects) order by project_no) as held;
  loop
    select array_agg(l.lane_no), array_agg(l.lane_no) filter (where x.due), bool_and(l.lane_no is not null)
    into v_lanes, v_due_lanes, v_all
    from (
      select project_id, priority, bool_or(due_at <= created_at) as due
      from unnest(v_projects, v_priorities, v_due, v_created) as x (project_id, priority, due_at, created_at)
      group by 1, 2) as x
    cross join lateral (select g.project_no from project_gate as g where g.project_id = x.project_id offset 0) as g
    left join lateral (
      select l.lane_no from lane as l
      where l.project_no = g.project_no and coalesce(l.run_no, 0) = 0 and l.priority = x.priority and not l.beside
      offset 0) as l on true;
    exit when v_all is not false;
    with made as (
      insert into lane (project_no, priority, held, started, budgeted, cells)
      select distinct g.project_no, x.priority, false, true, b.has, b.has::int
      from unnest(v_projects, v_priorities) as x (project_id, priority) join project_gate as g using (project_id)
      cross join lateral (select has_budget(g.project_no, null) as has) as b
        order by 1, 2
      on conflict (project_no, coalesce(run_no, 0), priority) where not beside do nothing
      returning lane_no, priority, budgeted),
    cells as (
      insert into lane_cell (lane_no, set_no, priority) select lane_no, 0, priority from made where budgeted)
    insert into lane_end (lane_no, last_seq) select lane_no, 0 from made;
  end loop;
  -- The ends alone: whoever takes from these lanes does not wait for the commit of this.
  perform from lane_end where lane_no = any(v_lanes) order by lane_no for no key update;
  if cardinality(array_remove(v_sets, null)) > 0 then
    perform lane_cells_made(array_agg(l.lane_no), array_agg(x.set_no))
    from unnest(v_projects, v_priorities, v_sets) as x (project_id, priority, set_no)
    join project_gate as g using (project_id)
    join lane as l on l.lane_no = any(v_lanes) and l.project_no = g.project_no and l.priority = x.priority;
  end if;
  -- A statement of its own: it sees what a window that found them empty has committed.
  perform from lane where lane_no = any(v_due_lanes) and not ready order by lane_no for no key update;
  if found then
    update lane set ready = true where lane_no = any(v_due_lanes) and not ready;
  end if;

  with given as materialized (
    select l.lane_no, l.project_no, t.type_no, j.*, row_number() over (partition by l.lane_no order by j.place) as nth
    from unnest(v_ids, v_projects, v_tasks, v_types, v_payloads, v_priorities, v_max_attempts, v_due, v_creators,
      v_created, v_uniques, v_sets) with ordinality
      as j (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at,
        unique_by, set_no, place)
    join project_gate as g using (project_id)
    join lane as l on l.lane_no = any(v_lanes) and l.project_no = g.project_no and l.priority = j.priority
    join job_type as t on t.name = j.type),
  ends as (
    update lane_end as e set last_seq = e.last_seq + d.n
    from (select lane_no, count(*) as n from given group by lane_no) as d
    where e.lane_no = any(array[d.lane_no]) returning e.lane_no, e.last_seq - d.n as base),
  added as (
    insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id,
      created_by, payload, unique_by, set_no)
    select job_id, lane_no, base + nth, project_no, type_no, case when due_at <= created_at then 0 else 2 end,
      max_attempts, due_at, created_at, task_id, created_by, payload, unique_by, set_no
    from given join ends using (lane_no) order by place
    returning lane_no, seq, state),
  holes as (
    insert into lane_adjust (lane_no, seq, delta) select lane_no, seq, -1 from added where state = 2)
  insert into queue_made as q (project_no, type_no, total)
  select project_no, type_no, count(*) from given group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
end $$;

-- Puts loose jobs of these projects in line, with the facts of it. Those of projects that are not there are left out;
-- gives these projects. Those of p_blocked wait for others.
create function queue_add(p_jobs json, p_facts json, p_projects uuid[], p_now timestamptz,
  p_blocked json default null) returns uuid[]
  language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_missing uuid[] := array(
    select id from unnest(p_projects) as id where not exists (select from project_gate where project_id = id));
  v_projects int[]; v_types text[]; v_datas json[];
begin
  if v_missing <> '{}' then
    select json_agg(j) into p_jobs from json_array_elements(p_jobs) as j
    where (j ->> 'projectId')::uuid <> all (v_missing);
    select json_agg(j) into p_blocked from json_array_elements(p_blocked) as j
    where (j ->> 'projectId')::uuid <> all (v_missing);
  end if;
  if p_blocked is not null then
    perform parents_lock_apart(p_blocked);
  end if;
  if p_jobs is not null then
    perform job_add(p_jobs);
  end if;
  if p_blocked is not null then
    perform jobs_block(p_blocked);
  end if;
  select array_agg(g.project_no order by f.place), array_agg(f.type order by f.place),
    array_agg(f.data order by f.place)
  into v_projects, v_types, v_datas
  from rows from (json_to_recordset(p_facts) as ("projectId" uuid, type text, data json)) with ordinality
    as f (project_id, type, data, place)
  cross join lateral (select g.project_no from project_gate as g where g.project_id = f.project_id offset 0) as g;
  perform fact_append_all(v_projects, v_types, v_datas, p_now);
  return v_missing;
end $$;

-- The same, and where those that stand in line of p_ids, the ids of all, stand then.
create function queue_add_placed(p_jobs json, p_facts json, p_projects uuid[], p_now timestamptz, p_ids uuid[],
  out missing uuid[], out ids uuid[], out places bigint[], out global_places bigint[])
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  missing := queue_add(p_jobs, p_facts, p_projects, p_now);
  select array_agg(p.job_id), array_agg(p.place), array_agg(p.global_place) into ids, places, global_places
    from job_positions(p_ids) as p;
end $$;

-- Holds what a job's begin, move or cancel would meet on: its project's intake and gate, all lanes it could stand in,
-- and the job. One that stands in no lane is held alone.
create function job_lock(p_id uuid) returns void language plpgsql as $$
declare
  v_project int; v_run int;
begin
  if job_lock_apart(p_id) then
    return;
  end if;
  select project_no, run_no into v_project, v_run from job where job_id = p_id;
  if found then
    perform intake_take(v_project);
    perform gate_take(v_project);
    perform from lane where project_no = v_project and coalesce(run_no, 0) = coalesce(v_run, 0) order by lane_no
      for update;
    perform from job where job_id = p_id for update;
  end if;
end $$;

-- The job, locked and pending or asleep, is cancelled. One that has not been counted yet counts from now on.
create function job_cancel(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_job job;
begin
  select * into v_job from job where job_id = p_id and state in (8, 9) and lane_no = 0;
  if found then
    perform jobs_cancel_apart(array[p_id], p_now);
    perform flows_counted(array[p_id], p_now);
    return;
  end if;
  select * into v_job from job where job_id = p_id and state in (0, 2, 3, 7, 8, 10);
  if found then
    perform job_leave_line(v_job);
    update job set state = 6, finished_at = p_now where job_id = p_id;
    if v_job.children then
      insert into ended_parent (job_id, state) values (p_id, 6);
    end if;
    if has_escalation(array[v_job.run_no]) then
      perform scenarios_settled(array[p_id]);
    end if;
    perform job_record(null, array[v_job.project_no], array[v_job.run_no], array[v_job.type_no], array[v_job.model],
      array[6::smallint], array[1], p_now);
  end if;
end $$;

-- Jobs that stand in no lane, locked before, are cancelled. Those that have not been counted yet count as made.
create function jobs_cancel_apart(p_ids uuid[], p_now timestamptz) returns void language sql as $$
  insert into queue_made as q (project_no, type_no, total)
  select j.project_no, j.type_no, count(*) from unnest(p_ids) as p (id) join job as j on j.job_id = p.id
  where j.state = 8 and coalesce(j.arrival ->> 'counted', '') <> 'true' group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
  insert into ended_parent (job_id, state)
  select j.job_id, 6 from unnest(p_ids) as p (id) join job as j on j.job_id = p.id
  where j.state in (8, 9) and j.children order by 1;
  update job as j set state = 6, finished_at = p_now, waits_open = null, waits_failed = null
  from unnest(p_ids) as p (id) where j.job_id = any(array[p.id]) and j.state in (8, 9);
$$;

-- The job, locked and pending, goes to the end of its lane of that priority.
create function job_move(p_id uuid, p_priority smallint) returns void language plpgsql as $$
declare
  v_job job; v_lane int; v_seq bigint;
begin
  update job set arrival = (arrival::jsonb || jsonb_build_object('priority', p_priority))::json
    where job_id = p_id and state in (8, 9) and lane_no = 0;
  select * into v_job from job where job_id = p_id and state in (0, 2, 3, 7);
  if not found then
    return;
  end if;
  perform job_leave_line(v_job);
  insert into lane as l (project_no, run_no, type_no, priority, pace, held, stopped, started, next_at, ready, budgeted,
    cells)
  select project_no, run_no, type_no, p_priority, pace, held, stopped, started, next_at, v_job.state <> 2, budgeted,
    budgeted::int from lane
    where lane_no = v_job.lane_no
  on conflict (project_no, coalesce(run_no, 0), priority) where not beside do update
    set ready = l.ready or excluded.ready
  returning l.lane_no into v_lane;
  insert into lane_end as e (lane_no, last_seq) values (v_lane, 1)
  on conflict (lane_no) do update set last_seq = e.last_seq + 1 returning e.last_seq into v_seq;
  perform lane_cells_made(array[v_lane], array[nullif(v_job.set_no, 0)]);
  update job set lane_no = v_lane, seq = v_seq, state = case when state = 2 then 2 else 0 end where job_id = p_id;
  if v_job.state = 2 then
    insert into lane_adjust (lane_no, seq, delta) values (v_lane, v_seq, -1);
  end if;
end $$;

-- Failed jobs, locked, are in line again at the ends of their lanes as if new; counters move back and completed runs
-- are running, their rates measured anew. Gives these runs, or null. All runs are held before the first counter of a
-- queue.
create function job_reopen(p_ids uuid[], p_now timestamptz) returns int[] language plpgsql as $$
declare
  v_runs int[] := array(
    select distinct run_no from job where job_id = any(p_ids) and run_no is not null order by 1);
  v_reopened int[];
begin
  if v_runs <> '{}' then
    perform scenarios_reopened(p_ids, v_runs);
    perform from run where run_no = any(v_runs) order by run_no for no key update;
  end if;
  with failed as (
    select job_id, lane_no, row_number() over (partition by lane_no order by seq) as nth from job
      where job_id = any(p_ids)),
  roused as (
    update lane as l set ready = true where l.lane_no = any(array(select lane_no from failed))),
  ends as (
    update lane_end as e set last_seq = e.last_seq + d.n
    from (select lane_no, count(*) as n from failed group by lane_no) as d
    where e.lane_no = any(array[d.lane_no]) returning e.lane_no, e.last_seq - d.n as base)
  update job as j set seq = ends.base + failed.nth, state = 0, attempt = 0, not_nows = 0, crashes = 0,
    max_attempts = j.max_attempts - coalesce(j.sleeps, 0), sleeps = null,
    cancelling = false, started_at = null, finished_at = null,
    due_at = p_now, step = null, percent = null, result = null, error = null
  from failed join ends using (lane_no) where j.job_id = failed.job_id;
  insert into ended_parent (job_id, state) select job_id, 0 from job where job_id = any(p_ids) and children;
  delete from failure where job_id = any(p_ids);
  if v_runs <> '{}' then
    with d as (
      select run_no, sum(n)::int as n, array_agg(model) as models, array_agg(-n) as less
      from (
        select run_no, model, count(*)::int as n from job
        where job_id = any(p_ids) and run_no is not null group by 1, 2) as by_model
      group by 1)
    update run as r set settled = settled - d.n, earlier_settled = earlier_settled - d.n,
      mark_settled = mark_settled - d.n,
      failed = counts_plus(r.failed, d.models, d.less)
    from d where r.run_no = any(array[d.run_no]);
    with again as (
      update run set status = 'running', version = version + 1, finished_at = null, earlier_at = p_now,
        earlier_settled = settled, mark_at = p_now, mark_settled = settled
      where run_no = any(v_runs) and status = 'completed' returning run_no)
    select array_agg(run_no order by run_no) into v_reopened from again;
    if v_reopened is not null then
      update lane set held = false where run_no = any(v_reopened);
    end if;
  end if;
  perform from queue_count where (project_no, type_no) in (select project_no, type_no from job
    where job_id = any(p_ids))
    order by project_no, type_no for no key update;
  update queue_count as q set failed = q.failed - d.n
  from (select project_no, type_no, count(*) as n from job where job_id = any(p_ids) group by 1, 2) as d
  where q.project_no = d.project_no and q.type_no = d.type_no;
  return v_reopened;
end $$;

-- Writes the facts of runs that were completed and run again.
create function runs_reopened(p_runs int[], p_now timestamptz) returns void language sql as $$
  select run_facts(array_agg(project_no order by run_no), array_agg(json_build_object('runId', run_id,
    'status', status, 'from', 'completed', 'version', version) order by run_no), p_now)
  from run where run_no = any(p_runs) having count(*) > 0
$$;

-- The failed job, locked before, is tried again. One in no lane ended because of another, and goes on without that.
create function job_retry(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
begin
  perform from job where job_id = p_id and state = 5 and lane_no = 0;
  if found then
    perform flow_force(p_id);
    return;
  end if;
  perform from job where job_id = p_id and state = 5;
  if found then
    perform runs_reopened(job_reopen(array[p_id], p_now), p_now);
  end if;
end $$;
