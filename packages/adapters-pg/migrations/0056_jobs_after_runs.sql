-- Jobs that wait for runs.

-- failed: null while the run is not so far; then whether it will not be.
create table run_wait (
  job_id uuid primary key,
  run_no int not null,
  start_when text not null check (start_when in ('completed', 'ended', 'peopleDone')),
  failed boolean
);
create index run_wait_open on run_wait (run_no, start_when, job_id) where failed is null;
