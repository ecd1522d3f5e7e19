import { NotFoundError } from '../../errors.ts'
import type { NewFact } from '../../events/event.ts'
import type { AssignmentId, ProjectId, TaskId, UserId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import { isPeopleStep, type StepType } from '../../workflow/workflow.ts'
import type { Person, ReasonCode, TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { batchRequest, DEFAULT_BATCH } from '../assignment-input.ts'
import type { AssignmentUseCases } from '../assignments.ts'
import { type ChosenControl, type ControlTurn, chooseControls, givenControl } from '../claim/controls.ts'
import { isGateOpen, judgeFor, type Place, requireStrategy, strategyFor } from '../deciding.ts'
import { absence, openStepOf, overload } from '../eligibility.ts'
import type { RecordedBatch } from '../stores/decision-store.ts'
import type { WorkChange } from '../stores/task-store.ts'
import { expireDue } from '../task/due.ts'
import { followedBy, rulesFor } from '../task/locked-task.ts'
import { assignPerson, settleDue } from '../task/task-work.ts'
import type { Changed, Rules } from '../task/work-draft.ts'
import { type BatchInput, type BatchPlace, choicesOf, planBatch, recordOf } from './batch-plan.ts'

/** Tasks that are locked and written in one transaction, which others wait for. */
const CHUNK = 1_000

/** How often what others were faster at is decided again. */
const MAX_ROUNDS = 5

type Reason = ReasonCode | 'noEligiblePerson'
type Choice = RecordedBatch['choices'][number]

/** The choices of a batch, before they are written. */
interface Decided {
  readonly batch: Pick<RecordedBatch, 'batchId' | 'decidedAt'>
  /** By task, in the order of the batch. */
  readonly choices: ReadonlyMap<TaskId, readonly Choice[]>
  readonly unassigned: readonly (readonly [TaskId, Reason])[]
}

/** A whole project's open work, in the order in which it would be claimed, in one decision. */
export function assignBatchWith(deps: AssignmentDeps): AssignmentUseCases['assignBatch'] {
  return async ({ projectId, ...request }) => {
    const { strategy, limit = DEFAULT_BATCH } = parse(batchRequest, request)
    const { tasks, projects } = deps.transactions.stores
    requireStrategy(deps, strategy)
    if (!(await projects.find(projectId))) throw new NotFoundError('project', projectId)
    await expireDue(deps)

    const listed = await tasks.listOpenWork(projectId, limit)
    const unassigned = new Map<TaskId, Reason>()
    let assigned = 0
    let open = listed
    for (let round = 0; round < MAX_ROUNDS && open.length > 0; round++) {
      const decided = await decideBatch(deps, projectId, open, strategy)
      for (const [taskId, reason] of decided.unassigned) unassigned.set(taskId, reason)
      const planned = open.filter(({ task }) => decided.choices.has(task.taskId))
      const again: TaskWork[] = []
      for (let start = 0; start < planned.length; start += CHUNK) {
        const written = await writeChunk(deps, planned.slice(start, start + CHUNK), decided)
        assigned += written.choices.length
        for (const taskId of written.again) {
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

/** Decides on all of the tasks at once, and records what that came from. */
function decideBatch(
  deps: AssignmentDeps,
  projectId: ProjectId,
  works: readonly TaskWork[],
  strategy: string | undefined,
): Promise<Decided> {
  return deps.transactions.transaction(async (stores) => {
    const now = deps.clock.now()
    const batch = { batchId: deps.ids.next(), decidedAt: now }
    const places = await placesOf(stores, deps, works, now)
    if (places.length === 0) return { batch, choices: new Map(), unassigned: [] }
    const input = await inputFor(stores, deps, places, strategy)
    const plan = planBatch(input, deps.strategies)
    const unassigned = input.places.flatMap(({ taskId }, nth) => {
      const reason = plan.places[nth]?.left ?? null
      return reason === null ? [] : [[taskId, reason] as const]
    })
    const choices = choicesOf(input, plan).map((choice) => ({ decisionId: deps.ids.next(), ...choice }))
    if (choices.length > 0) {
      for (const { stepId, strategy: name } of input.choosers) {
        await stores.decisions.saveStrategyState(projectId, stepId, name, plan.states.get(stepId) ?? null)
      }
      await stores.decisions.recordBatch({ ...batch, projectId, input: recordOf(input), choices })
    }
    return { batch, choices: Map.groupBy(choices, ({ taskId }) => taskId), unassigned }
  })
}

/**
 * Writes what was decided on some tasks, in one transaction: first who is chosen is locked, then the tasks; what no longer holds under the locks is
 * left out, to be decided again.
 */
function writeChunk(
  deps: AssignmentDeps,
  works: readonly TaskWork[],
  { batch, choices }: Decided,
): Promise<Written> {
  return deps.transactions.transaction(async (stores) => {
    const places = await placesOf(stores, deps, works, deps.clock.now())
    const planned = new Map<TaskId, Planned>()
    for (const place of places) {
      const { taskId } = place.work.task
      planned.set(taskId, { place, choices: choices.get(taskId) ?? [] })
    }
    const written = await writePlanned(stores, deps, planned)
    await stores.decisions.recordChoices(batch, written.choices)
    await stores.events.append(written.facts)
    return written
  })
}

/** The tasks that still stand at a people step, with nothing due on them. */
async function placesOf(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  works: readonly TaskWork[],
  now: Date,
): Promise<Place[]> {
  const places: Place[] = []
  const known = new Map<string, Rules>()
  const [first] = works
  const gateOpen = first !== undefined && (await isGateOpen(stores, first))
  for (const work of works) {
    const { workflowId, currentStepId, formId } = work.task
    const key = `${workflowId} ${formId ?? ''}`
    const rules = known.get(key) ?? (await rulesFor(stores, deps, work.task, now))
    known.set(key, rules)
    const step = rules.workflow.steps.find(({ stepId }) => stepId === currentStepId)
    if (step === undefined || !isPeopleStep(step)) continue
    places.push({ work: settleDue(work, rules).work, step, rules, gateOpen, override: false })
  }
  return places
}

/** The input of a batch: people read once for each type of step, and each step's strategy state, locked in the order of the steps. */
async function inputFor(
  { decisions }: AssignmentStores,
  deps: AssignmentDeps,
  places: readonly Place[],
  asked: string | undefined,
): Promise<BatchInput> {
  const [first] = places as readonly [Place, ...Place[]]
  const { projectId } = first.work.task
  const { config, now } = first.rules
  const byStep = [...new Map(places.map((place) => [place.step.stepId, place]))]
  const choosers: { stepId: string; strategy: string; state: BatchInput['choosers'][number]['state'] }[] = []
  for (const [stepId, { step, rules }] of byStep.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { name } = strategyFor(deps, step, rules, asked)
    choosers.push({
      stepId,
      strategy: name,
      state: await decisions.lockStrategyState(projectId, stepId, name),
    })
  }
  const people: Partial<Record<StepType, readonly Person[]>> = {}
  for (const { step } of places)
    people[step.stepType] ??= await decisions.listPeople(projectId, step.stepType)
  return { people, config, gateOpen: first.gateOpen, now, choosers, places: places.map(batchPlaceOf) }
}

function batchPlaceOf({ work, step, rules, gateOpen }: Place): BatchPlace {
  const { requirements, openForMs, excludedSteps, onboarding, slots } = openStepOf(work, step, {
    ...rules,
    gateOpen,
  })
  return {
    taskId: work.task.taskId,
    stepId: step.stepId,
    stepType: step.stepType,
    requirements,
    openForMs,
    excludedSteps,
    onboarding,
    free: slots.filter(({ state }) => state === 'free').length,
    rows: work.assignments.map(({ userId, stepId, status }) => ({ userId, stepId, status })),
  }
}

interface Planned {
  readonly place: Place
  readonly choices: readonly Choice[]
}

interface Written {
  readonly choices: readonly Choice[]
  readonly facts: readonly NewFact[]
  /** Tasks where what was decided no longer held. */
  readonly again: readonly TaskId[]
}

/** Gives the slots, under the locks of people and then of tasks, to those of the chosen who may still have them. */
async function writePlanned(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  planned: ReadonlyMap<TaskId, Planned>,
): Promise<Written> {
  const chosen = new Set([...planned.values()].flatMap(({ choices }) => choices.map(chosenBy)))
  await stores.people.lock([...chosen].sort())
  const guard = new Guard(stores, [...chosen])
  const changes: WorkChange[] = []
  const facts: NewFact[] = []
  const choices: Choice[] = []
  const again = new Set(planned.keys())
  const now = deps.clock.now()
  const besides = await controlsBesides(stores, deps, planned, guard, now)
  facts.push(...besides.facts)
  for (const locked of await stores.tasks.lockWorks([...planned.keys(), ...besides.chosen.keys()])) {
    const { taskId, projectId } = locked.task
    const controls = besides.chosen.get(taskId)
    if (controls !== undefined) {
      const given = await givenControl(stores, deps, locked, controls, 'batch', now)
      changes.push({ before: locked, after: given.work, moves: given.moves })
      facts.push(...given.facts)
      continue
    }
    const one = planned.get(taskId)
    if (one === undefined || locked.task.currentStepId !== one.choices[0]?.stepId) continue
    const { step, rules, gateOpen } = one.place
    let changed: Changed = settleDue(locked, rules)
    let missed = false
    for (const choice of one.choices) {
      const userId = chosenBy(choice)
      const person = await guard.person(step.stepType, projectId, userId)
      const place = { work: changed.work, step, rules, gateOpen, override: false }
      if (person === undefined || judgeFor(place)(person).length > 0) {
        missed = true
        continue
      }
      const assignmentId = deps.ids.next() as AssignmentId
      const { decisionId } = choice
      changed = followedBy(
        changed,
        assignPerson(changed.work, rules, { userId, assignmentId, decisionId, how: 'batch' }),
      )
      guard.given(userId)
      choices.push(choice)
    }
    if (!missed) again.delete(taskId)
    changes.push({ before: locked, after: changed.work, moves: changed.moves })
    facts.push(...changed.facts)
  }
  await stores.tasks.saveWorks(changes)
  return { choices, facts, again: [...again] }
}

/**
 * The controls that are given besides: it is drawn for each assignment, and people get one more thing only if their limit allows it beside all that they are
 * to get. They are locked with the tasks, in one order.
 */
async function controlsBesides(
  stores: AssignmentStores,
  deps: AssignmentDeps,
  planned: ReadonlyMap<TaskId, Planned>,
  guard: Guard,
  now: Date,
): Promise<{
  readonly chosen: ReadonlyMap<TaskId, readonly ChosenControl[]>
  readonly facts: readonly NewFact[]
}> {
  const [first] = planned.values()
  const policy = first?.place.rules.quality?.controls
  if (first === undefined || policy === undefined || !first.place.gateOpen)
    return { chosen: new Map(), facts: [] }
  const { projectId } = first.place.work.task
  const { config } = first.place.rules
  const choices = [...planned.values()].flatMap((one) => one.choices)
  const turns: ControlTurn[] = []
  for (const choice of choices.filter(({ stepId }) => stepId === policy.stepId)) {
    if (deps.random.next() >= policy.rate) continue
    const userId = chosenBy(choice)
    const person = await guard.person('annotation', projectId, userId)
    const getting = [...choices.map(chosenBy), ...turns.map((turn) => turn.userId)]
    const live = (person?.live ?? 0) + getting.filter((one) => one === userId).length
    if (person === undefined || absence(person).length + overload({ ...person, live }, config).length > 0)
      continue
    const assignmentId = deps.ids.next() as AssignmentId
    turns.push({ userId, projectId, assignmentId, policy, skills: person.skills, wanting: 0 })
  }
  const { chosen, facts } = await chooseControls(stores, deps, turns, now)
  return { chosen: Map.groupBy(chosen, ({ taskId }) => taskId), facts }
}

/** Choices of a plan always name somebody. */
function chosenBy({ chosen, taskId }: Choice): UserId {
  if (chosen === null) throw new Error(`a batch chose nobody for ${taskId}`)
  return chosen
}

/** The chosen people as they are under their locks, with what this transaction has given them. */
class Guard {
  readonly #stores: AssignmentStores
  readonly #userIds: readonly UserId[]
  readonly #people = new Map<StepType, ReadonlyMap<UserId, Person>>()
  readonly #given = new Map<UserId, number>()

  constructor(stores: AssignmentStores, userIds: readonly UserId[]) {
    this.#stores = stores
    this.#userIds = userIds
  }

  async person(stepType: StepType, projectId: ProjectId, userId: UserId): Promise<Person | undefined> {
    const known = this.#people.get(stepType) ?? (await this.#read(stepType, projectId))
    const person = known.get(userId)
    return person && { ...person, live: person.live + (this.#given.get(userId) ?? 0) }
  }

  given(userId: UserId): void {
    this.#given.set(userId, (this.#given.get(userId) ?? 0) + 1)
  }

  async #read(stepType: StepType, projectId: ProjectId): Promise<ReadonlyMap<UserId, Person>> {
    const people = await this.#stores.decisions.listPeople(projectId, stepType, this.#userIds)
    const byId = new Map(people.map((person) => [person.userId, person]))
    this.#people.set(stepType, byId)
    return byId
  }
}
