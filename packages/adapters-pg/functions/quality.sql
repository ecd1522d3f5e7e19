-- Adds to the counters of agreement, in the order of their keys, so that nobody waits in a circle.
-- Tasks from before there were counters stay out of them, for a review's return would take away what was never added.
-- p_added: { compositions, pairs, shares, raters }, each counter at most once.
create function count_answers(p_task uuid, p_added json) returns void language plpgsql as $$
begin
  if exists (select from task where task_id = p_task and not counted) then
    return;
  end if;
  insert into composition as c (project_id, step_id, form_id, question, skill, composition, tasks)
  select "projectId", "stepId", "formId", question, skill, composition, tasks
  from json_to_recordset(p_added -> 'compositions') as given ("projectId" uuid, "stepId" text, "formId" uuid,
    question text, skill text, composition text, tasks bigint)
  order by 1, 2, 4, 3, 5, md5(composition)
  on conflict (project_id, step_id, question, form_id, skill, composition_key)
    do update set tasks = c.tasks + excluded.tasks;
  insert into pair_cell as c (project_id, step_id, form_id, question, a, b, answer_a, answer_b, tasks)
  select "projectId", "stepId", "formId", question, a, b, "answerA", "answerB", tasks
  from json_to_recordset(p_added -> 'pairs') as given ("projectId" uuid, "stepId" text, "formId" uuid, question text,
    a uuid, b uuid, "answerA" text, "answerB" text, tasks bigint)
  order by 1, 2, 4, 3, 5, 6, 7, 8
  on conflict (project_id, step_id, question, form_id, a, b, answer_a, answer_b)
    do update set tasks = c.tasks + excluded.tasks;
  insert into share as c (project_id, step_id, form_id, question, skill, a, b, kind, tasks, sum, squares)
  select "projectId", "stepId", "formId", question, skill, a, b, kind, tasks, sum, squares
  from json_to_recordset(p_added -> 'shares') as given ("projectId" uuid, "stepId" text, "formId" uuid, question text,
    skill text, a uuid, b uuid, kind text, tasks bigint, sum numeric, squares numeric)
  order by 1, 2, 4, 3, 5, 6, 7, 8
  on conflict (project_id, step_id, question, form_id, skill, a, b, kind)
    do update set tasks = c.tasks + excluded.tasks, sum = c.sum + excluded.sum,
      squares = c.squares + excluded.squares;
  insert into rater as c (project_id, step_id, form_id, question, skill, user_id, answers, compared)
  select "projectId", "stepId", "formId", question, skill, "userId", answers, compared
  from json_to_recordset(p_added -> 'raters') as given ("projectId" uuid, "stepId" text, "formId" uuid, question text,
    skill text, "userId" uuid, answers bigint, compared bigint)
  order by 1, 2, 4, 3, 5, 6
  on conflict (project_id, step_id, question, form_id, skill, user_id)
    do update set answers = c.answers + excluded.answers, compared = c.compared + excluded.compared;
end $$;

-- The belief about answers: by the newest fit of each question, with what gold has shown of each person since. It is
-- asked for in submissions, where planning it anew each time took longer than the rest: so its plan is made once.
create function believe_answers(p_project uuid, p_step text, p_form uuid, p_questions text[], p_people uuid[])
  returns table (place bigint, question text, number int, prevalence json, people json)
  language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select asked.place, asked.question, newest.number, newest.prevalence, known_of.people
  from unnest(p_questions) with ordinality as asked (question, place)
    left join lateral (
      select fit.number, fit.prevalence from fit
      where fit.project_id = p_project and fit.step_id = p_step and fit.form_id = p_form
        and fit.question = asked.question
      order by fit.number desc limit 1) newest on true
    left join lateral (
      select json_agg(json_build_object('userId', who.user_id, 'accuracy', skill.accuracy, 'labels', skill.labels,
        'right', greatest(0, gold.correct - coalesce(skill.known_correct, 0)),
        'wrong', greatest(0, gold.wrong - coalesce(skill.known_wrong, 0))) order by who.place) as people
      from unnest(p_people) with ordinality as who (user_id, place)
        left join skill on skill.project_id = p_project and skill.step_id = p_step and skill.question = asked.question
          and skill.number = newest.number and skill.user_id = who.user_id
        cross join lateral (
          select coalesce(sum(times) filter (where correct), 0)::bigint as correct,
            coalesce(sum(times) filter (where not correct), 0)::bigint as wrong
          from known
          where known.project_id = p_project and known.user_id = who.user_id and known.step_id = p_step
            and known.question = asked.question) as gold) as known_of on true;
end $$;
