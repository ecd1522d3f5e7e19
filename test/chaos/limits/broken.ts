/** Ways to break the rules on purpose, which a round must notice: what the store keeps forgets something. */
export type Broken = keyof typeof BREAKS

const forgetting = (table: string, column: string, also = ''): string => `
  create function forget() returns trigger language plpgsql as $$
  begin
    ${also}
    new.${column} := 0;
    return new;
  end $$;
  create trigger forget before insert on ${table} for each row execute function forget();`

/** What waits for money is looked at by the next take. */
const LOOK_AGAIN = `
    if new.assumed > 0 then
      update lane_cell set need = 0 where shut_by < 0;
      update limit_waiting set open_ms = 0 where limit_no < 0;
    end if;`

const AT_ONCE = 'no more run under a key than it allows'
const IN_TIME = 'no more start under a key than its rate allows'
const RECOUNT = 'money equals a recount'
const MONEY = 'nothing begins beyond the cap'

/** Each with what it does to the database, and the rule that is then seen broken. */
export const BREAKS = {
  'keys forget what runs': { sql: forgetting('limit_state', 'in_use'), rule: AT_ONCE },
  'starts spend nothing': { sql: forgetting('limit_state', 'tat_ms'), rule: IN_TIME },
  'budgets forget what is in flight': { sql: forgetting('budget_state', 'reserved'), rule: MONEY },
  'deaths give back what was reserved': {
    sql: forgetting('budget_state', 'assumed', LOOK_AGAIN),
    rule: RECOUNT,
  },
  /** Of a worker that dies everything ends before its lease does. */
  'deaths end holds at once': {
    sql: `
      create function forget_worker(p_worker int) returns void language plpgsql as $$
      declare
        h worker_hold;
      begin
        perform pg_advisory_xact_lock(7077237002);
        select * into h from worker_hold where worker_no = p_worker order by ver desc limit 1;
        if h.hold_keys <> '{}' then
          perform limits_moved(h.hold_keys, array(select -n from unnest(h.hold_n) as n), array_fill(0::bigint, array[cardinality(h.hold_keys)]),
            array_fill(0, array[cardinality(h.hold_keys)]), array_fill(0::bigint, array[cardinality(h.hold_keys)]), extract(epoch from clock_timestamp())::float8 * 1000);
          perform hold_written(p_worker, '{}', '{}', h.report);
          update limit_waiting set open_ms = 0 where limit_no = any(h.hold_keys);
        end if;
      end $$;`,
    rule: AT_ONCE,
  },
} as const satisfies Record<string, { readonly sql: string; readonly rule: string }>
