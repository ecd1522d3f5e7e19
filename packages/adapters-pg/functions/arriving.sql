-- Jobs that a host adds in a transaction of its own, and putting them in line.
--
-- Such a job is a row of state 8 in no lane. The host's transaction inserts that row, and its key if it has one, and
-- touches nothing that others wait for: no lane, counter, gate or intake. The collector does the rest once it has
-- committed.

-- Adds jobs of state 8, and says of each who holds its key instead. What others' objects are named does not matter
-- here, nor whose transaction it is.
create function job_arrive(p_jobs text) returns json language plpgsql security definer
  set search_path from current set plan_cache_mode = force_generic_plan as $$
declare
  v_job record;
  v_project int;
  v_type smallint;
  v_taken record;
  v_answers json[] := '{}';
begin
  for v_job in
    select x.* from rows from (json_to_recordset(p_jobs::json) as (
      "jobId" uuid, "projectId" uuid, "taskId" uuid, type text, payload json, priority smallint, "maxAttempts" smallint,
      "availableAt" timestamptz, "createdBy" uuid, "createdAt" timestamptz, "unique" json, limits json, after json))
        with ordinality
      as x (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at,
        unique_by, limits, after, place)
    order by x.unique_by ->> 'key' collate "C" nulls last, x.place
  loop
    select g.project_no into v_project from project_gate as g where g.project_id = v_job.project_id;
    if not found then
      raise exception 'There is no project %', v_job.project_id using errcode = 'no_data_found';
    end if;
    perform from json_array_elements_text(v_job.after -> 'parents') as p (id)
    where not exists (select from job as j where j.job_id = p.id::uuid and j.project_no = v_project);
    if found then
      raise exception 'A job to wait for is none of the project' using errcode = 'foreign_key_violation';
    end if;
    perform where v_job.after -> 'run' ->> 'runId' is not null and not exists (
      select from run as r where r.run_id = (v_job.after -> 'run' ->> 'runId')::uuid and r.project_no = v_project);
    if found then
      raise exception 'A run to wait for is none of the project' using errcode = 'foreign_key_violation';
    end if;
    v_type := job_type_no(v_job.type);
    select null::uuid as holder, false as differs into v_taken;
    if v_job.unique_by is not null then
      select t.holder, t.differs into v_taken from uniques_take(array[v_job.job_id], array[v_job.project_id],
        array[v_job.type], array[v_job.unique_by ->> 'key'], array[(v_job.unique_by ->> 'until')::timestamptz],
        array[v_job.unique_by ->> 'states'], array[v_job.unique_by ->> 'digest'], v_job.created_at, 5000) as t;
    end if;
    if v_taken.holder is null then
      insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id,
        created_by, payload, unique_by, arrival, arrived_at)
      values (v_job.job_id, 0, 0, v_project, v_type, 8, v_job.max_attempts, v_job.due_at, v_job.created_at,
        v_job.task_id, v_job.created_by, coalesce(v_job.payload, 'null'), v_job.unique_by,
        json_build_object('priority', v_job.priority, 'limits', v_job.limits, 'after', v_job.after),
        clock_timestamp());
    end if;
    v_answers := v_answers || json_build_object('jobId', coalesce(v_taken.holder, v_job.job_id),
      'status', case when v_taken.holder is null then 'added' else 'existing' end, 'differs', v_taken.differs,
      'state', case when v_taken.holder is null then 'pending' else job_state_name(v_taken.holder) end);
  end loop;
  return array_to_json(v_answers);
end $$;

-- The state of the job in the word that is told of it.
create function job_state_name(p_id uuid) returns text language sql stable as $$
  select (array['pending', 'active', 'pending', 'pending', 'completed', 'failed', 'cancelled', 'pending', 'pending',
    'pending', 'active'])[job_told_state(j.state, j.starts, j.seq, coalesce(l.cut_seq, 0)) + 1]
  from job as j left join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l on true
  where j.job_id = p_id
$$;

-- Whether jobs have arrived that nobody has put in line: of those of the last 15 s by the database's clock, or of all.
-- An old entry of the index may be of a row that is long gone, so that all are not looked at each time.
create function jobs_arrived(p_recent boolean) returns boolean language sql stable as $$
  select exists (select from job as j where j.state = 8 and j.arrived_at >= case when p_recent
    then clock_timestamp() - interval '15 s' else '-infinity' end)
$$;

-- Puts up to p_limit of them at the ends of their lanes, in the order of their ids, and gives them. One at a time, and
-- nobody waits for a row that somebody is at. Those that waited for others, or for people, were counted when they were
-- added, and the latter keep their rows; those that are to wait for others begin to.
create function jobs_collect(p_limit int, p_recent boolean) returns table (
  job_id uuid, project_id uuid, type text, priority smallint, created_by uuid, counted boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_ids uuid[];
  v_jobs json; v_blocked json; v_all json;
  v_asleep uuid[]; v_risen uuid[];
begin
  if not pg_try_advisory_xact_lock(7077237003) then
    return;
  end if;
  select array_agg(a.job_id order by a.job_id) filter (where a.lane_no = 0),
    array_agg(a.job_id order by a.job_id) filter (where a.lane_no <> 0) into v_ids, v_asleep from (
    select j.job_id, j.lane_no from job as j
    where j.state = 8 and j.arrived_at >= case when p_recent then clock_timestamp() - interval '15 s'
      else '-infinity' end
      -- Sleepers that are not to go on are ended elsewhere.
      and not (j.lane_no <> 0 and (j.cancelling or exists (select from lane as l
        where l.lane_no = j.lane_no and (l.stopped or j.seq <= l.cut_seq) offset 0)))
    order by j.arrived_at, j.job_id limit p_limit for update skip locked) as a;
  if v_asleep is not null then
    v_risen := asleep_rise(v_asleep);
    return query select j.job_id, g.project_id, t.name, l.priority, j.created_by, true
    from job as j join project_gate as g on g.project_no = j.project_no join job_type as t on t.type_no = j.type_no
    join lane as l on l.lane_no = j.lane_no where j.job_id = any(v_risen) order by 1;
  end if;
  if v_ids is null then
    return;
  end if;
  with gone as (
    delete from job as j where j.job_id = any(v_ids) and j.state + 0 = 8
    returning j.*),
  read as (
    select gone.job_id, json_typeof(gone.arrival -> 'after') is not distinct from 'object' as waits,
      json_build_object('jobId', gone.job_id, 'projectId', g.project_id, 'taskId', gone.task_id,
        'type', t.name, 'payload', gone.payload, 'priority', (gone.arrival ->> 'priority')::smallint,
        'maxAttempts', gone.max_attempts, 'availableAt', gone.due_at, 'createdBy', gone.created_by,
        'createdAt', gone.created_at, 'unique', gone.unique_by,
        'limitSet', case when json_typeof(gone.arrival -> 'limits') = 'object'
          then (limit_sets_kept(json_build_array(gone.arrival -> 'limits')))[1] else gone.set_no end,
        'children', gone.children, 'after', gone.arrival -> 'after',
        'counted', coalesce(gone.arrival ->> 'counted', '') = 'true') as job
    from gone join project_gate as g on g.project_no = gone.project_no
    join job_type as t on t.type_no = gone.type_no)
  select json_agg(job order by job_id) filter (where not waits), json_agg(job order by job_id) filter (where waits),
    json_agg(job order by job_id)
  into v_jobs, v_blocked, v_all from read;
  if v_blocked is not null then
    perform parents_lock_apart(v_blocked);
  end if;
  if v_jobs is not null then
    perform job_add(v_jobs);
    update job as j set children = true
    from json_to_recordset(v_jobs) as x ("jobId" uuid, children boolean)
    where x.children and j.job_id = any(array[x."jobId"]);
    update queue_made as q set total = q.total - d.n
    from (
      select g.project_no, t.type_no, count(*) as n
      from json_to_recordset(v_jobs) as x ("projectId" uuid, type text, counted boolean)
      join project_gate as g on g.project_id = x."projectId" join job_type as t on t.name = x.type
      where x.counted group by 1, 2) as d
    where q.project_no = d.project_no and q.type_no = d.type_no;
  end if;
  if v_blocked is not null then
    perform jobs_block(v_blocked);
  end if;
  return query select x."jobId", x."projectId", x.type, x.priority, x."createdBy", x.counted
  from json_to_recordset(v_all) as x (
    "jobId" uuid, "projectId" uuid, type text, priority smallint, "createdBy" uuid, counted boolean)
  order by 1;
end $$;

-- Makes these types known, so that no host's transaction is the first to name one.
create function job_types_known(p_types text[]) returns void language sql as $$
  select job_type_no(type) from (select distinct type from unnest(p_types) as type order by 1) as t
  where not exists (select from job_type as known where known.name = t.type)
$$;

-- Locks the job if it stands in no lane, alone: nobody who holds a gate or a lane waits for such a row. Says whether it
-- still stands in none.
create function job_lock_apart(p_id uuid) returns boolean language plpgsql as $$
begin
  perform from job where job_id = p_id and state in (8, 9, 10) for update;
  return found;
end $$;
