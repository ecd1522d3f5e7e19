-- Budgets: caps on what runs, projects and their days may cost.

create table budget (
  budget_no int generated always as identity primary key,
  budget_id uuid not null unique,
  project_no int not null,
  -- null: of the project.
  run_no int,
  -- By the day of this zone; null: not by day.
  zone text,
  cap_micros bigint not null,
  soft float8 not null,
  hard boolean not null,
  at_cap text not null check (at_cap in ('pause', 'cancel')),
  version int not null default 1,
  resets_ms float8,
  -- Managers were told of its soft share, and of its cap, in this period.
  told_warned boolean not null default false,
  told_reached boolean not null default false
);
create unique index budget_hard on budget (project_no, coalesce(run_no, 0), (zone is not null)) where hard;
create index budget_resets on budget (resets_ms) where resets_ms is not null;

-- The use of each budget, as that of keys: what is written is the next version, what is read the newest.
create table budget_state (
  budget_no int not null,
  ver bigint not null,
  spent bigint not null,
  reserved bigint not null,
  assumed bigint not null,
  -- It has refused a start in this period.
  reached boolean not null,
  primary key (budget_no, ver)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

-- What attempts have reserved, until a report of usage names their end. assumed: their worker is gone.
create table budget_reserve (
  job_id uuid not null,
  start smallint not null,
  budget_no int not null,
  worker_no int not null,
  micros bigint not null,
  assumed boolean not null default false,
  primary key (job_id, start, budget_no)
);
create index budget_reserve_worker on budget_reserve (worker_no) where not assumed;
create index budget_reserve_budget on budget_reserve (budget_no);

-- The costs of the last attempts under budgets, oldest first.
create table attempt_cost (
  type_no smallint not null,
  -- '': of no model.
  model text not null,
  costs bigint[] not null,
  primary key (type_no, model)
) with (fillfactor = 50);

alter table limit_set add column cost_micros bigint not null default 0;
alter table limit_set drop constraint limit_set_limits_first_units_key;
alter table limit_set add constraint limit_set_meant unique (limits, first, units, cost_micros);

-- budgeted: jobs of the lane may be under hard budgets, which a take then asks. Its cells are of all sets then, also of
-- those without keys, and 0 is the cell of jobs without a set.
alter table lane add column budgeted boolean not null default false;
-- By a budget, numbered below zero: the estimate that it refused.
alter table lane_cell add column need bigint;
