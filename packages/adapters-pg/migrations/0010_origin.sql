-- Which cluster, database and history of writing this is, as it was when it was last noted. Dumped and restored elsewhere, the row says where it
-- was: its numbers of transactions mean nothing there, and its facts may be given numbers that clients have seen already. null: not known.
alter table feed_epoch
  add column system_id bigint, add column timeline int, add column database_id bigint, add column table_id bigint,
  -- Of the folder of an embedded database.
  add column place text,
  -- Was next when it was noted: they only grow.
  add column next_xid xid8;

-- Nobody knows where this database was until now.
update feed_epoch set epoch = gen_random_uuid();
