-- Limits by key: how much may begin under a name of something scarce, for all processes together.

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
