-- Every move of a task and of the assignments on it, kept with the task. `was` and `becomes` are a status, a step, a
-- priority or required skills; a pull says how many open steps stood before the one it took.
create table task_move (
  task_id uuid not null,
  no bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  assignment_id uuid,
  step_id text,
  user_id uuid,
  attempt int,
  was text,
  becomes text,
  by_user uuid,
  how text,
  reason text,
  decision_id uuid,
  stood_before int,
  primary key (task_id, no)
);

-- Decisions that were recorded before there were moves: each gave an assignment, at the attempt that it has now or an
-- earlier one, which nothing tells any more.
insert into task_move (task_id, at, kind, assignment_id, step_id, user_id, becomes, how, decision_id)
select decision.task_id, decision.decided_at, 'assignment', given.assignment_id, decision.decision ->> 'stepId',
  (decision.decision ->> 'chosen')::uuid, 'assigned', case when decision.batch_id is null then 'push' else 'batch' end,
  decision.decision_id
from decision left join assignment as given
  on given.user_id = (decision.decision ->> 'chosen')::uuid and given.task_id = decision.task_id
    and given.step_id = decision.decision ->> 'stepId'
where decision.decision ->> 'chosen' is not null
order by decision.decided_at, decision.decision_id;
