import { ForbiddenError, NotFoundError } from '../errors.ts'
import type { ProjectId } from '../ids.ts'
import type { Principal } from '../people/person.ts'
import type { Assignment } from './assignment.ts'

/** Whether the principal manages the project: its managers, and every admin. */
export function manages(by: Principal, projectId: ProjectId): boolean {
  return by.role === 'admin' || (by.role === 'manager' && by.memberships.has(projectId))
}

/** Whether the principal may know of the project at all. */
export function knows(by: Principal, projectId: ProjectId): boolean {
  return by.role === 'admin' || by.memberships.has(projectId)
}

/**
 * @throws NotFoundError when the project is none of theirs
 * @throws ForbiddenError when it is, but they don't manage it
 */
export function requireManager(by: Principal, projectId: ProjectId, what: string, id: string): void {
  if (manages(by, projectId)) return
  if (!knows(by, projectId)) throw new NotFoundError(what, id)
  throw new ForbiddenError('Only a manager of the project may do this')
}

/** Lets pass the holder of an assignment, and who manages its project. @throws NotFoundError, ForbiddenError */
export function requireHolder(by: Principal, { userId, projectId, assignmentId }: Assignment): void {
  if (by.userId === userId || manages(by, projectId)) return
  if (!knows(by, projectId)) throw new NotFoundError('assignment', assignmentId)
  throw new ForbiddenError('Only its holder or a manager of the project may move an assignment')
}

/** The note in a fact of a move that somebody else than the holder made; empty if it was the holder. */
export function noteOf(by: Principal, { userId }: Assignment, reason?: string): string | undefined {
  if (by.userId === userId) return reason
  const who = `by ${by.role} ${by.userId}`
  return reason === undefined || reason === '' ? who : `${who}: ${reason}`
}
