import { setImmediate as nextTurnOfTheLoop } from 'node:timers/promises'
import { inspect, isDeepStrictEqual } from 'node:util'
import type { RunId } from '@muster/core'
import { keptCounters, recounted } from '../quality/recount.ts'
import { Budgeters } from './actors/budgeters.ts'
import { Limiters } from './actors/limiters.ts'
import { Managers } from './actors/managers.ts'
import { Operators } from './actors/operators.ts'
import { Planners } from './actors/planners.ts'
import { People } from './actors/tabs.ts'
import { Workers } from './actors/workers.ts'
import type { Adaptation } from './adaptation.ts'
import { must, ViolationError } from './rules/violation.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { World } from './world.ts'

/** What is asked of a process at one time, at most. */
const MOST_ASKED = 6

/** After the schedule everything must come to an end, within so much time. */
const PATIENCE_MS = 5 * 60_000

/** Steps that a failure shows. */
const SHOWN = 40

/** Most schedules are short, so that there can be many; every twentieth is long, and goes deep. */
function stepsOf(seed: number): number {
  return seed % 20 === 0 ? 400 : 60
}

/** One history: its seed, its length, and what is broken on purpose. */
export interface SimulationOptions {
  /** Any integer. The same seed makes the same schedule, on every machine. */
  readonly seed: number
  /** How many times the simulation chooses what happens next; default 60, or 400 for every twentieth seed. */
  readonly steps?: number
  /** Whether people, or jobs, take part. Left to the seed where not said. */
  readonly people?: boolean
  readonly jobs?: boolean
  /**
   * Beside jobs: work that starts by the clock, jobs that wait for others, for keys, for people, and for money. Left to the seed where nothing is said of
   * jobs either.
   */
  readonly schedules?: boolean
  readonly flows?: boolean
  readonly limits?: boolean
  readonly sleepers?: boolean
  readonly budgets?: boolean
  /** Makes what is put between the use cases and the adapters, afresh for this schedule. */
  readonly adapt?: () => Adaptation
}

/** What one schedule came to. */
export interface SimulationReport {
  readonly seed: number
  readonly steps: number
  /** Transactions after which every rule was asked. */
  readonly commits: number
  /** Simulated time in ms. */
  readonly elapsedMs: number
  /** What was done, by name: `claim`, `claim refused`, `crash`, … */
  readonly counts: ReadonlyMap<string, number>
}

/** A schedule in which a rule did not hold. {@link simulate} with its seed and the same options makes it again. */
export class SimulationError extends Error {
  readonly seed: number
  /** The rule that did not hold; undefined for another error. */
  readonly rule: string | undefined
  /** What happened last, a line for each step. */
  readonly lastSteps: readonly string[]

  constructor(seed: number, error: Error, lastSteps: readonly string[]) {
    super(`Seed ${seed}: ${error.message}\nThe last steps:\n${lastSteps.join('\n')}`, { cause: error })
    this.name = 'SimulationError'
    this.seed = seed
    this.rule = error instanceof ViolationError ? error.rule : undefined
    this.lastSteps = lastSteps
  }
}

/**
 * Lives one schedule: people, managers, workers and crashes on memory adapters and a clock of its own, each call of the store at a moment
 * that the seed chooses. All rules are asked at each commit; at the end nothing may be lost.
 *
 * @throws SimulationError naming the seed, the rule and the last steps
 */
export async function simulate({
  seed,
  steps = stepsOf(seed),
  adapt = () => ({}),
  ...wanted
}: SimulationOptions): Promise<SimulationReport> {
  const world = await World.open(seed, wanted, adapt())
  const schedule = new Schedule(world)
  await nextTurnOfTheLoop()
  try {
    await schedule.live(steps)
    await schedule.end()
  } catch (error) {
    throw new SimulationError(seed, error as Error, schedule.lastSteps())
  }
  const { commits, people: then, jobs: machines } = world.monitor
  for (const [outcome, times] of world.monitor.schedules.ticks) world.count(`tick ${outcome}`, times)
  for (const [what, times] of world.monitor.sleepers.counts) world.count(what, times)
  for (const [what, times] of world.monitor.links.counts) world.count(what, times)
  world.count('budget reached', world.monitor.budgets.reached.size)
  world.count('money assumed', world.monitor.budgets.assumed.size)
  world.count('job begun', machines.begun)
  world.count('outcome too late', machines.late)
  world.count('one more asked', then.overlap.added)
  world.count('given up', then.overlap.gaveUp)
  for (const [how, times] of then.ahead.ends) world.count(`held ahead: ${how}`, times)
  for (const { state } of machines.jobs.values()) world.count(`job ${state}`)
  for (const { task } of then.works.values()) {
    world.count(`task ${task.status}`)
    if (task.returns > 0) world.count('task returned')
    if (task.overlapEnds) world.count('overlap ended')
  }
  return { seed, steps, commits, elapsedMs: world.time.elapsed, counts: world.counts }
}

/** Decides, step by step, what happens next. */
class Schedule {
  readonly #world: World
  readonly #actors: readonly (readonly [weight: number, act: () => void])[]
  readonly #workers: Workers
  readonly #operators: Operators
  readonly #managers: Managers
  readonly #budgeters: Budgeters

  constructor(world: World) {
    this.#world = world
    this.#workers = new Workers(world)
    this.#operators = new Operators(world)
    const people = new People(world)
    const planners = new Planners(world)
    const limiters = new Limiters(world)
    this.#managers = new Managers(world)
    this.#budgeters = new Budgeters(world)
    const { parts } = world
    this.#actors = [
      ...(parts.people
        ? ([
            [6, () => people.act()],
            [2.5, () => this.#managers.act()],
          ] as const)
        : []),
      ...(parts.jobs
        ? ([
            [2, () => this.#operators.act()],
            [1.5, () => this.#workers.act()],
          ] as const)
        : []),
      ...(parts.schedules ? ([[1, () => planners.act()]] as const) : []),
      ...(parts.limits ? ([[1, () => limiters.act()]] as const) : []),
      ...(parts.budgets ? ([[1, () => this.#budgeters.act()]] as const) : []),
    ]
  }

  /** So that there is something to do from the first step on. */
  #begin(): void {
    if (this.#world.parts.people) this.#managers.act()
    if (!this.#world.parts.jobs) return
    this.#workers.startWorker()
    this.#operators.act()
  }

  async live(steps: number): Promise<void> {
    this.#begin()
    for (; this.#world.step < steps; this.#world.step++) {
      this.#step()
      await settled()
      this.#throwWhatIsWrong()
    }
  }

  /** From now on nothing goes wrong: all that was begun must end, and all that was put in line be done. */
  async end(): Promise<void> {
    const world = this.#world
    world.calm = true
    let resumed = !world.parts.jobs
    if (world.parts.jobs) {
      const { process, muster } = world.api()
      world.ask('resume everything', process, async () => {
        await this.#operators.resumeAll(muster)
        resumed = true
      })
    }
    const until = world.time.now + PATIENCE_MS
    for (;;) {
      if (world.parts.jobs) this.#workers.ensure()
      this.#operators.endQuestions()
      this.#budgeters.giveAll()
      await this.#letAllTurns()
      if (world.asked.size === 0 && resumed && this.#isAllOver()) break
      if (world.time.now >= until) throw new ViolationError('Nothing is lost', this.#unfinished())
      world.time.pass(Math.max(1_000, world.time.untilNext ?? 0))
    }
    world.monitor.flows.end(world.monitor.jobs.jobs)
    world.monitor.links.end(world.monitor.jobs.runs)
    world.monitor.budgets.end()
    if (world.parts.people) await this.#sweepUp()
  }

  /** After one sweep nothing stands that was due. */
  async #sweepUp(): Promise<void> {
    const { process, muster } = this.#world.api()
    this.#world.ask('last sweep', process, () => muster.assignments.expireDue())
    await this.#letAllTurns()
    const now = this.#world.time.now
    const { jobs } = this.#world.monitor.jobs
    for (const { task, slots, assignments } of this.#world.monitor.people.works.values()) {
      const ends = [
        ...assignments.flatMap(({ expiresAt, submitsAt }) => [expiresAt, submitsAt]),
        ...slots.map(({ wakeAt }) => wakeAt),
      ]
      const open = slots.filter(({ stepId, state }) => stepId === task.currentStepId && state !== 'done')
      const isGivenUp = open.every(
        ({ state, giveUpAt }) => state === 'free' && giveUpAt !== null && giveUpAt.getTime() <= now,
      )
      const due = ends.some((at) => at !== null && at.getTime() <= now) || (open.length > 0 && isGivenUp)
      must('What is due is done', !due, () => `${task.taskId} is due`)
      const machine = task.jobId === null ? undefined : jobs.get(task.jobId)
      must(
        'A task goes on after its job',
        machine?.state !== 'completed',
        () => `${task.taskId} stands at ${task.currentStepId}`,
      )
    }
    await this.#checkCounters()
  }

  /** Agreement is counted as it would be anew, and nobody who is paused still holds something. */
  async #checkCounters(): Promise<void> {
    const { monitor, cast, persistence } = this.#world
    const works = [...monitor.people.works.values()]
    for (const projectId of cast.projects.keys()) {
      const mine = works.flatMap(({ task }) => (task.projectId === projectId ? [task] : []))
      const [kept, wanted] = [
        await keptCounters(persistence.stores, projectId),
        await recounted(persistence.stores, mine),
      ]
      must('Counters equal a recount', isDeepStrictEqual(kept, wanted), () =>
        inspect({ kept, wanted }, { depth: 4 }),
      )
    }
    const holders = await persistence.stores.quality.listPausedHolders(1)
    must('A paused person holds nothing', holders.length === 0, () => holders[0]?.userId ?? '')
  }

  lastSteps(): string[] {
    return this.#world.story.slice(-SHOWN).map(([at, what]) => `  ${(at / 1_000).toFixed(3)} s  ${what}`)
  }

  #step(): void {
    const { turns, time, chance, asked } = this.#world
    const waiting = turns.waiting.filter(({ owner }) => !isStalled(owner, this.#world.step))
    const how = chance.weighted([
      [waiting.length > 0 ? 8 : 0, 'turn'],
      [asked.size < MOST_ASKED ? (waiting.length > 0 ? 2 : 6) : 0, 'act'],
      [time.untilNext === undefined ? 0.4 : 1.5, 'time'],
    ] as const)
    if (how === 'turn') {
      const turn = chance.oneOf(waiting)
      if (turn === undefined) return
      this.#world.note(`${nameOf(turn.owner)} goes on: ${turn.what}`)
      turns.take(turn)
    } else if (how === 'act') chance.weighted(this.#actors)()
    else this.#passTime()
  }

  #passTime(): void {
    const { time, chance } = this.#world
    const ms = chance.weighted([
      [time.untilNext === undefined ? 0 : 5, time.untilNext ?? 0],
      [2, chance.between(100, 2_000)],
      [1, chance.between(5_000, 9_000)],
      [this.#world.parts.people ? 1.5 : 0.2, chance.between(1, 12) * 60_000],
    ])
    this.#world.note(`time passes: ${ms} ms`)
    time.pass(ms)
  }

  /** Until nobody waits for a turn. */
  async #letAllTurns(): Promise<void> {
    const { turns } = this.#world
    for (;;) {
      await settled()
      this.#throwWhatIsWrong()
      const [...all] = turns.waiting
      if (all.length === 0) return
      for (const turn of all) turns.take(turn)
    }
  }

  #isAllOver(): boolean {
    const { schedules, budgets } = this.#world.monitor
    const isOpen = this.#openJobs().length > 0 || this.#waitingRuns().length > 0 || schedules.isOpen
    return !isOpen && budgets.isSettled
  }

  #waitingRuns(): RunId[] {
    const { links, jobs } = this.#world.monitor
    return links.open(jobs.runs.values())
  }

  #openJobs(): string[] {
    return [...this.#world.monitor.jobs.jobs.values()]
      .filter(({ state }) => state === 'pending' || state === 'active')
      .map(({ jobId, state, attempt }) => `${jobId} is ${state} #${attempt}`)
  }

  #unfinished(): string {
    const asked = [...this.#world.asked.values()].map(({ name }) => name)
    const { budgets } = this.#world.monitor.budgets
    const reserving = budgets.filter(({ reservedMicros }) => reservedMicros > 0)
    return [
      ...this.#openJobs(),
      ...this.#waitingRuns().map((runId) => `${runId} waits for another run`),
      ...asked.map((name) => `${name} has not answered`),
      ...reserving.map(({ budgetId }) => `${budgetId} reserves money for what has ended`),
    ].join(', ')
  }

  #throwWhatIsWrong(): void {
    const wrong = this.#world.monitor.violation ?? this.#world.failure
    if (wrong) throw wrong
  }
}

/**
 * Until everything that can go on without a turn has. Nothing here waits for more than promises, and a tick comes when all of these are
 * through; a turn of the event loop for each of a schedule's steps would cost a fifth of its time.
 */
function settled(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

function isStalled(owner: object, step: number): boolean {
  return owner instanceof SimulatedProcess && owner.stalledUntil > step
}

function nameOf(owner: object): string {
  return 'name' in owner ? String(owner.name) : 'broker'
}
