-- What those who follow the feed need beside facts and heads.

-- Names this history of facts; cursors carry it. Restored from a backup, a database gives numbers again that some client has seen already:
-- whoever restores one gives it a new epoch (update feed_epoch set epoch = gen_random_uuid()), and every client reloads.
create table feed_epoch (
  only_row boolean primary key default true check (only_row),
  epoch uuid not null default gen_random_uuid()
);
insert into feed_epoch default values;

-- Whose rights may have changed. A log, not a counter: a counter's row would make everybody who changes rights wait for each other. It is read
-- as a set, of the last minutes, because numbers of a sequence do not commit in their order.
create table access_change (
  change_id bigint generated always as identity primary key,
  user_id uuid not null,
  changed_at timestamptz(3) not null default now()
);
create index access_change_age on access_change (changed_at);
