-- Runs that start after others.
--
-- A link is locked behind its run. A part of the scenarios is made with the link alone locked.

-- Keeps a run that waits for another. Gives the id of the first run with that key where there is one, else null.
create function run_link_add(
  p_run uuid, p_project uuid, p_parent uuid, p_when text, p_request json, p_type text, p_priority text, p_models text[],
    p_repeats smallint, p_config json, p_created_by uuid, p_key text, p_created_at timestamptz)
returns uuid language plpgsql as $$
declare
  v_run run;
begin
  select * into v_run from run_keep(p_run, p_project,
    nextval(pg_get_serial_sequence('definition', 'definition_no'))::int, job_type_no(p_type), p_priority, p_models,
    p_repeats, p_config, p_created_by, p_key, p_created_at, 0, null);
  if v_run.run_no is null then
    return run_of_key(p_project, p_key);
  end if;
  insert into run_link (run_no, parent_no, start_when, request)
  select v_run.run_no, p.run_no, p_when, p_request from run as p where p.run_id = p_parent;
  return null;
end $$;

-- Locks a run without jobs. Jobs may then be added to its project's queue.
create function run_link_lock(p_id uuid) returns void language plpgsql as $$
begin
  perform intake_share(array(select project_no from run where run_id = p_id));
  perform from run where run_id = p_id for update;
end $$;

-- Gives a run, locked with its link, its lane and its jobs.
create function run_link_fill(p_id uuid, p_rank smallint, p_config json, p_places int[], p_pace float8,
  p_max_attempts smallint, p_sets int[], p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
begin
  update run set config = p_config, version = version + 1, places = places_kept(p_places),
    total = cardinality(models) * repeats * cardinality(p_places)
  where run_id = p_id returning * into strict v_run;
  perform run_fill(v_run, p_rank, p_places, p_pace, p_max_attempts, p_sets, p_now);
  update run_link set state = 'made' where run_no = v_run.run_no;
end $$;

-- A link, locked, ends without jobs. Where nothing is to be done its run, locked too, completes.
create function run_link_end(p_id uuid, p_reason text, p_message text, p_now timestamptz) returns void
language plpgsql as $$
declare
  v_run run;
begin
  select * into strict v_run from run where run_id = p_id;
  update run_link set state = 'ended', reason = p_reason, message = p_message where run_no = v_run.run_no;
  if p_reason = 'nothingToDo' then
    update run set status = 'completed', version = version + 1, finished_at = p_now where run_no = v_run.run_no;
  end if;
end $$;

-- The link of a run, as the run tells it.
create function link_told(p_run int) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object('parentId', p.run_id, 'when', l.start_when, 'state', l.state, 'made', l.made,
      'refused', l.refused, 'refusals', l.refusals, 'reason', l.reason, 'message', l.message,
      'stale', (l.state = 'made' or l.reason is not distinct from 'nothingToDo')
        and p.finished_at is distinct from l.parent_ended_at)
    from run_link as l cross join lateral (
      select p.run_id, p.finished_at from run as p where p.run_no = l.parent_no offset 0) as p
    where l.run_no = p_run);
end $$;
