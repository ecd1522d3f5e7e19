-- Runs of all projects are listed newest first, and a run's pace and priority change while it goes on.

create index run_newest_of_all on run (created_at desc, run_id desc);

-- Of a run's jobs that were moved to a priority one by one, before the run itself came to it: no more are added.
alter table lane add column beside boolean not null default false;
drop index lane_key;
create unique index lane_key on lane (project_no, coalesce(run_no, 0), priority) where not beside;
