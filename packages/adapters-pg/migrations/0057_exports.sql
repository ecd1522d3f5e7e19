-- Files that are written of what was made. Their bytes lie elsewhere.
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
