-- Overlap that is decided task by task, and the fits by which it is.

-- How steps with adaptive overlap ended, by their ids.
alter table task add column overlap_ends json;

-- When a slot that was added is no longer waited for.
alter table slot add column give_up_at timestamptz(3);
create index slot_give_up on slot (give_up_at) where give_up_at is not null;

create table overlap_decision (
  decision_id uuid primary key,
  task_id uuid not null,
  decided_at timestamptz(3) not null,
  decision json not null,
  input json not null
);
create index overlap_decision_task on overlap_decision (task_id, decided_at desc, decision_id desc);

-- How often people are right at a question (or `question.criterion`) of a step, fitted to all answers that there were.
create table fit (
  project_id uuid not null,
  step_id text not null,
  question text not null,
  number int not null,
  form_id uuid not null,
  method text not null,
  settled int not null,
  -- Shares of the answers, in the order of the form.
  prevalence json not null,
  rounds int not null,
  converged boolean not null,
  fitted_at timestamptz(3) not null,
  primary key (project_id, step_id, question, number)
);
create index fit_newest on fit (project_id, step_id, form_id, question, number desc);

create table skill (
  project_id uuid not null,
  step_id text not null,
  question text not null,
  number int not null,
  user_id uuid not null,
  accuracy float8 not null,
  labels int not null,
  primary key (project_id, step_id, question, number, user_id)
);
