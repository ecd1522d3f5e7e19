-- A person's mark on their work for the managers, and when it was made; null: none.
alter table assignment add column flag json, add column flagged_at timestamptz;
create index assignment_flagged on assignment (project_id, task_id) where flagged_at is not null;
