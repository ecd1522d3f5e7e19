-- What ended in a stretch of time that begins at `at` and lasts `grain` seconds. What never changes stands first, and updates find room in
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
