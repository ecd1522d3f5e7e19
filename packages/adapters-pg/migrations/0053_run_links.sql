-- Runs that start after other runs.

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
