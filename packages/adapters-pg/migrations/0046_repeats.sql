-- How often each model of a run does each scenario: a job's repeat is told by its id.
alter table run add column repeats smallint not null default 1;

-- A label is of one repeat.
alter table calibration_label add column repeat smallint not null default 1;
alter table calibration_label drop constraint calibration_label_pkey;
alter table calibration_label add primary key (calibration_no, unit, model, repeat);
