-- People and projects by the ids that the host has for them.
alter table person add column external_id text;
create unique index person_external_id on person (external_id) where external_id is not null;
alter table project add column external_id text;
create unique index project_external_id on project (external_id) where external_id is not null;
