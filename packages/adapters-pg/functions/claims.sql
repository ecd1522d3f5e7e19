-- Claims of many people at once, and bookmarks for people with a long history.
--
-- The functions are planned once, for planning costs more than running them; and a plan that was made when tables were
-- empty must do no harm when they are full: see ADR 0039.

-- What claims of these people are decided by. p_projects[i] is where p_users[i] wants something; null: wherever they
-- are a member. Each statement sees what those who held a lock before it have committed.
create function survey_claims(p_users uuid[], p_projects uuid[])
  returns table (claimants json, projects json, shelves json)
language plpgsql rows 1
set plan_cache_mode = force_generic_plan
as $$
declare
  asked uuid[];
  passable uuid[];
begin
  perform from person where user_id = any(p_users) order by user_id for no key update;
  select array_agg(distinct wish.project_id) into asked from (
    select unnest(p_projects) as project_id
    union all
    select membership.project_id
    from unnest(p_users, p_projects) as given (user_id, project_id)
    cross join lateral (select m.project_id from membership as m where m.user_id = given.user_id offset 0) as membership
    where given.project_id is null) wish
  where wish.project_id is not null;
  select array_agg(gate) into passable from hold_gates(asked) as gate;
  return query select
    (select coalesce(json_agg(json_build_object(
       'userId', person.user_id, 'status', person.status, 'skills', person.skills, 'ownLimit',
         person.max_concurrent_assignments,
       'live', (select count(*) from assignment
         where assignment.user_id = person.user_id and assignment.status in ('assigned', 'accepted', 'in_progress')),
       'memberships', array(select membership.project_id from membership where membership.user_id = person.user_id))
       order by person.user_id), '[]')
     from person where person.user_id = any(p_users)),
    (select coalesce(json_agg(json_build_object(
       'projectId', project.project_id, 'config', project.assignment, 'gateOpen',
         project.project_id = any(coalesce(passable, '{}')))
       order by project.project_id), '[]')
     from project where project.project_id = any(asked)),
    (select coalesce(json_agg(json_build_object(
       'shelfId', shelf.shelf_id, 'projectId', shelf.project_id, 'workflowId', shelf.workflow_id, 'stepId',
         shelf.step_id,
       'stepType', shelf.step_type, 'requirements', shelf.requirements, 'priority', -shelf.rank)
       order by shelf.rank, shelf.shelf_id), '[]')
     from shelf
     where shelf.project_id = any(asked) and exists (select from task where task.shelf_id = shelf.shelf_id offset 0));
end
$$;

-- The first p_counts[i] free slots of shelf p_shelves[i], urgent shelves first, until there are at least p_enough in
-- all; each with the rows that p_users have on its task: [[userId, stepId, status]]. Nothing is locked: whoever takes
-- one looks again.
create function claim_window(p_users uuid[], p_shelves int[], p_counts int[], p_enough int)
returns table (shelf_id int, rank int, opened_at timestamptz, task_id uuid, step_id text, slot_no int, history json)
language plpgsql rows 100
set plan_cache_mode = force_generic_plan
as $$
declare
  level record;
  found_here int;
  found_so_far int := 0;
begin
  for level in
    select shelf.rank, array_agg(given.shelf_id) as shelves, array_agg(given.count) as counts
    from unnest(p_shelves, p_counts) as given (shelf_id, count)
    cross join lateral (select s.rank from shelf as s where s.shelf_id = given.shelf_id offset 0) as shelf
    group by shelf.rank order by shelf.rank
  loop
    return query
      select given.shelf_id, level.rank, head.opened_at, head.task_id, head.step_id, head.slot_no,
        (select json_agg(json_build_array(a.user_id, a.step_id, a.status)) from assignment a
         where a.task_id = head.task_id and a.user_id = any(p_users))
      from unnest(level.shelves, level.counts) as given (shelf_id, count)
        cross join lateral (
          select slot.opened_at, slot.task_id, slot.step_id, slot.slot_no from slot
          where slot.shelf_id = given.shelf_id and slot.state = 'free'
          order by slot.opened_at, slot.task_id, slot.slot_no limit given.count) head;
    get diagnostics found_here = row_count;
    found_so_far := found_so_far + found_here;
    exit when found_so_far >= p_enough;
  end loop;
end
$$;

-- Gives the slots named to the people named, where each is still free at its place and nobody is taking it at this
-- instant. p_given: [{ nth, userId, taskId, stepId, slotNo, shelfId, openedAt, assignmentId, leaseMs, before, ahead }].
-- `was` is what a revived row was before. Each move is kept with its task, and how many open steps stood before the one
-- taken. The caller holds the people's locks and the projects' gates, and has looked at the people's rows since.
create function take_slots(p_given jsonb, p_now timestamptz) returns table (nth int, given assignment, was text)
language plpgsql rows 20
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    with asked as materialized (
      select * from jsonb_to_recordset(p_given) as wish (nth int, "userId" uuid, "taskId" uuid, "stepId" text,
        "slotNo" int,
        "shelfId" int, "openedAt" timestamptz, "assignmentId" uuid, "leaseMs" float8, "before" int, ahead boolean)),
    locked as materialized (
      select asked.*, free.presentation from asked cross join lateral (
        select slot.presentation from slot
        where slot.task_id = asked."taskId" and slot.step_id = asked."stepId" and slot.slot_no = asked."slotNo"
          and slot.state = 'free' and slot.shelf_id = asked."shelfId" and slot.opened_at = asked."openedAt"
        for update skip locked) free),
    before as materialized (
      select locked."userId", a.status from locked cross join lateral (
        select a.status from assignment a
        where a.user_id = locked."userId" and a.task_id = any(array[locked."taskId"])
          and a.step_id = any(array[locked."stepId"]) offset 0) a),
    written as (
      insert into assignment as a (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status,
        attempt, version,
        assigned_at, expires_at, presentation, ahead)
      select locked."assignmentId", locked."taskId", shelf.project_id, locked."stepId", shelf.step_type,
        locked."userId", locked."slotNo",
        'assigned', 1, 1, p_now, p_now + locked."leaseMs" * interval '1 millisecond',
        locked.presentation, coalesce(locked.ahead, false)
      from locked cross join lateral (
        select s.project_id, s.step_type from shelf as s where s.shelf_id = locked."shelfId" offset 0) as shelf
      on conflict (user_id, task_id, step_id) do update set
        slot_no = excluded.slot_no, status = 'assigned', attempt = a.attempt + 1, version = a.version + 1,
        assigned_at = excluded.assigned_at, accepted_at = null, started_at = null, submitted_at = null,
          rejected_at = null,
        reject_reason = null, release_reason = null, end_reason = null, ended_at = null,
        expires_at = excluded.expires_at, ahead = excluded.ahead, result = null,
        comment = null,
        previous_assignment_id = null, override_reason = null
        where a.status in ('expired', 'reassigned')
      returning a.*),
    held as (
      update slot set state = 'held', assignment_id = written.assignment_id, reserved_for = null, wake_at = null
      from written
      where slot.task_id = any(array[written.task_id]) and slot.step_id = any(array[written.step_id])
        and slot.slot_no = any(array[written.slot_no])),
    moved as (
      insert into task_move (task_id, at, kind, assignment_id, step_id, user_id, attempt, was, becomes, by_user, how,
        stood_before)
      select written.task_id, p_now, 'assignment', written.assignment_id, written.step_id, written.user_id,
        written.attempt, (select before.status from before where before."userId" = written.user_id), 'assigned',
        written.user_id, 'pull', (select locked."before" from locked where locked."userId" = written.user_id)
      from written)
    -- Each person is given one: found in a list, since a join would look at every pair.
    select people.nths[array_position(people.users, written.user_id)], row(written.*)::assignment,
      (select before.status from before where before."userId" = written.user_id)
    from written
      cross join (select array_agg(locked."userId") as users, array_agg(locked.nth) as nths from locked) as people;
end
$$;

-- The open steps that stand before a slot on these shelves; of each shelf at most {{mostBefore}} free slots are looked
-- at.
create function steps_before(p_shelves jsonb, p_slot jsonb) returns int
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
  own_rank int;
  own_opened timestamptz := (p_slot ->> 'openedAt')::timestamptz;
  own_task uuid := (p_slot ->> 'taskId')::uuid;
begin
  select s.rank into own_rank from shelf as s where s.shelf_id = (p_slot ->> 'shelfId')::int;
  return (
    select least(coalesce(sum(ahead.tasks), 0), {{mostBefore}})
    from jsonb_to_recordset(p_shelves) as asked ("shelfId" int, "openedUntil" timestamptz)
      cross join lateral (select s.rank from shelf as s where s.shelf_id = asked."shelfId" offset 0) as shelf
      cross join lateral (
        select count(distinct seen.task_id) as tasks from (
          select slot.task_id from slot
          where slot.shelf_id = asked."shelfId" and slot.state = 'free'
            and slot.opened_at <= coalesce(asked."openedUntil", 'infinity')
            -- One bound, so that the scan ends there: on a more urgent shelf everything stands before.
            and (slot.opened_at, slot.task_id)
              < (case when shelf.rank < own_rank then 'infinity' else own_opened end, own_task)
          order by slot.opened_at, slot.task_id limit {{mostBefore}}) seen) ahead
    where shelf.rank <= own_rank);
end
$$;

-- Takes the best free slot of p_shelves for p_user and gives the assignment, and what a revived one was before; no row:
-- nothing there. p_ahead: it is held for later. p_shelves: [{ shelfId, openedUntil | null, excludedSteps, leaseMs }].
-- The caller holds the person's lock and the projects' gates, taken by earlier statements: each statement in here sees
-- everything that was committed before it, and nothing can be given to this person meanwhile.
--
-- A slot is for the person unless they have a row on its step (but for an expired or reassigned one, which is revived),
-- or hold or have submitted an excluded step. `offset 0` keeps that test one index probe a slot: as a join it would
-- read all rows of the person. With what came back it keeps the planner from the index in the order of the queue, where
-- it would read everything before the bookmark.
create function claim_best(
  p_user uuid, p_shelves jsonb, p_assignment uuid, p_now timestamptz, p_ahead boolean)
  returns table (given assignment, was text)
language plpgsql rows 1
set plan_cache_mode = force_generic_plan
as $$
declare
  began timestamptz := clock_timestamp();
  best record;
  candidate record;
  chosen jsonb;
  considered int;
  wide int := 32;
begin
  -- The head of each shelf past the bookmark, what came back behind it, and the best of them. Nothing is locked: locks
  -- here would hide one slot of every shelf from others.
  select asked.*, head.* into best
  from jsonb_to_recordset(p_shelves)
      as asked ("shelfId" int, "openedUntil" timestamptz, "excludedSteps" text[], "leaseMs" float8)
    cross join lateral (select s.rank from shelf as s where s.shelf_id = asked."shelfId" offset 0) as shelf
    left join bookmark mark
      on mark.user_id = p_user and mark.shelf_id = asked."shelfId" and mark.excluded_steps = asked."excludedSteps"
    cross join lateral (
      (select slot.opened_at, slot.task_id, false as is_late from slot
       where slot.shelf_id = asked."shelfId" and slot.state = 'free'
         and (slot.opened_at, slot.task_id)
           >= (coalesce(mark.mark_at, '-infinity'), coalesce(mark.mark_task, '00000000-0000-0000-0000-000000000000'))
         and slot.opened_at <= coalesce(asked."openedUntil", 'infinity')
         and not exists (
           select from assignment a where a.user_id = p_user and a.task_id = slot.task_id
             and (a.step_id = slot.step_id and a.status not in ('expired', 'reassigned')
               or a.step_id = any(asked."excludedSteps")
                 and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
       order by slot.opened_at, slot.task_id limit 1)
      union all
      (select back.opened_at, back.task_id, true from (
         select slot.opened_at, slot.task_id, slot.step_id from slot
         where slot.shelf_id = asked."shelfId" and slot.state = 'free' and slot.late and slot.freed_xid
           >= mark.seen offset 0) back
       where (back.opened_at, back.task_id) < (mark.mark_at, mark.mark_task)
         and back.opened_at <= coalesce(asked."openedUntil", 'infinity')
         and not exists (
           select from assignment a where a.user_id = p_user and a.task_id = back.task_id
             and (a.step_id = back.step_id and a.status not in ('expired', 'reassigned')
               or a.step_id = any(asked."excludedSteps")
                 and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
       order by back.opened_at, back.task_id limit 1)) head
  order by shelf.rank, head.opened_at, head.task_id limit 1;

  -- By a draw as good as any, and whenever the way was long.
  if get_byte(uuid_send(p_assignment), 15) % 32 = 0 or clock_timestamp() - began > interval '20 milliseconds' then
    perform move_bookmarks(p_user, p_shelves);
  end if;
  if best.task_id is null then
    return;
  end if;

  -- Locked in that shelf alone, from that head on, past what others are taking; of what came back, that slot or none.
  select jsonb_build_array(jsonb_build_object('nth', 1, 'userId', p_user, 'taskId', slot.task_id, 'stepId',
    slot.step_id,
    'slotNo', slot.slot_no, 'shelfId', slot.shelf_id, 'openedAt', slot.opened_at, 'assignmentId', p_assignment,
      'leaseMs', best."leaseMs"))
  into chosen
  from slot
  where slot.shelf_id = best."shelfId" and slot.state = 'free'
    and (slot.opened_at, slot.task_id) >= (best.opened_at, best.task_id)
    and (not best.is_late or (slot.opened_at, slot.task_id) <= (best.opened_at, best.task_id))
    and slot.opened_at <= coalesce(best."openedUntil", 'infinity')
    and not exists (
      select from assignment a where a.user_id = p_user and a.task_id = slot.task_id
        and (a.step_id = slot.step_id and a.status not in ('expired', 'reassigned')
          or a.step_id = any(best."excludedSteps")
            and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
  order by slot.opened_at, slot.task_id, slot.slot_no limit 1 for update skip locked;

  -- All of that is being taken: look at more and more of all shelves, in order, until one can be had or there are no
  -- more.
  while chosen is null loop
    considered := 0;
    for candidate in
      select seen.*, asked."shelfId" as shelf_id, asked."leaseMs" as lease_ms
      from jsonb_to_recordset(p_shelves)
          as asked ("shelfId" int, "openedUntil" timestamptz, "excludedSteps" text[], "leaseMs" float8)
        cross join lateral (select s.rank from shelf as s where s.shelf_id = asked."shelfId" offset 0) as shelf
        left join bookmark mark
          on mark.user_id = p_user and mark.shelf_id = asked."shelfId" and mark.excluded_steps = asked."excludedSteps"
        cross join lateral (
          (select slot.opened_at, slot.task_id, slot.step_id, slot.slot_no from slot
           where slot.shelf_id = asked."shelfId" and slot.state = 'free'
             and (slot.opened_at, slot.task_id)
               >= (coalesce(mark.mark_at, '-infinity'),
                 coalesce(mark.mark_task, '00000000-0000-0000-0000-000000000000'))
             and slot.opened_at <= coalesce(asked."openedUntil", 'infinity')
             and not exists (
               select from assignment a where a.user_id = p_user and a.task_id = slot.task_id
                 and (a.step_id = slot.step_id and a.status not in ('expired', 'reassigned')
                   or a.step_id = any(asked."excludedSteps")
                     and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
           order by slot.opened_at, slot.task_id, slot.slot_no limit wide)
          union all
          (select back.opened_at, back.task_id, back.step_id, back.slot_no from (
             select slot.opened_at, slot.task_id, slot.step_id, slot.slot_no from slot
             where slot.shelf_id = asked."shelfId" and slot.state = 'free' and slot.late and slot.freed_xid
               >= mark.seen offset 0) back
           where (back.opened_at, back.task_id) < (mark.mark_at, mark.mark_task)
             and back.opened_at <= coalesce(asked."openedUntil", 'infinity')
             and not exists (
               select from assignment a where a.user_id = p_user and a.task_id = back.task_id
                 and (a.step_id = back.step_id and a.status not in ('expired', 'reassigned')
                   or a.step_id = any(asked."excludedSteps")
                     and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
           order by back.opened_at, back.task_id, back.slot_no limit wide)) seen
      order by shelf.rank, seen.opened_at, seen.task_id, seen.slot_no limit wide
    loop
      considered := considered + 1;
      perform from slot
      where slot.task_id = candidate.task_id and slot.step_id = candidate.step_id and slot.slot_no = candidate.slot_no
        and slot.shelf_id = candidate.shelf_id and slot.opened_at = candidate.opened_at and slot.state = 'free'
      for update skip locked;
      if found then
        chosen := jsonb_build_array(jsonb_build_object('nth', 1, 'userId', p_user, 'taskId', candidate.task_id,
          'stepId', candidate.step_id, 'slotNo', candidate.slot_no, 'shelfId', candidate.shelf_id, 'openedAt',
            candidate.opened_at,
          'assignmentId', p_assignment, 'leaseMs', candidate.lease_ms));
        exit;
      end if;
    end loop;
    if chosen is null and considered < wide then
      return;
    end if;
    wide := wide * 8;
  end loop;

  if p_ahead then
    chosen := jsonb_set(chosen, '{0,ahead}', 'true');
  end if;
  return query select taken.given, taken.was
    from take_slots(jsonb_set(chosen, '{0,before}', to_jsonb(steps_before(p_shelves, chosen -> 0))), p_now) as taken;
  if not found then
    raise exception 'the row of person % changed under the person''s lock', p_user;
  end if;
end
$$;

-- Moves the person's bookmarks on these shelves to the first slot that is for them, or to the last one where none is.
-- What is only being taken by somebody counts as there.
--
-- A slot that is not late opened at most 20 s before it was written (see the task store), so one that is written from
-- now on, or was by a transaction which is still open and began at `oldest`, opens after `oldest` less 20 s: a bookmark
-- stays a minute behind that, and passes nothing unseen.
create function move_bookmarks(p_user uuid, p_shelves jsonb) returns void
language plpgsql
set plan_cache_mode = force_generic_plan
as $$
declare
  oldest timestamptz;
begin
  select least(clock_timestamp(), min(xact_start)) - interval '1 minute' into oldest
  from pg_stat_activity where backend_xid is not null and datname = current_database();
  insert into bookmark as b (user_id, shelf_id, excluded_steps, mark_at, mark_task, seen)
  select p_user, asked."shelfId", asked."excludedSteps", least(key.opened_at, oldest),
    case when key.opened_at <= oldest then key.task_id else '00000000-0000-0000-0000-000000000000' end,
    -- As of this statement: what is in progress now was not seen by it. What came back and is still for them must be
    -- found again.
    least(pg_snapshot_xmin(pg_current_snapshot()), back.freed_xid)
  from jsonb_to_recordset(p_shelves)
      as asked ("shelfId" int, "openedUntil" timestamptz, "excludedSteps" text[], "leaseMs" float8)
    left join bookmark mark
      on mark.user_id = p_user and mark.shelf_id = asked."shelfId" and mark.excluded_steps = asked."excludedSteps"
    left join lateral (
      select slot.opened_at, slot.task_id from slot
      where slot.shelf_id = asked."shelfId" and slot.state = 'free'
        and (slot.opened_at, slot.task_id)
          >= (coalesce(mark.mark_at, '-infinity'), coalesce(mark.mark_task, '00000000-0000-0000-0000-000000000000'))
        and slot.opened_at <= coalesce(asked."openedUntil", 'infinity')
        and not exists (
          select from assignment a where a.user_id = p_user and a.task_id = slot.task_id
            and (a.step_id = slot.step_id and a.status not in ('expired', 'reassigned')
              or a.step_id = any(asked."excludedSteps")
                and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
      order by slot.opened_at, slot.task_id limit 1) head on true
    left join lateral (
      select slot.opened_at, slot.task_id from slot
      where head.task_id is null and slot.shelf_id = asked."shelfId" and slot.state = 'free'
        and slot.opened_at <= coalesce(asked."openedUntil", 'infinity')
      order by slot.opened_at desc, slot.task_id desc limit 1) last on true
    left join lateral (
      select late.freed_xid from (
        select slot.freed_xid, slot.opened_at, slot.task_id, slot.step_id from slot
        where slot.shelf_id = asked."shelfId" and slot.state = 'free' and slot.late and slot.freed_xid
          >= mark.seen offset 0) late
      where (late.opened_at, late.task_id) < (mark.mark_at, mark.mark_task)
        and not exists (
          select from assignment a where a.user_id = p_user and a.task_id = late.task_id
            and (a.step_id = late.step_id and a.status not in ('expired', 'reassigned')
              or a.step_id = any(asked."excludedSteps")
                and a.status in ('assigned', 'accepted', 'in_progress', 'submitted')) offset 0)
      order by late.freed_xid limit 1) back on true
    cross join lateral (
      select coalesce(head.opened_at, last.opened_at) as opened_at, coalesce(head.task_id, last.task_id) as task_id) key
  where key.task_id is not null
  on conflict (user_id, shelf_id) do update set excluded_steps = excluded.excluded_steps, mark_at = excluded.mark_at,
    mark_task = excluded.mark_task, seen = excluded.seen;
end
$$;
