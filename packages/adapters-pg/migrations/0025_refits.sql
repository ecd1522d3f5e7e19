-- Tasks that agreement had counted when a fit was made: how many have gone on since says when the next is due.
alter table fit add column counted bigint not null default 0;
create index fit_listed on fit (project_id, fitted_at desc);

-- Who fits a question alone, until when.
create table fit_lease (
  project_id uuid not null,
  step_id text not null,
  form_id uuid not null,
  question text not null,
  taken_until timestamptz not null,
  primary key (project_id, step_id, form_id, question)
);

-- Right and wrong answers to gold that a person had given when the fit was made: those since then are added to it.
alter table skill add column known_correct bigint not null default 0, add column known_wrong bigint not null default 0;
