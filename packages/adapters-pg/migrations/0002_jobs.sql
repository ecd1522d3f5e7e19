-- Definitions, runs, and jobs in their lanes.

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
