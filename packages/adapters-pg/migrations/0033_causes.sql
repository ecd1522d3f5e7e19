-- Failures by their causes, and attempts that did not complete at the first try.

-- Failures of one type in a project that are alike.
create table cause (
  cause_no int generated always as identity primary key,
  project_no int not null,
  type_no smallint not null,
  code text not null,
  pattern text not null,
  -- The message of the first of them.
  sample text not null,
  first_at timestamptz(3) not null
);
create unique index cause_key on cause (project_no, type_no, md5(code || chr(10) || pattern));

-- Each job that is failed now, with its cause: apart from `job`, whose every update would write an index of its own.
create table failure (
  job_id uuid primary key,
  project_no int not null,
  cause_no int not null
);
create index failure_project on failure (project_no, job_id);
create index failure_cause on failure (cause_no, job_id);

-- How often each cause came up, appended a batch at a time.
create table cause_count (
  cause_no int not null,
  at timestamptz(3) not null,
  n int not null
);
create index cause_count_newest on cause_count (cause_no, at desc);
create index cause_count_age on cause_count (at);

-- outcome: 2 tried again, 3 handed back, 5 failed, 7 the other side asked to wait, 9 its worker was lost.
create table job_attempt (
  job_id uuid not null,
  attempt smallint not null,
  started_at timestamptz(3),
  ended_at timestamptz(3) not null,
  worker_id uuid,
  outcome smallint not null,
  error json
);
create index job_attempt_job on job_attempt (job_id, started_at);

-- What has failed before is one cause for each type and code.
insert into cause (project_no, type_no, code, pattern, sample, first_at)
select project_no, type_no, coalesce(error ->> 'code', ''), 'other',
  coalesce((array_agg(left(error ->> 'message', 500)))[1], ''),
  min(finished_at)
from job where state = 5 group by 1, 2, 3;
insert into failure (job_id, project_no, cause_no)
select j.job_id, j.project_no, c.cause_no from job as j
join cause as c on c.project_no = j.project_no and c.type_no = j.type_no and c.code = coalesce(j.error ->> 'code', '')
where j.state = 5;
insert into cause_count (cause_no, at, n)
select c.cause_no, j.finished_at, count(*) from failure as f join job as j using (job_id) join cause as c using (cause_no)
group by 1, 2;
