import { AlreadyAssigned, Conflict, Forbidden, NoEligiblePerson, NotFound } from '../../errors.ts'
import type { AssignmentId, TaskId, UserId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import type { Assignment, Decision, Person, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { assignRequest } from '../assignment-input.ts'
import { holdsOrSubmitted } from '../assignment-lifecycle.ts'
import type { AssignmentUseCases } from '../assignments.ts'
import { requireManager } from '../authority.ts'
import {
  decideFor,
  isGateOpen,
  judgeFor,
  type Place,
  peopleFor,
  peopleStepOf,
  requireStrategy,
  strategyFor,
} from '../deciding.ts'
import type { Decided } from '../strategies/decide.ts'
import { followedBy, MAX_TRIES, rulesFor, write } from '../task/locked-task.ts'
import { assignPerson, settleDue } from '../task/task-work.ts'
import type { Changed, Rules } from '../task/work-draft.ts'

/** What one try at giving a slot away came to. */
export type Attempt =
  | { readonly kind: 'given'; readonly assignment: Assignment }
  | { readonly kind: 'refused'; readonly decision: Decision; readonly row: Assignment | undefined }
  /** Somebody else was faster: what was decided no longer holds. */
  | { readonly kind: 'again' }

/** Tries until one try holds. @throws AlreadyAssigned, NoEligiblePerson, and Conflict where others are always faster */
export async function untilGiven(taskId: TaskId, attempt: () => Promise<Attempt>): Promise<Assignment> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const outcome = await attempt()
    if (outcome.kind === 'given') return outcome.assignment
    if (outcome.kind === 'refused') throw refusal(outcome.decision, outcome.row)
  }
  throw new Conflict(`Task ${taskId} is changing too fast; try again`, { taskId })
}

/** The push: one task, to whom the strategy chooses or to the person named. */
export function pushWith(deps: AssignmentDeps): Pick<AssignmentUseCases, 'assign' | 'candidates'> {
  const { clock, ids, transactions } = deps

  const findWork = async ({ tasks }: AssignmentStores, taskId: TaskId): Promise<TaskWork> => {
    const work = await tasks.findWork(taskId)
    if (work === undefined) throw new NotFound('task', taskId)
    return work
  }

  return {
    async assign({ taskId, by, ...request }) {
      const { userId, strategy, override } = parse(assignRequest, request)
      const { task } = await findWork(transactions.stores, taskId)
      if (by) requireManager(by, task.projectId, 'task', taskId)
      if (by && override && by.role !== 'admin')
        throw new Forbidden('Only an admin may override an exclusion')
      requireStrategy(deps, strategy)

      return untilGiven(taskId, () =>
        transactions.transaction(async (stores): Promise<Attempt> => {
          const now = clock.now()
          const seen = await findWork(stores, taskId)
          const rules = await rulesFor(stores, seen.task, now)
          const step = peopleStepOf(seen, rules)
          const chosenBy = strategyFor(deps, step, rules, strategy)
          const { projectId } = seen.task
          // A choice that names its person is not the strategy's: it neither asks nor moves what the strategy remembers.
          const state =
            userId === undefined
              ? await stores.tasks.lockStrategyState(projectId, step.stepId, chosenBy.name)
              : null
          const placeIn = async (work: TaskWork): Promise<Place> => ({
            work: settleDue(work, rules).work,
            step,
            rules,
            gateOpen: await isGateOpen(stores, work),
            override: override !== undefined,
          })
          const place = await placeIn(seen)
          const decided = decideFor(place, await peopleFor(stores, place, userId), chosenBy, state)
          const { decision } = decided
          if (decision.chosen === null)
            return { kind: 'refused', decision, row: userId && rowOf(place, userId) }

          const locked = await lockFor(stores, taskId, decision.chosen, step.stepId)
          if (locked === undefined) return { kind: 'again' }
          if (judgeFor(await placeIn(locked))(await personIn(stores, place, decision.chosen)).length > 0) {
            return { kind: 'again' }
          }
          const settled = settleDue(locked, rules)
          const given = assignPerson(settled.work, rules, {
            userId: decision.chosen,
            assignmentId: ids.next() as AssignmentId,
            overrideReason: override?.reason ?? null,
          })
          await remember(stores, deps, place, chosenBy.name, decided, userId === undefined)
          const assignment = await keep(
            stores,
            deps,
            locked,
            followedBy(settled, given),
            decision.chosen,
            rules,
          )
          return { kind: 'given', assignment }
        }),
      )
    },

    async candidates({ taskId, ...request }) {
      const { strategy, userId } = parse(assignRequest, request)
      const { stores } = transactions
      const seen = await findWork(stores, taskId)
      requireStrategy(deps, strategy)
      const rules = await rulesFor(stores, seen.task, clock.now())
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
      const state = await stores.tasks.lockStrategyState(seen.task.projectId, step.stepId, chosenBy.name)
      return decideFor(place, together(people, named), chosenBy, state).decision
    },
  }
}

/** Locks the person, then the task; nothing where the task no longer stands at the step. */
export async function lockFor(
  { people, tasks }: AssignmentStores,
  taskId: TaskId,
  userId: UserId,
  stepId: string,
): Promise<TaskWork | undefined> {
  await people.lock([userId])
  const work = await tasks.lockWork(taskId)
  return work?.task.currentStepId === stepId ? work : undefined
}

/** The person as they are now, under their lock. */
export async function personIn(
  stores: AssignmentStores,
  place: Pick<Place, 'work' | 'step'>,
  userId: UserId,
): Promise<Person> {
  const [person] = await peopleFor(stores, place, userId)
  if (person === undefined) throw new NotFound('user', userId)
  return person
}

/** Records the decision with what it came from, and what the strategy remembers of it where it was its choice. */
export async function remember(
  { tasks }: AssignmentStores,
  { ids }: AssignmentDeps,
  { work, step, rules }: Place,
  strategy: string,
  { decision, input, state }: Decided,
  isStrategys: boolean,
): Promise<void> {
  if (isStrategys) await tasks.saveStrategyState(work.task.projectId, step.stepId, strategy, state)
  await tasks.recordDecision({
    decisionId: ids.next(),
    batchId: null,
    decidedAt: rules.now,
    decision,
    input,
  })
}

/** Writes a change that gave `userId` the current step, facts last, and gives their row. */
export async function keep(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  before: TaskWork,
  changed: Changed,
  userId: UserId,
  { now }: Rules,
): Promise<Assignment> {
  const { work, facts } = await write(stores, deps, before, changed, now)
  await stores.events.append(facts)
  const row = work.assignments.find(
    (other) => other.userId === userId && other.stepId === work.task.currentStepId,
  )
  if (row === undefined) throw new RangeError(`Task ${work.task.taskId} has no row of ${userId}`)
  return row
}

/** The row by which the person already has the step. */
export function rowOf({ work, step }: Place, userId: UserId): Assignment | undefined {
  return work.assignments.find(
    (row) => row.userId === userId && row.stepId === step.stepId && holdsOrSubmitted(row),
  )
}

function refusal(decision: Decision, row: Assignment | undefined): Conflict {
  if (row) {
    return new AlreadyAssigned('The person already has this step of the task', { assignment: row })
  }
  return new NoEligiblePerson('Nobody may take this step of the task now', { decision })
}

function together(people: readonly Person[], named: readonly Person[]): Person[] {
  const rest = people.filter((person) => named.every(({ userId }) => userId !== person.userId))
  return [...rest, ...named].sort((one, other) => (one.userId < other.userId ? -1 : 1))
}
