-- One move on all things that matched a filter. state: 0 running, 1 done, 2 stopped.
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
