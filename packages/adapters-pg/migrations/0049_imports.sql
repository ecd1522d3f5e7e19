-- Files that people bring. What callers are told beside counts and times stands in about, as it was given.
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
