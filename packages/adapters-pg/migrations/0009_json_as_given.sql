-- JSON is kept as it was given: `jsonb` sorts keys. What has been sorted stays so.
--
-- The requirements of a shelf are no one's JSON but ours. They stay `jsonb`, since alike ones must be one shelf in whatever order their keys came.

alter table person alter column skills type json;
alter table project alter column assignment type json;
alter table workflow_step alter column step type json;
alter table task alter column payload type json, alter column required_skills type json, alter column gold type json;
alter table assignment alter column reject_reason type json, alter column result type json, alter column draft type json;
alter table strategy_state alter column state type json;
alter table decision alter column decision type json, alter column input type json;
alter table fact alter column data type json;
alter table idempotency alter column answer type json;
alter table scenario alter column payload type json;
alter table run alter column config type json;
alter table job alter column step type json, alter column payload type json, alter column result type json, alter column error type json;
