import { NotFound } from '../errors.ts'
import type { NewFact } from '../events/event.ts'
import type { AssignmentId, ProjectId, TaskId, UserId, WorkflowId } from '../ids.ts'
import { parse } from '../parse.ts'
import { isPeopleStep, type StepType } from '../workflow/workflow.ts'
import type { AssignmentUseCases } from './api.ts'
import type { Person, ReasonCode, TaskWork } from './assignment.ts'
import { type Chooser, type Load, type Plan, planFor } from './batch-plan.ts'
import { isGateOpen, judgeFor, type Place, peopleFor, requireStrategy, strategyFor } from './deciding.ts'
import type { AssignmentDeps, AssignmentStores } from './deps.ts'
import { expireDue } from './due.ts'
import { batchRequest, DEFAULT_BATCH } from './input.ts'
import { followedBy, rulesFor, write } from './locked-task.ts'
import { assignPerson, settleDue } from './task-work.ts'
import type { Rules } from './work-draft.ts'

/** Tasks that are decided and written in one transaction. */
const CHUNK = 100

/** How often what others were faster at is decided again. */
const MAX_ROUNDS = 5

type Reason = ReasonCode | 'noEligiblePerson'

/** What is known of people while a batch is decided: read once per type of step, loads kept up to date. */
interface Crew {
  readonly byStepType: Map<StepType, readonly Person[]>
  loads: ReadonlyMap<UserId, Load>
}

interface ChunkOutcome {
  readonly assigned: number
  readonly unassigned: readonly (readonly [TaskId, Reason])[]
  /** Tasks where what was decided no longer held. */
  readonly again: readonly TaskId[]
  readonly loads: ReadonlyMap<UserId, Load>
}

/** A task with what was decided for it. */
interface Planned {
  readonly place: Place
  readonly plan: Plan
}

/** A whole project's open work, in the order in which it would be claimed, in one decision. */
export function assignBatchWith(deps: AssignmentDeps): AssignmentUseCases['assignBatch'] {
  return async ({ projectId, ...request }) => {
    const { strategy, limit = DEFAULT_BATCH } = parse(batchRequest, request)
    const { tasks, projects } = deps.transactions.stores
    requireStrategy(deps, strategy)
    if (!(await projects.find(projectId))) throw new NotFound('project', projectId)
    await expireDue(deps)

    const listed = await tasks.listOpenWork(projectId, limit)
    const crew: Crew = { byStepType: new Map(), loads: new Map() }
    const unassigned = new Map<TaskId, Reason>()
    let assigned = 0
    let open = listed
    for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
      const again: TaskWork[] = []
      for (let start = 0; start < open.length; start += CHUNK) {
        const outcome = await assignChunk(deps, open.slice(start, start + CHUNK), strategy, crew)
        crew.loads = outcome.loads
        assigned += outcome.assigned
        for (const [taskId, reason] of outcome.unassigned) unassigned.set(taskId, reason)
        for (const taskId of outcome.again) {
          const work = await tasks.findWork(taskId)
          if (work) again.push(work)
        }
      }
      open = again
    }
    for (const { task } of open) unassigned.set(task.taskId, 'noEligiblePerson')
    return {
      assigned,
      unassigned: listed.flatMap(({ task: { taskId } }) => {
        const reason = unassigned.get(taskId)
        return reason ? [{ taskId, reason }] : []
      }),
    }
  }
}

/**
 * Decides on some tasks and writes it, in one transaction: first who is chosen is locked, then each task; what no longer holds under the locks is
 * left out, to be decided again.
 */
function assignChunk(
  deps: AssignmentDeps,
  works: readonly TaskWork[],
  strategy: string | undefined,
  crew: Crew,
): Promise<ChunkOutcome> {
  return deps.transactions.transaction(async (stores) => {
    const now = deps.clock.now()
    const loads = new Map(crew.loads)
    const places = await placesOf(stores, works, now)
    const choosers = await lockChoosers(stores, deps, places, strategy)
    const planned: Planned[] = []
    for (const place of places) {
      const people = await crewFor(stores, place, crew)
      const chooser = choosers.get(place.step.stepId)
      if (chooser === undefined) throw new RangeError(`Nothing chooses for step ${place.step.stepId}`)
      const nextId = (): AssignmentId => deps.ids.next() as AssignmentId
      planned.push({ place, plan: planFor(place, people, loads, chooser, nextId) })
    }

    const chosen = [...new Set(planned.flatMap(({ plan }) => plan.chosen.map(({ userId }) => userId)))].sort()
    if (chosen.length > 0) await stores.people.lock(chosen)
    const guard = new Guard(stores, chosen)
    const facts: NewFact[] = []
    const again: TaskId[] = []
    let assigned = 0
    const inOrder = planned
      .filter(({ plan }) => plan.chosen.length > 0)
      .sort((one, other) => (one.place.work.task.taskId < other.place.work.task.taskId ? -1 : 1))
    for (const { place, plan } of inOrder) {
      const { taskId } = place.work.task
      const written = await writePlan(stores, deps, place, plan, guard)
      facts.push(...written.facts)
      assigned += written.given
      if (written.given < plan.chosen.length) again.push(taskId)
    }
    for (const { projectId, stepId, name, state } of choosers.values()) {
      await stores.tasks.saveStrategyState(projectId, stepId, name, state)
    }
    await stores.events.append(facts)
    for (const [userId, load] of guard.loads()) loads.set(userId, load)
    const left = planned.flatMap(({ place, plan }) =>
      plan.left === null ? [] : [[place.work.task.taskId, plan.left] as const],
    )
    return { assigned, unassigned: left, again, loads }
  })
}

/** The tasks that still stand at a people step, with nothing due on them any more. */
async function placesOf(stores: AssignmentStores, works: readonly TaskWork[], now: Date): Promise<Place[]> {
  const places: Place[] = []
  const known = new Map<WorkflowId, Rules>()
  const [first] = works
  const gateOpen = first !== undefined && (await isGateOpen(stores, first))
  for (const work of works) {
    const { workflowId, currentStepId } = work.task
    const rules = known.get(workflowId) ?? (await rulesFor(stores, work.task, now))
    known.set(workflowId, rules)
    const step = rules.workflow.steps.find(({ stepId }) => stepId === currentStepId)
    if (step === undefined || !isPeopleStep(step)) continue
    places.push({ work: settleDue(work, rules).work, step, rules, gateOpen, override: false })
  }
  return places
}

/** The strategy of each step, by stepId, with what it remembers: locked in the order of the steps. */
async function lockChoosers(
  { tasks }: AssignmentStores,
  deps: AssignmentDeps,
  places: readonly Place[],
  asked: string | undefined,
): Promise<Map<string, Chooser>> {
  const byStep = [...new Map(places.map((place) => [place.step.stepId, place]))]
  const choosers = new Map<string, Chooser>()
  for (const [stepId, { step, rules, work }] of byStep.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { projectId } = work.task
    const { name, strategy } = strategyFor(deps, step, rules, asked)
    const state = await tasks.lockStrategyState(projectId, stepId, name)
    choosers.set(stepId, { projectId, stepId, name, strategy, state })
  }
  return choosers
}

/** The people who might do the place's step: read when first asked for. */
async function crewFor(
  stores: AssignmentStores,
  place: Place,
  { byStepType }: Crew,
): Promise<readonly Person[]> {
  const { stepType } = place.step
  const people = byStepType.get(stepType) ?? (await peopleFor(stores, place, undefined))
  byStepType.set(stepType, people)
  return people
}

/** Gives the slots of one task, under its lock, to those of the chosen who may still have them. */
async function writePlan(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  { step, rules, gateOpen, work: { task } }: Place,
  { chosen }: Plan,
  guard: Guard,
): Promise<{ readonly given: number; readonly facts: readonly NewFact[] }> {
  const locked = await stores.tasks.lockWork(task.taskId)
  if (locked?.task.currentStepId !== step.stepId) return { given: 0, facts: [] }
  let changed = settleDue(locked, rules)
  let given = 0
  for (const pick of chosen) {
    const person = await guard.person(step.stepType, task.projectId, pick.userId)
    const place = { work: changed.work, step, rules, gateOpen, override: false }
    if (person === undefined || judgeFor(place)(person).length > 0) continue
    changed = followedBy(changed, assignPerson(changed.work, rules, pick))
    guard.given(pick.userId, rules.now)
    given += 1
  }
  const { facts } = await write(stores, deps, locked, changed, rules.now)
  return { given, facts }
}

/** The chosen people as they are under their locks, with what this transaction has given them. */
class Guard {
  readonly #stores: AssignmentStores
  readonly #userIds: readonly UserId[]
  readonly #people = new Map<StepType, ReadonlyMap<UserId, Person>>()
  readonly #loads = new Map<UserId, Load>()

  constructor(stores: AssignmentStores, userIds: readonly UserId[]) {
    this.#stores = stores
    this.#userIds = userIds
  }

  async person(stepType: StepType, projectId: ProjectId, userId: UserId): Promise<Person | undefined> {
    const known = this.#people.get(stepType) ?? (await this.#read(stepType, projectId))
    const person = known.get(userId)
    return person && { ...person, ...this.#loads.get(userId) }
  }

  given(userId: UserId, lastAssignedAt: Date): void {
    const { live } = this.#loads.get(userId) ?? { live: 0 }
    this.#loads.set(userId, { live: live + 1, lastAssignedAt })
  }

  /** The loads as they are now: truer than what was planned. */
  loads(): ReadonlyMap<UserId, Load> {
    return this.#loads
  }

  async #read(stepType: StepType, projectId: ProjectId): Promise<ReadonlyMap<UserId, Person>> {
    const people = await this.#stores.tasks.listPeople(projectId, stepType, this.#userIds)
    for (const { userId, live, lastAssignedAt } of people) {
      if (!this.#loads.has(userId)) this.#loads.set(userId, { live, lastAssignedAt })
    }
    const byId = new Map(people.map((person) => [person.userId, person]))
    this.#people.set(stepType, byId)
    return byId
  }
}
