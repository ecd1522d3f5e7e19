-- What pages keep for people, also for those whom no directory knows.
create table person_settings (
  user_id uuid primary key,
  settings json not null
);
