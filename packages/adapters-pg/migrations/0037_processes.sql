-- Reports of processes. Nothing depends on it, so it is not logged: after a crash they tell again.
create unlogged table process_seen (
  process_id uuid primary key,
  seen_at timestamptz(3) not null,
  until timestamptz(3) not null,
  report json not null
) with (fillfactor = 50);

-- Attempts that lost their worker.
alter table job_rate add column lost int not null default 0;
