-- Questions that jobs put to people, and jobs that are asleep until they have answered.

-- A question of a job, found by its name. state: 0 open, 1 answered, 2 a default took the place of an answer, 3 nobody
-- answered in time, 4 cancelled with its task.
create table job_ask (
  job_id uuid not null,
  name text not null,
  -- In the order in which they were asked.
  nth smallint not null,
  state smallint not null default 0,
  stale boolean not null default false,
  task_id uuid not null,
  asked_at timestamptz(3) not null,
  ended_at timestamptz(3),
  timeout_at timestamptz(3),
  -- Of what was asked.
  digest bytea not null,
  on_timeout json,
  answer json,
  answered_by uuid[],
  primary key (job_id, name)
);
create unique index job_ask_task on job_ask (task_id);
create index job_ask_due on job_ask (timeout_at) where state = 0 and timeout_at is not null;

-- What handlers have made once, by name.
create table job_kept (
  job_id uuid primary key,
  kept json not null
);

-- Attempts that ended asleep, each of which allows one more.
alter table job add column sleeps smallint;
-- Sleepers, those among them that have their answers (state 8) and wait to be put in line.
create index job_asleep on job (project_no, started_at, job_id) where state = 10 or (state = 8 and lane_no <> 0);
create index job_asleep_run on job (run_no, model)
  where run_no is not null and (state = 10 or (state = 8 and lane_no <> 0));
