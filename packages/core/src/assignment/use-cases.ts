import { Forbidden, NotFound } from '../errors.ts'
import type { AssignmentUseCases } from './api.ts'
import { knows } from './authority.ts'
import { assignBatchWith } from './batch.ts'
import { seenAssignment } from './blindness.ts'
import { claimNextWith } from './claim.ts'
import type { AssignmentDeps } from './deps.ts'
import { expireDue, settledWork } from './due.ts'
import { rulesFor } from './locked-task.ts'
import { findAssignment, holderMoves, rowIn } from './moves.ts'
import { pushWith } from './push.ts'
import { reassignWith } from './reassign.ts'

/** The assignment engine. */
export function assignmentUseCases(deps: AssignmentDeps): AssignmentUseCases {
  const { stores } = deps.transactions
  return {
    get: (assignmentId) => findAssignment(stores, assignmentId),

    async view(assignmentId, viewer) {
      const { userId, projectId, taskId } = await findAssignment(stores, assignmentId)
      if (userId !== viewer.userId && !knows(viewer, projectId)) {
        throw new NotFound('assignment', assignmentId)
      }
      const work = await settledWork(deps, taskId)
      if (work === undefined) throw new NotFound('task', taskId)
      const { workflow } = await rulesFor(stores, work.task, deps.clock.now())
      const seen = seenAssignment(rowIn(work, assignmentId), work, workflow, viewer)
      if (seen === undefined) throw new Forbidden("Another person's assignment is not for you to see")
      return seen
    },

    claimNext: claimNextWith(deps),
    ...holderMoves(deps),
    reassign: reassignWith(deps),
    ...pushWith(deps),
    assignBatch: assignBatchWith(deps),
    expireDue: () => expireDue(deps),
  }
}
