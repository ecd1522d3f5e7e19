import { ForbiddenError } from '../errors.ts'
import { parse } from '../input/parse.ts'
import { checkVersion, principalOf } from '../people/people-use-cases.ts'
import type { Principal } from '../people/person.ts'
import type { Assignment } from './assignment.ts'
import type { AssignmentDeps } from './assignment-deps.ts'
import { flagRequest } from './assignment-input.ts'
import type { AssignmentUseCases, Mark } from './assignments.ts'
import { requireHolder } from './authority.ts'
import { findAssignment, rowIn } from './moves.ts'
import { rulesFor, write } from './task/locked-task.ts'
import { onLockedTask } from './task/settled-task.ts'
import { setFlag } from './task/task-work.ts'

/** Marks that people leave for managers. */
export function flagsWith(deps: AssignmentDeps): Pick<AssignmentUseCases, 'flag' | 'unflag'> {
  const { stores } = deps.transactions

  const mark = async (
    { assignmentId, ifVersion, by, userId }: Mark,
    comment: string | null,
    require: (by: Principal, row: Assignment) => void,
  ): Promise<Assignment> => {
    const known = by ?? (await principalOf(stores.people, userId, 'annotator'))
    const row = await findAssignment(stores, assignmentId)
    require(known, row)
    return onLockedTask(
      deps,
      row.taskId,
      () => [],
      async (locked, work) => {
        checkVersion('Assignment', rowIn(work, assignmentId).version, ifVersion)
        const now = deps.clock.now()
        const rules = await rulesFor(locked, deps, work.task, now)
        const written = await write(locked, deps, work, setFlag(work, rules, assignmentId, comment), now)
        await locked.events.append(written.facts)
        return rowIn(written.work, assignmentId)
      },
    )
  }

  return {
    async flag({ comment, ...request }) {
      return mark(request, parse(flagRequest, { comment }).comment, (by, row) => {
        requireHolder(by, row)
        if (by.userId !== row.userId) throw new ForbiddenError('Only its holder may flag an assignment')
      })
    },

    unflag: (request) => mark(request, null, requireHolder),
  }
}
