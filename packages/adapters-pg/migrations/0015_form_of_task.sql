-- The form that stands in for that of every annotation step of the task; null: each step has its own.
alter table task add column form_id uuid;
