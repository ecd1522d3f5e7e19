-- Claims of many people at once, and bookmarks for people with a long history.

-- A slot that became free, or moved, behind a bookmark is found by the transaction that freed it: `late` says that its place on the shelf
-- tells nothing of when it got there. A slot that opens in time stands behind all others, and is found there.
alter table slot add column late boolean not null default false, add column freed_xid xid8,
  -- As exact as its task's, which is what clients of the database see.
  alter column opened_at type timestamptz(3);
create index slot_late on slot (shelf_id, freed_xid) where state = 'free' and late and shelf_id is not null;

-- How far down a shelf nothing is for a person: no slot before (mark_at, mark_task) that became free in a transaction older than `seen` is one
-- that the person's own rows, under these excluded steps, let them have. Nothing but a shorter way: without it the walk begins at the head.
-- Transaction ids mean nothing in another cluster: empty this table after restoring a dump.
create table bookmark (
  user_id uuid not null,
  shelf_id int not null,
  excluded_steps text[] not null,
  mark_at timestamptz not null,
  mark_task uuid not null,
  seen xid8 not null,
  primary key (user_id, shelf_id)
) with (fillfactor = 70);
