-- Runs whose policy sends scenarios to people, and what has come of it. What waits and what is ready is not kept: ready is a count over its index,
-- waiting is what is left.
create table escalation (
  run_no int primary key,
  rule json not null,
  scenarios int not null,
  escalated int not null default 0,
  kept int not null default 0,
  over_limit int not null default 0,
  refused int not null default 0,
  not_decided int not null default 0,
  -- Of the escalated, those that count against the policy's limit.
  limited int not null default 0,
  tasks_completed int not null default 0,
  tasks_cancelled int not null default 0,
  -- By the reason's place.
  reasons int[] not null default '{0,0,0,0,0}'
) with (fillfactor = 50);

-- state: 0 waiting, 1 ready, 2 escalated, 3 kept, 4 over the limit, 5 refused, 6 not decided.
create table run_scenario (
  run_no int not null,
  place int not null,
  -- Which of the run's scenarios it is, from 1: so its jobs are found.
  nth int not null,
  -- Jobs that have not settled.
  open int not null,
  state smallint not null default 0,
  by_hand boolean not null default false,
  limited boolean not null default false,
  -- Bits by the reason's place.
  reasons smallint not null default 0,
  task_status smallint,
  probability float8,
  decided_at timestamptz(3),
  task_id uuid,
  draw smallint[],
  issues json,
  outcome json,
  primary key (run_no, place)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
create index run_scenario_ready on run_scenario (run_no, place) where state = 1;
create unique index run_scenario_task on run_scenario (task_id) where task_id is not null;
