-- Slots that wait for their person, by person and by shelf.
create index slot_reserved_for on slot (reserved_for) where reserved_for is not null;
create index slot_reserved on slot (shelf_id, task_id) where state = 'reserved' and shelf_id is not null;
