-- What is settled, newest first, of a project without regard to its runs: each state is walked by itself, so that neither runs nor states that have
-- ended cost anything. What was cancelled may share one moment by the hundred thousand, and is in full order.
drop index job_settled;
create index job_settled on job (project_no, state, finished_at, (coalesce(run_no, 0)), type_no) where state in (4, 5);
create index job_cancelled on job (project_no, finished_at, seq, job_id, (coalesce(run_no, 0)), type_no) where state = 6;
