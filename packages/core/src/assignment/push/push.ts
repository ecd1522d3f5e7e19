import { ForbiddenError, NotFoundError } from '../../errors.ts'
import type { TaskId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import type { Person, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { assignRequest } from '../assignment-input.ts'
import type { AssignmentUseCases } from '../assignments.ts'
import { requireManager } from '../authority.ts'
import {
  decideFor,
  isGateOpen,
  type Place,
  peopleFor,
  peopleStepOf,
  requireStrategy,
  strategyFor,
} from '../deciding.ts'
import { rulesFor } from '../task/locked-task.ts'
import { assignPerson, settleDue } from '../task/task-work.ts'
import { giveSlot } from './giving.ts'

/** The push: one task, to whom the strategy chooses or to the person named. */
export function pushWith(deps: AssignmentDeps): Pick<AssignmentUseCases, 'assign' | 'candidates'> {
  const { clock, transactions } = deps

  const findWork = async ({ tasks }: AssignmentStores, taskId: TaskId): Promise<TaskWork> => {
    const work = await tasks.findWork(taskId)
    if (work === undefined) throw new NotFoundError('task', taskId)
    return work
  }

  return {
    async assign({ taskId, by, ...request }) {
      const { userId, strategy, override } = parse(assignRequest, request)
      const { task } = await findWork(transactions.stores, taskId)
      if (by) requireManager(by, task.projectId, 'task', taskId)
      if (by && override && by.role !== 'admin')
        throw new ForbiddenError('Only an admin may override an exclusion')
      requireStrategy(deps, strategy)

      return giveSlot(deps, {
        taskId,
        userId,
        strategy,
        override: override !== undefined,
        read: (stores) => findWork(stores, taskId),
        by: () => ({
          judged: (settled) => settled,
          considers: () => true,
          holds: () => true,
          give: (settled, rules, to) =>
            assignPerson(settled, rules, { ...to, overrideReason: override?.reason ?? null }),
        }),
      })
    },

    async candidates({ taskId, ...request }) {
      const { strategy, userId } = parse(assignRequest, request)
      const { stores } = transactions
      const seen = await findWork(stores, taskId)
      requireStrategy(deps, strategy)
      const rules = await rulesFor(stores, deps, seen.task, clock.now())
      const step = peopleStepOf(seen, rules)
      const chosenBy = strategyFor(deps, step, rules, strategy)
      const place: Place = {
        work: settleDue(seen, rules).work,
        step,
        rules,
        gateOpen: await isGateOpen(stores, seen),
        override: false,
      }
      const people = await peopleFor(stores, place, undefined)
      const named = userId === undefined ? [] : await peopleFor(stores, place, userId)
      const state = await stores.decisions.lockStrategyState(seen.task.projectId, step.stepId, chosenBy.name)
      return decideFor(place, together(people, named), chosenBy, state).decision
    },
  }
}

function together(people: readonly Person[], named: readonly Person[]): Person[] {
  const rest = people.filter((person) => named.every(({ userId }) => userId !== person.userId))
  return [...rest, ...named].sort((one, other) => (one.userId < other.userId ? -1 : 1))
}
