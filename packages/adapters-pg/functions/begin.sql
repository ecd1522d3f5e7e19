-- Handing over, taking and beginning jobs.
--
-- What is hot. Plans are made once a connection, often on empty tables, and must be right on full ones: see ADR 0039
-- for `+ 0`, `any(array[…])` and `offset 0`.

-- Hands up to p_limit jobs over to the broker. Gives their ids and lanes, and of each the place of its type in p_types.
-- See WorkerStore.feed.
create function job_feed(p_limit int, p_types text[], p_now timestamptz, out ids uuid[], out lanes int[],
  out types int[])
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_seqs bigint[];
  v_again uuid[];
begin
  -- A feed that is lost in a crash of the database has handed nothing over: begin asks for seq < head.
  perform set_config('synchronous_commit', 'off', true);
  -- What has keys is taken from the line itself, where they are asked: see `job_take`.
  select w.ids, w.seqs, w.lanes, w.types, w.again into ids, v_seqs, lanes, types, v_again
  from job_window(p_limit, p_types, p_now, false, 0, null, null, null, null) as w;
  if v_again is not null then
    update job as j set state = 0 where j.job_id = any(v_again) and j.state + 0 = 3;
  end if;
  insert into handover (lane_no, from_seq, to_seq, handed_at)
  select w.lane_no, min(w.seq), max(w.seq), p_now
  from unnest(ids, v_seqs, lanes) as w (id, seq, lane_no)
    group by w.lane_no, case when w.id = any(v_again) then w.seq end;

  -- Last, without waiting for a cancel that forgets the same: a window is done with when nothing of it is in line.
  delete from handover where handover_no in (
    select h.handover_no from handover as h
    where (select a.seq from job as a where a.lane_no = h.lane_no and a.state = 0
      and a.seq between h.from_seq and h.to_seq limit 1) is null
    for update skip locked);
end $$;

-- What of p_ids the worker has begun in these lanes, locked before and of which no job had begun, makes their runs
-- running. Lets the commit take its time where that makes no fact: a begin that a crash of the database loses only
-- makes its jobs pending again, and the settling that follows is fenced by the worker. A fact, once seen, must stay.
create function runs_begun(p_unstarted int[], p_ids uuid[], p_worker int, p_now timestamptz) returns void
  language plpgsql as $$
declare
  v_runs int[];
  v_projects int[]; v_datas json[];
begin
  if p_unstarted is not null then
    select array_agg(distinct j.run_no) into v_runs from job as j
    where j.job_id = any(p_ids) and j.state + 0 = 1 and j.worker_no + 0 = p_worker and j.lane_no + 0 = any(p_unstarted);
    update lane as l set started = true where l.lane_no = any(p_unstarted) and l.run_no = any(v_runs);
    perform from run where run_no = any(v_runs) order by run_no for no key update;
    with first as (
      update run as r set status = 'running', version = r.version + 1, started_at = p_now,
        earlier_at = p_now, earlier_settled = r.settled, mark_at = p_now, mark_settled = r.settled
      where r.run_no = any(v_runs) and r.status = 'pending' returning r.project_no, r.run_no, r.run_id, r.version)
    select array_agg(project_no order by run_no), array_agg(
        json_build_object('runId', run_id, 'status', 'running', 'from', 'pending', 'version', version) order by run_no)
    into v_projects, v_datas from first;
    perform run_facts(v_projects, v_datas, p_now);
  end if;
  if v_projects is null then
    perform set_config('synchronous_commit', 'off', true);
  end if;
end $$;

-- Begins those of p_ids that stand handed over in these lanes, locked before. In p_unstarted no job had begun.
create function jobs_start(p_ids uuid[], p_lanes int[], p_unstarted int[], p_worker int, p_now timestamptz)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload json, model text, scenario_id text,
    repeat int, attempt smallint, max_attempts smallint,
  starts smallint, not_nows smallint, set_no int)
language plpgsql rows 50 as $$
#variable_conflict use_column
begin
  -- What a lane's jobs share is looked up once a lane, not once a job.
  return query
    with g as materialized (
      select l.lane_no, l.cut_seq, l.head, p.project_id, r.run_id, r.models, r.repeats,
        r.definition_no, (select t.name from job_type as t where t.type_no = l.type_no) as type
      from lane as l
      cross join lateral (select p.project_id from project_gate as p where p.project_no = l.project_no offset 0) as p
      left join lateral (select r.run_id, r.models, r.repeats, r.definition_no from run as r
        where r.run_no = l.run_no offset 0) as r on true
      where l.lane_no = any(p_lanes)),
    b as (
      update job as j set state = 1, attempt = j.attempt + 1, starts = (j.starts + 1) & 32767, worker_no = p_worker,
        started_at = p_now, step = null, percent = null
      from g
      where j.job_id = any(p_ids) and j.lane_no + 0 = g.lane_no and j.state + 0 = 0 and j.seq > g.cut_seq
        and j.seq < g.head
      returning j.job_id, j.task_id, j.type_no, j.payload, j.place, j.attempt, j.max_attempts, j.starts, j.not_nows,
        nullif(j.set_no, 0) as set_no,
        g.project_id, g.run_id, g.models[j.model] as model, g.repeats, g.definition_no, g.type)
    select b.job_id, b.project_id, b.run_id, b.task_id,
      coalesce(b.type, (select t.name from job_type as t where t.type_no = b.type_no)),
      coalesce(b.payload, s.payload), b.model, s.scenario_id, run_job_repeat(b.job_id, b.repeats),
      b.attempt, b.max_attempts, b.starts, b.not_nows,
      b.set_no
    from b left join lateral (
      select s.scenario_id, s.payload from scenario as s
        where s.definition_no = b.definition_no and s.place between b.place and b.place
      order by s.place limit 1) as s on true;
  perform runs_begun(p_unstarted, p_ids, p_worker, p_now);
end $$;

-- Begins those that may begin now. See WorkerStore.begin.
create function job_begin(p_ids uuid[], p_lanes int[], p_worker uuid, p_now timestamptz)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload json, model text, scenario_id text,
    repeat int, attempt smallint, max_attempts smallint,
  starts smallint, not_nows smallint, set_no int)
language plpgsql rows 50 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_worker int;
  v_open int[]; v_shut int[]; v_unstarted int[];
begin
  select worker_no into v_worker from worker where worker_id = p_worker for key share;
  if not found then
    return;
  end if;
  -- All gates in one statement, and the next is one of its own: it sees what those who were waited for have committed.
  perform pg_advisory_xact_lock_shared(1707723, gate) from (
    select 0 as gate union select l.project_no from lane as l where l.lane_no = any(p_lanes) order by 1) as held;
  select array_agg(lane_no) filter (where open), array_agg(lane_no) filter (where not open),
    array_agg(lane_no) filter (where open and not started)
  into v_open, v_shut, v_unstarted from (
    select l.lane_no, l.started, not (l.held or l.budgeted or g.paused
      or (select s.paused from system_gate as s where s.only_row)) as open
    from lane as l cross join lateral (select g.paused from project_gate as g
      where g.project_no = l.project_no offset 0) as g
    where l.lane_no = any(p_lanes) order by l.lane_no for key share of l) as l;
  if v_unstarted is not null or v_shut is not null then
    perform from lane as l where l.lane_no = any(v_unstarted || v_shut) order by l.lane_no for no key update;
  end if;

  -- What may not begin goes back in line at its place, so that it is handed over again when it may; or taken, where a
  -- budget has come over it meanwhile.
  if v_shut is not null then
    update lane as l set ready = true where l.lane_no = any(v_shut);
    update job as j set state = 3 from lane as l
    where l.lane_no = any(v_shut) and j.job_id = any(p_ids) and j.lane_no + 0 = l.lane_no and j.state + 0 = 0
      and j.seq > l.cut_seq and j.seq < l.head;
  end if;

  return query select * from jobs_start(p_ids, v_open, v_unstarted, v_worker, p_now);
end $$;

-- Takes up to p_limit jobs from the head of the line, in order, and begins them. See WorkerStore.take. The worker holds
-- p_held jobs of p_sets, by its p_report-th report: p_unit_jobs of p_unit_sets have spent p_units in place of their
-- estimates; null: nothing has changed since the last one. p_uncounted: it keeps no count, and holds what is active
-- with it. p_projects: of these alone. p_durable: what spends of keys and budgets commits as the session says.
-- p_clock: keys go by the time of the database. Each row, or one without a job, tells when a key opens that others
-- wait for, in ms: infinity where an end or a person opens it.
create function job_take(p_limit int, p_types text[], p_worker uuid, p_now timestamptz, p_keyed boolean default null,
  p_clock boolean default false, p_sets int[] default null, p_held int[] default null, p_unit_sets int[] default null,
  p_unit_jobs int[] default null, p_units bigint[] default null, p_report bigint default null,
  p_uncounted boolean default false, p_projects uuid[] default null, p_durable boolean default false)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload json, model text, scenario_id text,
    repeat int, attempt smallint, max_attempts smallint,
  starts smallint, not_nows smallint, set_no int, opens_ms float8, reserves boolean)
language plpgsql rows 50 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_worker int;
  v_ids uuid[]; v_again uuid[]; v_lanes int[]; v_unstarted int[];
  v_ms float8; v_waits boolean; v_opens float8; v_more boolean;
  h_keys int[]; h_moved int[]; h_units bigint[]; h_held int[];
  v_opened int[]; v_given int[]; v_n int[]; v_spent bigint[]; v_shut int[];
  v_paid_jobs uuid[]; v_paid_budgets int[]; v_paid bigint[];
  v_commit text := current_setting('synchronous_commit');
begin
  select true, coalesce(min(w.open_ms), 'infinity') into v_waits, v_opens from limit_waiting as w having count(*) > 0;
  v_ms := extract(epoch from case when p_clock then clock_timestamp() else p_now end)::float8 * 1000;
  -- One that holds nothing with keys by its last take, and has nothing to settle, has nothing to say.
  if p_uncounted then
    if cardinality(p_unit_sets) > 0 or exists (
      select from worker as o join worker_hold as h on h.worker_no = o.worker_no
      where o.worker_id = p_worker and h.hold_keys <> '{}') then
      p_report := 0;
    end if;
  end if;
  if p_report is null and (v_opens <= v_ms) is not true then
    -- An idle worker asks four times a second, and a fast one after each bite: while nothing is in line, that costs a
    -- look and writes nothing.
    perform from lane_ready_now as l
    where not l.held and (l.waits or l.served_at < p_now - interval '1 s')
      and (p_keyed is null or (l.cells > 0) = p_keyed)
    order by l.priority desc, l.turn, l.lane_no limit 1;
    if not found then
      if v_waits then
        opens_ms := v_opens;
        return next;
      end if;
      return;
    end if;
  end if;
  select worker_no into v_worker from worker where worker_id = p_worker for key share;
  if not found then
    return;
  end if;
  perform pg_advisory_xact_lock(7077237002);
  -- With the lock in hand: nobody takes later by an earlier time.
  v_ms := extract(epoch from case when p_clock then clock_timestamp() else p_now end)::float8 * 1000;
  if p_uncounted and p_report is not null then
    -- With the lock in hand nobody begins anything for it; what ends meanwhile is told next time.
    select array_agg(a.set_no), array_agg(a.n) into p_sets, p_held from (
      select j.set_no, count(*)::int as n from job as j
      where j.state = 1 and j.worker_no = v_worker and j.set_no is not null group by 1) as a;
    p_report := 1 + coalesce((select h.report from worker_hold as h where h.worker_no = v_worker
      order by h.ver desc limit 1), 0);
  end if;
  if p_report is not null then
    select keys, moved, units, held into h_keys, h_moved, h_units, h_held
    from hold_compared(v_worker, p_sets, p_held, p_unit_sets, p_unit_jobs, p_units, p_report);
  end if;
  if v_waits then
    v_opened := cells_opened(p_limit, v_ms, h_keys, h_moved, h_units);
  end if;
  select w.ids, w.again, w.lanes, w.given_keys, w.given_n, w.given_units, w.shut_keys, w.more, w.paid_jobs,
    w.paid_budgets, w.paid
  into v_ids, v_again, v_lanes, v_given, v_n, v_spent, v_shut, v_more, v_paid_jobs, v_paid_budgets, v_paid
  from job_window(p_limit, p_types, p_now, p_keyed, v_ms, h_keys, h_moved, h_units, p_projects) as w;
  if v_given is not null or h_keys is not null then
    perform limits_moved(array_agg(t.k), array_agg(t.d), array_agg(t.u), array_agg(t.n), array_agg(t.v), v_ms) from (
      select k, sum(d)::int as d, sum(u)::bigint as u, sum(n)::int as n, sum(v)::bigint as v from (
        select k, d, u, 0 as n, 0::bigint as v from unnest(h_keys, h_moved, h_units) as h (k, d, u)
        union all select k, 0, 0, n, v from unnest(v_given, v_n, v_spent) as g (k, n, v)) as t group by k) as t;
    perform hold_written(v_worker, array_agg(t.k), array_agg(t.n), p_report) from (
      select k, sum(n)::int as n from (
        select k, n from unnest(h_keys, h_held) as h (k, n)
        union all select k, n from unnest(v_given, v_n) as g (k, n)
        union all select k, n from (select * from worker_hold as w where w.worker_no = v_worker and p_report is null
          order by w.ver desc limit 1) as w cross join lateral unnest(w.hold_keys, w.hold_n) as u (k, n)) as t
      group by k) as t;
  end if;
  if v_waits or v_shut is not null then
    perform limits_looked(array(select w.limit_no from limit_waiting as w
      where w.limit_no = any(v_opened || h_keys || v_given) order by 1) || v_shut, v_ms);
    if 0 > any(v_opened || v_shut) then
      perform budgets_looked(array(select distinct -k from unnest(v_opened || v_shut) as k where k < 0 order by 1));
    end if;
    select true, coalesce(min(w.open_ms), 'infinity') into v_waits, v_opens from limit_waiting as w having count(*) > 0;
  end if;
  opens_ms := case when v_more then v_ms when v_waits then v_opens end;
  if v_ids is null then
    perform set_config('synchronous_commit', 'off', true);
    if opens_ms is not null then
      return next;
    end if;
    return;
  end if;
  if v_paid_jobs <> '{}' then
    perform attempts_reserved(v_paid_jobs, v_paid_budgets, v_paid, v_worker);
  end if;
  if v_again is not null then
    update job as j set state = 0 where j.job_id = any(v_again) and j.state + 0 in (3, 7);
  end if;
  select array_agg(lane_no), array_agg(lane_no) filter (where not started) into v_lanes, v_unstarted from lane
    where lane_no = any(v_lanes);
  -- An update gives its rows in no order; handlers start in the line's.
  v_opens := opens_ms;
  return query select j.*, v_opens, coalesce(j.job_id = any(v_paid_jobs), false)
    from jobs_start(v_ids, v_lanes, v_unstarted, v_worker, p_now) as j
    order by array_position(v_ids, j.job_id);
  if p_durable and (v_given is not null or v_paid_jobs <> '{}') then
    perform set_config('synchronous_commit', v_commit, true);
  end if;
end $$;
