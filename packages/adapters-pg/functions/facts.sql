-- Appending facts.

-- A UUIDv7 (RFC 9562) of that time: 48 bits of time, the rest random.
create function uuid_at(p_at timestamptz) returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from p_at) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- Appends facts for all members, in the given order, and takes feed heads by ascending project: call it last.
-- In plpgsql, since a function in SQL would be planned at each call.
create function fact_append_all(p_projects int[], p_types text[], p_datas json[], p_now timestamptz) returns void
  language plpgsql as $$
begin
  with given as materialized (
    select g.project_id, row_number() over here as nth, count(*) over (partition by g.project_id) as added, f.type,
      f.data
    from unnest(p_projects, p_types, p_datas) with ordinality as f (project_no, type, data, place)
    cross join lateral (select g.project_id from project_gate as g where g.project_no = f.project_no offset 0) as g
    window here as (partition by g.project_id order by f.place)),
  head as (
    insert into feed_head as h (project_id, seq)
    select project_id, count(*) from given group by project_id order by project_id
    on conflict (project_id) do update set seq = h.seq + excluded.seq
    returning h.project_id, h.seq)
  insert into fact (project_id, seq, event_id, type, audience, affected_user_ids, occurred_at, data)
  select project_id, head.seq - added + nth, uuid_at(p_now), type, 'members', null, p_now, data
  from given join head using (project_id);
end $$;

create function run_facts(p_projects int[], p_datas json[], p_now timestamptz) returns void language plpgsql as $$
begin
  if p_projects is not null then
    perform fact_append_all(p_projects, array_fill('run_status_changed'::text, array[cardinality(p_projects)]), p_datas,
      p_now);
  end if;
end $$;

-- What `job_failed` says of these, which failed, in the given order.
create function job_failures(p_ids uuid[]) returns table (project_no int, data json) language sql rows 10 as $$
  select j.project_no, json_build_object('itemId', j.job_id, 'runId',
    (select r.run_id from run as r where r.run_no = j.run_no),
    'type', (select t.name from job_type as t where t.type_no = j.type_no), 'attempt', j.attempt,
    'error', json_build_object('code', j.error -> 'code', 'message', j.error -> 'message'))
  from unnest(p_ids) with ordinality as s (id, i)
  cross join lateral (select * from job as j where j.job_id = s.id offset 0) as j
  order by s.i
$$;
