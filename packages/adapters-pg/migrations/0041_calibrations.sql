-- Samples of runs that people label, to check a judge.
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
