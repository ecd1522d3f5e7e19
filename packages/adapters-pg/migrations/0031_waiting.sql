-- What was handed in and can still be taken back: it goes through at submits_at. null: nothing waits.
alter table assignment add column submits_at timestamptz(3), add column handed_in json, add column handed_in_at timestamptz(3);
create index assignment_waiting on assignment (submits_at) where submits_at is not null;
