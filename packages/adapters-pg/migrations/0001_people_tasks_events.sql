-- People, projects, workflows, tasks with their slots and assignments, facts, idempotency keys.
--
-- Rows refer to each other by id without foreign keys: use cases check what they are given, nothing here is ever deleted but
-- memberships, facts and keys, and a key check would lock the row it points to at every claim.

create table person (
  user_id uuid primary key,
  display_name text not null,
  avatar_url text,
  status text not null check (status in ('active', 'away', 'suspended')),
  role text not null check (role in ('admin', 'manager', 'annotator')),
  skills jsonb not null,
  max_concurrent_assignments int,
  scripted boolean not null,
  version int not null,
  created_at timestamptz(3) not null
);
create index person_newest on person (created_at desc, user_id desc);

create table project (
  project_id uuid primary key,
  name text not null,
  workflow_id uuid,
  assignment jsonb not null,
  version int not null,
  created_at timestamptz(3) not null
);
create index project_newest on project (created_at desc, project_id desc);

-- What control and work meet on. Whoever gives out work holds the gates shared, through hold_gates; pause takes its one alone, through
-- set_gate, and so waits for what is under way. These are advisory locks because those are given out in the order of asking: a row held
-- `for share` by one claim after another, each before the last has gone, kept a pause waiting for ever.
create table system_gate (
  only_row boolean primary key default true check (only_row),
  paused boolean not null
);
insert into system_gate (paused) values (false);

create table project_gate (
  project_no int generated always as identity primary key,
  project_id uuid not null unique,
  paused boolean not null
);

create table membership (
  project_id uuid not null,
  user_id uuid not null,
  primary key (project_id, user_id)
);
create index membership_user on membership (user_id, project_id);

create table quality (
  user_id uuid not null,
  project_id uuid not null,
  step_type text not null,
  score float8 not null,
  samples int not null,
  primary key (user_id, project_id, step_type)
);

create table workflow (
  workflow_id uuid primary key,
  name text not null,
  version int not null,
  created_at timestamptz(3) not null
);
create index workflow_newest on workflow (created_at desc, workflow_id desc);

create table workflow_step (
  workflow_id uuid not null,
  step_id text not null,
  place int not null,
  step_type text not null check (step_type in ('annotation', 'review', 'adjudication', 'automatic')),
  step jsonb not null,
  primary key (workflow_id, step_id)
);

-- Open people steps that are alike in all that decides who may take them and how urgent they are, interned. rank = -priority, so that a
-- claim's order is ascending throughout and a row comparison can bound an index.
create table shelf (
  shelf_id int generated always as identity primary key,
  project_id uuid not null,
  workflow_id uuid not null,
  step_id text not null,
  step_type text not null,
  requirements jsonb not null,
  requirements_key text not null generated always as (md5(requirements::text)) stored,
  rank int not null,
  constraint shelf_alike unique (project_id, workflow_id, step_id, requirements_key, rank)
);

create table task (
  task_id uuid primary key,
  project_id uuid not null,
  workflow_id uuid not null,
  status text not null check (status in ('open', 'completed', 'cancelled')),
  current_step_id text,
  priority int not null,
  payload jsonb not null,
  required_skills jsonb not null,
  gold jsonb,
  external_id text,
  version int not null,
  cooldown_until timestamptz(3),
  step_opened_at timestamptz(3) not null,
  returns int not null,
  job_id uuid,
  created_at timestamptz(3) not null,
  completed_at timestamptz(3),
  -- Where it stands while open at a people step; null otherwise.
  shelf_id int
);
create unique index task_external_id on task (project_id, external_id) where external_id is not null;
create index task_newest on task (project_id, created_at desc, task_id desc);
create index task_shelf on task (shelf_id, step_opened_at) where shelf_id is not null;
create index task_urgent on task (project_id, priority desc, step_opened_at, task_id) where shelf_id is not null;
create index task_completed on task (project_id, task_id) where status = 'completed';
create index task_automatic on task (job_id) where job_id is not null and status = 'open';

create table slot (
  task_id uuid not null,
  step_id text not null,
  slot_no int not null,
  state text not null check (state in ('free', 'held', 'done', 'cooling', 'reserved')),
  assignment_id uuid,
  reserved_for uuid,
  wake_at timestamptz(3),
  -- Its task's, while the task stands at this step; null otherwise, so that only these are found.
  shelf_id int,
  opened_at timestamptz(3),
  primary key (task_id, step_id, slot_no)
);
-- The queue. A claim reads the head of each of the person's shelves and nothing else.
create index slot_free on slot (shelf_id, opened_at, task_id, slot_no) where state = 'free' and shelf_id is not null;
create index slot_cooling on slot (shelf_id, task_id) where state = 'cooling' and shelf_id is not null;
create index slot_wake on slot (wake_at) where wake_at is not null;

create table assignment (
  assignment_id uuid primary key,
  task_id uuid not null,
  project_id uuid not null,
  step_id text not null,
  step_type text not null,
  user_id uuid not null,
  slot_no int not null,
  status text not null check (status in
    ('assigned', 'accepted', 'in_progress', 'submitted', 'rejected', 'expired', 'reassigned')),
  attempt int not null,
  version int not null,
  assigned_at timestamptz(3) not null,
  accepted_at timestamptz(3),
  started_at timestamptz(3),
  submitted_at timestamptz(3),
  rejected_at timestamptz(3),
  reject_reason jsonb,
  release_reason text,
  end_reason text,
  return_comment text,
  expires_at timestamptz(3),
  result jsonb,
  draft jsonb,
  previous_assignment_id uuid,
  override_reason text,
  constraint assignment_user_task_step unique (user_id, task_id, step_id)
);
create index assignment_task on assignment (task_id);
create index assignment_live on assignment (user_id) where status in ('assigned', 'accepted', 'in_progress');
create index assignment_given on assignment (user_id, assigned_at);
-- Its predicate names no status: with one, a plan made on an empty table counts live rows through it.
create index assignment_due on assignment (expires_at) where expires_at is not null;

create table strategy_state (
  project_id uuid not null,
  step_id text not null,
  strategy text not null,
  state jsonb not null,
  primary key (project_id, step_id, strategy)
);

create table batch (
  batch_id uuid primary key,
  project_id uuid not null,
  decided_at timestamptz(3) not null,
  -- Large, and never searched.
  input json not null,
  choices json not null
);

create table decision (
  decision_id uuid primary key,
  batch_id uuid,
  task_id uuid not null,
  decided_at timestamptz(3) not null,
  decision jsonb not null,
  input jsonb not null
);
create index decision_task on decision (task_id, decided_at desc, decision_id desc);

-- The last number given out in each project's feed. Updated last in a transaction: the row lock makes commit order the order of numbers.
create table feed_head (
  project_id uuid primary key,
  seq bigint not null
) with (fillfactor = 50);

create table fact (
  project_id uuid not null,
  seq bigint not null,
  event_id uuid not null,
  type text not null,
  audience text not null check (audience in ('members', 'affected', 'managers')),
  affected_user_ids uuid[],
  occurred_at timestamptz(3) not null,
  data jsonb not null,
  primary key (project_id, seq)
);
-- Facts are written in about the order of time: a summary per page range finds the old ones and costs writers nothing.
create index fact_age on fact using brin (occurred_at);

create table idempotency (
  scope text not null,
  key text not null,
  fingerprint text not null,
  started_at timestamptz(3) not null,
  answer jsonb,
  primary key (scope, key)
);
create index idempotency_age on idempotency (started_at);
