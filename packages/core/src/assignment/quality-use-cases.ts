import type { AssignmentId, UserId } from '../ids.ts'
import type { EndHolds, SettleSubmissions } from '../people/people-use-cases.ts'
import { watchingUseCases } from '../quality/people.ts'
import type { QualityUseCases } from '../quality/quality.ts'
import { agreementUseCases } from '../quality/quality-use-cases.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { findAssignment } from './moves.ts'
import { rulesFor, write } from './task/locked-task.ts'
import { reopenTask } from './task/reopen.ts'
import { onLockedTask } from './task/settled-task.ts'

/** The use cases of quality, on tasks and assignments. */
export function qualityUseCases(
  deps: AssignmentDeps & {
    readonly endHolds: EndHolds<AssignmentStores>
    readonly settleSubmissions: SettleSubmissions
  },
): QualityUseCases {
  const { stores } = deps.transactions
  return {
    ...agreementUseCases(deps),
    ...watchingUseCases({
      ...deps,
      async submittedSince(projectId, userId, since, limit) {
        const rows = await stores.inboxes.listQueue(
          { userId, projectId, stepType: 'annotation', status: ['submitted'], sort: 'age', order: 'desc' },
          { limit },
        )
        return rows
          .flatMap(({ assignment: { taskId, assignmentId, submittedAt } }) =>
            submittedAt !== null && submittedAt >= since ? [{ taskId, assignmentId, submittedAt }] : [],
          )
          .sort((one, other) => other.submittedAt.getTime() - one.submittedAt.getTime())
      },
      reopen: (assignmentId, by) => reopen(deps, assignmentId, by),
    }),
  }
}

/** Asks one more person on the task of a submission, if it still is open. */
async function reopen(
  deps: AssignmentDeps,
  assignmentId: AssignmentId,
  by: UserId | undefined,
): Promise<boolean> {
  const { taskId, stepId } = await findAssignment(deps.transactions.stores, assignmentId)
  return onLockedTask(
    deps,
    taskId,
    () => [],
    async (stores, work) => {
      if (work.task.status !== 'open') return false
      const now = deps.clock.now()
      const rules = await rulesFor(stores, deps, work.task, now, by)
      const changed = reopenTask(work, rules, stepId)
      const written = await write(stores, deps, work, changed, now)
      await stores.events.append(written.facts)
      return changed.work !== work
    },
  )
}
