-- Gates and intakes, which control and work meet on.
--
-- Locks are taken in one order everywhere, each by an explicit `select … order by … for …`, since an update of several
-- rows has none of its own: worker → intake → gates → lanes (lane_no) → their ends → jobs → runs (run_no) → queue_made
-- → queue_count → feed_head (project_id). What adds holds ends before lanes, which it asks for only while they are not
-- ready: with a lane in hand nobody waits for an end who has not shut the intake. What begins holds gates shared and
-- lanes `for key share`; what controls takes them alone and only then reads. What starts or enqueues holds the intake
-- shared, which is not the gate, so that no pause waits for a large start. Gates and intakes are advisory locks, given
-- out in the order of asking: begins that overlap would keep a row `for share` for ever. The clock is always a
-- parameter.

-- The projects of p_projects whose gate is open, the system's too. What is shut stays shut and what is open stays open
-- to the end of the transaction.
create function hold_gates(p_projects uuid[]) returns setof uuid
language plpgsql rows 10
as $$
begin
  perform pg_advisory_xact_lock_shared(1707723, 0);
  perform pg_advisory_xact_lock_shared(1707723, project_no)
  from (select project_no from project_gate where project_id = any(p_projects) order by project_no) held;
  -- A statement of its own: it sees what those who were waited for have committed.
  return query select project_id from project_gate
    where project_id = any(p_projects) and not project_gate.paused
      and not (select system_gate.paused from system_gate where only_row);
end
$$;

-- Opens or shuts a gate, the system's where p_project is null, and says whether that changed anything.
create function set_gate(p_project uuid, p_paused boolean) returns boolean
language plpgsql
as $$
begin
  if p_project is null then
    perform pg_advisory_xact_lock(1707723, 0);
    update system_gate set paused = p_paused where paused <> p_paused;
  else
    perform pg_advisory_xact_lock(1707723, project_no) from project_gate where project_id = p_project;
    update project_gate set paused = p_paused where project_id = p_project and paused <> p_paused;
  end if;
  return found;
end
$$;

-- Lets nothing of the project begin until the end of the transaction. `hold_gates`, `set_gate` and `job_begin` take the
-- same lock.
create function gate_take(p_project int) returns void language sql as $$
  select pg_advisory_xact_lock(1707723, p_project)
$$;

-- What comes to a project's queue passes its intake, which whoever cuts the whole queue shuts.
create function intake_take(p_project int) returns void language sql as $$
  select pg_advisory_xact_lock(1707724, p_project)
$$;

create function intake_share(p_projects int[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(1707724, p)
    from (select distinct p from unnest(p_projects) as p order by p) as held;
end $$;
