-- Usage of providers by handlers.

-- Counts a worker's report, once, and says what became of it; with the models of projects that had calls without a
-- price for the first time of the day. See UsageStore.record.
create function usage_record(
  p_reporter uuid, p_report bigint, p_prices bigint, p_groups json, p_jobs json, p_now timestamptz,
  p_ended json default null,
  out kind text, out unpriced json)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_last bigint;
  v_version bigint;
  v_day date := (p_now at time zone 'UTC')::date;
begin
  select report into v_last from usage_reporter where reporter_id = p_reporter;
  if v_last >= p_report then
    kind := 'repeated';
    return;
  end if;
  -- Shared with other reports; a change of prices takes it alone.
  perform pg_advisory_xact_lock_shared(1707727);
  select max(version) into v_version from price_list;
  if coalesce(v_version, 1) <> p_prices then
    kind := 'stale';
    return;
  end if;
  if v_last is null then
    delete from usage_reporter where at < p_now - interval '{{usageReportsKept}}';
  end if;
  -- An earlier try of this report may have gone on until now.
  insert into usage_reporter as r (reporter_id, report, at) values (p_reporter, p_report, p_now)
  on conflict (reporter_id) do update set report = excluded.report, at = excluded.at where r.report < excluded.report;
  if not found then
    kind := 'repeated';
    return;
  end if;

  -- Before jobs: budgets are moved under the lock of the window.
  if p_ended is not null or exists (select from budget) then
    perform budgets_spent(p_groups, p_ended, p_now);
  end if;
  if p_jobs is not null then
    with given as materialized (
      select job_id, units, cost from json_to_recordset(p_jobs) as g (job_id uuid, units bigint, cost bigint)),
    held as materialized (
      select j.job_id from job as j where j.job_id = any(array(select job_id from given))
      order by j.job_id for no key update)
    update job as j set units = coalesce(j.units, 0) + given.units,
      cost_micros = coalesce(j.cost_micros, 0) + given.cost
    from given where j.job_id = any(array[given.job_id]) and given.job_id in (select job_id from held);
  end if;

  -- In the order of the key.
  insert into usage_sum as u (project_no, day, run_no, model, calls, input, output, cached, cache_write, reasoning,
    cost_micros, unpriced, last_at)
  select p.project_no, v_day, coalesce(r.run_no, 0), g.model, g.calls, g.input, g.output, g.cached, g.cache_write,
    g.reasoning, g.cost, g.unpriced, p_now
  from json_to_recordset(p_groups) as g (project_id uuid, run_id uuid, model text, calls bigint, input bigint,
    output bigint, cached bigint, cache_write bigint, reasoning bigint, cost bigint, unpriced bigint)
  join project_gate as p on p.project_id = g.project_id
  left join run as r on r.run_id = g.run_id
  order by 1, 3, 4
  on conflict (project_no, day, run_no, model) do update set calls = u.calls + excluded.calls,
    input = u.input + excluded.input, output = u.output + excluded.output, cached = u.cached + excluded.cached,
    cache_write = u.cache_write + excluded.cache_write, reasoning = u.reasoning + excluded.reasoning,
    cost_micros = u.cost_micros + excluded.cost_micros, unpriced = u.unpriced + excluded.unpriced,
    last_at = greatest(u.last_at, excluded.last_at);

  with met as (
    insert into unpriced_model (project_no, day, model)
    select distinct p.project_no, v_day, g.model
    from json_to_recordset(p_groups) as g (project_id uuid, model text, unpriced bigint)
    join project_gate as p on p.project_id = g.project_id
    where g.unpriced > 0 order by 1, 3
    on conflict do nothing returning project_no, model)
  select json_agg(json_build_object('projectId', p.project_id, 'model', met.model)
    order by p.project_id, met.model collate "C")
  into unpriced from met join project_gate as p using (project_no);
  kind := 'counted';
end $$;
