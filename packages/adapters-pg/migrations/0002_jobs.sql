-- Definitions, runs, and jobs in their lanes.
--
-- Locks are taken in one order everywhere, each by an explicit `select … order by … for …`, since an update of several rows has none of its
-- own: worker → intake → gates → lanes (lane_no) → jobs → runs (run_no) → queue_count → feed_head (project_id). What begins holds gates shared and lanes `for key share`;
-- what controls takes them alone and only then reads. What starts or enqueues holds the intake shared, which is not the gate, so that no pause waits for a large start.
-- Gates and intakes are advisory locks, given out in the order of asking: begins that overlap would keep a row `for share` for ever. The clock is always a parameter.

create table definition (
  definition_no int generated always as identity primary key,
  definition_id uuid not null unique,
  project_id uuid not null,
  name text not null,
  version int not null,
  job_type text not null,
  scenario_count int not null,
  created_at timestamptz(3) not null,
  unique (project_id, name, version)
);
create index definition_newest on definition (project_id, created_at desc, definition_id desc);

-- The last version given out of each name; its row lock gives versions out one after another.
create table definition_name (
  project_id uuid not null,
  name text not null,
  version int not null,
  primary key (project_id, name)
);

create table scenario (
  definition_no int not null,
  place int not null,
  scenario_id text not null,
  payload jsonb not null,
  primary key (definition_no, place),
  unique (definition_no, scenario_id)
);

create table job_type (
  type_no smallint generated always as identity primary key,
  name text not null unique
);

-- One row per worker process. Its jobs live and die with it, so a beat is one row however many jobs it holds.
create table worker (
  worker_no int generated always as identity primary key,
  worker_id uuid not null unique,
  lease_until timestamptz(3) not null
) with (fillfactor = 50);

-- What never changes stands first: an update then logs only the rest. Arrays count by the model's ordinal. Pending and active are not kept:
-- active is a count over job_active, pending is what is left.
create table run (
  run_no int generated always as identity primary key,
  run_id uuid not null unique,
  project_no int not null,
  definition_no int not null,
  type_no smallint not null,
  priority text not null check (priority in ('low', 'normal', 'high')),
  models text[] not null,
  config jsonb not null,
  idempotency_key text,
  created_by uuid,
  created_at timestamptz(3) not null,
  total int not null,
  -- Of the sampled scenarios, where these are not simply the first ones; jobs stand in the order of place, model.
  places int[],
  status text not null check (status in ('pending', 'running', 'paused', 'completed', 'cancelled')),
  version int not null,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  -- The rate's two marks, 5 s apart or more, and the latest settling: rate = (settled - earlier) / (latest - earlier).
  earlier_at timestamptz(3),
  earlier_settled int not null default 0,
  mark_at timestamptz(3),
  mark_settled int not null default 0,
  latest_at timestamptz(3),
  settled int not null default 0,
  completed int[] not null,
  failed int[] not null,
  cancelled int[] not null
) with (fillfactor = 50);
create unique index run_idempotency_key on run (project_no, idempotency_key) where idempotency_key is not null;
create index run_newest on run (project_no, created_at desc, run_id desc);
create index run_live on run (project_no) where status in ('pending', 'running', 'paused');

-- Jobs that share one fair turn: a run's, or a project's loose ones, of one priority.
create sequence lane_turn;
create table lane (
  lane_no int generated always as identity primary key,
  project_no int not null,
  run_no int,
  -- Of a run's jobs; null where types are mixed.
  type_no smallint,
  priority smallint not null,
  -- Jobs handed over per second at most; null: no limit.
  pace float8,
  -- Of a run that is paused or cancelled: nothing begins.
  held boolean not null,
  -- Of a cancelled run: what is active is told to stop.
  stopped boolean not null default false,
  -- A job of the run has begun, so that begin need not look at the run.
  started boolean not null,
  -- Something may be left to hand over: at the head, or again. Whoever makes a job pending sets it under the lane's lock, where a feed may clear it.
  ready boolean not null default false,
  -- When last served: the smaller, the sooner.
  turn bigint not null default 0,
  -- seq < head was handed over once; of seq >= head everything stands in line, but for lane_adjust.
  head bigint not null default 1,
  -- Given out densely under the lane's lock, so that their order is commit order.
  last_seq bigint not null default 0,
  -- A job not started with seq <= cut_seq *is* cancelled, since cut_at, whatever its row says. swept_seq: as far as rows say so too.
  cut_seq bigint not null default 0,
  cut_at timestamptz(3),
  swept_seq bigint not null default 0,
  -- With a pace: the earliest time of the next.
  next_at timestamptz(3)
) with (fillfactor = 50);
create unique index lane_key on lane (project_no, coalesce(run_no, 0), priority);
create index lane_run on lane (run_no) where run_no is not null;
create index lane_ready on lane (priority desc, turn, lane_no) where ready;
create index lane_unswept on lane (lane_no) where swept_seq < cut_seq;

-- -1 for each hole at seq >= head: cancelled or moved away alone, or not due yet.
create table lane_adjust (
  lane_no int not null,
  seq bigint not null,
  delta int not null,
  primary key (lane_no, seq)
);

-- What was handed over to a broker and may not have begun: jobs in line (state 0) with seq < head are covered by these, so none is ever forgotten.
create table handover (
  handover_no bigint generated always as identity primary key,
  lane_no int not null,
  from_seq bigint not null,
  to_seq bigint not null,
  handed_at timestamptz(3) not null
);
create index handover_lane on handover (lane_no);
create index handover_oldest on handover (handed_at);

-- state: 0 in line, 1 active, 2 waiting for availableAt, 3 in line again behind the head, 4 completed, 5 failed, 6 cancelled.
-- A run's job takes its payload from the scenario at `place` and its times from the run. No foreign keys and no full index with `state`: each costs a fifth of everything.
create table job (
  job_id uuid primary key,
  seq bigint not null,
  lane_no int not null,
  project_no int not null,
  run_no int,
  place int,
  type_no smallint not null,
  model smallint,
  state smallint not null default 0,
  attempt smallint not null default 0,
  max_attempts smallint not null,
  -- Deaths of workers in a row.
  crashes smallint not null default 0,
  cancelling boolean not null default false,
  worker_no int,
  started_at timestamptz(3),
  finished_at timestamptz(3),
  due_at timestamptz(3),
  created_at timestamptz(3),
  task_id uuid,
  created_by uuid,
  percent float8,
  step jsonb,
  payload jsonb,
  result jsonb,
  error jsonb
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
create index job_line on job (lane_no, seq) where state = 0;
create index job_active on job (worker_no) where state = 1;
create index job_waiting on job (due_at) where state = 2;
create index job_again on job (lane_no, seq) where state = 3;
-- Entries of one batch share their key, and so one posting list: half the cost of an index that ends in job_id.
create index job_settled on job (project_no, coalesce(run_no, 0), finished_at) where state >= 4;

create table queue_count (
  project_no int not null,
  type_no smallint not null,
  total bigint not null,
  completed bigint not null default 0,
  failed bigint not null default 0,
  cancelled bigint not null default 0,
  primary key (project_no, type_no)
) with (fillfactor = 50);

-- Lets nothing of the project begin until the end of the transaction. `hold_gates`, `set_gate` and `job_begin` take the same lock.
create function gate_take(p_project int) returns void language sql as $$
  select pg_advisory_xact_lock(1707723, p_project)
$$;

-- What comes to a project's queue passes its intake, which whoever cuts the whole queue shuts.
create function intake_take(p_project int) returns void language sql as $$
  select pg_advisory_xact_lock(1707724, p_project)
$$;

create function intake_share(p_projects int[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(1707724, p) from (select distinct p from unnest(p_projects) as p order by p) as held;
end $$;

create function job_type_no(p_name text) returns smallint language plpgsql as $$
declare
  v_no smallint;
begin
  select type_no into v_no from job_type where name = p_name;
  if found then
    return v_no;
  end if;
  insert into job_type (name) values (p_name) on conflict (name) do nothing;
  select type_no into v_no from job_type where name = p_name;
  return v_no;
end $$;

-- A UUIDv7 (RFC 9562) of that time: 48 bits of time, the rest random.
create function uuid_at(p_at timestamptz) returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from p_at) * 1000)::bigint) from 3) from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- Appends facts for all members, in the given order, and takes feed heads by ascending project: call it last.
create function fact_append_all(p_projects int[], p_types text[], p_datas jsonb[], p_now timestamptz) returns void language sql as $$
  with given as materialized (
    select g.project_id, row_number() over here as nth, count(*) over (partition by g.project_id) as added, f.type, f.data
    from unnest(p_projects, p_types, p_datas) with ordinality as f (project_no, type, data, place)
    join project_gate g using (project_no)
    window here as (partition by g.project_id order by f.place)),
  head as (
    insert into feed_head as h (project_id, seq)
    select project_id, count(*) from given group by project_id order by project_id
    on conflict (project_id) do update set seq = h.seq + excluded.seq
    returning h.project_id, h.seq)
  insert into fact (project_id, seq, event_id, type, audience, affected_user_ids, occurred_at, data)
  select project_id, head.seq - added + nth, uuid_at(p_now), type, 'members', null, p_now, data
  from given join head using (project_id)
$$;

-- Which `model` counts to add, by ordinal.
create function counts_plus(p_counts int[], p_models smallint[], p_by int[]) returns int[] language plpgsql immutable as $$
begin
  for i in 1..cardinality(p_models) loop
    p_counts[p_models[i]] := p_counts[p_models[i]] + p_by[i];
  end loop;
  return p_counts;
end $$;

-- From here on what is hot. Plans are made once a connection, often on empty tables: `+ 0` and the settings keep them on the keys, whatever the statistics say.

-- Moves the counters of runs and queues by groups of jobs that were just settled, and completes runs with their last job. Gives the facts of that.
create function job_count(
  p_projects int[], p_runs int[], p_types smallint[], p_models smallint[], p_states smallint[], p_counts int[], p_now timestamptz,
  out fact_projects int[], out fact_datas jsonb[])
language plpgsql as $$
declare
  v_done int[];
begin
  if cardinality(array_remove(p_runs, null)) > 0 then
    if (p_runs[1] = all(p_runs)) is not true then
      perform from run where run_no = any(p_runs) order by run_no for no key update;
    end if;
    with d as (
      select run_no, sum(n)::int as n, array_agg(model) filter (where state = 4) as completed, array_agg(n) filter (where state = 4) as c,
        array_agg(model) filter (where state = 5) as failed, array_agg(n) filter (where state = 5) as f,
        array_agg(model) filter (where state = 6) as cancelled, array_agg(n) filter (where state = 6) as x
      from unnest(p_runs, p_models, p_states, p_counts) as s (run_no, model, state, n) where run_no is not null group by run_no),
    moved as (
      update run as r set
        settled = r.settled + d.n,
        completed = case when d.c is null then r.completed else counts_plus(r.completed, d.completed, d.c) end,
        failed = case when d.f is null then r.failed else counts_plus(r.failed, d.failed, d.f) end,
        cancelled = case when d.x is null then r.cancelled else counts_plus(r.cancelled, d.cancelled, d.x) end,
        latest_at = p_now,
        earlier_at = case when p_now >= r.mark_at + interval '5 s' then r.mark_at else r.earlier_at end,
        earlier_settled = case when p_now >= r.mark_at + interval '5 s' then r.mark_settled else r.earlier_settled end,
        mark_at = case when p_now >= r.mark_at + interval '5 s' then p_now else r.mark_at end,
        mark_settled = case when p_now >= r.mark_at + interval '5 s' then r.settled + d.n else r.mark_settled end
      from d where r.run_no = d.run_no
      returning r.run_no, r.settled, r.total, r.status)
    select array_agg(run_no order by run_no) into v_done from moved where settled = total and status in ('pending', 'running', 'paused');
    if v_done is not null then
      with last as (select run_no, status from run where run_no = any(v_done)),
      done as (
        update run as r set status = 'completed', version = r.version + 1, finished_at = p_now
        from last where r.run_no = last.run_no
        returning r.project_no, r.run_no, r.run_id, r.version, last.status as prior)
      select array_agg(project_no order by run_no), array_agg(
          jsonb_build_object('runId', run_id, 'status', 'completed', 'from', prior, 'version', version) order by run_no)
      into fact_projects, fact_datas from done;
    end if;
  end if;

  if p_projects[1] <> any(p_projects) or p_types[1] <> any(p_types) then
    perform from queue_count as q
      where (q.project_no, q.type_no) in (select p, t from unnest(p_projects, p_types) as s (p, t))
      order by project_no, type_no for no key update;
  end if;
  update queue_count as q set completed = q.completed + d.c, failed = q.failed + d.f, cancelled = q.cancelled + d.x
  from (
    select project_no, type_no, coalesce(sum(n) filter (where state = 4), 0) as c, coalesce(sum(n) filter (where state = 5), 0) as f,
      coalesce(sum(n) filter (where state = 6), 0) as x
    from unnest(p_projects, p_types, p_states, p_counts) as s (project_no, type_no, state, n) group by 1, 2) as d
  where q.project_no = d.project_no and q.type_no = d.type_no;
end $$;

create function run_facts(p_projects int[], p_datas jsonb[], p_now timestamptz) returns void language plpgsql as $$
begin
  if p_projects is not null then
    perform fact_append_all(p_projects, array_fill('run_status_changed'::text, array[cardinality(p_projects)]), p_datas, p_now);
  end if;
end $$;

-- What `job_failed` says of these, which failed, in the given order.
create function job_failures(p_ids uuid[]) returns table (project_no int, data jsonb) language sql as $$
  select j.project_no, jsonb_build_object('itemId', j.job_id, 'runId', r.run_id, 'type', t.name, 'attempt', j.attempt,
    'error', jsonb_build_object('code', j.error -> 'code', 'message', j.error -> 'message'))
  from unnest(p_ids) with ordinality as s (id, i)
  join job as j on j.job_id = s.id join job_type as t on t.type_no = j.type_no left join run as r on r.run_no = j.run_no
  order by s.i
$$;

-- Counts groups of jobs that were just settled and writes the facts of that: what failed for good, then the runs that are complete.
create function job_record(
  p_failed uuid[], p_projects int[], p_runs int[], p_types smallint[], p_models smallint[], p_states smallint[], p_counts int[], p_now timestamptz)
returns void language plpgsql as $$
declare
  v_projects int[]; v_types text[]; v_datas jsonb[];
  v_run_projects int[]; v_run_datas jsonb[];
begin
  select * into v_run_projects, v_run_datas from job_count(p_projects, p_runs, p_types, p_models, p_states, p_counts, p_now);
  if p_failed is not null then
    select array_agg(f.project_no), array_agg('job_failed'::text), array_agg(f.data) into v_projects, v_types, v_datas
    from job_failures(p_failed) as f;
  end if;
  if v_projects is not null or v_run_projects is not null then
    perform fact_append_all(
      v_projects || v_run_projects,
      v_types || array_fill('run_status_changed'::text, array[coalesce(cardinality(v_run_projects), 0)]),
      v_datas || v_run_datas, p_now);
  end if;
end $$;

-- Takes up to p_limit jobs out of line, in order: they lie behind the heads of their lanes then, and are in line no more once the caller has said what they are.
-- p_again: those of them that came back (state 3). Their gates are held shared, their lanes alone. Of jobs in mixed lanes whose type is not wanted it makes state 3: they
-- wait behind the head for who does them.
create function job_window(
  p_limit int, p_types text[], p_now timestamptz, out ids uuid[], out seqs bigint[], out lanes int[], out types int[], out again uuid[])
language plpgsql as $$
declare
  v_types smallint[];
  v_lanes int[]; v_projects int[]; v_served int[];
  v_turn bigint;
  v_unwanted uuid[];
  v_drained boolean; v_holes boolean;
  v_cleared int;
begin
  -- One window at a time: two would only wait for each other on the same lanes.
  perform pg_advisory_xact_lock(7077237002);
  v_types := array(select t.type_no from unnest(p_types) with ordinality as p (name, i) left join job_type as t using (name) order by p.i);
  for v_try in 1..20 loop
    select array_agg(l.lane_no), array_agg(distinct l.project_no) into v_lanes, v_projects from (
      select lane_no, project_no from lane join project_gate g using (project_no)
      where ready and not held and not g.paused and (type_no is null or type_no = any(v_types)) and (next_at is null or next_at <= p_now)
      order by priority desc, turn, lane_no limit p_limit) as l;
    exit when v_lanes is null;
    -- The next statement is one of its own: it sees what those who were waited for have committed.
    perform pg_advisory_xact_lock_shared(1707723, gate) from unnest(array[0] || v_projects) as gate;
    perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;

    -- From here on these lanes' lines stand still: what becomes pending waits for the lane.
    v_turn := nextval('lane_turn');
    with q as materialized (
      select l.*, least(l.m, case when l.pace is null then l.m else floor(extract(epoch from p_now - greatest(l.next_at, p_now - interval '250 ms'))::float8 * l.pace)::int + 1 end) as quota
      from (
        select lane_no, priority, turn, head, cut_seq, pace, next_at,
          greatest(1, ceil(p_limit::float8 / count(*) over (partition by priority)))::int as m
        from lane join project_gate as g using (project_no) cross join system_gate as s
        where lane_no = any(v_lanes) and ready and not held and not g.paused and not s.paused) as l),
    w0 as materialized (
      select q.lane_no, q.priority, q.turn, q.m, j.*, row_number() over (partition by q.lane_no order by j.seq) as rn
      from q cross join lateral (
        select * from (
          (select a.job_id, a.seq, a.state, a.type_no from job as a
            where a.lane_no = q.lane_no and a.state = 3 and a.seq > q.cut_seq and a.type_no = any(v_types) order by a.seq limit q.quota)
          union all
          (select a.job_id, a.seq, a.state, a.type_no from job as a
            where a.lane_no = q.lane_no and a.state = 0 and a.seq >= q.head order by a.seq limit q.quota)) as either
        order by either.seq limit q.quota) as j),
    -- A priority is left only when none of its lanes filled its quota: strict priority.
    w as materialized (
      select *, row_number() over (order by priority desc, rn, turn, lane_no) as pos, array_position(v_types, type_no) as type from w0
      where priority >= coalesce((select max(priority) from w0 where rn = m), -32768)
      order by priority desc, rn, turn, lane_no limit p_limit),
    served as (
      update lane as l set
        turn = v_turn * 100000 + d.pos,
        head = greatest(l.head, d.to_seq + 1),
        next_at = case when l.pace is null then null
          else greatest(l.next_at, p_now - interval '250 ms') + d.n * interval '1 s' / l.pace end
      from (
        select w.lane_no, max(w.pos) as pos, max(w.seq) filter (where w.state = 0) as to_seq, count(w.type) as n
        from w group by w.lane_no) as d
      where l.lane_no = d.lane_no
      returning l.head > l.last_seq as drained)
    select array_agg(w.job_id order by pos) filter (where w.type is not null), array_agg(w.seq order by pos) filter (where w.type is not null),
      array_agg(w.lane_no order by pos) filter (where w.type is not null), array_agg(w.type order by pos) filter (where w.type is not null),
      array_agg(w.job_id) filter (where w.state = 3), array_agg(w.job_id) filter (where w.type is null), array_agg(distinct w.lane_no),
      (select bool_or(drained) from served)
    into ids, seqs, lanes, types, again, v_unwanted, v_served, v_drained from w;
    if v_unwanted is not null then
      update job as j set state = 3 where j.job_id = any(v_unwanted);
    end if;

    -- A lane that has nothing more must not stand in the way of those that have.
    v_cleared := 0;
    if v_drained is not false or not v_lanes <@ v_served then
      with emptied as (
        update lane as l set
          head = case when s.line then l.head else l.last_seq + 1 end,
          ready = s.line or s.again
        from (
          select l.lane_no, exists (select from job as a where a.lane_no = l.lane_no and a.state = 0 and a.seq >= l.head) as line,
            exists (select from job as a where a.lane_no = l.lane_no and a.state = 3 and a.seq > l.cut_seq and a.job_id <> all(coalesce(again, '{}'))) as again
          from lane as l where l.lane_no = any(v_lanes) and l.ready and (l.head > l.last_seq or l.lane_no <> all(coalesce(v_served, '{}')))) as s
        where l.lane_no = s.lane_no and not s.line
        returning l.lane_no, l.ready)
      select count(*) filter (where not ready) into v_cleared from emptied;
    end if;
    delete from lane_adjust as a using lane as l where l.lane_no = any(v_lanes) and a.lane_no = l.lane_no and a.seq < l.head;
    exit when ids is not null or (v_served is null and v_cleared = 0);
  end loop;
end $$;

-- Hands up to p_limit jobs over to the broker. Gives their ids and lanes, and of each the place of its type in p_types. See JobStore.feed.
create function job_feed(p_limit int, p_types text[], p_now timestamptz, out ids uuid[], out lanes int[], out types int[])
language plpgsql set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_seqs bigint[];
  v_again uuid[];
begin
  -- A feed that is lost in a crash of the database has handed nothing over: begin asks for seq < head.
  perform set_config('synchronous_commit', 'off', true);
  select * into ids, v_seqs, lanes, types, v_again from job_window(p_limit, p_types, p_now);
  if v_again is not null then
    update job as j set state = 0 where j.job_id = any(v_again) and j.state + 0 = 3;
  end if;
  insert into handover (lane_no, from_seq, to_seq, handed_at)
  select w.lane_no, min(w.seq), max(w.seq), p_now
  from unnest(ids, v_seqs, lanes) as w (id, seq, lane_no) group by w.lane_no, case when w.id = any(v_again) then w.seq end;

  -- Last, without waiting for a cancel that forgets the same: a window is done with when nothing of it is in line.
  delete from handover where handover_no in (
    select h.handover_no from handover as h
    where (select a.seq from job as a where a.lane_no = h.lane_no and a.state = 0 and a.seq between h.from_seq and h.to_seq limit 1) is null
    for update skip locked);
end $$;

-- What of p_ids the worker has begun in these lanes, locked before and of which no job had begun, makes their runs running. Lets the commit take its time where
-- that makes no fact: a begin that a crash of the database loses only makes its jobs pending again, and the settling that follows is fenced by the worker. A fact,
-- once seen, must stay.
create function runs_begun(p_unstarted int[], p_ids uuid[], p_worker int, p_now timestamptz) returns void language plpgsql as $$
declare
  v_runs int[];
  v_projects int[]; v_datas jsonb[];
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
        jsonb_build_object('runId', run_id, 'status', 'running', 'from', 'pending', 'version', version) order by run_no)
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
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload jsonb, model text, scenario_id text, attempt smallint, max_attempts smallint)
language plpgsql as $$
#variable_conflict use_column
begin
  -- What a lane's jobs share is looked up once a lane, not once a job.
  return query
    with g as materialized (
      select l.lane_no, l.cut_seq, l.head, p.project_id, r.run_id, r.models, r.definition_no, t.name as type
      from lane as l join project_gate as p using (project_no) left join run as r using (run_no) left join job_type as t on t.type_no = l.type_no
      where l.lane_no = any(p_lanes)),
    b as (
      update job as j set state = 1, attempt = j.attempt + 1, worker_no = p_worker, started_at = p_now, step = null, percent = null
      from g
      where j.job_id = any(p_ids) and j.lane_no + 0 = g.lane_no and j.state + 0 = 0 and j.seq > g.cut_seq and j.seq < g.head
      returning j.job_id, j.task_id, j.type_no, j.payload, j.place, j.attempt, j.max_attempts, g.project_id, g.run_id, g.models[j.model] as model, g.definition_no, g.type)
    select b.job_id, b.project_id, b.run_id, b.task_id, coalesce(b.type, (select t.name from job_type as t where t.type_no = b.type_no)),
      coalesce(b.payload, s.payload), b.model, s.scenario_id, b.attempt, b.max_attempts
    from b left join lateral (
      select s.scenario_id, s.payload from scenario as s where s.definition_no = b.definition_no and s.place = b.place limit 1) as s on true;
  perform runs_begun(p_unstarted, p_ids, p_worker, p_now);
end $$;

-- Begins those that may begin now. See JobStore.begin.
create function job_begin(p_ids uuid[], p_lanes int[], p_worker uuid, p_now timestamptz)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload jsonb, model text, scenario_id text, attempt smallint, max_attempts smallint)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan as $$
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
  select array_agg(lane_no) filter (where open), array_agg(lane_no) filter (where not open), array_agg(lane_no) filter (where open and not started)
  into v_open, v_shut, v_unstarted from (
    select l.lane_no, l.started, not (l.held or g.paused or s.paused) as open
    from lane as l join project_gate as g using (project_no) cross join system_gate as s
    where l.lane_no = any(p_lanes) order by l.lane_no for key share of l) as l;
  if v_unstarted is not null or v_shut is not null then
    perform from lane as l where l.lane_no = any(v_unstarted || v_shut) order by l.lane_no for no key update;
  end if;

  -- What may not begin goes back in line at its place, so that it is handed over again when it may.
  if v_shut is not null then
    update lane as l set ready = true where l.lane_no = any(v_shut);
    update job as j set state = 3 from lane as l
    where l.lane_no = any(v_shut) and j.job_id = any(p_ids) and j.lane_no + 0 = l.lane_no and j.state + 0 = 0 and j.seq > l.cut_seq and j.seq < l.head;
  end if;

  return query select * from jobs_start(p_ids, v_open, v_unstarted, v_worker, p_now);
end $$;

-- Takes up to p_limit jobs from the head of the line, in order, and begins them. See JobStore.take.
create function job_take(p_limit int, p_types text[], p_worker uuid, p_now timestamptz)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload jsonb, model text, scenario_id text, attempt smallint, max_attempts smallint)
language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_worker int;
  v_ids uuid[]; v_again uuid[]; v_lanes int[]; v_unstarted int[];
begin
  select worker_no into v_worker from worker where worker_id = p_worker for key share;
  if not found then
    return;
  end if;
  select ids, again, lanes into v_ids, v_again, v_lanes from job_window(p_limit, p_types, p_now);
  if v_ids is null then
    return;
  end if;
  if v_again is not null then
    update job as j set state = 0 where j.job_id = any(v_again) and j.state + 0 = 3;
  end if;
  select array_agg(lane_no), array_agg(lane_no) filter (where not started) into v_lanes, v_unstarted from lane where lane_no = any(v_lanes);
  -- An update gives its rows in no order; handlers start in the line's.
  return query select j.* from jobs_start(v_ids, v_lanes, v_unstarted, v_worker, p_now) as j order by array_position(v_ids, j.job_id);
end $$;

-- Records how attempts ended: kinds are the states they lead to, 2 try again, 3 handed back. Gives what was recorded, or null where all was. See JobStore.settle.
create function job_settle(
  p_ids uuid[], p_attempts smallint[], p_kinds smallint[], p_values jsonb, p_due timestamptz[], p_steps text[], p_percents float8[],
  p_worker uuid, p_now timestamptz)
returns uuid[] language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_worker int;
  v_lanes int[];
  v_kinds smallint[] := p_kinds;
  v_done uuid[]; v_failed uuid[];
  v_projects int[]; v_runs int[]; v_types smallint[]; v_models smallint[]; v_states smallint[]; v_counts int[];
begin
  select worker_no into v_worker from worker where worker_id = p_worker;
  if not found then
    return '{}';
  end if;
  if 2 = any(p_kinds) or 3 = any(p_kinds) then
    -- Whoever makes a job pending again holds its lane, and reads there whether it was cancelled meanwhile.
    select array_agg(distinct j.lane_no) into v_lanes from job as j
    where j.job_id = any(array(select id from unnest(p_ids, p_kinds) as s (id, kind) where kind in (2, 3)));
    perform from lane as l where l.lane_no = any(v_lanes) order by l.lane_no for no key update;
    if 3 = any(p_kinds) then
      update lane as l set ready = true where l.lane_no = any(v_lanes);
    end if;
    select array_agg(case when s.kind in (2, 3) and (j.cancelling or l.stopped or j.seq <= l.cut_seq) then 6 else s.kind end order by s.i) into v_kinds
    from unnest(p_ids, p_kinds) with ordinality as s (id, kind, i)
    left join job as j on j.job_id = s.id and s.kind in (2, 3) left join lane as l on l.lane_no = j.lane_no;
  end if;

  with done as (
    update job as j set
      state = s.kind,
      attempt = case when s.kind = 3 then j.attempt - 1 else j.attempt end,
      crashes = case when s.kind = 3 then j.crashes else 0 end,
      finished_at = case when s.kind >= 4 then p_now end,
      due_at = case when s.kind = 2 then s.due else j.due_at end,
      result = case when s.kind = 4 then s.value end,
      error = case when s.kind in (2, 5) then s.value when s.kind = 3 then j.error end,
      step = coalesce(s.step::jsonb, j.step),
      percent = coalesce(s.percent, j.percent)
    from rows from (unnest(p_ids), unnest(p_attempts), unnest(v_kinds), jsonb_array_elements(p_values), unnest(p_due), unnest(p_steps), unnest(p_percents))
      as s (id, attempt, kind, value, due, step, percent)
    where j.job_id = s.id and j.state + 0 = 1 and j.attempt = s.attempt and j.worker_no + 0 = v_worker
    returning j.job_id, j.project_no, j.run_no, j.type_no, j.model, j.state),
  settled as (select project_no, run_no, type_no, model, state, count(*)::int as n from done where state >= 4 group by 1, 2, 3, 4, 5)
  select (select array_agg(job_id) from done), (select array_agg(job_id) from done where state = 5),
    array_agg(project_no), array_agg(run_no), array_agg(type_no), array_agg(model), array_agg(state), array_agg(n)
  into v_done, v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts from settled;

  if v_counts is not null then
    perform job_record(v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts, p_now);
  end if;
  return case when cardinality(v_done) = cardinality(p_ids) then null else coalesce(v_done, '{}') end;
end $$;

-- Takes back all that these workers, locked before, hold, and forgets them. Where they died, what they worked on has crashed once more. Says how many jobs that was.
create function worker_bury(p_workers int[], p_died boolean, p_now timestamptz) returns int language plpgsql as $$
declare
  v_lanes int[];
  v_active int;
  v_failed uuid[]; v_projects int[]; v_runs int[]; v_types smallint[]; v_models smallint[]; v_states smallint[]; v_counts int[];
begin
  select array_agg(lane_no) into v_lanes from (
    select distinct j.lane_no from job as j where j.state = 1 and j.worker_no = any(p_workers)) as l;
  perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
  update lane set ready = true where lane_no = any(v_lanes);

  with held as (
    select j.job_id, case when j.cancelling or l.stopped or j.seq <= l.cut_seq then 6 when p_died and j.crashes >= 4 then 5 else 3 end as state
    from job as j join lane as l using (lane_no)
    where j.state = 1 and j.worker_no = any(p_workers) order by j.job_id for no key update of j),
  taken as (
    update job as j set
      state = held.state,
      attempt = j.attempt - 1,
      crashes = case when p_died then j.crashes + 1 else j.crashes end,
      finished_at = case when held.state >= 4 then p_now end,
      error = case when held.state = 5
        then jsonb_build_object('code', 'worker_lost', 'message', '5 workers in a row died while they did this job', 'retryable', true)
        when held.state = 3 then j.error end
    from held where j.job_id = held.job_id
    returning j.job_id, j.project_no, j.run_no, j.type_no, j.model, j.state),
  settled as (select project_no, run_no, type_no, model, state, count(*)::int as n from taken where state >= 4 group by 1, 2, 3, 4, 5)
  select (select count(*) from taken), (select array_agg(job_id) from taken where state = 5),
    array_agg(project_no), array_agg(run_no), array_agg(type_no), array_agg(model), array_agg(state), array_agg(n)
  into v_active, v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts from settled;
  delete from worker where worker_no = any(p_workers);

  if v_counts is not null then
    perform job_record(v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts, p_now);
  end if;
  return v_active;
end $$;

-- See JobStore.closeWorker.
create function worker_close(p_worker uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_worker int;
begin
  select worker_no into v_worker from worker where worker_id = p_worker for update;
  if found then
    perform worker_bury(array[v_worker], false, p_now);
  end if;
end $$;

-- See JobStore.reapWorkers.
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

-- Keeps the latest steps. A job that is being settled right now is passed over: its outcome brings its own last step.
create function job_report(p_ids uuid[], p_attempts smallint[], p_steps text[], p_percents float8[], p_worker uuid) returns void language sql as $$
  with held as (
    select j.job_id from job as j where j.job_id = any(p_ids) and j.state + 0 = 1
    order by j.job_id for no key update skip locked),
  -- Of several reports of one job the furthest.
  given as (
    select distinct on (id) * from unnest(p_ids, p_attempts, p_steps::jsonb[], p_percents) as s (id, attempt, step, percent)
    order by id, attempt desc, (step ->> 'index')::int desc, percent desc)
  update job as j set step = s.step, percent = s.percent
  from given as s join held on held.job_id = s.id
  where j.job_id = s.id and j.state + 0 = 1 and j.attempt = s.attempt and j.worker_no + 0 = (select worker_no from worker where worker_id = p_worker)
    and (j.step is null or ((s.step ->> 'index')::int, s.percent) > ((j.step ->> 'index')::int, coalesce(j.percent, 0)))
$$;

-- Puts what is due in line, at its place where the head has not passed it yet. What a cut decided on meanwhile becomes what it is.
create function job_wake(p_now timestamptz, p_limit int, out woken int, out next_at timestamptz) language plpgsql as $$
declare
  v_ids uuid[];
  v_lanes int[];
begin
  select array_agg(job_id), array_agg(distinct lane_no) into v_ids, v_lanes from (
    select job_id, lane_no from job where state = 2 and due_at <= p_now order by due_at limit p_limit) as j;
  woken := 0;
  if v_ids is not null then
    perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
    with due as (
      select j.job_id, j.lane_no, j.seq, case when j.seq <= l.cut_seq then 6 when j.seq >= l.head then 0 else 3 end as state, l.cut_at
      from job as j join lane as l using (lane_no)
      where j.job_id = any(v_ids) and j.state + 0 = 2 and j.lane_no + 0 = any(v_lanes) order by j.job_id for no key update of j),
    moved as (
      update job as j set state = due.state, finished_at = case when due.state = 6 then due.cut_at end
      from due where j.job_id = due.job_id),
    filled as (
      delete from lane_adjust as a using due where due.state = 0 and a.lane_no = due.lane_no and a.seq = due.seq),
    roused as (
      update lane as l set ready = true where l.lane_no in (select due.lane_no from due where due.state <> 6))
    select count(*) filter (where state <> 6) into woken from due;
  end if;
  select min(due_at) into next_at from job where state = 2;
end $$;

-- Rows that a cut has decided on become what they are, up to p_limit of one lane. Says how many; 0 when done.
create function job_sweep(p_limit int) returns int language plpgsql as $$
declare
  v_lane int; v_cut bigint; v_swept bigint; v_cut_at timestamptz;
  v_count int; v_to bigint; v_more int;
begin
  loop
    select lane_no, cut_seq, swept_seq, cut_at into v_lane, v_cut, v_swept, v_cut_at
    from lane where swept_seq < cut_seq order by lane_no limit 1 for no key update skip locked;
    if not found then
      return 0;
    end if;
    with line as (
      update job as j set state = 6, finished_at = v_cut_at
      where j.job_id in (
        select a.job_id from job as a where a.lane_no = v_lane and a.state = 0 and a.seq > v_swept and a.seq <= v_cut order by a.seq limit p_limit)
        and j.state + 0 = 0
      returning j.seq)
    select count(*), max(seq) into v_count, v_to from line;
    if v_count < p_limit then
      -- The line is done; then what waits or came back, which is not in its order.
      update job as j set state = 6, finished_at = v_cut_at
      where j.job_id in (
        select b.job_id from (
          select a.job_id from job as a where a.lane_no = v_lane and a.state = 3 and a.seq <= v_cut
          union all select a.job_id from job as a where a.lane_no = v_lane and a.state = 2 and a.seq <= v_cut) as b
        limit p_limit - v_count)
        and j.state + 0 in (2, 3);
      get diagnostics v_more = row_count;
      v_count := v_count + v_more;
      v_to := case when v_count < p_limit then v_cut else greatest(v_swept, v_cut - 1) end;
    end if;
    update lane set swept_seq = v_to where lane_no = v_lane;
    if v_count > 0 then
      return v_count;
    end if;
  end loop;
end $$;

-- Adds loose jobs at the ends of their lanes, in the given order.
create function job_add(p_jobs jsonb) returns void language plpgsql as $$
declare
  v_lanes int[];
begin
  perform job_type_no(type) from (select distinct x ->> 'type' as type from jsonb_array_elements(p_jobs) as x order by 1) as t;
  perform intake_share(array(
    select g.project_no from project_gate as g where g.project_id in (select (x ->> 'projectId')::uuid from jsonb_array_elements(p_jobs) as x)));
  insert into lane (project_no, priority, held, started)
  select distinct g.project_no, (x ->> 'priority')::smallint, false, true
  from jsonb_array_elements(p_jobs) as x join project_gate as g on g.project_id = (x ->> 'projectId')::uuid order by 1, 2
  on conflict (project_no, coalesce(run_no, 0), priority) do nothing;
  select array_agg(lane_no) into v_lanes from (
    select l.lane_no from lane as l
    where l.run_no is null and (l.project_no, l.priority) in (
      select g.project_no, (x ->> 'priority')::smallint
      from jsonb_array_elements(p_jobs) as x join project_gate as g on g.project_id = (x ->> 'projectId')::uuid)
    order by l.lane_no for no key update) as l;

  with given as materialized (
    select l.lane_no, l.project_no, t.type_no, j.*, row_number() over (partition by l.lane_no order by j.place) as nth
    from jsonb_array_elements(p_jobs) with ordinality as x (job, place)
    cross join lateral (
      select x.place, (x.job ->> 'jobId')::uuid as job_id, (x.job ->> 'projectId')::uuid as project_id, (x.job ->> 'taskId')::uuid as task_id, x.job ->> 'type' as type,
        x.job -> 'payload' as payload, (x.job ->> 'priority')::smallint as priority, (x.job ->> 'maxAttempts')::smallint as max_attempts,
        (x.job ->> 'availableAt')::timestamptz as due_at, (x.job ->> 'createdBy')::uuid as created_by, (x.job ->> 'createdAt')::timestamptz as created_at) as j
    join project_gate as g using (project_id)
    join lane as l on l.lane_no = any(v_lanes) and l.project_no = g.project_no and l.priority = j.priority
    join job_type as t on t.name = j.type),
  ends as (
    update lane as l set last_seq = l.last_seq + d.n, ready = l.ready or d.due
    from (select lane_no, count(*) as n, bool_or(due_at <= created_at) as due from given group by lane_no) as d
    where l.lane_no = d.lane_no returning l.lane_no, l.last_seq - d.n as base),
  added as (
    insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id, created_by, payload)
    select job_id, lane_no, base + nth, project_no, type_no, case when due_at <= created_at then 0 else 2 end, max_attempts, due_at, created_at, task_id, created_by, payload
    from given join ends using (lane_no) order by place
    returning lane_no, seq, state),
  holes as (
    insert into lane_adjust (lane_no, seq, delta) select lane_no, seq, -1 from added where state = 2)
  insert into queue_count as q (project_no, type_no, total)
  select project_no, type_no, count(*) from given group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
end $$;

-- Holds what a job's begin, move or cancel would meet on: its project's intake and gate, all lanes it could stand in, and the job.
create function job_lock(p_id uuid) returns void language plpgsql as $$
declare
  v_project int; v_run int;
begin
  select project_no, run_no into v_project, v_run from job where job_id = p_id;
  if found then
    perform intake_take(v_project);
    perform gate_take(v_project);
    perform from lane where project_no = v_project and coalesce(run_no, 0) = coalesce(v_run, 0) order by lane_no for update;
    perform from job where job_id = p_id for update;
  end if;
end $$;

-- The job, locked and pending, is cancelled.
create function job_cancel(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_job job;
begin
  select * into v_job from job where job_id = p_id and state in (0, 2, 3);
  if found then
    perform job_leave_line(v_job);
    update job set state = 6, finished_at = p_now where job_id = p_id;
    perform job_record(null, array[v_job.project_no], array[v_job.run_no], array[v_job.type_no], array[v_job.model], array[6::smallint], array[1], p_now);
  end if;
end $$;

-- Leaves a hole where the job stands, if the head has not passed it. What waits has left one already.
create function job_leave_line(p_job job) returns void language sql as $$
  insert into lane_adjust (lane_no, seq, delta)
  select p_job.lane_no, p_job.seq, -1 from lane as l where p_job.state = 0 and l.lane_no = p_job.lane_no and p_job.seq >= l.head
$$;

-- The job, locked and pending, goes to the end of its lane of that priority.
create function job_move(p_id uuid, p_priority smallint) returns void language plpgsql as $$
declare
  v_job job; v_lane int; v_seq bigint;
begin
  select * into v_job from job where job_id = p_id and state in (0, 2, 3);
  if not found then
    return;
  end if;
  perform job_leave_line(v_job);
  insert into lane as l (project_no, run_no, type_no, priority, pace, held, stopped, started, next_at, last_seq, ready)
  select project_no, run_no, type_no, p_priority, pace, held, stopped, started, next_at, 1, v_job.state <> 2 from lane where lane_no = v_job.lane_no
  on conflict (project_no, coalesce(run_no, 0), priority) do update set last_seq = l.last_seq + 1, ready = l.ready or excluded.ready
  returning l.lane_no, l.last_seq into v_lane, v_seq;
  update job set lane_no = v_lane, seq = v_seq, state = case when state = 2 then 2 else 0 end where job_id = p_id;
  if v_job.state = 2 then
    insert into lane_adjust (lane_no, seq, delta) values (v_lane, v_seq, -1);
  end if;
end $$;

-- Failed jobs, locked, of one run or none, are in line again at the ends of their lanes as if new; counters move back and a completed run is running, its rate measured anew.
create function job_reopen(p_ids uuid[], p_run int, p_now timestamptz) returns boolean language plpgsql as $$
declare
  v_counts record;
  v_reopened boolean := false;
begin
  if p_run is not null then
    perform from run where run_no = p_run for no key update;
  end if;
  with failed as (
    select job_id, lane_no, row_number() over (partition by lane_no order by seq) as nth from job where job_id = any(p_ids)),
  ends as (
    update lane as l set last_seq = l.last_seq + d.n, ready = true
    from (select lane_no, count(*) as n from failed group by lane_no) as d
    where l.lane_no = d.lane_no returning l.lane_no, l.last_seq - d.n as base)
  update job as j set seq = ends.base + failed.nth, state = 0, attempt = 0, crashes = 0, cancelling = false, started_at = null, finished_at = null,
    due_at = p_now, step = null, percent = null, result = null, error = null
  from failed join ends using (lane_no) where j.job_id = failed.job_id;
  if p_run is not null then
    with d as (
      select sum(n)::int as n, array_agg(model) as models, array_agg(-n) as less
      from (select model, count(*)::int as n from job where job_id = any(p_ids) group by 1) as by_model)
    update run as r set settled = settled - d.n, earlier_settled = earlier_settled - d.n, mark_settled = mark_settled - d.n,
      failed = counts_plus(r.failed, d.models, d.less)
    from d where run_no = p_run;
    update run set status = 'running', version = version + 1, finished_at = null, earlier_at = p_now, earlier_settled = settled, mark_at = p_now, mark_settled = settled
    where run_no = p_run and status = 'completed';
    v_reopened := found;
    if v_reopened then
      update lane set held = false where run_no = p_run;
    end if;
  end if;
  perform from queue_count where (project_no, type_no) in (select project_no, type_no from job where job_id = any(p_ids))
    order by project_no, type_no for no key update;
  update queue_count as q set failed = q.failed - d.n
  from (select project_no, type_no, count(*) as n from job where job_id = any(p_ids) group by 1, 2) as d
  where q.project_no = d.project_no and q.type_no = d.type_no;
  return v_reopened;
end $$;

-- The failed job, locked before, is tried again.
create function job_retry(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run int;
begin
  select run_no into v_run from job where job_id = p_id and state = 5;
  if found and job_reopen(array[p_id], v_run, p_now) then
    perform fact_append_all(array[project_no], array['run_status_changed'],
      array[jsonb_build_object('runId', run_id, 'status', status, 'from', 'completed', 'version', version)], p_now)
    from run where run_no = v_run;
  end if;
end $$;

-- Everything of these lanes, locked before, that has not started is cancelled from now on. Counts nothing.
create function lane_cut(p_lanes int[], p_now timestamptz) returns void language sql as $$
  update lane set cut_seq = last_seq, head = last_seq + 1, cut_at = p_now, ready = false where lane_no = any(p_lanes);
  delete from handover where lane_no = any(p_lanes);
  delete from lane_adjust where lane_no = any(p_lanes);
$$;

-- How many jobs of the run, locked before, have not started, by model's ordinal.
create function run_left(p_run run) returns int[] language sql stable as $$
  select array_agg(p_run.total / cardinality(p_run.models) - p_run.completed[m] - p_run.failed[m] - p_run.cancelled[m] - coalesce(a.n, 0) order by m)
  from generate_subscripts(p_run.models, 1) as m
  left join (select model, count(*)::int as n from job where state = 1 and run_no = p_run.run_no group by model) as a on a.model = m
$$;

-- Cancels what has not started of the run, locked before, in its counters. Says how many. Its lanes are cut by the caller.
create function run_drop(p_run int, p_now timestamptz) returns int language plpgsql as $$
declare
  v_run run;
  v_left int[];
  v_n int;
begin
  select * into v_run from run where run_no = p_run;
  v_left := run_left(v_run);
  select sum(n) into v_n from unnest(v_left) as n;
  update run set settled = settled + v_n, earlier_settled = earlier_settled + v_n, mark_settled = mark_settled + v_n,
    cancelled = (select array_agg(c + l order by i) from unnest(cancelled, v_left) with ordinality as x (c, l, i))
  where run_no = p_run;
  return v_n;
end $$;

-- Its project's gate, its lanes and itself: nothing of it begins, and its counters stand still.
create function run_lock(p_id uuid) returns void language plpgsql as $$
declare
  v_project int; v_run int;
begin
  select project_no, run_no into v_project, v_run from run where run_id = p_id;
  if found then
    perform gate_take(v_project);
    perform from lane where run_no = v_run order by lane_no for update;
    perform from run where run_no = v_run for update;
  end if;
end $$;

-- The run, locked before, is cancelled.
create function run_cancel(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
  v_n int;
begin
  select * into v_run from run where run_id = p_id;
  update lane set held = true, stopped = true where run_no = v_run.run_no;
  perform lane_cut(array(select lane_no from lane where run_no = v_run.run_no), p_now);
  v_n := run_drop(v_run.run_no, p_now);
  update run set status = 'cancelled', version = version + 1, finished_at = p_now where run_no = v_run.run_no;
  update queue_count set cancelled = cancelled + v_n where project_no = v_run.project_no and type_no = v_run.type_no;
end $$;

-- The completed run, locked before, runs again with its failed jobs.
create function run_reopen(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run int;
begin
  select run_no into v_run from run where run_id = p_id;
  perform job_reopen(array(
    select job_id from job where job_id >= run_job_id(r, 1) and job_id <= run_job_id(r, r.total) and run_no + 0 = v_run and state + 0 = 5), v_run, p_now)
  from run as r where r.run_no = v_run;
end $$;

-- Cancels everything of the project that has not started. Says how many.
create function queue_clear(p_project uuid, p_now timestamptz) returns bigint language plpgsql as $$
declare
  v_project int;
  v_lanes int[];
  v_runs int[];
  v_fact_projects int[]; v_fact_datas jsonb[];
  v_count bigint;
begin
  select project_no into v_project from project_gate where project_id = p_project;
  perform intake_take(v_project);
  perform gate_take(v_project);
  select array_agg(lane_no) into v_lanes from (
    select lane_no from lane where project_no = v_project and last_seq > cut_seq
      and (run_no is null or run_no in (select run_no from run where project_no = v_project and status in ('pending', 'running', 'paused')))
    order by lane_no for update) as l;
  select array_agg(run_no) into v_runs from (
    select run_no from run where project_no = v_project and status in ('pending', 'running', 'paused') order by run_no for update) as r;
  perform from queue_count where project_no = v_project order by type_no for update;

  perform lane_cut(v_lanes, p_now);
  perform run_drop(run_no, p_now) from unnest(v_runs) as run_no;
  with prior as (select run_no, status from run where run_no = any(v_runs) and settled = total),
  done as (
    update run as r set status = 'completed', version = r.version + 1, finished_at = p_now
    from prior where r.run_no = prior.run_no returning r.project_no, r.run_no, r.run_id, r.version, prior.status)
  select array_agg(project_no order by run_no), array_agg(
      jsonb_build_object('runId', run_id, 'status', 'completed', 'from', status, 'version', version) order by run_no)
  into v_fact_projects, v_fact_datas from done;
  with dropped as (
    update queue_count as q set cancelled = q.cancelled + d.n
    from (
      select c.type_no, c.total - c.completed - c.failed - c.cancelled - coalesce(a.n, 0) as n from queue_count as c
      left join (select type_no, count(*) as n from job where state = 1 and project_no = v_project group by type_no) as a using (type_no)
      where c.project_no = v_project) as d
    where q.project_no = v_project and q.type_no = d.type_no returning d.n)
  select coalesce(sum(n), 0) into v_count from dropped;
  perform run_facts(v_fact_projects, v_fact_datas, p_now);
  return v_count;
end $$;

-- The n-th job id of a run: UUIDv7s of the run's time, told apart by the run's number where others are random, so that they ascend and no two runs share one.
create function run_job_id(p_run run, p_n bigint) returns uuid language sql immutable as $$
  select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-' || lpad(to_hex(p_n), 12, '0'))::uuid
  from (select lpad(to_hex((extract(epoch from p_run.created_at) * 1000)::bigint), 12, '0')
    || '7' || lpad(to_hex((p_run.run_no >> 14) & 4095), 3, '0') || to_hex(32768 | (p_run.run_no & 16383)) as h) as t
$$;

create function run_job_nth(p_id uuid) returns bigint language sql immutable as $$
  select ('x' || right(p_id::text, 12))::bit(48)::bigint
$$;

-- Keeps a run with its lane, its jobs and its counters. Gives the id of the first run with that key where there is one, else null.
create function run_add(
  p_run uuid, p_project uuid, p_definition uuid, p_type text, p_priority text, p_rank smallint, p_models text[], p_config jsonb, p_places int[],
  p_pace float8, p_max_attempts smallint, p_created_by uuid, p_key text, p_created_at timestamptz)
returns uuid language plpgsql as $$
declare
  v_run run;
  v_first uuid;
  v_lane int;
  v_prefix text;
  v_models int := cardinality(p_models);
  v_total int := cardinality(p_models) * cardinality(p_places);
  v_zeros int[] := array_fill(0, array[cardinality(p_models)]);
  v_type smallint := job_type_no(p_type);
begin
  perform intake_share(array(select project_no from project_gate where project_id = p_project));
  insert into run (run_id, project_no, definition_no, type_no, priority, models, config, idempotency_key, created_by, created_at, total, places, status, version, completed, failed, cancelled)
  select p_run, g.project_no, d.definition_no, v_type, p_priority, p_models, p_config, p_key, p_created_by, p_created_at, v_total,
    case when p_places[cardinality(p_places)] > cardinality(p_places) then p_places end, 'pending', 1, v_zeros, v_zeros, v_zeros
  from (select project_no from project_gate where project_id = p_project) as g
  cross join (select definition_no from definition where definition_id = p_definition) as d
  on conflict (project_no, idempotency_key) where idempotency_key is not null do nothing
  returning * into v_run;
  if v_run.run_no is null then
    select run_id into strict v_first from run join project_gate using (project_no) where project_id = p_project and idempotency_key = p_key;
    return v_first;
  end if;
  insert into lane (project_no, run_no, type_no, priority, pace, held, started, last_seq, ready, next_at)
  values (v_run.project_no, v_run.run_no, v_type, p_rank, p_pace, false, false, v_total, true, case when p_pace is not null then p_created_at end)
  returning lane_no into v_lane;
  v_prefix := left(run_job_id(v_run, 0)::text, 24);
  insert into job (job_id, seq, lane_no, project_no, run_no, place, type_no, model, max_attempts)
  select (v_prefix || lpad(to_hex(n), 12, '0'))::uuid, n, v_lane, v_run.project_no, v_run.run_no, p_places[(n - 1) / v_models + 1], v_type, (n - 1) % v_models + 1, p_max_attempts
  from generate_series(1, v_total) as n;
  insert into queue_count as q (project_no, type_no, total) values (v_run.project_no, v_type, v_total)
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
  return null;
end $$;

-- How many stand behind the head with a smaller seq than p_before.
create function standing_behind(p_lane int, p_cut bigint, p_before bigint) returns bigint language sql stable as $$
  select (
    select count(distinct j.seq) from handover as h cross join lateral (
      select a.seq from job as a where a.lane_no = h.lane_no and a.state = 0 and a.seq between h.from_seq and least(h.to_seq, p_before - 1) offset 0) as j
    where h.lane_no = p_lane
  ) + (
    select count(*) from job as j where j.lane_no = p_lane and j.state = 3 and j.seq > p_cut and j.seq < p_before
  )
$$;

-- Lanes in which something stands, with how many in all, and how many of them behind the head: handed over and not begun, or in line again.
create function standing(p_rank smallint) returns table (lane_no int, project_no int, priority smallint, turn bigint, head bigint, behind bigint, length bigint)
language sql stable as $$
  select l.lane_no, l.project_no, l.priority, l.turn, l.head, b.n,
    b.n + l.last_seq - l.head + 1 + coalesce((select sum(a.delta) from lane_adjust as a where a.lane_no = l.lane_no and a.seq >= l.head), 0)
  from lane as l cross join lateral (select standing_behind(l.lane_no, l.cut_seq, l.head) as n) as b
  where l.priority >= p_rank and (l.ready or l.lane_no in (select h.lane_no from handover as h))
$$;

-- Positions of those jobs that stand in line, at one moment: rank by priority, round, turn. `round` is a job's place in its lane.
create function job_positions(p_ids uuid[]) returns table (job_id uuid, round bigint, place bigint, global_place bigint) language sql stable as $$
  with mine as materialized (
    select j.job_id, j.lane_no, j.project_no, l.priority, l.turn,
      case when j.seq < l.head then standing_behind(j.lane_no, l.cut_seq, j.seq + 1)
        else standing_behind(j.lane_no, l.cut_seq, l.head) + j.seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a where a.lane_no = j.lane_no and a.seq between l.head and j.seq), 0) end as round
    from job as j join lane as l using (lane_no)
    where j.job_id = any(p_ids) and j.state + 0 in (0, 3) and j.seq > l.cut_seq),
  lanes as materialized (select * from standing((select min(priority) from mine)))
  select m.job_id, m.round, m.round + coalesce(sum(b.n) filter (where b.project_no = m.project_no), 0)::bigint, m.round + coalesce(sum(b.n), 0)::bigint
  from mine as m left join lateral (
    select o.project_no, case
      when o.priority > m.priority then o.length
      else least(o.length, m.round - case when (o.turn, o.lane_no) < (m.turn, m.lane_no) then 0 else 1 end) end as n
    from lanes as o where o.priority >= m.priority and o.lane_no <> m.lane_no) as b on true
  group by m.job_id, m.round
$$;

-- Jobs as they are told, with what cancels and clears have decided on but not written yet.
create view job_told as
select j.job_id, g.project_id, r.run_id, j.task_id, t.name as type, l.priority,
  case when j.state in (0, 2, 3) and j.seq <= l.cut_seq then 6 else j.state end as state,
  j.attempt, j.max_attempts, coalesce(j.due_at, j.created_at, r.created_at) as available_at, j.step, coalesce(j.percent, 0) as percent, j.error,
  r.models[j.model] as model, s.scenario_id, coalesce(j.created_by, r.created_by) as created_by, j.state = 1 and (j.cancelling or l.stopped) as cancelling,
  coalesce(j.created_at, r.created_at) as created_at, j.started_at,
  case when j.state in (0, 2, 3) and j.seq <= l.cut_seq then l.cut_at else j.finished_at end as finished_at,
  coalesce(j.payload, s.payload) as payload, j.result, j.project_no, j.run_no, j.lane_no, j.seq, j.place, j.model as model_no
from job as j join lane as l using (lane_no) join project_gate as g on g.project_no = j.project_no join job_type as t on t.type_no = j.type_no
left join run as r on r.run_no = j.run_no
left join scenario as s on s.definition_no = r.definition_no and s.place = j.place;

-- Counts by type of one project, or of all.
create function queue_counts(p_project uuid) returns table (type text, pending float8, active float8, completed float8, failed float8, cancelled float8) language sql stable as $$
  select t.name, (c.total - c.completed - c.failed - c.cancelled - coalesce(a.n, 0))::float8, coalesce(a.n, 0)::float8, c.completed::float8, c.failed::float8, c.cancelled::float8
  from (
    select type_no, sum(total) as total, sum(completed) as completed, sum(failed) as failed, sum(cancelled) as cancelled from queue_count
    where p_project is null or project_no = (select project_no from project_gate where project_id = p_project) group by type_no) as c
  join job_type as t using (type_no)
  left join (
    select type_no, count(*) as n from job
    where state = 1 and (p_project is null or project_no = (select project_no from project_gate where project_id = p_project)) group by type_no) as a using (type_no)
$$;

-- A page of a project's line, behind where lane p_lane has seq p_seq. Rounds are told from the lane as it is now, so a page goes on where the last one
-- ended although heads have moved since.
create function queue_line(p_project uuid, p_type text, p_lane int, p_seq bigint, p_limit int)
returns table (job_id uuid, lane_no int, seq bigint, round bigint) language sql stable as $$
  with here as (
    select l.lane_no, l.priority, l.turn,
      case when p_seq < l.head then standing_behind(l.lane_no, l.cut_seq, p_seq + 1)
        else standing_behind(l.lane_no, l.cut_seq, l.head) + p_seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a where a.lane_no = l.lane_no and a.seq between l.head and p_seq), 0) end as round
    from lane as l where l.lane_no = p_lane),
  lanes as materialized (
    select s.*, l.cut_seq, here.lane_no is null or s.priority < here.priority as whole, here.round as here_round,
      (s.turn, s.lane_no) <= (here.turn, here.lane_no) as served
    from standing((-32768)::smallint) as s join lane as l using (lane_no) left join here on true
    where s.project_no = (select project_no from project_gate where project_id = p_project) and (here.lane_no is null or s.priority <= here.priority))
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
          select j.job_id, j.seq, j.type_no from job as j where j.lane_no = l.lane_no and j.state = 3 and j.seq > l.cut_seq) as c) as b
      where (l.whole or b.round > l.here_round or (b.round = l.here_round and not l.served))
        and (p_type is null or b.type_no = (select type_no from job_type where name = p_type))
      union all
      (select j.job_id, j.seq, r.round, j.type_no
      from job as j cross join lateral (
        select l.behind + j.seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a where a.lane_no = l.lane_no and a.seq between l.head and j.seq), 0) as round offset 0) as r
      where j.lane_no = l.lane_no and j.state = 0 and j.seq >= l.head + case when l.whole then 0 else greatest(0, l.here_round - l.behind - 1) end
        and (l.whole or r.round > l.here_round or (r.round = l.here_round and not l.served))
        and (p_type is null or j.type_no = (select type_no from job_type where name = p_type))
      order by j.seq limit p_limit)) as y
    order by y.seq limit p_limit) as x
  order by l.priority desc, x.round, l.turn, l.lane_no limit p_limit
$$;

-- A page of what is settled, newest first, of a project or of one of its runs, behind (p_at, p_seq, p_id). Rows that a cut has decided on but not
-- written yet belong to it.
create function settled_page(p_project int, p_run int, p_type text, p_states smallint[], p_at timestamptz, p_seq bigint, p_id uuid, p_limit int)
returns table (job_id uuid, finished_at timestamptz, seq bigint) language sql stable as $$
  select s.* from (
    (select j.* from (
      select 0 as run_no where p_run is null
      union all select run_no from run where project_no = p_project and settled > 0 and (p_run is null or run_no = p_run)) as r
    cross join lateral (
      select j.job_id, j.finished_at, j.seq from job as j
      where j.project_no = p_project and coalesce(j.run_no, 0) = r.run_no and j.state >= 4 and j.state = any(p_states)
        and (p_at is null or (j.finished_at <= p_at and (j.finished_at, j.seq, j.job_id) < (p_at, p_seq, p_id)))
        and (p_type is null or j.type_no = (select type_no from job_type where name = p_type))
      order by j.finished_at desc, j.seq desc, j.job_id desc limit p_limit) as j)
    union all
    (select j.job_id, l.cut_at, j.seq from (
      select * from lane where swept_seq < cut_seq and project_no = p_project and (p_run is null or run_no = p_run) and 6 = any(p_states)
        and (p_at is null or cut_at <= p_at)) as l
    cross join lateral (
      select x.* from (
        (select a.job_id, a.seq, a.type_no from job as a where a.lane_no = l.lane_no and a.state = 0 and a.seq > l.swept_seq and a.seq <= l.cut_seq
            and (p_at is null or l.cut_at < p_at or (a.seq, a.job_id) < (p_seq, p_id))
            and (p_type is null or a.type_no = (select type_no from job_type where name = p_type))
          order by a.seq desc limit p_limit)
        union all select a.job_id, a.seq, a.type_no from job as a where a.lane_no = l.lane_no and a.state = 3 and a.seq <= l.cut_seq
        union all select a.job_id, a.seq, a.type_no from job as a where a.lane_no = l.lane_no and a.state = 2 and a.seq <= l.cut_seq) as x
      where (p_at is null or l.cut_at < p_at or (x.seq, x.job_id) < (p_seq, p_id))
        and (p_type is null or x.type_no = (select type_no from job_type where name = p_type))) as j)) as s
  order by s.finished_at desc, s.seq desc, s.job_id desc limit p_limit
$$;
