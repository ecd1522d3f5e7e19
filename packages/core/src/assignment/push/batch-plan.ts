import type { TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import { standingRequirements, unmetRequirements } from '../../workflow/requirements.ts'
import type { Requirement, StepType } from '../../workflow/workflow.ts'
import type { Assignment, Decision, Person, ReasonCode } from '../assignment.ts'
import { limitOf } from '../claim/terms.ts'
import { absence, historyOf, type OpenStep, overload, reasonsAgainst } from '../eligibility.ts'
import type { BatchChoice, RecordedBatch } from '../stores/decision-store.ts'
import { decide } from '../strategies/decide.ts'
import type { AssignmentStrategy, StrategyInput } from '../strategies/strategy.ts'

/** An open step of a task as a batch sees it, with at least one free slot and nothing due. */
export interface BatchPlace {
  readonly taskId: TaskId
  readonly stepId: string
  readonly stepType: StepType
  /** The step's own and the task's. */
  readonly requirements: readonly Requirement[]
  readonly openForMs: number
  /** In both directions. */
  readonly excludedSteps: readonly string[]
  /** Free slots of the step. */
  readonly free: number
  /** All rows on the task. */
  readonly rows: readonly Pick<Assignment, 'userId' | 'stepId' | 'status'>[]
}

/** Everything that a batch is decided from. */
export interface BatchInput {
  /** By userId; quality is that at this type of step. */
  readonly people: Readonly<Partial<Record<StepType, readonly Person[]>>>
  readonly config: AssignmentConfig
  /** Whether the gates of the project and of the system are open. */
  readonly gateOpen: boolean
  readonly now: Date
  /** The strategy of each step, with what it remembers. */
  readonly choosers: readonly { readonly stepId: string; readonly strategy: string; readonly state: Json }[]
  /** In the order in which they are decided. */
  readonly places: readonly BatchPlace[]
}

/** The people who get the free slots of a place, and why the rest of them stay free. */
export interface PlacePlan {
  readonly chosen: readonly UserId[]
  /** The reason that holds for most people; null: no slot stays free. */
  readonly left: ReasonCode | 'noEligiblePerson' | null
}

export interface BatchPlan {
  /** One for each place of the input. */
  readonly places: readonly PlacePlan[]
  /** The memory of each strategy afterwards, by stepId. */
  readonly states: ReadonlyMap<string, Json>
}

type Strategies = ReadonlyMap<string, AssignmentStrategy>
type Candidate = StrategyInput['people'][number]

/**
 * Decides a batch: place by place, slot by slot, each goes to the strategy's choice among who is still eligible, as if all before had been done. The
 * same as {@link decide} asked again and again, but what a person's skills say of a step is asked once for all places that require the same.
 *
 * @param explain gets each decision of this task in full
 * @throws RangeError when a strategy is not registered
 */
export function planBatch(
  input: BatchInput,
  strategies: Strategies,
  explain?: { readonly taskId: TaskId; readonly decided: (decision: Decision) => void },
): BatchPlan {
  const crews = new Map(
    Object.entries(input.people).map(([stepType, people]) => [stepType, new Crew(people, input.config)]),
  )
  const choosers = new Map(
    input.choosers.map(({ stepId, strategy: name, state }) => {
      const strategy = strategies.get(name)
      if (strategy === undefined) throw new RangeError(`There is no strategy ${name}`)
      return [stepId, { name, strategy, state }]
    }),
  )

  const planFor = (place: BatchPlace): PlacePlan => {
    const crew = crews.get(place.stepType)
    const chooser = choosers.get(place.stepId)
    if (crew === undefined || chooser === undefined)
      throw new RangeError(`Nobody chooses for step ${place.stepId}`)
    const chosen: UserId[] = []
    let rows = place.rows
    for (let slot = 0; slot < place.free; slot++) {
      const now = { ...place, rows }
      if (explain?.taskId === place.taskId) {
        const step = openStepOf(now, input)
        explain.decided(
          decide({
            taskId: place.taskId,
            stepId: place.stepId,
            people: crew.people,
            reasonsAgainst: (person) => reasonsAgainst(person, step),
            strategyName: chooser.name,
            strategy: chooser.strategy,
            config: input.config,
            state: chooser.state,
          }).decision,
        )
      }
      const people = input.gateOpen ? crew.eligible(now) : []
      if (people.length === 0) return { chosen, left: crew.mostHeld(now, input.gateOpen) }
      const choice = chooser.strategy({ people, weights: input.config.weights, state: chooser.state })
      chooser.state = choice.state
      for (const one of crews.values()) one.give(choice.chosen, input.now)
      rows = [...rows, { userId: choice.chosen, stepId: place.stepId, status: 'assigned' }]
      chosen.push(choice.chosen)
    }
    return { chosen, left: null }
  }

  const places = input.places.map(planFor)
  return { places, states: new Map([...choosers].map(([stepId, { state }]) => [stepId, state])) }
}

/** The choices of a recorded batch, made again from its input. @throws RangeError when a strategy is not, or no longer, registered */
export function replayBatch(recorded: Pick<RecordedBatch, 'input'>, strategies: Strategies): BatchChoice[] {
  const input = inputOf(recorded.input)
  return choicesOf(input, planBatch(input, strategies))
}

/** The decisions of a recorded batch about one task, one for each slot, explained person by person. @throws RangeError as {@link replayBatch} */
export function explainBatch(
  recorded: Pick<RecordedBatch, 'input'>,
  taskId: TaskId,
  strategies: Strategies,
): Decision[] {
  const decisions: Decision[] = []
  planBatch(inputOf(recorded.input), strategies, { taskId, decided: (decision) => decisions.push(decision) })
  return decisions
}

/** The assignments that a plan makes, in its order. */
export function choicesOf({ places, choosers }: BatchInput, plan: BatchPlan): BatchChoice[] {
  const strategyOf = new Map(choosers.map(({ stepId, strategy }) => [stepId, strategy]))
  return places.flatMap(({ taskId, stepId }, nth) =>
    (plan.places[nth]?.chosen ?? []).map((chosen) => {
      return { taskId, stepId, strategy: strategyOf.get(stepId) ?? '', chosen }
    }),
  )
}

/** An input as it is kept: dates as text. */
export function recordOf(input: BatchInput): Json {
  return JSON.parse(JSON.stringify(input)) as Json
}

function inputOf(recorded: Json): BatchInput {
  const input = recorded as unknown as Omit<BatchInput, 'now'> & { readonly now: string }
  const revived = (person: Person): Person => ({
    ...person,
    lastAssignedAt: person.lastAssignedAt === null ? null : new Date(person.lastAssignedAt),
  })
  return {
    ...input,
    now: new Date(input.now),
    people: Object.fromEntries(
      Object.entries(input.people).map(([type, people]) => [type, people.map(revived)]),
    ),
  }
}

function openStepOf(place: BatchPlace, { config, gateOpen }: BatchInput): OpenStep {
  const { rows: assignments, free, ...step } = place
  return {
    ...step,
    config,
    gateOpen,
    assignments,
    reservedUntil: null,
    slots: Array.from({ length: free }, () => FREE),
  }
}

const FREE = { state: 'free', wakeAt: null } as const

/** People who meet the same requirements, by their place among all, and how many of the others lack what. */
interface Able {
  readonly places: readonly number[]
  readonly counts: ReadonlyMap<ReasonCode, number>
}

/** The people who might do steps of one type, with their loads as the batch goes on. */
class Crew {
  readonly #people: Candidate[]
  readonly #config: AssignmentConfig
  readonly #places: ReadonlyMap<UserId, number>
  readonly #able = new Map<string, Able>()

  constructor(people: readonly Person[], config: AssignmentConfig) {
    this.#config = config
    this.#people = people.map((person) => ({ ...person, limit: limitOf(person.ownLimit, config) }))
    this.#places = new Map(people.map(({ userId }, place) => [userId, place]))
  }

  get people(): readonly Candidate[] {
    return this.#people
  }

  /** Those against whom nothing speaks, the gate aside. By userId. */
  eligible(place: BatchPlace): Candidate[] {
    const barred = this.#barred(place)
    const eligible: Candidate[] = []
    for (const at of this.#ableFor(place).places) {
      const person = this.#people[at]
      if (person && person.live < person.limit && !barred.has(person.userId)) eligible.push(person)
    }
    return eligible
  }

  give(userId: UserId, now: Date): void {
    const at = this.#places.get(userId)
    const person = at === undefined ? undefined : this.#people[at]
    if (at !== undefined && person)
      this.#people[at] = { ...person, live: person.live + 1, lastAssignedAt: now }
  }

  /** Of the reasons that hold for most people the one that is named first. */
  mostHeld(place: BatchPlace, gateOpen: boolean): ReasonCode | 'noEligiblePerson' {
    const counts = new Map(this.#ableFor(place).counts)
    for (const codes of this.#barred(place).values()) {
      for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    const full = this.#people.filter((person) => overload(person, this.#config).length > 0).length
    if (full > 0) counts.set('atLimit', full)
    if (!gateOpen) counts.set('queuePaused', this.#people.length)
    const [most] = [...counts].sort(([, one], [, other]) => other - one)
    return most && most[1] > 0 ? most[0] : 'noEligiblePerson'
  }

  /** The people whose own rows on the task bar them from it, and why. */
  #barred({ rows, stepId, excludedSteps }: BatchPlace): ReadonlyMap<UserId, ReadonlySet<ReasonCode>> {
    const barred = new Map<UserId, ReadonlySet<ReasonCode>>()
    for (const [userId, mine] of Map.groupBy(rows, (row) => row.userId)) {
      const reasons = historyOf(mine, { stepId, excludedSteps })
      if (reasons.length > 0 && this.#places.has(userId))
        barred.set(userId, new Set(reasons.map(({ code }) => code)))
    }
    return barred
  }

  #ableFor({ requirements, openForMs }: BatchPlace): Able {
    const key = JSON.stringify(standingRequirements(requirements, openForMs))
    const known = this.#able.get(key)
    if (known) return known
    const places: number[] = []
    const counts = new Map<ReasonCode, number>()
    for (const [at, person] of this.#people.entries()) {
      const codes = new Set<ReasonCode>(absence(person).map(({ code }) => code))
      if (unmetRequirements(person.skills, requirements, openForMs).length > 0) codes.add('missingSkill')
      if (codes.size === 0) places.push(at)
      for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
    }
    const able = { places, counts }
    this.#able.set(key, able)
    return able
  }
}
