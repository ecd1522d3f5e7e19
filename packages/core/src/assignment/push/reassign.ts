import { AlreadyAssignedError } from '../../errors.ts'
import { parse } from '../../input/parse.ts'
import { checkVersion } from '../../people/people-use-cases.ts'
import type { AssignmentDeps } from '../assignment-deps.ts'
import { reassignRequest } from '../assignment-input.ts'
import { checkFence, transition } from '../assignment-lifecycle.ts'
import type { AssignmentUseCases } from '../assignments.ts'
import { requireManager } from '../authority.ts'
import { findAssignment, rowIn } from '../moves.ts'
import { settleTask } from '../task/settled-task.ts'
import { reassign, withoutHold } from '../task/task-work.ts'
import { giveSlot } from './giving.ts'

/** A manager moves a held slot at once to somebody else: the person named, or the strategy's choice. */
export function reassignWith(deps: AssignmentDeps): AssignmentUseCases['reassign'] {
  const { clock, transactions } = deps
  return async ({ assignmentId, by, attempt, ifVersion, ...request }) => {
    const { userId, reason } = parse(reassignRequest, { attempt, ...request })
    const { taskId, projectId, expiresAt, submitsAt } = await findAssignment(
      transactions.stores,
      assignmentId,
    )
    if (by !== undefined) requireManager(by, projectId, 'assignment', assignmentId)
    const over = [expiresAt, submitsAt].some((moment) => moment !== null && moment <= clock.now())
    if (over) await settleTask(deps, taskId)

    return giveSlot(deps, {
      taskId,
      userId,
      strategy: undefined,
      override: false,
      giver: by?.userId,
      read: ({ tasks }) => tasks.findWork(taskId),
      by: (seen) => {
        const row = rowIn(seen, assignmentId)
        checkVersion('Assignment', row.version, ifVersion)
        checkFence(row, by?.userId, attempt)
        transition(row.status, 'reassigned')
        if (userId === row.userId) {
          throw new AlreadyAssignedError('The person holds this very assignment', { assignment: row })
        }
        return {
          // The next person is judged as if the holder had just let go.
          judged: (settled, rules) => withoutHold(settled, rules, assignmentId),
          considers: (person) => person !== row.userId,
          holds: (locked) => {
            const { attempt: now, status } = rowIn(locked, assignmentId)
            return now === row.attempt && status === row.status
          },
          give: (settled, rules, to) => reassign(settled, rules, assignmentId, to, reason),
        }
      },
    })
  }
}
