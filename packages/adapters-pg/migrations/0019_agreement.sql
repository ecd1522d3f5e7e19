-- What agreement between people is counted by: whole numbers, moved with each step of a task that completes or is sent
-- back. form_id is all zeros for a step without a form; skill is empty for all tasks, else for those that require it.
create table composition (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  skill text not null,
  -- {"a":2,"b":1}: answers by how often each was given.
  composition text not null,
  -- An index entry has no room for a long one.
  composition_key text not null generated always as (md5(composition)) stored,
  tasks bigint not null,
  primary key (project_id, step_id, question, form_id, skill, composition_key)
) with (fillfactor = 50);

create table pair_cell (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  a uuid not null,
  b uuid not null,
  answer_a text not null,
  answer_b text not null,
  tasks bigint not null,
  primary key (project_id, step_id, question, form_id, a, b, answer_a, answer_b)
) with (fillfactor = 50);

-- a and b are all zeros for everybody.
create table share (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  skill text not null,
  a uuid not null,
  b uuid not null,
  kind text not null,
  tasks bigint not null,
  sum numeric not null,
  squares numeric not null,
  primary key (project_id, step_id, question, form_id, skill, a, b, kind)
) with (fillfactor = 50);

create table rater (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  skill text not null,
  user_id uuid not null,
  answers bigint not null,
  compared bigint not null,
  primary key (project_id, step_id, question, form_id, skill, user_id)
) with (fillfactor = 50);

-- Tasks that are there already were never counted. A constant default rewrites no row.
alter table task add column counted boolean not null default false;
alter table task alter column counted set default true;
