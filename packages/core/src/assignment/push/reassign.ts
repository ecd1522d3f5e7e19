import { AlreadyAssigned } from '../../errors.ts'
import type { AssignmentId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import { checkVersion } from '../../people/people-use-cases.ts'
import type { TaskWork } from '../assignment.ts'
import type { AssignmentDeps } from '../assignment-deps.ts'
import { reassignRequest } from '../assignment-input.ts'
import { checkFence, transition } from '../assignment-lifecycle.ts'
import type { AssignmentUseCases } from '../assignments.ts'
import { requireManager } from '../authority.ts'
import {
  decideFor,
  isGateOpen,
  judgeFor,
  type Place,
  peopleFor,
  peopleStepOf,
  strategyFor,
} from '../deciding.ts'
import { findAssignment, rowIn } from '../moves.ts'
import { settleTask } from '../task/due.ts'
import { followedBy, rulesFor } from '../task/locked-task.ts'
import { reassign, settleDue, withoutHold } from '../task/task-work.ts'
import { type Attempt, keep, lockFor, personIn, remember, rowOf, untilGiven } from './push.ts'

/** A manager moves a held slot at once to somebody else: the person named, or the strategy's choice. */
export function reassignWith(deps: AssignmentDeps): AssignmentUseCases['reassign'] {
  const { clock, ids, transactions } = deps
  return async ({ assignmentId, by, attempt, ifVersion, ...request }) => {
    const { userId, reason } = parse(reassignRequest, { attempt, ...request })
    const { taskId, projectId, expiresAt } = await findAssignment(transactions.stores, assignmentId)
    if (by !== undefined) requireManager(by, projectId, 'assignment', assignmentId)
    if (expiresAt !== null && expiresAt <= clock.now()) await settleTask(deps, taskId)

    return untilGiven(taskId, () =>
      transactions.transaction(async (stores): Promise<Attempt> => {
        const now = clock.now()
        const seen = await stores.tasks.findWork(taskId)
        if (seen === undefined) return { kind: 'again' }
        const row = rowIn(seen, assignmentId)
        checkVersion('Assignment', row.version, ifVersion)
        checkFence(row, by?.userId, attempt)
        transition(row.status, 'reassigned')
        if (userId === row.userId) {
          throw new AlreadyAssigned('The person holds this very assignment', { assignment: row })
        }

        const rules = await rulesFor(stores, seen.task, now)
        const step = peopleStepOf(seen, rules)
        const chosenBy = strategyFor(deps, step, rules, undefined)
        const state =
          userId === undefined
            ? await stores.tasks.lockStrategyState(projectId, step.stepId, chosenBy.name)
            : null
        // Whoever comes next is judged as if the holder had just let go.
        const placeIn = async (work: TaskWork): Promise<Place> => ({
          work: withoutHold(settleDue(work, rules).work, rules, assignmentId),
          step,
          rules,
          gateOpen: await isGateOpen(stores, work),
          override: false,
        })
        const place = await placeIn(seen)
        const people = await peopleFor(stores, place, userId)
        const others = people.filter((person) => person.userId !== row.userId)
        const decided = decideFor(place, others, chosenBy, state)
        const { chosen } = decided.decision
        if (chosen === null) {
          const held = userId === undefined ? undefined : rowOf(place, userId)
          return { kind: 'refused', decision: decided.decision, row: held }
        }

        const locked = await lockFor(stores, taskId, chosen, step.stepId)
        const current = locked && rowIn(locked, assignmentId)
        if (locked === undefined || current?.attempt !== row.attempt || current.status !== row.status) {
          return { kind: 'again' }
        }
        if (judgeFor(await placeIn(locked))(await personIn(stores, place, chosen)).length > 0) {
          return { kind: 'again' }
        }
        const settled = settleDue(locked, rules)
        const to = { userId: chosen, assignmentId: ids.next() as AssignmentId }
        const moved = followedBy(settled, reassign(settled.work, rules, assignmentId, to, reason))
        await remember(stores, deps, place, chosenBy.name, decided, userId === undefined)
        return { kind: 'given', assignment: await keep(stores, deps, locked, moved, chosen, rules) }
      }),
    )
  }
}
