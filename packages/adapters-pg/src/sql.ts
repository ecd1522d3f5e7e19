// Written by `npm run sql` from ../migrations and ../functions, for bundles: change those.

/** A text of SQL and the name of the file that holds it. */
export interface SqlFile {
  readonly name: string
  readonly text: string
}

export const MIGRATIONS: readonly SqlFile[] = [
{ name: '0001_people_tasks_events.sql', text: `-- People, projects, workflows, tasks with their slots and assignments, facts, idempotency keys.
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
-- \`for share\` by one claim after another, each before the last has gone, kept a pause waiting for ever.
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
` },
{ name: '0002_jobs.sql', text: `-- Definitions, runs, and jobs in their lanes.

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
-- A run's job takes its payload from the scenario at \`place\` and its times from the run. No foreign keys and no full index with \`state\`: each costs a fifth of everything.
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
` },
{ name: '0003_claims.sql', text: `-- Claims of many people at once, and bookmarks for people with a long history.

-- A slot that became free, or moved, behind a bookmark is found by the transaction that freed it: \`late\` says that its place on the shelf
-- tells nothing of when it got there. A slot that opens in time stands behind all others, and is found there.
alter table slot add column late boolean not null default false, add column freed_xid xid8,
  -- As exact as its task's, which is what clients of the database see.
  alter column opened_at type timestamptz(3);
create index slot_late on slot (shelf_id, freed_xid) where state = 'free' and late and shelf_id is not null;

-- How far down a shelf nothing is for a person: no slot before (mark_at, mark_task) that became free in a transaction older than \`seen\` is one
-- that the person's own rows, under these excluded steps, let them have. Nothing but a shorter way: without it the walk begins at the head.
-- Transaction ids mean nothing in another cluster: empty this table after restoring a dump.
create table bookmark (
  user_id uuid not null,
  shelf_id int not null,
  excluded_steps text[] not null,
  mark_at timestamptz not null,
  mark_task uuid not null,
  seen xid8 not null,
  primary key (user_id, shelf_id)
) with (fillfactor = 70);
` },
{ name: '0004_feed.sql', text: `-- What those who follow the feed need beside facts and heads.

-- Names this history of facts; cursors carry it. Restored from a backup, a database gives numbers again that some client has seen already:
-- whoever restores one gives it a new epoch (update feed_epoch set epoch = gen_random_uuid()), and every client reloads.
create table feed_epoch (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid()
);
insert into feed_epoch default values;

-- Whose rights may have changed. A log, not a counter: a counter's row would make everybody who changes rights wait for each other. It is read
-- as a set, of the last minutes, because numbers of a sequence do not commit in their order.
create table access_change (
  change_id bigint generated always as identity primary key,
  user_id uuid not null,
  changed_at timestamptz(3) not null default now()
);
create index access_change_age on access_change (changed_at);
` },
{ name: '0005_fact_retention.sql', text: `-- Facts are forgotten from the beginning of each project, which their key finds: nothing asks for them by age alone any more.
drop index fact_age;
-- What was forgotten lies where the oldest kept is looked for: cleared away early.
alter table fact set (autovacuum_vacuum_scale_factor = 0.02);
` },
{ name: '0006_reservations.sql', text: `-- Slots that wait for their person, by person and by shelf.
create index slot_reserved_for on slot (reserved_for) where reserved_for is not null;
create index slot_reserved on slot (shelf_id, task_id) where state = 'reserved' and shelf_id is not null;
` },
{ name: '0007_starts.sql', text: `-- How often a job began, counted round from 32767 to 0: the fence of what ends a start, also where the attempt is not counted.
alter table job add column starts smallint not null default 0;
-- Answers in a row that asked to wait.
alter table job add column not_nows smallint not null default 0;
` },
{ name: '0008_attendance.sql', text: `-- What each worker does, so that jobs nobody does are noticed.
alter table worker add column types text[] not null default '{}';

-- Until when a scheduler was last known to be alive; one row.
create table scheduler_seen (
  one boolean primary key default true check (one),
  until timestamptz(3) not null
);
` },
{ name: '0009_json_as_given.sql', text: `-- JSON is kept as it was given: \`jsonb\` sorts keys. What has been sorted stays so.
--
-- The requirements of a shelf are no one's JSON but ours. They stay \`jsonb\`, since alike ones must be one shelf in whatever order their keys came.

alter table person alter column skills type json;
alter table project alter column assignment type json;
alter table workflow_step alter column step type json;
alter table task alter column payload type json, alter column required_skills type json, alter column gold type json;
alter table assignment alter column reject_reason type json, alter column result type json, alter column draft type json;
alter table strategy_state alter column state type json;
alter table decision alter column decision type json, alter column input type json;
alter table fact alter column data type json;
alter table idempotency alter column answer type json;
alter table scenario alter column payload type json;
alter table run alter column config type json;
alter table job alter column step type json, alter column payload type json, alter column result type json, alter column error type json;
` },
{ name: '0010_origin.sql', text: `-- Which cluster, database and history of writing this is, as it was when it was last noted. Dumped and restored elsewhere, the row says where it
-- was: its numbers of transactions mean nothing there, and its facts may be given numbers that clients have seen already. null: not known.
alter table feed_epoch
  add column system_id bigint, add column timeline int, add column database_id bigint, add column table_id bigint,
  -- Of the folder of an embedded database.
  add column place text,
  -- Was next when it was noted: they only grow.
  add column next_xid xid8;

-- Nobody knows where this database was until now.
update feed_epoch set epoch = gen_random_uuid();
` },
{ name: '0011_settled_by_state.sql', text: `-- What is settled, newest first, of a project without regard to its runs: each state is walked by itself, so that neither runs nor states that have
-- ended cost anything. What was cancelled may share one moment by the hundred thousand, and is in full order.
drop index job_settled;
create index job_settled on job (project_no, state, finished_at, (coalesce(run_no, 0)), type_no) where state in (4, 5);
create index job_cancelled on job (project_no, finished_at, seq, job_id, (coalesce(run_no, 0)), type_no) where state = 6;
` },
{ name: '0012_external_ids.sql', text: `-- People and projects by the ids that the host has for them.
alter table person add column external_id text;
create unique index person_external_id on person (external_id) where external_id is not null;
alter table project add column external_id text;
create unique index project_external_id on project (external_id) where external_id is not null;
` },
{ name: '0013_forms.sql', text: `-- What people are shown and asked, as data. A form never changes: a change is the next version of its name.
create table form (
  form_id uuid primary key,
  name text not null,
  version int not null,
  -- What its author said.
  form json not null,
  created_at timestamptz not null
);
create unique index form_name_version on form (name, version);
` },
{ name: '0014_escalation.sql', text: `-- Runs whose policy sends scenarios to people, and what has come of it. What waits and what is ready is not kept: ready is a count over its index,
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
` },
{ name: '0015_form_of_task.sql', text: `-- The form that stands in for that of every annotation step of the task; null: each step has its own.
alter table task add column form_id uuid;
` },
{ name: '0016_presentation.sql', text: `-- The orders in which sides and options are shown: drawn for a slot, copied by the row that gets it first.
alter table slot add column presentation json;
alter table assignment add column presentation json;
` },
{ name: '0017_drafts.sql', text: `-- How often a draft of a row was saved, and when last; null: never.
alter table assignment add column draft_version int, add column draft_saved_at timestamptz;
` },
{ name: '0018_flags.sql', text: `-- A person's mark on their work for the managers, and when it was made; null: none.
alter table assignment add column flag json, add column flagged_at timestamptz;
create index assignment_flagged on assignment (project_id, task_id) where flagged_at is not null;
` },
{ name: '0019_agreement.sql', text: `-- What agreement between people is counted by: whole numbers, moved with each step of a task that completes or is sent
-- back. form_id is all zeros for a step without a form; skill is empty for all tasks, else for those that require it.
create table composition (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  skill text not null,
  -- {"a":2,"b":1}: answers by how often each was given.
  composition text not null,
  -- An index entry has no room for a long one.
  composition_key text not null generated always as (md5(composition)) stored,
  tasks bigint not null,
  primary key (project_id, step_id, question, form_id, skill, composition_key)
) with (fillfactor = 50);

create table pair_cell (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  a uuid not null,
  b uuid not null,
  answer_a text not null,
  answer_b text not null,
  tasks bigint not null,
  primary key (project_id, step_id, question, form_id, a, b, answer_a, answer_b)
) with (fillfactor = 50);

-- a and b are all zeros for everybody.
create table share (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  skill text not null,
  a uuid not null,
  b uuid not null,
  kind text not null,
  tasks bigint not null,
  sum numeric not null,
  squares numeric not null,
  primary key (project_id, step_id, question, form_id, skill, a, b, kind)
) with (fillfactor = 50);

create table rater (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  skill text not null,
  user_id uuid not null,
  answers bigint not null,
  compared bigint not null,
  primary key (project_id, step_id, question, form_id, skill, user_id)
) with (fillfactor = 50);

-- Tasks that are there already were never counted. A constant default rewrites no row.
alter table task add column counted boolean not null default false;
alter table task alter column counted set default true;
` },
{ name: '0020_comments.sql', text: `-- Free words beside a result, and beside a draft; null: none.
alter table assignment add column comment text, add column draft_comment text;
` },
{ name: '0021_ended.sql', text: `-- When a hold ended; null: it is live, or ended before this column was there. A draft is kept for so long after it.
alter table assignment add column ended_at timestamptz;
create index assignment_old_draft on assignment (greatest(ended_at, draft_saved_at))
  where draft is not null and status in ('rejected', 'expired', 'reassigned');
` },
{ name: '0022_overlap.sql', text: `-- Overlap that is decided task by task, and the fits by which it is.

-- How steps with adaptive overlap ended, by their ids.
alter table task add column overlap_ends json;

-- When a slot that was added is no longer waited for.
alter table slot add column give_up_at timestamptz(3);
create index slot_give_up on slot (give_up_at) where give_up_at is not null;

create table overlap_decision (
  decision_id uuid primary key,
  task_id uuid not null,
  decided_at timestamptz(3) not null,
  decision json not null,
  input json not null
);
create index overlap_decision_task on overlap_decision (task_id, decided_at desc, decision_id desc);

-- How often people are right at a question (or \`question.criterion\`) of a step, fitted to all answers that there were.
create table fit (
  project_id uuid not null,
  step_id text not null,
  question text not null,
  number int not null,
  form_id uuid not null,
  method text not null,
  settled int not null,
  -- Shares of the answers, in the order of the form.
  prevalence json not null,
  rounds int not null,
  converged boolean not null,
  fitted_at timestamptz(3) not null,
  primary key (project_id, step_id, question, number)
);
create index fit_newest on fit (project_id, step_id, form_id, question, number desc);

create table skill (
  project_id uuid not null,
  step_id text not null,
  question text not null,
  number int not null,
  user_id uuid not null,
  accuracy float8 not null,
  labels int not null,
  primary key (project_id, step_id, question, number, user_id)
);
` },
{ name: '0023_watch.sql', text: `-- How people answered where the answer was known, and how each stands in a project that watches.
create table known (
  project_id uuid not null,
  user_id uuid not null,
  step_id text not null,
  question text not null,
  -- Answers as text; empty for those that are not the same or another, such as spans.
  known text not null,
  given text not null,
  correct boolean not null,
  times bigint not null,
  primary key (project_id, user_id, step_id, question, known, given, correct)
) with (fillfactor = 70);

create table watch (
  project_id uuid not null,
  user_id uuid not null,
  judged int not null default 0,
  correct int not null default 0,
  -- Of the judged, controls.
  controls int not null default 0,
  controls_correct int not null default 0,
  -- CUSUM in millionths.
  sum bigint not null default 0,
  clean_since timestamptz(3),
  suspect_since timestamptz(3),
  paused_at timestamptz(3),
  pause_reason text check (pause_reason in ('drift', 'onboarding', 'manager')),
  paused_by uuid,
  pause_words text,
  primary key (project_id, user_id)
) with (fillfactor = 70);
create index watch_paused on watch (user_id, project_id) where paused_at is not null;
` },
{ name: '0024_controls.sql', text: `-- Controls, whose \`returns\` is -1, are few, and found by their project. exhausted_at: when it was last said that the
-- person has run out of them.
create index task_control on task (project_id, task_id) where returns < 0;
alter table watch add column exhausted_at timestamptz(3);
` },
{ name: '0025_refits.sql', text: `-- Tasks that agreement had counted when a fit was made: how many have gone on since says when the next is due.
alter table fit add column counted bigint not null default 0;
create index fit_listed on fit (project_id, fitted_at desc);

-- Who fits a question alone, until when.
create table fit_lease (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  taken_until timestamptz not null,
  primary key (project_id, step_id, form_id, question)
);

-- Right and wrong answers to gold that a person had given when the fit was made: those since then are added to it.
alter table skill add column known_correct bigint not null default 0, add column known_wrong bigint not null default 0;
` },
{ name: '0026_run_changes.sql', text: `-- Runs of all projects are listed newest first, and a run's pace and priority change while it goes on.

create index run_newest_of_all on run (created_at desc, run_id desc);

-- Of a run's jobs that were moved to a priority one by one, before the run itself came to it: no more are added.
alter table lane add column beside boolean not null default false;
drop index lane_key;
create unique index lane_key on lane (project_no, coalesce(run_no, 0), priority) where not beside;
` },
{ name: '0027_lifted_pauses.sql', text: `-- Pauses that are over, with who lifted them and why: a watch knows the one that goes on alone.
create table lifted_pause (
  project_id uuid not null,
  user_id uuid not null,
  nth bigint generated always as identity,
  paused_at timestamptz(3) not null,
  pause_reason text not null check (pause_reason in ('drift', 'onboarding', 'manager')),
  paused_by uuid,
  pause_words text,
  lifted_at timestamptz(3) not null,
  lifted_by uuid,
  lift_words text not null,
  primary key (project_id, user_id, nth)
);
` },
{ name: '0028_reopened.sql', text: `-- Slots that a manager asked for beyond what their step asks for: each raises the most that it may have by one.
alter table slot add column reopened boolean not null default false;
` },
{ name: '0029_task_moves.sql', text: `-- Every move of a task and of the assignments on it, kept with the task. \`was\` and \`becomes\` are a status, a step, a
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
` },
{ name: '0030_operations.sql', text: `-- One move on all things that matched a filter. state: 0 running, 1 done, 2 stopped.
create table operation (
  operation_no int generated always as identity primary key,
  operation_id uuid not null unique,
  -- null: of all projects.
  project_id uuid,
  subject text not null,
  action text not null,
  filter json not null,
  options json not null,
  state smallint not null default 0,
  count int not null default 0,
  -- Of its items, how many are worked off.
  done_to int not null default 0,
  -- What came of them, by project: {"<project>": {"done": 1, "skipped": {"<reason>": 1}}}.
  by_project json not null default '{}',
  created_by uuid,
  created_at timestamptz(3) not null,
  finished_at timestamptz(3)
) with (fillfactor = 50);
create index operation_running on operation (project_id) where state = 0;
create index operation_ended on operation (finished_at) where state > 0;

-- Never unlogged: a crash would lose the rest of what is to be moved.
create table operation_item (
  operation_no int not null,
  no int not null,
  item_id uuid not null,
  primary key (operation_no, no)
);
alter table operation_item set (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
` },
{ name: '0031_waiting.sql', text: `-- What was handed in and can still be taken back: it goes through at submits_at. null: nothing waits.
alter table assignment add column submits_at timestamptz(3), add column handed_in json, add column handed_in_at timestamptz(3);
create index assignment_waiting on assignment (submits_at) where submits_at is not null;
` },
{ name: '0032_rates.sql', text: `-- What ended in a stretch of time that begins at \`at\` and lasts \`grain\` seconds. What never changes stands first, and updates find room in
-- their page: a row is written with every batch that settles.

create table job_rate (
  project_no int not null,
  type_no smallint not null,
  grain smallint not null,
  at timestamptz(0) not null,
  settled int not null,
  failed int not null,
  retried int not null,
  primary key (project_no, type_no, grain, at)
) with (fillfactor = 50);
create index job_rate_time on job_rate (grain, at);

create table step_rate (
  project_id uuid not null,
  step_id text not null,
  step_type text not null,
  grain smallint not null,
  at timestamptz(0) not null,
  submitted int not null,
  returned int not null,
  primary key (project_id, step_id, step_type, grain, at)
) with (fillfactor = 50);
create index step_rate_time on step_rate (grain, at);
` },
{ name: '0033_causes.sql', text: `-- Failures by their causes, and attempts that did not complete at the first try.

-- Failures of one type in a project that are alike.
create table cause (
  cause_no int generated always as identity primary key,
  project_no int not null,
  type_no smallint not null,
  code text not null,
  pattern text not null,
  -- The message of the first of them.
  sample text not null,
  first_at timestamptz(3) not null
);
create unique index cause_key on cause (project_no, type_no, md5(code || chr(10) || pattern));

-- Each job that is failed now, with its cause: apart from \`job\`, whose every update would write an index of its own.
create table failure (
  job_id uuid primary key,
  project_no int not null,
  cause_no int not null
);
create index failure_project on failure (project_no, job_id);
create index failure_cause on failure (cause_no, job_id);

-- How often each cause came up, appended a batch at a time.
create table cause_count (
  cause_no int not null,
  at timestamptz(3) not null,
  n int not null
);
create index cause_count_newest on cause_count (cause_no, at desc);
create index cause_count_age on cause_count (at);

-- outcome: 2 tried again, 3 handed back, 5 failed, 7 the other side asked to wait, 9 its worker was lost.
create table job_attempt (
  job_id uuid not null,
  attempt smallint not null,
  started_at timestamptz(3),
  ended_at timestamptz(3) not null,
  worker_id uuid,
  outcome smallint not null,
  error json
);
create index job_attempt_job on job_attempt (job_id, started_at);

-- What has failed before is one cause for each type and code.
insert into cause (project_no, type_no, code, pattern, sample, first_at)
select project_no, type_no, coalesce(error ->> 'code', ''), 'other',
  coalesce((array_agg(left(error ->> 'message', 500)))[1], ''),
  min(finished_at)
from job where state = 5 group by 1, 2, 3;
insert into failure (job_id, project_no, cause_no)
select j.job_id, j.project_no, c.cause_no from job as j
join cause as c on c.project_no = j.project_no and c.type_no = j.type_no and c.code = coalesce(j.error ->> 'code', '')
where j.state = 5;
insert into cause_count (cause_no, at, n)
select c.cause_no, j.finished_at, count(*) from failure as f join job as j using (job_id) join cause as c using (cause_no)
group by 1, 2;
` },
{ name: '0034_settings.sql', text: `-- What pages keep for people, also for those whom no directory knows.
create table person_settings (
  user_id uuid primary key,
  settings json not null
);
` },
{ name: '0035_cause_counts.sql', text: `-- How often each cause came up, by ten minutes that begin at \`at\`: one row for many batches, which updates find room
-- beside.
alter table cause_count rename to cause_batch;
create table cause_count (
  cause_no int not null,
  at timestamptz(0) not null,
  n int not null,
  -- When it last came up in them.
  last_at timestamptz(3) not null,
  primary key (cause_no, at)
) with (fillfactor = 50);
insert into cause_count (cause_no, at, n, last_at)
select cause_no, date_bin('10 minutes', at, timestamptz 'epoch'), sum(n), max(at) from cause_batch group by 1, 2;
drop table cause_batch;
create index cause_count_age on cause_count (at);
` },
{ name: '0036_ahead.sql', text: `-- Something that is held ahead of what its person works on: at most one of each, whoever asks at once.
alter table assignment add column ahead boolean not null default false;
create unique index assignment_ahead on assignment (user_id) where ahead;
` },
{ name: '0037_processes.sql', text: `-- Reports of processes. Nothing depends on it, so it is not logged: after a crash they tell again.
create unlogged table process_seen (
  process_id uuid primary key,
  seen_at timestamptz(3) not null,
  until timestamptz(3) not null,
  report json not null
) with (fillfactor = 50);

-- Attempts that lost their worker.
alter table job_rate add column lost int not null default 0;
` },
{ name: '0038_comparisons.sql', text: `-- What was found of two runs' models, and decided of them. Neither changes once it is kept.
create table comparison (
  comparison_id uuid primary key,
  project_id uuid not null,
  created_at timestamptz(3) not null,
  -- All of it, with what its pairs are read anew by.
  comparison json not null
);
create index comparison_newest on comparison (project_id, created_at desc, comparison_id desc);

create table gate (
  gate_id uuid primary key,
  project_id uuid not null,
  created_at timestamptz(3) not null,
  gate json not null
);
create index gate_newest on gate (project_id, created_at desc, gate_id desc);
` },
{ name: '0039_ends_of_lanes.sql', text: `-- What adding moves stands apart from what taking and settling move, so that none of them waits for another's commit.

-- The end of a lane's line. Numbers are given out densely under the lock of this row, so that their order is commit
-- order.
create table lane_end (
  lane_no int primary key,
  last_seq bigint not null
) with (fillfactor = 50);
insert into lane_end (lane_no, last_seq) select lane_no, last_seq from lane;
alter table lane drop column last_seq;

-- When jobs were last handed out of it.
alter table lane add column served_at timestamptz(3);

-- Jobs that were ever made, beside \`queue_count\`, which counts how they ended.
create table queue_made (
  project_no int not null,
  type_no smallint not null,
  total bigint not null,
  primary key (project_no, type_no)
) with (fillfactor = 50);
insert into queue_made (project_no, type_no, total) select project_no, type_no, total from queue_count;
alter table queue_count drop column total;
` },
{ name: '0040_schedules.sql', text: `-- Work that starts by the clock. Of a paused or removed one, next_at and due_at are null.
create table schedule (
  schedule_no int generated always as identity primary key,
  schedule_id uuid not null unique,
  project_id uuid not null,
  name text not null,
  -- When it comes, what it starts, and its policies.
  rule json not null,
  paused boolean not null,
  version int not null,
  -- The planned instant of the next tick, and when that starts.
  next_at timestamptz(3),
  due_at timestamptz(3),
  last_tick json,
  -- Versions of the zone database are compared as they are spelt.
  zone_data text collate "C",
  -- What it started last, and by which tick.
  started json,
  started_at timestamptz(3),
  refusals smallint not null,
  created_by uuid,
  created_at timestamptz(3) not null,
  removed boolean not null default false
) with (fillfactor = 50);
create unique index schedule_name on schedule (project_id, name) where not removed;
create index schedule_newest on schedule (project_id, created_at desc, schedule_id desc) where not removed;
create index schedule_due on schedule (due_at) where due_at is not null;
create index schedule_removed on schedule (schedule_no) where removed;

-- Ticks that have come. The key is why none comes twice. again: 0 by the rule, else how often by hand.
create table schedule_tick (
  schedule_no int not null,
  planned_at timestamptz(3) not null,
  again smallint not null,
  fired_at timestamptz(3) not null,
  -- 0 started, 1 overlapped, 2 missed, 3 refused.
  outcome smallint not null,
  job_id uuid,
  run_id uuid,
  error json,
  -- Missed ones in a row may be one row.
  count int not null,
  until timestamptz(3),
  -- Its fit is still to be made.
  pending boolean not null,
  primary key (schedule_no, planned_at, again)
);
create index schedule_tick_fired on schedule_tick (fired_at);
create index schedule_tick_job on schedule_tick (job_id) where job_id is not null;
create index schedule_tick_pending on schedule_tick (planned_at) where pending;
alter table schedule_tick set (autovacuum_vacuum_scale_factor = 0.05);

-- The newest version of a name.
create unique index definition_version on definition (project_id, name, version);
` },
{ name: '0041_calibrations.sql', text: `-- Samples of runs that people label, to check a judge.
create table calibration (
  calibration_no int generated always as identity primary key,
  calibration_id uuid not null unique,
  project_id uuid not null,
  created_at timestamptz(3) not null,
  calibration json not null,
  -- All that was drawn from, as columns: keys, scores by model, strata, clusters, probabilities.
  frame json not null,
  -- Tasks that are open: its row lock says who ended the last one.
  waiting int not null default 0
);
create index calibration_newest on calibration (project_id, created_at desc, calibration_id desc);

-- A task of a drawn unit, of one model. status: 0 open, 1 completed, 2 cancelled.
create table calibration_label (
  calibration_no int not null,
  unit int not null,
  model smallint not null,
  task_id uuid not null unique,
  status smallint not null default 0,
  outcome json,
  primary key (calibration_no, unit, model)
);
` },
{ name: '0042_limits.sql', text: `-- Limits by key: how much may begin under a name of something scarce, for all processes together.

create table limit_key (
  limit_no int generated always as identity primary key,
  key text collate "C" not null unique,
  -- code: the default of an application; api: somebody has said otherwise.
  origin text not null default 'code' check (origin in ('code', 'api')),
  concurrency int,
  per_minute float8,
  -- With a rate, always set.
  burst int,
  units_per_minute float8,
  estimate int,
  adaptive_min int,
  adaptive_start int,
  paused boolean not null default false,
  version int not null default 1
);

-- What applications say of keys that nobody has said else of: of one by its name, or of those that begin with what
-- stands before the star.
create table limit_default (
  pattern text collate "C" primary key,
  concurrency int,
  per_minute float8,
  burst int,
  units_per_minute float8,
  estimate int,
  adaptive_min int,
  adaptive_start int,
  paused boolean not null
);

-- The use of each key: what is written is the next version, what is read the newest. The one before goes at once where
-- it is of the same ten seconds, so no look-up walks versions that somebody's snapshot still keeps.
create sequence limit_ver;
create table limit_state (
  limit_no int not null,
  ver bigint not null,
  at_ms float8 not null,
  in_use int not null default 0,
  starts bigint not null default 0,
  units bigint not null default 0,
  tat_ms float8 not null default 0,
  unit_tat_ms float8 not null default 0,
  cool_ms float8 not null default 0,
  cools smallint not null default 0,
  at_once float8,
  cut_ms float8 not null default 0,
  primary key (limit_no, ver)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- Keys that cells wait for, and when each opens; null: an end or a person opens it.
create table limit_waiting (
  limit_no int primary key,
  open_ms float8
) with (fillfactor = 50);

-- The keys of a job, ascending, the one that it named first, and the units that a start is estimated at, 0 for none.
create table limit_set (
  set_no int generated always as identity primary key,
  limits int[] not null,
  first int not null,
  units int not null,
  unique (limits, first, units)
);

-- What a worker held when it last took, by key, and the last of its numbered reports. Versions, as in limit_state.
create table worker_hold (
  worker_no int not null,
  ver bigint not null,
  hold_keys int[] not null,
  hold_n int[] not null,
  report bigint not null,
  primary key (worker_no, ver)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- State 7: passed over, in line behind the head, while something that it needs is shut.
alter table job add column set_no int;
create index job_passed on job (lane_no, set_no, seq) where state = 7;

-- cells: sets that the lane has, and one more where it may have jobs of none. shut: how many of them are shut. passed:
-- some have jobs of state 7.
alter table lane add column cells int not null default 0;
alter table lane add column shut int not null default 0;
alter table lane add column passed boolean not null default false;
create index lane_passed on lane (lane_no) where passed or shut > 0;

-- The jobs of one lane that share a set. Whoever writes it holds the lane.
create table lane_cell (
  lane_no int not null,
  set_no int not null,
  priority smallint not null,
  turn bigint not null default 0,
  shut_by int,
  passed boolean not null default false,
  primary key (lane_no, set_no)
) with (fillfactor = 50);
create index lane_cell_shut on lane_cell (shut_by, priority desc, turn, lane_no) where shut_by is not null;
` },
{ name: '0043_usage.sql', text: `-- Usage of providers by handlers, and its cost.

-- Prices of a model from a moment on: millionths of the currency unit for a million tokens.
create table price (
  model text not null,
  valid_from timestamptz(3) not null,
  input_micros int not null,
  output_micros int not null,
  cached_micros int not null,
  cache_write_micros int not null,
  primary key (model, valid_from)
);

-- How often the list of prices has changed; no row: never.
create table price_list (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);

-- run_no 0: loose jobs. day: of UTC.
create table usage_sum (
  project_no int not null,
  day date not null,
  run_no int not null,
  model text not null,
  calls bigint not null,
  input bigint not null,
  output bigint not null,
  cached bigint not null,
  cache_write bigint not null,
  reasoning bigint not null,
  cost_micros bigint not null,
  unpriced bigint not null,
  last_at timestamptz(3) not null,
  primary key (project_no, day, run_no, model)
) with (fillfactor = 50);
create index usage_of_run on usage_sum (run_no) where run_no > 0;
create index usage_of_model on usage_sum (model);

-- The last report of each worker that was counted.
create table usage_reporter (
  reporter_id uuid primary key,
  report bigint not null,
  at timestamptz(3) not null
) with (fillfactor = 50);

-- Models without a price that were told of.
create table unpriced_model (
  project_no int not null,
  day date not null,
  model text not null,
  primary key (project_no, day, model)
);

alter table job add units bigint, add cost_micros bigint;
` },
{ name: '0044_making.sql', text: `-- Names that one job of a project and type holds at a time, and jobs that have come but stand in no line yet.

-- The job that holds each key: while it is in one of \`states\`, and until \`until\` whatever it is in.
create table unique_key (
  project_no int not null,
  type_no smallint not null,
  key text not null,
  job_id uuid not null,
  until timestamptz(3),
  states smallint[] not null,
  -- Of the payload that it was added with.
  digest bytea not null,
  primary key (project_no, type_no, key)
);
alter table unique_key set (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);

-- unique_by: the key that the job was added with, so that a retry can ask for it again.
-- arrival: what whoever puts an arriving job in line needs to know; arrived_at: since when it waits for that.
alter table job add column unique_by json, add column arrival json, add column arrived_at timestamptz(3);
create index job_arriving on job (arrived_at) where state = 8;
` },
{ name: '0045_webhooks.sql', text: `-- Receivers outside that are told of facts. project_id null: of all projects.
create table webhook (
  webhook_no int generated always as identity primary key,
  webhook_id uuid not null unique,
  project_id uuid,
  url text not null,
  -- Names of facts; null: all.
  types text[],
  description text not null,
  -- Why nothing is sent; null: it is.
  disabled text,
  failures smallint not null,
  -- When the message in hand is tried again.
  next_at timestamptz(3),
  -- [{ secret, until }], the present one first.
  secrets json not null,
  -- The process that tells it now, by a name that is used once, and until when that may say nothing.
  holder uuid,
  held_until timestamptz(3),
  version int not null,
  created_by uuid,
  created_at timestamptz(3) not null
) with (fillfactor = 50);
create index webhook_newest on webhook (project_id, created_at desc, webhook_id desc);

-- How far each has been told of each project: what happened in a project without a row is all to be told.
create table webhook_place (
  webhook_no int not null references webhook on delete cascade,
  project_id uuid not null,
  seq bigint not null,
  primary key (webhook_no, project_id)
) with (fillfactor = 50);

-- Tries of the last days.
create table webhook_delivery (
  delivery_id uuid primary key,
  webhook_no int not null references webhook on delete cascade,
  message_id text not null,
  type text not null,
  project_id uuid,
  seq bigint,
  attempt smallint not null,
  delivered boolean not null,
  status smallint,
  response text,
  error json,
  ms int not null,
  created_at timestamptz(3) not null
);
create index webhook_delivery_newest on webhook_delivery (webhook_no, created_at desc, delivery_id desc);
create index webhook_delivery_failed on webhook_delivery (webhook_no, created_at desc, delivery_id desc) where not delivered;
create index webhook_delivery_old on webhook_delivery (created_at);
` },
{ name: '0046_repeats.sql', text: `-- How often each model of a run does each scenario: a job's repeat is told by its id.
alter table run add column repeats smallint not null default 1;

-- A label is of one repeat.
alter table calibration_label add column repeat smallint not null default 1;
alter table calibration_label drop constraint calibration_label_pkey;
alter table calibration_label add primary key (calibration_no, unit, model, repeat);
` },
{ name: '0047_not_now.sql', text: `-- Keys that have cooled since a job of theirs completed: while there are none, nothing is asked of those that complete.
create table limit_cooled (
  limit_no int primary key
);
` },
{ name: '0048_flows.sql', text: `-- Jobs that wait for other jobs: which for which, and what has become of those that others wait for.

-- children: whether a job waits, or has waited, for this one. waits_open: of a job that waits, how many of those that
-- it waits for have not ended; waits_failed: how many have ended otherwise than completed. Null once it goes on.
alter table job add column children boolean not null default false, add column waits_open int,
  add column waits_failed int;
create index job_blocked on job (project_no, due_at, job_id) where state = 9;
create index job_stranded on job (job_id) where state = 9;

-- A child waits for a parent. since: the row of ended_parent up to which the child has counted its parent.
create table dep (
  parent_id uuid not null,
  child_id uuid not null,
  place int not null,
  since bigint not null,
  primary key (parent_id, child_id)
);
create index dep_child on dep (child_id, place);

-- What has become of jobs with children, in the order in which it came about: ended in that state, or 0, in line again.
-- 9: a job that waits is to be looked at by itself.
create table ended_parent (
  no bigserial primary key,
  job_id uuid not null,
  state smallint not null
);
create index ended_parent_job on ended_parent (job_id, no);
alter table ended_parent set (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
` },
{ name: '0049_imports.sql', text: `-- Files that people bring. What callers are told beside counts and times stands in about, as it was given.
create table import (
  import_no int generated always as identity primary key,
  import_id uuid not null unique,
  project_id uuid not null,
  status text not null,
  -- Of the file and all that was asked; null until the file was read.
  digest text,
  bytes bigint not null,
  -- { name, format, formatVersion, target, mode, dryRun, onConflict, jobType, mapping, sha256, error, createdIds }
  about json not null,
  counts json not null,
  tallies json not null,
  checked_to int not null,
  written_to int not null,
  -- When something of the file came last.
  heard_at timestamptz(3) not null,
  created_by uuid,
  created_at timestamptz(3) not null,
  finished_at timestamptz(3)
) with (fillfactor = 50);
create index import_newest on import (project_id, created_at desc, import_id desc);
create index import_open on import (created_at, import_no) where finished_at is null;
create index import_same on import (project_id, digest) where status in ('checking', 'writing', 'completed');
create index import_old on import (finished_at) where finished_at is not null;

-- Imports that are to end early: rows of their own, so that asking never waits for those who work on them.
create table import_cancel (
  import_no int primary key references import on delete cascade
);

-- Records of a file, until a day after its end. verdict: 0 it is made, 1 it is there, 2 it is at fault.
create table import_row (
  import_no int not null references import on delete cascade,
  no int not null,
  line int,
  place text not null,
  external_id text,
  kind text not null,
  value json not null,
  verdict smallint not null,
  primary key (import_no, no)
);

-- Lines of its report, in the order of (at, seq): behind which row each was found, and the how manieth it is.
create table import_finding (
  import_no int not null references import on delete cascade,
  at bigint not null,
  seq int not null,
  line int,
  place text,
  external_id text,
  level text not null,
  code text not null,
  message text not null,
  primary key (import_no, at, seq)
);
` },
{ name: '0050_asks.sql', text: `-- Questions that jobs put to people, and jobs that are asleep until they have answered.

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
` },
{ name: '0051_remote_workers.sql', text: `-- Workers over HTTP. What they hold is told by the jobs themselves.

-- worker_no: as of its row in worker, which goes with its end; jobs that it has ended keep the number.
create table remote_worker (
  worker_id uuid primary key,
  worker_no int not null,
  name text not null,
  -- Whose token opened it.
  subject text not null,
  types text[] not null,
  concurrency int not null,
  lease_ms int not null,
  opened_at timestamptz(3) not null
);
create index remote_worker_opened on remote_worker (opened_at);
` },
{ name: '0052_budgets.sql', text: `-- Budgets: caps on what runs, projects and their days may cost.

create table budget (
  budget_no int generated always as identity primary key,
  budget_id uuid not null unique,
  project_no int not null,
  -- null: of the project.
  run_no int,
  -- By the day of this zone; null: not by day.
  zone text,
  cap_micros bigint not null,
  soft float8 not null,
  hard boolean not null,
  at_cap text not null check (at_cap in ('pause', 'cancel')),
  version int not null default 1,
  resets_ms float8,
  -- Managers were told of its soft share, and of its cap, in this period.
  told_warned boolean not null default false,
  told_reached boolean not null default false
);
create unique index budget_hard on budget (project_no, coalesce(run_no, 0), (zone is not null)) where hard;
create index budget_resets on budget (resets_ms) where resets_ms is not null;

-- The use of each budget, as that of keys: what is written is the next version, what is read the newest.
create table budget_state (
  budget_no int not null,
  ver bigint not null,
  spent bigint not null,
  reserved bigint not null,
  assumed bigint not null,
  -- It has refused a start in this period.
  reached boolean not null,
  primary key (budget_no, ver)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- What attempts have reserved, until a report of usage names their end. assumed: their worker is gone.
create table budget_reserve (
  job_id uuid not null,
  start smallint not null,
  budget_no int not null,
  worker_no int not null,
  micros bigint not null,
  assumed boolean not null default false,
  primary key (job_id, start, budget_no)
);
create index budget_reserve_worker on budget_reserve (worker_no) where not assumed;
create index budget_reserve_budget on budget_reserve (budget_no);

-- The costs of the last attempts under budgets, oldest first.
create table attempt_cost (
  type_no smallint not null,
  -- '': of no model.
  model text not null,
  costs bigint[] not null,
  primary key (type_no, model)
) with (fillfactor = 50);

alter table limit_set add column cost_micros bigint not null default 0;
alter table limit_set drop constraint limit_set_limits_first_units_key;
alter table limit_set add constraint limit_set_meant unique (limits, first, units, cost_micros);

-- budgeted: jobs of the lane may be under hard budgets, which a take then asks. Its cells are of all sets then, also of
-- those without keys, and 0 is the cell of jobs without a set.
alter table lane add column budgeted boolean not null default false;
-- By a budget, numbered below zero: the estimate that it refused.
alter table lane_cell add column need bigint;
` },
{ name: '0053_run_links.sql', text: `-- Runs that start after other runs.

-- A run that waits for another has neither jobs nor a lane, and its definition is not there: its number is taken, and
-- scenarios are kept under it part by part, which nobody sees before the definition follows.
create table run_link (
  run_no int primary key,
  parent_no int not null,
  start_when text not null check (start_when in ('completed', 'ended', 'peopleDone')),
  -- As it was asked for.
  request json not null,
  state text not null default 'waiting' check (state in ('waiting', 'making', 'made', 'ended')),
  -- As far as the run before was read, by place; is_read: to its end.
  place int not null default 0,
  is_read boolean not null default false,
  -- When that run had ended, as it was read.
  parent_ended_at timestamptz(3),
  made int not null default 0,
  refused int not null default 0,
  refusals json not null default '[]',
  -- Why it ended without jobs.
  reason text,
  message text
);
create index run_link_parent on run_link (parent_no, run_no);
create index run_link_open on run_link (run_no) where state in ('waiting', 'making');
` },
{ name: '0054_imported_people.sql', text: `-- People who worked elsewhere and came with a file: they are suspended, and stay so.
alter table person add column imported boolean not null default false;
` },
{ name: '0055_cool_downs.sql', text: `-- How often each key has cooled, ever, because the other side asked.
alter table limit_state add column cooled bigint not null default 0;
` },
{ name: '0056_jobs_after_runs.sql', text: `-- Jobs that wait for runs.

-- failed: null while the run is not so far; then whether it will not be.
create table run_wait (
  job_id uuid primary key,
  run_no int not null,
  start_when text not null check (start_when in ('completed', 'ended', 'peopleDone')),
  failed boolean
);
create index run_wait_open on run_wait (run_no, start_when, job_id) where failed is null;
` },
{ name: '0057_exports.sql', text: `-- Files that are written of what was made. Their bytes lie elsewhere.
create table export (
  export_no int generated always as identity primary key,
  export_id uuid not null unique,
  project_id uuid not null,
  status text not null,
  -- How often somebody began to write it: who holds it is known by this number.
  attempt int not null,
  -- How often its holder died with it, or fell silent.
  lost int not null,
  -- Until then nobody else writes it; null unless it is being written.
  held_until timestamptz(3),
  rows bigint not null,
  -- What was asked for: { what, format, runIds, definitionId, people, gzip, ... }
  wishes json not null,
  -- Null unless it is completed.
  manifest json,
  error json,
  created_by uuid,
  created_at timestamptz(3) not null,
  finished_at timestamptz(3)
) with (fillfactor = 50);
create index export_newest on export (project_id, created_at desc, export_id desc);
create index export_open on export (created_at, export_no) where finished_at is null;
create index export_old on export (finished_at) where finished_at is not null;

-- By which key people of a project get the same pseudonym in each export of it.
create table pseudonym_key (
  project_id uuid primary key,
  key text not null
);
` },
]

export const FUNCTIONS: readonly SqlFile[] = [
{ name: 'arriving.sql', text: `-- Jobs that a host adds in a transaction of its own, and putting them in line.
--
-- Such a job is a row of state 8 in no lane. The host's transaction inserts that row, and its key if it has one, and
-- touches nothing that others wait for: no lane, counter, gate or intake. The collector does the rest once it has
-- committed.

-- Adds jobs of state 8, and says of each who holds its key instead. What others' objects are named does not matter
-- here, nor whose transaction it is.
create function job_arrive(p_jobs text) returns json language plpgsql security definer
  set search_path from current set plan_cache_mode = force_generic_plan as $$
declare
  v_job record;
  v_project int;
  v_type smallint;
  v_taken record;
  v_answers json[] := '{}';
begin
  for v_job in
    select x.* from rows from (json_to_recordset(p_jobs::json) as (
      "jobId" uuid, "projectId" uuid, "taskId" uuid, type text, payload json, priority smallint, "maxAttempts" smallint,
      "availableAt" timestamptz, "createdBy" uuid, "createdAt" timestamptz, "unique" json, limits json, after json))
        with ordinality
      as x (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at,
        unique_by, limits, after, place)
    order by x.unique_by ->> 'key' collate "C" nulls last, x.place
  loop
    select g.project_no into v_project from project_gate as g where g.project_id = v_job.project_id;
    if not found then
      raise exception 'There is no project %', v_job.project_id using errcode = 'no_data_found';
    end if;
    perform from json_array_elements_text(v_job.after -> 'parents') as p (id)
    where not exists (select from job as j where j.job_id = p.id::uuid and j.project_no = v_project);
    if found then
      raise exception 'A job to wait for is none of the project' using errcode = 'foreign_key_violation';
    end if;
    perform where v_job.after -> 'run' ->> 'runId' is not null and not exists (
      select from run as r where r.run_id = (v_job.after -> 'run' ->> 'runId')::uuid and r.project_no = v_project);
    if found then
      raise exception 'A run to wait for is none of the project' using errcode = 'foreign_key_violation';
    end if;
    v_type := job_type_no(v_job.type);
    select null::uuid as holder, false as differs into v_taken;
    if v_job.unique_by is not null then
      select t.holder, t.differs into v_taken from uniques_take(array[v_job.job_id], array[v_job.project_id],
        array[v_job.type], array[v_job.unique_by ->> 'key'], array[(v_job.unique_by ->> 'until')::timestamptz],
        array[v_job.unique_by ->> 'states'], array[v_job.unique_by ->> 'digest'], v_job.created_at, 5000) as t;
    end if;
    if v_taken.holder is null then
      insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id,
        created_by, payload, unique_by, arrival, arrived_at)
      values (v_job.job_id, 0, 0, v_project, v_type, 8, v_job.max_attempts, v_job.due_at, v_job.created_at,
        v_job.task_id, v_job.created_by, coalesce(v_job.payload, 'null'), v_job.unique_by,
        json_build_object('priority', v_job.priority, 'limits', v_job.limits, 'after', v_job.after),
        clock_timestamp());
    end if;
    v_answers := v_answers || json_build_object('jobId', coalesce(v_taken.holder, v_job.job_id),
      'status', case when v_taken.holder is null then 'added' else 'existing' end, 'differs', v_taken.differs,
      'state', case when v_taken.holder is null then 'pending' else job_state_name(v_taken.holder) end);
  end loop;
  return array_to_json(v_answers);
end $$;

-- The state of the job in the word that is told of it.
create function job_state_name(p_id uuid) returns text language sql stable as $$
  select (array['pending', 'active', 'pending', 'pending', 'completed', 'failed', 'cancelled', 'pending', 'pending',
    'pending', 'active'])[job_told_state(j.state, j.starts, j.seq, coalesce(l.cut_seq, 0)) + 1]
  from job as j left join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l on true
  where j.job_id = p_id
$$;

-- Whether jobs have arrived that nobody has put in line: of those of the last 15 s by the database's clock, or of all.
-- An old entry of the index may be of a row that is long gone, so that all are not looked at each time.
create function jobs_arrived(p_recent boolean) returns boolean language sql stable as $$
  select exists (select from job as j where j.state = 8 and j.arrived_at >= case when p_recent
    then clock_timestamp() - interval '15 s' else '-infinity' end)
$$;

-- Puts up to p_limit of them at the ends of their lanes, in the order of their ids, and gives them. One at a time, and
-- nobody waits for a row that somebody is at. Those that waited for others, or for people, were counted when they were
-- added, and the latter keep their rows; those that are to wait for others begin to.
create function jobs_collect(p_limit int, p_recent boolean) returns table (
  job_id uuid, project_id uuid, type text, priority smallint, created_by uuid, counted boolean)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_ids uuid[];
  v_jobs json; v_blocked json; v_all json;
  v_asleep uuid[]; v_risen uuid[];
begin
  if not pg_try_advisory_xact_lock(7077237003) then
    return;
  end if;
  select array_agg(a.job_id order by a.job_id) filter (where a.lane_no = 0),
    array_agg(a.job_id order by a.job_id) filter (where a.lane_no <> 0) into v_ids, v_asleep from (
    select j.job_id, j.lane_no from job as j
    where j.state = 8 and j.arrived_at >= case when p_recent then clock_timestamp() - interval '15 s'
      else '-infinity' end
      -- Sleepers that are not to go on are ended elsewhere.
      and not (j.lane_no <> 0 and (j.cancelling or exists (select from lane as l
        where l.lane_no = j.lane_no and (l.stopped or j.seq <= l.cut_seq) offset 0)))
    order by j.arrived_at, j.job_id limit p_limit for update skip locked) as a;
  if v_asleep is not null then
    v_risen := asleep_rise(v_asleep);
    return query select j.job_id, g.project_id, t.name, l.priority, j.created_by, true
    from job as j join project_gate as g on g.project_no = j.project_no join job_type as t on t.type_no = j.type_no
    join lane as l on l.lane_no = j.lane_no where j.job_id = any(v_risen) order by 1;
  end if;
  if v_ids is null then
    return;
  end if;
  with gone as (
    delete from job as j where j.job_id = any(v_ids) and j.state + 0 = 8
    returning j.*),
  read as (
    select gone.job_id, json_typeof(gone.arrival -> 'after') is not distinct from 'object' as waits,
      json_build_object('jobId', gone.job_id, 'projectId', g.project_id, 'taskId', gone.task_id,
        'type', t.name, 'payload', gone.payload, 'priority', (gone.arrival ->> 'priority')::smallint,
        'maxAttempts', gone.max_attempts, 'availableAt', gone.due_at, 'createdBy', gone.created_by,
        'createdAt', gone.created_at, 'unique', gone.unique_by,
        'limitSet', case when json_typeof(gone.arrival -> 'limits') = 'object'
          then (limit_sets_kept(json_build_array(gone.arrival -> 'limits')))[1] else gone.set_no end,
        'children', gone.children, 'after', gone.arrival -> 'after',
        'counted', coalesce(gone.arrival ->> 'counted', '') = 'true') as job
    from gone join project_gate as g on g.project_no = gone.project_no
    join job_type as t on t.type_no = gone.type_no)
  select json_agg(job order by job_id) filter (where not waits), json_agg(job order by job_id) filter (where waits),
    json_agg(job order by job_id)
  into v_jobs, v_blocked, v_all from read;
  if v_blocked is not null then
    perform parents_lock_apart(v_blocked);
  end if;
  if v_jobs is not null then
    perform job_add(v_jobs);
    update job as j set children = true
    from json_to_recordset(v_jobs) as x ("jobId" uuid, children boolean)
    where x.children and j.job_id = any(array[x."jobId"]);
    update queue_made as q set total = q.total - d.n
    from (
      select g.project_no, t.type_no, count(*) as n
      from json_to_recordset(v_jobs) as x ("projectId" uuid, type text, counted boolean)
      join project_gate as g on g.project_id = x."projectId" join job_type as t on t.name = x.type
      where x.counted group by 1, 2) as d
    where q.project_no = d.project_no and q.type_no = d.type_no;
  end if;
  if v_blocked is not null then
    perform jobs_block(v_blocked);
  end if;
  return query select x."jobId", x."projectId", x.type, x.priority, x."createdBy", x.counted
  from json_to_recordset(v_all) as x (
    "jobId" uuid, "projectId" uuid, type text, priority smallint, "createdBy" uuid, counted boolean)
  order by 1;
end $$;

-- Makes these types known, so that no host's transaction is the first to name one.
create function job_types_known(p_types text[]) returns void language sql as $$
  select job_type_no(type) from (select distinct type from unnest(p_types) as type order by 1) as t
  where not exists (select from job_type as known where known.name = t.type)
$$;

-- Locks the job if it stands in no lane, alone: nobody who holds a gate or a lane waits for such a row. Says whether it
-- still stands in none.
create function job_lock_apart(p_id uuid) returns boolean language plpgsql as $$
begin
  perform from job where job_id = p_id and state in (8, 9, 10) for update;
  return found;
end $$;
` },
{ name: 'asks.sql', text: `-- Questions that jobs put to people. A job that waits for answers is asleep (state 10): it has no worker, and it keeps
-- the lane that it came from. With its last answer it arrives (state 8), and the collector puts it in line.
--
-- Whoever holds a task locks the job of its question alone, and asks for no gate or lane afterwards; the collector
-- takes rows of jobs that have arrived with \`skip locked\`, before lanes.

-- Jobs that have begun and not ended, awake or asleep, by what they are counted by.
create view job_underway as
select project_no, run_no, type_no, model from job where state = 1
union all
select project_no, run_no, type_no, model from job where (state = 10 or (state = 8 and lane_no <> 0));

-- Keeps questions of jobs that this transaction has put to sleep, and gives those of these jobs that are asleep: one
-- that was to stop is cancelled instead.
create function asks_open(p_asks json, p_now timestamptz) returns uuid[] language plpgsql
  set plan_cache_mode = force_generic_plan as $$
declare
  v_asleep uuid[];
begin
  select array_agg(distinct j.job_id) into v_asleep
  from json_to_recordset(p_asks) as x ("jobId" uuid)
  cross join lateral (select j.job_id, j.state from job as j where j.job_id = x."jobId" offset 0) as j
  where j.state = 10;
  insert into job_ask (job_id, name, nth, task_id, asked_at, timeout_at, digest, on_timeout)
  select x.job_id, x.name, coalesce((select max(a.nth) from job_ask as a where a.job_id = x.job_id), 0)
      + row_number() over (partition by x.job_id order by x.place),
    x.task_id, p_now, x.timeout_at, decode(x.digest, 'hex'), x.on_timeout
  from rows from (json_to_recordset(p_asks) as (
      "jobId" uuid, name text, "taskId" uuid, digest text, "timeoutAt" timestamptz, "onTimeout" json)) with ordinality
    as x (job_id, name, task_id, digest, timeout_at, on_timeout, place)
  where x.job_id = any(v_asleep);
  return v_asleep;
end $$;

-- Ends the open questions of these tasks, and wakes jobs that have no other. Of a question that has ended it notes that
-- people settled on something else since.
create function asks_end(p_tasks uuid[], p_state smallint, p_answer json, p_by uuid[], p_now timestamptz) returns void
  language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_jobs uuid[];
begin
  v_jobs := array(select distinct a.job_id from job_ask as a where a.task_id = any(p_tasks) order by 1);
  if v_jobs = '{}' then
    return;
  end if;
  perform from job as j where j.job_id = any(v_jobs) order by j.job_id for update;
  if p_state = 1 then
    update job_ask as a set stale = true
    where a.task_id = any(p_tasks) and a.state <> 0 and a.answer::text is distinct from p_answer::text;
  end if;
  update job_ask as a set state = p_state, answer = p_answer, answered_by = p_by, ended_at = p_now
  where a.task_id = any(p_tasks) and a.state = 0;
  -- A statement of its own: it sees what those who were waited for have committed.
  update job as j set state = 8, arrived_at = clock_timestamp()
  where j.job_id = any(v_jobs) and j.state + 0 = 10
    and not exists (select from job_ask as a where a.job_id = j.job_id and a.state = 0);
end $$;

-- Puts sleepers that have their answers, whose rows are held, at the ends of their lanes. Those that are not to go on
-- stay as they are.
create function asleep_rise(p_ids uuid[]) returns uuid[] language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_lanes int[] := array(select distinct j.lane_no from job as j where j.job_id = any(p_ids) order by 1);
  v_risen uuid[];
begin
  perform from lane as l where l.lane_no = any(v_lanes) order by l.lane_no for no key update;
  perform from lane_end as e where e.lane_no = any(v_lanes) order by e.lane_no for no key update;
  with up as materialized (
    select j.job_id, j.lane_no, row_number() over (partition by j.lane_no order by j.seq) as nth
    from job as j cross join lateral (select l.stopped, l.cut_seq from lane as l
      where l.lane_no = j.lane_no offset 0) as l
    where j.job_id = any(p_ids) and j.state + 0 = 8 and not (j.cancelling or l.stopped or j.seq <= l.cut_seq)),
  roused as (
    update lane as l set ready = true where l.lane_no = any(array(select up.lane_no from up))),
  ends as (
    update lane_end as e set last_seq = e.last_seq + d.n
    from (select up.lane_no, count(*) as n from up group by up.lane_no) as d
    where e.lane_no = any(array[d.lane_no]) returning e.lane_no, e.last_seq - d.n as base),
  risen as (
    update job as j set state = 0, seq = ends.base + up.nth, arrived_at = null
    from up join ends using (lane_no) where j.job_id = any(array[up.job_id]) returning j.job_id)
  select array_agg(risen.job_id) into v_risen from risen;
  return v_risen;
end $$;

-- Sleepers that are not to go on: cancelled alone, with their run, or by a clear.
create function asleep_stopped(p_limit int) returns table (job_id uuid, project_id uuid) language sql stable as $$
  select j.job_id, (select g.project_id from project_gate as g where g.project_no = j.project_no)
  from job as j cross join lateral (select l.stopped, l.cut_seq from lane as l
    where l.lane_no = j.lane_no offset 0) as l
  where (state = 10 or (state = 8 and lane_no <> 0)) and (j.cancelling or l.stopped or j.seq <= l.cut_seq)
  limit p_limit
$$;
` },
{ name: 'before-json.sql', text: `-- What processes of schema 8 and before call, which run on while a later version starts beside them.

create function job_add(p_jobs jsonb) returns void language sql as $$
  select job_add(p_jobs::json)
$$;

create function job_settle(
  p_ids uuid[], p_attempts smallint[], p_kinds smallint[], p_values jsonb, p_due timestamptz[], p_steps text[],
    p_percents float8[],
  p_worker uuid, p_now timestamptz)
returns uuid[] language sql as $$
  select job_settle(p_ids, p_attempts, p_kinds, p_values::json, p_due, p_steps, p_percents, p_worker, p_now)
$$;

create function run_add(
  p_run uuid, p_project uuid, p_definition uuid, p_type text, p_priority text, p_rank smallint, p_models text[],
    p_config jsonb, p_places int[],
  p_pace float8, p_max_attempts smallint, p_created_by uuid, p_key text, p_created_at timestamptz)
returns uuid language sql as $$
  select run_add(
    p_run, p_project, p_definition, p_type, p_priority, p_rank, p_models, p_config::json, p_places, p_pace,
      p_max_attempts, p_created_by, p_key, p_created_at)
$$;
` },
{ name: 'begin.sql', text: `-- Handing over, taking and beginning jobs.
--
-- What is hot. Plans are made once a connection, often on empty tables, and must be right on full ones: see ADR 0039
-- for \`+ 0\`, \`any(array[…])\` and \`offset 0\`.

-- Hands up to p_limit jobs over to the broker. Gives their ids and lanes, and of each the place of its type in p_types.
-- See WorkerStore.feed.
create function job_feed(p_limit int, p_types text[], p_now timestamptz, out ids uuid[], out lanes int[],
  out types int[])
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_seqs bigint[];
  v_again uuid[];
begin
  -- A feed that is lost in a crash of the database has handed nothing over: begin asks for seq < head.
  perform set_config('synchronous_commit', 'off', true);
  -- What has keys is taken from the line itself, where they are asked: see \`job_take\`.
  select w.ids, w.seqs, w.lanes, w.types, w.again into ids, v_seqs, lanes, types, v_again
  from job_window(p_limit, p_types, p_now, false, 0, null, null, null, null) as w;
  if v_again is not null then
    update job as j set state = 0 where j.job_id = any(v_again) and j.state + 0 = 3;
  end if;
  insert into handover (lane_no, from_seq, to_seq, handed_at)
  select w.lane_no, min(w.seq), max(w.seq), p_now
  from unnest(ids, v_seqs, lanes) as w (id, seq, lane_no)
    group by w.lane_no, case when w.id = any(v_again) then w.seq end;

  -- Last, without waiting for a cancel that forgets the same: a window is done with when nothing of it is in line.
  delete from handover where handover_no in (
    select h.handover_no from handover as h
    where (select a.seq from job as a where a.lane_no = h.lane_no and a.state = 0
      and a.seq between h.from_seq and h.to_seq limit 1) is null
    for update skip locked);
end $$;

-- What of p_ids the worker has begun in these lanes, locked before and of which no job had begun, makes their runs
-- running. Lets the commit take its time where that makes no fact: a begin that a crash of the database loses only
-- makes its jobs pending again, and the settling that follows is fenced by the worker. A fact, once seen, must stay.
create function runs_begun(p_unstarted int[], p_ids uuid[], p_worker int, p_now timestamptz) returns void
  language plpgsql as $$
declare
  v_runs int[];
  v_projects int[]; v_datas json[];
begin
  if p_unstarted is not null then
    select array_agg(distinct j.run_no) into v_runs from job as j
    where j.job_id = any(p_ids) and j.state + 0 = 1 and j.worker_no + 0 = p_worker and j.lane_no + 0 = any(p_unstarted);
    update lane as l set started = true where l.lane_no = any(p_unstarted) and l.run_no = any(v_runs);
    perform from run where run_no = any(v_runs) order by run_no for no key update;
    with first as (
      update run as r set status = 'running', version = r.version + 1, started_at = p_now,
        earlier_at = p_now, earlier_settled = r.settled, mark_at = p_now, mark_settled = r.settled
      where r.run_no = any(v_runs) and r.status = 'pending' returning r.project_no, r.run_no, r.run_id, r.version)
    select array_agg(project_no order by run_no), array_agg(
        json_build_object('runId', run_id, 'status', 'running', 'from', 'pending', 'version', version) order by run_no)
    into v_projects, v_datas from first;
    perform run_facts(v_projects, v_datas, p_now);
  end if;
  if v_projects is null then
    perform set_config('synchronous_commit', 'off', true);
  end if;
end $$;

-- Begins those of p_ids that stand handed over in these lanes, locked before. In p_unstarted no job had begun.
create function jobs_start(p_ids uuid[], p_lanes int[], p_unstarted int[], p_worker int, p_now timestamptz)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload json, model text, scenario_id text,
    repeat int, attempt smallint, max_attempts smallint,
  starts smallint, not_nows smallint, set_no int)
language plpgsql rows 50 as $$
#variable_conflict use_column
begin
  -- What a lane's jobs share is looked up once a lane, not once a job.
  return query
    with g as materialized (
      select l.lane_no, l.cut_seq, l.head, p.project_id, r.run_id, r.models, r.repeats,
        r.definition_no, (select t.name from job_type as t where t.type_no = l.type_no) as type
      from lane as l
      cross join lateral (select p.project_id from project_gate as p where p.project_no = l.project_no offset 0) as p
      left join lateral (select r.run_id, r.models, r.repeats, r.definition_no from run as r
        where r.run_no = l.run_no offset 0) as r on true
      where l.lane_no = any(p_lanes)),
    b as (
      update job as j set state = 1, attempt = j.attempt + 1, starts = (j.starts + 1) & 32767, worker_no = p_worker,
        started_at = p_now, step = null, percent = null
      from g
      where j.job_id = any(p_ids) and j.lane_no + 0 = g.lane_no and j.state + 0 = 0 and j.seq > g.cut_seq
        and j.seq < g.head
      returning j.job_id, j.task_id, j.type_no, j.payload, j.place, j.attempt, j.max_attempts, j.starts, j.not_nows,
        nullif(j.set_no, 0) as set_no,
        g.project_id, g.run_id, g.models[j.model] as model, g.repeats, g.definition_no, g.type)
    select b.job_id, b.project_id, b.run_id, b.task_id,
      coalesce(b.type, (select t.name from job_type as t where t.type_no = b.type_no)),
      coalesce(b.payload, s.payload), b.model, s.scenario_id, run_job_repeat(b.job_id, b.repeats),
      b.attempt, b.max_attempts, b.starts, b.not_nows,
      b.set_no
    from b left join lateral (
      select s.scenario_id, s.payload from scenario as s
        where s.definition_no = b.definition_no and s.place between b.place and b.place
      order by s.place limit 1) as s on true;
  perform runs_begun(p_unstarted, p_ids, p_worker, p_now);
end $$;

-- Begins those that may begin now. See WorkerStore.begin.
create function job_begin(p_ids uuid[], p_lanes int[], p_worker uuid, p_now timestamptz)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload json, model text, scenario_id text,
    repeat int, attempt smallint, max_attempts smallint,
  starts smallint, not_nows smallint, set_no int)
language plpgsql rows 50 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_worker int;
  v_open int[]; v_shut int[]; v_unstarted int[];
begin
  select worker_no into v_worker from worker where worker_id = p_worker for key share;
  if not found then
    return;
  end if;
  -- All gates in one statement, and the next is one of its own: it sees what those who were waited for have committed.
  perform pg_advisory_xact_lock_shared(1707723, gate) from (
    select 0 as gate union select l.project_no from lane as l where l.lane_no = any(p_lanes) order by 1) as held;
  select array_agg(lane_no) filter (where open), array_agg(lane_no) filter (where not open),
    array_agg(lane_no) filter (where open and not started)
  into v_open, v_shut, v_unstarted from (
    select l.lane_no, l.started, not (l.held or l.budgeted or g.paused
      or (select s.paused from system_gate as s where s.only_row)) as open
    from lane as l cross join lateral (select g.paused from project_gate as g
      where g.project_no = l.project_no offset 0) as g
    where l.lane_no = any(p_lanes) order by l.lane_no for key share of l) as l;
  if v_unstarted is not null or v_shut is not null then
    perform from lane as l where l.lane_no = any(v_unstarted || v_shut) order by l.lane_no for no key update;
  end if;

  -- What may not begin goes back in line at its place, so that it is handed over again when it may; or taken, where a
  -- budget has come over it meanwhile.
  if v_shut is not null then
    update lane as l set ready = true where l.lane_no = any(v_shut);
    update job as j set state = 3 from lane as l
    where l.lane_no = any(v_shut) and j.job_id = any(p_ids) and j.lane_no + 0 = l.lane_no and j.state + 0 = 0
      and j.seq > l.cut_seq and j.seq < l.head;
  end if;

  return query select * from jobs_start(p_ids, v_open, v_unstarted, v_worker, p_now);
end $$;

-- Takes up to p_limit jobs from the head of the line, in order, and begins them. See WorkerStore.take. The worker holds
-- p_held jobs of p_sets, by its p_report-th report: p_unit_jobs of p_unit_sets have spent p_units in place of their
-- estimates; null: nothing has changed since the last one. p_uncounted: it keeps no count, and holds what is active
-- with it. p_projects: of these alone. p_durable: what spends of keys and budgets commits as the session says.
-- p_clock: keys go by the time of the database. Each row, or one without a job, tells when a key opens that others
-- wait for, in ms: infinity where an end or a person opens it.
create function job_take(p_limit int, p_types text[], p_worker uuid, p_now timestamptz, p_keyed boolean default null,
  p_clock boolean default false, p_sets int[] default null, p_held int[] default null, p_unit_sets int[] default null,
  p_unit_jobs int[] default null, p_units bigint[] default null, p_report bigint default null,
  p_uncounted boolean default false, p_projects uuid[] default null, p_durable boolean default false)
returns table (
  job_id uuid, project_id uuid, run_id uuid, task_id uuid, type text, payload json, model text, scenario_id text,
    repeat int, attempt smallint, max_attempts smallint,
  starts smallint, not_nows smallint, set_no int, opens_ms float8, reserves boolean)
language plpgsql rows 50 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_worker int;
  v_ids uuid[]; v_again uuid[]; v_lanes int[]; v_unstarted int[];
  v_ms float8; v_waits boolean; v_opens float8; v_more boolean;
  h_keys int[]; h_moved int[]; h_units bigint[]; h_held int[];
  v_opened int[]; v_given int[]; v_n int[]; v_spent bigint[]; v_shut int[];
  v_paid_jobs uuid[]; v_paid_budgets int[]; v_paid bigint[];
  v_commit text := current_setting('synchronous_commit');
begin
  select true, coalesce(min(w.open_ms), 'infinity') into v_waits, v_opens from limit_waiting as w having count(*) > 0;
  v_ms := extract(epoch from case when p_clock then clock_timestamp() else p_now end)::float8 * 1000;
  -- One that holds nothing with keys by its last take, and has nothing to settle, has nothing to say.
  if p_uncounted then
    if cardinality(p_unit_sets) > 0 or exists (
      select from worker as o join worker_hold as h on h.worker_no = o.worker_no
      where o.worker_id = p_worker and h.hold_keys <> '{}') then
      p_report := 0;
    end if;
  end if;
  if p_report is null and (v_opens <= v_ms) is not true then
    -- An idle worker asks four times a second, and a fast one after each bite: while nothing is in line, that costs a
    -- look and writes nothing.
    perform from lane_ready_now as l
    where not l.held and (l.waits or l.served_at < p_now - interval '1 s')
      and (p_keyed is null or (l.cells > 0) = p_keyed)
    order by l.priority desc, l.turn, l.lane_no limit 1;
    if not found then
      if v_waits then
        opens_ms := v_opens;
        return next;
      end if;
      return;
    end if;
  end if;
  select worker_no into v_worker from worker where worker_id = p_worker for key share;
  if not found then
    return;
  end if;
  perform pg_advisory_xact_lock(7077237002);
  -- With the lock in hand: nobody takes later by an earlier time.
  v_ms := extract(epoch from case when p_clock then clock_timestamp() else p_now end)::float8 * 1000;
  if p_uncounted and p_report is not null then
    -- With the lock in hand nobody begins anything for it; what ends meanwhile is told next time.
    select array_agg(a.set_no), array_agg(a.n) into p_sets, p_held from (
      select j.set_no, count(*)::int as n from job as j
      where j.state = 1 and j.worker_no = v_worker and j.set_no is not null group by 1) as a;
    p_report := 1 + coalesce((select h.report from worker_hold as h where h.worker_no = v_worker
      order by h.ver desc limit 1), 0);
  end if;
  if p_report is not null then
    select keys, moved, units, held into h_keys, h_moved, h_units, h_held
    from hold_compared(v_worker, p_sets, p_held, p_unit_sets, p_unit_jobs, p_units, p_report);
  end if;
  if v_waits then
    v_opened := cells_opened(p_limit, v_ms, h_keys, h_moved, h_units);
  end if;
  select w.ids, w.again, w.lanes, w.given_keys, w.given_n, w.given_units, w.shut_keys, w.more, w.paid_jobs,
    w.paid_budgets, w.paid
  into v_ids, v_again, v_lanes, v_given, v_n, v_spent, v_shut, v_more, v_paid_jobs, v_paid_budgets, v_paid
  from job_window(p_limit, p_types, p_now, p_keyed, v_ms, h_keys, h_moved, h_units, p_projects) as w;
  if v_given is not null or h_keys is not null then
    perform limits_moved(array_agg(t.k), array_agg(t.d), array_agg(t.u), array_agg(t.n), array_agg(t.v), v_ms) from (
      select k, sum(d)::int as d, sum(u)::bigint as u, sum(n)::int as n, sum(v)::bigint as v from (
        select k, d, u, 0 as n, 0::bigint as v from unnest(h_keys, h_moved, h_units) as h (k, d, u)
        union all select k, 0, 0, n, v from unnest(v_given, v_n, v_spent) as g (k, n, v)) as t group by k) as t;
    perform hold_written(v_worker, array_agg(t.k), array_agg(t.n), p_report) from (
      select k, sum(n)::int as n from (
        select k, n from unnest(h_keys, h_held) as h (k, n)
        union all select k, n from unnest(v_given, v_n) as g (k, n)
        union all select k, n from (select * from worker_hold as w where w.worker_no = v_worker and p_report is null
          order by w.ver desc limit 1) as w cross join lateral unnest(w.hold_keys, w.hold_n) as u (k, n)) as t
      group by k) as t;
  end if;
  if v_waits or v_shut is not null then
    perform limits_looked(array(select w.limit_no from limit_waiting as w
      where w.limit_no = any(v_opened || h_keys || v_given) order by 1) || v_shut, v_ms);
    if 0 > any(v_opened || v_shut) then
      perform budgets_looked(array(select distinct -k from unnest(v_opened || v_shut) as k where k < 0 order by 1));
    end if;
    select true, coalesce(min(w.open_ms), 'infinity') into v_waits, v_opens from limit_waiting as w having count(*) > 0;
  end if;
  opens_ms := case when v_more then v_ms when v_waits then v_opens end;
  if v_ids is null then
    perform set_config('synchronous_commit', 'off', true);
    if opens_ms is not null then
      return next;
    end if;
    return;
  end if;
  if v_paid_jobs <> '{}' then
    perform attempts_reserved(v_paid_jobs, v_paid_budgets, v_paid, v_worker);
  end if;
  if v_again is not null then
    update job as j set state = 0 where j.job_id = any(v_again) and j.state + 0 in (3, 7);
  end if;
  select array_agg(lane_no), array_agg(lane_no) filter (where not started) into v_lanes, v_unstarted from lane
    where lane_no = any(v_lanes);
  -- An update gives its rows in no order; handlers start in the line's.
  v_opens := opens_ms;
  return query select j.*, v_opens, coalesce(j.job_id = any(v_paid_jobs), false)
    from jobs_start(v_ids, v_lanes, v_unstarted, v_worker, p_now) as j
    order by array_position(v_ids, j.job_id);
  if p_durable and (v_given is not null or v_paid_jobs <> '{}') then
    perform set_config('synchronous_commit', v_commit, true);
  end if;
end $$;
` },
{ name: 'budgets.sql', text: `-- Budgets: money that attempts reserve, use, and leave behind when their worker dies.
--
-- What budgets hold is moved under the lock of the window alone, as keys are. The rules are those of \`usage/budget.ts\`
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

-- The estimate of each job's next attempt, as \`estimateOf\` in core.
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
` },
{ name: 'causes.sql', text: `-- Causes of failures, attempts, and moves of many jobs.

-- Keeps of jobs that have just failed what their failures have in common: p_patterns of p_ids, or p_pattern of all.
create function failures_noted(p_failed uuid[], p_ids uuid[], p_patterns text[], p_pattern text, p_now timestamptz)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_jobs uuid[]; v_projects int[]; v_types smallint[]; v_codes text[]; v_patterns text[]; v_messages text[];
begin
  select array_agg(j.job_id), array_agg(j.project_no), array_agg(j.type_no),
    array_agg(coalesce(j.error ->> 'code', '')), array_agg(coalesce(s.pattern, p_pattern, 'other')),
    array_agg(left(j.error ->> 'message', 500))
  into v_jobs, v_projects, v_types, v_codes, v_patterns, v_messages
  from unnest(p_failed) as f (job_id)
  cross join lateral (select j.* from job as j where j.job_id = f.job_id offset 0) as j
  left join unnest(p_ids, p_patterns) as s (id, pattern) on s.id = f.job_id;

  -- A normaliser gone wrong must not fill a table. In the order of the key, so that two batches cannot wait for each
  -- other.
  with given as (
    select project_no, type_no, code, pattern, min(message) as message
    from unnest(v_projects, v_types, v_codes, v_patterns, v_messages)
      as g (project_no, type_no, code, pattern, message) group by 1, 2, 3, 4),
  unknown as (
    select g.*, (select count(*) from cause as c where c.project_no = g.project_no and c.type_no = g.type_no)
      >= {{mostCauses}} as is_full
    from given as g where not exists (
      select from cause as c where c.project_no = g.project_no and c.type_no = g.type_no
        and md5(c.code || chr(10) || c.pattern) = md5(g.code || chr(10) || g.pattern)))
  insert into cause (project_no, type_no, code, pattern, sample, first_at)
  select distinct on (project_no, type_no, key) project_no, type_no, code, pattern, coalesce(message, ''), p_now
  from (
    select project_no, type_no, code, case when is_full then 'other' else pattern end as pattern, message,
      md5(code || chr(10) || case when is_full then 'other' else pattern end) as key
    from unknown) as u
  order by project_no, type_no, key
  on conflict (project_no, type_no, md5(code || chr(10) || pattern)) do nothing;

  with found as (
    select g.job_id, g.project_no, coalesce(
      (select c.cause_no from cause as c where c.project_no = g.project_no and c.type_no = g.type_no
        and md5(c.code || chr(10) || c.pattern) = md5(g.code || chr(10) || g.pattern)),
      (select c.cause_no from cause as c where c.project_no = g.project_no and c.type_no = g.type_no
        and md5(c.code || chr(10) || c.pattern) = md5(g.code || chr(10) || 'other'))) as cause_no
    from unnest(v_jobs, v_projects, v_types, v_codes, v_patterns) as g (job_id, project_no, type_no, code, pattern))
  insert into failure (job_id, project_no, cause_no)
  select job_id, project_no, cause_no from found where cause_no is not null
  on conflict (job_id) do update set cause_no = excluded.cause_no;
end $$;

-- Counts jobs that have just failed, noted before, by their causes. In the order of the key, only behind queue_count.
create function causes_counted(p_failed uuid[], p_now timestamptz) returns void language sql as $$
  insert into cause_count as c (cause_no, at, n, last_at)
  select f.cause_no, date_bin('{{causeStretch}}', p_now, timestamptz 'epoch'), count(*), p_now
  from unnest(p_failed) as j (job_id)
  cross join lateral (select f.cause_no from failure as f where f.job_id = j.job_id offset 0) as f
  group by 1 order by 1
  on conflict (cause_no, at) do update set n = c.n + excluded.n, last_at = greatest(c.last_at, excluded.last_at)
$$;

-- Forgets counts from before p_before, up to p_limit, and says how many. The latest of each cause stays.
create function causes_thin(p_before timestamptz, p_limit int) returns int language sql as $$
  with old as materialized (
    select c.cause_no, c.at from cause_count as c
    where c.at < p_before
      and exists (select from cause_count as n where n.cause_no = c.cause_no and n.at > c.at)
    order by c.at limit p_limit for update of c skip locked),
  gone as (
    delete from cause_count as c using old where c.cause_no = old.cause_no and c.at = old.at returning 1)
  select count(*)::int from gone
$$;

-- Keeps attempts that have just ended otherwise than completed, of jobs that are as they left them.
create function attempts_noted(p_done uuid[], p_ids uuid[], p_kinds smallint[], p_worker uuid, p_now timestamptz)
returns void language sql as $$
  insert into job_attempt (job_id, attempt, started_at, ended_at, worker_id, outcome, error)
  select j.job_id, case when s.kind in (3, 7) then j.attempt + 1 else j.attempt end, j.started_at, p_now, p_worker,
    case when s.kind = 8 then 2 else s.kind end, case when s.kind <> 3 then j.error end
  from unnest(p_ids, p_kinds) as s (id, kind)
  cross join lateral (select j.* from job as j where j.job_id = s.id offset 0) as j
  where s.kind in (2, 3, 5, 7, 8, 10) and s.id = any(p_done)
$$;

-- Holds what a begin, move or cancel of these jobs would meet on, as \`job_lock\` does for one. Those in no lane first:
-- nobody who holds a gate or a lane waits for such a row.
create function jobs_lock(p_ids uuid[]) returns void language plpgsql as $$
declare
  v_projects int[] := array(select distinct project_no from job where job_id = any(p_ids) order by 1);
begin
  -- Nobody who holds a gate or a lane waits for a row that stands in no line.
  perform from job where job_id = any(p_ids) and state in (8, 9, 10) order by job_id for update;
  perform intake_take(project_no) from unnest(v_projects) as project_no;
  perform gate_take(project_no) from unnest(v_projects) as project_no;
  perform from lane where (project_no, coalesce(run_no, 0)) in (
    select project_no, coalesce(run_no, 0) from job where job_id = any(p_ids)) order by lane_no for update;
  perform from job where job_id = any(p_ids) and state not in (8, 9, 10) order by job_id for update;
end $$;

-- Moves many jobs, each by its own rule. Says of each project how many were moved (reason null), and how many were
-- passed over for which reason. See JobSearchStore.moveMany.
create function jobs_move(p_ids uuid[], p_action text, p_priority smallint, p_now timestamptz)
returns table (project_id uuid, reason text, n int) language plpgsql as $$
#variable_conflict use_column
declare
  v_ids uuid[]; v_reasons text[]; v_moved uuid[];
  v_counted record;
begin
  perform jobs_lock(p_ids);
  select array_agg(job_id), array_agg(case
      when p_action = 'retry' and told = 'failed' and is_cancelled then 'run_cancelled'
      when p_action = 'retry' and told = 'failed' and is_imported then 'run_imported'
      when p_action = 'retry' and told = 'failed' and is_apart then 'parent_failed'
      when p_action = 'retry' and told = 'failed' then null
      when p_action = 'cancel' and told = 'active' and is_told then 'cancelling'
      when p_action = 'cancel' and told in ('pending', 'active') then null
      when p_action = 'priority' and told = 'pending' and priority = p_priority then 'same_priority'
      when p_action = 'priority' and told = 'pending' then null
      else told end)
  into v_ids, v_reasons
  from (
    select j.job_id, coalesce(l.priority, (j.arrival ->> 'priority')::smallint) as priority,
      j.cancelling or coalesce(l.stopped, false) as is_told, j.lane_no = 0 as is_apart,
      coalesce((select r.status = 'cancelled' from run as r where r.run_no = j.run_no), false) as is_cancelled,
      coalesce((select r.config ->> 'origin' = 'import' from run as r where r.run_no = j.run_no), false) as is_imported,
      (array['pending', 'active', 'pending', 'pending', 'completed', 'failed', 'cancelled', 'pending', 'pending',
        'pending', 'active'])[job_told_state(j.state, j.starts, j.seq, coalesce(l.cut_seq, 0)) + 1] as told
    from job as j left join lateral (select l.* from lane as l where l.lane_no = j.lane_no offset 0) as l on true
    where j.job_id = any(p_ids)) as t;
  return query select g.project_id, s.reason, count(*)::int
    from unnest(v_ids, v_reasons) as s (job_id, reason) join job as j using (job_id)
    join project_gate as g using (project_no) group by 1, 2;
  v_moved := array(select s.job_id from unnest(v_ids, v_reasons) as s (job_id, reason) where s.reason is null);
  if v_moved = '{}' then
    return;
  end if;

  if p_action = 'priority' then
    perform job_move(job_id, p_priority) from (
      select j.job_id from job as j where j.job_id = any(v_moved) order by j.lane_no, j.seq) as o;
  elsif p_action = 'retry' then
    perform runs_reopened(job_reopen(v_moved, p_now), p_now);
  elsif p_action = 'cancel' then
    -- Sleepers are ended with their tasks, which are locked before: by whoever looks for those that are to stop.
    update job as j set cancelling = true
    where j.job_id = any(v_moved) and (j.state + 0 in (1, 10) or j.state + 0 = 8 and j.lane_no <> 0);
    v_moved := array(
      select j.job_id from job as j where j.job_id = any(v_moved)
        and (j.state + 0 in (0, 2, 3, 7, 9) or j.state + 0 = 8 and j.lane_no = 0));
    perform jobs_cancel_apart(v_moved, p_now);
    insert into lane_adjust (lane_no, seq, delta)
    select j.lane_no, j.seq, -1 from job as j join lane as l using (lane_no)
      where j.job_id = any(v_moved) and j.state + 0 = 0 and j.seq >= l.head;
    insert into ended_parent (job_id, state)
    select j.job_id, 6 from job as j where j.job_id = any(v_moved) and j.state + 0 <> 6 and j.children;
    update job as j set state = 6, finished_at = p_now where j.job_id = any(v_moved) and j.state + 0 <> 6;
    if has_escalation(array(select distinct j.run_no from job as j where j.job_id = any(v_moved))) then
      perform scenarios_settled(v_moved);
    end if;
    select array_agg(c.project_no) as projects, array_agg(c.run_no) as runs, array_agg(c.type_no) as types,
      array_agg(c.model) as models, array_agg(6::smallint) as states, array_agg(c.n) as counts
    into v_counted
    from (select j.project_no, j.run_no, j.type_no, j.model, count(*)::int as n from job as j
      where j.job_id = any(v_moved) group by 1, 2, 3, 4) as c;
    if v_counted.counts is not null then
      perform job_record(null, v_counted.projects, v_counted.runs, v_counted.types, v_counted.models,
        v_counted.states, v_counted.counts, p_now);
    end if;
  end if;
end $$;
` },
{ name: 'claims.sql', text: `-- Claims of many people at once, and bookmarks for people with a long history.
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
-- \`was\` is what a revived row was before. Each move is kept with its task, and how many open steps stood before the one
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
-- or hold or have submitted an excluded step. \`offset 0\` keeps that test one index probe a slot: as a join it would
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
-- now on, or was by a transaction which is still open and began at \`oldest\`, opens after \`oldest\` less 20 s: a bookmark
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
` },
{ name: 'comparisons.sql', text: `-- Pairs of two runs' models: what both made of one scenario.

-- The settled pairs among the jobs of the baseline's model from the p_from-th on, p_limit of them, by place and repeat.
-- Scenarios are the same by their id; of one definition, by their place. \`other\` is the candidate's payload if its text
-- differs.
create function comparison_pairs(p_base uuid, p_base_model text, p_cand uuid, p_cand_model text, p_from int,
  p_limit int)
returns table (nth int, scenario_id text, repeat int, payload json, is_other boolean, other json, base_state smallint,
  base_result json, cand_state smallint, cand_result json)
language plpgsql stable rows 2000 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_base run;
  v_cand run;
  v_base_models int;
  v_cand_models int;
  v_base_model int;
  v_cand_model int;
  v_base_prefix text;
  v_cand_prefix text;
  v_from int;
  v_places int[];
begin
  select * into v_base from run where run_id = p_base;
  select * into v_cand from run where run_id = p_cand;
  v_base_models := cardinality(v_base.models);
  v_cand_models := cardinality(v_cand.models);
  v_base_model := array_position(v_base.models, p_base_model);
  v_cand_model := array_position(v_cand.models, p_cand_model);
  -- Ids are spelled from a prefix, and places sliced once: both cost more than reading a row by them.
  v_base_prefix := left(run_job_id(v_base, 0)::text, 24);
  v_cand_prefix := left(run_job_id(v_cand, 0)::text, 24);
  v_from := (p_from - 1) / v_base.repeats;
  v_places := v_base.places[v_from + 1:(p_from + p_limit - 2) / v_base.repeats + 1];
  return query
  with scenarios as materialized (
    select n.n as nth, n.repeat, s.place, s.scenario_id, s.payload, c.place as cand_place, c.is_other,
      case when c.is_other then c.payload end as other
    from (
      select n, (n - 1) % v_base.repeats + 1 as repeat,
        coalesce(v_places[(n - 1) / v_base.repeats - v_from + 1], (n - 1) / v_base.repeats + 1) as place
      from generate_series(p_from, least(p_from + p_limit - 1, v_base.total / v_base_models)) as n) as n
    cross join lateral (
      select s.place, s.scenario_id, s.payload from scenario as s
      where s.definition_no = v_base.definition_no and s.place between n.place and n.place
      order by s.place limit 1) as s
    cross join lateral (
      select s.place, null::json as payload, false as is_other
      where v_base.definition_no = v_cand.definition_no
      union all
      select c.place, c.payload, c.payload::text <> s.payload::text from scenario as c
      where v_base.definition_no <> v_cand.definition_no and c.definition_no = v_cand.definition_no
        and c.scenario_id = s.scenario_id) as c),
  numbered as materialized (
    select s.*, case when v_cand.places is null then s.cand_place else p.nth end as cand_nth
    from scenarios as s
    left join (
      select p.place, p.nth::int as nth from unnest(v_cand.places) with ordinality as p (place, nth)
      where p.place between (select min(cand_place) from scenarios) and (select max(cand_place) from scenarios)) as p
      on p.place = s.cand_place)
  select n.nth, n.scenario_id, n.repeat, n.payload, n.is_other, n.other, b.state, b.result, c.state, c.result
  from numbered as n
  cross join lateral (
    select case when j.state in (0, 2, 3, 7) and j.seq <= (select l.cut_seq from lane as l where l.lane_no = j.lane_no)
      then 6::smallint else j.state end as state, j.result
    from job as j
    where j.job_id = (v_base_prefix
      || lpad(to_hex(((n.nth - 1) / v_base.repeats * v_base_models + v_base_model - 1) * v_base.repeats + n.repeat),
        12, '0'))::uuid offset 0) as b
  cross join lateral (
    select case when j.state in (0, 2, 3, 7) and j.seq <= (select l.cut_seq from lane as l where l.lane_no = j.lane_no)
      then 6::smallint else j.state end as state, j.result
    from job as j
    where j.job_id = (v_cand_prefix
      || lpad(to_hex(((n.cand_nth - 1) * v_cand_models + v_cand_model - 1) * v_cand.repeats + n.repeat),
        12, '0'))::uuid offset 0) as c
  where n.repeat <= v_cand.repeats and n.cand_nth <= v_cand.total / (v_cand_models * v_cand.repeats)
    and b.state between 4 and 6 and c.state between 4 and 6
  order by n.nth;
end $$;
` },
{ name: 'escalation.sql', text: `-- Scenarios of runs with a policy: counted down with their jobs, decided, and told what their tasks came to.
--
-- They are locked behind jobs and before runs, by run and place; the counts of a run's decisions behind them.

-- Whether a run has a policy, so that those without one pay for nothing else.
create function has_escalation(p_runs int[]) returns boolean language plpgsql stable as $$
begin
  return exists (select from escalation as e where e.run_no = any(p_runs));
end $$;

-- Counts these scenarios down by so many jobs that have settled, in the order given: by run and place. With its last
-- job a scenario is ready.
create function scenarios_counted(p_runs int[], p_places int[], p_counts int[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  update run_scenario as r set open = r.open - s.n, state = case when r.state = 0
    and r.open = s.n then 1 else r.state end
  from unnest(p_runs, p_places, p_counts) as s (run_no, place, n)
  where r.run_no = any(array[s.run_no]) and r.place = any(array[s.place]);
end $$;

-- The same for the scenarios of those of these jobs that have settled.
create function scenarios_settled(p_ids uuid[]) returns void
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  perform scenarios_counted(array_agg(s.run_no), array_agg(s.place), array_agg(s.n)) from (
    select j.run_no, j.place, count(*)::int as n from job as j
    where j.job_id = any(p_ids) and j.state + 0 between 4 and 6 and j.run_no is not null
    group by 1, 2 order by 1, 2) as s;
end $$;

-- Failed jobs of these runs, locked, are tried again: their scenarios wait for them. What has its task keeps it.
create function scenarios_reopened(p_ids uuid[],
  p_runs int[]) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_runs int[]; v_states smallint[];
begin
  if not has_escalation(p_runs) then
    return;
  end if;
  with s as materialized (
    select j.run_no, j.place, count(*)::int as n from job as j
    where j.job_id = any(p_ids) and j.run_no is not null group by 1, 2 order by 1, 2),
  held as materialized (
    select r.run_no, r.place, r.state, s.n from s cross join lateral (
      select r.run_no, r.place, r.state from run_scenario as r
        where r.run_no = s.run_no and r.place = s.place for no key update offset 0) as r),
  moved as (
    update run_scenario as r set open = r.open + held.n, state = case when r.state = 2 then 2 else 0 end,
      reasons = case when r.state = 2 then r.reasons else 0 end,
        probability = case when r.state = 2 then r.probability end,
      decided_at = case when r.state = 2 then r.decided_at end, draw = case when r.state = 2 then r.draw end,
        issues = null
    from held where r.run_no = any(array[held.run_no]) and r.place = any(array[held.place]))
  select array_agg(run_no), array_agg(state) into v_runs, v_states from held where state in (3, 4, 5, 6);
  perform from escalation where run_no = any(v_runs) order by run_no for no key update;
  update escalation as e set kept = e.kept - d.kept, over_limit = e.over_limit - d.over_limit,
    refused = e.refused - d.refused, not_decided = e.not_decided - d.not_decided
  from (
    select run_no, count(*) filter (where state = 3) as kept, count(*) filter (where state = 4) as over_limit,
      count(*) filter (where state = 5) as refused, count(*) filter (where state = 6) as not_decided
    from unnest(v_runs, v_states) as s (run_no, state) group by 1) as d
  where e.run_no = any(array[d.run_no]);
end $$;

-- Keeps a rule for a run that was added in this transaction or has ended, with a row for each of its scenarios.
create function escalation_add(p_id uuid, p_rule json) returns void language plpgsql as $$
declare
  v_run run;
  v_jobs int;
  v_over boolean;
begin
  select * into strict v_run from run where run_id = p_id;
  v_jobs := cardinality(v_run.models) * v_run.repeats;
  v_over := v_run.status in ('completed', 'cancelled');
  insert into escalation (run_no, rule, scenarios) values (v_run.run_no, p_rule, v_run.total / v_jobs);
  if not v_over then
    insert into run_scenario (run_no, place, nth, open)
    select v_run.run_no, p.place, p.nth, v_jobs
    from unnest(coalesce(v_run.places, array(select generate_series(1,
      v_run.total / v_jobs)))) with ordinality as p (place, nth);
    return;
  end if;
  with ended as (
    insert into run_scenario (run_no, place, nth, open, state)
    select v_run.run_no, s.place, row_number() over (order by s.place), s.open,
      case when s.open > 0 then 0 when s.cut then 6 else 1 end
    from (
      select t.place, count(*) filter (where t.state not between 4 and 6)::int as open, bool_or(t.state = 6) as cut
      from job_told as t
      where t.run_no + 0 = v_run.run_no and t.job_id >= run_job_id(v_run, 1) and t.job_id <= run_job_id(v_run,
        v_run.total) group by t.place) as s
    returning state)
  update escalation set not_decided = (select count(*) from ended where state = 6) where run_no = v_run.run_no;
end $$;

-- Somebody wants these scenarios to go to people. Gives each that exists, with its state then.
create function escalation_ask(p_id uuid, p_scenarios text[]) returns table (scenario_id text,
  state smallint) language plpgsql rows 50 as $$
#variable_conflict use_column
declare
  v_run run;
  v_prefix text;
  v_jobs int;
  v_over boolean;
  v_places int[]; v_states smallint[];
  v_kept int; v_over_limit int; v_refused int; v_not_decided int;
begin
  select * into strict v_run from run where run_id = p_id;
  v_jobs := cardinality(v_run.models) * v_run.repeats;
  v_prefix := left(run_job_id(v_run, 0)::text, 24);
  v_over := v_run.status in ('completed', 'cancelled');
  select array_agg(r.place), array_agg(r.state) into v_places, v_states from (
    select r.place, r.state from (
      select s.place from unnest(p_scenarios) as w (id) cross join lateral (
        select s.place from scenario as s where s.definition_no = v_run.definition_no
          and s.scenario_id = w.id offset 0) as s order by 1) as s
    cross join lateral (
      select r.place, r.state from run_scenario as r where r.run_no = v_run.run_no and r.place = s.place
        for no key update offset 0) as r) as r;
  select count(*) filter (where s = 3), count(*) filter (where s = 4), count(*) filter (where s = 5),
    count(*) filter (where s = 6)
  into v_kept, v_over_limit, v_refused, v_not_decided from unnest(v_states) as s;
  update run_scenario as r set by_hand = true, reasons = 0, probability = null, decided_at = null, draw = null,
    issues = null,
    state = case
      when exists (
        select from job_told as t where t.job_id >= (v_prefix || lpad(to_hex((r.nth - 1) * v_jobs + 1), 12,
          '0'))::uuid
          and t.job_id <= (v_prefix || lpad(to_hex(r.nth * v_jobs), 12, '0'))::uuid
          and t.state not between 4 and 6) then 0
      when r.state = 0 and not v_over then 0
      else 1 end
  where r.run_no = v_run.run_no and r.place = any(v_places) and r.state <> 2;
  update escalation as e set kept = e.kept - v_kept, over_limit = e.over_limit - v_over_limit,
    refused = e.refused - v_refused,
    not_decided = e.not_decided - v_not_decided
  where e.run_no = v_run.run_no and v_kept + v_over_limit + v_refused + v_not_decided > 0;
  return query select s.scenario_id, r.state
    from unnest(v_places) as p (place)
    cross join lateral (select r.state from run_scenario as r
      where r.run_no = v_run.run_no and r.place = p.place offset 0) as r
    cross join lateral (
      select s.scenario_id from scenario as s where s.definition_no = v_run.definition_no
        and s.place between p.place and p.place order by s.place limit 1) as s;
end $$;

-- Ready scenarios, locked, that nobody else holds, by run and place.
create function escalation_take(p_limit int) returns table (run_no int, place int, nth int,
  by_hand boolean) language sql rows 200 as $$
  select r.run_no, r.place, r.nth, r.by_hand from run_scenario as r where r.state = 1
    order by r.run_no, r.place limit p_limit for no key update skip locked
$$;

-- How many of these scenarios of one run can be read, in the given order, as long as the results of those before weigh
-- less than p_bytes as they are stored: always the first. Where they lie close together, one look at all between them
-- nearly always says that all can.
create function escalation_readable(p_prefix text, p_jobs int, p_nths int[], p_bytes bigint) returns int
  language plpgsql stable set plan_cache_mode = force_generic_plan as $$
declare
  v_all int := cardinality(p_nths);
  v_first int;
  v_last int;
begin
  select min(n), max(n) into v_first, v_last from unnest(p_nths) as n;
  if v_last - v_first < 2 * v_all and (
    select coalesce(sum(pg_column_size(j.result)), 0) from job as j
    where j.job_id >= (p_prefix || lpad(to_hex((v_first - 1) * p_jobs + 1), 12, '0'))::uuid
      and j.job_id <= (p_prefix || lpad(to_hex(v_last * p_jobs), 12, '0'))::uuid) < p_bytes then
    return v_all;
  end if;
  return (
    select count(*) from (
      select sum(b.bytes) over (order by n.i rows between unbounded preceding and 1 preceding) as before
      from unnest(p_nths) with ordinality as n (nth, i)
      cross join lateral (
        select coalesce(sum(pg_column_size(j.result)), 0) as bytes from job as j
        where j.job_id >= (p_prefix || lpad(to_hex((n.nth - 1) * p_jobs + 1), 12, '0'))::uuid
          and j.job_id <= (p_prefix || lpad(to_hex(n.nth * p_jobs), 12, '0'))::uuid) as b) as weighed
    where coalesce(before, 0) < p_bytes);
end $$;

-- Ready scenarios as escalation_take gives them, with what they are decided from: of each run as many as can be read.
-- States, results and errors lie by the model's place and the repeat, as models do; states are null where all
-- completed, errors where none failed.
-- With the first of a run come the run, what it decides by, and whether any were left out. Each statement sees what
-- those who held a lock before it have committed.
create function escalation_ready(p_limit int, p_bytes bigint)
returns table (run_id uuid, project_id uuid, rule json, left_out boolean, models text[], place int, scenario_id text,
  payload json, by_hand boolean, states smallint[], results json, errors json)
language plpgsql rows 200 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_taken record;
  v_run run;
  v_prefix text;
  v_jobs int;
  v_names text[];
  v_count int;
begin
  for v_taken in
    select t.run_no, array_agg(t.place order by t.place) as places, array_agg(t.nth order by t.place) as nths,
      array_agg(t.by_hand order by t.place) as by_hand
    from escalation_take(p_limit) as t group by t.run_no order by t.run_no
  loop
    select * into strict v_run from run where run_no = v_taken.run_no;
    v_jobs := cardinality(v_run.models) * v_run.repeats;
    v_names := array(select m.name from unnest(v_run.models) with ordinality as m (name, i)
      cross join generate_series(1, v_run.repeats) order by m.i);
    v_prefix := left(run_job_id(v_run, 0)::text, 24);
    v_count := escalation_readable(v_prefix, v_jobs, v_taken.nths, p_bytes);
    return query
    select case when n.i = 1 then v_run.run_id end,
      case when n.i = 1 then (select g.project_id from project_gate as g where g.project_no = v_run.project_no) end,
      case when n.i = 1 then (select e.rule from escalation as e where e.run_no = v_run.run_no) end,
      case when n.i = 1 then v_count < cardinality(v_taken.nths) end, case when n.i = 1 then v_names end,
      n.place, s.scenario_id, s.payload, n.by_hand, j.states, j.results, j.errors
    from unnest(v_taken.places[1:v_count], v_taken.nths[1:v_count], v_taken.by_hand[1:v_count]) with ordinality
      as n (place, nth, by_hand, i)
    cross join lateral (
      select s.scenario_id, s.payload from scenario as s where s.definition_no = v_run.definition_no
        and s.place between n.place and n.place
      order by s.place limit 1) as s
    cross join lateral (
      select
        case when not bool_and(j.state = 4)
          then array_agg(case when j.state in (4, 5) then j.state else 6::smallint end) end as states,
        json_agg(j.result) as results,
        case when bool_or(j.state = 5) then json_agg(j.error) end as errors
      from (
        select j.state, j.result, j.error from job as j
        where j.job_id >= (v_prefix || lpad(to_hex((n.nth - 1) * v_jobs + 1), 12, '0'))::uuid
          and j.job_id <= (v_prefix || lpad(to_hex(n.nth * v_jobs), 12, '0'))::uuid
        order by j.job_id) as j) as j;
  end loop;
end $$;

-- Writes what was decided of scenarios that this transaction has taken, and counts it. What is rare stands in
-- p_told: by place { draw, issues, taskId, limited }.
create function escalation_decide(
  p_id uuid, p_places int[], p_states smallint[], p_reasons smallint[], p_probabilities float8[], p_told json,
    p_now timestamptz)
returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_run int;
begin
  select run_no into strict v_run from run where run_id = p_id;
  -- The run's number comes with each row: known beforehand, it would be a way to all rows of the run.
  update run_scenario as r set state = d.state, reasons = d.reasons, probability = d.probability, decided_at = p_now
  from unnest(array_fill(v_run, array[cardinality(p_places)]), p_places, p_states, p_reasons, p_probabilities)
    as d (run_no, place, state, reasons, probability)
  where r.run_no = any(array[d.run_no]) and r.place = any(array[d.place]);
  if p_told is not null then
    update run_scenario as r set draw = d.draw, issues = d.issues, task_id = d."taskId", limited = d.limited,
      task_status = case when d."taskId" is not null then 0 end
    from (
      select r.run_no, d.* from json_to_recordset(p_told) as d (place int, draw smallint[], issues json,
        "taskId" uuid, limited boolean)
      cross join lateral (select r.run_no from run_scenario as r
        where r.run_no = v_run and r.place = d.place offset 0) as r offset 0) as d
    where r.run_no = any(array[d.run_no]) and r.place = any(array[d.place]);
  end if;
  update escalation as e set
    escalated = e.escalated + d.escalated, kept = e.kept + d.kept, over_limit = e.over_limit + d.over_limit,
      refused = e.refused + d.refused,
    not_decided = e.not_decided + d.not_decided,
    limited = e.limited + (select count(*) from json_to_recordset(coalesce(p_told,
      '[]')) as t (limited boolean) where t.limited),
    reasons = array(select e.reasons[i] + b.n from unnest(d.by_reason) with ordinality as b (n, i) order by i)
  from (
    select count(*) filter (where s = 2) as escalated, count(*) filter (where s = 3) as kept,
      count(*) filter (where s = 4) as over_limit,
      count(*) filter (where s = 5) as refused, count(*) filter (where s = 6) as not_decided,
      array(select (select count(*)::int from unnest(p_states, p_reasons) as x (s, r)
        where x.s = 2 and (x.r >> i) & 1 = 1) from generate_series(0, 4) as i) as by_reason
    from unnest(p_states) as s) as d
  where e.run_no = v_run;
end $$;

-- The tasks have ended: their scenarios keep the outcome, and their runs count them. Nothing for a task of no
-- escalation.
create function escalation_end(p_tasks uuid[], p_status smallint, p_outcome json) returns void language plpgsql as $$
declare
  v_runs int[]; v_counts int[];
begin
  perform from run_scenario where task_id = any(p_tasks) and task_status = 0 order by run_no, place for no key update;
  with ended as (
    update run_scenario set task_status = p_status, outcome = p_outcome
    where task_id = any(p_tasks) and task_status = 0 returning run_no)
  select array_agg(run_no), array_agg(n) into v_runs, v_counts
  from (select run_no, count(*)::int as n from ended group by 1) as by_run;
  perform from escalation where run_no = any(v_runs) order by run_no for no key update;
  update escalation as e set tasks_completed = e.tasks_completed + case when p_status = 1 then d.n else 0 end,
    tasks_cancelled = e.tasks_cancelled + case when p_status = 2 then d.n else 0 end
  from unnest(v_runs, v_counts) as d (run_no, n) where e.run_no = d.run_no;
end $$;

-- What has come of a run's policy, or null where it has none.
create function escalation_told(p_run int, p_status text) returns json language plpgsql stable as $$
declare
  e escalation;
  v_ready int;
  v_left int;
  v_over boolean := p_status in ('completed', 'cancelled');
begin
  select * into e from escalation where run_no = p_run;
  if not found then
    return null;
  end if;
  select count(*) into v_ready from run_scenario where run_no = p_run and state = 1;
  v_left := e.scenarios - v_ready - e.escalated - e.kept - e.over_limit - e.refused - e.not_decided;
  return json_build_object(
    'policy', e.rule -> 'policy', 'scenarios', e.scenarios, 'waiting', case when v_over then 0 else v_left end,
      'ready', v_ready,
    'escalated', e.escalated, 'kept', e.kept, 'overLimit', e.over_limit, 'refused', e.refused,
    'notDecided', e.not_decided + case when v_over then v_left else 0 end,
    'tasks', json_build_object('open', e.escalated - e.tasks_completed - e.tasks_cancelled, 'completed',
      e.tasks_completed, 'cancelled', e.tasks_cancelled),
    'byReason', json_build_object('disagreement', e.reasons[1], 'failure', e.reasons[2], 'score', e.reasons[3],
      'sample', e.reasons[4], 'manual', e.reasons[5]));
end $$;
` },
{ name: 'facts.sql', text: `-- Appending facts.

-- A UUIDv7 (RFC 9562) of that time: 48 bits of time, the rest random.
create function uuid_at(p_at timestamptz) returns uuid language sql volatile as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from p_at) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- Appends facts for all members, in the given order, and takes feed heads by ascending project: call it last.
-- In plpgsql, since a function in SQL would be planned at each call.
create function fact_append_all(p_projects int[], p_types text[], p_datas json[], p_now timestamptz) returns void
  language plpgsql as $$
begin
  with given as materialized (
    select g.project_id, row_number() over here as nth, count(*) over (partition by g.project_id) as added, f.type,
      f.data
    from unnest(p_projects, p_types, p_datas) with ordinality as f (project_no, type, data, place)
    cross join lateral (select g.project_id from project_gate as g where g.project_no = f.project_no offset 0) as g
    window here as (partition by g.project_id order by f.place)),
  head as (
    insert into feed_head as h (project_id, seq)
    select project_id, count(*) from given group by project_id order by project_id
    on conflict (project_id) do update set seq = h.seq + excluded.seq
    returning h.project_id, h.seq)
  insert into fact (project_id, seq, event_id, type, audience, affected_user_ids, occurred_at, data)
  select project_id, head.seq - added + nth, uuid_at(p_now), type, 'members', null, p_now, data
  from given join head using (project_id);
end $$;

create function run_facts(p_projects int[], p_datas json[], p_now timestamptz) returns void language plpgsql as $$
begin
  if p_projects is not null then
    perform fact_append_all(p_projects, array_fill('run_status_changed'::text, array[cardinality(p_projects)]), p_datas,
      p_now);
  end if;
end $$;

-- What \`job_failed\` says of these, which failed, in the given order.
create function job_failures(p_ids uuid[]) returns table (project_no int, data json) language sql rows 10 as $$
  select j.project_no, json_build_object('itemId', j.job_id, 'runId',
    (select r.run_id from run as r where r.run_no = j.run_no),
    'type', (select t.name from job_type as t where t.type_no = j.type_no), 'attempt', j.attempt,
    'error', json_build_object('code', j.error -> 'code', 'message', j.error -> 'message'))
  from unnest(p_ids) with ordinality as s (id, i)
  cross join lateral (select * from job as j where j.job_id = s.id offset 0) as j
  order by s.i
$$;
` },
{ name: 'feed.sql', text: `-- What those who follow the feed need beside facts and heads.

create function note_access_change() returns trigger
language plpgsql
as $$
begin
  insert into access_change (user_id) values (case tg_op when 'DELETE' then old.user_id else new.user_id end);
  -- Nobody waits for anybody over what is old.
  delete from access_change where change_id = any(array(
    select change_id from access_change where changed_at < now() - interval '1 hour' limit 10 for update skip locked));
  return null;
end
$$;
create trigger membership_access after insert or delete on membership
  for each row execute function note_access_change();
create trigger person_access after insert or update of role, status on person
  for each row execute function note_access_change();
` },
{ name: 'flows.sql', text: `-- Work after work: jobs that wait for others, and what becomes of them when those end.
--
-- Each end of a job that others wait for appends a row to \`ended_parent\` and nothing more. One sweep at a time takes
-- these rows, counts them off and moves those that wait. An add of a job that waits locks those that it waits for:
-- of an add and an end of one job, the second sees what the first has done.

-- What becomes of a job that waits.
create function flow_verdict(p_open int, p_failed int, p_need text, p_on_failure text) returns text
  language sql immutable as $$
  select case when p_need = 'completed' and p_on_failure <> 'run' and p_failed > 0 then p_on_failure
    when p_open = 0 then 'start' else 'wait' end
$$;

-- Holds those of the jobs that these are to wait for which stand in no lane. Before all lanes: see job_lock_apart.
create function parents_lock_apart(p_blocked json) returns void language plpgsql as $$
begin
  perform from unnest(array(
    select distinct p::uuid from json_array_elements(p_blocked) as b
    cross join lateral json_array_elements_text(b -> 'after' -> 'parents') as p order by 1)) as p (id)
  cross join lateral (
    select from job as j where j.job_id = p.id and j.state in (8, 9, 10) offset 0 for no key update) as j;
end $$;

-- Adds jobs that wait for others, behind the locks of lanes. What has been decided already is left to the sweep.
create function jobs_block(p_blocked json) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_children uuid[]; v_parents uuid[];
  v_found int;
begin
  perform job_type_no(type) from (
    select distinct b ->> 'type' as type from json_array_elements(p_blocked) as b order by 1) as t
    where not exists (select from job_type as known where known.name = t.type);
  perform pg_advisory_xact_lock_shared(1707724, project_no) from (
    select project_no from project_gate where project_id = any(array(
      select (b ->> 'projectId')::uuid from json_array_elements(p_blocked) as b)) order by project_no) as held;
  with given as materialized (
    select g.project_no, t.type_no, x.*
    from rows from (json_to_recordset(p_blocked) as (
        "jobId" uuid, "projectId" uuid, "taskId" uuid, type text, payload json, priority smallint,
        "maxAttempts" smallint, "availableAt" timestamptz, "createdBy" uuid, "createdAt" timestamptz, "unique" json,
        "limitSet" int, children boolean, after json)) with ordinality
      as x (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at,
        unique_by, set_no, children, after, place)
    join project_gate as g using (project_id)
    join job_type as t on t.name = x.type),
  added as (
    insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id,
      created_by, payload, unique_by, set_no, children, arrival)
    select job_id, 0, 0, project_no, type_no, 9, max_attempts, due_at, created_at, task_id, created_by,
      coalesce(payload, 'null'), unique_by, set_no, coalesce(children, false),
      json_build_object('priority', priority, 'need', after -> 'need', 'onFailure', after -> 'onFailure',
        'counted', true)
    from given order by place
    returning job_id)
  select (select array_agg(job_id) from added), array(
    select distinct p::uuid from given as b cross join lateral json_array_elements_text(b.after -> 'parents') as p
    order by 1)
  into v_children, v_parents;

  -- One that is being put in line meanwhile is another row afterwards: only the next statement sees that.
  for v_try in 1..3 loop
    -- In the order of the ids, each looked up by its key.
    perform from unnest(v_parents) as p (id)
    cross join lateral (select from job as j where j.job_id = p.id offset 0 for no key update) as j;
    get diagnostics v_found = row_count;
    exit when v_found = cardinality(v_parents);
  end loop;
  if v_found < cardinality(v_parents) then
    raise exception 'A job that others are to wait for is gone' using errcode = 'foreign_key_violation';
  end if;
  update job as j set children = true from unnest(v_parents) as p (id)
  where j.job_id = any(array[p.id]) and not j.children;
  -- Each text is read once, and not for each parent.
  with c as materialized (
    select (b ->> 'jobId')::uuid as job_id, b -> 'after' -> 'parents' as parents
    from json_array_elements(p_blocked) as b)
  insert into dep (parent_id, child_id, place, since)
  select p.id, c.job_id, p.place, coalesce((select max(e.no) from ended_parent as e where e.job_id = p.id), 0)
  from c cross join lateral (
    select id::uuid as id, place from json_array_elements_text(c.parents) with ordinality as p (id, place)) as p;
  insert into run_wait (job_id, run_no, start_when)
  select (b ->> 'jobId')::uuid, r.run_no, b -> 'after' -> 'run' ->> 'when' from json_array_elements(p_blocked) as b
  join run as r on r.run_id = (b -> 'after' -> 'run' ->> 'runId')::uuid;
  if found then
    update job as j set waits_open = 1, waits_failed = 0
    from unnest(v_children) as c (id) join run_wait as w on w.job_id = c.id where j.job_id = any(array[c.id]);
  end if;
  with counted as (
    select d.child_id, count(*) filter (where p.state not between 4 and 6) as open,
      count(*) filter (where p.state in (5, 6)) as failed
    from unnest(v_children) as c (id)
    cross join lateral (select d.child_id, d.parent_id from dep as d where d.child_id = c.id offset 0) as d
    cross join lateral (select p.state from job as p where p.job_id = d.parent_id offset 0) as p
    group by 1)
  update job as j set waits_open = counted.open, waits_failed = counted.failed
  from counted where j.job_id = any(array[counted.child_id]);
  insert into queue_made as q (project_no, type_no, total)
  select j.project_no, j.type_no, count(*) from unnest(v_children) as c (id)
  cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
  insert into ended_parent (job_id, state)
  select j.job_id, 9 from unnest(v_children) as c (id)
  cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j
  where flow_verdict(j.waits_open, j.waits_failed, j.arrival ->> 'need', j.arrival ->> 'onFailure') <> 'wait'
  order by j.job_id;
end $$;

-- Moves up to p_limit rows of \`ended_parent\`, at least one, and those that came about by that: one that failed so is
-- itself one that others wait for. Gives how many rows that were, how many jobs go on, and those that ended.
create function flows_sweep(p_limit int, p_now timestamptz, out moved int, out started int, out ended json)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_nos bigint[]; v_jobs uuid[]; v_states smallint[];
  v_children uuid[]; v_open int[]; v_failures int[];
  v_gone uuid[] := '{}'; v_failed uuid[]; v_by_run uuid[];
  v_some record;
  -- One moment for all: those that go on together are put in line in the order of their ids.
  v_arrived timestamptz := clock_timestamp();
begin
  moved := 0;
  started := 0;
  if not pg_try_advisory_xact_lock(7077237004) then
    return;
  end if;
  while moved < p_limit loop
    -- No more than some thousand of those that wait at once, however many wait for one.
    select array_agg(no order by no), array_agg(job_id order by no), array_agg(state order by no)
    into v_nos, v_jobs, v_states from (
      select e.*, sum(d.n) over (order by e.no) - d.n as before
      from (select * from ended_parent order by no limit p_limit - moved) as e
      cross join lateral (select count(*) as n from dep as d where d.parent_id = e.job_id offset 0) as d) as e
    where e.before < 10000;
    exit when v_nos is null;
    delete from ended_parent as e using unnest(v_nos) as n where e.no = any(array[n]);
    moved := moved + cardinality(v_nos);

    select array_agg(child_id order by child_id), array_agg(open order by child_id),
      array_agg(failed order by child_id)
    into v_children, v_open, v_failures
    from (
      select child_id, sum(open)::int as open, sum(failed)::int as failed from (
        select d.child_id, case e.state when 0 then 1 else -1 end as open,
          case when e.state in (5, 6) then 1 when e.state = 0 then -1 else 0 end as failed
        from unnest(v_nos, v_jobs, v_states) as e (no, job_id, state)
        cross join lateral (select d.child_id, d.since from dep as d where d.parent_id = e.job_id offset 0) as d
        where e.state <> 9 and e.no > d.since
        union all
        select e.job_id, 0, 0 from unnest(v_jobs, v_states) as e (job_id, state) where e.state = 9) as one
      group by 1) as each;
    continue when v_children is null;
    perform from unnest(v_children) as c (id)
    cross join lateral (
      select from job as j where j.job_id = c.id and j.waits_open is not null offset 0 for no key update) as j;

    with counted as materialized (
      select j.job_id, j.state, j.waits_open + d.open as open, j.waits_failed + d.failed as failed, flow_verdict(
        j.waits_open + d.open, j.waits_failed + d.failed, j.arrival ->> 'need', j.arrival ->> 'onFailure') as verdict,
        j.children, j.project_no, j.type_no, j.unique_by
      from unnest(v_children, v_open, v_failures) as d (job_id, open, failed)
      cross join lateral (select * from job as j where j.job_id = d.job_id offset 0) as j
      where j.waits_open is not null),
    -- Nothing is decided by an end that is over: the row that says so is still to come.
    found as materialized (
      select c.job_id, c.state, c.open, c.failed, c.children, c.project_no, c.type_no, c.unique_by,
        case when c.verdict <> 'wait' and exists (
          select from dep as d
          cross join lateral (select e.state from ended_parent as e where e.job_id = d.parent_id offset 0) as e
          where d.child_id = c.job_id and e.state = 0) then 'wait' else c.verdict end as verdict
      from counted as c),
    -- A key that another job has taken meanwhile is not taken from it.
    holding as materialized (
      select k.job_id from found as f join unique_key as k on k.project_no = f.project_no and k.type_no = f.type_no
        and k.key = f.unique_by ->> 'key' and k.job_id = f.job_id
      where f.state = 5 and f.unique_by is not null and f.verdict in ('wait', 'start') for update of k skip locked),
    decided as materialized (
      select f.*, case when f.state = 9 then f.verdict
        when f.verdict in ('wait', 'start') and (f.unique_by is null or f.job_id in (select job_id from holding))
          then f.verdict
        else 'stay' end as fate
      from found as f),
    written as (
      update job as j set
        state = case d.fate when 'start' then 8 when 'wait' then 9 when 'fail' then 5 when 'cancel' then 6
          else j.state end,
        waits_open = case when d.fate in ('start', 'cancel') then null else d.open end,
        waits_failed = case when d.fate in ('start', 'cancel') then null else d.failed end,
        arrived_at = case when d.fate = 'start' then v_arrived else j.arrived_at end,
        finished_at = case d.fate when 'fail' then p_now when 'cancel' then p_now when 'stay' then j.finished_at end,
        error = case d.fate when 'fail' then parent_error(j.job_id) when 'stay' then j.error end
      from decided as d where j.job_id = any(array[d.job_id])),
    told as (
      insert into ended_parent (job_id, state)
      select job_id, case fate when 'fail' then 5 when 'cancel' then 6 else 0 end from decided
      where children and (fate in ('fail', 'cancel') or state = 5 and fate in ('wait', 'start')) order by job_id)
    select array_agg(job_id) filter (where fate = 'fail') as failed,
      array_agg(job_id) filter (where fate = 'cancel') as cancelled,
      array_agg(job_id) filter (where state = 5 and fate in ('wait', 'start')) as again,
      count(*) filter (where fate = 'start') as starts
    into v_some from decided;

    started := started + v_some.starts;
    if v_some.failed is not null then
      v_by_run := array(select job_id from run_wait where job_id = any(v_some.failed) and failed);
      perform failures_noted(v_some.failed, v_by_run,
        array_fill({{runFailedPattern}}::text, array[cardinality(v_by_run)]), {{parentFailedPattern}}, p_now);
      v_failed := v_failed || v_some.failed;
    end if;
    v_gone := v_gone || v_some.failed || v_some.cancelled;
    if v_some.again is not null then
      delete from failure as f using unnest(v_some.again) as c (id) where f.job_id = any(array[c.id]);
      perform flows_counted_back(v_some.again);
    end if;
    perform flows_counted(v_some.failed || v_some.cancelled, p_now);
    if v_some.failed is not null then
      perform causes_counted(v_some.failed, p_now);
    end if;
  end loop;
  select json_agg(json_build_object('jobId', j.job_id, 'projectId', g.project_id, 'type', t.name,
    'priority', (j.arrival ->> 'priority')::smallint, 'createdBy', j.created_by, 'attempt', j.attempt,
    'state', j.state, 'error', j.error) order by o.place)
  into ended
  from unnest(v_gone) with ordinality as o (job_id, place)
  cross join lateral (select * from job as j where j.job_id = o.job_id offset 0) as j
  join project_gate as g on g.project_no = j.project_no join job_type as t on t.type_no = j.type_no
  where j.state in (5, 6);
end $$;

-- Counts loose jobs that have just ended.
create function flows_counted(p_ids uuid[], p_now timestamptz) returns void language plpgsql as $$
declare
  v_counted record;
begin
  select array_agg(c.project_no) as projects, array_agg(null::int) as runs, array_agg(c.type_no) as types,
    array_agg(null::smallint) as models, array_agg(c.state) as states, array_agg(c.n) as counts
  into v_counted
  from (select j.project_no, j.type_no, j.state, count(*)::int as n from unnest(p_ids) as c (id)
    cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j group by 1, 2, 3) as c;
  if v_counted.counts is not null then
    perform job_record(null, v_counted.projects, v_counted.runs, v_counted.types, v_counted.models,
      v_counted.states, v_counted.counts, p_now);
  end if;
end $$;

-- Counts jobs that had failed no longer as failed.
create function flows_counted_back(p_ids uuid[]) returns void language plpgsql as $$
begin
  -- One insert in the order of the key: it locks the rows as it goes.
  insert into queue_count as q (project_no, type_no, failed)
  select j.project_no, j.type_no, -count(*) from unnest(p_ids) as c (id)
  cross join lateral (select * from job as j where j.job_id = c.id offset 0) as j group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set failed = q.failed + excluded.failed;
end $$;

-- The error of a job that ends because of one that it waited for, of those the first in the order given, or of a run.
create function parent_error(p_child uuid) returns json language sql stable as $$
  select coalesce((
    select json_build_object('code', 'parent_failed', 'message', {{parentFailed}} || p.job_id, 'retryable', false,
      'details', json_build_object('jobId', p.job_id, 'type', t.name))
    from dep as d
    cross join lateral (select * from job as p where p.job_id = d.parent_id offset 0) as p
    join job_type as t on t.type_no = p.type_no
    where d.child_id = p_child and p.state in (5, 6) order by d.place limit 1), (
    select json_build_object('code', 'parent_failed', 'message', {{runFailed}} || r.run_id, 'retryable', false)
    from run_wait as w join run as r on r.run_no = w.run_no where w.job_id = p_child and w.failed))
$$;

-- The run has come so far, or will not: leaves up to p_limit jobs that wait for that to the sweep. Gives how many.
create function run_waits_met(p_run uuid, p_when text, p_failed boolean, p_limit int) returns int
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_ids uuid[]; v_blocked uuid[];
begin
  if not pg_try_advisory_xact_lock(7077237004) then
    return 0;
  end if;
  v_ids := array(
    select w.job_id from run_wait as w
    where w.run_no = (select r.run_no from run as r where r.run_id = p_run) and w.start_when = p_when
      and w.failed is null
    order by w.job_id limit p_limit for update);
  update run_wait as w set failed = p_failed from unnest(v_ids) as i (id) where w.job_id = any(array[i.id]);
  v_blocked := array(
    select i.id from unnest(v_ids) as i (id)
    cross join lateral (
      select from job as j where j.job_id = i.id and j.state = 9 offset 0 for no key update) as j);
  update job as j set waits_open = 0, waits_failed = p_failed::int
  from unnest(v_blocked) as b (id) where j.job_id = any(array[b.id]);
  insert into ended_parent (job_id, state) select id, 9 from unnest(v_blocked) as b (id) order by 1;
  return cardinality(v_ids);
end $$;

-- The job, locked before, which ended because of one that it waited for, goes on without that one.
create function flow_force(p_id uuid) returns void language plpgsql as $$
begin
  update job set state = 8, arrived_at = clock_timestamp(), waits_open = null, waits_failed = null, error = null,
    finished_at = null where job_id = p_id;
  delete from failure where job_id = p_id;
  perform flows_counted_back(array[p_id]);
  insert into ended_parent (job_id, state) select job_id, 0 from job where job_id = p_id and children;
end $$;

-- Looks whether jobs wait for none that is open, up to p_limit of them behind p_after, counts those anew and has the
-- sweep look at them. There should be none.
create function flows_mend(p_after uuid, p_limit int, out mended uuid[], out goes_on uuid) language plpgsql as $$
declare
  v_ids uuid[];
begin
  mended := '{}';
  if not pg_try_advisory_xact_lock(7077237004) then
    return;
  end if;
  v_ids := array(select job_id from job where state = 9 and job_id > p_after order by job_id limit p_limit);
  goes_on := case when cardinality(v_ids) = p_limit then v_ids[p_limit] end;
  v_ids := array(
    select c.job_id from unnest(v_ids) as c (job_id)
    where not exists (select from ended_parent as e where e.job_id = c.job_id)
      and not exists (select from run_wait as w where w.job_id = c.job_id and w.failed is null)
      and not exists (select from dep as d
        cross join lateral (select p.state from job as p where p.job_id = d.parent_id offset 0) as p
        where d.child_id = c.job_id and (p.state not between 4 and 6
          or exists (select from ended_parent as e where e.job_id = d.parent_id))));
  mended := array(select job_id from job where job_id = any(v_ids) and state = 9 order by job_id for no key update);
  with counted as (
    select c.job_id, count(p.state) filter (where p.state in (5, 6))
      + (select count(*) from run_wait as w where w.job_id = c.job_id and w.failed) as failed
    from unnest(mended) as c (job_id) left join dep as d on d.child_id = c.job_id
    left join job as p on p.job_id = d.parent_id group by 1)
  update job as j set waits_open = 0, waits_failed = counted.failed
  from counted where j.job_id = any(array[counted.job_id]);
  insert into ended_parent (job_id, state) select id, 9 from unnest(mended) as id;
end $$;
` },
{ name: 'gates.sql', text: `-- Gates and intakes, which control and work meet on.
--
-- Locks are taken in one order everywhere, each by an explicit \`select … order by … for …\`, since an update of several
-- rows has none of its own: worker → intake → gates → lanes (lane_no) → their ends → jobs → runs (run_no) → queue_made
-- → queue_count → feed_head (project_id). What adds holds ends before lanes, which it asks for only while they are not
-- ready: with a lane in hand nobody waits for an end who has not shut the intake. What begins holds gates shared and
-- lanes \`for key share\`; what controls takes them alone and only then reads. What starts or enqueues holds the intake
-- shared, which is not the gate, so that no pause waits for a large start. Gates and intakes are advisory locks, given
-- out in the order of asking: begins that overlap would keep a row \`for share\` for ever. The clock is always a
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

-- Lets nothing of the project begin until the end of the transaction. \`hold_gates\`, \`set_gate\` and \`job_begin\` take the
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
` },
{ name: 'jobs.sql', text: `-- Single jobs: added, moved, cancelled, tried again.

-- Which job of its run a job is, from 1.
create function run_job_nth(p_id uuid) returns bigint language sql immutable as $$
  select ('x' || right(p_id::text, 12))::bit(48)::bigint
$$;

-- Which repeat the job is, from 1, in a run of so many; null for a job of none. One repeat asks nothing of the id.
create function run_job_repeat(p_id uuid, p_repeats smallint) returns int language sql immutable as $$
  select case when p_repeats = 1 then 1 else ((run_job_nth(p_id) - 1) % p_repeats + 1)::int end
$$;

create function job_type_no(p_name text) returns smallint language plpgsql as $$
declare
  v_no smallint;
begin
  select type_no into v_no from job_type where name = p_name;
  if found then
    return v_no;
  end if;
  insert into job_type (name) values (p_name) on conflict (name) do nothing;
  select type_no into v_no from job_type where name = p_name;
  return v_no;
end $$;

-- Adds loose jobs at the ends of their lanes, in the given order.
create function job_add(p_jobs json) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_lanes int[]; v_due_lanes int[];
  v_all boolean;
  v_ids uuid[]; v_projects uuid[]; v_tasks uuid[]; v_types text[]; v_payloads json[]; v_priorities smallint[];
    v_max_attempts smallint[];
  v_due timestamptz[]; v_creators uuid[]; v_created timestamptz[]; v_sets int[];
  v_uniques json[];
begin
  -- Read once: each look at a \`json\` reads all of its text.
  select array_agg(job_id order by place), array_agg(project_id order by place), array_agg(task_id order by place),
    array_agg(type order by place),
    array_agg(coalesce(payload, 'null') order by place), array_agg(priority order by place),
      array_agg(max_attempts order by place),
    array_agg(due_at order by place), array_agg(created_by order by place), array_agg(created_at order by place),
    array_agg(unique_by order by place), array_agg(limit_set order by place)
  into v_ids, v_projects, v_tasks, v_types, v_payloads, v_priorities, v_max_attempts, v_due, v_creators, v_created,
    v_uniques, v_sets
  from rows from (json_to_recordset(p_jobs) as (
      "jobId" uuid, "projectId" uuid, "taskId" uuid, type text, payload json, priority smallint, "maxAttempts" smallint,
      "availableAt" timestamptz, "createdBy" uuid, "createdAt" timestamptz, "unique" json, "limitSet" int))
        with ordinality
    as j (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at, unique_by,
      limit_set,
      place);
  perform job_type_no(type) from (select distinct type from unnest(v_types) as type order by 1) as t
    where not exists (select from job_type as known where known.name = t.type);
  perform pg_advisory_xact_lock_shared(1707724, project_no) from (
    select project_no from project_gate where project_id = any(v_projects) order by project_no) as held;
  loop
    select array_agg(l.lane_no), array_agg(l.lane_no) filter (where x.due), bool_and(l.lane_no is not null)
    into v_lanes, v_due_lanes, v_all
    from (
      select project_id, priority, bool_or(due_at <= created_at) as due
      from unnest(v_projects, v_priorities, v_due, v_created) as x (project_id, priority, due_at, created_at)
      group by 1, 2) as x
    cross join lateral (select g.project_no from project_gate as g where g.project_id = x.project_id offset 0) as g
    left join lateral (
      select l.lane_no from lane as l
      where l.project_no = g.project_no and coalesce(l.run_no, 0) = 0 and l.priority = x.priority and not l.beside
      offset 0) as l on true;
    exit when v_all is not false;
    with made as (
      insert into lane (project_no, priority, held, started, budgeted, cells)
      select distinct g.project_no, x.priority, false, true, b.has, b.has::int
      from unnest(v_projects, v_priorities) as x (project_id, priority) join project_gate as g using (project_id)
      cross join lateral (select has_budget(g.project_no, null) as has) as b
        order by 1, 2
      on conflict (project_no, coalesce(run_no, 0), priority) where not beside do nothing
      returning lane_no, priority, budgeted),
    cells as (
      insert into lane_cell (lane_no, set_no, priority) select lane_no, 0, priority from made where budgeted)
    insert into lane_end (lane_no, last_seq) select lane_no, 0 from made;
  end loop;
  -- The ends alone: whoever takes from these lanes does not wait for the commit of this.
  perform from lane_end where lane_no = any(v_lanes) order by lane_no for no key update;
  if cardinality(array_remove(v_sets, null)) > 0 then
    perform lane_cells_made(array_agg(l.lane_no), array_agg(x.set_no))
    from unnest(v_projects, v_priorities, v_sets) as x (project_id, priority, set_no)
    join project_gate as g using (project_id)
    join lane as l on l.lane_no = any(v_lanes) and l.project_no = g.project_no and l.priority = x.priority;
  end if;
  -- A statement of its own: it sees what a window that found them empty has committed.
  perform from lane where lane_no = any(v_due_lanes) and not ready order by lane_no for no key update;
  if found then
    update lane set ready = true where lane_no = any(v_due_lanes) and not ready;
  end if;

  with given as materialized (
    select l.lane_no, l.project_no, t.type_no, j.*, row_number() over (partition by l.lane_no order by j.place) as nth
    from unnest(v_ids, v_projects, v_tasks, v_types, v_payloads, v_priorities, v_max_attempts, v_due, v_creators,
      v_created, v_uniques, v_sets) with ordinality
      as j (job_id, project_id, task_id, type, payload, priority, max_attempts, due_at, created_by, created_at,
        unique_by, set_no, place)
    join project_gate as g using (project_id)
    join lane as l on l.lane_no = any(v_lanes) and l.project_no = g.project_no and l.priority = j.priority
    join job_type as t on t.name = j.type),
  ends as (
    update lane_end as e set last_seq = e.last_seq + d.n
    from (select lane_no, count(*) as n from given group by lane_no) as d
    where e.lane_no = any(array[d.lane_no]) returning e.lane_no, e.last_seq - d.n as base),
  added as (
    insert into job (job_id, lane_no, seq, project_no, type_no, state, max_attempts, due_at, created_at, task_id,
      created_by, payload, unique_by, set_no)
    select job_id, lane_no, base + nth, project_no, type_no, case when due_at <= created_at then 0 else 2 end,
      max_attempts, due_at, created_at, task_id, created_by, payload, unique_by, set_no
    from given join ends using (lane_no) order by place
    returning lane_no, seq, state),
  holes as (
    insert into lane_adjust (lane_no, seq, delta) select lane_no, seq, -1 from added where state = 2)
  insert into queue_made as q (project_no, type_no, total)
  select project_no, type_no, count(*) from given group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
end $$;

-- Puts loose jobs of these projects in line, with the facts of it. Those of projects that are not there are left out;
-- gives these projects. Those of p_blocked wait for others.
create function queue_add(p_jobs json, p_facts json, p_projects uuid[], p_now timestamptz,
  p_blocked json default null) returns uuid[]
  language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_missing uuid[] := array(
    select id from unnest(p_projects) as id where not exists (select from project_gate where project_id = id));
  v_projects int[]; v_types text[]; v_datas json[];
begin
  if v_missing <> '{}' then
    select json_agg(j) into p_jobs from json_array_elements(p_jobs) as j
    where (j ->> 'projectId')::uuid <> all (v_missing);
    select json_agg(j) into p_blocked from json_array_elements(p_blocked) as j
    where (j ->> 'projectId')::uuid <> all (v_missing);
  end if;
  if p_blocked is not null then
    perform parents_lock_apart(p_blocked);
  end if;
  if p_jobs is not null then
    perform job_add(p_jobs);
  end if;
  if p_blocked is not null then
    perform jobs_block(p_blocked);
  end if;
  select array_agg(g.project_no order by f.place), array_agg(f.type order by f.place),
    array_agg(f.data order by f.place)
  into v_projects, v_types, v_datas
  from rows from (json_to_recordset(p_facts) as ("projectId" uuid, type text, data json)) with ordinality
    as f (project_id, type, data, place)
  cross join lateral (select g.project_no from project_gate as g where g.project_id = f.project_id offset 0) as g;
  perform fact_append_all(v_projects, v_types, v_datas, p_now);
  return v_missing;
end $$;

-- The same, and where those that stand in line of p_ids, the ids of all, stand then.
create function queue_add_placed(p_jobs json, p_facts json, p_projects uuid[], p_now timestamptz, p_ids uuid[],
  out missing uuid[], out ids uuid[], out places bigint[], out global_places bigint[])
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  missing := queue_add(p_jobs, p_facts, p_projects, p_now);
  select array_agg(p.job_id), array_agg(p.place), array_agg(p.global_place) into ids, places, global_places
    from job_positions(p_ids) as p;
end $$;

-- Holds what a job's begin, move or cancel would meet on: its project's intake and gate, all lanes it could stand in,
-- and the job. One that stands in no lane is held alone.
create function job_lock(p_id uuid) returns void language plpgsql as $$
declare
  v_project int; v_run int;
begin
  if job_lock_apart(p_id) then
    return;
  end if;
  select project_no, run_no into v_project, v_run from job where job_id = p_id;
  if found then
    perform intake_take(v_project);
    perform gate_take(v_project);
    perform from lane where project_no = v_project and coalesce(run_no, 0) = coalesce(v_run, 0) order by lane_no
      for update;
    perform from job where job_id = p_id for update;
  end if;
end $$;

-- The job, locked and pending or asleep, is cancelled. One that has not been counted yet counts from now on.
create function job_cancel(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_job job;
begin
  select * into v_job from job where job_id = p_id and state in (8, 9) and lane_no = 0;
  if found then
    perform jobs_cancel_apart(array[p_id], p_now);
    perform flows_counted(array[p_id], p_now);
    return;
  end if;
  select * into v_job from job where job_id = p_id and state in (0, 2, 3, 7, 8, 10);
  if found then
    perform job_leave_line(v_job);
    update job set state = 6, finished_at = p_now where job_id = p_id;
    if v_job.children then
      insert into ended_parent (job_id, state) values (p_id, 6);
    end if;
    if has_escalation(array[v_job.run_no]) then
      perform scenarios_settled(array[p_id]);
    end if;
    perform job_record(null, array[v_job.project_no], array[v_job.run_no], array[v_job.type_no], array[v_job.model],
      array[6::smallint], array[1], p_now);
  end if;
end $$;

-- Jobs that stand in no lane, locked before, are cancelled. Those that have not been counted yet count as made.
create function jobs_cancel_apart(p_ids uuid[], p_now timestamptz) returns void language sql as $$
  insert into queue_made as q (project_no, type_no, total)
  select j.project_no, j.type_no, count(*) from unnest(p_ids) as p (id) join job as j on j.job_id = p.id
  where j.state = 8 and coalesce(j.arrival ->> 'counted', '') <> 'true' group by 1, 2 order by 1, 2
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
  insert into ended_parent (job_id, state)
  select j.job_id, 6 from unnest(p_ids) as p (id) join job as j on j.job_id = p.id
  where j.state in (8, 9) and j.children order by 1;
  update job as j set state = 6, finished_at = p_now, waits_open = null, waits_failed = null
  from unnest(p_ids) as p (id) where j.job_id = any(array[p.id]) and j.state in (8, 9);
$$;

-- The job, locked and pending, goes to the end of its lane of that priority.
create function job_move(p_id uuid, p_priority smallint) returns void language plpgsql as $$
declare
  v_job job; v_lane int; v_seq bigint;
begin
  update job set arrival = (arrival::jsonb || jsonb_build_object('priority', p_priority))::json
    where job_id = p_id and state in (8, 9) and lane_no = 0;
  select * into v_job from job where job_id = p_id and state in (0, 2, 3, 7);
  if not found then
    return;
  end if;
  perform job_leave_line(v_job);
  insert into lane as l (project_no, run_no, type_no, priority, pace, held, stopped, started, next_at, ready, budgeted,
    cells)
  select project_no, run_no, type_no, p_priority, pace, held, stopped, started, next_at, v_job.state <> 2, budgeted,
    budgeted::int from lane
    where lane_no = v_job.lane_no
  on conflict (project_no, coalesce(run_no, 0), priority) where not beside do update
    set ready = l.ready or excluded.ready
  returning l.lane_no into v_lane;
  insert into lane_end as e (lane_no, last_seq) values (v_lane, 1)
  on conflict (lane_no) do update set last_seq = e.last_seq + 1 returning e.last_seq into v_seq;
  perform lane_cells_made(array[v_lane], array[nullif(v_job.set_no, 0)]);
  update job set lane_no = v_lane, seq = v_seq, state = case when state = 2 then 2 else 0 end where job_id = p_id;
  if v_job.state = 2 then
    insert into lane_adjust (lane_no, seq, delta) values (v_lane, v_seq, -1);
  end if;
end $$;

-- Failed jobs, locked, are in line again at the ends of their lanes as if new; counters move back and completed runs
-- are running, their rates measured anew. Gives these runs, or null. All runs are held before the first counter of a
-- queue.
create function job_reopen(p_ids uuid[], p_now timestamptz) returns int[] language plpgsql as $$
declare
  v_runs int[] := array(
    select distinct run_no from job where job_id = any(p_ids) and run_no is not null order by 1);
  v_reopened int[];
begin
  if v_runs <> '{}' then
    perform scenarios_reopened(p_ids, v_runs);
    perform from run where run_no = any(v_runs) order by run_no for no key update;
  end if;
  with failed as (
    select job_id, lane_no, row_number() over (partition by lane_no order by seq) as nth from job
      where job_id = any(p_ids)),
  roused as (
    update lane as l set ready = true where l.lane_no = any(array(select lane_no from failed))),
  ends as (
    update lane_end as e set last_seq = e.last_seq + d.n
    from (select lane_no, count(*) as n from failed group by lane_no) as d
    where e.lane_no = any(array[d.lane_no]) returning e.lane_no, e.last_seq - d.n as base)
  update job as j set seq = ends.base + failed.nth, state = 0, attempt = 0, not_nows = 0, crashes = 0,
    max_attempts = j.max_attempts - coalesce(j.sleeps, 0), sleeps = null,
    cancelling = false, started_at = null, finished_at = null,
    due_at = p_now, step = null, percent = null, result = null, error = null
  from failed join ends using (lane_no) where j.job_id = failed.job_id;
  insert into ended_parent (job_id, state) select job_id, 0 from job where job_id = any(p_ids) and children;
  delete from failure where job_id = any(p_ids);
  if v_runs <> '{}' then
    with d as (
      select run_no, sum(n)::int as n, array_agg(model) as models, array_agg(-n) as less
      from (
        select run_no, model, count(*)::int as n from job
        where job_id = any(p_ids) and run_no is not null group by 1, 2) as by_model
      group by 1)
    update run as r set settled = settled - d.n, earlier_settled = earlier_settled - d.n,
      mark_settled = mark_settled - d.n,
      failed = counts_plus(r.failed, d.models, d.less)
    from d where r.run_no = any(array[d.run_no]);
    with again as (
      update run set status = 'running', version = version + 1, finished_at = null, earlier_at = p_now,
        earlier_settled = settled, mark_at = p_now, mark_settled = settled
      where run_no = any(v_runs) and status = 'completed' returning run_no)
    select array_agg(run_no order by run_no) into v_reopened from again;
    if v_reopened is not null then
      update lane set held = false where run_no = any(v_reopened);
    end if;
  end if;
  perform from queue_count where (project_no, type_no) in (select project_no, type_no from job
    where job_id = any(p_ids))
    order by project_no, type_no for no key update;
  update queue_count as q set failed = q.failed - d.n
  from (select project_no, type_no, count(*) as n from job where job_id = any(p_ids) group by 1, 2) as d
  where q.project_no = d.project_no and q.type_no = d.type_no;
  return v_reopened;
end $$;

-- Writes the facts of runs that were completed and run again.
create function runs_reopened(p_runs int[], p_now timestamptz) returns void language sql as $$
  select run_facts(array_agg(project_no order by run_no), array_agg(json_build_object('runId', run_id,
    'status', status, 'from', 'completed', 'version', version) order by run_no), p_now)
  from run where run_no = any(p_runs) having count(*) > 0
$$;

-- The failed job, locked before, is tried again. One in no lane ended because of another, and goes on without that.
create function job_retry(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
begin
  perform from job where job_id = p_id and state = 5 and lane_no = 0;
  if found then
    perform flow_force(p_id);
    return;
  end if;
  perform from job where job_id = p_id and state = 5;
  if found then
    perform runs_reopened(job_reopen(array[p_id], p_now), p_now);
  end if;
end $$;
` },
{ name: 'lanes.sql', text: `-- Lanes: what stands in line, comes back into it and leaves it.

-- Lanes that are ready. One that jobs are added to is so for a second longer than something waits in it, so that adds
-- need not make it ready each time: it is shown as one where nothing waits.
create view lane_ready_now as
select l.*, l.run_no is not null or l.served_at is null
    or exists (select from job as a where a.lane_no = l.lane_no and a.state = 0 and a.seq >= l.head offset 0)
    or exists (select from job as a where a.lane_no = l.lane_no and a.state = 3 and a.seq > l.cut_seq offset 0)
    or l.passed and exists (select from lane_cell as c
      where c.lane_no = l.lane_no and c.passed and c.shut_by is null offset 0) as waits
from lane as l where l.ready;

-- Takes up to p_limit jobs out of line, in order: they lie behind the heads of their lanes then, and are in line no
-- more once the caller has said what they are. p_again: those of them that came back (state 3). Their gates are held
-- shared, their lanes alone. Of jobs in mixed lanes whose type is not wanted it makes state 3: they wait behind the
-- head for who does them. p_keyed: of lanes whose jobs have keys alone, or of others alone. The keys are as p_moved and
-- p_units say at p_ms: what began under them is given, and what held others back. p_more: there may be more, at once.
-- p_projects: of these alone. paid: what the jobs are to reserve under budgets.
create function job_window(
  p_limit int, p_types text[], p_now timestamptz, p_keyed boolean, p_ms float8, p_keys int[], p_moved int[],
    p_units bigint[], p_projects uuid[],
    out ids uuid[], out seqs bigint[], out lanes int[], out types int[], out again uuid[],
    out given_keys int[], out given_n int[], out given_units bigint[], out shut_keys int[], out more boolean,
    out paid_jobs uuid[], out paid_budgets int[], out paid bigint[])
language plpgsql as $$
declare
  v_types smallint[];
  v_only int[];
  v_lanes int[]; v_projects int[]; v_served int[];
  v_turn bigint;
  v_unwanted uuid[];
  v_drained boolean;
  v_idle int[]; v_passed int[] := '{}';
  v_limited boolean; v_shut int[];
begin
  -- One window at a time: two would only wait for each other on the same lanes.
  perform pg_advisory_xact_lock(7077237002);
  v_types := array(select t.type_no from unnest(p_types) with ordinality as p (name, i)
    left join job_type as t using (name) order by p.i);
  if p_projects is not null then
    v_only := array(select g.project_no from project_gate as g where g.project_id = any(p_projects));
  end if;
  for v_try in 1..20 loop
    select array_agg(l.lane_no), array_agg(distinct l.project_no), bool_or(l.cells > 0)
    into v_lanes, v_projects, v_limited from (
      select lane_no, project_no, cells from lane_ready_now as lane
      cross join lateral (select g.paused from project_gate as g where g.project_no = lane.project_no offset 0) as g
      where not held and not g.paused and (type_no is null or type_no = any(v_types))
        and (next_at is null or next_at <= p_now) and lane_no <> all(v_passed)
        and (waits or served_at < p_now - interval '1 s') and (p_keyed is null or (cells > 0) = p_keyed)
        and (v_only is null or lane.project_no = any(v_only))
      order by priority desc, turn, lane_no limit p_limit) as l;
    exit when v_lanes is null;
    -- The next statement is one of its own: it sees what those who were waited for have committed.
    perform pg_advisory_xact_lock_shared(1707723, gate) from unnest(array[0] || v_projects) as gate;
    perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;

    -- From here on what is in these lanes' lines stands still: what comes back into them waits for the lane, and what
    -- is added comes behind, where it is seen once it is committed.
    if v_limited then
      select w.ids, w.seqs, w.lanes, w.types, w.again, w.served, w.drained, w.given_keys, w.given_n, w.given_units,
        w.shut_keys, w.paid_jobs, w.paid_budgets, w.paid
      into ids, seqs, lanes, types, again, v_served, v_drained, given_keys, given_n, given_units, v_shut, paid_jobs,
        paid_budgets, paid
      from limited_window(p_limit, v_types, v_lanes, p_now, p_ms, case when v_try = 1 then 1 else 4 end, p_keys,
        p_moved, p_units) as w;
      shut_keys := shut_keys || v_shut;
    else
    v_turn := nextval('lane_turn');
    with q as materialized (
      select l.*, least(l.m, case when l.pace is null then l.m
        else floor(extract(epoch from p_now - greatest(l.next_at, p_now - interval '{{catchUpMs}} ms'))::float8
        * l.pace)::int + 1 end) as quota
      from (
        select lane_no, priority, turn, head, cut_seq, pace, next_at,
          greatest(1, ceil(p_limit::float8 / count(*) over (partition by priority)))::int as m
        from (select * from lane where lane_no = any(v_lanes) offset 0) as lane
        cross join lateral (select g.paused from project_gate as g where g.project_no = lane.project_no offset 0) as g
        where ready and not held and not g.paused
          and not (select s.paused from system_gate as s where s.only_row)) as l),
    w0 as materialized (
      select q.lane_no, q.priority, q.turn, q.m, q.quota, j.*,
        row_number() over (partition by q.lane_no order by j.seq) as rn
      from q cross join lateral (
        select * from (
          (select a.job_id, a.seq, a.state, a.type_no from job as a
            where a.lane_no = q.lane_no and a.state = 3 and a.seq > q.cut_seq and a.type_no = any(v_types)
              order by a.seq limit q.quota)
          union all
          (select a.job_id, a.seq, a.state, a.type_no from job as a
            where a.lane_no = q.lane_no and a.state = 0 and a.seq >= q.head order by a.seq limit q.quota)) as either
        order by either.seq limit q.quota) as j),
    -- A priority is left only when none of its lanes filled its quota: strict priority.
    w as materialized (
      select *, row_number() over (order by priority desc, rn, turn, lane_no) as pos,
        array_position(v_types, type_no) as type from w0
      where priority >= coalesce((select max(priority) from w0 where rn = m), -32768)
      order by priority desc, rn, turn, lane_no limit p_limit),
    served as (
      update lane as l set
        turn = v_turn * 100000 + d.pos,
        head = greatest(l.head, d.to_seq + 1),
        served_at = p_now,
        next_at = case when l.pace is null then null
          else greatest(l.next_at, p_now - interval '{{catchUpMs}} ms') + d.n * interval '1 s' / l.pace end
      from (
        select w.lane_no, max(w.pos) as pos, max(w.seq) filter (where w.state = 0) as to_seq, count(w.type) as n,
          count(*) < min(w.quota) as short
        from w group by w.lane_no) as d
      where l.lane_no = any(array[d.lane_no])
      returning d.short as drained)
    select array_agg(w.job_id order by pos) filter (where w.type is not null),
      array_agg(w.seq order by pos) filter (where w.type is not null),
      array_agg(w.lane_no order by pos) filter (where w.type is not null),
        array_agg(w.type order by pos) filter (where w.type is not null),
      array_agg(w.job_id) filter (where w.state = 3), array_agg(w.job_id) filter (where w.type is null),
        array_agg(distinct w.lane_no),
      (select bool_or(drained) from served)
    into ids, seqs, lanes, types, again, v_unwanted, v_served, v_drained from w;
    if v_unwanted is not null then
      update job as j set state = 3 where j.job_id = any(v_unwanted);
    end if;
    end if;

    -- A lane that has nothing more must not stand in the way of those that have.
    if v_drained is not false or not v_lanes <@ v_served then
      v_idle := array(select l.lane_no from lane as l where l.lane_no = any(v_lanes)
        and (l.run_no is not null or l.served_at is null or l.served_at < p_now - interval '1 s'));
    else
      v_idle := '{}';
    end if;
    if v_idle <> '{}' then
      -- While somebody adds to it, nobody says that it is empty; and here nobody waits for their commit.
      v_idle := array(select lane_no from lane_end where lane_no = any(v_idle) order by lane_no
        for no key update skip locked);
      update lane as l set
        head = case when s.line then l.head else s.last_seq + 1 end,
        ready = s.line and s.open or s.again
      from (
        select l.lane_no, e.last_seq, l.cells = 0 or l.shut < l.cells as open, exists (select from job as a
          where a.lane_no = l.lane_no and a.state = 0 and a.seq >= l.head) as line,
          exists (select from job as a where a.lane_no = l.lane_no and a.state = 3 and a.seq > l.cut_seq
            and a.job_id <> all(coalesce(again, '{}')))
          or l.passed and exists (select from lane_cell as c cross join lateral (
            select from job as a where a.lane_no = c.lane_no and a.set_no = c.set_no and a.state = 7
              and a.seq > l.cut_seq and a.job_id <> all(coalesce(again, '{}')) limit 1) as a
            where c.lane_no = l.lane_no and c.passed and c.shut_by is null) as again
        from (select * from lane where lane_no = any(v_idle) offset 0) as l
        cross join lateral (select e.last_seq from lane_end as e where e.lane_no = l.lane_no offset 0) as e
        where l.ready and (l.head > e.last_seq or l.lane_no <> all(coalesce(v_served, '{}'))
          or (l.cells > 0 and l.shut >= l.cells))) as s
      where l.lane_no = any(array[s.lane_no]) and not (s.line and s.open);
    end if;
    delete from lane_adjust as a using lane as l
      where l.lane_no = any(v_lanes) and a.lane_no = any(array[l.lane_no]) and a.seq < l.head;
    exit when ids is not null;
    v_passed := v_passed || array(
      select lane_no from unnest(v_lanes) as lane_no where lane_no <> all(coalesce(v_served, '{}')));
  end loop;
  more := ids is null and v_lanes is not null;
end $$;

-- Leaves a hole where the job stands, if the head has not passed it. What waits has left one already.
create function job_leave_line(p_job job) returns void language sql as $$
  insert into lane_adjust (lane_no, seq, delta)
  select p_job.lane_no, p_job.seq, -1 from lane as l
    where p_job.state = 0 and l.lane_no = p_job.lane_no and p_job.seq >= l.head
$$;

-- Everything of these lanes, locked before, that has not started is cancelled from now on. Counts nothing.
create function lane_cut(p_lanes int[], p_now timestamptz) returns void language sql as $$
  update lane_cell as c set shut_by = null, need = null, passed = false
    where c.lane_no = any(p_lanes) and (c.passed or c.shut_by is not null);
  update lane as l set cut_seq = e.last_seq, head = e.last_seq + 1, cut_at = p_now, ready = false, shut = 0,
    passed = false
    from lane_end as e where l.lane_no = any(p_lanes) and e.lane_no = any(array[l.lane_no]);
  delete from handover where lane_no = any(p_lanes);
  delete from lane_adjust where lane_no = any(p_lanes);
$$;

-- Puts what is due in line, at its place where the head has not passed it yet. What a cut decided on meanwhile becomes
-- what it is.
create function job_wake(p_now timestamptz, p_limit int, out woken int, out next_at timestamptz) language plpgsql as $$
declare
  v_ids uuid[];
  v_lanes int[];
begin
  select array_agg(job_id), array_agg(distinct lane_no) into v_ids, v_lanes from (
    select job_id, lane_no from job where state = 2 and due_at <= p_now order by due_at limit p_limit) as j;
  woken := 0;
  if v_ids is not null then
    perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
    with due as (
      select j.job_id, j.lane_no, j.seq, case when j.seq <= l.cut_seq then 6 when j.seq >= l.head then 0 else 3
        end as state, l.cut_at
      from job as j cross join lateral (select l.cut_seq, l.head, l.cut_at from lane as l
        where l.lane_no = j.lane_no offset 0) as l
      where j.job_id = any(v_ids) and j.state + 0 = 2 and j.lane_no + 0 = any(v_lanes) order by j.job_id
        for no key update of j),
    moved as (
      update job as j set state = due.state, finished_at = case when due.state = 6 then due.cut_at end
      from due where j.job_id = any(array[due.job_id])
      returning j.job_id, j.state, j.children),
    parents as (
      insert into ended_parent (job_id, state) select job_id, state from moved where children and state = 6),
    filled as (
      delete from lane_adjust as a using due
        where due.state = 0 and a.lane_no = any(array[due.lane_no]) and a.seq = due.seq),
    roused as (
      update lane as l set ready = true where l.lane_no = any(array(select due.lane_no from due where due.state <> 6)))
    select count(*) filter (where state <> 6) into woken from due;
  end if;
  select min(due_at) into next_at from job where state = 2;
end $$;

-- Rows that a cut has decided on become what they are, up to p_limit of one lane. Says how many; 0 when done.
create function job_sweep(p_limit int) returns int language plpgsql as $$
declare
  v_lane int; v_cut bigint; v_swept bigint; v_cut_at timestamptz;
  v_count int; v_to bigint; v_more int;
begin
  loop
    select lane_no, cut_seq, swept_seq, cut_at into v_lane, v_cut, v_swept, v_cut_at
    from lane where swept_seq < cut_seq order by lane_no + 0 limit 1 for no key update skip locked;
    if not found then
      return 0;
    end if;
    with line as (
      update job as j set state = 6, finished_at = v_cut_at
      where j.job_id = any(array(
        select a.job_id from job as a where a.lane_no = v_lane and a.state = 0 and a.seq > v_swept and a.seq <= v_cut
          order by a.seq limit p_limit))
        and j.state + 0 = 0
      returning j.seq, j.job_id, j.children),
    parents as (
      insert into ended_parent (job_id, state) select job_id, 6 from line where children)
    select count(*), max(seq) into v_count, v_to from line;
    if v_count < p_limit then
      -- The line is done; then what waits or came back, which is not in its order.
      with rest as (
        update job as j set state = 6, finished_at = v_cut_at
        where j.job_id = any(array(
          select b.job_id from (
            select a.job_id from job as a where a.lane_no = v_lane and a.state = 3 and a.seq <= v_cut
            union all select a.job_id from job as a where a.lane_no = v_lane and a.state = 7 and a.seq <= v_cut
            union all select a.job_id from job as a where a.lane_no = v_lane and a.state = 2 and a.seq <= v_cut) as b
          limit p_limit - v_count))
          and j.state + 0 in (2, 3, 7)
        returning j.job_id, j.children),
      parents as (
        insert into ended_parent (job_id, state) select job_id, 6 from rest where children)
      select count(*) into v_more from rest;
      v_count := v_count + v_more;
      v_to := case when v_count < p_limit then v_cut else greatest(v_swept, v_cut - 1) end;
    end if;
    update lane set swept_seq = v_to where lane_no = v_lane;
    if v_count > 0 then
      return v_count;
    end if;
  end loop;
end $$;
` },
{ name: 'limits.sql', text: `-- Limits by key: what holds jobs back, and the take of lanes whose jobs have keys.
--
-- Keys are moved under the lock of the window alone, and at the time that is read with it in hand. The arithmetic is
-- that of \`limits/keys.ts\` in core; generated cases hold one to the other.

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
-- count its cool-downs anew. As \`warmed\` and \`cooled\` in core, in this order. Keys are locked before lanes and jobs.
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
` },
{ name: 'links.sql', text: `-- Runs that start after others.
--
-- A link is locked behind its run. A part of the scenarios is made with the link alone locked.

-- Keeps a run that waits for another. Gives the id of the first run with that key where there is one, else null.
create function run_link_add(
  p_run uuid, p_project uuid, p_parent uuid, p_when text, p_request json, p_type text, p_priority text, p_models text[],
    p_repeats smallint, p_config json, p_created_by uuid, p_key text, p_created_at timestamptz)
returns uuid language plpgsql as $$
declare
  v_run run;
begin
  select * into v_run from run_keep(p_run, p_project,
    nextval(pg_get_serial_sequence('definition', 'definition_no'))::int, job_type_no(p_type), p_priority, p_models,
    p_repeats, p_config, p_created_by, p_key, p_created_at, 0, null);
  if v_run.run_no is null then
    return run_of_key(p_project, p_key);
  end if;
  insert into run_link (run_no, parent_no, start_when, request)
  select v_run.run_no, p.run_no, p_when, p_request from run as p where p.run_id = p_parent;
  return null;
end $$;

-- Locks a run without jobs. Jobs may then be added to its project's queue.
create function run_link_lock(p_id uuid) returns void language plpgsql as $$
begin
  perform intake_share(array(select project_no from run where run_id = p_id));
  perform from run where run_id = p_id for update;
end $$;

-- Gives a run, locked with its link, its lane and its jobs.
create function run_link_fill(p_id uuid, p_rank smallint, p_config json, p_places int[], p_pace float8,
  p_max_attempts smallint, p_sets int[], p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
begin
  update run set config = p_config, version = version + 1, places = places_kept(p_places),
    total = cardinality(models) * repeats * cardinality(p_places)
  where run_id = p_id returning * into strict v_run;
  perform run_fill(v_run, p_rank, p_places, p_pace, p_max_attempts, p_sets, p_now);
  update run_link set state = 'made' where run_no = v_run.run_no;
end $$;

-- A link, locked, ends without jobs. Where nothing is to be done its run, locked too, completes.
create function run_link_end(p_id uuid, p_reason text, p_message text, p_now timestamptz) returns void
language plpgsql as $$
declare
  v_run run;
begin
  select * into strict v_run from run where run_id = p_id;
  update run_link set state = 'ended', reason = p_reason, message = p_message where run_no = v_run.run_no;
  if p_reason = 'nothingToDo' then
    update run set status = 'completed', version = version + 1, finished_at = p_now where run_no = v_run.run_no;
  end if;
end $$;

-- The link of a run, as the run tells it.
create function link_told(p_run int) returns json language plpgsql stable as $$
begin
  return (
    select json_build_object('parentId', p.run_id, 'when', l.start_when, 'state', l.state, 'made', l.made,
      'refused', l.refused, 'refusals', l.refusals, 'reason', l.reason, 'message', l.message,
      'stale', (l.state = 'made' or l.reason is not distinct from 'nothingToDo')
        and p.finished_at is distinct from l.parent_ended_at)
    from run_link as l cross join lateral (
      select p.run_id, p.finished_at from run as p where p.run_no = l.parent_no offset 0) as p
    where l.run_no = p_run);
end $$;
` },
{ name: 'matrix.sql', text: `-- Runs as scenarios × models.

-- Rows of a run by place: those at p_places, or p_limit from p_from on. The jobs of a scenario are a range of the key,
-- by model and repeat.
create function matrix_rows(p_id uuid, p_from int, p_limit int, p_places int[], p_label text[], p_score text[])
returns table (place int, scenario_id text, payload json, task_id uuid, job_ids uuid[], states smallint[],
  labels text[], scores float8[], task_status smallint, outcome json, answers int)
language plpgsql stable rows 50 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_run run;
  v_jobs int;
begin
  select * into v_run from run where run_id = p_id;
  if not found then
    return;
  end if;
  v_jobs := cardinality(v_run.models) * v_run.repeats;
  return query
  with wanted as materialized (
    select n.place, n.nth from (
      select p.place, p.nth from unnest(v_run.places) with ordinality as p (place, nth)
      union all
      select n, n from generate_series(1,
        case when v_run.places is null then v_run.total / v_jobs else 0 end) as n) as n
    where (p_places is null and n.place >= p_from) or n.place = any(p_places) order by n.place limit p_limit)
  select w.place, s.scenario_id, s.payload, e.task_id, j.job_ids, j.states, j.labels, j.scores,
    e.task_status, e.outcome, a.answers
  from wanted as w
  cross join lateral (
    select s.scenario_id, case when pg_column_size(s.payload) <= 32768 then s.payload
      else to_json(left(s.payload::text, 400)) end as payload
    from scenario as s where s.definition_no = v_run.definition_no and s.place between w.place and w.place
    order by s.place limit 1) as s
  left join lateral (
    select e.task_id, e.task_status, e.outcome from run_scenario as e
    where e.run_no = v_run.run_no and e.place = w.place offset 0) as e on true
  left join lateral (
    select count(*)::int as answers from assignment as a
    where a.task_id = e.task_id and a.step_type = 'annotation' and a.status = 'submitted') as a on true
  cross join lateral (
    select array_agg(j.job_id) as job_ids, array_agg(j.state) as states, array_agg(left(j.label, 200)) as labels,
      array_agg(case when json_typeof(j.score) = 'number' then (j.score #>> '{}')::float8 end) as scores
    from (
      select j.job_id,
        case when j.state in (0, 2, 3, 7) and j.seq <= l.cut_seq then 6::smallint else j.state end as state,
        case when j.state = 4 then j.result #>> p_label end as label,
        case when j.state = 4 then j.result #> p_score end as score
      from job as j
      cross join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l
      where j.job_id >= run_job_id(v_run, (w.nth - 1) * v_jobs + 1)
        and j.job_id <= run_job_id(v_run, w.nth * v_jobs)
      order by j.job_id) as j) as j
  order by w.place;
end $$;

-- The places of a run's scenarios of which all conditions hold. Each has a kind, models by their number from 1, and a
-- text; what they ask of labels is one pass over the run's jobs.
create function matrix_places(p_id uuid, p_label text[], p_kinds text[], p_models int[], p_others int[], p_texts text[])
returns int[] language plpgsql stable as $$
declare
  v_run run;
  v_having text[] := '{}';
  v_where text[] := '{}';
  v_places int[];
begin
  select * into v_run from run where run_id = p_id;
  if not found then
    return '{}';
  end if;
  for i in 1..cardinality(p_kinds) loop
    case p_kinds[i]
      when 'split' then v_having := v_having || 'min(label) <> max(label)'::text;
      when 'failed' then v_having := v_having || 'bool_or(state = 5)'::text;
      when 'is' then v_having := v_having || format('bool_or(model = %s and label = %L)', p_models[i], p_texts[i]);
      when 'isNot' then v_having := v_having || format('bool_or(model = %s and label <> %L)', p_models[i], p_texts[i]);
      when 'differs' then v_having := v_having || format(
        'max(label) filter (where model = %1$s) <> min(label) filter (where model = %2$s)
          or min(label) filter (where model = %1$s) <> max(label) filter (where model = %2$s)',
        p_models[i], p_others[i]);
      when 'text' then v_where := v_where || format(
        'exists (select from jsonb_path_query(s.payload::jsonb, ''strict $.** ? (@.type() == "string")'') as t
          where strpos(lower((t #>> ''{}'') collate "C"), lower(%L collate "C")) > 0)', p_texts[i]);
    end case;
  end loop;
  if v_having = '{}' then
    v_places := coalesce(v_run.places, array(select generate_series(1,
      v_run.total / (cardinality(v_run.models) * v_run.repeats))));
  else
    execute format(
      'select array_agg(place order by place) from (
         select place from (
           select place, model, state, (case when state = 4 then result #>> $1 end) collate "C" as label
           from job where job_id >= $2 and job_id <= $3 and run_no + 0 = $4) as j
         group by place having (%s)) as found', array_to_string(v_having, ') and ('))
    into v_places using p_label, run_job_id(v_run, 1), run_job_id(v_run, v_run.total), v_run.run_no;
  end if;
  if v_where <> '{}' then
    execute format(
      'select array_agg(s.place order by s.place) from scenario as s
       where s.definition_no = $1 and s.place = any($2) and %s', array_to_string(v_where, ' and '))
    into v_places using v_run.definition_no, v_places;
  end if;
  return coalesce(v_places, '{}');
end $$;
` },
{ name: 'operations.sql', text: `-- Operations on many things.

-- Forgets ids of operations that have ended, then operations that ended before then, at most p_limit rows in all. Says
-- how many.
create function operations_forgotten(p_before timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_items int;
  v_operations int;
begin
  delete from operation_item as i using (
    select of.operation_no, of.no from operation as o cross join lateral (
      select operation_no, no from operation_item as i where i.operation_no = o.operation_no limit p_limit) as of
    where o.state > 0 limit p_limit) as old
  where i.operation_no = old.operation_no and i.no = old.no;
  get diagnostics v_items = row_count;
  delete from operation where operation_no in (
    select operation_no from operation as o
    where state > 0 and finished_at < p_before
      and not exists (select from operation_item as i where i.operation_no = o.operation_no)
    order by finished_at limit p_limit - v_items);
  get diagnostics v_operations = row_count;
  return v_items + v_operations;
end $$;
` },
{ name: 'quality.sql', text: `-- Adds to the counters of agreement, in the order of their keys, so that nobody waits in a circle.
-- Tasks from before there were counters stay out of them, for a review's return would take away what was never added.
-- p_added: { compositions, pairs, shares, raters }, each counter at most once.
create function count_answers(p_task uuid, p_added json) returns void language plpgsql as $$
begin
  if exists (select from task where task_id = p_task and not counted) then
    return;
  end if;
  insert into composition as c (project_id, step_id, form_id, question, skill, composition, tasks)
  select "projectId", "stepId", "formId", question, skill, composition, tasks
  from json_to_recordset(p_added -> 'compositions') as given ("projectId" uuid, "stepId" text, "formId" uuid,
    question text, skill text, composition text, tasks bigint)
  order by 1, 2, 4, 3, 5, md5(composition)
  on conflict (project_id, step_id, question, form_id, skill, composition_key)
    do update set tasks = c.tasks + excluded.tasks;
  insert into pair_cell as c (project_id, step_id, form_id, question, a, b, answer_a, answer_b, tasks)
  select "projectId", "stepId", "formId", question, a, b, "answerA", "answerB", tasks
  from json_to_recordset(p_added -> 'pairs') as given ("projectId" uuid, "stepId" text, "formId" uuid, question text,
    a uuid, b uuid, "answerA" text, "answerB" text, tasks bigint)
  order by 1, 2, 4, 3, 5, 6, 7, 8
  on conflict (project_id, step_id, question, form_id, a, b, answer_a, answer_b)
    do update set tasks = c.tasks + excluded.tasks;
  insert into share as c (project_id, step_id, form_id, question, skill, a, b, kind, tasks, sum, squares)
  select "projectId", "stepId", "formId", question, skill, a, b, kind, tasks, sum, squares
  from json_to_recordset(p_added -> 'shares') as given ("projectId" uuid, "stepId" text, "formId" uuid, question text,
    skill text, a uuid, b uuid, kind text, tasks bigint, sum numeric, squares numeric)
  order by 1, 2, 4, 3, 5, 6, 7, 8
  on conflict (project_id, step_id, question, form_id, skill, a, b, kind)
    do update set tasks = c.tasks + excluded.tasks, sum = c.sum + excluded.sum,
      squares = c.squares + excluded.squares;
  insert into rater as c (project_id, step_id, form_id, question, skill, user_id, answers, compared)
  select "projectId", "stepId", "formId", question, skill, "userId", answers, compared
  from json_to_recordset(p_added -> 'raters') as given ("projectId" uuid, "stepId" text, "formId" uuid, question text,
    skill text, "userId" uuid, answers bigint, compared bigint)
  order by 1, 2, 4, 3, 5, 6
  on conflict (project_id, step_id, question, form_id, skill, user_id)
    do update set answers = c.answers + excluded.answers, compared = c.compared + excluded.compared;
end $$;

-- The belief about answers: by the newest fit of each question, with what gold has shown of each person since. It is
-- asked for in submissions, where planning it anew each time took longer than the rest: so its plan is made once.
create function believe_answers(p_project uuid, p_step text, p_form uuid, p_questions text[], p_people uuid[])
  returns table (place bigint, question text, number int, prevalence json, people json)
  language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select asked.place, asked.question, newest.number, newest.prevalence, known_of.people
  from unnest(p_questions) with ordinality as asked (question, place)
    left join lateral (
      select fit.number, fit.prevalence from fit
      where fit.project_id = p_project and fit.step_id = p_step and fit.form_id = p_form
        and fit.question = asked.question
      order by fit.number desc limit 1) newest on true
    left join lateral (
      select json_agg(json_build_object('userId', who.user_id, 'accuracy', skill.accuracy, 'labels', skill.labels,
        'right', greatest(0, gold.correct - coalesce(skill.known_correct, 0)),
        'wrong', greatest(0, gold.wrong - coalesce(skill.known_wrong, 0))) order by who.place) as people
      from unnest(p_people) with ordinality as who (user_id, place)
        left join skill on skill.project_id = p_project and skill.step_id = p_step and skill.question = asked.question
          and skill.number = newest.number and skill.user_id = who.user_id
        cross join lateral (
          select coalesce(sum(times) filter (where correct), 0)::bigint as correct,
            coalesce(sum(times) filter (where not correct), 0)::bigint as wrong
          from known
          where known.project_id = p_project and known.user_id = who.user_id and known.step_id = p_step
            and known.question = asked.question) as gold) as known_of on true;
end $$;
` },
{ name: 'queue.sql', text: `-- What is told of a project's queue, and clearing it.
--
-- What is looked at is plpgsql where it could not become part of its caller's plan: a function in SQL would be planned
-- at each call.

-- Cancels everything of the project that has not started. Says how many.
create function queue_clear(p_project uuid, p_now timestamptz) returns bigint language plpgsql as $$
declare
  v_project int;
  v_lanes int[];
  v_runs int[];
  v_fact_projects int[]; v_fact_datas json[];
  v_count bigint;
  v_apart uuid[];
begin
  select project_no into v_project from project_gate where project_id = p_project;
  -- Before all gates and lanes. One that comes to wait from now on comes after this.
  v_apart := array(
    select job_id from job where project_no = v_project
      and (state = 9 or state = 8 and arrival ->> 'counted' = 'true') order by job_id for update);
  perform intake_take(v_project);
  perform gate_take(v_project);
  select array_agg(lane_no) into v_lanes from (
    select lane_no from lane as l where project_no = v_project
      and (select e.last_seq from lane_end as e where e.lane_no = l.lane_no) > cut_seq
      and (run_no is null or run_no in (select run_no from run
        where project_no = v_project and status in ('pending', 'running', 'paused')))
    order by lane_no for update) as l;
  select array_agg(run_no) into v_runs from (
    select run_no from run where project_no = v_project and status in ('pending', 'running', 'paused') order by run_no
      for update) as r;
  perform from queue_count where project_no = v_project order by type_no for update;

  perform lane_cut(v_lanes, p_now);
  perform run_drop(run_no, p_now) from unnest(v_runs) as run_no;
  with prior as (select run_no, status from run where run_no = any(v_runs) and settled = total
    -- One without jobs waits for another run.
    and total > 0),
  done as (
    update run as r set status = 'completed', version = r.version + 1, finished_at = p_now
    from prior where r.run_no = prior.run_no returning r.project_no, r.run_no, r.run_id, r.version, prior.status)
  select array_agg(project_no order by run_no), array_agg(
      json_build_object('runId', run_id, 'status', 'completed', 'from', status, 'version', version) order by run_no)
  into v_fact_projects, v_fact_datas from done;
  with dropped as (
    select m.type_no, m.total - coalesce(c.completed + c.failed + c.cancelled, 0) - coalesce(a.n, 0) - coalesce(b.n, 0)
      as n
    from queue_made as m left join queue_count as c using (project_no, type_no)
    left join (select type_no, count(*) as n from job_underway where project_no = v_project
      group by type_no) as a using (type_no)
    left join (select j.type_no, count(*) as n from job as j where j.project_no = v_project
      and (j.state = 9 or j.state = 8 and j.arrival ->> 'counted' = 'true')
      and j.job_id not in (select unnest(v_apart))
      group by j.type_no) as b using (type_no)
    where m.project_no = v_project),
  counted as (
    insert into queue_count as q (project_no, type_no, cancelled)
    select v_project, type_no, n from dropped where n > 0 order by 2
    on conflict (project_no, type_no) do update set cancelled = q.cancelled + excluded.cancelled)
  select coalesce(sum(n), 0) into v_count from dropped;
  perform jobs_cancel_apart(v_apart, p_now);
  perform run_facts(v_fact_projects, v_fact_datas, p_now);
  return v_count;
end $$;

-- How many stand behind the head with a smaller seq than p_before.
create function standing_behind(p_lane int, p_cut bigint, p_before bigint) returns bigint language plpgsql stable
  set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select count(distinct j.seq) from handover as h cross join lateral (
      select a.seq from job as a where a.lane_no = h.lane_no and a.state = 0
        and a.seq between h.from_seq and least(h.to_seq, p_before - 1) offset 0) as j
    where h.lane_no = p_lane
  ) + (
    select count(*) from job as j where j.lane_no = p_lane and j.state = 3 and j.seq > p_cut and j.seq < p_before
  ) + (
    select count(*) from job as j where j.lane_no = p_lane and j.state = 7 and j.seq > p_cut and j.seq < p_before
  );
end $$;

-- Lanes in which something stands, with how many in all, and how many of them behind the head: handed over and not
-- begun, or in line again.
create function standing(p_rank smallint) returns table (lane_no int, project_no int, priority smallint, turn bigint,
  head bigint, behind bigint, length bigint)
language plpgsql stable rows 20 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select l.lane_no, l.project_no, l.priority, l.turn, l.head, b.n,
    b.n + e.last_seq - l.head + 1 + coalesce((select sum(a.delta) from lane_adjust as a
      where a.lane_no = l.lane_no and a.seq >= l.head), 0)
  from (
    select l.* from lane as l where l.ready and l.priority >= p_rank
    union all
    select l.* from (select h.lane_no from handover as h
      union select s.lane_no from lane as s where s.passed or s.shut > 0) as h
    cross join lateral (select * from lane as l where l.lane_no = h.lane_no offset 0) as l
      where not l.ready and l.priority >= p_rank) as l
  cross join lateral (select e.last_seq from lane_end as e where e.lane_no = l.lane_no offset 0) as e
  cross join lateral (select standing_behind(l.lane_no, l.cut_seq, l.head) as n) as b;
end $$;

-- Positions of those jobs that stand in line, at one moment: rank by priority, round, turn. \`round\` is a job's place in
-- its lane.
create function job_positions(p_ids uuid[]) returns table (job_id uuid, round bigint, place bigint, global_place bigint)
  language plpgsql stable rows 20 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  -- What jobs of one lane share is counted once a lane.
  with asked as materialized (
    select j.job_id, j.lane_no, j.project_no, j.seq from job as j
    where j.job_id = any(p_ids) and j.state + 0 in (0, 3, 7)),
  here as materialized (
    select l.*, standing_behind(l.lane_no, l.cut_seq, l.head) as behind
    from (select distinct asked.lane_no from asked) as a cross join lateral (
      select l.lane_no, l.priority, l.turn, l.head, l.cut_seq from lane as l
        where l.lane_no = a.lane_no offset 0) as l),
  mine as materialized (
    select j.job_id, j.lane_no, j.project_no, l.priority, l.turn,
      case when j.seq < l.head then standing_behind(j.lane_no, l.cut_seq, j.seq + 1)
        else l.behind + j.seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a
            where a.lane_no = j.lane_no and a.seq between l.head and j.seq), 0) end as round
    from asked as j join here as l on l.lane_no = j.lane_no where j.seq > l.cut_seq),
  lanes as materialized (select * from standing((select min(priority) from mine)))
  select m.job_id, m.round, m.round + coalesce(sum(b.n) filter (where b.project_no = m.project_no), 0)::bigint,
    m.round + coalesce(sum(b.n), 0)::bigint
  from mine as m left join lateral (
    select o.project_no, case
      when o.priority > m.priority then o.length
      else least(o.length, m.round - case when (o.turn, o.lane_no) < (m.turn, m.lane_no) then 0 else 1 end) end as n
    from lanes as o where o.priority >= m.priority and o.lane_no <> m.lane_no) as b on true
  group by m.job_id, m.round;
end $$;

-- Jobs as they are told, with what cancels and clears have decided on but not written yet.
create view job_told as
select j.job_id, g.project_id, r.run_id, j.task_id, t.name as type,
  coalesce(l.priority, (j.arrival ->> 'priority')::smallint) as priority,
  case when j.state in (0, 2, 3, 7) and j.seq <= l.cut_seq then 6 when j.state = 8 and j.lane_no <> 0 then 10
    else j.state end as state,
  j.attempt, j.max_attempts, coalesce(j.due_at, j.created_at, r.created_at) as available_at, j.step,
    coalesce(j.percent, 0) as percent, j.error,
  r.models[j.model] as model, s.scenario_id, run_job_repeat(j.job_id, r.repeats) as repeat,
    coalesce(j.created_by, r.created_by) as created_by,
    (j.state in (1, 10) or (j.state = 8 and j.lane_no <> 0)) and (j.cancelling or l.stopped) as cancelling,
    j.state = 10 or (j.state = 8 and j.lane_no <> 0) as asleep,
  coalesce(j.created_at, r.created_at) as created_at, j.started_at,
  case when j.state in (0, 2, 3, 7) and j.seq <= l.cut_seq then l.cut_at else j.finished_at end as finished_at,
  case when j.units is not null then json_build_object('units', j.units, 'costMicros', j.cost_micros) end as usage,
  coalesce(j.payload, s.payload) as payload, j.result, j.project_no, j.run_no, j.lane_no, j.seq, j.place,
    j.model as model_no
from job as j
left join lateral (select l.priority, l.cut_seq, l.cut_at, l.stopped from lane as l
  where l.lane_no = j.lane_no offset 0) as l on true
cross join lateral (select g.project_id from project_gate as g where g.project_no = j.project_no offset 0) as g
cross join lateral (select t.name from job_type as t where t.type_no = j.type_no offset 0) as t
left join lateral (
  select r.run_id, r.definition_no, r.models, r.repeats, r.created_at, r.created_by from run as r
    where r.run_no = j.run_no offset 0) as r on true
left join lateral (
  select s.scenario_id, s.payload from scenario as s
    where s.definition_no = r.definition_no and s.place between j.place and j.place
  order by s.place limit 1) as s on true;

-- Counts by type of one project, or of all.
create function queue_counts(p_project uuid) returns table (type text, pending float8, active float8, completed float8,
  failed float8, cancelled float8) language sql stable rows 10 as $$
  select t.name, (c.total - c.completed - c.failed - c.cancelled - coalesce(a.n, 0))::float8, coalesce(a.n, 0)::float8,
    c.completed::float8, c.failed::float8, c.cancelled::float8
  from (
    select m.type_no, sum(m.total) as total, coalesce(sum(c.completed), 0) as completed,
      coalesce(sum(c.failed), 0) as failed, coalesce(sum(c.cancelled), 0) as cancelled
    from queue_made as m left join lateral (
      select c.completed, c.failed, c.cancelled from queue_count as c
      where c.project_no = m.project_no and c.type_no = m.type_no offset 0) as c on true
    where m.project_no between coalesce((select project_no from project_gate where project_id = p_project), 0)
      and coalesce((select project_no from project_gate where project_id = p_project),
        case when p_project is null then 2147483647 else -1 end)
    group by m.type_no) as c
  cross join lateral (select t.name from job_type as t where t.type_no = c.type_no offset 0) as t
  left join (
    select type_no, count(*) as n from job_underway
    where (p_project is null or project_no = (select project_no from project_gate
      where project_id = p_project)) group by type_no) as a using (type_no)
$$;

-- A page of a project's line, behind where lane p_lane has seq p_seq. Rounds are told from the lane as it is now, so a
-- page goes on where the last one ended although heads have moved since.
create function queue_line(p_project uuid, p_type text, p_lane int, p_seq bigint, p_limit int)
returns table (job_id uuid, lane_no int, seq bigint, round bigint) language plpgsql stable rows 50
  set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with here as (
    select l.lane_no, l.priority, l.turn,
      case when p_seq < l.head then standing_behind(l.lane_no, l.cut_seq, p_seq + 1)
        else standing_behind(l.lane_no, l.cut_seq, l.head) + p_seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a
            where a.lane_no = l.lane_no and a.seq between l.head and p_seq), 0) end as round
    from lane as l where l.lane_no = p_lane),
  lanes as materialized (
    select s.*, l.cut_seq, here.lane_no is null or s.priority < here.priority as whole, here.round as here_round,
      (s.turn, s.lane_no) <= (here.turn, here.lane_no) as served
    from standing((-32768)::smallint) as s
    cross join lateral (select l.cut_seq from lane as l where l.lane_no = s.lane_no offset 0) as l
      left join here on true
    where s.project_no = (select project_no from project_gate where project_id = p_project)
      and (here.lane_no is null or s.priority <= here.priority))
  select x.job_id, l.lane_no, x.seq, x.round
  from lanes as l cross join lateral (
    select y.* from (
      select b.* from (
        select c.job_id, c.seq, row_number() over (order by c.seq) as round, c.type_no from (
          select distinct j.job_id, j.seq, j.type_no from handover as h cross join lateral (
            select a.job_id, a.seq, a.type_no from job as a
            where a.lane_no = h.lane_no and a.state = 0 and a.seq between h.from_seq and h.to_seq offset 0) as j
          where h.lane_no = l.lane_no
          union all
          select j.job_id, j.seq, j.type_no from job as j
            where j.lane_no = l.lane_no and j.state = 3 and j.seq > l.cut_seq
          union all
          select j.job_id, j.seq, j.type_no from job as j
            where j.lane_no = l.lane_no and j.state = 7 and j.seq > l.cut_seq) as c) as b
      where (l.whole or b.round > l.here_round or (b.round = l.here_round and not l.served))
        and (p_type is null or b.type_no = (select type_no from job_type where name = p_type))
      union all
      (select j.job_id, j.seq, r.round, j.type_no
      from job as j cross join lateral (
        select l.behind + j.seq - l.head + 1
          + coalesce((select sum(a.delta) from lane_adjust as a
            where a.lane_no = l.lane_no and a.seq between l.head and j.seq), 0) as round offset 0) as r
      where j.lane_no = l.lane_no and j.state = 0 and j.seq >= l.head + case when l.whole then 0
        else greatest(0, l.here_round - l.behind - 1) end
        and (l.whole or r.round > l.here_round or (r.round = l.here_round and not l.served))
        and (p_type is null or j.type_no = (select type_no from job_type where name = p_type))
      order by j.seq limit p_limit)) as y
    order by y.seq limit p_limit) as x
  order by l.priority desc, x.round, l.turn, l.lane_no limit p_limit;
end $$;

-- A page of what is settled, newest first, of a project or of one of its runs, behind (p_at, p_seq, p_id). Rows that a
-- cut has decided on but not written yet belong to it. Costs by the page, not by what has ended: each state is walked
-- from its newest, with all of one moment. A run's are looked for between its times, a minute's play on both sides.
create function settled_page(p_project int, p_run int, p_type text, p_states smallint[], p_at timestamptz, p_seq bigint,
  p_id uuid, p_limit int)
returns table (job_id uuid, finished_at timestamptz, seq bigint) language sql stable rows 50 as $$
  with asked as materialized (
    select least(coalesce(p_at, 'infinity'), coalesce(r.until, 'infinity')) as until,
      coalesce(r.since, '-infinity') as since,
      coalesce(p_run, -1) as first_run, coalesce(p_run, 2147483647) as last_run,
        coalesce(t.type_no, 0::smallint) as first_type,
      case when p_type is null then 32767::smallint else coalesce(t.type_no, (-1)::smallint) end as last_type
    from (select) as always
    left join lateral (
      select r.created_at - interval '1 minute' as since, greatest(r.latest_at, (
        select max(l.cut_at) from lane as l where l.run_no = p_run)) + interval '1 minute' as until
      from run as r where r.run_no = p_run offset 0) as r on true
    left join lateral (select t.type_no from job_type as t where t.name = p_type offset 0) as t on true)
  select s.* from (
    (select j.* from asked as a cross join unnest(p_states) as of (state) cross join lateral (
      select j.job_id, j.finished_at, j.seq from job as j
      where j.project_no = p_project and j.state = of.state and j.state in (4, 5)
        and j.finished_at between a.since and a.until
        and coalesce(j.run_no, 0) between a.first_run and a.last_run and j.type_no between a.first_type and a.last_type
        and (p_at is null or (j.finished_at, j.seq, j.job_id) < (p_at, p_seq, p_id))
      order by j.finished_at desc fetch first (p_limit) rows with ties) as j where of.state in (4, 5))
    union all
    (select j.* from asked as a cross join lateral (
      select j.job_id, j.finished_at, j.seq from job as j
      where j.project_no = p_project and j.state = 6 and j.finished_at between a.since and a.until
        and coalesce(j.run_no, 0) between a.first_run and a.last_run and j.type_no between a.first_type and a.last_type
        and (p_at is null or (j.finished_at, j.seq, j.job_id) < (p_at, p_seq, p_id))
      order by j.finished_at desc, j.seq desc, j.job_id desc limit p_limit) as j where 6 = any(p_states))
    union all
    (select j.job_id, l.cut_at, j.seq from asked as a cross join lateral (
      select * from lane where swept_seq < cut_seq and project_no + 0 = p_project
        and (p_run is null or run_no + 0 = p_run) and 6 = any(p_states)
        and (p_at is null or cut_at <= p_at)) as l
    cross join lateral (
      select x.* from (
        (select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 0 and b.seq > l.swept_seq and b.seq <= l.cut_seq
            and (p_at is null or l.cut_at < p_at or (b.seq, b.job_id) < (p_seq, p_id))
              and b.type_no between a.first_type and a.last_type
          order by b.seq desc limit p_limit)
        union all select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 3 and b.seq <= l.cut_seq
        union all select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 7 and b.seq <= l.cut_seq
        union all select b.job_id, b.seq, b.type_no from job as b
          where b.lane_no = l.lane_no and b.state = 2 and b.seq <= l.cut_seq) as x
      where (p_at is null or l.cut_at < p_at or (x.seq, x.job_id) < (p_seq, p_id))
        and x.type_no between a.first_type and a.last_type) as j)) as s
  order by s.finished_at desc, s.seq desc, s.job_id desc limit p_limit
$$;
` },
{ name: 'rates.sql', text: `-- Counts of what ended, by stretches of time: job_count and appending facts write them.

-- Puts counts from before p_before together to a coarser grain, up to p_limit of each kind, and says how many. Several
-- may do so at once.
create function rates_thin(p_from smallint, p_to smallint, p_before timestamptz, p_limit int) returns int
language plpgsql as $$
declare
  v_wide interval := make_interval(secs => p_to);
  v_before timestamptz := date_bin(make_interval(secs => p_to), p_before, timestamptz 'epoch');
  v_jobs int;
  v_steps int;
begin
  with old as materialized (
    select ctid as place from job_rate where grain = p_from and at < v_before order by at limit p_limit
      for update skip locked),
  gone as (
    delete from job_rate where ctid = any(array(select place from old)) returning *),
  kept as (
    insert into job_rate as r (project_no, type_no, grain, at, settled, failed, retried, lost)
    select project_no, type_no, p_to, date_bin(v_wide, at, timestamptz 'epoch'), sum(settled), sum(failed),
      sum(retried), sum(lost)
    from gone group by 1, 2, 3, 4 order by 1, 2, 4
    on conflict (project_no, type_no, grain, at) do update set settled = r.settled + excluded.settled,
      failed = r.failed + excluded.failed, retried = r.retried + excluded.retried, lost = r.lost + excluded.lost)
  select count(*) into v_jobs from gone;
  with old as materialized (
    select ctid as place from step_rate where grain = p_from and at < v_before order by at limit p_limit
      for update skip locked),
  gone as (
    delete from step_rate where ctid = any(array(select place from old)) returning *),
  kept as (
    insert into step_rate as r (project_id, step_id, step_type, grain, at, submitted, returned)
    select project_id, step_id, step_type, p_to, date_bin(v_wide, at, timestamptz 'epoch'), sum(submitted),
      sum(returned)
    from gone group by 1, 2, 3, 4, 5 order by 1, 2, 3, 5
    on conflict (project_id, step_id, step_type, grain, at) do update set
      submitted = r.submitted + excluded.submitted, returned = r.returned + excluded.returned)
  select count(*) into v_steps from gone;
  return v_jobs + v_steps;
end $$;
` },
{ name: 'runs.sql', text: `-- Runs and their jobs' ids.

-- How many jobs of the run, locked before, have not started, by model's ordinal. Those that are asleep have.
create function run_left(p_run run) returns int[] language sql stable as $$
  select array_agg(p_run.total / cardinality(p_run.models) - p_run.completed[m] - p_run.failed[m] - p_run.cancelled[m]
    - coalesce(a.n, 0) order by m)
  from generate_subscripts(p_run.models, 1) as m
  left join (select model, count(*)::int as n from job_underway where run_no = p_run.run_no
    group by model) as a on a.model = m
$$;

-- Cancels what has not started of the run, locked before, in its counters. Says how many. Its lanes are cut by the
-- caller.
create function run_drop(p_run int, p_now timestamptz) returns int language plpgsql as $$
declare
  v_run run;
  v_left int[];
  v_n int;
begin
  select * into v_run from run where run_no = p_run;
  v_left := run_left(v_run);
  select sum(n) into v_n from unnest(v_left) as n;
  update run set settled = settled + v_n, earlier_settled = earlier_settled + v_n, mark_settled = mark_settled + v_n,
    cancelled = (select array_agg(c + l order by i) from unnest(cancelled, v_left) with ordinality as x (c, l, i))
  where run_no = p_run;
  return v_n;
end $$;

-- Its project's gate, its lanes and itself: nothing of it begins, and its counters stand still.
create function run_lock(p_id uuid) returns void language plpgsql as $$
declare
  v_project int; v_run int;
begin
  select project_no, run_no into v_project, v_run from run where run_id = p_id;
  if found then
    perform gate_take(v_project);
    perform from lane where run_no = v_run order by lane_no for update;
    perform from run where run_no = v_run for update;
  end if;
end $$;

-- The run, locked before, goes on at this pace and priority. A lane that it had of that priority, of jobs moved there
-- one by one, stays beside its own.
create function run_change(p_id uuid, p_from smallint, p_priority text, p_to smallint, p_config json, p_pace float8,
  p_now timestamptz)
returns void language plpgsql as $$
declare
  v_run int;
begin
  select run_no into v_run from run where run_id = p_id;
  if p_from <> p_to then
    update lane set beside = true where run_no = v_run and priority = p_to;
    with moved as (
      update lane set priority = p_to where run_no = v_run and priority = p_from and not beside returning lane_no)
    update lane_cell as c set priority = p_to from moved where c.lane_no = any(array[moved.lane_no]);
  end if;
  update lane set pace = p_pace, next_at = case when p_pace is not null then p_now end where run_no = v_run;
  update run set priority = p_priority, config = p_config, version = version + 1 where run_no = v_run;
end $$;

-- The run, locked before, is cancelled.
create function run_cancel(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
  v_n int;
begin
  select * into v_run from run where run_id = p_id;
  update lane set held = true, stopped = true where run_no = v_run.run_no;
  perform lane_cut(array(select lane_no from lane where run_no = v_run.run_no), p_now);
  v_n := run_drop(v_run.run_no, p_now);
  update run set status = 'cancelled', version = version + 1, finished_at = p_now where run_no = v_run.run_no;
  insert into queue_count as q (project_no, type_no, cancelled) values (v_run.project_no, v_run.type_no, v_n)
  on conflict (project_no, type_no) do update set cancelled = q.cancelled + excluded.cancelled;
end $$;

-- The completed run, locked before, runs again with its failed jobs.
create function run_reopen(p_id uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run int;
begin
  select run_no into v_run from run where run_id = p_id;
  perform job_reopen(array(
    select job_id from job where job_id >= run_job_id(r, 1) and job_id <= run_job_id(r, r.total) and run_no + 0 = v_run
      and state + 0 = 5), p_now)
  from run as r where r.run_no = v_run;
end $$;

-- The n-th job id of a run: UUIDv7s of the run's time, told apart by the run's number where others are random, so that
-- they ascend and no two runs share one.
create function run_job_id(p_run run, p_n bigint) returns uuid language sql immutable as $$
  select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-'
    || lpad(to_hex(p_n), 12, '0'))::uuid
  from (select lpad(to_hex((extract(epoch from p_run.created_at) * 1000)::bigint), 12, '0')
    || '7' || lpad(to_hex((p_run.run_no >> 14) & 4095), 3, '0') || to_hex(32768 | (p_run.run_no & 16383)) as h) as t
$$;

-- The places of a run's scenarios as they are kept: none where they are simply the first ones.
create function places_kept(p_places int[]) returns int[] language sql immutable as $$
  select case when p_places[cardinality(p_places)] > cardinality(p_places) then p_places end
$$;

-- Keeps a run without its jobs, unless there is one with that key: then it gives nothing.
create function run_keep(p_run uuid, p_project uuid, p_definition int, p_type smallint, p_priority text,
  p_models text[], p_repeats smallint, p_config json, p_created_by uuid, p_key text, p_created_at timestamptz,
  p_total int, p_places int[]) returns run language plpgsql as $$
declare
  v_run run;
  v_zeros int[] := array_fill(0, array[cardinality(p_models)]);
begin
  insert into run (run_id, project_no, definition_no, type_no, priority, models, repeats, config, idempotency_key,
    created_by, created_at, total, places, status, version, completed, failed, cancelled)
  select p_run, g.project_no, p_definition, p_type, p_priority, p_models, p_repeats, p_config, p_key, p_created_by,
    p_created_at, p_total, places_kept(p_places), 'pending', 1, v_zeros, v_zeros, v_zeros
  from (select project_no from project_gate where project_id = p_project) as g
  on conflict (project_no, idempotency_key) where idempotency_key is not null do nothing
  returning * into v_run;
  return v_run;
end $$;

-- The first run with that key.
create function run_of_key(p_project uuid, p_key text) returns uuid language plpgsql as $$
declare
  v_first uuid;
begin
  select run_id into strict v_first from run join project_gate using (project_no)
    where project_id = p_project and idempotency_key = p_key;
  return v_first;
end $$;

-- Makes the lane and the jobs of a run that was kept, locked, and counts them. Its project's intake is held shared.
create function run_fill(p_run run, p_rank smallint, p_places int[], p_pace float8, p_max_attempts smallint,
  p_sets int[], p_now timestamptz) returns void language plpgsql as $$
declare
  v_lane int;
  v_prefix text;
  v_models int := cardinality(p_run.models);
  v_repeats int := p_run.repeats;
  v_sets int := greatest(1, cardinality(p_sets));
  v_budgeted boolean; v_cells boolean;
begin
  v_budgeted := has_budget(p_run.project_no, null);
  v_cells := v_budgeted or exists (select from limit_set as s where s.set_no = any(p_sets) and s.limits <> '{}');
  insert into lane (project_no, run_no, type_no, priority, pace, held, started, ready, next_at, cells, budgeted)
  values (p_run.project_no, p_run.run_no, p_run.type_no, p_rank, p_pace, p_run.status = 'paused', false, true,
    case when p_pace is not null then p_now end,
    case when v_cells then greatest(1, (select count(distinct coalesce(s, 0)) from unnest(p_sets) as s)) else 0 end,
    v_budgeted)
  returning lane_no into v_lane;
  if v_cells then
    insert into lane_cell (lane_no, set_no, priority)
    select distinct v_lane, case when v_budgeted then coalesce(s, 0) else s end, p_rank
    from unnest(coalesce(p_sets, array[null::int])) as s where s is not null or v_budgeted;
  end if;
  insert into lane_end (lane_no, last_seq) values (v_lane, p_run.total);
  v_prefix := left(run_job_id(p_run, 0)::text, 24);
  insert into job (job_id, seq, lane_no, project_no, run_no, place, type_no, model, max_attempts, set_no)
  select (v_prefix || lpad(to_hex(n), 12, '0'))::uuid, n, v_lane, p_run.project_no, p_run.run_no,
    p_places[(n - 1) / (v_models * v_repeats) + 1], p_run.type_no, (n - 1) / v_repeats % v_models + 1, p_max_attempts,
    p_sets[(n - 1) / v_repeats % v_sets + 1]
  from generate_series(1, p_run.total) as n;
  insert into queue_made as q (project_no, type_no, total) values (p_run.project_no, p_run.type_no, p_run.total)
  on conflict (project_no, type_no) do update set total = q.total + excluded.total;
end $$;

-- Keeps a run with its lane, its jobs and its counters. Gives the id of the first run with that key where there is one,
-- else null.
create function run_add(
  p_run uuid, p_project uuid, p_definition uuid, p_type text, p_priority text, p_rank smallint, p_models text[],
    p_repeats smallint, p_config json, p_places int[],
  p_pace float8, p_max_attempts smallint, p_created_by uuid, p_key text, p_created_at timestamptz,
  p_sets int[] default null)
returns uuid language plpgsql as $$
declare
  v_run run;
begin
  perform intake_share(array(select project_no from project_gate where project_id = p_project));
  select * into v_run from run_keep(p_run, p_project,
    (select definition_no from definition where definition_id = p_definition), job_type_no(p_type), p_priority,
    p_models, p_repeats, p_config, p_created_by, p_key, p_created_at,
    cardinality(p_models) * p_repeats * cardinality(p_places), p_places);
  if v_run.run_no is null then
    return run_of_key(p_project, p_key);
  end if;
  perform run_fill(v_run, p_rank, p_places, p_pace, p_max_attempts, p_sets, p_created_at);
  return null;
end $$;

-- Some jobs of a run that was done elsewhere, kept before in this transaction, ended there so.
create function run_outcomes(p_run uuid, p_places int[], p_models smallint[], p_states smallint[], p_values json,
  p_ms float8[], p_usage json, p_now timestamptz)
returns void language sql as $$
  update job as j set state = s.state, attempt = 1, started_at = p_now - s.ms * interval '1 ms', finished_at = p_now,
    result = case when s.state = 4 then s.value end, error = case when s.state = 5 then s.value end,
    units = (s.usage->>'input')::bigint + (s.usage->>'output')::bigint,
    cost_micros = (s.usage->>'costMicros')::bigint
  from run as r cross join rows from (unnest(p_places), unnest(p_models), unnest(p_states),
    json_array_elements(p_values), unnest(p_ms), json_array_elements(p_usage))
    as s (place, model, state, value, ms, usage)
  where r.run_id = p_run and j.job_id = run_job_id(r, (s.place - 1) * cardinality(r.models) + s.model);

  -- Budgets are of what is spent here: only sums count it.
  insert into usage_sum as u (project_no, day, run_no, model, calls, input, output, cached, cache_write, reasoning,
    cost_micros, unpriced, last_at)
  select r.project_no, (p_now at time zone 'UTC')::date, r.run_no, r.models[s.model],
    sum((s.usage->>'calls')::bigint), sum((s.usage->>'input')::bigint), sum((s.usage->>'output')::bigint),
    sum((s.usage->>'cached')::bigint), sum((s.usage->>'cacheWrite')::bigint),
    sum((s.usage->>'reasoning')::bigint), sum((s.usage->>'costMicros')::bigint),
    sum((s.usage->>'unpriced')::bigint), p_now
  from run as r cross join rows from (unnest(p_models), json_array_elements(p_usage)) as s (model, usage)
  where r.run_id = p_run and s.usage->>'calls' is not null
  group by r.project_no, r.run_no, r.models, s.model
  on conflict (project_no, day, run_no, model) do update set calls = u.calls + excluded.calls,
    input = u.input + excluded.input, output = u.output + excluded.output, cached = u.cached + excluded.cached,
    cache_write = u.cache_write + excluded.cache_write, reasoning = u.reasoning + excluded.reasoning,
    cost_micros = u.cost_micros + excluded.cost_micros, unpriced = u.unpriced + excluded.unpriced,
    last_at = greatest(u.last_at, excluded.last_at);
$$;

-- The run, kept before in this transaction, was done elsewhere: it is completed, and jobs of which nothing was said are
-- cancelled.
create function run_imported(p_run uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_run run;
  v_completed int[]; v_failed int[];
  v_left int;
begin
  select * into v_run from run where run_id = p_run;
  select array_agg(coalesce(s.completed, 0) order by m), array_agg(coalesce(s.failed, 0) order by m)
  into v_completed, v_failed
  from generate_subscripts(v_run.models, 1) as m
  left join (
    select model, count(*) filter (where state = 4)::int as completed, count(*) filter (where state = 5)::int as failed
    from job where job_id >= run_job_id(v_run, 1) and job_id <= run_job_id(v_run, v_run.total)
    group by model) as s on s.model = m;
  update run set status = 'completed', started_at = p_now, finished_at = p_now, completed = v_completed,
    failed = v_failed,
    settled = (select sum(n) from unnest(v_completed || v_failed) as n)
  where run_no = v_run.run_no;
  perform lane_cut(array(select lane_no from lane where run_no = v_run.run_no), p_now);
  v_left := run_drop(v_run.run_no, p_now);
  insert into queue_count as q (project_no, type_no, completed, failed, cancelled)
  values (v_run.project_no, v_run.type_no, (select sum(n) from unnest(v_completed) as n),
    (select sum(n) from unnest(v_failed) as n), v_left)
  on conflict (project_no, type_no) do update set completed = q.completed + excluded.completed,
    failed = q.failed + excluded.failed, cancelled = q.cancelled + excluded.cancelled;
end $$;
` },
{ name: 'settle.sql', text: `-- Recording how attempts ended.
--
-- What is hot. Plans are made once a connection, often on empty tables, and must be right on full ones: see ADR 0039
-- for \`+ 0\`, \`any(array[…])\` and \`offset 0\`.

-- Which \`model\` counts to add, by ordinal.
create function counts_plus(p_counts int[], p_models smallint[], p_by int[]) returns int[]
  language plpgsql immutable as $$
begin
  for i in 1..cardinality(p_models) loop
    p_counts[p_models[i]] := p_counts[p_models[i]] + p_by[i];
  end loop;
  return p_counts;
end $$;

-- Moves the counters of runs and queues by groups of jobs that were just settled, and completes runs with their last
-- job. Those of state 2 are tried again, and those of state 1 lost their worker, which only rates count: they lock
-- neither runs nor queues. Gives the facts of that.
create function job_count(
  p_projects int[], p_runs int[], p_types smallint[], p_models smallint[], p_states smallint[], p_counts int[],
    p_now timestamptz,
  out fact_projects int[], out fact_datas json[])
language plpgsql as $$
declare
  v_ends boolean := p_states && '{4, 5, 6}';
  v_done int[];
begin
  if v_ends and cardinality(array_remove(p_runs, null)) > 0 then
    if (p_runs[1] = all(p_runs)) is not true then
      perform from run where run_no = any(array(
        select run_no from unnest(p_runs, p_states) as s (run_no, state) where state between 4 and 6))
      order by run_no for no key update;
    end if;
    with d as (
      select run_no, sum(n)::int as n, array_agg(model) filter (where state = 4) as completed,
        array_agg(n) filter (where state = 4) as c,
        array_agg(model) filter (where state = 5) as failed, array_agg(n) filter (where state = 5) as f,
        array_agg(model) filter (where state = 6) as cancelled, array_agg(n) filter (where state = 6) as x
      from unnest(p_runs, p_models, p_states, p_counts) as s (run_no, model, state, n)
      where run_no is not null and state between 4 and 6 group by run_no),
    moved as (
      update run as r set
        settled = r.settled + d.n,
        completed = case when d.c is null then r.completed else counts_plus(r.completed, d.completed, d.c) end,
        failed = case when d.f is null then r.failed else counts_plus(r.failed, d.failed, d.f) end,
        cancelled = case when d.x is null then r.cancelled else counts_plus(r.cancelled, d.cancelled, d.x) end,
        latest_at = p_now,
        earlier_at = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then r.mark_at
          else r.earlier_at end,
        earlier_settled = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then r.mark_settled
          else r.earlier_settled end,
        mark_at = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then p_now else r.mark_at end,
        mark_settled = case when p_now >= r.mark_at + interval '{{rateStretchMs}} ms' then r.settled + d.n
          else r.mark_settled end
      from d where r.run_no = any(array[d.run_no])
      returning r.run_no, r.settled, r.total, r.status)
    select array_agg(run_no order by run_no) into v_done from moved
      where settled = total and status in ('pending', 'running', 'paused');
    if v_done is not null then
      with last as (select run_no, status from run where run_no = any(v_done)),
      done as (
        update run as r set status = 'completed', version = r.version + 1, finished_at = p_now
        from last where r.run_no = any(array[last.run_no])
        returning r.project_no, r.run_no, r.run_id, r.version, last.status as prior)
      select array_agg(project_no order by run_no), array_agg(
          json_build_object('runId', run_id, 'status', 'completed', 'from', prior, 'version', version) order by run_no)
      into fact_projects, fact_datas from done;
    end if;
  end if;

  if v_ends then
    -- In the order of the key.
    insert into queue_count as q (project_no, type_no, completed, failed, cancelled)
    select project_no, type_no, coalesce(sum(n) filter (where state = 4), 0),
      coalesce(sum(n) filter (where state = 5), 0), coalesce(sum(n) filter (where state = 6), 0)
    from unnest(p_projects, p_types, p_states, p_counts) as s (project_no, type_no, state, n)
    where state between 4 and 6 group by 1, 2 order by 1, 2
    on conflict (project_no, type_no) do update set completed = q.completed + excluded.completed,
      failed = q.failed + excluded.failed, cancelled = q.cancelled + excluded.cancelled;
  end if;
  -- Behind queue_count, in the order of the key: nobody who waits here holds what those before wait for.
  insert into job_rate as r (project_no, type_no, grain, at, settled, failed, retried, lost)
  select project_no, type_no, 10, date_bin('10 s', p_now, timestamptz 'epoch'),
    coalesce(sum(n) filter (where state in (4, 5)), 0), coalesce(sum(n) filter (where state = 5), 0),
    coalesce(sum(n) filter (where state = 2), 0), coalesce(sum(n) filter (where state = 1), 0)
  from unnest(p_projects, p_types, p_states, p_counts) as s (project_no, type_no, state, n)
  where state in (1, 2, 4, 5) group by 1, 2 order by 1, 2
  on conflict (project_no, type_no, grain, at) do update set settled = r.settled + excluded.settled,
    failed = r.failed + excluded.failed, retried = r.retried + excluded.retried, lost = r.lost + excluded.lost;
end $$;

-- Counts groups of jobs that were just settled and writes the facts of that: what failed for good, then the runs that
-- are complete.
create function job_record(
  p_failed uuid[], p_projects int[], p_runs int[], p_types smallint[], p_models smallint[], p_states smallint[],
    p_counts int[], p_now timestamptz)
returns void language plpgsql as $$
declare
  v_projects int[]; v_types text[]; v_datas json[];
  v_run_projects int[]; v_run_datas json[];
begin
  select * into v_run_projects, v_run_datas
    from job_count(p_projects, p_runs, p_types, p_models, p_states, p_counts, p_now);
  if p_failed is not null then
    perform causes_counted(p_failed, p_now);
    select array_agg(f.project_no), array_agg('job_failed'::text), array_agg(f.data) into v_projects, v_types, v_datas
    from job_failures(p_failed) as f;
  end if;
  if v_projects is not null or v_run_projects is not null then
    perform fact_append_all(
      v_projects || v_run_projects,
      v_types || array_fill('run_status_changed'::text, array[coalesce(cardinality(v_run_projects), 0)]),
      v_datas || v_run_datas, p_now);
  end if;
end $$;

-- Records how attempts ended: kinds are the states they lead to, 2 try again, 3 handed back, 10 asleep; 7 and 8 lead to
-- 2 as well: the other side asks to wait, and has asked once too often. 7 without a time leads to 3: a key cools.
-- Starts are the fence. Gives what was recorded, or null where all was. See WorkerStore.settle.
create function job_settle(
  p_ids uuid[], p_starts smallint[], p_kinds smallint[], p_values json, p_due timestamptz[], p_steps text[],
    p_percents float8[],
  p_worker uuid, p_now timestamptz, p_patterns text[] default null, p_units bigint[] default null,
  p_costs bigint[] default null, p_clock boolean default false, p_cool_keys text[] default null,
  p_cool_ms float8[] default null, p_cool_random float8[] default null)
returns uuid[] language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_worker int;
  v_lanes int[];
  v_kinds smallint[] := p_kinds;
  v_done uuid[]; v_failed uuid[]; v_parents uuid[]; v_parent_states smallint[];
  v_scenario_runs int[]; v_places int[]; v_left int[];
  v_projects int[]; v_runs int[]; v_types smallint[]; v_models smallint[]; v_states smallint[]; v_counts int[];
begin
  select worker_no into v_worker from worker where worker_id = p_worker;
  if not found then
    return '{}';
  end if;
  if p_cool_random is not null or (4 = any(p_kinds) and exists (select from limit_cooled)) then
    perform keys_answered(p_ids, p_starts, p_kinds, p_cool_keys, p_cool_ms, p_cool_random, v_worker, p_now, p_clock);
  end if;
  if p_kinds && '{2, 3, 7, 8, 10}' then
    -- Whoever makes a job pending again holds its lane, and reads there whether it was cancelled meanwhile.
    select array_agg(distinct j.lane_no) into v_lanes from job as j
    where j.job_id = any(array(select id from unnest(p_ids, p_kinds) as s (id, kind) where kind in (2, 3, 7, 8, 10)));
    perform from lane as l where l.lane_no = any(v_lanes) order by l.lane_no for no key update;
    if p_kinds && '{3, 7}' then
      update lane as l set ready = true where l.lane_no = any(v_lanes);
    end if;
    select array_agg(case when s.kind in (2, 3, 7, 8, 10) and (j.cancelling or l.stopped or j.seq <= l.cut_seq) then 6
      else s.kind end order by s.i) into v_kinds
    from unnest(p_ids, p_kinds) with ordinality as s (id, kind, i)
    left join job as j on j.job_id = s.id and s.kind in (2, 3, 7, 8, 10) left join lane as l on l.lane_no = j.lane_no;
  end if;

  with done as (
    update job as j set
      state = case when s.kind = 7 and s.due is null then 3 when s.kind in (7, 8) then 2 else s.kind end,
      attempt = case when s.kind in (3, 7) then j.attempt - 1 else j.attempt end,
      max_attempts = case when s.kind = 10 then j.max_attempts + 1 else j.max_attempts end,
      sleeps = case when s.kind = 10 then coalesce(j.sleeps, 0) + 1 else j.sleeps end,
      worker_no = case when s.kind <> 10 then j.worker_no end,
      crashes = case when s.kind = 3 then j.crashes else 0 end,
      not_nows = case s.kind when 7 then j.not_nows + 1 when 8 then j.not_nows when 3 then j.not_nows else 0 end,
      finished_at = case when s.kind in (4, 5, 6) then p_now end,
      due_at = case when s.kind in (2, 7, 8) then coalesce(s.due, j.due_at) else j.due_at end,
      result = case when s.kind = 4 then s.value end,
      error = case when s.kind in (2, 5, 7, 8) then s.value when s.kind = 3 then j.error end,
      step = coalesce(s.step::json, j.step),
      percent = coalesce(s.percent, j.percent),
      units = case when s.units is null then j.units else coalesce(j.units, 0) + s.units end,
      cost_micros = case when s.units is null then j.cost_micros else coalesce(j.cost_micros, 0) + s.cost end
    from rows from (unnest(p_ids), unnest(p_starts), unnest(v_kinds), json_array_elements(p_values), unnest(p_due),
      unnest(p_steps), unnest(p_percents), unnest(p_units), unnest(p_costs))
      as s (id, start, kind, value, due, step, percent, units, cost)
    where j.job_id = any(array[s.id]) and j.state + 0 = 1 and j.starts = s.start and j.worker_no + 0 = v_worker
    returning j.job_id, j.project_no, j.run_no, j.type_no, j.model, j.place, j.children,
      case when s.kind = 7 then 2 else j.state end as state),
  parents as (select job_id, state from done where children and state between 4 and 6),
  settled as (select project_no, run_no, type_no, model, state, count(*)::int as n from done
    where state between 4 and 6 or state = 2 group by 1, 2, 3, 4, 5),
  -- Nothing of it is done for runs without a policy.
  counted as (
    select array_agg(run_no) as runs, array_agg(place) as places, array_agg(n) as counts
    from (
      select run_no, place, count(*)::int as n from done
      where state between 4 and 6 and run_no is not null
        and (select has_escalation(array(select run_no from done group by 1)))
      group by 1, 2 order by 1, 2) as s)
  select (select runs from counted), (select places from counted), (select counts from counted),
    (select array_agg(job_id) from done), (select array_agg(job_id) from done where state = 5),
    (select array_agg(job_id) from parents), (select array_agg(state) from parents),
    array_agg(project_no), array_agg(run_no), array_agg(type_no), array_agg(model), array_agg(state), array_agg(n)
  into v_scenario_runs, v_places, v_left, v_done, v_failed, v_parents, v_parent_states,
    v_projects, v_runs, v_types, v_models, v_states, v_counts from settled;

  if v_parents is not null then
    insert into ended_parent (job_id, state) select * from unnest(v_parents, v_parent_states);
  end if;
  if v_failed is not null then
    perform failures_noted(v_failed, p_ids, p_patterns, null, p_now);
  end if;
  if v_kinds && '{2, 3, 5, 7, 8, 10}' and v_done is not null then
    perform attempts_noted(v_done, p_ids, v_kinds, p_worker, p_now);
  end if;
  if v_counts is not null then
    if v_places is not null then
      perform scenarios_counted(v_scenario_runs, v_places, v_left);
    end if;
    perform job_record(v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts, p_now);
  end if;
  return case when cardinality(v_done) = cardinality(p_ids) then null else coalesce(v_done, '{}') end;
end $$;

-- Keeps the latest steps. A job that is being settled right now is passed over: its outcome brings its own last step.
create function job_report(p_ids uuid[], p_starts smallint[], p_steps text[], p_percents float8[], p_worker uuid)
  returns void language sql as $$
  with held as (
    select j.job_id from job as j where j.job_id = any(p_ids) and j.state + 0 = 1
    order by j.job_id for no key update skip locked),
  -- Of several reports of one job the furthest.
  given as (
    select distinct on (id) * from unnest(p_ids, p_starts, p_steps::json[], p_percents) as s (id, start, step, percent)
    order by id, start desc, (step ->> 'index')::int desc, percent desc)
  update job as j set step = s.step, percent = s.percent
  from given as s join held on held.job_id = s.id
  where j.job_id = any(array[s.id]) and j.state + 0 = 1 and j.starts = s.start and j.worker_no
    + 0 = (select worker_no from worker where worker_id = p_worker)
    and (j.step is null or ((s.step ->> 'index')::int, s.percent) > ((j.step ->> 'index')::int, coalesce(j.percent, 0)))
$$;
` },
{ name: 'uniques.sql', text: `-- Unique keys: which job of a project and type holds one.
--
-- Keys are taken in their own order, before all gates, lanes and jobs. Whether the holder still holds is asked in a
-- statement of its own: one that looks with the snapshot of before the wait finds a holder that is not there yet.

-- The state of a job as it is told: of a row that a cut has decided on, and of a sleeper that is about to go on.
create function job_told_state(p_state smallint, p_starts smallint, p_seq bigint, p_cut bigint) returns smallint
  language sql immutable as $$
  select case when p_state in (0, 2, 3, 7) and p_seq <= p_cut then 6::smallint
    when p_state = 8 and p_starts > 0 then 10::smallint else p_state end
$$;

-- Takes a key for each of these jobs, or says who holds it: of each its holder then, and whether that was added with
-- another payload. Of two with one key the first takes it. Gives up after p_wait ms behind an open transaction.
create function uniques_take(
  p_ids uuid[], p_projects uuid[], p_types text[], p_keys text[], p_untils timestamptz[], p_states text[],
  p_digests text[], p_now timestamptz, p_wait int)
returns table (nth int, holder uuid, differs boolean) language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_wait text := current_setting('lock_timeout');
  v_projects int[]; v_types smallint[];
  v_holders uuid[] := array_fill(null::uuid, array[cardinality(p_ids)]);
  v_differs boolean[] := array_fill(false, array[cardinality(p_ids)]);
  v_mine uuid[];
  v_at int[];
  v_key unique_key;
  i int;
begin
  perform job_type_no(type) from (select distinct type from unnest(p_types) as type order by 1) as t
    where not exists (select from job_type as known where known.name = t.type);
  select array_agg(g.project_no order by x.i), array_agg(t.type_no order by x.i) into v_projects, v_types
  from unnest(p_projects, p_types) with ordinality as x (project, type, i)
  left join project_gate as g on g.project_id = x.project left join job_type as t on t.name = x.type;
  -- The first of each key, in the order of keys.
  select array_agg(nth order by project_no, type_no, key collate "C") into v_at from (
    select distinct on (project_no, type_no, key) project_no, type_no, key, i::int as nth
    from unnest(v_projects, v_types, p_keys) with ordinality as x (project_no, type_no, key, i)
    where project_no is not null order by project_no, type_no, key, i) as firsts;
  perform set_config('lock_timeout', p_wait || 'ms', true);
  with made as (
    insert into unique_key (project_no, type_no, key, job_id, until, states, digest)
    select v_projects[n], v_types[n], p_keys[n], p_ids[n], p_untils[n], p_states[n]::smallint[],
      decode(p_digests[n], 'hex')
    from unnest(v_at) with ordinality as a (n, place) order by place
    on conflict do nothing returning job_id)
  select coalesce(array_agg(job_id), '{}') into v_mine from made;
  for i in select n from unnest(v_at) with ordinality as a (n, place) where p_ids[n] <> all(v_mine) order by place loop
    loop
      select k.* into v_key from unique_key as k
      where k.project_no = v_projects[i] and k.type_no = v_types[i] and k.key = p_keys[i] for update;
      exit when found;
      -- Somebody has taken it away since it was in the way.
      insert into unique_key (project_no, type_no, key, job_id, until, states, digest)
      values (v_projects[i], v_types[i], p_keys[i], p_ids[i], p_untils[i], p_states[i]::smallint[],
        decode(p_digests[i], 'hex'))
      on conflict do nothing;
    end loop;
    continue when v_key.job_id = p_ids[i];
    if unique_holds(v_key, p_now) then
      v_holders[i] := v_key.job_id;
      v_differs[i] := v_key.digest <> decode(p_digests[i], 'hex');
    else
      update unique_key as k set job_id = p_ids[i], until = p_untils[i], states = p_states[i]::smallint[],
        digest = decode(p_digests[i], 'hex')
      where k.project_no = v_projects[i] and k.type_no = v_types[i] and k.key = p_keys[i];
    end if;
  end loop;
  perform set_config('lock_timeout', v_wait, true);
  -- The others of a key exist by the first one.
  return query
  select x.i::int, case when x.i = f.n then v_holders[f.n] else coalesce(v_holders[f.n], p_ids[f.n]) end,
    case when x.i = f.n then v_differs[f.n]
      when v_holders[f.n] is null then p_digests[x.i] <> p_digests[f.n]
      else (select k.digest <> decode(p_digests[x.i], 'hex') from unique_key as k
        where k.project_no = x.project_no and k.type_no = x.type_no and k.key = x.key) end
  from unnest(v_projects, v_types, p_keys) with ordinality as x (project_no, type_no, key, i)
  join unnest(v_at) as f (n) on v_projects[f.n] = x.project_no and v_types[f.n] = x.type_no and p_keys[f.n] = x.key
  order by 1;
end $$;

-- Whether the job that the key names still holds it. A statement of its own, behind the lock of the key.
create function unique_holds(p_key unique_key, p_now timestamptz) returns boolean language plpgsql volatile
  set plan_cache_mode = force_generic_plan as $$
declare
  v_state smallint;
begin
  if p_key.until > p_now then
    return true;
  end if;
  select job_told_state(j.state, j.starts, j.seq, coalesce(l.cut_seq, 0)) into v_state
  from job as j left join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l on true
  where j.job_id = p_key.job_id;
  return found and v_state = any(p_key.states);
end $$;

-- Takes the keys that these failed jobs were added with once more, where nobody else holds them. Gives those whose key
-- is held, with who holds it. Of two with one key the first takes it.
create function uniques_retake(p_ids uuid[], p_now timestamptz)
returns table (job_id uuid, project_id uuid, holder uuid)
language plpgsql set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_job record;
  v_key unique_key;
  v_mine uuid[] := '{}';
begin
  for v_job in
    select j.job_id, j.project_no, j.type_no, j.unique_by ->> 'key' as key,
      (j.unique_by ->> 'until')::timestamptz as until, (j.unique_by ->> 'states')::smallint[] as states,
      decode(j.unique_by ->> 'digest', 'hex') as digest
    from job as j where j.job_id = any(p_ids) and j.unique_by is not null and j.state + 0 = 5
    order by j.project_no, j.type_no, j.unique_by ->> 'key' collate "C", j.job_id
  loop
    loop
      select k.* into v_key from unique_key as k
      where k.project_no = v_job.project_no and k.type_no = v_job.type_no and k.key = v_job.key for update;
      exit when found;
      insert into unique_key (project_no, type_no, key, job_id, until, states, digest)
      values (v_job.project_no, v_job.type_no, v_job.key, v_job.job_id, v_job.until, v_job.states, v_job.digest)
      on conflict do nothing;
    end loop;
    if v_key.job_id <> v_job.job_id and (v_key.job_id = any(v_mine) or unique_holds(v_key, p_now)) then
      job_id := v_job.job_id;
      project_id := (select g.project_id from project_gate as g where g.project_no = v_job.project_no);
      holder := v_key.job_id;
      return next;
    else
      v_mine := v_mine || v_job.job_id;
      update unique_key as k set job_id = v_job.job_id, until = v_job.until, states = v_job.states,
        digest = v_job.digest
      where k.project_no = v_job.project_no and k.type_no = v_job.type_no and k.key = v_job.key;
    end if;
  end loop;
end $$;

-- The job, locked and pending, goes to the end of its lane of that priority as if it had just been added so. Its key,
-- locked before, is told by the new payload.
create function job_replace(p_id uuid, p_priority smallint, p_payload json, p_due timestamptz, p_digest text,
  p_now timestamptz)
returns void language plpgsql as $$
begin
  update job set payload = p_payload, due_at = p_due,
    unique_by = json_build_object('key', unique_by -> 'key', 'states', unique_by -> 'states',
      'until', unique_by -> 'until', 'digest', p_digest)
  where job_id = p_id;
  update unique_key set digest = decode(p_digest, 'hex') where (project_no, type_no, key) = (
    select project_no, type_no, unique_by ->> 'key' from job where job_id = p_id);
  perform job_move(p_id, p_priority);
  perform job_rest(p_id, p_due, p_now);
end $$;

-- The job, locked and pending, waits for that time, or waits no longer if that has come.
create function job_rest(p_id uuid, p_due timestamptz, p_now timestamptz) returns void language plpgsql as $$
declare
  v_job job;
begin
  select * into v_job from job where job_id = p_id;
  if p_due > p_now and v_job.state = 0 then
    insert into lane_adjust (lane_no, seq, delta) values (v_job.lane_no, v_job.seq, -1);
    update job set state = 2 where job_id = p_id;
  elsif p_due <= p_now and v_job.state = 2 then
    delete from lane_adjust where lane_no = v_job.lane_no and seq = v_job.seq;
    update job set state = 0 where job_id = p_id;
    update lane set ready = true where lane_no = v_job.lane_no;
  end if;
end $$;
` },
{ name: 'usage.sql', text: `-- Usage of providers by handlers.

-- Counts a worker's report, once, and says what became of it; with the models of projects that had calls without a
-- price for the first time of the day. See UsageStore.record.
create function usage_record(
  p_reporter uuid, p_report bigint, p_prices bigint, p_groups json, p_jobs json, p_now timestamptz,
  p_ended json default null,
  out kind text, out unpriced json)
language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  v_last bigint;
  v_version bigint;
  v_day date := (p_now at time zone 'UTC')::date;
begin
  select report into v_last from usage_reporter where reporter_id = p_reporter;
  if v_last >= p_report then
    kind := 'repeated';
    return;
  end if;
  -- Shared with other reports; a change of prices takes it alone.
  perform pg_advisory_xact_lock_shared(1707727);
  select max(version) into v_version from price_list;
  if coalesce(v_version, 1) <> p_prices then
    kind := 'stale';
    return;
  end if;
  if v_last is null then
    delete from usage_reporter where at < p_now - interval '{{usageReportsKept}}';
  end if;
  -- An earlier try of this report may have gone on until now.
  insert into usage_reporter as r (reporter_id, report, at) values (p_reporter, p_report, p_now)
  on conflict (reporter_id) do update set report = excluded.report, at = excluded.at where r.report < excluded.report;
  if not found then
    kind := 'repeated';
    return;
  end if;

  -- Before jobs: budgets are moved under the lock of the window.
  if p_ended is not null or exists (select from budget) then
    perform budgets_spent(p_groups, p_ended, p_now);
  end if;
  if p_jobs is not null then
    with given as materialized (
      select job_id, units, cost from json_to_recordset(p_jobs) as g (job_id uuid, units bigint, cost bigint)),
    held as materialized (
      select j.job_id from job as j where j.job_id = any(array(select job_id from given))
      order by j.job_id for no key update)
    update job as j set units = coalesce(j.units, 0) + given.units,
      cost_micros = coalesce(j.cost_micros, 0) + given.cost
    from given where j.job_id = any(array[given.job_id]) and given.job_id in (select job_id from held);
  end if;

  -- In the order of the key.
  insert into usage_sum as u (project_no, day, run_no, model, calls, input, output, cached, cache_write, reasoning,
    cost_micros, unpriced, last_at)
  select p.project_no, v_day, coalesce(r.run_no, 0), g.model, g.calls, g.input, g.output, g.cached, g.cache_write,
    g.reasoning, g.cost, g.unpriced, p_now
  from json_to_recordset(p_groups) as g (project_id uuid, run_id uuid, model text, calls bigint, input bigint,
    output bigint, cached bigint, cache_write bigint, reasoning bigint, cost bigint, unpriced bigint)
  join project_gate as p on p.project_id = g.project_id
  left join run as r on r.run_id = g.run_id
  order by 1, 3, 4
  on conflict (project_no, day, run_no, model) do update set calls = u.calls + excluded.calls,
    input = u.input + excluded.input, output = u.output + excluded.output, cached = u.cached + excluded.cached,
    cache_write = u.cache_write + excluded.cache_write, reasoning = u.reasoning + excluded.reasoning,
    cost_micros = u.cost_micros + excluded.cost_micros, unpriced = u.unpriced + excluded.unpriced,
    last_at = greatest(u.last_at, excluded.last_at);

  with met as (
    insert into unpriced_model (project_no, day, model)
    select distinct p.project_no, v_day, g.model
    from json_to_recordset(p_groups) as g (project_id uuid, model text, unpriced bigint)
    join project_gate as p on p.project_id = g.project_id
    where g.unpriced > 0 order by 1, 3
    on conflict do nothing returning project_no, model)
  select json_agg(json_build_object('projectId', p.project_id, 'model', met.model)
    order by p.project_id, met.model collate "C")
  into unpriced from met join project_gate as p using (project_no);
  kind := 'counted';
end $$;
` },
{ name: 'workers.sql', text: `-- Workers that leave or died.

-- Takes back all that these workers, locked before, hold, and forgets them. Where they died, what they worked on has
-- crashed once more. Says how many jobs that was.
create function worker_bury(p_workers int[], p_died boolean, p_now timestamptz) returns int language plpgsql as $$
declare
  v_lanes int[];
  v_active int;
  v_ids uuid[];
  v_failed uuid[]; v_projects int[]; v_runs int[]; v_types smallint[]; v_models smallint[]; v_states smallint[];
    v_counts int[];
  v_keys int[]; v_held int[]; v_none int[];
begin
  -- What they held ends with them, and not before.
  if exists (select from worker_hold as h where h.worker_no = any(p_workers)) then
    perform pg_advisory_xact_lock(7077237002);
    select array_agg(k), array_agg(-n), array_agg(0) into v_keys, v_held, v_none from (
      select u.k, sum(u.n)::int as n from unnest(p_workers) as w (worker_no)
      cross join lateral (
        select * from worker_hold as h where h.worker_no = w.worker_no order by h.ver desc limit 1) as h
      cross join lateral unnest(h.hold_keys, h.hold_n) as u (k, n) group by u.k) as t;
    perform limits_moved(v_keys, v_held, v_none, v_none, v_none, extract(epoch from p_now)::float8 * 1000);
    delete from worker_hold where worker_no = any(p_workers);
    update limit_waiting set open_ms = 0 where limit_no = any(v_keys);
  end if;
  perform reserves_assumed(p_workers);
  select array_agg(lane_no) into v_lanes from (
    select distinct j.lane_no from job as j where j.state = 1 and j.worker_no = any(p_workers)) as l;
  perform from lane where lane_no = any(v_lanes) order by lane_no for no key update;
  update lane set ready = true where lane_no = any(v_lanes);

  with held as (
    select j.job_id, case when j.cancelling or l.stopped or j.seq <= l.cut_seq then 6
      when p_died and j.crashes + 1 >= {{mostDeaths}} then 5 else 3 end as state
    from job as j cross join lateral (select l.stopped, l.cut_seq from lane as l
      where l.lane_no = j.lane_no offset 0) as l
    where j.job_id = any(array(select a.job_id from job as a where a.state = 1 and a.worker_no = any(p_workers)))
      and j.state + 0 = 1 and j.worker_no + 0 = any(p_workers) order by j.job_id for no key update of j),
  taken as (
    update job as j set
      state = held.state,
      attempt = j.attempt - 1,
      crashes = case when p_died then j.crashes + 1 else j.crashes end,
      finished_at = case when held.state between 4 and 6 then p_now end,
      error = case when held.state = 5
        then {{workerLost}}::json
        when held.state = 3 then j.error end
    from held where j.job_id = any(array[held.job_id])
    returning j.job_id, j.project_no, j.run_no, j.type_no, j.model, j.state, j.children),
  parents as (
    insert into ended_parent (job_id, state) select job_id, state from taken where children and state between 4 and 6),
  settled as (
    select project_no, run_no, type_no, model, state, count(*)::int as n from taken where state between 4 and 6
      group by 1, 2, 3, 4, 5
    union all
    select project_no, null, type_no, null, 1, count(*)::int from taken where p_died group by 1, 3)
  select (select count(*) from taken), (select array_agg(job_id) from taken),
    (select array_agg(job_id) from taken where state = 5),
    array_agg(project_no), array_agg(run_no), array_agg(type_no), array_agg(model), array_agg(state), array_agg(n)
  into v_active, v_ids, v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts from settled;
  if v_ids is not null then
    insert into job_attempt (job_id, attempt, started_at, ended_at, worker_id, outcome, error)
    select j.job_id, j.attempt + 1, j.started_at, p_now, w.worker_id, case when p_died then 9 else 3 end,
      case when j.state = 5 then j.error end
    from job as j join worker as w on w.worker_no = j.worker_no where j.job_id = any(v_ids);
  end if;
  delete from worker where worker_no = any(p_workers);
  if v_failed is not null then
    perform failures_noted(v_failed, null, null, {{workerLostPattern}}, p_now);
  end if;

  if v_counts is not null then
    if has_escalation(v_runs) then
      perform scenarios_settled(v_ids);
    end if;
    perform job_record(v_failed, v_projects, v_runs, v_types, v_models, v_states, v_counts, p_now);
  end if;
  return v_active;
end $$;

-- See WorkerStore.closeWorker.
create function worker_close(p_worker uuid, p_now timestamptz) returns void language plpgsql as $$
declare
  v_worker int;
begin
  select worker_no into v_worker from worker where worker_id = p_worker for update;
  if found then
    perform worker_bury(array[v_worker], false, p_now);
  end if;
end $$;

-- See WorkerStore.reapWorkers.
create function worker_reap(p_now timestamptz) returns int language plpgsql as $$
declare
  v_workers int[];
begin
  select array_agg(worker_no) into v_workers from (
    select worker_no from worker where lease_until < p_now order by worker_no for update skip locked) as w;
  if v_workers is null then
    return 0;
  end if;
  return worker_bury(v_workers, true, p_now);
end $$;
` },
]
