-- What each worker does, so that jobs nobody does are noticed.
alter table worker add column types text[] not null default '{}';

-- Until when a scheduler was last known to be alive; one row.
create table scheduler_seen (
  one boolean primary key default true check (one),
  until timestamptz(3) not null
);
