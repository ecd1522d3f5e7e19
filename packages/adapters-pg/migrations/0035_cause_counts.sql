-- How often each cause came up, by ten minutes that begin at `at`: one row for many batches, which updates find room
-- beside.
alter table cause_count rename to cause_batch;
create table cause_count (
  cause_no int not null,
  at timestamptz(0) not null,
  n int not null,
  -- When it last came up in them.
  last_at timestamptz(3) not null,
  primary key (cause_no, at)
) with (fillfactor = 50);
insert into cause_count (cause_no, at, n, last_at)
select cause_no, date_bin('10 minutes', at, timestamptz 'epoch'), sum(n), max(at) from cause_batch group by 1, 2;
drop table cause_batch;
create index cause_count_age on cause_count (at);
