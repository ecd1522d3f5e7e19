-- Runs and their jobs' ids.

-- How many jobs of the run, locked before, have not started, by model's ordinal. Those that are asleep have.
create function run_left(p_run run) returns int[] language sql stable as $$
  select array_agg(p_run.total / cardinality(p_run.models) - p_run.completed[m] - p_run.failed[m] - p_run.cancelled[m]
    - coalesce(a.n, 0) order by m)
  from generate_subscripts(p_run.models, 1) as m
  left join (select model, count(*)::int as n from job_underway where run_no = p_run.run_no
    group by model) as a on a.model = m
$$;

-- Cancels what has not started of the run, locked before, in its counters. Says how many. Its lanes are cut by the
-- caller.
create function run_drop(p_run int, p_now timestamptz) returns int language plpgsql as $$
declare
  v_run run;
  v_left int[];
  v_n int;
begin
  select * into v_run from run where run_no = p_run;
  v_left := run_left(v_run);
  select sum(n) into v_n from unnest(v_left) as n;
  update run set settled = settled + v_n, earlier_settled = earlier_settled + v_n, mark_settled = mark_settled + v_n,
    cancelled = (select array_agg(c + l order by i) from unnest(cancelled, v_left) with ordinality as x (c, l, i))
  where run_no = p_run;
  return v_n;
end $$;

-- Its project's gate, its lanes and itself: nothing of it begins, and its counters stand still.
create function run_lock(p_id uuid) returns void language plpgsql as $$
declare
  v_project int; v_run int;
begin
  select project_no, run_no into v_project, v_run from run where run_id = p_id;
  if found then
    perform gate_take(v_project);
    perform from lane where run_no = v_run order by lane_no for update;
    perform from run where run_no = v_run for update;
  end if;
end $$;

-- The run, locked before, goes on at this pace and priority. A lane that it had of that priority, of jobs moved there
-- one by one, stays beside its own.
create function run_change(p_id uuid, p_from smallint, p_priority text, p_to smallint, p_config json, p_pace float8,
  p_now timestamptz)
returns void language plpgsql as $$
declare
  v_run int;
begin
  select run_no into v_run from run where run_id = p_id;
  if p_from <> p_to then
    update lane set beside = true where run_no = v_run and priority = p_to;
    with moved as (
      update lane set priority = p_to where run_no = v_run and priority = p_from and not beside returning lane_no)
    update lane_cell as c set priority = p_to from moved where c.lane_no = any(array[moved.lane_no]);
  end if;
  update lane set pace = p_pace, next_at = case when p_pace is not null then p_now end where run_no = v_run;
  update run set priority = p_priority, config = p_config, version = version + 1 where run_no = v_run;
end $$;

-- The run, locked before, is cancelled.
create function run_cancel(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
  v_n int;
begin
  select * into v_run from run where run_id = p_id;
  update lane set held = true, stopped = true where run_no = v_run.run_no;
  perform lane_cut(array(select lane_no from lane where run_no = v_run.run_no), p_now);
  v_n := run_drop(v_run.run_no, p_now);
  update run set status = 'cancelled', version = version + 1, finished_at = p_now where run_no = v_run.run_no;
  insert into queue_count as q (project_no, type_no, cancelled) values (v_run.project_no, v_run.type_no, v_n)
  on conflict (project_no, type_no) do update set cancelled = q.cancelled + excluded.cancelled;
end $$;

-- The completed run, locked before, runs again with its failed jobs.
create function run_reopen(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run int;
begin
  select run_no into v_run from run where run_id = p_id;
  perform job_reopen(array(
    select job_id from job where job_id >= run_job_id(r, 1) and job_id <= run_job_id(r, r.total) and run_no + 0 = v_run
      and state + 0 = 5), p_now)
  from run as r where r.run_no = v_run;
end $$;

-- The n-th job id of a run: UUIDv7s of the run's time, told apart by the run's number where others are random, so that
-- they ascend and no two runs share one.
create function run_job_id(p_run run, p_n bigint) returns uuid language sql immutable as $$
  select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-'
    || lpad(to_hex(p_n), 12, '0'))::uuid
  from (select lpad(to_hex((extract(epoch from p_run.created_at) * 1000)::bigint), 12, '0')
    || '7' || lpad(to_hex((p_run.run_no >> 14) & 4095), 3, '0') || to_hex(32768 | (p_run.run_no & 16383)) as h) as t
$$;

-- The places of a run's scenarios as they are kept: none where they are simply the first ones.
create function places_kept(p_places int[]) returns int[] language sql immutable as $$
  select case when p_places[cardinality(p_places)] > cardinality(p_places) then p_places end
$$;

-- Keeps a run without its jobs, unless there is one with that key: then it gives nothing.
create function run_keep(p_run uuid, p_project uuid, p_definition int, p_type smallint, p_priority text,
  p_models text[], p_repeats smallint, p_config json, p_created_by uuid, p_key text, p_created_at timestamptz,
  p_total int, p_places int[]) returns run language plpgsql as $$
declare
  v_run run;
  v_zeros int[] := array_fill(0, array[cardinality(p_models)]);
begin
  insert into run (run_id, project_no, definition_no, type_no, priority, models, repeats, config, idempotency_key,
    created_by, created_at, total, places, status, version, completed, failed, cancelled)
  select p_run, g.project_no, p_definition, p_type, p_priority, p_models, p_repeats, p_config, p_key, p_created_by,
    p_created_at, p_total, places_kept(p_places), 'pending', 1, v_zeros, v_zeros, v_zeros
  from (select project_no from project_gate where project_id = p_project) as g
  on conflict (project_no, idempotency_key) where idempotency_key is not null do nothing
  returning * into v_run;
  return v_run;
end $$;

-- The first run with that key.
create function run_of_key(p_project uuid, p_key text) returns uuid language plpgsql as $$
declare
  v_first uuid;
begin
  select run_id into strict v_first from run join project_gate using (project_no)
    where project_id = p_project and idempotency_key = p_key;
  return v_first;
end $$;

-- Makes the lane and the jobs of a run that was kept, locked, and counts them. Its project's intake is held shared.
create function run_fill(p_run run, p_rank smallint, p_places int[], p_pace float8, p_max_attempts smallint,
  p_sets int[], p_now timestamptz) returns void language plpgsql as $$
declare
  v_lane int;
  v_prefix text;
  v_models int := cardinality(p_run.models);
  v_repeats int := p_run.repeats;
  v_sets int := greatest(1, cardinality(p_sets));
  v_budgeted boolean; v_cells boolean;
begin
  v_budgeted := has_budget(p_run.project_no, null);
  v_cells := v_budgeted or exists (select from limit_set as s where s.set_no = any(p_sets) and s.limits <> '{}');
  insert into lane (project_no, run_no, type_no, priority, pace, held, started, ready, next_at, cells, budgeted)
  values (p_run.project_no, p_run.run_no, p_run.type_no, p_rank, p_pace, p_run.status = 'paused', false, true,
    case when p_pace is not null then p_now end,
    case when v_cells then greatest(1, (select count(distinct coalesce(s, 0)) from unnest(p_sets) as s)) else 0 end,
    v_budgeted)
  returning lane_no into v_lane;
  if v_cells then
    insert into lane_cell (lane_no, set_no, priority)
    select distinct v_lane, case when v_budgeted then coalesce(s, 0) else s end, p_rank
    from unnest(coalesce(p_sets, array[null::int])) as s where s is not null or v_budgeted;
  end if;
  insert into lane_end (lane_no, last_seq) values (v_lane, p_run.total);
  v_prefix := left(run_job_id(p_run, 0)::text, 24);
  insert into job (job_id, seq, lane_no, project_no, run_no, place, type_no, model, max_attempts, set_no)
  select (v_prefix || lpad(to_hex(n), 12, '0'))::uuid, n, v_lane, p_run.project_no, p_run.run_no,
    p_places[(n - 1) / (v_models * v_repeats) + 1], p_run.type_no, (n - 1) / v_repeats % v_models + 1, p_max_attempts,
    p_sets[(n - 1) / v_repeats % v_sets + 1]
  from generate_series(1, p_run.total) as n;
  insert into queue_made as q (project_no, type_no, total) values (p_run.project_no, p_run.type_no, p_run.total)
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
end $$;

-- Keeps a run with its lane, its jobs and its counters. Gives the id of the first run with that key where there is one,
-- else null.
create function run_add(
  p_run uuid, p_project uuid, p_definition uuid, p_type text, p_priority text, p_rank smallint, p_models text[],
    p_repeats smallint, p_config json, p_places int[],
  p_pace float8, p_max_attempts smallint, p_created_by uuid, p_key text, p_created_at timestamptz,
  p_sets int[] default null)
returns uuid language plpgsql as $$
declare
  v_run run;
begin
  perform intake_share(array(select project_no from project_gate where project_id = p_project));
  select * into v_run from run_keep(p_run, p_project,
    (select definition_no from definition where definition_id = p_definition), job_type_no(p_type), p_priority,
    p_models, p_repeats, p_config, p_created_by, p_key, p_created_at,
    cardinality(p_models) * p_repeats * cardinality(p_places), p_places);
  if v_run.run_no is null then
    return run_of_key(p_project, p_key);
  end if;
  perform run_fill(v_run, p_rank, p_places, p_pace, p_max_attempts, p_sets, p_created_at);
  return null;
end $$;

-- Some jobs of a run that was done elsewhere, kept before in this transaction, ended there so.
create function run_outcomes(p_run uuid, p_places int[], p_models smallint[], p_states smallint[], p_values json,
  p_ms float8[], p_usage json, p_now timestamptz)
returns void language sql as $$
  update job as j set state = s.state, attempt = 1, started_at = p_now - s.ms * interval '1 ms', finished_at = p_now,
    result = case when s.state = 4 then s.value end, error = case when s.state = 5 then s.value end,
    units = (s.usage->>'input')::bigint + (s.usage->>'output')::bigint,
    cost_micros = (s.usage->>'costMicros')::bigint
  from run as r cross join rows from (unnest(p_places), unnest(p_models), unnest(p_states),
    json_array_elements(p_values), unnest(p_ms), json_array_elements(p_usage))
    as s (place, model, state, value, ms, usage)
  where r.run_id = p_run and j.job_id = run_job_id(r, (s.place - 1) * cardinality(r.models) + s.model);

  -- Budgets are of what is spent here: only sums count it.
  insert into usage_sum as u (project_no, day, run_no, model, calls, input, output, cached, cache_write, reasoning,
    cost_micros, unpriced, last_at)
  select r.project_no, (p_now at time zone 'UTC')::date, r.run_no, r.models[s.model],
    sum((s.usage->>'calls')::bigint), sum((s.usage->>'input')::bigint), sum((s.usage->>'output')::bigint),
    sum((s.usage->>'cached')::bigint), sum((s.usage->>'cacheWrite')::bigint),
    sum((s.usage->>'reasoning')::bigint), sum((s.usage->>'costMicros')::bigint),
    sum((s.usage->>'unpriced')::bigint), p_now
  from run as r cross join rows from (unnest(p_models), json_array_elements(p_usage)) as s (model, usage)
  where r.run_id = p_run and s.usage->>'calls' is not null
  group by r.project_no, r.run_no, r.models, s.model
  on conflict (project_no, day, run_no, model) do update set calls = u.calls + excluded.calls,
    input = u.input + excluded.input, output = u.output + excluded.output, cached = u.cached + excluded.cached,
    cache_write = u.cache_write + excluded.cache_write, reasoning = u.reasoning + excluded.reasoning,
    cost_micros = u.cost_micros + excluded.cost_micros, unpriced = u.unpriced + excluded.unpriced,
    last_at = greatest(u.last_at, excluded.last_at);
$$;

-- The run, kept before in this transaction, was done elsewhere: it is completed, and jobs of which nothing was said are
-- cancelled.
create function run_imported(p_run uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
  v_completed int[]; v_failed int[];
  v_left int;
begin
  select * into v_run from run where run_id = p_run;
  select array_agg(coalesce(s.completed, 0) order by m), array_agg(coalesce(s.failed, 0) order by m)
  into v_completed, v_failed
  from generate_subscripts(v_run.models, 1) as m
  left join (
    select model, count(*) filter (where state = 4)::int as completed, count(*) filter (where state = 5)::int as failed
    from job where job_id >= run_job_id(v_run, 1) and job_id <= run_job_id(v_run, v_run.total)
    group by model) as s on s.model = m;
  update run set status = 'completed', started_at = p_now, finished_at = p_now, completed = v_completed,
    failed = v_failed,
    settled = (select sum(n) from unnest(v_completed || v_failed) as n)
  where run_no = v_run.run_no;
  perform lane_cut(array(select lane_no from lane where run_no = v_run.run_no), p_now);
  v_left := run_drop(v_run.run_no, p_now);
  insert into queue_count as q (project_no, type_no, completed, failed, cancelled)
  values (v_run.project_no, v_run.type_no, (select sum(n) from unnest(v_completed) as n),
    (select sum(n) from unnest(v_failed) as n), v_left)
  on conflict (project_no, type_no) do update set completed = q.completed + excluded.completed,
    failed = q.failed + excluded.failed, cancelled = q.cancelled + excluded.cancelled;
end $$;
