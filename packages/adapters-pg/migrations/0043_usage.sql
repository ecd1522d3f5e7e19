-- Usage of providers by handlers, and its cost.

-- Prices of a model from a moment on: millionths of the currency unit for a million tokens.
create table price (
  model text not null,
  valid_from timestamptz(3) not null,
  input_micros int not null,
  output_micros int not null,
  cached_micros int not null,
  cache_write_micros int not null,
  primary key (model, valid_from)
);

-- How often the list of prices has changed; no row: never.
create table price_list (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);

-- run_no 0: loose jobs. day: of UTC.
create table usage_sum (
  project_no int not null,
  day date not null,
  run_no int not null,
  model text not null,
  calls bigint not null,
  input bigint not null,
  output bigint not null,
  cached bigint not null,
  cache_write bigint not null,
  reasoning bigint not null,
  cost_micros bigint not null,
  unpriced bigint not null,
  last_at timestamptz(3) not null,
  primary key (project_no, day, run_no, model)
) with (fillfactor = 50);
create index usage_of_run on usage_sum (run_no) where run_no > 0;
create index usage_of_model on usage_sum (model);

-- The last report of each worker that was counted.
create table usage_reporter (
  reporter_id uuid primary key,
  report bigint not null,
  at timestamptz(3) not null
) with (fillfactor = 50);

-- Models without a price that were told of.
create table unpriced_model (
  project_no int not null,
  day date not null,
  model text not null,
  primary key (project_no, day, model)
);

alter table job add units bigint, add cost_micros bigint;
