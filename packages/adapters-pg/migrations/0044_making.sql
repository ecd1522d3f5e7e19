-- Names that one job of a project and type holds at a time, and jobs that have come but stand in no line yet.

-- The job that holds each key: while it is in one of `states`, and until `until` whatever it is in.
create table unique_key (
  project_no int not null,
  type_no smallint not null,
  key text not null,
  job_id uuid not null,
  until timestamptz(3),
  states smallint[] not null,
  -- Of the payload that it was added with.
  digest bytea not null,
  primary key (project_no, type_no, key)
);
alter table unique_key set (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);

-- unique_by: the key that the job was added with, so that a retry can ask for it again.
-- arrival: what whoever puts an arriving job in line needs to know; arrived_at: since when it waits for that.
alter table job add column unique_by json, add column arrival json, add column arrived_at timestamptz(3);
create index job_arriving on job (arrived_at) where state = 8;
