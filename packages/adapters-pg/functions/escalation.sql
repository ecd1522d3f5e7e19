-- Scenarios of runs with a policy: counted down with their jobs, decided, and told what their tasks came to.
--
-- They are locked behind jobs and before runs, by run and place; the counts of a run's decisions behind them.

-- Whether a run has a policy, so that those without one pay for nothing else.
create function has_escalation(p_runs int[]) returns boolean language plpgsql stable as $$
begin
  return exists (select from escalation as e where e.run_no = any(p_runs));
end $$;

-- Counts these scenarios down by so many jobs that have settled, in the order given: by run and place. With its last
-- job a scenario is ready.
create function scenarios_counted(p_runs int[], p_places int[], p_counts int[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  update run_scenario as r set open = r.open - s.n, state = case when r.state = 0
    and r.open = s.n then 1 else r.state end
  from unnest(p_runs, p_places, p_counts) as s (run_no, place, n)
  where r.run_no = any(array[s.run_no]) and r.place = any(array[s.place]);
end $$;

-- The same for the scenarios of those of these jobs that have settled.
create function scenarios_settled(p_ids uuid[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  perform scenarios_counted(array_agg(s.run_no), array_agg(s.place), array_agg(s.n)) from (
    select j.run_no, j.place, count(*)::int as n from job as j
    where j.job_id = any(p_ids) and j.state + 0 between 4 and 6 and j.run_no is not null
    group by 1, 2 order by 1, 2) as s;
end $$;

-- Failed jobs of these runs, locked, are tried again: their scenarios wait for them. What has its task keeps it.
create function scenarios_reopened(p_ids uuid[],
  p_runs int[]) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_runs int[]; v_states smallint[];
begin
  if not has_escalation(p_runs) then
    return;
  end if;
  with s as materialized (
    select j.run_no, j.place, count(*)::int as n from job as j
    where j.job_id = any(p_ids) and j.run_no is not null group by 1, 2 order by 1, 2),
  held as materialized (
    select r.run_no, r.place, r.state, s.n from s cross join lateral (
      select r.run_no, r.place, r.state from run_scenario as r
        where r.run_no = s.run_no and r.place = s.place for no key update offset 0) as r),
  moved as (
    update run_scenario as r set open = r.open + held.n, state = case when r.state = 2 then 2 else 0 end,
      reasons = case when r.state = 2 then r.reasons else 0 end,
        probability = case when r.state = 2 then r.probability end,
      decided_at = case when r.state = 2 then r.decided_at end, draw = case when r.state = 2 then r.draw end,
        issues = null
    from held where r.run_no = any(array[held.run_no]) and r.place = any(array[held.place]))
  select array_agg(run_no), array_agg(state) into v_runs, v_states from held where state in (3, 4, 5, 6);
  perform from escalation where run_no = any(v_runs) order by run_no for no key update;
  update escalation as e set kept = e.kept - d.kept, over_limit = e.over_limit - d.over_limit,
    refused = e.refused - d.refused, not_decided = e.not_decided - d.not_decided
  from (
    select run_no, count(*) filter (where state = 3) as kept, count(*) filter (where state = 4) as over_limit,
      count(*) filter (where state = 5) as refused, count(*) filter (where state = 6) as not_decided
    from unnest(v_runs, v_states) as s (run_no, state) group by 1) as d
  where e.run_no = any(array[d.run_no]);
end $$;

-- Keeps a rule for a run that was added in this transaction or has ended, with a row for each of its scenarios.
create function escalation_add(p_id uuid, p_rule json) returns void language plpgsql as $$
declare
  v_run run;
  v_jobs int;
  v_over boolean;
begin
  select * into strict v_run from run where run_id = p_id;
  v_jobs := cardinality(v_run.models) * v_run.repeats;
  v_over := v_run.status in ('completed', 'cancelled');
  insert into escalation (run_no, rule, scenarios) values (v_run.run_no, p_rule, v_run.total / v_jobs);
  if not v_over then
    insert into run_scenario (run_no, place, nth, open)
    select v_run.run_no, p.place, p.nth, v_jobs
    from unnest(coalesce(v_run.places, array(select generate_series(1,
      v_run.total / v_jobs)))) with ordinality as p (place, nth);
    return;
  end if;
  with ended as (
    insert into run_scenario (run_no, place, nth, open, state)
    select v_run.run_no, s.place, row_number() over (order by s.place), s.open,
      case when s.open > 0 then 0 when s.cut then 6 else 1 end
    from (
      select t.place, count(*) filter (where t.state not between 4 and 6)::int as open, bool_or(t.state = 6) as cut
      from job_told as t
      where t.run_no + 0 = v_run.run_no and t.job_id >= run_job_id(v_run, 1) and t.job_id <= run_job_id(v_run,
        v_run.total) group by t.place) as s
    returning state)
  update escalation set not_decided = (select count(*) from ended where state = 6) where run_no = v_run.run_no;
end $$;

-- Somebody wants these scenarios to go to people. Gives each that exists, with its state then.
create function escalation_ask(p_id uuid, p_scenarios text[]) returns table (scenario_id text,
  state smallint) language plpgsql rows 50 as $$
#variable_conflict use_column
declare
  v_run run;
  v_prefix text;
  v_jobs int;
  v_over boolean;
  v_places int[]; v_states smallint[];
  v_kept int; v_over_limit int; v_refused int; v_not_decided int;
begin
  select * into strict v_run from run where run_id = p_id;
  v_jobs := cardinality(v_run.models) * v_run.repeats;
  v_prefix := left(run_job_id(v_run, 0)::text, 24);
  v_over := v_run.status in ('completed', 'cancelled');
  select array_agg(r.place), array_agg(r.state) into v_places, v_states from (
    select r.place, r.state from (
      select s.place from unnest(p_scenarios) as w (id) cross join lateral (
        select s.place from scenario as s where s.definition_no = v_run.definition_no
          and s.scenario_id = w.id offset 0) as s order by 1) as s
    cross join lateral (
      select r.place, r.state from run_scenario as r where r.run_no = v_run.run_no and r.place = s.place
        for no key update offset 0) as r) as r;
  select count(*) filter (where s = 3), count(*) filter (where s = 4), count(*) filter (where s = 5),
    count(*) filter (where s = 6)
  into v_kept, v_over_limit, v_refused, v_not_decided from unnest(v_states) as s;
  update run_scenario as r set by_hand = true, reasons = 0, probability = null, decided_at = null, draw = null,
    issues = null,
    state = case
      when exists (
        select from job_told as t where t.job_id >= (v_prefix || lpad(to_hex((r.nth - 1) * v_jobs + 1), 12,
          '0'))::uuid
          and t.job_id <= (v_prefix || lpad(to_hex(r.nth * v_jobs), 12, '0'))::uuid
          and t.state not between 4 and 6) then 0
      when r.state = 0 and not v_over then 0
      else 1 end
  where r.run_no = v_run.run_no and r.place = any(v_places) and r.state <> 2;
  update escalation as e set kept = e.kept - v_kept, over_limit = e.over_limit - v_over_limit,
    refused = e.refused - v_refused,
    not_decided = e.not_decided - v_not_decided
  where e.run_no = v_run.run_no and v_kept + v_over_limit + v_refused + v_not_decided > 0;
  return query select s.scenario_id, r.state
    from unnest(v_places) as p (place)
    cross join lateral (select r.state from run_scenario as r
      where r.run_no = v_run.run_no and r.place = p.place offset 0) as r
    cross join lateral (
      select s.scenario_id from scenario as s where s.definition_no = v_run.definition_no
        and s.place between p.place and p.place order by s.place limit 1) as s;
end $$;

-- Ready scenarios, locked, that nobody else holds, by run and place.
create function escalation_take(p_limit int) returns table (run_no int, place int, nth int,
  by_hand boolean) language sql rows 200 as $$
  select r.run_no, r.place, r.nth, r.by_hand from run_scenario as r where r.state = 1
    order by r.run_no, r.place limit p_limit for no key update skip locked
$$;

-- How many of these scenarios of one run can be read, in the given order, as long as the results of those before weigh
-- less than p_bytes as they are stored: always the first. Where they lie close together, one look at all between them
-- nearly always says that all can.
create function escalation_readable(p_prefix text, p_jobs int, p_nths int[], p_bytes bigint) returns int
  language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  v_all int := cardinality(p_nths);
  v_first int;
  v_last int;
begin
  select min(n), max(n) into v_first, v_last from unnest(p_nths) as n;
  if v_last - v_first < 2 * v_all and (
    select coalesce(sum(pg_column_size(j.result)), 0) from job as j
    where j.job_id >= (p_prefix || lpad(to_hex((v_first - 1) * p_jobs + 1), 12, '0'))::uuid
      and j.job_id <= (p_prefix || lpad(to_hex(v_last * p_jobs), 12, '0'))::uuid) < p_bytes then
    return v_all;
  end if;
  return (
    select count(*) from (
      select sum(b.bytes) over (order by n.i rows between unbounded preceding and 1 preceding) as before
      from unnest(p_nths) with ordinality as n (nth, i)
      cross join lateral (
        select coalesce(sum(pg_column_size(j.result)), 0) as bytes from job as j
        where j.job_id >= (p_prefix || lpad(to_hex((n.nth - 1) * p_jobs + 1), 12, '0'))::uuid
          and j.job_id <= (p_prefix || lpad(to_hex(n.nth * p_jobs), 12, '0'))::uuid) as b) as weighed
    where coalesce(before, 0) < p_bytes);
end $$;

-- Ready scenarios as escalation_take gives them, with what they are decided from: of each run as many as can be read.
-- States, results and errors lie by the model's place and the repeat, as models do; states are null where all
-- completed, errors where none failed.
-- With the first of a run come the run, what it decides by, and whether any were left out. Each statement sees what
-- those who held a lock before it have committed.
create function escalation_ready(p_limit int, p_bytes bigint)
returns table (run_id uuid, project_id uuid, rule json, left_out boolean, models text[], place int, scenario_id text,
  payload json, by_hand boolean, states smallint[], results json, errors json)
language plpgsql rows 200 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_taken record;
  v_run run;
  v_prefix text;
  v_jobs int;
  v_names text[];
  v_count int;
begin
  for v_taken in
    select t.run_no, array_agg(t.place order by t.place) as places, array_agg(t.nth order by t.place) as nths,
      array_agg(t.by_hand order by t.place) as by_hand
    from escalation_take(p_limit) as t group by t.run_no order by t.run_no
  loop
    select * into strict v_run from run where run_no = v_taken.run_no;
    v_jobs := cardinality(v_run.models) * v_run.repeats;
    v_names := array(select m.name from unnest(v_run.models) with ordinality as m (name, i)
      cross join generate_series(1, v_run.repeats) order by m.i);
    v_prefix := left(run_job_id(v_run, 0)::text, 24);
    v_count := escalation_readable(v_prefix, v_jobs, v_taken.nths, p_bytes);
    return query
    select case when n.i = 1 then v_run.run_id end,
      case when n.i = 1 then (select g.project_id from project_gate as g where g.project_no = v_run.project_no) end,
      case when n.i = 1 then (select e.rule from escalation as e where e.run_no = v_run.run_no) end,
      case when n.i = 1 then v_count < cardinality(v_taken.nths) end, case when n.i = 1 then v_names end,
      n.place, s.scenario_id, s.payload, n.by_hand, j.states, j.results, j.errors
    from unnest(v_taken.places[1:v_count], v_taken.nths[1:v_count], v_taken.by_hand[1:v_count]) with ordinality
      as n (place, nth, by_hand, i)
    cross join lateral (
      select s.scenario_id, s.payload from scenario as s where s.definition_no = v_run.definition_no
        and s.place between n.place and n.place
      order by s.place limit 1) as s
    cross join lateral (
      select
        case when not bool_and(j.state = 4)
          then array_agg(case when j.state in (4, 5) then j.state else 6::smallint end) end as states,
        json_agg(j.result) as results,
        case when bool_or(j.state = 5) then json_agg(j.error) end as errors
      from (
        select j.state, j.result, j.error from job as j
        where j.job_id >= (v_prefix || lpad(to_hex((n.nth - 1) * v_jobs + 1), 12, '0'))::uuid
          and j.job_id <= (v_prefix || lpad(to_hex(n.nth * v_jobs), 12, '0'))::uuid
        order by j.job_id) as j) as j;
  end loop;
end $$;

-- Writes what was decided of scenarios that this transaction has taken, and counts it. What is rare stands in
-- p_told: by place { draw, issues, taskId, limited }.
create function escalation_decide(
  p_id uuid, p_places int[], p_states smallint[], p_reasons smallint[], p_probabilities float8[], p_told json,
    p_now timestamptz)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_run int;
begin
  select run_no into strict v_run from run where run_id = p_id;
  -- The run's number comes with each row: known beforehand, it would be a way to all rows of the run.
  update run_scenario as r set state = d.state, reasons = d.reasons, probability = d.probability, decided_at = p_now
  from unnest(array_fill(v_run, array[cardinality(p_places)]), p_places, p_states, p_reasons, p_probabilities)
    as d (run_no, place, state, reasons, probability)
  where r.run_no = any(array[d.run_no]) and r.place = any(array[d.place]);
  if p_told is not null then
    update run_scenario as r set draw = d.draw, issues = d.issues, task_id = d."taskId", limited = d.limited,
      task_status = case when d."taskId" is not null then 0 end
    from (
      select r.run_no, d.* from json_to_recordset(p_told) as d (place int, draw smallint[], issues json,
        "taskId" uuid, limited boolean)
      cross join lateral (select r.run_no from run_scenario as r
        where r.run_no = v_run and r.place = d.place offset 0) as r offset 0) as d
    where r.run_no = any(array[d.run_no]) and r.place = any(array[d.place]);
  end if;
  update escalation as e set
    escalated = e.escalated + d.escalated, kept = e.kept + d.kept, over_limit = e.over_limit + d.over_limit,
      refused = e.refused + d.refused,
    not_decided = e.not_decided + d.not_decided,
    limited = e.limited + (select count(*) from json_to_recordset(coalesce(p_told,
      '[]')) as t (limited boolean) where t.limited),
    reasons = array(select e.reasons[i] + b.n from unnest(d.by_reason) with ordinality as b (n, i) order by i)
  from (
    select count(*) filter (where s = 2) as escalated, count(*) filter (where s = 3) as kept,
      count(*) filter (where s = 4) as over_limit,
      count(*) filter (where s = 5) as refused, count(*) filter (where s = 6) as not_decided,
      array(select (select count(*)::int from unnest(p_states, p_reasons) as x (s, r)
        where x.s = 2 and (x.r >> i) & 1 = 1) from generate_series(0, 4) as i) as by_reason
    from unnest(p_states) as s) as d
  where e.run_no = v_run;
end $$;

-- The tasks have ended: their scenarios keep the outcome, and their runs count them. Nothing for a task of no
-- escalation.
create function escalation_end(p_tasks uuid[], p_status smallint, p_outcome json) returns void language plpgsql as $$
declare
  v_runs int[]; v_counts int[];
begin
  perform from run_scenario where task_id = any(p_tasks) and task_status = 0 order by run_no, place for no key update;
  with ended as (
    update run_scenario set task_status = p_status, outcome = p_outcome
    where task_id = any(p_tasks) and task_status = 0 returning run_no)
  select array_agg(run_no), array_agg(n) into v_runs, v_counts
  from (select run_no, count(*)::int as n from ended group by 1) as by_run;
  perform from escalation where run_no = any(v_runs) order by run_no for no key update;
  update escalation as e set tasks_completed = e.tasks_completed + case when p_status = 1 then d.n else 0 end,
    tasks_cancelled = e.tasks_cancelled + case when p_status = 2 then d.n else 0 end
  from unnest(v_runs, v_counts) as d (run_no, n) where e.run_no = d.run_no;
end $$;

-- What has come of a run's policy, or null where it has none.
create function escalation_told(p_run int, p_status text) returns json language plpgsql stable as $$
declare
  e escalation;
  v_ready int;
  v_left int;
  v_over boolean := p_status in ('completed', 'cancelled');
begin
  select * into e from escalation where run_no = p_run;
  if not found then
    return null;
  end if;
  select count(*) into v_ready from run_scenario where run_no = p_run and state = 1;
  v_left := e.scenarios - v_ready - e.escalated - e.kept - e.over_limit - e.refused - e.not_decided;
  return json_build_object(
    'policy', e.rule -> 'policy', 'scenarios', e.scenarios, 'waiting', case when v_over then 0 else v_left end,
      'ready', v_ready,
    'escalated', e.escalated, 'kept', e.kept, 'overLimit', e.over_limit, 'refused', e.refused,
    'notDecided', e.not_decided + case when v_over then v_left else 0 end,
    'tasks', json_build_object('open', e.escalated - e.tasks_completed - e.tasks_cancelled, 'completed',
      e.tasks_completed, 'cancelled', e.tasks_cancelled),
    'byReason', json_build_object('disagreement', e.reasons[1], 'failure', e.reasons[2], 'score', e.reasons[3],
      'sample', e.reasons[4], 'manual', e.reasons[5]));
end $$;
