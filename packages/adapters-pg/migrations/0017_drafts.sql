-- How often a draft of a row was saved, and when last; null: never.
alter table assignment add column draft_version int, add column draft_saved_at timestamptz;
