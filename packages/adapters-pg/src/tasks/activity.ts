import type { ActivityOf, PersonActivity } from '@muster/core/inbox'
import { type Connection, statement } from '../connection/queryable.ts'
import { LIVE } from './task-rows.ts'

const ACTIVITY = statement(
  'inbox_activity',
  `select person.user_id as "userId", held.live, done.*
   from unnest($1::uuid[]) as person (user_id)
     cross join lateral (
       select count(*)::int as live from assignment where user_id = person.user_id and status in ${LIVE}) as held
     cross join lateral (
       select count(*) filter (where submitted_at >= $3)::int as submitted,
         percentile_cont(0.5) within group (order by extract(epoch from submitted_at - started_at)::float8)
           filter (where submitted_at >= $3 and started_at is not null) as "medianSeconds",
         count(*) filter (where assigned_at >= $3 and not ahead and end_reason is distinct from 'unseen'
           and (return_comment is not null or status in ${LIVE} and result is not null))::int as returned,
         count(*) filter (where rejected_at >= $3)::int as declined
       from assignment where user_id = person.user_id and project_id = $2 and assigned_at >= $4) as done`,
)

/** The deeds of people in a project since an instant, and how much they hold. */
export function activity(
  connection: Connection,
  { projectId, userIds, since, givenSince }: ActivityOf,
): Promise<PersonActivity[]> {
  return connection.rows<PersonActivity>(ACTIVITY, [userIds, projectId, since, givenSince])
}
