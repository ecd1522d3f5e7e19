import type { Assignment, AssignmentId, QualityPolicy, UserId } from '@muster/core'
import { claimedRow } from '@muster/core/inbox'
import type { Claim, Claimed, ClaimRequest, ClaimSurvey, OpenShelf, ShelfCount } from '@muster/core/ports'
import type { TakenSlot } from '@muster/core/rules'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'
import { demandOf, match, type WindowSlot } from './claim-window.ts'
import { ASSIGNMENT, DID, type RowWithTask, TASK_BESIDE, taskBeside } from './task-rows.ts'

const SURVEY = statement(
  'claim_survey',
  'select claimants, projects, shelves from survey_claims($1::uuid[], $2::uuid[])',
)
const WINDOW = statement(
  'claim_window',
  `select shelf_id as "shelfId", rank, opened_at as "openedAt", task_id as "taskId", step_id as "stepId", slot_no as "slotNo", history
   from claim_window($1::uuid[], $2::int[], $3::int[], $4)`,
)
// Of a row only what the claim does not know: all of it, over and over, is a good part of what claims cost.
const GIVEN = `claimed.was as "from", assignment.assignment_id as "assignmentId", assignment.project_id as "projectId",
     assignment.step_id as "stepId", assignment.step_type as "stepType", assignment.slot_no as "slotNo", assignment.presentation,
     assignment.expires_at as "expiresAt", ${TASK_BESIDE}`
// One probe a row: as a join, where functions are thought to give many rows, all tasks are read from the first one on.
const WITH_TASK = `cross join lateral (select (claimed.given).*) as assignment
     cross join lateral (select * from task where task.task_id = assignment.task_id offset 0) as task`
const TAKE = statement(
  'claim_take',
  `select claimed.nth, ${GIVEN}
   from take_slots($1::jsonb, $2::timestamptz) as claimed
     ${WITH_TASK}`,
)
const CLAIM = statement(
  'claim_best',
  `select asked.nth, ${GIVEN}
   from jsonb_to_recordset($1::jsonb) as asked (nth int, "userId" uuid, "assignmentId" uuid, shelves jsonb, ahead boolean)
     cross join lateral claim_best(asked."userId", asked.shelves, asked."assignmentId", $2::timestamptz,
       coalesce(asked.ahead, false)) as claimed
     ${WITH_TASK}`,
)
const REVIVED = statement(
  'claim_revived',
  `select ${ASSIGNMENT} from assignment where assignment_id = any($1::uuid[])`,
)
// Tasks are counted by their shelf, free and cooling slots by their partial indexes, and what concerns the person from the person's own rows:
// nothing is asked once per open task.
const COUNT = statement(
  'shelf_count',
  `with asked as materialized (
     select "shelfId" as shelf_id, coalesce("openedUntil", 'infinity') as opened_until, "excludedSteps" as excluded_steps
     from jsonb_to_recordset($2::jsonb) as given ("shelfId" int, "openedUntil" timestamptz, "excludedSteps" text[])),
   standing as (
     select shelf_id, count(*) as tasks, count(*) filter (where task.step_opened_at <= asked.opened_until) as opened_until
     from asked join task using (shelf_id) group by shelf_id),
   free as (
     select shelf_id, count(distinct task_id) as tasks
     from asked join slot using (shelf_id) where slot.state = 'free' group by shelf_id),
   cooling as (
     select shelf_id, count(distinct task_id) as tasks
     from asked join slot using (shelf_id)
     where slot.state = 'cooling' and not exists (
       select from slot other
       where other.task_id = slot.task_id and other.step_id = slot.step_id and other.state = 'free')
     group by shelf_id),
   reserved as (
     select shelf_id, count(distinct task_id) as tasks
     from asked join slot using (shelf_id)
     where slot.state = 'reserved' and not exists (
       select from slot other
       where other.task_id = slot.task_id and other.step_id = slot.step_id and other.state in ('free', 'cooling'))
     group by shelf_id),
   mine as (
     select shelf_id,
       count(distinct task_id) filter (where a.step_id = task.current_step_id and a.status in ${DID}) as already_assigned,
       count(distinct task_id) filter (where a.step_id = task.current_step_id and a.status = 'rejected') as rejected_before,
       count(distinct task_id) filter (where a.step_id = any(asked.excluded_steps) and a.status in ${DID}) as excluded_by_step,
       count(distinct task_id) filter (where a.step_id = task.current_step_id and a.status not in ('expired', 'reassigned')
         or a.step_id = any(asked.excluded_steps) and a.status in ${DID}) as own,
       count(distinct task_id) filter (where (a.step_id = task.current_step_id and a.status not in ('expired', 'reassigned')
           or a.step_id = any(asked.excluded_steps) and a.status in ${DID})
         and exists (select from slot
           where slot.task_id = task.task_id and slot.step_id = task.current_step_id and slot.state = 'free')) as own_free
     from assignment a join task using (task_id) join asked using (shelf_id)
     where a.user_id = $1 group by shelf_id)
   select shelf_id as "shelfId", coalesce(standing.tasks, 0)::int as open, coalesce(standing.opened_until, 0)::int as "openedUntil",
     (coalesce(standing.tasks, 0) - coalesce(free.tasks, 0) - coalesce(cooling.tasks, 0) - coalesce(reserved.tasks, 0))::int as "noFreeSlot",
     coalesce(reserved.tasks, 0)::int as "reservedFor",
     coalesce(cooling.tasks, 0)::int as "coolingDown", coalesce(mine.already_assigned, 0)::int as "alreadyAssigned",
     coalesce(mine.rejected_before, 0)::int as "rejectedBefore", coalesce(mine.excluded_by_step, 0)::int as "excludedByStep",
     coalesce(mine.own, 0)::int as own, coalesce(mine.own_free, 0)::int as "ownFree"
   from asked left join standing using (shelf_id) left join free using (shelf_id) left join cooling using (shelf_id)
     left join reserved using (shelf_id)
     left join mine using (shelf_id)
   order by shelf_id`,
)

// Shared, so that a row which is just being moved is waited for and read as it then is.
const LIST_AHEAD = statement(
  'assignment_ahead',
  `select ${ASSIGNMENT} from assignment where ahead and user_id = any($1::uuid[]) for share`,
)

const FORGET_BOOKMARKS = statement(
  'bookmark_forget',
  'delete from bookmark where user_id = $1 and shelf_id = any($2::int[])',
)

/** To be called in a transaction, whose are the locks. */
export async function surveyClaims(
  connection: Connection,
  requests: readonly ClaimRequest[],
): Promise<ClaimSurvey> {
  const [survey] = await connection.rows<ClaimSurvey>(SURVEY, [
    requests.map(({ userId }) => userId),
    requests.map(({ projectId }) => projectId),
  ])
  if (!survey) throw new Error('survey_claims gave nothing')
  return { ...survey, projects: survey.projects.map(withPolicy) }
}

/** The policy is kept in the configuration: most projects have none, and are given as they are. */
function withPolicy(project: ClaimSurvey['projects'][number]): ClaimSurvey['projects'][number] {
  if (!('quality' in project.config)) return project
  const { quality, ...config } = project.config as typeof project.config & { readonly quality: QualityPolicy }
  return { ...project, config, quality }
}

/**
 * Most claims of one moment are served from one look at the heads of their shelves; who gets nothing there, because of their own past or because
 * others are taking the same, looks alone. See the third migration. To be called in the transaction that holds the people's locks.
 */
export async function claimMany(
  connection: Connection,
  claims: readonly Claim[],
  now: Date,
): Promise<(Claimed | undefined)[]> {
  const asking = claims.filter(({ shelves }) => shelves.length > 0)
  const taken = asking.length > 1 ? await claimTogether(connection, asking, now) : new Map<Claim, Claimed>()
  const alone = await claimAlone(
    connection,
    asking.filter((claim) => !taken.has(claim)),
    now,
  )
  return claims.map((claim) => taken.get(claim) ?? alone.get(claim))
}

async function claimTogether(
  connection: Connection,
  claims: readonly Claim[],
  now: Date,
): Promise<ReadonlyMap<Claim, Claimed>> {
  const demand = demandOf(claims)
  const users = claims.map(({ userId }) => userId)
  const slots = await connection.rows<WindowSlot>(WINDOW, [
    users,
    [...demand.keys()],
    [...demand.values()],
    claims.length,
  ])
  const matches = match(slots, claims, demand)
  if (matches.length === 0) return new Map()
  const given = matches.map(
    ({ claim: { userId, assignmentId, ahead }, shelf: { leaseMs }, slot, before }, nth) => {
      const { taskId, stepId, slotNo, shelfId, openedAt } = slot
      return { nth, userId, assignmentId, leaseMs, taskId, stepId, slotNo, shelfId, openedAt, before, ahead }
    },
  )
  const rows = await connection.rows<ClaimedRow>(TAKE, [jsonText(given), now])
  const matched = matches.map(({ claim }) => claim)
  return byClaim(connection, rows, matched, now)
}

async function claimAlone(
  connection: Connection,
  claims: readonly Claim[],
  now: Date,
): Promise<ReadonlyMap<Claim, Claimed>> {
  if (claims.length === 0) return new Map()
  const asked = claims.map(({ userId, assignmentId, shelves, ahead }, nth) => ({
    nth,
    userId,
    assignmentId,
    shelves,
    ahead,
  }))
  const rows = await connection.rows<ClaimedRow>(CLAIM, [jsonText(asked), now])
  return byClaim(connection, rows, claims, now)
}

type ClaimedRow = RowWithTask &
  Omit<TakenSlot, 'taskId'> &
  Pick<Claimed, 'from'> & {
    readonly nth: number
    readonly assignmentId: AssignmentId
    readonly expiresAt: Date
  }

/** New rows are what every claim writes; those that were revived hold more, and are read. */
async function byClaim(
  connection: Connection,
  rows: readonly ClaimedRow[],
  claims: readonly Claim[],
  now: Date,
): Promise<Map<Claim, Claimed>> {
  const ids = rows.flatMap(({ assignmentId, from }) => (from === null ? [] : [assignmentId]))
  const revived = ids.length === 0 ? [] : await connection.rows<Assignment>(REVIVED, [ids])
  const byId = new Map(revived.map((assignment) => [assignment.assignmentId, assignment]))
  return new Map(
    rows.map((row) => {
      const { nth, from, assignmentId, expiresAt, projectId, stepId, stepType, slotNo, presentation } = row
      const claim = claims[nth]
      if (!claim) throw new Error(`there was no claim ${nth}`)
      const task = taskBeside(row)
      const taking = { userId: claim.userId, assignmentId, assignedAt: now, expiresAt, ahead: claim.ahead }
      const slot = { taskId: task.taskId, projectId, stepId, stepType, slotNo, presentation }
      const assignment = byId.get(assignmentId) ?? claimedRow(taking, slot)
      return [claim, { assignment, task, from }]
    }),
  )
}

/** The rows that these people hold ahead. */
export function listAhead(connection: Connection, userIds: readonly UserId[]): Promise<Assignment[]> {
  return connection.rows<Assignment>(LIST_AHEAD, [userIds])
}

/** Also forgets how far the person has come on a shelf where something is open and no reason says why it was not given: should that ever be wrong, the next claim mends it. */
export async function countShelves(
  connection: Connection,
  userId: UserId,
  shelves: readonly OpenShelf[],
): Promise<ShelfCount[]> {
  const counts = await connection.rows<ShelfCount>(COUNT, [userId, jsonText(shelves)])
  const unexplained = counts.filter((count) => count.openedUntil > explained(count))
  if (unexplained.length > 0) {
    await connection.rows(FORGET_BOOKMARKS, [userId, unexplained.map(({ shelfId }) => shelfId)])
  }
  return counts
}

function explained(count: ShelfCount): number {
  const { noFreeSlot, reservedFor, coolingDown, alreadyAssigned, rejectedBefore, excludedByStep } = count
  return noFreeSlot + reservedFor + coolingDown + alreadyAssigned + rejectedBefore + excludedByStep
}
