-- Pairs of two runs' models: what both made of one scenario.

-- The settled pairs among the jobs of the baseline's model from the p_from-th on, p_limit of them, by place and repeat.
-- Scenarios are the same by their id; of one definition, by their place. `other` is the candidate's payload if its text
-- differs.
create function comparison_pairs(p_base uuid, p_base_model text, p_cand uuid, p_cand_model text, p_from int,
  p_limit int)
returns table (nth int, scenario_id text, repeat int, payload json, is_other boolean, other json, base_state smallint,
  base_result json, cand_state smallint, cand_result json)
language plpgsql stable rows 2000 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_base run;
  v_cand run;
  v_base_models int;
  v_cand_models int;
  v_base_model int;
  v_cand_model int;
  v_base_prefix text;
  v_cand_prefix text;
  v_from int;
  v_places int[];
begin
  select * into v_base from run where run_id = p_base;
  select * into v_cand from run where run_id = p_cand;
  v_base_models := cardinality(v_base.models);
  v_cand_models := cardinality(v_cand.models);
  v_base_model := array_position(v_base.models, p_base_model);
  v_cand_model := array_position(v_cand.models, p_cand_model);
  -- Ids are spelled from a prefix, and places sliced once: both cost more than reading a row by them.
  v_base_prefix := left(run_job_id(v_base, 0)::text, 24);
  v_cand_prefix := left(run_job_id(v_cand, 0)::text, 24);
  v_from := (p_from - 1) / v_base.repeats;
  v_places := v_base.places[v_from + 1:(p_from + p_limit - 2) / v_base.repeats + 1];
  return query
  with scenarios as materialized (
    select n.n as nth, n.repeat, s.place, s.scenario_id, s.payload, c.place as cand_place, c.is_other,
      case when c.is_other then c.payload end as other
    from (
      select n, (n - 1) % v_base.repeats + 1 as repeat,
        coalesce(v_places[(n - 1) / v_base.repeats - v_from + 1], (n - 1) / v_base.repeats + 1) as place
      from generate_series(p_from, least(p_from + p_limit - 1, v_base.total / v_base_models)) as n) as n
    cross join lateral (
      select s.place, s.scenario_id, s.payload from scenario as s
      where s.definition_no = v_base.definition_no and s.place between n.place and n.place
      order by s.place limit 1) as s
    cross join lateral (
      select s.place, null::json as payload, false as is_other
      where v_base.definition_no = v_cand.definition_no
      union all
      select c.place, c.payload, c.payload::text <> s.payload::text from scenario as c
      where v_base.definition_no <> v_cand.definition_no and c.definition_no = v_cand.definition_no
        and c.scenario_id = s.scenario_id) as c),
  numbered as materialized (
    select s.*, case when v_cand.places is null then s.cand_place else p.nth end as cand_nth
    from scenarios as s
    left join (
      select p.place, p.nth::int as nth from unnest(v_cand.places) with ordinality as p (place, nth)
      where p.place between (select min(cand_place) from scenarios) and (select max(cand_place) from scenarios)) as p
      on p.place = s.cand_place)
  select n.nth, n.scenario_id, n.repeat, n.payload, n.is_other, n.other, b.state, b.result, c.state, c.result
  from numbered as n
  cross join lateral (
    select case when j.state in (0, 2, 3, 7) and j.seq <= (select l.cut_seq from lane as l where l.lane_no = j.lane_no)
      then 6::smallint else j.state end as state, j.result
    from job as j
    where j.job_id = (v_base_prefix
      || lpad(to_hex(((n.nth - 1) / v_base.repeats * v_base_models + v_base_model - 1) * v_base.repeats + n.repeat),
        12, '0'))::uuid offset 0) as b
  cross join lateral (
    select case when j.state in (0, 2, 3, 7) and j.seq <= (select l.cut_seq from lane as l where l.lane_no = j.lane_no)
      then 6::smallint else j.state end as state, j.result
    from job as j
    where j.job_id = (v_cand_prefix
      || lpad(to_hex(((n.cand_nth - 1) * v_cand_models + v_cand_model - 1) * v_cand.repeats + n.repeat),
        12, '0'))::uuid offset 0) as c
  where n.repeat <= v_cand.repeats and n.cand_nth <= v_cand.total / (v_cand_models * v_cand.repeats)
    and b.state between 4 and 6 and c.state between 4 and 6
  order by n.nth;
end $$;
