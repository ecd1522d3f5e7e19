-- Operations on many things.

-- Forgets ids of operations that have ended, then operations that ended before then, at most p_limit rows in all. Says
-- how many.
create function operations_forgotten(p_before timestamptz, p_limit int) returns int language plpgsql as $$
declare
  v_items int;
  v_operations int;
begin
  delete from operation_item as i using (
    select of.operation_no, of.no from operation as o cross join lateral (
      select operation_no, no from operation_item as i where i.operation_no = o.operation_no limit p_limit) as of
    where o.state > 0 limit p_limit) as old
  where i.operation_no = old.operation_no and i.no = old.no;
  get diagnostics v_items = row_count;
  delete from operation where operation_no in (
    select operation_no from operation as o
    where state > 0 and finished_at < p_before
      and not exists (select from operation_item as i where i.operation_no = o.operation_no)
    order by finished_at limit p_limit - v_items);
  get diagnostics v_operations = row_count;
  return v_items + v_operations;
end $$;
