import type { AssignmentConfig, AssignmentStrategy, Json, ProjectId, UserId } from '@muster/core'
import type { Person, TaskWork } from '@muster/core/ports'
import {
  DEFAULT_ASSIGNMENT_CONFIG,
  decide,
  observedQuality,
  openStepOf,
  type Quality,
  reasonsAgainst,
  UNKNOWN_QUALITY,
  unmetRequirements,
} from '@muster/core/rules'
import { aStep, aTaskWork, aWorkflow, NINE, newId } from '@muster/testing'
import type { Arrival, Worker, World } from './world.ts'

/** What became of one task. Moments in milliseconds from the start. */
export interface Done {
  /** Its place among the arrivals. */
  readonly task: number
  readonly userId: UserId
  readonly arrivedAt: number
  readonly assignedAt: number
  readonly startedAt: number
  readonly submittedAt: number
  readonly isRight: boolean
}

export interface Played {
  /** Every task once, in the order in which they were given out. */
  readonly done: readonly Done[]
  /**
   * The longest stretch in milliseconds in which somebody with no assignment at all was passed over: from when they fell idle to the last
   * moment at which something they were eligible for was given to somebody else.
   */
  readonly longestPassedOverMs: number
}

interface Desk {
  readonly worker: Worker
  /** What they hold, the first of it being worked on. */
  readonly held: number[]
  busyUntil: number
  idleSince: number
  quality: Quality | undefined
  lastAssignedAt: Date | null
}

const STEP = aStep('annotate')
const WORKFLOW = aWorkflow([STEP])
const PROJECT = { projectId: newId<'ProjectId'>() as ProjectId, workflow: WORKFLOW }

/**
 * Plays a world under a strategy: tasks are pushed in the order of their arrival as soon as somebody is eligible, by the functions by which
 * the engine decides; a task nobody may take does not hold up those behind it. People work on what they hold one after the other, and
 * gold moves their quality as they submit. Nothing but the world and the strategy decides what happens.
 */
export function simulate(
  world: World,
  strategy: AssignmentStrategy,
  config: AssignmentConfig = DEFAULT_ASSIGNMENT_CONFIG,
): Played {
  return new Office(world, strategy, config).play()
}

class Office {
  readonly #arrivals: readonly Arrival[]
  readonly #desks: readonly Desk[]
  readonly #byId: ReadonlyMap<UserId, Desk>
  readonly #strategy: AssignmentStrategy
  readonly #config: AssignmentConfig
  readonly #done = new Map<number, Done>()
  /** Tasks nobody has yet, oldest first. */
  #open: { readonly task: number; readonly work: TaskWork }[] = []
  /** Moments at which a requirement of an open task is waived, earliest first. */
  readonly #waivedAt: number[] = []
  #state: Json = null
  #longestPassedOverMs = 0

  constructor({ workers, arrivals }: World, strategy: AssignmentStrategy, config: AssignmentConfig) {
    this.#arrivals = arrivals
    this.#strategy = strategy
    this.#config = config
    this.#desks = workers.map((worker) => ({
      worker,
      held: [],
      busyUntil: Number.POSITIVE_INFINITY,
      idleSince: 0,
      quality: undefined,
      lastAssignedAt: null,
    }))
    this.#byId = new Map(this.#desks.map((desk) => [desk.worker.userId, desk]))
  }

  play(): Played {
    let arrived = 0
    for (;;) {
      const nextArrival = this.#arrivals[arrived]?.at ?? Number.POSITIVE_INFINITY
      const nextDone = this.#desks.reduce((least, desk) => Math.min(least, desk.busyUntil), nextArrival)
      const now = Math.min(nextDone, this.#waivedAt[0] ?? Number.POSITIVE_INFINITY)
      if (now === Number.POSITIVE_INFINITY) break
      while (this.#waivedAt[0] === now) this.#waivedAt.shift()
      for (const desk of this.#desks) if (desk.busyUntil === now) this.#submit(desk, now)
      for (; this.#arrivals[arrived]?.at === now; arrived++) this.#arrive(arrived)
      this.#giveOut(now)
    }
    return { done: [...this.#done.values()], longestPassedOverMs: this.#longestPassedOverMs }
  }

  #arrive(task: number): void {
    const { at, requirements } = this.#arrival(task)
    const opened = { requiredSkills: requirements, stepOpenedAt: moment(at) }
    this.#open.push({ task, work: aTaskWork(PROJECT, opened) })
    for (const { dropAfterMinutes } of requirements) {
      if (dropAfterMinutes !== null) this.#waivedAt.push(at + dropAfterMinutes * 60_000)
    }
    this.#waivedAt.sort((one, other) => one - other)
  }

  /** Gives out what can be given out now. What asks for the same as a task that nobody can take is not asked about again. */
  #giveOut(now: number): void {
    const hopeless = new Set<string>()
    this.#open = this.#open.filter(({ task, work }) => {
      if (!this.#desks.some(({ held }) => held.length < this.#config.maxConcurrentPerUser)) return true
      const openForMs = now - this.#arrival(task).at
      const asks = JSON.stringify(unmetRequirements({}, work.task.requiredSkills, openForMs))
      if (hopeless.has(asks)) return true
      const isGiven = this.#give(task, work, now)
      if (!isGiven) hopeless.add(asks)
      return !isGiven
    })
  }

  #give(task: number, work: TaskWork, now: number): boolean {
    const config = this.#config
    const open = openStepOf(work, STEP, { workflow: WORKFLOW, config, gateOpen: true, now: moment(now) })
    const { decision, state } = decide({
      taskId: work.task.taskId,
      stepId: STEP.stepId,
      people: this.#desks.map(personAt),
      reasonsAgainst: (person) => reasonsAgainst(person, open),
      strategyName: 'measured',
      strategy: this.#strategy,
      config,
      state: this.#state,
    })
    if (decision.chosen === null) return false
    this.#state = state
    for (const { userId, eligible } of decision.candidates) {
      const desk = this.#desk(userId)
      if (!eligible || userId === decision.chosen || desk.held.length > 0) continue
      this.#longestPassedOverMs = Math.max(this.#longestPassedOverMs, now - desk.idleSince)
    }
    const desk = this.#desk(decision.chosen)
    const startedAt = this.#done.get(desk.held.at(-1) ?? -1)?.submittedAt ?? now
    const { at: arrivedAt, difficulty } = this.#arrival(task)
    this.#done.set(task, {
      task,
      userId: decision.chosen,
      arrivedAt,
      assignedAt: now,
      startedAt,
      submittedAt: startedAt + desk.worker.handlingMs,
      isRight: difficulty < desk.worker.quality,
    })
    if (desk.held.length === 0) desk.busyUntil = now + desk.worker.handlingMs
    desk.held.push(task)
    desk.lastAssignedAt = moment(now)
    return true
  }

  #submit(desk: Desk, now: number): void {
    const task = desk.held.shift()
    const done = this.#done.get(task ?? -1)
    if (task === undefined || done === undefined)
      throw new RangeError('Somebody submitted what they never held')
    if (this.#arrival(task).isGold) desk.quality = observedQuality(desk.quality, done.isRight ? 1 : 0)
    desk.busyUntil = desk.held.length > 0 ? now + desk.worker.handlingMs : Number.POSITIVE_INFINITY
    if (desk.held.length === 0) desk.idleSince = now
  }

  #arrival(task: number): Arrival {
    const arrival = this.#arrivals[task]
    if (arrival === undefined) throw new RangeError(`No task ${task} ever arrived`)
    return arrival
  }

  #desk(userId: UserId): Desk {
    const desk = this.#byId.get(userId)
    if (desk === undefined) throw new RangeError(`Nobody here is ${userId}`)
    return desk
  }
}

function personAt({ worker: { userId, skills }, held, quality, lastAssignedAt }: Desk): Person {
  return {
    userId,
    status: 'active',
    skills,
    isMember: true,
    live: held.length,
    ownLimit: null,
    quality: quality?.score ?? UNKNOWN_QUALITY,
    lastAssignedAt,
  }
}

function moment(ms: number): Date {
  return new Date(NINE.getTime() + ms)
}
