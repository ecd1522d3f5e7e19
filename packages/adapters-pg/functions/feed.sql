-- What those who follow the feed need beside facts and heads.

create function note_access_change() returns trigger
language plpgsql
as $$
begin
  insert into access_change (user_id) values (case tg_op when 'DELETE' then old.user_id else new.user_id end);
  -- Nobody waits for anybody over what is old.
  delete from access_change where change_id = any(array(
    select change_id from access_change where changed_at < now() - interval '1 hour' limit 10 for update skip locked));
  return null;
end
$$;
create trigger membership_access after insert or delete on membership
  for each row execute function note_access_change();
create trigger person_access after insert or update of role, status on person
  for each row execute function note_access_change();
