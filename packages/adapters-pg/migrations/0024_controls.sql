-- Controls, whose `returns` is -1, are few, and found by their project. exhausted_at: when it was last said that the
-- person has run out of them.
create index task_control on task (project_id, task_id) where returns < 0;
alter table watch add column exhausted_at timestamptz(3);
