-- Work that starts by the clock. Of a paused or removed one, next_at and due_at are null.
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
