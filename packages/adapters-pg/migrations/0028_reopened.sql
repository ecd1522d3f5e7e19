-- Slots that a manager asked for beyond what their step asks for: each raises the most that it may have by one.
alter table slot add column reopened boolean not null default false;
