-- When a hold ended; null: it is live, or ended before this column was there. A draft is kept for so long after it.
alter table assignment add column ended_at timestamptz;
create index assignment_old_draft on assignment (greatest(ended_at, draft_saved_at))
  where draft is not null and status in ('rejected', 'expired', 'reassigned');
