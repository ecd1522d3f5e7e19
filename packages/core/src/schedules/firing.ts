import type { Logger, Metrics } from '../environment.ts'
import {
  ClosedError,
  MusterError,
  NotFoundError,
  publicMessage,
  UnavailableError,
  ValidationError,
} from '../errors.ts'
import { fact, type NewFact } from '../events/event.ts'
import type { UserId } from '../ids.ts'
import type { NewJob } from '../jobs/job.ts'
import type { Transactions } from '../transactions.ts'
import { firstTick, planTicks } from './planning.ts'
import {
  dueAtOf,
  type KeptSchedule,
  type ScheduleTick,
  type StartedWork,
  type TickError,
} from './schedule.ts'
import type { MovedSchedule, NewTick, TickName } from './schedule-store.ts'
import { cancelWork, type FiringStores, isRunning, type StartingDeps, startWork } from './starting.ts'

/** Schedules fired in one transaction. */
const BATCH = 100

/** Ticks of one schedule that fire in one transaction. */
const MOST_FIRES = 100

/** With so many ticks in hand, a transaction begins with no further schedule. */
const ENOUGH_TICKS = 200

/** Missed ticks that are kept one by one; more in a row are kept as one. */
const MOST_MISSED = 100

/** A schedule is paused after so many refusals in a row. */
const MOST_REFUSALS = 20

/** How often zone data are compared, in ms. */
const ZONES_EVERY_MS = 60_000

/** Dependencies of firing. */
export interface FiringDeps extends StartingDeps {
  readonly transactions: Transactions<FiringStores>
  readonly logger: Logger
  readonly metrics: Metrics
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
  /** The version of the zone database of this process, such as `2026c`; empty if it does not say. */
  readonly zoneData: string
}

/** All that a transaction which fires has gathered, and writes at its end. */
export class Firing {
  readonly #deps: StartingDeps
  readonly #stores: FiringStores
  readonly #now: Date
  readonly #jobs: NewJob[] = []
  readonly #facts: NewFact[] = []
  readonly #ticks: NewTick[] = []
  readonly #moved: MovedSchedule[] = []

  constructor(deps: StartingDeps, stores: FiringStores, now: Date) {
    this.#deps = deps
    this.#stores = stores
    this.#now = now
  }

  /** How many ticks are gathered. */
  get size(): number {
    return this.#ticks.length
  }

  /** Fires what is due of a schedule, at most so many ticks, and gives it as it stands then. `refusal`: its first tick is refused, whatever it would start. */
  async fire(schedule: KeptSchedule, most: number, refusal?: TickError): Promise<KeptSchedule> {
    const plan = planTicks(schedule, this.#now, most)
    let after = this.#miss(schedule, plan.missed)
    for (const [nth, plannedAt] of plan.fires.entries()) {
      after = await this.#fireTick(after, plannedAt, nth === 0 ? refusal : undefined)
      if (after.paused) return this.#keep(after)
    }
    const { nextAt } = plan
    return this.#keep({ ...after, nextAt, dueAt: nextAt && dueAtOf(schedule, nextAt) })
  }

  /** Counts everything that is due as missed. */
  missAll(schedule: KeptSchedule): KeptSchedule {
    let after = schedule
    for (;;) {
      const { missed, fires, nextAt } = planTicks(after, this.#now, Number.POSITIVE_INFINITY)
      after = this.#miss(after, [...missed, ...fires])
      after = { ...after, nextAt, dueAt: nextAt && dueAtOf(schedule, nextAt) }
      if (after.dueAt === null || after.dueAt > this.#now) return after
    }
  }

  /** Starts a tick by hand, whatever runs. @throws what starting it does */
  async byHand(
    schedule: KeptSchedule,
    { plannedAt, again }: Pick<TickName, 'plannedAt' | 'again'>,
    by: UserId | null,
  ): Promise<ScheduleTick> {
    const { work, job } = await startWork(this.#deps, this.#stores, schedule, { plannedAt, again }, by)
    if (job) this.#add(job)
    const tick = this.#note(
      schedule,
      { ...tickOf(plannedAt, this.#now), again, ...idsOf(work) },
      'refit' in work,
    )
    this.#keep({ ...schedule, lastTick: tick, started: work, startedAt: plannedAt })
    return tick
  }

  /** Writes what was gathered, and gives the ticks that came. Jobs come late: adding some waits for others that are added. */
  async write(): Promise<readonly NewTick[]> {
    const { jobs, events, schedules } = this.#stores
    const ticks = this.#ticks.splice(0)
    const moved = this.#moved.splice(0)
    const added = this.#jobs.splice(0)
    const facts = this.#facts.splice(0)
    if (ticks.length > 0) await schedules.addTicks(ticks)
    if (moved.length > 0) await schedules.advance(moved)
    if (added.length > 0) await jobs.add(added)
    if (facts.length > 0) await events.append(facts)
    return ticks
  }

  async #fireTick(
    schedule: KeptSchedule,
    plannedAt: Date,
    refusal: TickError | undefined,
  ): Promise<KeptSchedule> {
    const { overlap, started } = schedule
    if (refusal) return this.#refuse(schedule, plannedAt, refusal)
    const runs = overlap !== 'allow' && (await this.#runs(schedule))
    if (runs && overlap === 'skip') {
      const tick = this.#note(schedule, { ...tickOf(plannedAt, this.#now), outcome: 'overlapped' })
      return { ...schedule, lastTick: tick }
    }
    try {
      const { work, job } = await startWork(this.#deps, this.#stores, schedule, { plannedAt, again: 0 })
      if (runs && started !== null) await cancelWork(this.#stores, started, this.#now)
      if (job) this.#add(job)
      const tick = this.#note(schedule, { ...tickOf(plannedAt, this.#now), ...idsOf(work) }, 'refit' in work)
      return { ...schedule, lastTick: tick, started: work, startedAt: plannedAt, refusals: 0 }
    } catch (error) {
      if (!isRefusal(error)) throw error
      return this.#refuse(schedule, plannedAt, errorOf(error))
    }
  }

  /** Whether the last start still runs; a job that this transaction adds does. */
  async #runs({ started }: KeptSchedule): Promise<boolean> {
    if (started !== null && 'jobId' in started) {
      if (this.#jobs.some(({ jobId }) => jobId === started.jobId)) return true
    }
    return isRunning(this.#stores, started)
  }

  #refuse(schedule: KeptSchedule, plannedAt: Date, error: TickError): KeptSchedule {
    const refusals = schedule.refusals + 1
    const isPaused = refusals >= MOST_REFUSALS
    const { scheduleId, projectId, name } = schedule
    const told = { scheduleId, name, plannedAt: plannedAt.toISOString(), error, paused: isPaused }
    this.#facts.push(fact(projectId, 'schedule_refused', told))
    const tick = this.#note(schedule, { ...tickOf(plannedAt, this.#now), outcome: 'refused', error })
    const after = { ...schedule, lastTick: tick, refusals }
    if (!isPaused) return after
    return { ...after, refusals: 0, paused: true, nextAt: null, dueAt: null, version: schedule.version + 1 }
  }

  #miss(schedule: KeptSchedule, missed: readonly Date[]): KeptSchedule {
    const [first, last] = [missed[0], missed.at(-1)]
    if (first === undefined || last === undefined) return schedule
    const folded = [
      { ...tickOf(first, this.#now), outcome: 'missed', count: missed.length, until: last } as const,
    ]
    const single = missed.map((at) => ({ ...tickOf(at, this.#now), outcome: 'missed' }) as const)
    let lastTick = schedule.lastTick
    for (const tick of missed.length > MOST_MISSED ? folded : single) lastTick = this.#note(schedule, tick)
    return { ...schedule, lastTick }
  }

  #add(job: NewJob): void {
    const { jobId: itemId, projectId, type, priority, createdBy } = job
    this.#jobs.push(job)
    this.#facts.push(fact(projectId, 'queue_item_added', { itemId, type, priority, createdBy }))
  }

  #note({ scheduleId }: KeptSchedule, tick: ScheduleTick, pending = false): ScheduleTick {
    this.#ticks.push({ ...tick, scheduleId, pending })
    return tick
  }

  #keep(after: KeptSchedule): KeptSchedule {
    const { scheduleId, nextAt, dueAt, lastTick, started, startedAt, refusals, paused, version } = after
    this.#moved.push({ scheduleId, nextAt, dueAt, lastTick, started, startedAt, refusals, paused, version })
    return after
  }
}

/** Fires everything that is due of a schedule that is locked, in this transaction, and writes it. */
export async function fireAllDue(firing: Firing, schedule: KeptSchedule, now: Date): Promise<KeptSchedule> {
  let after = schedule
  while (after.dueAt !== null && after.dueAt <= now && !after.paused) {
    after = await firing.fire(after, isHeavy(after) ? 1 : MOST_FIRES)
    await firing.write()
  }
  return after
}

/**
 * One round of firing: up to {@link BATCH} schedules in one transaction with all that they start, so that a process that dies in between has fired nothing. Any number
 * may do it at once. A schedule of which something cannot be kept holds up no other: its tick is refused. Gives when the next one is due.
 */
export function scheduleFiring(deps: FiringDeps): () => Promise<Date | null> {
  const { transactions, clock, zoneData } = deps
  let zonesAt = Number.NEGATIVE_INFINITY
  return async () => {
    const now = clock.now()
    if (Math.abs(now.getTime() - zonesAt) >= ZONES_EVERY_MS) {
      await findAnew(deps)
      zonesAt = now.getTime()
    }
    // Most of the time none is due: a look needs no transaction.
    const nextAt = await transactions.stores.schedules.nextDue(zoneData)
    if (nextAt === null || nextAt > now) return nextAt
    const fired = await fireSome(deps, BATCH).catch(async (error: unknown) => {
      if (isOutage(error)) throw error
      return fireOne(deps)
    })
    return fired > 0 ? now : transactions.stores.schedules.nextDue(zoneData)
  }
}

async function fireSome(
  deps: FiringDeps,
  batch: number,
  taken?: (first: KeptSchedule) => void,
): Promise<number> {
  const ticks = await deps.transactions.transaction(async (stores) => {
    const now = deps.clock.now()
    const due = await stores.schedules.takeDue(now, batch, deps.zoneData)
    const [first] = due
    if (first === undefined) return undefined
    taken?.(first)
    const firing = new Firing(deps, stores, now)
    if (isHeavy(first)) await firing.fire(first, 1)
    else {
      for (const one of due) {
        if (firing.size >= ENOUGH_TICKS) break
        if (!isHeavy(one)) await firing.fire(one, MOST_FIRES)
      }
    }
    return firing.write()
  })
  if (ticks === undefined) return 0
  tell(deps, ticks)
  return 1
}

/** The longest due, alone. If that fails too, its tick is refused. */
async function fireOne(deps: FiringDeps): Promise<number> {
  let tried: KeptSchedule | undefined
  try {
    return await fireSome(deps, 1, (schedule) => {
      tried = schedule
    })
  } catch (error) {
    if (isOutage(error) || tried === undefined) throw error
    const { scheduleId } = tried
    if (!(error instanceof MusterError))
      deps.logger.error({ err: error, scheduleId }, 'A tick cannot be fired')
    return refuseNext(deps, tried, errorOf(error))
  }
}

/** Refuses the next tick of a schedule, unless it has come meanwhile. */
async function refuseNext(
  deps: FiringDeps,
  { scheduleId, nextAt }: KeptSchedule,
  error: TickError,
): Promise<number> {
  const ticks = await deps.transactions.transaction(async (stores) => {
    const schedule = await stores.schedules.lock(scheduleId)
    if (schedule === undefined || schedule.nextAt?.getTime() !== nextAt?.getTime()) return []
    const firing = new Firing(deps, stores, deps.clock.now())
    await firing.fire(schedule, 1, error)
    return firing.write()
  })
  tell(deps, ticks)
  return 1
}

/** Finds the next tick of schedules anew whose zones may have changed since it was found. Due ticks stay due. */
async function findAnew({ transactions, clock, zoneData }: FiringDeps): Promise<void> {
  for (;;) {
    const found = await transactions.transaction(async ({ schedules }) => {
      const now = clock.now()
      const outdated = await schedules.takeOutdated(zoneData, BATCH)
      for (const schedule of outdated) {
        const isAhead = schedule.nextAt !== null && schedule.nextAt > now
        const nextAt = isAhead ? firstTick(schedule, now) : schedule.nextAt
        await schedules.save({ ...schedule, zoneData, nextAt, dueAt: nextAt && dueAtOf(schedule, nextAt) })
      }
      return outdated.length
    })
    if (found < BATCH) return
  }
}

function tell({ metrics, nudge, logger }: FiringDeps, ticks: readonly NewTick[]): void {
  for (const { outcome, count, scheduleId, plannedAt, error } of ticks) {
    metrics.count('muster_ticks_total', count, { outcome })
    if (error) logger.warn({ scheduleId, plannedAt, error }, 'A schedule could not start its work')
  }
  nudge()
}

/** Whether it takes locks that other work waits for: then it goes alone. */
function isHeavy({ start, overlap }: KeptSchedule): boolean {
  return 'run' in start || overlap === 'cancel'
}

function isOutage(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof ClosedError
}

/** Whether the work was refused before anything was written: the transaction goes on. */
function isRefusal(error: unknown): error is MusterError {
  return error instanceof ValidationError || error instanceof NotFoundError
}

function errorOf(error: unknown): TickError {
  if (error instanceof MusterError) return { code: error.code, message: publicMessage(error) }
  return { code: 'error', message: 'The work could not be started, and the log says why' }
}

function tickOf(plannedAt: Date, firedAt: Date): ScheduleTick {
  return {
    plannedAt,
    again: 0,
    firedAt,
    outcome: 'started',
    jobId: null,
    runId: null,
    error: null,
    count: 1,
    until: null,
  }
}

function idsOf(work: StartedWork): Pick<ScheduleTick, 'jobId' | 'runId'> {
  return { jobId: 'jobId' in work ? work.jobId : null, runId: 'runId' in work ? work.runId : null }
}
