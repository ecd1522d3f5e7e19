import { ForbiddenError, NotFoundError } from '../errors.ts'
import type { AssignmentDeps } from './assignment-deps.ts'
import type { AssignmentUseCases } from './assignments.ts'
import { knows } from './authority.ts'
import { seenAssignment } from './blindness.ts'
import { claimingWith } from './claim/claim.ts'
import { outlookWith } from './claim/outlook.ts'
import { saveDraftWith } from './drafts.ts'
import { flagsWith } from './flags.ts'
import { findAssignment, holderMoves, rowIn } from './moves.ts'
import { assignBatchWith } from './push/batch.ts'
import { pushWith } from './push/push.ts'
import { reassignWith } from './push/reassign.ts'
import { expireDue } from './task/due.ts'
import { rulesFor } from './task/locked-task.ts'
import { settledWork } from './task/settled-task.ts'
import { workWith } from './work.ts'

/** The assignment engine. */
export function assignmentUseCases(deps: AssignmentDeps): AssignmentUseCases {
  const { stores } = deps.transactions
  const { claimNext, beside } = claimingWith(deps)
  return {
    get: (assignmentId) => findAssignment(stores, assignmentId),

    async view(assignmentId, viewer) {
      const { userId, projectId, taskId } = await findAssignment(stores, assignmentId)
      if (userId !== viewer.userId && !knows(viewer, projectId)) {
        throw new NotFoundError('assignment', assignmentId)
      }
      const work = await settledWork(deps, taskId)
      if (work === undefined) throw new NotFoundError('task', taskId)
      const { workflow } = await rulesFor(stores, deps, work.task, deps.clock.now())
      const seen = seenAssignment(rowIn(work, assignmentId), work, workflow, viewer)
      if (seen === undefined) throw new ForbiddenError("Another person's assignment is not for you to see")
      return seen
    },

    work: workWith(deps),
    saveDraft: saveDraftWith(deps),
    ...flagsWith(deps),
    claimNext,
    outlook: outlookWith(deps),
    ...holderMoves(deps, beside),
    reassign: reassignWith(deps),
    ...pushWith(deps),
    assignBatch: assignBatchWith(deps),
    expireDue: () => expireDue(deps),
  }
}
