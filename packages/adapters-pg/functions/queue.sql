-- What is told of a project's queue, and clearing it.
--
-- What is looked at is plpgsql where it could not become part of its caller's plan: a function in SQL would be planned
-- at each call.

-- Cancels everything of the project that has not started. Says how many.
create function queue_clear(p_project uuid, p_now timestamptz) returns bigint language plpgsql as $$
declare
  v_project int;
  v_lanes int[];
  v_runs int[];
  v_fact_projects int[]; v_fact_datas json[];
  v_count bigint;
  v_apart uuid[];
begin
  select project_no into v_project from project_gate where project_id = p_project;
  -- Before all gates and lanes. One that comes to wait from now on comes after this.
  v_apart := array(
    select job_id from job where project_no = v_project
      and (state = 9 or state = 8 and arrival ->> 'counted' = 'true') order by job_id for update);
  perform intake_take(v_project);
  perform gate_take(v_project);
  select array_agg(lane_no) into v_lanes from (
    select lane_no from lane as l where project_no = v_project
      and (select e.last_seq from lane_end as e where e.lane_no = l.lane_no) > cut_seq
      and (run_no is null or run_no in (select run_no from run
        where project_no = v_project and status in ('pending', 'running', 'paused')))
    order by lane_no for update) as l;
  select array_agg(run_no) into v_runs from (
    select run_no from run where project_no = v_project and status in ('pending', 'running', 'paused') order by run_no
      for update) as r;
  perform from queue_count where project_no = v_project order by type_no for update;

  perform lane_cut(v_lanes, p_now);
  perform run_drop(run_no, p_now) from unnest(v_runs) as run_no;
  with prior as (select run_no, status from run where run_no = any(v_runs) and settled = total
    -- One without jobs waits for another run.
    and total > 0),
  done as (
    update run as r set status = 'completed', version = r.version + 1, finished_at = p_now
    from prior where r.run_no = prior.run_no returning r.project_no, r.run_no, r.run_id, r.version, prior.status)
  select array_agg(project_no order by run_no), array_agg(
      json_build_object('runId', run_id, 'status', 'completed', 'from', status, 'version', version) order by run_no)
  into v_fact_projects, v_fact_datas from done;
  with dropped as (
    select m.type_no, m.total - coalesce(c.completed + c.failed + c.cancelled, 0) - coalesce(a.n, 0) - coalesce(b.n, 0)
      as n
    from queue_made as m left join queue_count as c using (project_no, type_no)
    left join (select type_no, count(*) as n from job_underway where project_no = v_project
      group by type_no) as a using (type_no)
    left join (select j.type_no, count(*) as n from job as j where j.project_no = v_project
      and (j.state = 9 or j.state = 8 and j.arrival ->> 'counted' = 'true')
      and j.job_id not in (select unnest(v_apart))
      group by j.type_no) as b using (type_no)
    where m.project_no = v_project),
  counted as (
    insert into queue_count as q (project_no, type_no, cancelled)
    select v_project, type_no, n from dropped where n > 0 order by 2
    on conflict (project_no, type_no) do update set cancelled = q.cancelled + excluded.cancelled)
  select coalesce(sum(n), 0) into v_count from dropped;
  perform jobs_cancel_apart(v_apart, p_now);
  perform run_facts(v_fact_projects, v_fact_datas, p_now);
  return v_count;
end $$;

-- How many stand behind the head with a smaller seq than p_before.
create function standing_behind(p_lane int, p_cut bigint, p_before bigint) returns bigint language plpgsql stable
  set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select count(distinct j.seq) from handover as h cross join lateral (
      select a.seq from job as a where a.lane_no = h.lane_no and a.state = 0
        and a.seq between h.from_seq and least(h.to_seq, p_before - 1) offset 0) as j
    where h.lane_no = p_lane
  ) + (
    select count(*) from job as j where j.lane_no = p_lane and j.state = 3 and j.seq > p_cut and j.seq < p_before
  ) + (
    select count(*) from job as j where j.lane_no = p_lane and j.state = 7 and j.seq > p_cut and j.seq < p_before
  );
end $$;

-- Lanes in which something stands, with how many in all, and how many of them behind the head: handed over and not
-- begun, or in line again.
create function standing(p_rank smallint) returns table (lane_no int, project_no int, priority smallint, turn bigint,
  head bigint, behind bigint, length bigint)
language plpgsql stable rows 20 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select l.lane_no, l.project_no, l.priority, l.turn, l.head, b.n,
    b.n + e.last_seq - l.head + 1 + coalesce((select sum(a.delta) from lane_adjust as a
      where a.lane_no = l.lane_no and a.seq >= l.head), 0)
  from (
    select l.* from lane as l where l.ready and l.priority >= p_rank
    union all
    select l.* from (select h.lane_no from handover as h
      union select s.lane_no from lane as s where s.passed or s.shut > 0) as h
    cross join lateral (select * from lane as l where l.lane_no = h.lane_no offset 0) as l
      where not l.ready and l.priority >= p_rank) as l
  cross join lateral (select e.last_seq from lane_end as e where e.lane_no = l.lane_no offset 0) as e
  cross join lateral (select standing_behind(l.lane_no, l.cut_seq, l.head) as n) as b;
end $$;

-- Positions of those jobs that stand in line, at one moment: rank by priority, round, turn. `round` is a job's place in
-- its lane.
create function job_positions(p_ids uuid[]) returns table (job_id uuid, round bigint, place bigint, global_place bigint)
  language plpgsql stable rows 20 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  -- What jobs of one lane share is counted once a lane.
  with asked as materialized (
    select j.job_id, j.lane_no, j.project_no, j.seq from job as j
    where j.job_id = any(p_ids) and j.state + 0 in (0, 3, 7)),
  here as materialized (
    select l.*, standing_behind(l.lane_no, l.cut_seq, l.head) as behind
    from (select distinct asked.lane_no from asked) as a cross join lateral (
      select l.lane_no, l.priority, l.turn, l.head, l.cut_seq from lane as l
        where l.lane_no = a.lane_no offset 0) as l),
  mine as materialized (
    select j.job_id, j.lane_no, j.project_no, l.priority, l.turn,
      case when j.seq < l.head then standing_behind(j.lane_no, l.cut_seq, j.seq + 1)
        else l.behind + j.seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a
            where a.lane_no = j.lane_no and a.seq between l.head and j.seq), 0) end as round
    from asked as j join here as l on l.lane_no = j.lane_no where j.seq > l.cut_seq),
  lanes as materialized (select * from standing((select min(priority) from mine)))
  select m.job_id, m.round, m.round + coalesce(sum(b.n) filter (where b.project_no = m.project_no), 0)::bigint,
    m.round + coalesce(sum(b.n), 0)::bigint
  from mine as m left join lateral (
    select o.project_no, case
      when o.priority > m.priority then o.length
      else least(o.length, m.round - case when (o.turn, o.lane_no) < (m.turn, m.lane_no) then 0 else 1 end) end as n
    from lanes as o where o.priority >= m.priority and o.lane_no <> m.lane_no) as b on true
  group by m.job_id, m.round;
end $$;

-- Jobs as they are told, with what cancels and clears have decided on but not written yet.
create view job_told as
select j.job_id, g.project_id, r.run_id, j.task_id, t.name as type,
  coalesce(l.priority, (j.arrival ->> 'priority')::smallint) as priority,
  case when j.state in (0, 2, 3, 7) and j.seq <= l.cut_seq then 6 when j.state = 8 and j.lane_no <> 0 then 10
    else j.state end as state,
  j.attempt, j.max_attempts, coalesce(j.due_at, j.created_at, r.created_at) as available_at, j.step,
    coalesce(j.percent, 0) as percent, j.error,
  r.models[j.model] as model, s.scenario_id, run_job_repeat(j.job_id, r.repeats) as repeat,
    coalesce(j.created_by, r.created_by) as created_by,
    (j.state in (1, 10) or (j.state = 8 and j.lane_no <> 0)) and (j.cancelling or l.stopped) as cancelling,
    j.state = 10 or (j.state = 8 and j.lane_no <> 0) as asleep,
  coalesce(j.created_at, r.created_at) as created_at, j.started_at,
  case when j.state in (0, 2, 3, 7) and j.seq <= l.cut_seq then l.cut_at else j.finished_at end as finished_at,
  case when j.units is not null then json_build_object('units', j.units, 'costMicros', j.cost_micros) end as usage,
  coalesce(j.payload, s.payload) as payload, j.result, j.project_no, j.run_no, j.lane_no, j.seq, j.place,
    j.model as model_no
from job as j
left join lateral (select l.priority, l.cut_seq, l.cut_at, l.stopped from lane as l
  where l.lane_no = j.lane_no offset 0) as l on true
cross join lateral (select g.project_id from project_gate as g where g.project_no = j.project_no offset 0) as g
cross join lateral (select t.name from job_type as t where t.type_no = j.type_no offset 0) as t
left join lateral (
  select r.run_id, r.definition_no, r.models, r.repeats, r.created_at, r.created_by from run as r
    where r.run_no = j.run_no offset 0) as r on true
left join lateral (
  select s.scenario_id, s.payload from scenario as s
    where s.definition_no = r.definition_no and s.place between j.place and j.place
  order by s.place limit 1) as s on true;

-- Counts by type of one project, or of all.
create function queue_counts(p_project uuid) returns table (type text, pending float8, active float8, completed float8,
  failed float8, cancelled float8) language sql stable rows 10 as $$
  select t.name, (c.total - c.completed - c.failed - c.cancelled - coalesce(a.n, 0))::float8, coalesce(a.n, 0)::float8,
    c.completed::float8, c.failed::float8, c.cancelled::float8
  from (
    select m.type_no, sum(m.total) as total, coalesce(sum(c.completed), 0) as completed,
      coalesce(sum(c.failed), 0) as failed, coalesce(sum(c.cancelled), 0) as cancelled
    from queue_made as m left join lateral (
      select c.completed, c.failed, c.cancelled from queue_count as c
      where c.project_no = m.project_no and c.type_no = m.type_no offset 0) as c on true
    where m.project_no between coalesce((select project_no from project_gate where project_id = p_project), 0)
      and coalesce((select project_no from project_gate where project_id = p_project),
        case when p_project is null then 2147483647 else -1 end)
    group by m.type_no) as c
  cross join lateral (select t.name from job_type as t where t.type_no = c.type_no offset 0) as t
  left join (
    select type_no, count(*) as n from job_underway
    where (p_project is null or project_no = (select project_no from project_gate
      where project_id = p_project)) group by type_no) as a using (type_no)
$$;

-- A page of a project's line, behind where lane p_lane has seq p_seq. Rounds are told from the lane as it is now, so a
-- page goes on where the last one ended although heads have moved since.
create function queue_line(p_project uuid, p_type text, p_lane int, p_seq bigint, p_limit int)
returns table (job_id uuid, lane_no int, seq bigint, round bigint) language plpgsql stable rows 50
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with here as (
    select l.lane_no, l.priority, l.turn,
      case when p_seq < l.head then standing_behind(l.lane_no, l.cut_seq, p_seq + 1)
        else standing_behind(l.lane_no, l.cut_seq, l.head) + p_seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a
            where a.lane_no = l.lane_no and a.seq between l.head and p_seq), 0) end as round
    from lane as l where l.lane_no = p_lane),
  lanes as materialized (
    select s.*, l.cut_seq, here.lane_no is null or s.priority < here.priority as whole, here.round as here_round,
      (s.turn, s.lane_no) <= (here.turn, here.lane_no) as served
    from standing((-32768)::smallint) as s
    cross join lateral (select l.cut_seq from lane as l where l.lane_no = s.lane_no offset 0) as l
      left join here on true
    where s.project_no = (select project_no from project_gate where project_id = p_project)
      and (here.lane_no is null or s.priority <= here.priority))
  select x.job_id, l.lane_no, x.seq, x.round
  from lanes as l cross join lateral (
    select y.* from (
      select b.* from (
        select c.job_id, c.seq, row_number() over (order by c.seq) as round, c.type_no from (
          select distinct j.job_id, j.seq, j.type_no from handover as h cross join lateral (
            select a.job_id, a.seq, a.type_no from job as a
            where a.lane_no = h.lane_no and a.state = 0 and a.seq between h.from_seq and h.to_seq offset 0) as j
          where h.lane_no = l.lane_no
          union all
          select j.job_id, j.seq, j.type_no from job as j
            where j.lane_no = l.lane_no and j.state = 3 and j.seq > l.cut_seq
          union all
          select j.job_id, j.seq, j.type_no from job as j
            where j.lane_no = l.lane_no and j.state = 7 and j.seq > l.cut_seq) as c) as b
      where (l.whole or b.round > l.here_round or (b.round = l.here_round and not l.served))
        and (p_type is null or b.type_no = (select type_no from job_type where name = p_type))
      union all
      (select j.job_id, j.seq, r.round, j.type_no
      from job as j cross join lateral (
        select l.behind + j.seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a
            where a.lane_no = l.lane_no and a.seq between l.head and j.seq), 0) as round offset 0) as r
      where j.lane_no = l.lane_no and j.state = 0 and j.seq >= l.head + case when l.whole then 0
        else greatest(0, l.here_round - l.behind - 1) end
        and (l.whole or r.round > l.here_round or (r.round = l.here_round and not l.served))
        and (p_type is null or j.type_no = (select type_no from job_type where name = p_type))
      order by j.seq limit p_limit)) as y
    order by y.seq limit p_limit) as x
  order by l.priority desc, x.round, l.turn, l.lane_no limit p_limit;
end $$;

-- A page of what is settled, newest first, of a project or of one of its runs, behind (p_at, p_seq, p_id). Rows that a
-- cut has decided on but not written yet belong to it. Costs by the page, not by what has ended: each state is walked
-- from its newest, with all of one moment. A run's are looked for between its times, a minute's play on both sides.
create function settled_page(p_project int, p_run int, p_type text, p_states smallint[], p_at timestamptz, p_seq bigint,
  p_id uuid, p_limit int)
returns table (job_id uuid, finished_at timestamptz, seq bigint) language sql stable rows 50 as $$
  with asked as materialized (
    select least(coalesce(p_at, 'infinity'), coalesce(r.until, 'infinity')) as until,
      coalesce(r.since, '-infinity') as since,
      coalesce(p_run, -1) as first_run, coalesce(p_run, 2147483647) as last_run,
        coalesce(t.type_no, 0::smallint) as first_type,
      case when p_type is null then 32767::smallint else coalesce(t.type_no, (-1)::smallint) end as last_type
    from (select) as always
    left join lateral (
      select r.created_at - interval '1 minute' as since, greatest(r.latest_at, (
        select max(l.cut_at) from lane as l where l.run_no = p_run)) + interval '1 minute' as until
      from run as r where r.run_no = p_run offset 0) as r on true
    left join lateral (select t.type_no from job_type as t where t.name = p_type offset 0) as t on true)
  select s.* from (
    (select j.* from asked as a cross join unnest(p_states) as of (state) cross join lateral (
      select j.job_id, j.finished_at, j.seq from job as j
      where j.project_no = p_project and j.state = of.state and j.state in (4, 5)
        and j.finished_at between a.since and a.until
        and coalesce(j.run_no, 0) between a.first_run and a.last_run and j.type_no between a.first_type and a.last_type
        and (p_at is null or (j.finished_at, j.seq, j.job_id) < (p_at, p_seq, p_id))
      order by j.finished_at desc fetch first (p_limit) rows with ties) as j where of.state in (4, 5))
    union all
    (select j.* from asked as a cross join lateral (
      select j.job_id, j.finished_at, j.seq from job as j
      where j.project_no = p_project and j.state = 6 and j.finished_at between a.since and a.until
        and coalesce(j.run_no, 0) between a.first_run and a.last_run and j.type_no between a.first_type and a.last_type
        and (p_at is null or (j.finished_at, j.seq, j.job_id) < (p_at, p_seq, p_id))
      order by j.finished_at desc, j.seq desc, j.job_id desc limit p_limit) as j where 6 = any(p_states))
    union all
    (select j.job_id, l.cut_at, j.seq from asked as a cross join lateral (
      select * from lane where swept_seq < cut_seq and project_no + 0 = p_project
        and (p_run is null or run_no + 0 = p_run) and 6 = any(p_states)
        and (p_at is null or cut_at <= p_at)) as l
    cross join lateral (
      select x.* from (
        (select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 0 and b.seq > l.swept_seq and b.seq <= l.cut_seq
            and (p_at is null or l.cut_at < p_at or (b.seq, b.job_id) < (p_seq, p_id))
              and b.type_no between a.first_type and a.last_type
          order by b.seq desc limit p_limit)
        union all select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 3 and b.seq <= l.cut_seq
        union all select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 7 and b.seq <= l.cut_seq
        union all select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 2 and b.seq <= l.cut_seq) as x
      where (p_at is null or l.cut_at < p_at or (x.seq, x.job_id) < (p_seq, p_id))
        and x.type_no between a.first_type and a.last_type) as j)) as s
  order by s.finished_at desc, s.seq desc, s.job_id desc limit p_limit
$$;
