import type { Clock, Logger, Metrics, Random } from '../environment.ts'
import type { EventStore } from '../events/event-store.ts'
import type { IdempotencyStore } from '../idempotency.ts'
import { type Outages, outagesOf } from '../logging/outages.ts'
import { elapsedMs } from '../time.ts'
import type { JobQueue } from './job-queue.ts'
import { Outage } from './supply/outage.ts'
import { LEASE_MS } from './worker/lease.ts'
import type { WorkerStore } from './worker-store.ts'

/** How often a scheduler looks at what is due, at least. */
const TICK_MS = 1_000

/** Between two rounds of one chore, however much is due. */
const SOONEST_MS = 10

/** Between two rounds of deciding what people look at, however often it is woken: what becomes ready meanwhile goes together, and a run drains the faster. */
export const DECIDE_MS = 100

/** How often it looks for jobs that have arrived, and whether any have ended that others wait for. */
const COLLECT_MS = 100

/** How often it looks for jobs that wait for none that is open. */
const MEND_MS = 60_000

/** How often it looks whether answers are to be fitted again. */
const REFIT_MS = 10_000

/** How long something may be on its way after a change: jobs wait for those that have begun, a host's transaction is open. */
const ASTIR_MS = 15_000

/** How often it looks for work that only a change brings, once nothing has changed for so long and all changes pass through this process. */
const STILL_MS = 5_000

/** The same of jobs that have arrived: a host's transaction may bring them unseen. */
const STILL_COLLECT_MS = 1_000

const HOUR_MS = 60 * 60 * 1_000

/** How often it forgets what is old. */
const PRUNE_MS = 60_000

/** How long answers are remembered by their idempotency key. */
const KEEP_ANSWERS_MS = 24 * 60 * 60 * 1_000

/** A delivery not begun for so long may be lost in the broker: it is delivered again, which changes nothing if it still waits. */
export const UNDELIVERED_MS = 1_500
export const UNDELIVERED_EVERY_MS = 500

/** How often it tidies rows that a cancel has decided on: nobody waits for it. */
const TIDY_MS = 5_000
/** How long the record of an operation is kept. */
const KEEP_OPERATIONS_MS = 90 * 24 * 60 * 60 * 1_000
/** How long the tries of webhooks are kept. */
const KEEP_TRIES_MS = 7 * 24 * HOUR_MS
/** How long the ticks of schedules are kept. */
const KEEP_TICKS_MS = 90 * 24 * 60 * 60 * 1_000
/** How long the rows of an import are kept after its end. */
const KEEP_ROWS_MS = 24 * HOUR_MS
/** Rows moved by one statement, and statements of one kind in a row. */
const BATCH = 1_000
const MOST_BATCHES = 50

/** Facts, answers or drafts forgotten by one statement. As long as there are so many, the next follows at once. */
const FORGET = 5_000

/** Dependencies of a scheduler. */
export interface SchedulerDeps {
  readonly workers: WorkerStore
  readonly events: EventStore
  readonly idempotency: IdempotencyStore
  /** Forgets drafts of holds that ended before then, at most so many, and says how many. */
  readonly drafts: Pick<EventStore, 'prune'>
  /** Puts old counts of rates together, at most so many of each kind, and says how many these were. */
  readonly thinRates: (now: Date, limit: number) => Promise<number>
  readonly queue?: JobQueue | undefined
  /** Acts on leases, cooldowns and holds of assignments that are due, and says how many tasks moved. */
  readonly expireDue: () => Promise<number>
  /** Decides which scenarios of runs go to people, some of those that are ready, and says whether there may be more. */
  readonly escalate: () => Promise<{ readonly more: boolean }>
  /** Works off a part of an operation, and says of how many things. */
  readonly operate: () => Promise<number>
  /** Forgets operations that ended before then, and says how many rows that were. */
  readonly operations: Pick<EventStore, 'prune'>
  /** Puts jobs in line that have arrived, goes on behind those that ended, some of each, and says how many. */
  readonly collect: () => Promise<number>
  /** Looks for jobs that wait for none that is open. */
  readonly mendFlows: () => Promise<void>
  /** Acts on questions that nobody answered in time, and on sleepers that are not to go on, and says how many. */
  readonly sweepAsks: () => Promise<number>
  /** Goes on with runs that start after others and are due, and says with how many. */
  readonly sweepLinks: () => Promise<number>
  /** Tells of a budget that has come to its soft share or its cap, and says of how many. */
  readonly watchBudgets: () => Promise<number>
  /** Fires schedules that are due, some of them, and says when to look again. */
  readonly fireSchedules: () => Promise<Date | null>
  /** Makes fits that ticks have asked for, and says how many ticks it settled. */
  readonly refitScheduled: () => Promise<number>
  /** Checks or writes a part of an import, and says of how many rows; what is long is undone when `stop` aborts. */
  readonly bring: (stop: AbortSignal) => () => Promise<number>
  /** Writes an export, and says of how many; one in hand when `stop` aborts is left to others. */
  readonly writeExports: (stop: AbortSignal) => () => Promise<number>
  /** Forgets exports that are to be gone then, with their files, and says how many. */
  readonly oldExports: Pick<EventStore, 'prune'>
  /** Forgets rows of imports that ended before then, and says how many. */
  readonly importRows: Pick<EventStore, 'prune'>
  /** Forgets tries of webhooks before then, and says how many. */
  readonly webhookTries: Pick<EventStore, 'prune'>
  /** Forgets ticks that came before then, and says how many. */
  readonly ticks: Pick<EventStore, 'prune'>
  /** Fits people's answers again where enough have come since the last time. */
  readonly refit: () => Promise<unknown>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly keepEventsHours: number
  /** How long facts are kept that a webhook has still to be told of. */
  readonly holdEventsHours: number
  /** After the hold has ended. */
  readonly keepDraftsDays: number
  /** Called when jobs may have become ready. */
  readonly nudge: () => void
  /** When this process changed something last, as elapsed; undefined: others may change it too. */
  readonly changedAt?: (() => number) | undefined
  /** Where it reports what is away; default: outages of its own. */
  readonly outages?: Outages | undefined
}

/** One of the things that a scheduler does over and over. */
interface Chore {
  readonly what: string
  readonly everyMs: number
  /** From one round to the next, although it is woken. */
  readonly apartMs: number
  /** From one round to the next while nothing has changed that could bring it work. */
  readonly stillMs: number
  /** Ends its rest, should it rest. */
  wake: () => void
  /** Gives when it wants to be called again, if sooner than the next time. */
  readonly act: (now: Date) => Promise<Date | null>
}

/**
 * Does what no request does: fires schedules, reaps dead workers, puts what is due in line, tidies what was cancelled, delivers again what a broker lost, expires
 * assignments, decides which scenarios go to people, forgets what is old. Any number may run at once, because each chore is safe beside itself. A chore that fails is logged and tried again, and holds up no other.
 */
export class Scheduler {
  readonly #deps: SchedulerDeps
  readonly #stop = new AbortController()
  /** When dead workers were last looked for, by the store's time and by what has elapsed. */
  #looked: { readonly now: number; readonly at: number } | undefined
  #trustsSince = Number.NEGATIVE_INFINITY
  readonly #chores: readonly Chore[]
  readonly #escalating: Chore
  #loops: Promise<unknown> | undefined

  constructor(given: SchedulerDeps) {
    const deps = { ...given, outages: outagesOf(given) }
    this.#deps = deps
    const {
      workers,
      events,
      idempotency,
      drafts,
      operations,
      ticks,
      importRows,
      oldExports,
      webhookTries,
      queue,
      keepEventsHours,
      holdEventsHours,
      keepDraftsDays,
    } = deps
    const chore = (
      what: string,
      everyMs: number,
      act: Chore['act'],
      { apartMs = 0, stillMs = 0 }: { readonly apartMs?: number; readonly stillMs?: number } = {},
    ): Chore => ({ what, everyMs, act, apartMs, stillMs, wake: () => {} })
    const moving = (what: string, act: () => Promise<number>, everyMs = TICK_MS, stillMs = STILL_MS): Chore =>
      chore(what, everyMs, () => this.#repeat(act), { stillMs })
    const heldSince = (before: Date): Date =>
      new Date(before.getTime() - Math.max(0, holdEventsHours - keepEventsHours) * HOUR_MS)
    const forgetting = (what: string, keepMs: number, store: Pick<EventStore | IdempotencyStore, 'prune'>) =>
      chore(what, PRUNE_MS, async (now) => {
        const gone = await store.prune(new Date(now.getTime() - keepMs), FORGET)
        return gone === FORGET ? now : null
      })
    const bring = deps.bring(this.#stop.signal)
    const writeExports = deps.writeExports(this.#stop.signal)
    this.#escalating = chore('Deciding what people look at', TICK_MS, (now) => this.#escalate(now), {
      apartMs: DECIDE_MS,
      stillMs: STILL_MS,
    })
    this.#chores = [
      this.#escalating,
      chore('Firing schedules', TICK_MS, () => deps.fireSchedules()),
      moving('Fitting answers by schedule', () => deps.refitScheduled()),
      chore('Reaping dead workers', TICK_MS, (now) => this.#reap(now)),
      chore('Waking what is due', TICK_MS, (now) => this.#wake(now)),
      chore('Expiring assignments', TICK_MS, () => this.#repeat(() => deps.expireDue())),
      chore('Fitting answers', REFIT_MS, async () => {
        await deps.refit()
        return null
      }),
      moving('Collecting what has arrived', () => deps.collect(), COLLECT_MS, STILL_COLLECT_MS),
      chore('Looking for jobs that wait for none', MEND_MS, async () => {
        await deps.mendFlows()
        return null
      }),
      chore('Ending waits for people', TICK_MS, () => this.#repeat(() => deps.sweepAsks())),
      moving('Making runs after runs', () => deps.sweepLinks()),
      moving('Watching budgets', () => deps.watchBudgets()),
      moving('Working off operations', () => deps.operate()),
      chore('Bringing files', TICK_MS, (now) => this.#bring(bring, now), { stillMs: STILL_MS }),
      moving('Writing exports', writeExports),
      chore('Tidying cancelled jobs', TIDY_MS, () => this.#repeat(() => workers.sweepCancelled(BATCH))),
      ...(queue
        ? [chore('Delivering again', UNDELIVERED_EVERY_MS, (now) => this.#deliverAgain(queue, now))]
        : []),
      chore('Thinning old rates', PRUNE_MS, async (now) =>
        (await deps.thinRates(now, FORGET)) >= FORGET ? now : null,
      ),
      forgetting('Forgetting old facts', keepEventsHours * HOUR_MS, {
        prune: (before: Date, limit: number) => events.prune(before, limit, heldSince(before)),
      }),
      forgetting('Forgetting old answers', KEEP_ANSWERS_MS, idempotency),
      forgetting('Forgetting old operations', KEEP_OPERATIONS_MS, operations),
      forgetting('Forgetting old ticks', KEEP_TICKS_MS, ticks),
      forgetting('Forgetting rows of old imports', KEEP_ROWS_MS, importRows),
      forgetting('Forgetting old exports', 0, oldExports),
      forgetting('Forgetting old tries of webhooks', KEEP_TRIES_MS, webhookTries),
      forgetting('Forgetting old drafts', keepDraftsDays * 24 * 60 * 60 * 1_000, drafts),
    ]
  }

  start(): void {
    this.#loops ??= Promise.all(this.#chores.map((chore) => this.#repeatedly(chore)))
  }

  /** Scenarios may be ready to be decided. */
  nudge(): void {
    this.#escalating.wake()
  }

  /** Ends after the chores in hand. Can be called twice. */
  async close(): Promise<void> {
    this.#stop.abort()
    for (const chore of this.#chores) chore.wake()
    await this.#loops
  }

  async #repeatedly(chore: Chore): Promise<void> {
    const { clock } = this.#deps
    const { what, everyMs, apartMs, stillMs, act } = chore
    const outage = new Outage(what, this.#deps)
    let lookedAt = Number.NEGATIVE_INFINITY
    while (!this.#stop.signal.aborted) {
      const startedAt = elapsedMs(clock)
      const woken = new AbortController()
      chore.wake = () => woken.abort()
      if (startedAt < lookedAt + stillMs && this.#isStill(startedAt)) {
        await clock.wait(everyMs, woken.signal)
        if (woken.signal.aborted) lookedAt = Number.NEGATIVE_INFINITY
        continue
      }
      lookedAt = startedAt
      try {
        const soon = await act(clock.now())
        outage.over()
        const soonMs = soon ? soon.getTime() - clock.now().getTime() : Number.POSITIVE_INFINITY
        const waitMs = Math.min(startedAt + everyMs - elapsedMs(clock), soonMs)
        await clock.wait(Math.max(SOONEST_MS, waitMs), woken.signal)
        const tooSoonMs = startedAt + apartMs - elapsedMs(clock)
        if (tooSoonMs > 0) await clock.wait(tooSoonMs, this.#stop.signal)
      } catch (error) {
        await outage.pause(error, this.#stop.signal)
      }
    }
  }

  /** Whether nothing has changed for long. */
  #isStill(now: number): boolean {
    const { changedAt } = this.#deps
    return changedAt !== undefined && now > changedAt() + ASTIR_MS
  }

  /**
   * A process that slept, or could not reach the store, does not judge others by their silence: the same stall may have kept them from beating. Nor
   * does one whose clock was set since its last look, for their leases were written by the other time. They are then given the time of a lease to be heard again; not twice in a row, so that on a machine that is always late the dead are found as well.
   */
  async #reap(now: Date): Promise<null> {
    const look = { now: now.getTime(), at: elapsedMs(this.#deps.clock) }
    const before = this.#looked ?? look
    this.#looked = look
    const passed = look.at - before.at
    const unsure = passed > 2 * TICK_MS || Math.abs(look.now - before.now - passed) > TICK_MS
    if (unsure && look.at >= this.#trustsSince + 2 * LEASE_MS) this.#trustsSince = look.at
    if (look.at < this.#trustsSince + LEASE_MS) return null
    const reaped = await this.#deps.workers.reapWorkers(now)
    // Said while it is 0 too, so that a first one is seen to come.
    this.#deps.metrics.count('muster_leases_expired_total', reaped)
    if (reaped > 0) {
      // After a stall of the store workers are registered anew: what lapses then is mostly the registration that each had before.
      const isEcho = look.at < this.#trustsSince + 2 * LEASE_MS
      this.#deps.logger[isEcho ? 'debug' : 'warn'](
        { jobs: reaped },
        'A worker died: its jobs are in line again',
      )
      this.#deps.nudge()
    }
    return null
  }

  async #wake(now: Date): Promise<Date | null> {
    const { woken, nextAt } = await this.#deps.workers.wakeDue(now, BATCH)
    if (woken > 0) this.#deps.nudge()
    return woken === BATCH ? now : nextAt
  }

  async #deliverAgain(queue: JobQueue, now: Date): Promise<null> {
    const lost = await this.#deps.workers.listUndelivered(new Date(now.getTime() - UNDELIVERED_MS), BATCH)
    const taken = lost.length > 0 ? await queue.deliver(lost) : 0
    this.#deps.metrics.count('muster_jobs_delivered_again_total', taken)
    return null
  }

  /** As {@link Scheduler.#repeat}; what is left then is decided at once. */
  async #escalate(now: Date): Promise<Date | null> {
    for (let batches = 0; batches < MOST_BATCHES && !this.#stop.signal.aborted; batches++) {
      const { more } = await this.#deps.escalate()
      if (!more) return null
    }
    return now
  }

  /** As {@link Scheduler.#repeat}; what is left then goes on at once. */
  async #bring(bring: () => Promise<number>, now: Date): Promise<Date | null> {
    for (let parts = 0; parts < MOST_BATCHES && !this.#stop.signal.aborted; parts++) {
      if ((await bring()) === 0) return null
    }
    return now
  }

  /** Until nothing is left to do, but not for ever. */
  async #repeat(act: () => Promise<number>): Promise<null> {
    for (let batches = 0; batches < MOST_BATCHES && !this.#stop.signal.aborted; batches++) {
      if ((await act()) === 0) break
    }
    return null
  }
}
