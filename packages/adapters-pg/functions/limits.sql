-- Limits by key: what holds jobs back, and the take of lanes whose jobs have keys.
--
-- Keys are moved under the lock of the window alone, and at the time that is read with it in hand. The arithmetic is
-- that of `limits/keys.ts` in core; generated cases hold one to the other.

-- What applications say of the key: by its name, else by the longest of its beginnings.
create function limit_default_of(p_key text) returns setof limit_default language sql stable rows 1 as $$
  select * from limit_default as d
  where d.pattern = p_key or right(d.pattern, 1) = '*' and starts_with(p_key, left(d.pattern, -1))
  order by d.pattern = p_key desc, length(d.pattern) desc limit 1
$$;

-- Keeps sets of keys, and keys that are met for the first time. Gives the number of each set, in the given order.
create function limit_sets_kept(p_sets json) returns int[] language plpgsql as $$
declare
  v_met int[];
begin
  with met as (
    insert into limit_key (key, concurrency, per_minute, burst, units_per_minute, estimate, adaptive_min,
      adaptive_start, paused)
    select g.key, d.concurrency, d.per_minute, d.burst, d.units_per_minute, d.estimate, d.adaptive_min,
      d.adaptive_start, coalesce(d.paused, false)
    from (select distinct key from json_to_recordset(p_sets) as s (keys json)
      cross join lateral json_array_elements_text(s.keys) as g (key)) as g
    left join lateral limit_default_of(g.key) as d on true
    where not exists (select from limit_key as known where known.key = g.key)
    order by g.key on conflict (key) do nothing returning limit_no)
  select array_agg(limit_no) into v_met from met;
  if v_met is not null then
    perform limits_adapting(v_met);
  end if;
  insert into limit_set (limits, first, units, cost_micros)
  select distinct n.limits, n.first, s.units, coalesce(s."costMicros", 0)
  from json_to_recordset(p_sets) as s (keys json, units int, "costMicros" bigint)
  cross join lateral limit_numbers(s.keys) as n
  where not exists (select from limit_set as known
    where known.limits = n.limits and known.first = n.first and known.units = s.units
      and known.cost_micros = coalesce(s."costMicros", 0))
  order by 1, 2, 3, 4 on conflict (limits, first, units, cost_micros) do nothing;
  return array(
    select known.set_no
    from rows from (json_to_recordset(p_sets) as (keys json, units int, "costMicros" bigint)) with ordinality
      as s (keys, units, cost, i)
    cross join lateral limit_numbers(s.keys) as n
    join limit_set as known on known.limits = n.limits and known.first = n.first and known.units = s.units
      and known.cost_micros = coalesce(s.cost, 0)
    order by s.i);
end $$;

-- A job that completes matters to adaptive keys among these, whether they cool or not.
create function limits_adapting(p_limits int[]) returns void language sql as $$
  insert into limit_cooled (limit_no)
  select k.limit_no from limit_key as k where k.limit_no = any(p_limits) and k.adaptive_min is not null
    and not exists (select from limit_cooled as c where c.limit_no = k.limit_no)
  order by 1 on conflict (limit_no) do nothing
$$;

create function limit_numbers(p_keys json, out limits int[], out first int) language sql stable as $$
  select coalesce(array_agg(k.limit_no order by k.limit_no), '{}'), coalesce((array_agg(k.limit_no order by g.i))[1], 0)
  from json_array_elements_text(p_keys) with ordinality as g (key, i) join limit_key as k using (key)
$$;

-- The lanes may have jobs of these sets from now on, beside others. Lanes are locked where a set is new in one. Sets
-- without keys matter in lanes that are under budgets.
create function lane_cells_made(p_lanes int[], p_sets int[]) returns void language plpgsql as $$
declare
  v_new int[];
begin
  v_new := array(select distinct g.lane_no from unnest(p_lanes, p_sets) as g (lane_no, set_no)
    where g.set_no is not null
      and not exists (select from lane_cell as c where c.lane_no = g.lane_no and c.set_no = g.set_no)
      and (exists (select from limit_set as s where s.set_no = g.set_no and s.limits <> '{}')
        or exists (select from lane as l where l.lane_no = g.lane_no and l.budgeted)));
  if v_new = '{}' then
    return;
  end if;
  perform from lane where lane_no = any(v_new) order by lane_no for no key update;
  with made as (
    insert into lane_cell (lane_no, set_no, priority)
    select distinct g.lane_no, g.set_no, l.priority
    from unnest(p_lanes, p_sets) as g (lane_no, set_no) join lane as l using (lane_no)
    where g.set_no is not null and l.lane_no = any(v_new)
      and (l.budgeted or exists (select from limit_set as s where s.set_no = g.set_no and s.limits <> '{}'))
    order by 1, 2
    on conflict (lane_no, set_no) do nothing returning lane_no)
  -- One is for jobs without a set, which nothing shuts.
  update lane as l set cells = greatest(l.cells, 1) + m.n
  from (select lane_no, count(*)::int as n from made group by 1) as m where l.lane_no = any(array[m.lane_no]);
end $$;

-- Writes the next version of each key: its use moves by p_moved beside p_starts, which spend p_spent units, and p_units
-- settle what was spent before.
create function limits_moved(p_keys int[], p_moved int[], p_units bigint[], p_starts int[], p_spent bigint[],
  p_ms float8) returns void language sql as $$
  with before as (
    select t.*, k.per_minute, k.units_per_minute, s.ver, s.at_ms, s.in_use, s.starts as started, s.units as used,
      s.tat_ms, s.unit_tat_ms, s.cool_ms, s.cools, s.at_once, s.cut_ms, s.cooled
    from unnest(p_keys, p_moved, p_units, p_starts, p_spent) as t (limit_no, moved, units, starts, spent)
    join limit_key as k using (limit_no)
    left join lateral (select * from limit_state as s where s.limit_no = t.limit_no order by s.ver desc limit 1) as s
      on true
    where t.moved <> 0 or t.units <> 0 or t.starts <> 0),
  written as (
    insert into limit_state (limit_no, ver, at_ms, in_use, starts, units, tat_ms, unit_tat_ms, cool_ms, cools, at_once,
      cut_ms, cooled)
    select limit_no, nextval('limit_ver'), p_ms, coalesce(in_use, 0) + moved + starts, coalesce(started, 0) + starts,
      coalesce(used, 0) + spent + units,
      case when per_minute is null or starts = 0 then coalesce(tat_ms, 0)
        else greatest(tat_ms, p_ms) + starts * (60000 / per_minute) end,
      case when units_per_minute is null then coalesce(unit_tat_ms, 0)
        when spent = 0 then coalesce(unit_tat_ms, 0) + units * (60000 / units_per_minute)
        else greatest(coalesce(unit_tat_ms, 0) + units * (60000 / units_per_minute), p_ms)
          + spent * (60000 / units_per_minute) end,
      coalesce(cool_ms, 0), coalesce(cools, 0), at_once, coalesce(cut_ms, 0), coalesce(cooled, 0)
    from before order by limit_no)
  delete from limit_state as s using before as b
  where s.limit_no = b.limit_no
    and case when floor(b.at_ms / 10000) = floor(p_ms / 10000) then s.ver = b.ver
      -- Of the last minute one of each ten seconds stays, and one from before it.
      else s.ver < (select o.ver from limit_state as o where o.limit_no = b.limit_no and o.at_ms <= p_ms - 60000
        order by o.ver desc limit 1) end
$$;

-- What the worker says it holds, by set, and how that differs, by key, from what it held when it last took. A report
-- that is not newer than the last one settles no units again.
create function hold_compared(p_worker int, p_sets int[], p_held int[], p_unit_sets int[], p_unit_jobs int[],
  p_units bigint[], p_report bigint, out keys int[], out moved int[], out units bigint[], out held int[])
language plpgsql as $$
#variable_conflict use_column
begin
  with before as (
    select * from worker_hold as h where h.worker_no = p_worker order by h.ver desc limit 1),
  changes as (
    select h.limit_no, -h.n as moved, 0 as held, 0::bigint as units
    from before as b cross join lateral unnest(b.hold_keys, b.hold_n) as h (limit_no, n)
    union all
    select l, g.n, g.n, 0 from unnest(p_sets, p_held) as g (set_no, n) join limit_set as s using (set_no)
      cross join lateral unnest(s.limits) as l
    union all
    select l, 0, 0, g.u - g.n * case when s.units > 0 then s.units::bigint
        else coalesce((select k.estimate from limit_key as k where k.limit_no = l and k.units_per_minute > 0), 0) end
      from unnest(p_unit_sets, p_unit_jobs, p_units) as g (set_no, n, u) join limit_set as s using (set_no)
      cross join lateral unnest(s.limits) as l
      where p_report > coalesce((select b.report from before as b), 0)),
  summed as (
    select limit_no, sum(c.moved)::int as moved, sum(c.held)::int as held, sum(c.units)::bigint as units
    from changes as c
      group by limit_no)
  select array_agg(s.limit_no), array_agg(s.moved), array_agg(s.units), array_agg(s.held) into keys, moved, units, held
  from summed as s;
end $$;

-- The worker holds so much by key from now on.
create function hold_written(p_worker int, p_keys int[], p_held int[], p_report bigint) returns void language sql as $$
  with before as (
    select h.ver, h.report from worker_hold as h where h.worker_no = p_worker order by h.ver desc limit 1),
  written as (
    insert into worker_hold (worker_no, ver, hold_keys, hold_n, report)
    select p_worker, nextval('limit_ver'), coalesce(array_agg(k) filter (where n > 0), '{}'),
      coalesce(array_agg(n) filter (where n > 0), '{}'), greatest(p_report, (select b.report from before as b), 0)
    from unnest(p_keys, p_held) as h (k, n))
  delete from worker_hold as h using before as b where h.worker_no = p_worker and h.ver = b.ver
$$;

-- Cells of keys that may have opened come back, as many as there is room for under each, those that were served longest
-- ago first. p_ended: keys under which the asking worker has fewer jobs than before.
create function cells_opened(p_limit int, p_ms float8, p_keys int[], p_moved int[], p_units bigint[], out opened int[])
  language plpgsql as $$
declare
  v_lanes int[]; v_sets int[]; v_by int[];
begin
  opened := array(
    select w.limit_no from limit_waiting as w
    where w.open_ms <= p_ms
      or w.limit_no = any(array(select k from unnest(p_keys, p_moved, p_units) as h (k, d, u) where d < 0 or u < 0)));
  if opened = '{}' then
    return;
  end if;
  with rooms as (
    select k.limit_no, case when k.paused or coalesce(s.cool_ms, 0) > p_ms then 0 else greatest(0, least(1000000,
      case when k.concurrency is null then 1000000
        else least(k.concurrency, floor(coalesce(s.at_once, k.adaptive_start, k.concurrency))::int)
          - coalesce(s.in_use, 0) - coalesce(h.d, 0) end,
      case when k.per_minute is null then 1000000
        when greatest(s.tat_ms, p_ms) - p_ms > (k.burst - 1) * (60000 / k.per_minute) + 1e-3 then 0
        else least(1000000, floor(((k.burst - 1) * (60000 / k.per_minute) + 1e-3 - (greatest(s.tat_ms, p_ms) - p_ms))
          / (60000 / k.per_minute)) + 1) end,
      case when k.units_per_minute is null then 1000000
        when greatest(coalesce(s.unit_tat_ms, 0) + coalesce(h.u, 0) * (60000 / k.units_per_minute), p_ms) - p_ms
          > greatest(600, coalesce(k.estimate, 1) * (60000 / k.units_per_minute)) + 1e-3 then 0
        else 1000000 end)) end as room
    from unnest(opened) as o (limit_no) join limit_key as k using (limit_no)
    left join lateral (select * from limit_state as s where s.limit_no = k.limit_no order by s.ver desc limit 1) as s
      on true
    left join unnest(p_keys, p_moved, p_units) as h (limit_no, d, u) on h.limit_no = k.limit_no)
  select array_agg(c.lane_no), array_agg(c.set_no), array_agg(r.limit_no) into v_lanes, v_sets, v_by
  from rooms as r cross join lateral (
    select c.lane_no, c.set_no from lane_cell as c where c.shut_by = r.limit_no
    order by c.priority desc, c.turn, c.lane_no limit least(r.room, p_limit)) as c
  where r.room > 0;
  if 0 > any(opened) then
    perform budgets_turned(p_ms);
    select v_lanes || array_agg(c.lane_no), v_sets || array_agg(c.set_no), v_by || array_agg(c.shut_by)
    into v_lanes, v_sets, v_by
    from (
      select b.budget_no, array[b.budget_no] as of from budget as b
      where b.budget_no = any(array(select -o from unnest(opened) as o where o < 0))) as b
    cross join lateral budgets_left(b.of) as g
    cross join lateral (
      select c.lane_no, c.set_no, c.shut_by from lane_cell as c
      where c.shut_by = -b.budget_no and c.need <= g.free[1] and g.unspent[1] > 0
      order by c.priority desc, c.turn, c.lane_no limit p_limit) as c;
  end if;
  if v_lanes is null then
    return;
  end if;
  -- The locks are those of a take, in the same order.
  perform pg_advisory_xact_lock_shared(1707723, gate) from (
    select 0 as gate union select l.project_no from lane as l where l.lane_no = any(v_lanes) order by 1) as held;
  perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
  with back as (
    update lane_cell as c set shut_by = null, need = null from unnest(v_lanes, v_sets, v_by) as o (lane_no, set_no, by)
    where c.lane_no = any(array[o.lane_no]) and c.set_no = o.set_no and c.shut_by = o.by returning c.lane_no)
  update lane as l set ready = true, shut = l.shut - b.n
  from (select lane_no, count(*)::int as n from back group by 1) as b where l.lane_no = any(array[b.lane_no]);
end $$;

-- Whether cells wait for these keys, and when each may open.
create function limits_looked(p_keys int[], p_ms float8) returns void language plpgsql as $$
begin
  delete from limit_waiting as w where w.limit_no = any(p_keys)
    and not exists (select from lane_cell as c where c.shut_by = w.limit_no);
  insert into limit_waiting as w (limit_no, open_ms)
  select k.limit_no, case
    when k.paused or least(k.concurrency, floor(coalesce(s.at_once, k.adaptive_start, k.concurrency)))
      <= coalesce(s.in_use, 0) then null
    else greatest(0, s.cool_ms, case when k.per_minute is not null
        then s.tat_ms - (k.burst - 1) * (60000 / k.per_minute) end,
      case when k.units_per_minute is not null
        then s.unit_tat_ms - greatest(600, coalesce(k.estimate, 1) * (60000 / k.units_per_minute)) end) end
  from limit_key as k
  left join lateral (select * from limit_state as s where s.limit_no = k.limit_no order by s.ver desc limit 1) as s
    on true
  where k.limit_no = any(p_keys) and exists (select from lane_cell as c where c.shut_by = k.limit_no)
  order by k.limit_no
  on conflict (limit_no) do update set open_ms = excluded.open_ms;
end $$;

-- Takes up to p_limit jobs out of these lanes, locked before, of which some have keys: in the order of job_window, and
-- only what has room under all of its keys. The others stay in line behind the heads (state 7), and their cells are
-- shut: p_deep times as many jobs as asked for are looked at. p_keys are as the worker's report moves them.
create function limited_window(p_limit int, p_types smallint[], p_lanes int[], p_now timestamptz, p_ms float8,
  p_deep int, p_keys int[], p_moved int[], p_units bigint[],
  out ids uuid[], out seqs bigint[], out lanes int[], out types int[], out again uuid[], out served int[],
  out drained boolean, out given_keys int[], out given_n int[], out given_units bigint[], out shut_keys int[],
  out paid_jobs uuid[], out paid_budgets int[], out paid bigint[])
language plpgsql as $$
#variable_conflict use_column
declare
  v_turn bigint := nextval('lane_turn');
  a_job uuid[]; a_seq bigint[]; a_lane int[]; a_type int[]; a_state int[]; a_set int[]; a_shut boolean[]; a_quota int[];
  v_short boolean;
  l_no int[]; l_left int[];
  s_no int[]; s_keys int[]; s_units int[];
  k_no int[]; k_free int[]; k_every float8[]; k_ahead float8[]; k_gap float8[]; k_unit float8[]; k_unit_gap float8[];
    k_estimate int[]; k_n int[]; k_spent bigint[];
  v_tight boolean;
  g int[] := '{}'; x int[] := '{}'; z int[] := '{}'; c_lane int[] := '{}'; c_set int[] := '{}'; c_by int[] := '{}';
  v_lane int; v_set int; v_shut int; p int; u int; v_out int[];
  -- Of budgets: what each candidate costs, the budgets of lanes, and what is left of each.
  a_cell int[]; a_money boolean[]; a_cost bigint[]; c_need bigint[] := '{}'; v_need bigint; v_held boolean;
  b_lanes int[]; b_nos int[]; b_no int[]; b_free bigint[]; b_unspent bigint[]; b_was boolean[]; b_reached boolean[];
    b_paid bigint[];
begin
  with q as materialized (
    select l.*, p_deep * least(l.m, l.quota) as depth from (
      select l.lane_no, l.priority, l.turn, l.head, l.cut_seq, l.cells, l.shut, l.passed, l.budgeted, l.m,
        least(l.m, case when l.pace is null then l.m
          else floor(extract(epoch from p_now - greatest(l.next_at, p_now - interval '{{catchUpMs}} ms'))::float8
          * l.pace)::int + 1 end) as quota
      from (
        select l.*, greatest(1, ceil(p_limit::float8 / count(*) over (partition by priority)))::int as m
        from (select * from lane where lane_no = any(p_lanes) offset 0) as l
        cross join lateral (select g.paused from project_gate as g where g.project_no = l.project_no offset 0) as g
        where ready and not held and not g.paused
          and not (select s.paused from system_gate as s where s.only_row)) as l) as l),
  w0 as materialized (
    select q.lane_no, q.priority, q.turn, q.m, q.quota, q.depth, q.shut as shut_cells, q.budgeted, j.*,
      row_number() over (partition by q.lane_no order by j.seq) as rn
    from q cross join lateral (
      select * from (
        (select a.job_id, a.seq, a.state, a.type_no, a.set_no from job as a
          where a.lane_no = q.lane_no and a.state = 3 and a.seq > q.cut_seq and a.type_no = any(p_types)
          order by a.seq limit q.depth)
        union all
        (select a.job_id, a.seq, a.state, a.type_no, a.set_no
          from (select c.set_no from lane_cell as c
            where q.passed and c.lane_no = q.lane_no and c.passed and c.shut_by is null) as c
          cross join lateral (select a.* from job as a
            where a.lane_no = q.lane_no and a.set_no = c.set_no and a.state = 7 and a.seq > q.cut_seq
              and a.type_no = any(p_types)
            order by a.seq limit q.depth) as a)
        union all
        (select a.job_id, a.seq, a.state, a.type_no, a.set_no from job as a
          where a.lane_no = q.lane_no and a.state = 0 and a.seq >= q.head and (q.cells = 0 or q.shut < q.cells)
          order by a.seq limit q.depth)) as either
      order by either.seq limit q.depth) as j),
  -- A priority is left only when none of its lanes filled its quota: strict priority.
  w as materialized (
    select *, row_number() over (order by priority desc, rn, turn, lane_no) as pos,
      coalesce(array_position(p_types, type_no), 0) as type from w0
    where priority >= coalesce((select max(priority) from w0 where rn = m), -32768)
    order by priority desc, rn, turn, lane_no limit p_deep * p_limit)
  select array_agg(job_id order by pos), array_agg(seq order by pos), array_agg(lane_no order by pos),
    array_agg(type order by pos), array_agg(state::int order by pos), array_agg(nullif(set_no, 0) order by pos),
    array_agg(shut_cells > 0 and (set_no is not null or budgeted) and exists (select from lane_cell as c
      where c.lane_no = w.lane_no and c.set_no = coalesce(w.set_no, 0) and c.shut_by is not null) order by pos),
    array_agg(quota order by pos), (select bool_or(n < depth) from (
      select count(*) as n, min(depth) as depth from w0 group by lane_no) as d),
    (select array_agg(distinct lane_no) from w0),
    array_agg(case when budgeted then coalesce(set_no, 0) else set_no end order by pos),
    case when bool_or(budgeted) then array_agg(budgeted order by pos) end
  into a_job, a_seq, a_lane, a_type, a_state, a_set, a_shut, a_quota, v_short, served, a_cell, a_money from w;
  drained := coalesce(v_short, true);
  if a_job is null then
    return;
  end if;

  -- The keys of the candidates as the report moves them, and what all candidates together would spend.
  with wanted as (
    select s.limits, c.n, s.units from (select c as set_no, count(*)::int as n from unnest(a_set) as c
      where c is not null group by 1) as c join limit_set as s using (set_no)),
  touched as (
    select limit_no, sum(d)::int as d, sum(u)::bigint as u, sum(n)::int as n, sum(v)::bigint as v, sum(f)::int as f
    from (
      select limit_no, d, u, 0 as n, 0 as v, 0 as f from unnest(p_keys, p_moved, p_units) as h (limit_no, d, u)
      union all
      select l, 0, 0, w.n, w.n * w.units, case when w.units = 0 then w.n else 0 end
      from wanted as w cross join lateral unnest(w.limits) as l) as t
    group by limit_no),
  read as (
    select t.*, case when k.paused or coalesce(s.cool_ms, 0) > p_ms then 0
        when k.concurrency is null then 1000000
        else least(k.concurrency, floor(coalesce(s.at_once, k.adaptive_start, k.concurrency))::int)
          - coalesce(s.in_use, 0) - t.d end as free,
      coalesce(60000 / k.per_minute, 0) as every, coalesce((k.burst - 1) * (60000 / k.per_minute), 0) as ahead,
      greatest(s.tat_ms, p_ms) - p_ms as gap, coalesce(60000 / k.units_per_minute, 0) as unit,
      greatest(coalesce(s.unit_tat_ms, 0) + t.u * coalesce(60000 / k.units_per_minute, 0), p_ms) - p_ms as unit_gap,
      case when k.units_per_minute is null then 0 else coalesce(k.estimate, 0) end as estimate
    from touched as t join limit_key as k using (limit_no)
    left join lateral (select * from limit_state as s where s.limit_no = k.limit_no order by s.ver desc limit 1) as s
      on true)
  select array_agg(limit_no), array_agg(free), array_agg(every), array_agg(ahead), array_agg(gap), array_agg(unit),
    array_agg(unit_gap), array_agg(estimate), array_agg(n), array_agg(v + f * estimate),
    coalesce(bool_or(n > 0 and (free < n or (every > 0 and gap + (n - 1) * every > ahead + 1e-3)
      or (unit > 0 and unit_gap + (v + f * estimate) * unit > 600))), false)
  into k_no, k_free, k_every, k_ahead, k_gap, k_unit, k_unit_gap, k_estimate, k_n, k_spent, v_tight from read;
  if a_money is not null then
    -- Budgets that are asked beside keys. Cells that are met for the first time are counted, so that the lane can shut.
    perform budgets_turned(p_ms);
    a_cost := attempts_estimated(a_job, p_ms);
    select lane_nos, budget_nos into b_lanes, b_nos
    from budgets_of_lanes(array(select distinct l from unnest(a_lane) as l));
    b_no := array(select distinct b from unnest(b_nos) as b order by 1);
    select free, unspent, reached, reached into b_free, b_unspent, b_was, b_reached from budgets_left(b_no);
    b_paid := array_fill(0::bigint, array[cardinality(b_no)]);
    with made as (
      insert into lane_cell (lane_no, set_no, priority)
      select distinct g.lane_no, g.set_no, l.priority
      from unnest(a_lane, a_cell, a_money) as g (lane_no, set_no, money) join lane as l using (lane_no)
      where g.money and not exists (
        select from lane_cell as c where c.lane_no = g.lane_no and c.set_no = g.set_no)
      order by 1, 2 on conflict (lane_no, set_no) do nothing returning lane_no)
    update lane as l set cells = l.cells + m.n
    from (select lane_no, count(*)::int as n from made group by 1) as m where l.lane_no = any(array[m.lane_no]);
    paid_jobs := '{}'; paid_budgets := '{}'; paid := '{}';
  end if;
  v_tight := v_tight or a_money is not null or p_deep > 1 or 0 = any(a_type) or true = any(a_shut)
    or cardinality(a_job) > p_limit;

  if not v_tight then
    g := array(select generate_subscripts(a_job, 1));
  else
    -- One after another, in order; four places of keys to a set.
    l_no := array(select distinct l from unnest(a_lane) as l);
    l_left := array(select a_quota[array_position(a_lane, l)] from unnest(l_no) as l);
    s_no := array(select distinct s from unnest(a_set) as s where s is not null);
    s_units := array(
      select s.units from unnest(s_no) with ordinality as o (set_no, i) join limit_set as s using (set_no)
      order by o.i);
    s_keys := array(
      select coalesce(array_position(k_no, s.limits[f]), 0)
      from unnest(s_no) with ordinality as o (set_no, i) join limit_set as s using (set_no)
      cross join generate_series(1, 4) as f order by o.i, f);
    k_n := array_fill(0, array[coalesce(cardinality(k_no), 0)]);
    k_spent := array_fill(0::bigint, array[coalesce(cardinality(k_no), 0)]);
    for i in 1..cardinality(a_job) loop
      exit when cardinality(g) >= p_limit;
      v_lane := array_position(l_no, a_lane[i]);
      continue when l_left[v_lane] < 1;
      if a_type[i] = 0 then
        z := z || i;
        continue;
      end if;
      v_shut := 0;
      v_need := null;
      v_held := a_shut[i];
      if a_money[i] and not v_held then
        -- Of a cell that a budget has shut just now the others wait behind the first.
        v_held := exists (select from unnest(c_lane, c_set) as c (lane_no, set_no)
          where c.lane_no = a_lane[i] and c.set_no = a_cell[i]);
        if not v_held then
          for f in 1..coalesce(cardinality(b_nos), 0) loop
            continue when b_lanes[f] <> a_lane[i];
            p := array_position(b_no, b_nos[f]);
            if b_free[p] < a_cost[i] or b_unspent[p] <= 0 then
              v_shut := -b_no[p];
              v_need := a_cost[i];
              b_reached[p] := true;
              exit;
            end if;
          end loop;
        end if;
      end if;
      if a_set[i] is not null and not v_held and v_shut = 0 then
        v_set := array_position(s_no, a_set[i]);
        for f in 4 * v_set - 3..4 * v_set loop
          p := s_keys[f];
          exit when p = 0;
          u := case when s_units[v_set] > 0 then s_units[v_set] else k_estimate[p] end;
          if k_free[p] <= k_n[p] or (k_every[p] > 0 and k_gap[p] + k_n[p] * k_every[p] > k_ahead[p] + 1e-3)
            or (k_unit[p] > 0
              and k_unit_gap[p] + k_spent[p] * k_unit[p] > greatest(600, u * k_unit[p]) + 1e-3) then
            v_shut := k_no[p];
            exit;
          end if;
        end loop;
      end if;
      if v_shut <> 0 then
        c_lane := c_lane || a_lane[i]; c_set := c_set || a_cell[i]; c_by := c_by || v_shut; c_need := c_need || v_need;
      end if;
      if v_held or v_shut <> 0 then
        x := x || i;
        continue;
      end if;
      g := g || i;
      l_left[v_lane] := l_left[v_lane] - 1;
      if a_money[i] then
        for f in 1..coalesce(cardinality(b_nos), 0) loop
          continue when b_lanes[f] <> a_lane[i];
          p := array_position(b_no, b_nos[f]);
          b_free[p] := b_free[p] - a_cost[i];
          b_paid[p] := b_paid[p] + a_cost[i];
          paid_jobs := paid_jobs || a_job[i]; paid_budgets := paid_budgets || b_nos[f]; paid := paid || a_cost[i];
        end loop;
      end if;
      if a_set[i] is not null then
        for f in 4 * v_set - 3..4 * v_set loop
          p := s_keys[f];
          exit when p = 0;
          k_n[p] := k_n[p] + 1;
          k_spent[p] := k_spent[p] + case when s_units[v_set] > 0 then s_units[v_set] else k_estimate[p] end;
        end loop;
      end if;
    end loop;
  end if;

  update lane as l set
    turn = case when d.pos is null then l.turn else v_turn * 100000 + d.pos end,
    head = greatest(l.head, d.to_seq + 1),
    served_at = p_now,
    next_at = case when l.pace is null then null
      else greatest(l.next_at, p_now - interval '{{catchUpMs}} ms') + d.n * interval '1 s' / l.pace end,
    passed = l.passed or d.over
  from (
    select c.lane_no, max(c.seq) filter (where c.state = 0) as to_seq, count(*) filter (where c.how = 1) as n,
      min(c.i) filter (where c.how = 1) as pos, bool_or(c.how = 2) as over
    from (
      select c.*, case when c.i = any(g) then 1 when c.i = any(x) then 2 when c.i = any(z) then 3 end as how
      from unnest(a_lane, a_seq, a_state) with ordinality as c (lane_no, seq, state, i)) as c
    where c.how is not null group by c.lane_no) as d
  where l.lane_no = any(array[d.lane_no]);

  if z <> '{}' then
    update job as j set state = 3 where j.job_id = any(array(select a_job[i] from unnest(z) as i)) and j.state + 0 = 0;
  end if;
  if x <> '{}' then
    update job as j set state = 7, set_no = coalesce(j.set_no, 0)
    where j.job_id = any(array(select a_job[i] from unnest(x) as i))
      and j.state + 0 in (0, 3);
    update lane_cell as c set passed = true
    from (select distinct a_lane[i] as lane_no, a_cell[i] as set_no from unnest(x) as i) as d
    where c.lane_no = any(array[d.lane_no]) and c.set_no = d.set_no and not c.passed;
  end if;
  -- What was served stands behind those that wait for the same key, where that has no more room.
  if c_by <> '{}' or exists (select from limit_waiting) then
    v_out := array(
      select k.no from unnest(k_no, k_free, k_n, k_gap, k_every, k_ahead, k_unit_gap, k_spent, k_unit, k_estimate)
        as k (no, free, n, gap, every, ahead, unit_gap, spent, unit, estimate)
      where k.n > 0 and (k.free <= k.n or (k.every > 0 and k.gap + k.n * k.every > k.ahead + 1e-3)
          or (k.unit > 0 and k.unit_gap + k.spent * k.unit > greatest(600, k.estimate * k.unit) + 1e-3))
        and (k.no = any(c_by) or exists (select from limit_waiting as w where w.limit_no = k.no)));
    if v_out <> '{}' then
      select c_lane || array_agg(d.lane_no), c_set || array_agg(d.set_no), c_by || array_agg(d.by),
        c_need || array_agg(null::bigint)
      into c_lane, c_set, c_by, c_need from (
        select distinct a_lane[i] as lane_no, s.set_no,
          (select l from unnest(s.limits) as l where l = any(v_out) limit 1) as by
        from unnest(g) as i join limit_set as s on s.set_no = a_set[i] and s.limits && v_out) as d;
      v_tight := true;
    end if;
  end if;
  if c_by <> '{}' then
    with shut as (
      update lane_cell as c set shut_by = d.by, need = d.need from (
        select distinct on (lane_no, set_no) * from unnest(c_lane, c_set, c_by, c_need) as d (lane_no, set_no, by, need)
        ) as d
      where c.lane_no = any(array[d.lane_no]) and c.set_no = d.set_no and c.shut_by is null
      returning c.lane_no)
    update lane as l set shut = l.shut + s.n
    from (select lane_no, count(*)::int as n from shut group by 1) as s where l.lane_no = any(array[s.lane_no]);
    shut_keys := c_by;
    drained := true;
  end if;
  if b_reached is distinct from b_was or paid_jobs <> '{}' then
    perform budgets_moved(array_agg(t.no), array_agg(0::bigint), array_agg(t.paid), array_agg(0::bigint),
      array_agg(t.reached))
    from unnest(b_no, b_paid, b_reached, b_was) as t (no, paid, reached, was)
    where t.paid > 0 or t.reached and not t.was having count(*) > 0;
  end if;
  if g = '{}' then
    return;
  end if;

  select array_agg(a_job[i] order by i), array_agg(a_seq[i] order by i), array_agg(a_lane[i] order by i),
    array_agg(a_type[i] order by i), array_agg(a_job[i]) filter (where a_state[i] in (3, 7))
  into ids, seqs, lanes, types, again from unnest(g) as i;
  if v_tight or 7 = any(a_state) then
    -- Whose turn it was under its keys.
    update lane_cell as c set turn = v_turn, passed = c.passed and exists (
      select from job as j where j.lane_no = c.lane_no and j.set_no = c.set_no and j.state = 7
        and j.job_id <> all(coalesce(again, '{}')))
    from (select distinct a_lane[i] as lane_no, a_cell[i] as set_no from unnest(g) as i) as d
    where c.lane_no = any(array[d.lane_no]) and c.set_no = d.set_no;
  end if;
  given_keys := k_no; given_n := k_n; given_units := k_spent;
end $$;

-- Gives the key these settings, by somebody's word. Not where its version is another than p_version.
create function limit_put(p_key text, p_settings json, p_version int) returns boolean language plpgsql as $$
declare
  v_no int;
begin
  perform pg_advisory_xact_lock(7077237002);
  if p_version is not null and p_version is distinct from (select version from limit_key where key = p_key) then
    return false;
  end if;
  insert into limit_key as k (key, origin, concurrency, per_minute, burst, units_per_minute, estimate, adaptive_min,
    adaptive_start, paused)
  select p_key, 'api', concurrency, "perMinute", burst, "unitsPerMinute", estimate, "adaptiveMin", "adaptiveStart",
    paused
  from json_to_record(p_settings) as s (concurrency int, "perMinute" float8, burst int, "unitsPerMinute" float8,
    estimate int, "adaptiveMin" int, "adaptiveStart" int, paused boolean)
  on conflict (key) do update set origin = excluded.origin, concurrency = excluded.concurrency,
    per_minute = excluded.per_minute, burst = excluded.burst, units_per_minute = excluded.units_per_minute,
    estimate = excluded.estimate, adaptive_min = excluded.adaptive_min, adaptive_start = excluded.adaptive_start,
    paused = excluded.paused, version = k.version + 1
  returning limit_no into v_no;
  perform limits_adapting(array[v_no]);
  -- The next take looks.
  update limit_waiting set open_ms = 0 where limit_no = v_no;
  return true;
end $$;

-- Keys have what applications say of them: all of which nobody has said else, or the one that is named.
create function limits_settled(p_key text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7077237002);
  with given as (
    select k.limit_no, d.concurrency, d.per_minute, d.burst, d.units_per_minute, d.estimate, d.adaptive_min,
      d.adaptive_start, coalesce(d.paused, false) as paused
    from limit_key as k left join lateral limit_default_of(k.key) as d on true
    where k.key = p_key or p_key is null and k.origin = 'code'),
  moved as (
    update limit_key as k set origin = 'code', concurrency = d.concurrency, per_minute = d.per_minute, burst = d.burst,
      units_per_minute = d.units_per_minute, estimate = d.estimate, adaptive_min = d.adaptive_min,
      adaptive_start = d.adaptive_start, paused = d.paused, version = k.version + 1
    from given as d where k.limit_no = d.limit_no
      and (k.origin, k.concurrency, k.per_minute, k.burst, k.units_per_minute, k.estimate, k.adaptive_min,
        k.adaptive_start, k.paused)
        is distinct from ('code', d.concurrency, d.per_minute, d.burst, d.units_per_minute, d.estimate, d.adaptive_min,
          d.adaptive_start, d.paused)
    returning k.limit_no)
  update limit_waiting as w set open_ms = 0 from moved as m where w.limit_no = any(array[m.limit_no]);
  perform limits_adapting(array(select limit_no from limit_key where key = p_key or p_key is null));
end $$;

-- What applications say of keys is this from now on.
create function limits_declared(p_defaults json) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(7077237002);
  delete from limit_default;
  insert into limit_default
  select key, concurrency, "perMinute", burst, "unitsPerMinute", estimate, "adaptiveMin", "adaptiveStart", paused
  from json_to_recordset(p_defaults) as s (key text, concurrency int, "perMinute" float8, burst int,
    "unitsPerMinute" float8, estimate int, "adaptiveMin" int, "adaptiveStart" int, paused boolean);
  perform limits_settled(null);
end $$;

-- Nothing begins under the key before p_until_ms.
create function limit_cool(p_key text, p_until_ms float8, p_ms float8) returns void language plpgsql as $$
declare
  v_no int;
begin
  perform pg_advisory_xact_lock(7077237002);
  select limit_no into v_no from limit_key where key = p_key;
  if not found then
    return;
  end if;
  with before as (
    select s.* from (select) as always left join lateral (
      select * from limit_state as s where s.limit_no = v_no order by s.ver desc limit 1) as s on true),
  written as (
    insert into limit_state (limit_no, ver, at_ms, in_use, starts, units, tat_ms, unit_tat_ms, cool_ms, cools, at_once,
      cut_ms, cooled)
    select v_no, nextval('limit_ver'), greatest(p_ms, b.at_ms), coalesce(in_use, 0), coalesce(starts, 0),
      coalesce(units, 0), coalesce(tat_ms, 0), coalesce(unit_tat_ms, 0), p_until_ms, coalesce(cools, 0), at_once,
      coalesce(cut_ms, 0), coalesce(cooled, 0)
    from before as b)
  delete from limit_state as s using before as b
  where s.limit_no = v_no and s.ver = b.ver and floor(b.at_ms / 10000) = floor(p_ms / 10000);
  update limit_waiting set open_ms = 0 where limit_no = v_no;
end $$;

-- What ended attempts say of keys: those of kind 7 and 8 asked to wait, p_asked ms, or as long as the key says by the
-- share of chance p_random; then the key cools that is named, else the job's first. One that completed (4) lets the key
-- count its cool-downs anew. As `warmed` and `cooled` in core, in this order. Keys are locked before lanes and jobs.
create function keys_answered(p_ids uuid[], p_starts smallint[], p_kinds smallint[], p_keys text[], p_asked float8[],
  p_random float8[], p_worker int, p_now timestamptz, p_clock boolean) returns void language plpgsql as $$
declare
  v_ms float8;
  v_keys int[]; v_done int[]; v_cools boolean[]; v_most float8[]; v_first float8[]; v_random float8[];
  v_began float8[];
  v_written int[];
begin
  select array_agg(t.limit_no), array_agg(t.done), array_agg(t.cools), array_agg(t.most), array_agg(t.first),
    array_agg(t.random), array_agg(t.began)
  into v_keys, v_done, v_cools, v_most, v_first, v_random, v_began
  from (
    select l as limit_no, count(*) filter (where e.kind = 4) as done, coalesce(bool_or(e.cools), false) as cools,
      max(e.began) filter (where e.cools) as began,
      max(e.asked) filter (where e.cools) as most,
      (array_agg(e.asked order by e.i) filter (where e.cools))[1] as first,
      (array_agg(e.random order by e.i) filter (where e.cools))[1] as random
    from (
      select a.*, l, a.random is not null and l = coalesce((
          select k.limit_no from limit_key as k where k.key = a.name and k.limit_no = any(a.limits)), a.first) as cools
      from (
        select a.i, a.kind, a.name, a.asked, a.random, s.limits, s.first,
          extract(epoch from j.started_at)::float8 * 1000 as began
        from rows from (unnest(p_ids), unnest(p_starts), unnest(p_kinds), unnest(p_keys), unnest(p_asked),
          unnest(p_random)) with ordinality as a (id, start, kind, name, asked, random, i)
        cross join lateral (select j.* from job as j where j.job_id = a.id offset 0) as j
        join limit_set as s on s.set_no = j.set_no
        where a.kind in (4, 7, 8) and j.state = 1 and j.starts = a.start and j.worker_no = p_worker) as a
      cross join lateral unnest(a.limits) as l) as e
    group by l) as t
  where t.cools or t.done > 0 and exists (select from limit_cooled as c where c.limit_no = t.limit_no);
  if v_keys is null then
    return;
  end if;
  perform pg_advisory_xact_lock(7077237002);
  v_ms := extract(epoch from case when p_clock then clock_timestamp() else p_now end)::float8 * 1000;
  with before as (
    select t.limit_no, t.cools as cool, t.most, t.first, t.random, s.ver, greatest(p_at.ms, s.at_ms) as at_ms,
      s.at_ms as was_ms, coalesce(s.in_use, 0) as in_use, coalesce(s.starts, 0) as starts,
      coalesce(s.units, 0) as units, coalesce(s.tat_ms, 0) as tat_ms, coalesce(s.unit_tat_ms, 0) as unit_tat_ms,
      coalesce(s.cool_ms, 0) as cool_ms, case when t.done > 0 then 0 else coalesce(s.cools, 0) end as cools,
      coalesce(s.cools, 0) as was_cools, s.at_once as was_at_once, coalesce(s.cut_ms, 0) as cut_ms,
      coalesce(s.cooled, 0) as cooled,
      coalesce(s.cool_ms, 0) > p_at.ms as cooling, k.adaptive_min,
      case when k.adaptive_min is null or t.done = 0 or coalesce(s.in_use, 0) < 0.8 * floor(w.size) then s.at_once
        else least(k.concurrency, w.size + t.done / w.size) end as grown,
      k.concurrency, k.adaptive_start,
      t.cools and k.adaptive_min is not null and t.began > coalesce(s.cut_ms, 0) as cut
    from unnest(v_keys, v_done, v_cools, v_most, v_first, v_random, v_began)
      as t (limit_no, done, cools, most, first, random, began)
    cross join (select v_ms as ms) as p_at
    join limit_key as k on k.limit_no = t.limit_no
    left join lateral (select * from limit_state as s where s.limit_no = t.limit_no order by s.ver desc limit 1) as s
      on true
    cross join lateral (select least(k.concurrency, coalesce(s.at_once, k.adaptive_start)) as size) as w),
  moved as materialized (
    select * from before where cool or was_cools > 0 or grown is distinct from was_at_once),
  written as (
    insert into limit_state (limit_no, ver, at_ms, in_use, starts, units, tat_ms, unit_tat_ms, cool_ms, cools, at_once,
      cut_ms, cooled)
    select limit_no, nextval('limit_ver'), at_ms, in_use, starts, units, tat_ms, unit_tat_ms,
      case when not cool then cool_ms else greatest(cool_ms, v_ms + least(86400000, greatest(most,
        case when first is not null or cooling then 0 when adaptive_min is not null then 250
          else least(60000, 1000 * 2 ^ least(cools, 6)) * (0.5 + random / 2) end))) end,
      case when cool and not cooling then least(100, cools + 1) else cools end,
      case when cut then greatest(adaptive_min, 0.85 * least(concurrency, coalesce(grown, adaptive_start)))
        else grown end,
      case when cut then v_ms else cut_ms end, cooled + case when cool and not cooling then 1 else 0 end
    from moved order by limit_no returning limit_no, cools),
  removed as (
    delete from limit_state as s using moved as b
    where s.limit_no = b.limit_no and s.ver = b.ver and floor(b.was_ms / 10000) = floor(b.at_ms / 10000)),
  noted as (
    insert into limit_cooled (limit_no) select limit_no from written where cools > 0 order by 1
    on conflict (limit_no) do nothing),
  forgotten as (
    delete from limit_cooled as c using written as w where c.limit_no = w.limit_no and w.cools = 0
      and not exists (select from limit_key as k where k.limit_no = c.limit_no and k.adaptive_min is not null))
  select array_agg(limit_no) into v_written from written;
  -- The next take looks.
  update limit_waiting set open_ms = 0 where limit_no = any(v_written);
end $$;

-- The keys of a job, the one first that cools, its units, and how many pending jobs of its cell are before it: counted
-- to 1001, among 20000 of its lane.
create function job_keys(p_job uuid, out keys json, out units int, out ahead int) returns setof record
  language sql stable rows 1 as $$
  select (select json_agg(k.key order by k.limit_no <> s.first, k.key) from limit_key as k
      where k.limit_no = any(s.limits)), s.units, (
      select count(*)::int from (
        select from (
          select a.set_no from lane as l cross join lateral (
            (select a.set_no, a.seq from job as a where a.lane_no = l.lane_no and a.state = 0
                and a.seq >= greatest(l.head, l.cut_seq + 1) and a.seq < j.seq order by a.seq desc limit 20000)
            union all
            (select a.set_no, a.seq from job as a where a.lane_no = l.lane_no and a.state = 3
                and a.seq > l.cut_seq and a.seq < j.seq order by a.seq desc limit 20000)
            union all
            (select a.set_no, a.seq from job as a where a.lane_no = l.lane_no and a.set_no = j.set_no and a.state = 7
                and a.seq > l.cut_seq and a.seq < j.seq order by a.seq desc limit 1001)) as a
          where l.lane_no = j.lane_no) as a
        where a.set_no = j.set_no limit 1001) as c)
  from job as j join limit_set as s using (set_no) where j.job_id = p_job and s.limits <> '{}'
$$;

-- Whether jobs of the projects have or had the key.
create function limit_carried(p_no int, p_projects uuid[]) returns boolean language sql stable as $$
  select exists (
    select from project_gate as g join lane as l using (project_no) join lane_cell as c using (lane_no)
      join limit_set as s using (set_no)
    where g.project_id = any(p_projects) and p_no = any(s.limits))
$$;

-- The sets of a run's jobs that are next in line, of each the oldest job, with what its next attempt is estimated at
-- where the lane is under budgets: of p_each jobs of each line, of as many that are tried again, and of as many cells
-- with jobs that were passed over.
create function run_in_line(p_run uuid, p_ms float8, p_each int)
returns table (keys text[], units int, job_id uuid, estimate bigint) language sql stable rows 10 as $$
  with lanes as materialized (
    select l.* from run as r cross join lateral (select * from lane as l where l.run_no = r.run_no offset 0) as l
    where r.run_id = p_run),
  next as materialized (
    select coalesce(a.set_no, 0) as set_no, a.job_id, l.budgeted,
      row_number() over (partition by coalesce(a.set_no, 0) order by a.seq, l.lane_no) as nth
    from lanes as l cross join lateral (
      (select a.set_no, a.job_id, a.seq from job as a
        where a.lane_no = l.lane_no and a.state = 0 and a.seq >= greatest(l.head, l.cut_seq + 1)
        order by a.seq limit case when l.cells = 0 then 1 else p_each end)
      union all
      (select a.set_no, a.job_id, a.seq from job as a
        where a.lane_no = l.lane_no and a.state = 3 and a.seq > l.cut_seq
        order by a.seq limit case when l.cells = 0 then 1 else p_each end)
      union all
      (select a.* from (
          select c.set_no from lane_cell as c where l.passed and c.lane_no = l.lane_no and c.passed limit p_each) as c
        cross join lateral (select a.set_no, a.job_id, a.seq from job as a
          where a.lane_no = l.lane_no and a.set_no = c.set_no and a.state = 7 and a.seq > l.cut_seq
          order by a.seq limit 1) as a)) as a),
  asked as (select array_agg(n.job_id) as ids from next as n where n.nth = 1 and n.budgeted),
  estimated as (
    select e.job_id, e.estimate
    from asked as a cross join lateral unnest(a.ids, attempts_estimated(a.ids, p_ms)) as e (job_id, estimate))
  select array(select k.key from limit_key as k where k.limit_no = any(s.limits) order by k.key), coalesce(s.units, 0),
    n.job_id, case when n.budgeted then coalesce(e.estimate, 0) end
  from next as n
  left join lateral (select * from limit_set as s where s.set_no = n.set_no offset 0) as s on true
  left join lateral (select e.estimate from estimated as e where e.job_id = n.job_id) as e on true
  where n.nth = 1
$$;

-- The use of these keys at p_ms.
create function limits_used(p_keys text[], p_ms float8)
returns table (key text, origin text, concurrency int, per_minute float8, burst int, units_per_minute float8,
  estimate int, adaptive_min int, adaptive_start int, paused boolean, version int, in_use int, starts float8,
  units float8, tat_ms float8, unit_tat_ms float8, cool_ms float8, cools int, at_once float8, cut_ms float8,
  cooled float8, starts_last_minute float8, units_last_minute float8)
language sql stable rows 10 as $$
  select k.key, k.origin, k.concurrency, k.per_minute, k.burst, k.units_per_minute, k.estimate, k.adaptive_min,
    k.adaptive_start, k.paused, k.version, coalesce(s.in_use, 0), coalesce(s.starts, 0)::float8,
    coalesce(s.units, 0)::float8, coalesce(s.tat_ms, 0), coalesce(s.unit_tat_ms, 0), coalesce(s.cool_ms, 0),
    coalesce(s.cools, 0)::int, s.at_once, coalesce(s.cut_ms, 0), coalesce(s.cooled, 0)::float8,
    (coalesce(s.starts, 0) - coalesce(o.starts, 0))::float8, (coalesce(s.units, 0) - coalesce(o.units, 0))::float8
  from unnest(p_keys) as g (key)
  cross join lateral (select * from limit_key as k where k.key = g.key offset 0) as k
  left join lateral (select * from limit_state as s where s.limit_no = k.limit_no order by s.ver desc limit 1) as s
    on true
  left join lateral (select * from limit_state as s where s.limit_no = k.limit_no and s.at_ms <= p_ms - 60000
    order by s.ver desc limit 1) as o on true
$$;

-- Keys that begin with p_prefix, ascending, behind p_after, with their use at p_ms; of p_projects, if any are given,
-- those that jobs of them have or had, and those that are named by them.
create function limits_told(p_prefix text, p_after text, p_limit int, p_ms float8, p_projects uuid[])
returns table (key text, origin text, concurrency int, per_minute float8, burst int, units_per_minute float8,
  estimate int, adaptive_min int, adaptive_start int, paused boolean, version int, in_use int, starts float8,
  units float8, tat_ms float8, unit_tat_ms float8, cool_ms float8, cools int, at_once float8, cut_ms float8,
  cooled float8, starts_last_minute float8, units_last_minute float8, waiting float8)
language sql stable rows 20 as $$
  select u.*, (w.passed + coalesce(w.line, 0))::float8
  from (select * from limit_key as k where starts_with(k.key, p_prefix) and (p_after is null or k.key > p_after)
      and (p_projects is null
        or k.limit_no in (select l from project_gate as g join lane using (project_no) join lane_cell using (lane_no)
          join limit_set as s using (set_no) cross join lateral unnest(s.limits) as l
          where g.project_id = any(p_projects))
        or exists (select from unnest(p_projects) as p where starts_with(lower(k.key), 'project:' || p || ':')))
    order by k.key limit p_limit) as k
  cross join lateral limits_used(array[k.key], p_ms) as u
  cross join lateral (
    select (select count(*) from lane_cell as c cross join lateral (select l.cut_seq from lane as l
          where l.lane_no = c.lane_no offset 0) as l
        cross join lateral (select from job as j
          where j.lane_no = c.lane_no and j.set_no = c.set_no and j.state = 7 and j.seq > l.cut_seq offset 0) as j
        where c.shut_by = k.limit_no) as passed,
      (select sum(e.last_seq - l.head + 1 + coalesce((select sum(a.delta) from lane_adjust as a
          where a.lane_no = l.lane_no and a.seq >= l.head), 0))
        from (select distinct c.lane_no from lane_cell as c where c.shut_by = k.limit_no) as c
        cross join lateral (select * from lane as l where l.lane_no = c.lane_no and l.shut >= l.cells offset 0) as l
        cross join lateral (select e.last_seq from lane_end as e where e.lane_no = c.lane_no offset 0) as e
      ) as line) as w
  order by k.key
$$;
