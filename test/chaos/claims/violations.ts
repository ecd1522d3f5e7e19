import { excludedSteps } from '@muster/core/rules'
import type { Pool } from 'pg'
import type { Violation } from '../findings.ts'
import { LIMIT, type World } from './world.ts'

// The database's clock is never behind the one that moved the slot: both are this machine's.
const WATCH_RESTS = `
  create table broken_rest (what text not null);
  create function watch_rest() returns trigger language plpgsql as $$
  begin
    insert into broken_rest values (format('slot %s of %s %s was %s %s before its rest ended',
      new.slot_no, new.task_id, new.step_id, new.state, old.wake_at - clock_timestamp()));
    return null;
  end $$;
  create trigger watch_rest after update on slot for each row
    when (old.state = 'cooling' and new.state in ('free', 'held') and old.wake_at > clock_timestamp())
    execute function watch_rest()`

/** Lets the database itself notice a slot that is given out, or opened, before its rest has ended. */
export async function watchRests(pool: Pool): Promise<void> {
  await pool.query(WATCH_RESTS)
}

// One statement, and so one snapshot. $1, $2: pairs of steps that exclude each other; $3: the limit; $4: the rest is asked too, which reads every fact; $5: minutes of a rest.
const VIOLATIONS = `
  with live as (select * from assignment where status in ('assigned', 'accepted', 'in_progress')),
  had as (select * from assignment where status in ('assigned', 'accepted', 'in_progress', 'submitted')),
  excluded as (select * from unnest($1::text[], $2::text[]) as pair (one, other)),
  step as (select workflow_id, step_id, step_type, (step ->> 'assignmentsRequired')::int as overlap from workflow_step)
  select 'no duplicates' as rule, format('%s has %s rows on %s %s', user_id, count(*), task_id, step_id) as what
  from assignment group by user_id, task_id, step_id having count(*) > 1
  union all
  select 'exclusion', format('%s is on %s and on %s of %s', one.user_id, one.step_id, other.step_id, one.task_id)
  from had as one join excluded on excluded.one = one.step_id
    join had as other on other.user_id = one.user_id and other.task_id = one.task_id and other.step_id = excluded.other
  where one.status <> 'submitted' and one.override_reason is null and other.override_reason is null
  union all
  select 'limit', format('%s holds %s', user_id, count(*))
  from live join person using (user_id)
  group by user_id, max_concurrent_assignments having count(*) > least(max_concurrent_assignments, $3)
  union all
  select 'suspended people hold nothing', format('%s holds %s', user_id, count(*))
  from live join person using (user_id) where person.status = 'suspended' group by user_id
  union all
  select 'skill', format('%s holds the %s of %s', user_id, step_type, task_id)
  from live join person using (user_id) where step_type = 'review' and coalesce((skills ->> 'review')::int, 0) < 1
  union all
  select 'overlap', format('%s %s has %s slots', slot.task_id, slot.step_id, count(*))
  from slot join task using (task_id) join step on step.workflow_id = task.workflow_id and step.step_id = slot.step_id
  group by slot.task_id, slot.step_id, overlap having count(*) > overlap
  union all
  select 'a live assignment has its slot', format('%s of %s %s', live.assignment_id, live.task_id, live.step_id)
  from live left join slot on slot.task_id = live.task_id and slot.step_id = live.step_id and slot.slot_no = live.slot_no
    and slot.state = 'held' and slot.assignment_id = live.assignment_id
  where slot.task_id is null
  union all
  select 'a held slot has its assignment', format('slot %s of %s %s', slot.slot_no, slot.task_id, slot.step_id)
  from slot left join live on live.assignment_id = slot.assignment_id and live.task_id = slot.task_id and live.step_id = slot.step_id
  where slot.state = 'held' and live.assignment_id is null
  union all
  select 'a slot that is done was submitted', format('slot %s of %s %s', slot.slot_no, slot.task_id, slot.step_id)
  from slot left join assignment as a on a.assignment_id = slot.assignment_id
  where slot.state = 'done' and a.status is distinct from 'submitted'
  union all
  select 'what is open stands at the step of its task', format('slot %s of %s %s is %s', slot.slot_no, slot.task_id, slot.step_id, slot.state)
  from slot join task using (task_id)
  where slot.state in ('free', 'held', 'cooling') and (task.status <> 'open' or task.current_step_id <> slot.step_id)
  union all
  select 'one is held ahead', format('%s holds %s', user_id, count(*))
  from assignment where ahead group by user_id having count(*) > 1
  union all
  select 'what is held ahead is assigned', format('%s is %s', assignment_id, status)
  from assignment where ahead and status <> 'assigned'
  union all
  select 'what is held ahead lapses', format('%s at %s', assignment_id, expires_at)
  from assignment where ahead and (expires_at is null or expires_at > clock_timestamp() + interval '45 s')
  union all
  select 'what nobody saw rests nowhere', format('slot %s of %s %s', slot.slot_no, slot.task_id, slot.step_id)
  from slot join assignment as a using (task_id, step_id, slot_no)
  where slot.state = 'cooling' and a.end_reason = 'unseen' and a.ended_at = slot.wake_at - $5 * interval '1 minute'
  union all
  select 'what waits is in progress', format('%s is %s', assignment_id, status)
  from assignment where submits_at is not null and status <> 'in_progress'
  union all
  select 'rest', what from broken_rest
  union all
  select 'facts are contiguous', format('%s has %s facts from %s to %s, and its head at %s', project_id, count(*), min(fact.seq), max(fact.seq), head.seq)
  from fact join feed_head as head using (project_id)
  where $4 group by project_id, head.seq having count(*) <> max(fact.seq) or min(fact.seq) <> 1 or head.seq <> max(fact.seq)
  union all
  select 'every attempt has its fact', format('%s is at attempt %s, and %s were told', a.assignment_id, a.attempt, coalesce(told.attempts, 0))
  from assignment as a left join (
    select (data ->> 'assignmentId')::uuid as assignment_id, count(distinct data ->> 'attempt') as attempts
    from fact where type in ('task_assigned', 'task_reassigned') and data ->> 'status' = 'assigned' group by 1) as told using (assignment_id)
  where $4 and told.attempts is distinct from a.attempt`

/** Everything that breaks a rule, in one snapshot; the feed too, where `whole`. */
export async function findViolations(
  pool: Pool,
  { workflow, projects }: World,
  { whole }: { readonly whole: boolean },
): Promise<Violation[]> {
  const [project] = projects
  if (!project) throw new RangeError('The world has no project')
  const pairs = workflow.steps.flatMap(({ stepId }) =>
    excludedSteps(workflow, project.assignment, stepId).map((other) => [stepId, other] as const),
  )
  const { rows } = await pool.query<Violation>(VIOLATIONS, [
    pairs.map(([one]) => one),
    pairs.map(([, other]) => other),
    LIMIT,
    whole,
    project.assignment.cooldownMinutes,
  ])
  return rows
}
