-- Workers over HTTP. What they hold is told by the jobs themselves.

-- worker_no: as of its row in worker, which goes with its end; jobs that it has ended keep the number.
create table remote_worker (
  worker_id uuid primary key,
  worker_no int not null,
  name text not null,
  -- Whose token opened it.
  subject text not null,
  types text[] not null,
  concurrency int not null,
  lease_ms int not null,
  opened_at timestamptz(3) not null
);
create index remote_worker_opened on remote_worker (opened_at);
