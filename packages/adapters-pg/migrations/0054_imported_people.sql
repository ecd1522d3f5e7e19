-- People who worked elsewhere and came with a file: they are suspended, and stay so.
alter table person add column imported boolean not null default false;
