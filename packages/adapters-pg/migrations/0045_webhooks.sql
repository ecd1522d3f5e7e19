-- Receivers outside that are told of facts. project_id null: of all projects.
create table webhook (
  webhook_no int generated always as identity primary key,
  webhook_id uuid not null unique,
  project_id uuid,
  url text not null,
  -- Names of facts; null: all.
  types text[],
  description text not null,
  -- Why nothing is sent; null: it is.
  disabled text,
  failures smallint not null,
  -- When the message in hand is tried again.
  next_at timestamptz(3),
  -- [{ secret, until }], the present one first.
  secrets json not null,
  -- The process that tells it now, by a name that is used once, and until when that may say nothing.
  holder uuid,
  held_until timestamptz(3),
  version int not null,
  created_by uuid,
  created_at timestamptz(3) not null
) with (fillfactor = 50);
create index webhook_newest on webhook (project_id, created_at desc, webhook_id desc);

-- How far each has been told of each project: what happened in a project without a row is all to be told.
create table webhook_place (
  webhook_no int not null references webhook on delete cascade,
  project_id uuid not null,
  seq bigint not null,
  primary key (webhook_no, project_id)
) with (fillfactor = 50);

-- Tries of the last days.
create table webhook_delivery (
  delivery_id uuid primary key,
  webhook_no int not null references webhook on delete cascade,
  message_id text not null,
  type text not null,
  project_id uuid,
  seq bigint,
  attempt smallint not null,
  delivered boolean not null,
  status smallint,
  response text,
  error json,
  ms int not null,
  created_at timestamptz(3) not null
);
create index webhook_delivery_newest on webhook_delivery (webhook_no, created_at desc, delivery_id desc);
create index webhook_delivery_failed on webhook_delivery (webhook_no, created_at desc, delivery_id desc) where not delivered;
create index webhook_delivery_old on webhook_delivery (created_at);
