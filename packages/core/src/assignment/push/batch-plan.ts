import type { TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import type { StepType } from '../../workflow/workflow.ts'
import type { Decision, Person, ReasonCode } from '../assignment.ts'
import { type OpenStep, reasonsAgainst } from '../eligibility.ts'
import type { BatchChoice, RecordedBatch } from '../stores/decision-store.ts'
import { decide } from '../strategies/decide.ts'
import type { AssignmentStrategy, StrategyInput, Turns } from '../strategies/strategy.ts'
import { turnsOf } from '../strategies/turns.ts'
import { Crew, type CrewMember, type Seat } from './crew.ts'
import { type Move, Seating } from './seating.ts'

/** An open step of a task as a batch sees it, with at least one free slot and nothing due. */
export interface BatchPlace extends Seat {
  readonly taskId: TaskId
  readonly stepType: StepType
  /** Free slots of the step. */
  readonly free: number
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
interface PlacePlan {
  readonly chosen: readonly UserId[]
  /** The reason that holds for most people; null: no slot stays free. */
  readonly left: ReasonCode | 'noEligiblePerson' | null
}

export interface BatchPlan {
  /** One for each place of the input. */
  readonly places: readonly PlacePlan[]
  /** The memory of each strategy afterwards, by stepId. */
  readonly states: ReadonlyMap<string, Json>
  /** Those about the task that is explained, one for each slot. */
  readonly decisions: readonly Decision[]
}

type Strategies = ReadonlyMap<string, AssignmentStrategy>
type Chooser = { readonly name: string; readonly strategy: AssignmentStrategy; readonly turns: Turns }

/**
 * Decides a batch: place by place, slot by slot, each goes to the strategy's choice among who is still eligible, as if all before had been done. The
 * same as {@link decide} asked again and again, but what a person's skills say of a step is asked once for all places that require the same.
 *
 * If everybody who may have a slot holds as much as they may, earlier places of the batch go to others where that makes room: by the fewest moves,
 * to whom the strategy of the step chooses. So as many slots are filled as can be, and none stays free for one that comes later in the order.
 *
 * @param explained the task whose decisions are told in full
 * @throws RangeError when a strategy is not registered
 */
export function planBatch(input: BatchInput, strategies: Strategies, explained?: TaskId): BatchPlan {
  return new Planning(input, strategies, explained).plan()
}

class Planning {
  readonly #input: BatchInput
  readonly #crews: ReadonlyMap<string, Crew>
  readonly #choosers: ReadonlyMap<string, Chooser>
  readonly #seating: Seating
  readonly #explained: TaskId | undefined
  readonly #decisions: Decision[] = []

  constructor(input: BatchInput, strategies: Strategies, explained: TaskId | undefined) {
    this.#input = input
    this.#explained = explained
    this.#crews = new Map(
      Object.entries(input.people).map(([stepType, people]) => [stepType, new Crew(people, input.config)]),
    )
    this.#choosers = new Map(
      input.choosers.map(({ stepId, strategy: name, state }) => {
        const strategy = strategies.get(name)
        if (strategy === undefined) throw new RangeError(`There is no strategy ${name}`)
        return [stepId, { name, strategy, turns: turnsOf(strategy, state, input.config.weights) }]
      }),
    )
    this.#seating = new Seating(input.places, (place) => this.#crewOf(this.#place(place)))
  }

  plan(): BatchPlan {
    const left = this.#input.places.map((place, nth) => this.#fill(place, nth))
    return {
      places: left.map((reason, nth) => ({ chosen: this.#seating.chosen(nth), left: reason })),
      states: new Map([...this.#choosers].map(([stepId, { turns }]) => [stepId, turns.state()])),
      decisions: this.#decisions,
    }
  }

  /** Fills as many slots of the place as can be, and says why the rest stay free. */
  #fill(place: BatchPlace, nth: number): PlacePlan['left'] {
    const crew = this.#crewOf(place)
    for (let slot = 0; slot < place.free; slot++) {
      const people = this.#input.gateOpen ? this.#seating.eligible(nth) : []
      if (people.length > 0) {
        this.#explain(place, nth, crew.people)
        this.#give(nth, this.#choose(place.stepId, people))
      } else if (!(this.#input.gateOpen && this.#makeRoom(place, nth))) {
        this.#explain(place, nth, crew.people)
        return crew.mostHeld(this.#seating.seat(nth), this.#input.gateOpen)
      }
    }
    return null
  }

  /** Gives the place to somebody who gives up another for it, which goes to somebody with room. */
  #makeRoom(place: BatchPlace, nth: number): boolean {
    const reach = this.#seating.reach(nth)
    if (reach === undefined) return false
    const [any] = reach.people
    if (any === undefined) throw new Error('a search found nobody')
    const { stepId } = this.#place(reach.lastOf(any.userId))
    const newcomer = this.#choose(stepId, reach.people)
    const { moves, first } = reach.through(newcomer)
    // Before the moves, for it says what holds once there is room.
    this.#explain(place, nth, this.#withRoom(this.#crewOf(place).people, first))
    for (const move of moves) {
      this.#seating.move(move)
      this.#explainMove(move)
    }
    this.#seating.give(nth, first)
    this.#load(newcomer)
    return true
  }

  #choose(stepId: string, people: StrategyInput['people']): UserId {
    return this.#chooserOf(stepId).turns.choose(people)
  }

  #give(nth: number, userId: UserId): void {
    this.#seating.give(nth, userId)
    this.#load(userId)
  }

  #load(userId: UserId): void {
    for (const crew of this.#crews.values()) crew.give(userId, this.#input.now)
  }

  #withRoom(people: readonly CrewMember[], userId: UserId): CrewMember[] {
    return people.map((person) => (person.userId === userId ? { ...person, live: person.live - 1 } : person))
  }

  #explain(place: BatchPlace, nth: number, people: readonly Person[]): void {
    if (place.taskId !== this.#explained) return
    const { rows } = this.#seating.seat(nth)
    const { name, strategy, turns } = this.#chooserOf(place.stepId)
    const step = openStepOf({ ...place, rows }, this.#input)
    const { decision } = decide({
      taskId: place.taskId,
      stepId: place.stepId,
      people,
      reasonsAgainst: (person) => reasonsAgainst(person, step),
      strategyName: name,
      strategy,
      config: this.#input.config,
      state: turns.state(),
    })
    this.#decisions.push(decision)
  }

  #explainMove({ place, slot, from, to, madeRoomFor }: Move): void {
    if (this.#place(place).taskId !== this.#explained) return
    const before = this.#decisions[slot]
    if (before === undefined) throw new Error('a slot moves that was never given')
    this.#decisions[slot] = {
      ...before,
      chosen: to,
      madeRoomFor: [...(before.madeRoomFor ?? []), { userId: from, taskId: this.#place(madeRoomFor).taskId }],
    }
  }

  #place(nth: number): BatchPlace {
    const place = this.#input.places[nth]
    if (place === undefined) throw new RangeError(`There is no place ${nth}`)
    return place
  }

  #crewOf({ stepId, stepType }: BatchPlace): Crew {
    const crew = this.#crews.get(stepType)
    if (crew === undefined) throw new RangeError(`Nobody is there for step ${stepId}`)
    return crew
  }

  #chooserOf(stepId: string): Chooser {
    const chooser = this.#choosers.get(stepId)
    if (chooser === undefined) throw new RangeError(`Nobody chooses for step ${stepId}`)
    return chooser
  }
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
  return [...planBatch(inputOf(recorded.input), strategies, taskId).decisions]
}

/** How much a recorded batch is to replay: its places × the people of its biggest step. */
export function sizeOfBatch({ input }: Pick<RecordedBatch, 'input'>): number {
  const { places, people } = inputOf(input)
  return places.length * Math.max(0, ...Object.values(people).map(({ length }) => length))
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
    ...(person.paused && { paused: { ...person.paused, since: new Date(person.paused.since) } }),
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
  const { rows: assignments, free, onboarding = null, ...step } = place
  return {
    ...step,
    onboarding,
    config,
    gateOpen,
    assignments,
    reservedUntil: null,
    slots: Array.from({ length: free }, () => FREE),
  }
}

const FREE = { state: 'free', wakeAt: null } as const
