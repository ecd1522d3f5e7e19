-- What people are shown and asked, as data. A form never changes: a change is the next version of its name.
create table form (
  form_id uuid primary key,
  name text not null,
  version int not null,
  -- What its author said.
  form json not null,
  created_at timestamptz not null
);
create unique index form_name_version on form (name, version);
