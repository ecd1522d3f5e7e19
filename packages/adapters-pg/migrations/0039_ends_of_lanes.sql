-- What adding moves stands apart from what taking and settling move, so that none of them waits for another's commit.

-- The end of a lane's line. Numbers are given out densely under the lock of this row, so that their order is commit
-- order.
create table lane_end (
  lane_no int primary key,
  last_seq bigint not null
) with (fillfactor = 50);
insert into lane_end (lane_no, last_seq) select lane_no, last_seq from lane;
alter table lane drop column last_seq;

-- When jobs were last handed out of it.
alter table lane add column served_at timestamptz(3);

-- Jobs that were ever made, beside `queue_count`, which counts how they ended.
create table queue_made (
  project_no int not null,
  type_no smallint not null,
  total bigint not null,
  primary key (project_no, type_no)
) with (fillfactor = 50);
insert into queue_made (project_no, type_no, total) select project_no, type_no, total from queue_count;
alter table queue_count drop column total;
