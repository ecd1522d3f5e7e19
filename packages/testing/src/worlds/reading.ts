import type { AssignmentId, ProjectId, UserId } from '@muster/core'
import type { Shelf, Stores } from '@muster/core/ports'
import { newId } from './samples.ts'

/** More than anybody holds in a test. */
const ALL = 10_000

/** Shelves with at least one open step in these projects, as a claim would survey them. */
export async function shelvesOf(
  { claims }: Pick<Stores, 'claims'>,
  ...projectIds: readonly ProjectId[]
): Promise<readonly Shelf[]> {
  const userId = newId<'UserId'>()
  return (await claims.surveyClaims(projectIds.map((projectId) => ({ userId, projectId })))).shelves
}

/** Ids of the live assignments in the person's inbox, in one project or in all. */
export async function liveOf(
  { inboxes }: Pick<Stores, 'inboxes'>,
  userId: UserId,
  projectId?: ProjectId,
): Promise<AssignmentId[]> {
  const rows = await inboxes.listQueue({ userId, projectId, sort: 'age', order: 'asc' }, { limit: ALL })
  return rows.map(({ assignment }) => assignment.assignmentId)
}
