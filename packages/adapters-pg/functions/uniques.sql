-- Unique keys: which job of a project and type holds one.
--
-- Keys are taken in their own order, before all gates, lanes and jobs. Whether the holder still holds is asked in a
-- statement of its own: one that looks with the snapshot of before the wait finds a holder that is not there yet.

-- The state of a job as it is told: of a row that a cut has decided on, and of a sleeper that is about to go on.
create function job_told_state(p_state smallint, p_starts smallint, p_seq bigint, p_cut bigint) returns smallint
  language sql immutable as $$
  select case when p_state in (0, 2, 3, 7) and p_seq <= p_cut then 6::smallint
    when p_state = 8 and p_starts > 0 then 10::smallint else p_state end
$$;

-- Takes a key for each of these jobs, or says who holds it: of each its holder then, and whether that was added with
-- another payload. Of two with one key the first takes it. Gives up after p_wait ms behind an open transaction.
create function uniques_take(
  p_ids uuid[], p_projects uuid[], p_types text[], p_keys text[], p_untils timestamptz[], p_states text[],
  p_digests text[], p_now timestamptz, p_wait int)
returns table (nth int, holder uuid, differs boolean) language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_wait text := current_setting('lock_timeout');
  v_projects int[]; v_types smallint[];
  v_holders uuid[] := array_fill(null::uuid, array[cardinality(p_ids)]);
  v_differs boolean[] := array_fill(false, array[cardinality(p_ids)]);
  v_mine uuid[];
  v_at int[];
  v_key unique_key;
  i int;
begin
  perform job_type_no(type) from (select distinct type from unnest(p_types) as type order by 1) as t
    where not exists (select from job_type as known where known.name = t.type);
  select array_agg(g.project_no order by x.i), array_agg(t.type_no order by x.i) into v_projects, v_types
  from unnest(p_projects, p_types) with ordinality as x (project, type, i)
  left join project_gate as g on g.project_id = x.project left join job_type as t on t.name = x.type;
  -- The first of each key, in the order of keys.
  select array_agg(nth order by project_no, type_no, key collate "C") into v_at from (
    select distinct on (project_no, type_no, key) project_no, type_no, key, i::int as nth
    from unnest(v_projects, v_types, p_keys) with ordinality as x (project_no, type_no, key, i)
    where project_no is not null order by project_no, type_no, key, i) as firsts;
  perform set_config('lock_timeout', p_wait || 'ms', true);
  with made as (
    insert into unique_key (project_no, type_no, key, job_id, until, states, digest)
    select v_projects[n], v_types[n], p_keys[n], p_ids[n], p_untils[n], p_states[n]::smallint[],
      decode(p_digests[n], 'hex')
    from unnest(v_at) with ordinality as a (n, place) order by place
    on conflict do nothing returning job_id)
  select coalesce(array_agg(job_id), '{}') into v_mine from made;
  for i in select n from unnest(v_at) with ordinality as a (n, place) where p_ids[n] <> all(v_mine) order by place loop
    loop
      select k.* into v_key from unique_key as k
      where k.project_no = v_projects[i] and k.type_no = v_types[i] and k.key = p_keys[i] for update;
      exit when found;
      -- Somebody has taken it away since it was in the way.
      insert into unique_key (project_no, type_no, key, job_id, until, states, digest)
      values (v_projects[i], v_types[i], p_keys[i], p_ids[i], p_untils[i], p_states[i]::smallint[],
        decode(p_digests[i], 'hex'))
      on conflict do nothing;
    end loop;
    continue when v_key.job_id = p_ids[i];
    if unique_holds(v_key, p_now) then
      v_holders[i] := v_key.job_id;
      v_differs[i] := v_key.digest <> decode(p_digests[i], 'hex');
    else
      update unique_key as k set job_id = p_ids[i], until = p_untils[i], states = p_states[i]::smallint[],
        digest = decode(p_digests[i], 'hex')
      where k.project_no = v_projects[i] and k.type_no = v_types[i] and k.key = p_keys[i];
    end if;
  end loop;
  perform set_config('lock_timeout', v_wait, true);
  -- The others of a key exist by the first one.
  return query
  select x.i::int, case when x.i = f.n then v_holders[f.n] else coalesce(v_holders[f.n], p_ids[f.n]) end,
    case when x.i = f.n then v_differs[f.n]
      when v_holders[f.n] is null then p_digests[x.i] <> p_digests[f.n]
      else (select k.digest <> decode(p_digests[x.i], 'hex') from unique_key as k
        where k.project_no = x.project_no and k.type_no = x.type_no and k.key = x.key) end
  from unnest(v_projects, v_types, p_keys) with ordinality as x (project_no, type_no, key, i)
  join unnest(v_at) as f (n) on v_projects[f.n] = x.project_no and v_types[f.n] = x.type_no and p_keys[f.n] = x.key
  order by 1;
end $$;

-- Whether the job that the key names still holds it. A statement of its own, behind the lock of the key.
create function unique_holds(p_key unique_key, p_now timestamptz) returns boolean language plpgsql volatile
  set plan_cache_mode = force_generic_plan as $$
declare
  v_state smallint;
begin
  if p_key.until > p_now then
    return true;
  end if;
  select job_told_state(j.state, j.starts, j.seq, coalesce(l.cut_seq, 0)) into v_state
  from job as j left join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l on true
  where j.job_id = p_key.job_id;
  return found and v_state = any(p_key.states);
end $$;

-- Takes the keys that these failed jobs were added with once more, where nobody else holds them. Gives those whose key
-- is held, with who holds it. Of two with one key the first takes it.
create function uniques_retake(p_ids uuid[], p_now timestamptz)
returns table (job_id uuid, project_id uuid, holder uuid)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_job record;
  v_key unique_key;
  v_mine uuid[] := '{}';
begin
  for v_job in
    select j.job_id, j.project_no, j.type_no, j.unique_by ->> 'key' as key,
      (j.unique_by ->> 'until')::timestamptz as until, (j.unique_by ->> 'states')::smallint[] as states,
      decode(j.unique_by ->> 'digest', 'hex') as digest
    from job as j where j.job_id = any(p_ids) and j.unique_by is not null and j.state + 0 = 5
    order by j.project_no, j.type_no, j.unique_by ->> 'key' collate "C", j.job_id
  loop
    loop
      select k.* into v_key from unique_key as k
      where k.project_no = v_job.project_no and k.type_no = v_job.type_no and k.key = v_job.key for update;
      exit when found;
      insert into unique_key (project_no, type_no, key, job_id, until, states, digest)
      values (v_job.project_no, v_job.type_no, v_job.key, v_job.job_id, v_job.until, v_job.states, v_job.digest)
      on conflict do nothing;
    end loop;
    if v_key.job_id <> v_job.job_id and (v_key.job_id = any(v_mine) or unique_holds(v_key, p_now)) then
      job_id := v_job.job_id;
      project_id := (select g.project_id from project_gate as g where g.project_no = v_job.project_no);
      holder := v_key.job_id;
      return next;
    else
      v_mine := v_mine || v_job.job_id;
      update unique_key as k set job_id = v_job.job_id, until = v_job.until, states = v_job.states,
        digest = v_job.digest
      where k.project_no = v_job.project_no and k.type_no = v_job.type_no and k.key = v_job.key;
    end if;
  end loop;
end $$;

-- The job, locked and pending, goes to the end of its lane of that priority as if it had just been added so. Its key,
-- locked before, is told by the new payload.
create function job_replace(p_id uuid, p_priority smallint, p_payload json, p_due timestamptz, p_digest text,
  p_now timestamptz)
returns void language plpgsql as $$
begin
  update job set payload = p_payload, due_at = p_due,
    unique_by = json_build_object('key', unique_by -> 'key', 'states', unique_by -> 'states',
      'until', unique_by -> 'until', 'digest', p_digest)
  where job_id = p_id;
  update unique_key set digest = decode(p_digest, 'hex') where (project_no, type_no, key) = (
    select project_no, type_no, unique_by ->> 'key' from job where job_id = p_id);
  perform job_move(p_id, p_priority);
  perform job_rest(p_id, p_due, p_now);
end $$;

-- The job, locked and pending, waits for that time, or waits no longer if that has come.
create function job_rest(p_id uuid, p_due timestamptz, p_now timestamptz) returns void language plpgsql as $$
declare
  v_job job;
begin
  select * into v_job from job where job_id = p_id;
  if p_due > p_now and v_job.state = 0 then
    insert into lane_adjust (lane_no, seq, delta) values (v_job.lane_no, v_job.seq, -1);
    update job set state = 2 where job_id = p_id;
  elsif p_due <= p_now and v_job.state = 2 then
    delete from lane_adjust where lane_no = v_job.lane_no and seq = v_job.seq;
    update job set state = 0 where job_id = p_id;
    update lane set ready = true where lane_no = v_job.lane_no;
  end if;
end $$;
