-- Something that is held ahead of what its person works on: at most one of each, whoever asks at once.
alter table assignment add column ahead boolean not null default false;
create unique index assignment_ahead on assignment (user_id) where ahead;
