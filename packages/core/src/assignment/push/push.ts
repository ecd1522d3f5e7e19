import { ForbiddenError, NotFoundError } from '../../errors.ts'
import type { TaskId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import { MAX_PAGE, type PageRequest, page } from '../../paging.ts'
import { standingRequirements } from '../../workflow/requirements.ts'
import type { Candidate, Decision, Person, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { assignRequest } from '../assignment-input.ts'
import type { AssignmentUseCases, ExplainedCandidate, ExplainedDecision } from '../assignments.ts'
import { requireManager } from '../authority.ts'
import { limitOf } from '../claim/terms.ts'
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
import { byNearness, countReasons, mainReason, type Nearness, nearnessOf } from './nearest.ts'

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
        giver: by?.userId,
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

    async candidates({ taskId, limit, cursor, cursors, ...request }) {
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
      const state = await stores.decisions.strategyState(seen.task.projectId, step.stepId, chosenBy.name)
      const considered = together(people, named)
      const { decision } = decideFor(place, considered, chosenBy, state)
      const paging = { limit: limit ?? MAX_PAGE, cursor, cursors }
      return explain(stores, place, considered, decision, paging, ['candidates', taskId, strategy, userId])
    },
  }
}

/** The decision with what it was made from, nearest people first. */
async function explain(
  { people }: AssignmentStores,
  { work, step, rules }: Place,
  considered: readonly Person[],
  { candidates, ...decision }: Decision,
  request: PageRequest,
  filters: readonly unknown[],
): Promise<ExplainedDecision> {
  const openForMs = rules.now.getTime() - work.task.stepOpenedAt.getTime()
  const requirements = standingRequirements([...step.requiredSkills, ...work.task.requiredSkills], openForMs)
  const asked = new Set(requirements.flatMap(({ anyOf }) => anyOf))
  const placed = candidates
    .map((candidate) => ({ candidate, place: nearnessOf(candidate) }))
    .sort((one, other) => byNearness(one.place, other.place))
  const { items, nextCursor } = await page<
    { readonly candidate: Candidate; readonly place: Nearness },
    Nearness
  >(
    request,
    filters,
    ({ place }) => place,
    async ({ limit, after }) => {
      const behind = after === undefined ? placed : placed.filter(({ place }) => byNearness(place, after) > 0)
      return behind.slice(0, limit)
    },
  )
  const persons = new Map(considered.map((person) => [person.userId, person]))
  const users = await people.findMany(items.map(({ place }) => place.userId).sort())
  const known = new Map(users.map((user) => [user.userId, user]))
  const counts = countReasons(candidates.map(({ reasons }) => reasons))
  const eligible = candidates.filter((candidate) => candidate.eligible).length
  return {
    ...decision,
    requirements,
    considered: candidates.length,
    eligible,
    mainReason: eligible > 0 ? null : mainReason(counts),
    reasons: Object.fromEntries(counts),
    candidates: items.flatMap(({ candidate }): ExplainedCandidate[] => {
      const [person, user] = [persons.get(candidate.userId), known.get(candidate.userId)]
      if (person === undefined || user === undefined) return []
      const { status, live, quality, skills, ownLimit } = person
      return [
        {
          ...candidate,
          displayName: user.displayName,
          scripted: user.scripted,
          status,
          skills: Object.fromEntries(Object.entries(skills).filter(([name]) => asked.has(name))),
          live,
          limit: limitOf(ownLimit, rules.config),
          quality,
        },
      ]
    }),
    nextCursor,
  }
}

function together(people: readonly Person[], named: readonly Person[]): Person[] {
  const rest = people.filter((person) => named.every(({ userId }) => userId !== person.userId))
  return [...rest, ...named].sort((one, other) => (one.userId < other.userId ? -1 : 1))
}
