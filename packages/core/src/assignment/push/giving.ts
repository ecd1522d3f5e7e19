import { AlreadyAssignedError, ConflictError, NoEligiblePersonError, NotFoundError } from '../../errors.ts'
import type { AssignmentId, TaskId, UserId } from '../../ids.ts'
import type { Assignment, Decision, Person, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { holdsOrSubmitted } from '../assignment-lifecycle.ts'
import {
  decideFor,
  isGateOpen,
  judgeFor,
  type Place,
  peopleFor,
  peopleStepOf,
  strategyFor,
} from '../deciding.ts'
import type { Decided } from '../strategies/decide.ts'
import { followedBy, MAX_TRIES, rulesFor, write } from '../task/locked-task.ts'
import { settleDue } from '../task/task-work.ts'
import type { Changed, Rules } from '../task/work-draft.ts'

/** Somebody who is given a slot, the row by which they have it, and the decision by which they were chosen. */
interface Receiver {
  readonly userId: UserId
  readonly assignmentId: AssignmentId
  readonly decisionId: string
}

/** How a slot is given, as its task was seen. */
interface Giving {
  /** The work, with nothing due on it, as those who may come next are judged by it. */
  readonly judged: (settled: TaskWork, rules: Rules) => TaskWork
  /** Whether the person is considered at all. */
  readonly considers: (userId: UserId) => boolean
  /** Whether the task, now locked, still is as it was seen. */
  readonly holds: (locked: TaskWork) => boolean
  /** Gives the slot. */
  readonly give: (settled: TaskWork, rules: Rules, to: Receiver) => Changed
}

/** The step to be given, and the person. */
export interface GivingRequest {
  readonly taskId: TaskId
  /** The person named; `undefined`: the strategy's choice. */
  readonly userId: UserId | undefined
  /** Default: the strategy of the step or project. */
  readonly strategy: string | undefined
  /** Lifts exclusions, and nothing else. */
  readonly override: boolean
  /** The person whose call this is; `undefined`: the host's own. */
  readonly giver: UserId | undefined
  /** Reads the task. Nothing: it is tried again. */
  readonly read: (stores: AssignmentStores) => Promise<TaskWork | undefined>
  /** @throws if nothing may be given as the task stands */
  readonly by: (seen: TaskWork) => Giving
}

/** The end of one try at giving a slot away. */
type Attempt =
  | { readonly kind: 'given'; readonly assignment: Assignment }
  | { readonly kind: 'refused'; readonly decision: Decision; readonly row: Assignment | undefined }
  /** Somebody else was faster: what was decided no longer holds. */
  | { readonly kind: 'again' }

const AGAIN: Attempt = { kind: 'again' }

/**
 * Gives a slot of a task to the person named or to the strategy's choice: decides on the task as it is seen, and writes under the locks of the person and
 * then of the task, if the decision still holds there. Tries until one try holds.
 * @throws AlreadyAssignedError, NoEligiblePersonError, and ConflictError if others are always faster
 */
export async function giveSlot(deps: AssignmentDeps, request: GivingRequest): Promise<Assignment> {
  const { taskId } = request
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const outcome = await deps.transactions.transaction((stores) => tryGiving(deps, stores, request))
    if (outcome.kind === 'given') return outcome.assignment
    if (outcome.kind === 'refused') throw refusal(outcome.decision, outcome.row)
  }
  throw new ConflictError(`Task ${taskId} is changing too fast; try again`, { taskId })
}

async function tryGiving(
  deps: AssignmentDeps,
  stores: AssignmentStores,
  request: GivingRequest,
): Promise<Attempt> {
  const { taskId, userId, override } = request
  const now = deps.clock.now()
  const seen = await request.read(stores)
  if (seen === undefined) return AGAIN
  const giving = request.by(seen)
  const rules = await rulesFor(stores, deps, seen.task, now, request.giver)
  const step = peopleStepOf(seen, rules)
  const chosenBy = strategyFor(deps, step, rules, request.strategy)
  // A choice that names its person is not the strategy's: it neither asks nor moves what the strategy remembers.
  const state =
    userId === undefined
      ? await stores.decisions.lockStrategyState(seen.task.projectId, step.stepId, chosenBy.name)
      : null
  const placeIn = async (work: TaskWork): Promise<Place> => ({
    work: giving.judged(settleDue(work, rules).work, rules),
    step,
    rules,
    gateOpen: await isGateOpen(stores, work),
    override,
  })
  const place = await placeIn(seen)
  const people = await peopleFor(stores, place, userId)
  const considered = people.filter((person) => giving.considers(person.userId))
  const decided = decideFor(place, considered, chosenBy, state)
  const { chosen } = decided.decision
  if (chosen === null) {
    const row = userId === undefined ? undefined : rowOf(place, userId)
    return { kind: 'refused', decision: decided.decision, row }
  }

  const locked = await lockFor(stores, taskId, chosen, step.stepId)
  if (locked === undefined || !giving.holds(locked)) return AGAIN
  const reasons = judgeFor(await placeIn(locked))(await personIn(stores, place, chosen))
  if (reasons.length > 0) return AGAIN
  const settled = settleDue(locked, rules)
  const decisionId = deps.ids.next()
  const to = { userId: chosen, assignmentId: deps.ids.next() as AssignmentId, decisionId }
  const changed = followedBy(settled, giving.give(settled.work, rules, to))
  await remember(stores, place, chosenBy.name, decisionId, decided, userId === undefined)
  return { kind: 'given', assignment: await keep(stores, deps, locked, changed, chosen, rules) }
}

/** Locks the person, then the task; nothing if the task no longer stands at the step. */
async function lockFor(
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
async function personIn(
  stores: AssignmentStores,
  place: Pick<Place, 'work' | 'step'>,
  userId: UserId,
): Promise<Person> {
  const [person] = await peopleFor(stores, place, userId)
  if (person === undefined) throw new NotFoundError('user', userId)
  return person
}

/** Records the decision with what it came from, and what the strategy remembers of it if it was its choice. */
async function remember(
  { decisions }: AssignmentStores,
  { work, step, rules }: Place,
  strategy: string,
  decisionId: string,
  { decision, input, state }: Decided,
  isStrategys: boolean,
): Promise<void> {
  if (isStrategys) await decisions.saveStrategyState(work.task.projectId, step.stepId, strategy, state)
  await decisions.recordDecision({
    decisionId,
    batchId: null,
    decidedAt: rules.now,
    decision,
    input,
  })
}

/** Writes a change that gave `userId` the current step, facts last, and gives their row. */
async function keep(
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
function rowOf({ work, step }: Place, userId: UserId): Assignment | undefined {
  return work.assignments.find(
    (row) => row.userId === userId && row.stepId === step.stepId && holdsOrSubmitted(row),
  )
}

function refusal(decision: Decision, row: Assignment | undefined): ConflictError {
  if (row) {
    return new AlreadyAssignedError('The person already has this step of the task', { assignment: row })
  }
  return new NoEligiblePersonError('Nobody may take this step of the task now', { decision })
}
