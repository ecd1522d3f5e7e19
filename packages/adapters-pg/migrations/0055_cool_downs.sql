-- How often each key has cooled, ever, because the other side asked.
alter table limit_state add column cooled bigint not null default 0;
