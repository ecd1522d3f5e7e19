-- The orders in which sides and options are shown: drawn for a slot, copied by the row that gets it first.
alter table slot add column presentation json;
alter table assignment add column presentation json;
