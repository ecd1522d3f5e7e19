-- Pauses that are over, with who lifted them and why: a watch knows the one that goes on alone.
create table lifted_pause (
  project_id uuid not null,
  user_id uuid not null,
  nth bigint generated always as identity,
  paused_at timestamptz(3) not null,
  pause_reason text not null check (pause_reason in ('drift', 'onboarding', 'manager')),
  paused_by uuid,
  pause_words text,
  lifted_at timestamptz(3) not null,
  lifted_by uuid,
  lift_words text not null,
  primary key (project_id, user_id, nth)
);
