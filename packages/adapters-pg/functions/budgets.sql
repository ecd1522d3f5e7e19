-- Budgets: money that attempts reserve, use, and leave behind when their worker dies.
--
-- What budgets hold is moved under the lock of the window alone, as keys are. The rules are those of `usage/budget.ts`
-- in core; generated cases hold one to the other. A budget holds back as a key does, by its number below zero:
-- -budget_no.

-- The first moment of the next day of the zone, in ms.
create function midnight_after(p_zone text, p_ms float8) returns float8 language sql stable as $$
  select extract(epoch from case
      -- Where midnight comes twice, the first is meant.
      when ((m - interval '1 h') at time zone p_zone)::date > d and m - interval '1 h' > t then m - interval '1 h'
      else m end)::float8 * 1000
  from (select t, d, ((d + 1)::timestamp at time zone p_zone) as m
    from (select t, (t at time zone p_zone)::date as d from (select to_timestamp(p_ms / 1000) as t) as t) as t) as t
$$;

-- Whether jobs of the project and the run are under hard budgets.
create function has_budget(p_project int, p_run int) returns boolean language sql stable as $$
  select exists (select from budget as b
    where b.hard and b.project_no = p_project and (b.run_no is null or b.run_no = p_run))
$$;

-- Writes the next version of each budget.
create function budgets_moved(p_budgets int[], p_spent bigint[], p_reserved bigint[], p_assumed bigint[],
  p_reached boolean[] default null) returns void language sql as $$
  with before as (
    select t.budget_no, s.ver, coalesce(s.spent, 0) + t.spent as spent,
      coalesce(s.reserved, 0) + t.reserved as reserved, coalesce(s.assumed, 0) + t.assumed as assumed,
      coalesce(s.reached, false) or coalesce(t.reached, false) as reached
    from unnest(p_budgets, p_spent, p_reserved, p_assumed, p_reached)
      as t (budget_no, spent, reserved, assumed, reached)
    left join lateral (select * from budget_state as s where s.budget_no = t.budget_no order by s.ver desc limit 1) as s
      on true),
  written as (
    insert into budget_state (budget_no, ver, spent, reserved, assumed, reached)
    select budget_no, nextval('limit_ver'), spent, reserved, assumed, reached from before order by budget_no)
  delete from budget_state as s using before as b where s.budget_no = b.budget_no and s.ver = b.ver
$$;

-- Budgets whose day is over begin anew: what is reserved stays. The window's lock is held.
create function budgets_turned(p_ms float8) returns void language plpgsql as $$
declare
  v_over int[]; v_spent bigint[]; v_none bigint[]; v_assumed bigint[];
begin
  if not exists (select from budget where resets_ms <= p_ms) then
    return;
  end if;
  with over as (
    update budget as b set resets_ms = midnight_after(b.zone, p_ms), told_warned = false, told_reached = false
    where b.resets_ms <= p_ms returning b.budget_no)
  select array_agg(o.budget_no), array_agg(-coalesce(s.spent, 0)), array_agg(0), array_agg(-coalesce(s.assumed, 0))
  into v_over, v_spent, v_none, v_assumed
  from over as o
  left join lateral (select * from budget_state as s where s.budget_no = o.budget_no order by s.ver desc limit 1) as s
    on true;
  perform budgets_moved(v_over, v_spent, v_none, v_assumed);
  update budget_state as s set reached = false where s.budget_no = any(v_over) and s.reached;
  delete from budget_reserve as r where r.budget_no = any(v_over) and r.assumed;
  update limit_waiting as w set open_ms = 0 where w.limit_no = any(array(select -o from unnest(v_over) as o));
end $$;

-- The hard budgets of these lanes with what is left of them, and of that what no call has cost.
create function budgets_of_lanes(p_lanes int[], out lane_nos int[], out budget_nos int[]) language sql stable as $$
  select array_agg(l.lane_no order by l.lane_no, b.budget_no), array_agg(b.budget_no order by l.lane_no, b.budget_no)
  from lane as l join budget as b
    on b.hard and b.project_no = l.project_no and (b.run_no is null or b.run_no = l.run_no)
  where l.lane_no = any(p_lanes) and l.budgeted
$$;

-- What is left of each budget, what of its cap is not gone, and whether it has refused a start.
create function budgets_left(p_budgets int[], out free bigint[], out unspent bigint[], out reached boolean[])
  language sql stable as $$
  select array_agg(b.cap_micros - coalesce(s.spent + s.reserved + s.assumed, 0) order by g.i),
    array_agg(b.cap_micros - coalesce(s.spent + s.assumed, 0) order by g.i),
    array_agg(coalesce(s.reached, false) order by g.i)
  from unnest(p_budgets) with ordinality as g (budget_no, i)
  join budget as b on b.budget_no = g.budget_no
  left join lateral (select * from budget_state as s where s.budget_no = b.budget_no order by s.ver desc limit 1) as s
    on true
$$;

-- The estimate of each job's next attempt, as `estimateOf` in core.
create function attempts_estimated(p_jobs uuid[], p_ms float8) returns bigint[] language sql stable as $$
  select array_agg(case
      when s.cost_micros > 0 then s.cost_micros
      when s.units > 0 and p.input_micros is not null
        then ceil(s.units::numeric * p.input_micros / 1000000)::bigint
      else coalesce((select ceil(avg(c.cost))::bigint
        from attempt_cost as a cross join lateral unnest(a.costs) as c (cost)
        where a.type_no = j.type_no and a.model = coalesce(r.model, '')), 0) end order by g.i)
  from unnest(p_jobs) with ordinality as g (job_id, i)
  cross join lateral (select * from job as j where j.job_id = g.job_id offset 0) as j
  left join lateral (select r.models[j.model] as model from run as r where r.run_no = j.run_no offset 0) as r on true
  left join lateral (select * from limit_set as s where s.set_no = j.set_no offset 0) as s on true
  left join lateral (select p.input_micros from price as p
    where s.units > 0 and p.model = r.model and p.valid_from <= to_timestamp(p_ms / 1000)
    order by p.valid_from desc limit 1) as p on true
$$;

-- The attempts that these jobs, in line, are about to begin have reserved so much.
create function attempts_reserved(p_jobs uuid[], p_budgets int[], p_micros bigint[], p_worker int) returns void
  language sql as $$
  insert into budget_reserve (job_id, start, budget_no, worker_no, micros)
  select g.job_id, (j.starts + 1) & 32767, g.budget_no, p_worker, g.micros
  from unnest(p_jobs, p_budgets, p_micros) as g (job_id, budget_no, micros)
  cross join lateral (select j.starts from job as j where j.job_id = g.job_id offset 0) as j
  order by 1, 3
$$;

-- Cells that wait for these budgets are looked at again, whatever they needed. The window's lock is held.
create function budgets_asked_anew(p_budgets int[]) returns void language plpgsql as $$
declare
  v_by int[] := array(select -b from unnest(p_budgets) as b);
begin
  if not exists (select from limit_waiting as w where w.limit_no = any(v_by)) then
    return;
  end if;
  perform from lane where lane_no = any(array(select c.lane_no from lane_cell as c where c.shut_by = any(v_by)))
    order by lane_no for no key update;
  update lane_cell as c set need = 0 where c.shut_by = any(v_by) and c.need > 0;
  update limit_waiting as w set open_ms = 0 where w.limit_no = any(v_by);
end $$;

-- Whether cells wait for these budgets, and when they may open: at once if one needs no more than is left, at the end
-- of the budget's day, or when a report or a person says so.
create function budgets_looked(p_budgets int[]) returns void language plpgsql as $$
declare
  v_free bigint[]; v_unspent bigint[];
begin
  delete from limit_waiting as w where w.limit_no = any(array(select -b from unnest(p_budgets) as b))
    and not exists (select from lane_cell as c where c.shut_by = w.limit_no);
  select free, unspent into v_free, v_unspent from budgets_left(p_budgets);
  insert into limit_waiting as w (limit_no, open_ms)
  select -b.budget_no, case when g.unspent > 0
      and exists (select from lane_cell as c where c.shut_by = -b.budget_no and c.need <= g.free) then 0
    else b.resets_ms end
  from unnest(p_budgets, v_free, v_unspent) as g (budget_no, free, unspent) join budget as b using (budget_no)
  where exists (select from lane_cell as c where c.shut_by = -b.budget_no)
  order by b.budget_no
  on conflict (limit_no) do update set open_ms = excluded.open_ms;
end $$;

-- Lanes under hard budgets that are not known to be: from now on takes ask for each of their jobs. Cells are of all
-- sets that stand in line; others come with their jobs. The window's lock is held; of a project its intake is shut.
create function lanes_budgeted(p_project int, p_run int) returns void language plpgsql as $$
declare
  v_lanes int[];
begin
  v_lanes := array(select l.lane_no from lane as l
    where l.project_no = p_project and (p_run is null or l.run_no = p_run) and not l.budgeted order by l.lane_no);
  perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
  insert into lane_cell (lane_no, set_no, priority)
  select distinct l.lane_no, coalesce(j.set_no, 0), l.priority
  from lane as l cross join lateral (
    select j.set_no from job as j where j.lane_no = l.lane_no and j.state = 0 and j.seq >= l.head offset 0) as j
  where l.lane_no = any(v_lanes)
  union
  select l.lane_no, 0, l.priority from lane as l where l.lane_no = any(v_lanes) and l.run_no is null
  order by 1, 2
  on conflict (lane_no, set_no) do nothing;
  update lane as l set budgeted = true,
    cells = greatest(1, (select count(*)::int from lane_cell as c where c.lane_no = l.lane_no))
  where l.lane_no = any(v_lanes);
end $$;

-- Keeps a budget. Gives the id of the hard one of its scope, where both are hard.
create function budget_add(p_id uuid, p_project uuid, p_run uuid, p_zone text, p_cap bigint, p_soft float8,
  p_hard boolean, p_at_cap text, p_now timestamptz) returns uuid language plpgsql as $$
declare
  v_project int; v_run int; v_held uuid;
begin
  select project_no into strict v_project from project_gate where project_id = p_project;
  select run_no into v_run from run where run_id = p_run;
  -- Lanes that are being made must know of it. A run has its own, and who starts it shares the intake.
  if p_hard and v_run is null then
    perform intake_take(v_project);
  end if;
  perform pg_advisory_xact_lock(7077237002);
  select b.budget_id into v_held from budget as b where p_hard and b.hard and b.project_no = v_project
    and coalesce(b.run_no, 0) = coalesce(v_run, 0) and (b.zone is not null) = (p_zone is not null);
  if v_held is not null then
    return v_held;
  end if;
  insert into budget (budget_id, project_no, run_no, zone, cap_micros, soft, hard, at_cap, resets_ms)
  values (p_id, v_project, v_run, p_zone, p_cap, p_soft, p_hard, p_at_cap,
    case when p_zone is not null then midnight_after(p_zone, extract(epoch from p_now)::float8 * 1000) end);
  if p_hard then
    perform lanes_budgeted(v_project, v_run);
  end if;
  return null;
end $$;

-- What the budget holds back may begin, as far as it is concerned. The window's lock is held.
create function budget_opened(p_budget int) returns void language plpgsql as $$
declare
  v_lanes int[] := array(select distinct c.lane_no from lane_cell as c where c.shut_by = -p_budget);
begin
  perform pg_advisory_xact_lock_shared(1707723, gate) from (
    select 0 as gate union select l.project_no from lane as l where l.lane_no = any(v_lanes) order by 1) as held;
  perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
  with back as (
    update lane_cell as c set shut_by = null, need = null
    where c.lane_no = any(v_lanes) and c.shut_by = -p_budget returning c.lane_no)
  update lane as l set ready = true, shut = l.shut - b.n
  from (select lane_no, count(*)::int as n from back group by 1) as b where l.lane_no = any(array[b.lane_no]);
  delete from limit_waiting where limit_no = -p_budget;
end $$;

-- Gives the budget other settings. changed: false where it is not there or at another version; held: the hard one of
-- its scope, where that is another.
create function budget_put(p_id uuid, p_cap bigint, p_soft float8, p_hard boolean, p_at_cap text, p_version int,
  p_now timestamptz, out changed boolean, out held uuid) language plpgsql as $$
declare
  v_budget budget;
begin
  perform intake_take(b.project_no) from budget as b 
    where b.budget_id = p_id and p_hard and not b.hard and b.run_no is null;
  perform pg_advisory_xact_lock(7077237002);
  perform budgets_turned(extract(epoch from p_now)::float8 * 1000);
  select * into v_budget from budget where budget_id = p_id for update;
  changed := found and (p_version is null or p_version = v_budget.version);
  if not changed then
    return;
  end if;
  if p_hard then
    select b.budget_id into held from budget as b where b.hard and b.budget_id <> p_id
      and b.project_no = v_budget.project_no and coalesce(b.run_no, 0) = coalesce(v_budget.run_no, 0)
      and (b.zone is not null) = (v_budget.zone is not null);
    if held is not null then
      return;
    end if;
  end if;
  update budget set cap_micros = p_cap, soft = p_soft, hard = p_hard, at_cap = p_at_cap, version = version + 1,
    told_warned = false, told_reached = false where budget_no = v_budget.budget_no;
  -- The next take asks again, unless nothing is left for any job: those that it held back it refuses again, then.
  update budget_state set reached = p_hard and spent + assumed >= p_cap and exists (
    select from lane_cell as c where c.shut_by = -v_budget.budget_no)
  where budget_no = v_budget.budget_no and reached;
  if p_hard and not v_budget.hard then
    perform lanes_budgeted(v_budget.project_no, v_budget.run_no);
  end if;
  if p_hard then
    perform budgets_asked_anew(array[v_budget.budget_no]);
  else
    perform budget_opened(v_budget.budget_no);
  end if;
end $$;

create function budget_remove(p_id uuid, p_version int) returns boolean language plpgsql as $$
declare
  v_budget int;
begin
  perform pg_advisory_xact_lock(7077237002);
  select budget_no into v_budget from budget where budget_id = p_id and (p_version is null or p_version = version);
  if not found then
    return false;
  end if;
  perform budget_opened(v_budget);
  delete from budget_reserve where budget_no = v_budget;
  delete from budget_state where budget_no = v_budget;
  delete from budget where budget_no = v_budget;
  return true;
end $$;

-- Calls of these groups have cost what they say, and the attempts of p_ended have used all they will: it takes the
-- place of what they reserved, or what was assumed of them.
create function budgets_spent(p_groups json, p_ended json, p_now timestamptz) returns void language plpgsql as $$
declare
  v_budgets int[]; v_spent bigint[]; v_reserved bigint[]; v_assumed bigint[];
  v_estimates boolean := false;
begin
  perform pg_advisory_xact_lock(7077237002);
  perform budgets_turned(extract(epoch from p_now)::float8 * 1000);
  with released as (
    delete from budget_reserve as r using json_to_recordset(p_ended) as e (job_id uuid, start smallint)
    where r.job_id = e.job_id and r.start = e.start returning r.budget_no, r.micros, r.assumed),
  moves as (
    select b.budget_no, g.cost as spent, 0::bigint as reserved, 0::bigint as assumed
    from json_to_recordset(p_groups) as g (project_id uuid, run_id uuid, cost bigint)
    join project_gate as p on p.project_id = g.project_id
    left join run as r on r.run_id = g.run_id
    join budget as b on b.project_no = p.project_no and (b.run_no is null or b.run_no = r.run_no)
    where g.cost > 0
    union all
    select budget_no, 0, case when assumed then 0 else -micros end, case when assumed then -micros else 0 end
    from released)
  select array_agg(m.budget_no), array_agg(m.spent), array_agg(m.reserved), array_agg(m.assumed)
  into v_budgets, v_spent, v_reserved, v_assumed
  from (select budget_no, sum(spent)::bigint as spent, sum(reserved)::bigint as reserved,
      sum(assumed)::bigint as assumed from moves group by 1) as m;
  if p_ended is not null then
    insert into attempt_cost as a (type_no, model, costs)
    select j.type_no, coalesce(r.models[j.model], ''), array_agg(e.cost order by e.i)
    from rows from (json_to_recordset(p_ended) as (job_id uuid, cost bigint)) with ordinality as e (job_id, cost, i)
    join job as j on j.job_id = e.job_id left join run as r on r.run_no = j.run_no
    where e.cost is not null group by 1, 2 order by 1, 2
    on conflict (type_no, model) do update
      set costs = (a.costs || excluded.costs)[greatest(1, cardinality(a.costs || excluded.costs) - {{meanOf}} + 1):];
  end if;
  if v_budgets is not null then
    perform budgets_moved(v_budgets, v_spent, v_reserved, v_assumed);
    if p_ended is not null then
      perform budgets_asked_anew(v_budgets);
    end if;
  end if;
end $$;

-- What these workers, who are gone, had reserved is assumed from now on.
create function reserves_assumed(p_workers int[]) returns void language plpgsql as $$
declare
  v_budgets int[]; v_none bigint[]; v_reserved bigint[]; v_assumed bigint[];
begin
  if not exists (select from budget_reserve as r where r.worker_no = any(p_workers) and not r.assumed) then
    return;
  end if;
  perform pg_advisory_xact_lock(7077237002);
  with gone as (
    update budget_reserve as r set assumed = true where r.worker_no = any(p_workers) and not r.assumed
    returning r.budget_no, r.micros)
  select array_agg(g.budget_no), array_agg(0), array_agg(-g.micros), array_agg(g.micros)
  into v_budgets, v_none, v_reserved, v_assumed
  from (select budget_no, sum(micros)::bigint as micros from gone group by 1) as g;
  perform budgets_moved(v_budgets, v_none, v_reserved, v_assumed);
end $$;

-- Budgets with their use at p_now, by id behind p_after: the one of p_id, those of p_project and its runs, or all.
create function budgets_told(p_id uuid, p_project uuid, p_after uuid, p_limit int, p_now timestamptz)
returns table (budget_id uuid, project_id uuid, run_id uuid, zone text, cap_micros bigint, soft float8, hard boolean,
  at_cap text, version int, resets_ms float8, spent bigint, reserved bigint, assumed bigint, reached boolean,
  blind boolean)
language sql stable rows 20 as $$
  select b.budget_id, p.project_id, r.run_id, b.zone, b.cap_micros, b.soft, b.hard, b.at_cap, b.version,
    case when o.over then midnight_after(b.zone, o.ms) else b.resets_ms end,
    case when o.over then 0 else coalesce(s.spent, 0) end, coalesce(s.reserved, 0),
    case when o.over then 0 else coalesce(s.assumed, 0) end, coalesce(s.reached, false) and not o.over,
    exists (select from budget_reserve as v where v.budget_no = b.budget_no and v.micros = 0 and not v.assumed)
  from (select * from budget as b where (p_id is null or b.budget_id = p_id)
      and (p_project is null or b.project_no = (select project_no from project_gate where project_id = p_project))
      and (p_after is null or b.budget_id > p_after) order by b.budget_id limit p_limit) as b
  cross join lateral (select m.ms, coalesce(b.resets_ms <= m.ms, false) as over
    from (select extract(epoch from p_now)::float8 * 1000 as ms) as m) as o
  join project_gate as p on p.project_no = b.project_no
  left join run as r on r.run_no = b.run_no
  left join lateral (select * from budget_state as s where s.budget_no = b.budget_no order by s.ver desc limit 1) as s
    on true
  order by b.budget_id
$$;

-- Budgets that have come to their soft share or their cap, of which nobody was told. Those whose day is over are left
-- to what begins it anew.
create function budgets_crossing(p_now timestamptz)
returns table (budget_no int, warned boolean, reached boolean) language sql stable rows 10 as $$
  select c.* from (
    select b.budget_no, not b.told_warned and s.spent > 0 and s.spent >= b.soft * b.cap_micros as warned,
      not b.told_reached and s.reached as reached
    from budget as b cross join lateral (
      select * from budget_state as s where s.budget_no = b.budget_no order by s.ver desc limit 1) as s
    where (not b.told_warned or not b.told_reached)
      and (b.resets_ms is null or b.resets_ms > extract(epoch from p_now)::float8 * 1000)) as c
  where c.warned or c.reached
$$;

-- From now on they count as told.
create function budgets_crossed(p_limit int, p_now timestamptz)
returns table (budget_id uuid, warned boolean, reached boolean) language sql rows 10 as $$
  with chosen as (
    select b.budget_no, c.warned, c.reached from budgets_crossing(p_now) as c join budget as b using (budget_no)
    order by b.budget_no limit p_limit for no key update of b skip locked)
  update budget as b set told_warned = b.told_warned or c.warned, told_reached = b.told_reached or c.reached
  from chosen as c where b.budget_no = c.budget_no returning b.budget_id, c.warned, c.reached
$$;
