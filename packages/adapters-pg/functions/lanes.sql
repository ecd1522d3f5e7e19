-- Lanes: what stands in line, comes back into it and leaves it.

-- Lanes that are ready. One that jobs are added to is so for a second longer than something waits in it, so that adds
-- need not make it ready each time: it is shown as one where nothing waits.
create view lane_ready_now as
select l.*, l.run_no is not null or l.served_at is null
    or exists (select from job as a where a.lane_no = l.lane_no and a.state = 0 and a.seq >= l.head offset 0)
    or exists (select from job as a where a.lane_no = l.lane_no and a.state = 3 and a.seq > l.cut_seq offset 0)
    or l.passed and exists (select from lane_cell as c
      where c.lane_no = l.lane_no and c.passed and c.shut_by is null offset 0) as waits
from lane as l where l.ready;

-- Takes up to p_limit jobs out of line, in order: they lie behind the heads of their lanes then, and are in line no
-- more once the caller has said what they are. p_again: those of them that came back (state 3). Their gates are held
-- shared, their lanes alone. Of jobs in mixed lanes whose type is not wanted it makes state 3: they wait behind the
-- head for who does them. p_keyed: of lanes whose jobs have keys alone, or of others alone. The keys are as p_moved and
-- p_units say at p_ms: what began under them is given, and what held others back. p_more: there may be more, at once.
-- p_projects: of these alone. paid: what the jobs are to reserve under budgets.
create function job_window(
  p_limit int, p_types text[], p_now timestamptz, p_keyed boolean, p_ms float8, p_keys int[], p_moved int[],
    p_units bigint[], p_projects uuid[],
    out ids uuid[], out seqs bigint[], out lanes int[], out types int[], out again uuid[],
    out given_keys int[], out given_n int[], out given_units bigint[], out shut_keys int[], out more boolean,
    out paid_jobs uuid[], out paid_budgets int[], out paid bigint[])
language plpgsql as $$
declare
  v_types smallint[];
  v_only int[];
  v_lanes int[]; v_projects int[]; v_served int[];
  v_turn bigint;
  v_unwanted uuid[];
  v_drained boolean;
  v_idle int[]; v_passed int[] := '{}';
  v_limited boolean; v_shut int[];
begin
  -- One window at a time: two would only wait for each other on the same lanes.
  perform pg_advisory_xact_lock(7077237002);
  v_types := array(select t.type_no from unnest(p_types) with ordinality as p (name, i)
    left join job_type as t using (name) order by p.i);
  if p_projects is not null then
    v_only := array(select g.project_no from project_gate as g where g.project_id = any(p_projects));
  end if;
  for v_try in 1..20 loop
    select array_agg(l.lane_no), array_agg(distinct l.project_no), bool_or(l.cells > 0)
    into v_lanes, v_projects, v_limited from (
      select lane_no, project_no, cells from lane_ready_now as lane
      cross join lateral (select g.paused from project_gate as g where g.project_no = lane.project_no offset 0) as g
      where not held and not g.paused and (type_no is null or type_no = any(v_types))
        and (next_at is null or next_at <= p_now) and lane_no <> all(v_passed)
        and (waits or served_at < p_now - interval '1 s') and (p_keyed is null or (cells > 0) = p_keyed)
        and (v_only is null or lane.project_no = any(v_only))
      order by priority desc, turn, lane_no limit p_limit) as l;
    exit when v_lanes is null;
    -- The next statement is one of its own: it sees what those who were waited for have committed.
    perform pg_advisory_xact_lock_shared(1707723, gate) from unnest(array[0] || v_projects) as gate;
    perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;

    -- From here on what is in these lanes' lines stands still: what comes back into them waits for the lane, and what
    -- is added comes behind, where it is seen once it is committed.
    if v_limited then
      select w.ids, w.seqs, w.lanes, w.types, w.again, w.served, w.drained, w.given_keys, w.given_n, w.given_units,
        w.shut_keys, w.paid_jobs, w.paid_budgets, w.paid
      into ids, seqs, lanes, types, again, v_served, v_drained, given_keys, given_n, given_units, v_shut, paid_jobs,
        paid_budgets, paid
      from limited_window(p_limit, v_types, v_lanes, p_now, p_ms, case when v_try = 1 then 1 else 4 end, p_keys,
        p_moved, p_units) as w;
      shut_keys := shut_keys || v_shut;
    else
    v_turn := nextval('lane_turn');
    with q as materialized (
      select l.*, least(l.m, case when l.pace is null then l.m
        else floor(extract(epoch from p_now - greatest(l.next_at, p_now - interval '{{catchUpMs}} ms'))::float8
        * l.pace)::int + 1 end) as quota
      from (
        select lane_no, priority, turn, head, cut_seq, pace, next_at,
          greatest(1, ceil(p_limit::float8 / count(*) over (partition by priority)))::int as m
        from (select * from lane where lane_no = any(v_lanes) offset 0) as lane
        cross join lateral (select g.paused from project_gate as g where g.project_no = lane.project_no offset 0) as g
        where ready and not held and not g.paused
          and not (select s.paused from system_gate as s where s.only_row)) as l),
    w0 as materialized (
      select q.lane_no, q.priority, q.turn, q.m, q.quota, j.*,
        row_number() over (partition by q.lane_no order by j.seq) as rn
      from q cross join lateral (
        select * from (
          (select a.job_id, a.seq, a.state, a.type_no from job as a
            where a.lane_no = q.lane_no and a.state = 3 and a.seq > q.cut_seq and a.type_no = any(v_types)
              order by a.seq limit q.quota)
          union all
          (select a.job_id, a.seq, a.state, a.type_no from job as a
            where a.lane_no = q.lane_no and a.state = 0 and a.seq >= q.head order by a.seq limit q.quota)) as either
        order by either.seq limit q.quota) as j),
    -- A priority is left only when none of its lanes filled its quota: strict priority.
    w as materialized (
      select *, row_number() over (order by priority desc, rn, turn, lane_no) as pos,
        array_position(v_types, type_no) as type from w0
      where priority >= coalesce((select max(priority) from w0 where rn = m), -32768)
      order by priority desc, rn, turn, lane_no limit p_limit),
    served as (
      update lane as l set
        turn = v_turn * 100000 + d.pos,
        head = greatest(l.head, d.to_seq + 1),
        served_at = p_now,
        next_at = case when l.pace is null then null
          else greatest(l.next_at, p_now - interval '{{catchUpMs}} ms') + d.n * interval '1 s' / l.pace end
      from (
        select w.lane_no, max(w.pos) as pos, max(w.seq) filter (where w.state = 0) as to_seq, count(w.type) as n,
          count(*) < min(w.quota) as short
        from w group by w.lane_no) as d
      where l.lane_no = any(array[d.lane_no])
      returning d.short as drained)
    select array_agg(w.job_id order by pos) filter (where w.type is not null),
      array_agg(w.seq order by pos) filter (where w.type is not null),
      array_agg(w.lane_no order by pos) filter (where w.type is not null),
        array_agg(w.type order by pos) filter (where w.type is not null),
      array_agg(w.job_id) filter (where w.state = 3), array_agg(w.job_id) filter (where w.type is null),
        array_agg(distinct w.lane_no),
      (select bool_or(drained) from served)
    into ids, seqs, lanes, types, again, v_unwanted, v_served, v_drained from w;
    if v_unwanted is not null then
      update job as j set state = 3 where j.job_id = any(v_unwanted);
    end if;
    end if;

    -- A lane that has nothing more must not stand in the way of those that have.
    if v_drained is not false or not v_lanes <@ v_served then
      v_idle := array(select l.lane_no from lane as l where l.lane_no = any(v_lanes)
        and (l.run_no is not null or l.served_at is null or l.served_at < p_now - interval '1 s'));
    else
      v_idle := '{}';
    end if;
    if v_idle <> '{}' then
      -- While somebody adds to it, nobody says that it is empty; and here nobody waits for their commit.
      v_idle := array(select lane_no from lane_end where lane_no = any(v_idle) order by lane_no
        for no key update skip locked);
      update lane as l set
        head = case when s.line then l.head else s.last_seq + 1 end,
        ready = s.line and s.open or s.again
      from (
        select l.lane_no, e.last_seq, l.cells = 0 or l.shut < l.cells as open, exists (select from job as a
          where a.lane_no = l.lane_no and a.state = 0 and a.seq >= l.head) as line,
          exists (select from job as a where a.lane_no = l.lane_no and a.state = 3 and a.seq > l.cut_seq
            and a.job_id <> all(coalesce(again, '{}')))
          or l.passed and exists (select from lane_cell as c cross join lateral (
            select from job as a where a.lane_no = c.lane_no and a.set_no = c.set_no and a.state = 7
              and a.seq > l.cut_seq and a.job_id <> all(coalesce(again, '{}')) limit 1) as a
            where c.lane_no = l.lane_no and c.passed and c.shut_by is null) as again
        from (select * from lane where lane_no = any(v_idle) offset 0) as l
        cross join lateral (select e.last_seq from lane_end as e where e.lane_no = l.lane_no offset 0) as e
        where l.ready and (l.head > e.last_seq or l.lane_no <> all(coalesce(v_served, '{}'))
          or (l.cells > 0 and l.shut >= l.cells))) as s
      where l.lane_no = any(array[s.lane_no]) and not (s.line and s.open);
    end if;
    delete from lane_adjust as a using lane as l
      where l.lane_no = any(v_lanes) and a.lane_no = any(array[l.lane_no]) and a.seq < l.head;
    exit when ids is not null;
    v_passed := v_passed || array(
      select lane_no from unnest(v_lanes) as lane_no where lane_no <> all(coalesce(v_served, '{}')));
  end loop;
  more := ids is null and v_lanes is not null;
end $$;

-- Leaves a hole where the job stands, if the head has not passed it. What waits has left one already.
create function job_leave_line(p_job job) returns void language sql as $$
  insert into lane_adjust (lane_no, seq, delta)
  select p_job.lane_no, p_job.seq, -1 from lane as l
    where p_job.state = 0 and l.lane_no = p_job.lane_no and p_job.seq >= l.head
$$;

-- Everything of these lanes, locked before, that has not started is cancelled from now on. Counts nothing.
create function lane_cut(p_lanes int[], p_now timestamptz) returns void language sql as $$
  update lane_cell as c set shut_by = null, need = null, passed = false
    where c.lane_no = any(p_lanes) and (c.passed or c.shut_by is not null);
  update lane as l set cut_seq = e.last_seq, head = e.last_seq + 1, cut_at = p_now, ready = false, shut = 0,
    passed = false
    from lane_end as e where l.lane_no = any(p_lanes) and e.lane_no = any(array[l.lane_no]);
  delete from handover where lane_no = any(p_lanes);
  delete from lane_adjust where lane_no = any(p_lanes);
$$;

-- Puts what is due in line, at its place where the head has not passed it yet. What a cut decided on meanwhile becomes
-- what it is.
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
      select j.job_id, j.lane_no, j.seq, case when j.seq <= l.cut_seq then 6 when j.seq >= l.head then 0 else 3
        end as state, l.cut_at
      from job as j cross join lateral (select l.cut_seq, l.head, l.cut_at from lane as l
        where l.lane_no = j.lane_no offset 0) as l
      where j.job_id = any(v_ids) and j.state + 0 = 2 and j.lane_no + 0 = any(v_lanes) order by j.job_id
        for no key update of j),
    moved as (
      update job as j set state = due.state, finished_at = case when due.state = 6 then due.cut_at end
      from due where j.job_id = any(array[due.job_id])
      returning j.job_id, j.state, j.children),
    parents as (
      insert into ended_parent (job_id, state) select job_id, state from moved where children and state = 6),
    filled as (
      delete from lane_adjust as a using due
        where due.state = 0 and a.lane_no = any(array[due.lane_no]) and a.seq = due.seq),
    roused as (
      update lane as l set ready = true where l.lane_no = any(array(select due.lane_no from due where due.state <> 6)))
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
    from lane where swept_seq < cut_seq order by lane_no + 0 limit 1 for no key update skip locked;
    if not found then
      return 0;
    end if;
    with line as (
      update job as j set state = 6, finished_at = v_cut_at
      where j.job_id = any(array(
        select a.job_id from job as a where a.lane_no = v_lane and a.state = 0 and a.seq > v_swept and a.seq <= v_cut
          order by a.seq limit p_limit))
        and j.state + 0 = 0
      returning j.seq, j.job_id, j.children),
    parents as (
      insert into ended_parent (job_id, state) select job_id, 6 from line where children)
    select count(*), max(seq) into v_count, v_to from line;
    if v_count < p_limit then
      -- The line is done; then what waits or came back, which is not in its order.
      with rest as (
        update job as j set state = 6, finished_at = v_cut_at
        where j.job_id = any(array(
          select b.job_id from (
            select a.job_id from job as a where a.lane_no = v_lane and a.state = 3 and a.seq <= v_cut
            union all select a.job_id from job as a where a.lane_no = v_lane and a.state = 7 and a.seq <= v_cut
            union all select a.job_id from job as a where a.lane_no = v_lane and a.state = 2 and a.seq <= v_cut) as b
          limit p_limit - v_count))
          and j.state + 0 in (2, 3, 7)
        returning j.job_id, j.children),
      parents as (
        insert into ended_parent (job_id, state) select job_id, 6 from rest where children)
      select count(*) into v_more from rest;
      v_count := v_count + v_more;
      v_to := case when v_count < p_limit then v_cut else greatest(v_swept, v_cut - 1) end;
    end if;
    update lane set swept_seq = v_to where lane_no = v_lane;
    if v_count > 0 then
      return v_count;
    end if;
  end loop;
end $$;
