import { ConflictError, NotFoundError, ValidationError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import { purposeOf } from '../workflow/task.ts'
import { isPeopleStep, type Step } from '../workflow/workflow.ts'
import type { IneligibleReason, Person, TaskWork } from './assignment.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { termsOf } from './claim/terms.ts'
import { openStepOf, reasonsAgainst } from './eligibility.ts'
import { type Decided, decide } from './strategies/decide.ts'
import type { AssignmentStrategy } from './strategies/strategy.ts'
import type { Rules } from './task/work-draft.ts'

/** A step of a task about which somebody is to be decided. */
export interface Place {
  /** Nothing is due on it. */
  readonly work: TaskWork
  readonly step: Step
  readonly rules: Rules
  readonly gateOpen: boolean
  /** Lifts exclusions, and nothing else. */
  readonly override: boolean
}

/** The open people step of a task. @throws ConflictError if there is none */
export function peopleStepOf({ task }: TaskWork, { workflow }: Rules): Step {
  const step = workflow.steps.find(({ stepId }) => stepId === task.currentStepId)
  if (task.status !== 'open')
    throw new ConflictError(`Task ${task.taskId} is ${task.status}`, { status: task.status })
  if (purposeOf(task) === 'control')
    throw new ConflictError(`Task ${task.taskId} is a control: people get it when it is its turn`, {
      purpose: 'control',
    })
  if (step === undefined || !isPeopleStep(step)) {
    throw new ConflictError(`Task ${task.taskId} waits for a job, not for a person`, {
      stepId: task.currentStepId,
    })
  }
  return step
}

/** Whether work of the project may be given out now; it stays so to the end of the transaction. */
export async function isGateOpen({ projects }: AssignmentStores, { task }: TaskWork): Promise<boolean> {
  return (await projects.holdGates([task.projectId])).has(task.projectId)
}

/** Why each person may not have the place; the one function by which engine and explanation go. */
export function judgeFor({
  work,
  step,
  rules,
  gateOpen,
  override,
}: Place): (person: Person) => IneligibleReason[] {
  const open = openStepOf(work, step, { ...rules, gateOpen })
  return (person) =>
    reasonsAgainst(person, open).filter(({ code }) => !(override && code === 'excludedByStep'))
}

/** @throws ValidationError for a strategy that was asked for and is not registered */
export function requireStrategy({ strategies }: AssignmentDeps, asked: string | undefined): void {
  if (asked !== undefined && !strategies.has(asked))
    throw new ValidationError([{ path: 'strategy', message: 'names no registered strategy' }])
}

/** The strategy asked for, else the step's, else the project's. @throws ValidationError if it is not registered */
export function strategyFor(
  { strategies }: AssignmentDeps,
  step: Step,
  { config }: Rules,
  asked: string | undefined,
): { readonly name: string; readonly strategy: AssignmentStrategy } {
  const name = asked ?? termsOf(step, config).strategy
  const strategy = strategies.get(name)
  if (strategy === undefined) {
    throw new ValidationError([{ path: 'strategy', message: `names no registered strategy: ${name}` }])
  }
  return { name, strategy }
}

/** Decides among `people` for a place, by the strategy named and what it remembers. */
export function decideFor(
  place: Place,
  people: readonly Person[],
  { name, strategy }: { readonly name: string; readonly strategy: AssignmentStrategy },
  state: Json,
): Decided {
  return decide({
    taskId: place.work.task.taskId,
    stepId: place.step.stepId,
    people,
    reasonsAgainst: judgeFor(place),
    strategyName: name,
    strategy,
    config: place.rules.config,
    state,
  })
}

/** The people to consider: the one named, else the project's members who annotate. @throws NotFoundError if the one named does not exist */
export async function peopleFor(
  { decisions }: AssignmentStores,
  { work, step }: Pick<Place, 'work' | 'step'>,
  userId: UserId | undefined,
): Promise<Person[]> {
  const named = userId === undefined ? undefined : [userId]
  const people = await decisions.listPeople(work.task.projectId, step.stepType, named)
  if (userId !== undefined && people.length === 0) throw new NotFoundError('user', userId)
  return people
}
