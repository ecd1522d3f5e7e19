-- How people answered where the answer was known, and how each stands in a project that watches.
create table known (
  project_id uuid not null,
  user_id uuid not null,
  step_id text not null,
  question text not null,
  -- Answers as text; empty for those that are not the same or another, such as spans.
  known text not null,
  given text not null,
  correct boolean not null,
  times bigint not null,
  primary key (project_id, user_id, step_id, question, known, given, correct)
) with (fillfactor = 70);

create table watch (
  project_id uuid not null,
  user_id uuid not null,
  judged int not null default 0,
  correct int not null default 0,
  -- Of the judged, controls.
  controls int not null default 0,
  controls_correct int not null default 0,
  -- CUSUM in millionths.
  sum bigint not null default 0,
  clean_since timestamptz(3),
  suspect_since timestamptz(3),
  paused_at timestamptz(3),
  pause_reason text check (pause_reason in ('drift', 'onboarding', 'manager')),
  paused_by uuid,
  pause_words text,
  primary key (project_id, user_id)
) with (fillfactor = 70);
create index watch_paused on watch (user_id, project_id) where paused_at is not null;
