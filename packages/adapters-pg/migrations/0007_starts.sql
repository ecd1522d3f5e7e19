-- How often a job began, counted round from 32767 to 0: the fence of what ends a start, also where the attempt is not counted.
alter table job add column starts smallint not null default 0;
-- Answers in a row that asked to wait.
alter table job add column not_nows smallint not null default 0;
