-- What processes of schema 8 and before call, which run on while a later version starts beside them.

create function job_add(p_jobs jsonb) returns void language sql as $$
  select job_add(p_jobs::json)
$$;

create function job_settle(
  p_ids uuid[], p_attempts smallint[], p_kinds smallint[], p_values jsonb, p_due timestamptz[], p_steps text[],
    p_percents float8[],
  p_worker uuid, p_now timestamptz)
returns uuid[] language sql as $$
  select job_settle(p_ids, p_attempts, p_kinds, p_values::json, p_due, p_steps, p_percents, p_worker, p_now)
$$;

create function run_add(
  p_run uuid, p_project uuid, p_definition uuid, p_type text, p_priority text, p_rank smallint, p_models text[],
    p_config jsonb, p_places int[],
  p_pace float8, p_max_attempts smallint, p_created_by uuid, p_key text, p_created_at timestamptz)
returns uuid language sql as $$
  select run_add(
    p_run, p_project, p_definition, p_type, p_priority, p_rank, p_models, p_config::json, p_places, p_pace,
      p_max_attempts, p_created_by, p_key, p_created_at)
$$;
