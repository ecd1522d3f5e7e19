-- Free words beside a result, and beside a draft; null: none.
alter table assignment add column comment text, add column draft_comment text;
