-- Workers that leave or died.

-- Takes back all that these workers, locked before, hold, and forgets them. Where they died, what they worked on has
-- crashed once more. Says how many jobs that was.
create function worker_bury(p_workers int[], p_died boolean, p_now timestamptz) returns int language plpgsql as $$
declare
  v_lanes int[];
  v_active int;
  v_ids uuid[];
  v_failed uuid[]; v_projects int[]; v_runs int[]; v_types smallint[]; v_models smallint[]; v_states smallint[];
    v_counts int[];
  v_keys int[]; v_held int[]; v_none int[];
begin
  -- What they held ends with them, and not before.
  if exists (select from worker_hold as h where h.worker_no = any(p_workers)) then
    perform pg_advisory_xact_lock(7077237002);
    select array_agg(k), array_agg(-n), array_agg(0) into v_keys, v_held, v_none from (
      select u.k, sum(u.n)::int as n from unnest(p_workers) as w (worker_no)
      cross join lateral (
        select * from worker_hold as h where h.worker_no = w.worker_no order by h.ver desc limit 1) as h
      cross join lateral unnest(h.hold_keys, h.hold_n) as u (k, n) group by u.k) as t;
    perform limits_moved(v_keys, v_held, v_none, v_none, v_none, extract(epoch from p_now)::float8 * 1000);
    delete from worker_hold where worker_no = any(p_workers);
    update limit_waiting set open_ms = 0 where limit_no = any(v_keys);
  end if;
  perform reserves_assumed(p_workers);
  select array_agg(lane_no) into v_lanes from (
    select distinct j.lane_no from job as j where j.state = 1 and j.worker_no = any(p_workers)) as l;
  perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
  update lane set ready = true where lane_no = any(v_lanes);

  with held as (
    select j.job_id, case when j.cancelling or l.stopped or j.seq <= l.cut_seq then 6
      when p_died and j.crashes + 1 >= {{mostDeaths}} then 5 else 3 end as state
    from job as j cross join lateral (select l.stopped, l.cut_seq from lane as l
      where l.lane_no = j.lane_no offset 0) as l
    where j.job_id = any(array(select a.job_id from job as a where a.state = 1 and a.worker_no = any(p_workers)))
      and j.state + 0 = 1 and j.worker_no + 0 = any(p_workers) order by j.job_id for no key update of j),
  taken as (
    update job as j set
      state = held.state,
      attempt = j.attempt - 1,
      crashes = case when p_died then j.crashes + 1 else j.crashes end,
      finished_at = case when held.state between 4 and 6 then p_now end,
      error = case when held.state = 5
        then {{workerLost}}::json
        when held.state = 3 then j.error end
    from held where j.job_id = any(array[held.job_id])
    returning j.job_id, j.project_no, j.run_no, j.type_no, j.model, j.state, j.children),
  parents as (
    insert into ended_parent (job_id, state) select job_id, state from taken where children and state between 4 and 6),
  settled as (
    select project_no, run_no, type_no, model, state, count(*)::int as n from taken where state between 4 and 6
      group by 1, 2, 3, 4, 5
    union all
    select project_no, null, type_no, null, 1, count(*)::int from taken where p_died group by 1, 3)
  select (select count(*) from taken), (select array_agg(job_id) from taken),
    (select array_agg(job_id) from taken where state = 5),
    array_agg(project_no), array_agg(run_no), array_agg(type_no), array_agg(model), array_agg(state), array_agg(n)
  into v_active, v_ids, v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts from settled;
  if v_ids is not null then
    insert into job_attempt (job_id, attempt, started_at, ended_at, worker_id, outcome, error)
    select j.job_id, j.attempt + 1, j.started_at, p_now, w.worker_id, case when p_died then 9 else 3 end,
      case when j.state = 5 then j.error end
    from job as j join worker as w on w.worker_no = j.worker_no where j.job_id = any(v_ids);
  end if;
  delete from worker where worker_no = any(p_workers);
  if v_failed is not null then
    perform failures_noted(v_failed, null, null, {{workerLostPattern}}, p_now);
  end if;

  if v_counts is not null then
    if has_escalation(v_runs) then
      perform scenarios_settled(v_ids);
    end if;
    perform job_record(v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts, p_now);
  end if;
  return v_active;
end $$;

-- See WorkerStore.closeWorker.
create function worker_close(p_worker uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_worker int;
begin
  select worker_no into v_worker from worker where worker_id = p_worker for update;
  if found then
    perform worker_bury(array[v_worker], false, p_now);
  end if;
end $$;

-- See WorkerStore.reapWorkers.
create function worker_reap(p_now timestamptz) returns int language plpgsql as $$
declare
  v_workers int[];
begin
  select array_agg(worker_no) into v_workers from (
    select worker_no from worker where lease_until < p_now order by worker_no for update skip locked) as w;
  if v_workers is null then
    return 0;
  end if;
  return worker_bury(v_workers, true, p_now);
end $$;
