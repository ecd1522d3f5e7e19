-- Facts are forgotten from the beginning of each project, which their key finds: nothing asks for them by age alone any more.
drop index fact_age;
-- What was forgotten lies where the oldest kept is looked for: cleared away early.
alter table fact set (autovacuum_vacuum_scale_factor = 0.02);
