-- Recording how attempts ended.
--
-- What is hot. Plans are made once a connection, often on empty tables, and must be right on full ones: see ADR 0039
-- for `+ 0`, `any(array[…])` and `offset 0`.

-- Which `model` counts to add, by ordinal.
create function counts_plus(p_counts int[], p_models smallint[], p_by int[]) returns int[]
  language plpgsql immutable as $$
begin
  for i in 1..cardinality(p_models) loop
    p_counts[p_models[i]] := p_counts[p_models[i]] + p_by[i];
  end loop;
  return p_counts;
end $$;

-- Moves the counters of runs and queues by groups of jobs that were just settled, and completes runs with their last
-- job. Those of state 2 are tried again, and those of state 1 lost their worker, which only rates count: they lock
-- neither runs nor queues. Gives the facts of that.
create function job_count(
  p_projects int[], p_runs int[], p_types smallint[], p_models smallint[], p_states smallint[], p_counts int[],
    p_now timestamptz,
  out fact_projects int[], out fact_datas json[])
language plpgsql as $$
declare
  v_ends boolean := p_states && '{4, 5, 6}';
  v_done int[];
begin
  if v_ends and cardinality(array_remove(p_runs, null)) > 0 then
    if (p_runs[1] = all(p_runs)) is not true then
      perform from run where run_no = any(array(
        select run_no from unnest(p_runs, p_states) as s (run_no, state) where state between 4 and 6))
      order by run_no for no key update;
    end if;
    with d as (
      select run_no, sum(n)::int as n, array_agg(model) filter (where state = 4) as completed,
        array_agg(n) filter (where state = 4) as c,
        array_agg(model) filter (where state = 5) as failed, array_agg(n) filter (where state = 5) as f,
        array_agg(model) filter (where state = 6) as cancelled, array_agg(n) filter (where state = 6) as x
      from unnest(p_runs, p_models, p_states, p_counts) as s (run_no, model, state, n)
      where run_no is not null and state between 4 and 6 group by run_no),
    moved as (
      update run as r set
        settled = r.settled + d.n,
        completed = case when d.c is null then r.completed else counts_plus(r.completed, d.completed, d.c) end,
        failed = case when d.f is null then r.failed else counts_plus(r.failed, d.failed, d.f) end,
        cancelled = case when d.x is null then r.cancelled else counts_plus(r.cancelled, d.cancelled, d.x) end,
        latest_at = p_now,
        earlier_at = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then r.mark_at
          else r.earlier_at end,
        earlier_settled = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then r.mark_settled
          else r.earlier_settled end,
        mark_at = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then p_now else r.mark_at end,
        mark_settled = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then r.settled + d.n
          else r.mark_settled end
      from d where r.run_no = any(array[d.run_no])
      returning r.run_no, r.settled, r.total, r.status)
    select array_agg(run_no order by run_no) into v_done from moved
      where settled = total and status in ('pending', 'running', 'paused');
    if v_done is not null then
      with last as (select run_no, status from run where run_no = any(v_done)),
      done as (
        update run as r set status = 'completed', version = r.version + 1, finished_at = p_now
        from last where r.run_no = any(array[last.run_no])
        returning r.project_no, r.run_no, r.run_id, r.version, last.status as prior)
      select array_agg(project_no order by run_no), array_agg(
          json_build_object('runId', run_id, 'status', 'completed', 'from', prior, 'version', version) order by run_no)
      into fact_projects, fact_datas from done;
    end if;
  end if;

  if v_ends then
    -- In the order of the key.
    insert into queue_count as q (project_no, type_no, completed, failed, cancelled)
    select project_no, type_no, coalesce(sum(n) filter (where state = 4), 0),
      coalesce(sum(n) filter (where state = 5), 0), coalesce(sum(n) filter (where state = 6), 0)
    from unnest(p_projects, p_types, p_states, p_counts) as s (project_no, type_no, state, n)
    where state between 4 and 6 group by 1, 2 order by 1, 2
    on conflict (project_no, type_no) do update set completed = q.completed + excluded.completed,
      failed = q.failed + excluded.failed, cancelled = q.cancelled + excluded.cancelled;
  end if;
  -- Behind queue_count, in the order of the key: nobody who waits here holds what those before wait for.
  insert into job_rate as r (project_no, type_no, grain, at, settled, failed, retried, lost)
  select project_no, type_no, 10, date_bin('10 s', p_now, timestamptz 'epoch'),
    coalesce(sum(n) filter (where state in (4, 5)), 0), coalesce(sum(n) filter (where state = 5), 0),
    coalesce(sum(n) filter (where state = 2), 0), coalesce(sum(n) filter (where state = 1), 0)
  from unnest(p_projects, p_types, p_states, p_counts) as s (project_no, type_no, state, n)
  where state in (1, 2, 4, 5) group by 1, 2 order by 1, 2
  on conflict (project_no, type_no, grain, at) do update set settled = r.settled + excluded.settled,
    failed = r.failed + excluded.failed, retried = r.retried + excluded.retried, lost = r.lost + excluded.lost;
end $$;

-- Counts groups of jobs that were just settled and writes the facts of that: what failed for good, then the runs that
-- are complete.
create function job_record(
  p_failed uuid[], p_projects int[], p_runs int[], p_types smallint[], p_models smallint[], p_states smallint[],
    p_counts int[], p_now timestamptz)
returns void language plpgsql as $$
declare
  v_projects int[]; v_types text[]; v_datas json[];
  v_run_projects int[]; v_run_datas json[];
begin
  select * into v_run_projects, v_run_datas
    from job_count(p_projects, p_runs, p_types, p_models, p_states, p_counts, p_now);
  if p_failed is not null then
    perform causes_counted(p_failed, p_now);
    select array_agg(f.project_no), array_agg('job_failed'::text), array_agg(f.data) into v_projects, v_types, v_datas
    from job_failures(p_failed) as f;
  end if;
  if v_projects is not null or v_run_projects is not null then
    perform fact_append_all(
      v_projects || v_run_projects,
      v_types || array_fill('run_status_changed'::text, array[coalesce(cardinality(v_run_projects), 0)]),
      v_datas || v_run_datas, p_now);
  end if;
end $$;

-- Records how attempts ended: kinds are the states they lead to, 2 try again, 3 handed back, 10 asleep; 7 and 8 lead to
-- 2 as well: the other side asks to wait, and has asked once too often. 7 without a time leads to 3: a key cools.
-- Starts are the fence. Gives what was recorded, or null where all was. See WorkerStore.settle.
create function job_settle(
  p_ids uuid[], p_starts smallint[], p_kinds smallint[], p_values json, p_due timestamptz[], p_steps text[],
    p_percents float8[],
  p_worker uuid, p_now timestamptz, p_patterns text[] default null, p_units bigint[] default null,
  p_costs bigint[] default null, p_clock boolean default false, p_cool_keys text[] default null,
  p_cool_ms float8[] default null, p_cool_random float8[] default null)
returns uuid[] language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_worker int;
  v_lanes int[];
  v_kinds smallint[] := p_kinds;
  v_done uuid[]; v_failed uuid[]; v_parents uuid[]; v_parent_states smallint[];
  v_scenario_runs int[]; v_places int[]; v_left int[];
  v_projects int[]; v_runs int[]; v_types smallint[]; v_models smallint[]; v_states smallint[]; v_counts int[];
begin
  select worker_no into v_worker from worker where worker_id = p_worker;
  if not found then
    return '{}';
  end if;
  if p_cool_random is not null or (4 = any(p_kinds) and exists (select from limit_cooled)) then
    perform keys_answered(p_ids, p_starts, p_kinds, p_cool_keys, p_cool_ms, p_cool_random, v_worker, p_now, p_clock);
  end if;
  if p_kinds && '{2, 3, 7, 8, 10}' then
    -- Whoever makes a job pending again holds its lane, and reads there whether it was cancelled meanwhile.
    select array_agg(distinct j.lane_no) into v_lanes from job as j
    where j.job_id = any(array(select id from unnest(p_ids, p_kinds) as s (id, kind) where kind in (2, 3, 7, 8, 10)));
    perform from lane as l where l.lane_no = any(v_lanes) order by l.lane_no for no key update;
    if p_kinds && '{3, 7}' then
      update lane as l set ready = true where l.lane_no = any(v_lanes);
    end if;
    select array_agg(case when s.kind in (2, 3, 7, 8, 10) and (j.cancelling or l.stopped or j.seq <= l.cut_seq) then 6
      else s.kind end order by s.i) into v_kinds
    from unnest(p_ids, p_kinds) with ordinality as s (id, kind, i)
    left join job as j on j.job_id = s.id and s.kind in (2, 3, 7, 8, 10) left join lane as l on l.lane_no = j.lane_no;
  end if;

  with done as (
    update job as j set
      state = case when s.kind = 7 and s.due is null then 3 when s.kind in (7, 8) then 2 else s.kind end,
      attempt = case when s.kind in (3, 7) then j.attempt - 1 else j.attempt end,
      max_attempts = case when s.kind = 10 then j.max_attempts + 1 else j.max_attempts end,
      sleeps = case when s.kind = 10 then coalesce(j.sleeps, 0) + 1 else j.sleeps end,
      worker_no = case when s.kind <> 10 then j.worker_no end,
      crashes = case when s.kind = 3 then j.crashes else 0 end,
      not_nows = case s.kind when 7 then j.not_nows + 1 when 8 then j.not_nows when 3 then j.not_nows else 0 end,
      finished_at = case when s.kind in (4, 5, 6) then p_now end,
      due_at = case when s.kind in (2, 7, 8) then coalesce(s.due, j.due_at) else j.due_at end,
      result = case when s.kind = 4 then s.value end,
      error = case when s.kind in (2, 5, 7, 8) then s.value when s.kind = 3 then j.error end,
      step = coalesce(s.step::json, j.step),
      percent = coalesce(s.percent, j.percent),
      units = case when s.units is null then j.units else coalesce(j.units, 0) + s.units end,
      cost_micros = case when s.units is null then j.cost_micros else coalesce(j.cost_micros, 0) + s.cost end
    from rows from (unnest(p_ids), unnest(p_starts), unnest(v_kinds), json_array_elements(p_values), unnest(p_due),
      unnest(p_steps), unnest(p_percents), unnest(p_units), unnest(p_costs))
      as s (id, start, kind, value, due, step, percent, units, cost)
    where j.job_id = any(array[s.id]) and j.state + 0 = 1 and j.starts = s.start and j.worker_no + 0 = v_worker
    returning j.job_id, j.project_no, j.run_no, j.type_no, j.model, j.place, j.children,
      case when s.kind = 7 then 2 else j.state end as state),
  parents as (select job_id, state from done where children and state between 4 and 6),
  settled as (select project_no, run_no, type_no, model, state, count(*)::int as n from done
    where state between 4 and 6 or state = 2 group by 1, 2, 3, 4, 5),
  -- Nothing of it is done for runs without a policy.
  counted as (
    select array_agg(run_no) as runs, array_agg(place) as places, array_agg(n) as counts
    from (
      select run_no, place, count(*)::int as n from done
      where state between 4 and 6 and run_no is not null
        and (select has_escalation(array(select run_no from done group by 1)))
      group by 1, 2 order by 1, 2) as s)
  select (select runs from counted), (select places from counted), (select counts from counted),
    (select array_agg(job_id) from done), (select array_agg(job_id) from done where state = 5),
    (select array_agg(job_id) from parents), (select array_agg(state) from parents),
    array_agg(project_no), array_agg(run_no), array_agg(type_no), array_agg(model), array_agg(state), array_agg(n)
  into v_scenario_runs, v_places, v_left, v_done, v_failed, v_parents, v_parent_states,
    v_projects, v_runs, v_types, v_models, v_states, v_counts from settled;

  if v_parents is not null then
    insert into ended_parent (job_id, state) select * from unnest(v_parents, v_parent_states);
  end if;
  if v_failed is not null then
    perform failures_noted(v_failed, p_ids, p_patterns, null, p_now);
  end if;
  if v_kinds && '{2, 3, 5, 7, 8, 10}' and v_done is not null then
    perform attempts_noted(v_done, p_ids, v_kinds, p_worker, p_now);
  end if;
  if v_counts is not null then
    if v_places is not null then
      perform scenarios_counted(v_scenario_runs, v_places, v_left);
    end if;
    perform job_record(v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts, p_now);
  end if;
  return case when cardinality(v_done) = cardinality(p_ids) then null else coalesce(v_done, '{}') end;
end $$;

-- Keeps the latest steps. A job that is being settled right now is passed over: its outcome brings its own last step.
create function job_report(p_ids uuid[], p_starts smallint[], p_steps text[], p_percents float8[], p_worker uuid)
  returns void language sql as $$
  with held as (
    select j.job_id from job as j where j.job_id = any(p_ids) and j.state + 0 = 1
    order by j.job_id for no key update skip locked),
  -- Of several reports of one job the furthest.
  given as (
    select distinct on (id) * from unnest(p_ids, p_starts, p_steps::json[], p_percents) as s (id, start, step, percent)
    order by id, start desc, (step ->> 'index')::int desc, percent desc)
  update job as j set step = s.step, percent = s.percent
  from given as s join held on held.job_id = s.id
  where j.job_id = any(array[s.id]) and j.state + 0 = 1 and j.starts = s.start and j.worker_no
    + 0 = (select worker_no from worker where worker_id = p_worker)
    and (j.step is null or ((s.step ->> 'index')::int, s.percent) > ((j.step ->> 'index')::int, coalesce(j.percent, 0)))
$$;
