-- What was found of two runs' models, and decided of them. Neither changes once it is kept.
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
