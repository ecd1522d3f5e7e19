-- Counts of what ended, by stretches of time: job_count and appending facts write them.

-- Puts counts from before p_before together to a coarser grain, up to p_limit of each kind, and says how many. Several
-- may do so at once.
create function rates_thin(p_from smallint, p_to smallint, p_before timestamptz, p_limit int) returns int
language plpgsql as $$
declare
  v_wide interval := make_interval(secs => p_to);
  v_before timestamptz := date_bin(make_interval(secs => p_to), p_before, timestamptz 'epoch');
  v_jobs int;
  v_steps int;
begin
  with old as materialized (
    select ctid as place from job_rate where grain = p_from and at < v_before order by at limit p_limit
      for update skip locked),
  gone as (
    delete from job_rate where ctid = any(array(select place from old)) returning *),
  kept as (
    insert into job_rate as r (project_no, type_no, grain, at, settled, failed, retried, lost)
    select project_no, type_no, p_to, date_bin(v_wide, at, timestamptz 'epoch'), sum(settled), sum(failed),
      sum(retried), sum(lost)
    from gone group by 1, 2, 3, 4 order by 1, 2, 4
    on conflict (project_no, type_no, grain, at) do update set settled = r.settled + excluded.settled,
      failed = r.failed + excluded.failed, retried = r.retried + excluded.retried, lost = r.lost + excluded.lost)
  select count(*) into v_jobs from gone;
  with old as materialized (
    select ctid as place from step_rate where grain = p_from and at < v_before order by at limit p_limit
      for update skip locked),
  gone as (
    delete from step_rate where ctid = any(array(select place from old)) returning *),
  kept as (
    insert into step_rate as r (project_id, step_id, step_type, grain, at, submitted, returned)
    select project_id, step_id, step_type, p_to, date_bin(v_wide, at, timestamptz 'epoch'), sum(submitted),
      sum(returned)
    from gone group by 1, 2, 3, 4, 5 order by 1, 2, 3, 5
    on conflict (project_id, step_id, step_type, grain, at) do update set
      submitted = r.submitted + excluded.submitted, returned = r.returned + excluded.returned)
  select count(*) into v_steps from gone;
  return v_jobs + v_steps;
end $$;
