-- Jobs that wait for other jobs: which for which, and what has become of those that others wait for.

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
