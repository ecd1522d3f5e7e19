-- Runs as scenarios × models.

-- Rows of a run by place: those at p_places, or p_limit from p_from on. The jobs of a scenario are a range of the key,
-- by model and repeat.
create function matrix_rows(p_id uuid, p_from int, p_limit int, p_places int[], p_label text[], p_score text[])
returns table (place int, scenario_id text, payload json, task_id uuid, job_ids uuid[], states smallint[],
  labels text[], scores float8[], task_status smallint, outcome json, answers int)
language plpgsql stable rows 50 set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  v_run run;
  v_jobs int;
begin
  select * into v_run from run where run_id = p_id;
  if not found then
    return;
  end if;
  v_jobs := cardinality(v_run.models) * v_run.repeats;
  return query
  with wanted as materialized (
    select n.place, n.nth from (
      select p.place, p.nth from unnest(v_run.places) with ordinality as p (place, nth)
      union all
      select n, n from generate_series(1,
        case when v_run.places is null then v_run.total / v_jobs else 0 end) as n) as n
    where (p_places is null and n.place >= p_from) or n.place = any(p_places) order by n.place limit p_limit)
  select w.place, s.scenario_id, s.payload, e.task_id, j.job_ids, j.states, j.labels, j.scores,
    e.task_status, e.outcome, a.answers
  from wanted as w
  cross join lateral (
    select s.scenario_id, case when pg_column_size(s.payload) <= 32768 then s.payload
      else to_json(left(s.payload::text, 400)) end as payload
    from scenario as s where s.definition_no = v_run.definition_no and s.place between w.place and w.place
    order by s.place limit 1) as s
  left join lateral (
    select e.task_id, e.task_status, e.outcome from run_scenario as e
    where e.run_no = v_run.run_no and e.place = w.place offset 0) as e on true
  left join lateral (
    select count(*)::int as answers from assignment as a
    where a.task_id = e.task_id and a.step_type = 'annotation' and a.status = 'submitted') as a on true
  cross join lateral (
    select array_agg(j.job_id) as job_ids, array_agg(j.state) as states, array_agg(left(j.label, 200)) as labels,
      array_agg(case when json_typeof(j.score) = 'number' then (j.score #>> '{}')::float8 end) as scores
    from (
      select j.job_id,
        case when j.state in (0, 2, 3, 7) and j.seq <= l.cut_seq then 6::smallint else j.state end as state,
        case when j.state = 4 then j.result #>> p_label end as label,
        case when j.state = 4 then j.result #> p_score end as score
      from job as j
      cross join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l
      where j.job_id >= run_job_id(v_run, (w.nth - 1) * v_jobs + 1)
        and j.job_id <= run_job_id(v_run, w.nth * v_jobs)
      order by j.job_id) as j) as j
  order by w.place;
end $$;

-- The places of a run's scenarios of which all conditions hold. Each has a kind, models by their number from 1, and a
-- text; what they ask of labels is one pass over the run's jobs.
create function matrix_places(p_id uuid, p_label text[], p_kinds text[], p_models int[], p_others int[], p_texts text[])
returns int[] language plpgsql stable as $$
declare
  v_run run;
  v_having text[] := '{}';
  v_where text[] := '{}';
  v_places int[];
begin
  select * into v_run from run where run_id = p_id;
  if not found then
    return '{}';
  end if;
  for i in 1..cardinality(p_kinds) loop
    case p_kinds[i]
      when 'split' then v_having := v_having || 'min(label) <> max(label)'::text;
      when 'failed' then v_having := v_having || 'bool_or(state = 5)'::text;
      when 'is' then v_having := v_having || format('bool_or(model = %s and label = %L)', p_models[i], p_texts[i]);
      when 'isNot' then v_having := v_having || format('bool_or(model = %s and label <> %L)', p_models[i], p_texts[i]);
      when 'differs' then v_having := v_having || format(
        'max(label) filter (where model = %1$s) <> min(label) filter (where model = %2$s)
          or min(label) filter (where model = %1$s) <> max(label) filter (where model = %2$s)',
        p_models[i], p_others[i]);
      when 'text' then v_where := v_where || format(
        'exists (select from jsonb_path_query(s.payload::jsonb, ''strict $.** ? (@.type() == "string")'') as t
          where strpos(lower((t #>> ''{}'') collate "C"), lower(%L collate "C")) > 0)', p_texts[i]);
    end case;
  end loop;
  if v_having = '{}' then
    v_places := coalesce(v_run.places, array(select generate_series(1,
      v_run.total / (cardinality(v_run.models) * v_run.repeats))));
  else
    execute format(
      'select array_agg(place order by place) from (
         select place from (
           select place, model, state, (case when state = 4 then result #>> $1 end) collate "C" as label
           from job where job_id >= $2 and job_id <= $3 and run_no + 0 = $4) as j
         group by place having (%s)) as found', array_to_string(v_having, ') and ('))
    into v_places using p_label, run_job_id(v_run, 1), run_job_id(v_run, v_run.total), v_run.run_no;
  end if;
  if v_where <> '{}' then
    execute format(
      'select array_agg(s.place order by s.place) from scenario as s
       where s.definition_no = $1 and s.place = any($2) and %s', array_to_string(v_where, ' and '))
    into v_places using v_run.definition_no, v_places;
  end if;
  return coalesce(v_places, '{}');
end $$;
