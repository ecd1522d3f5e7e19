import type { Clock, Logger } from '../environment.ts'
import { ClosedError } from '../errors.ts'
import type { Broadcast } from '../events/broadcast.ts'
import type { EventStore } from '../events/event-store.ts'
import { SYSTEM_TOPIC } from '../events/signals.ts'
import { backendOf, type Outages } from '../logging/outages.ts'
import { elapsedMs } from '../time.ts'
import { scopeOf } from './channel.ts'
import type { Following } from './following.ts'
import { hear } from './hints.ts'
import type { History } from './history.ts'
import type { LimitStates } from './limit-states.ts'
import type { OpenedTasks } from './opened-tasks.ts'
import type { Presenting } from './presenting.ts'
import type { RightsWatch } from './rights.ts'
import type { FeedSubscription } from './subscription/subscription.ts'
import type { SystemPause } from './system-pause.ts'

/** How often heads are looked at, whether or not a hint has come. */
export const FEED_POLL_MS = 100

interface Deps {
  readonly subscriptions: ReadonlySet<FeedSubscription>
  readonly events: EventStore
  readonly history: History
  readonly following: Following
  readonly rights: RightsWatch
  readonly presenting: Presenting
  readonly system: SystemPause
  readonly limits: LimitStates
  readonly opened: OpenedTasks
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
  readonly outages: Outages
}

interface Running {
  readonly stop: AbortController
  readonly opened: Promise<void>
  readonly loop: Promise<void>
}

/** Looks now and then at all that a feed follows: a hint that is lost costs a moment. */
export class Polling {
  readonly #deps: Deps
  #running: Running | undefined
  #closed = false

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Begins with the first subscription, or goes on. @throws ClosedError once it was closed */
  async run(): Promise<void> {
    if (this.#closed) throw new ClosedError()
    if (this.#running === undefined) {
      const stop = new AbortController()
      const opened = this.#begin()
      this.#running = {
        stop,
        opened,
        loop: opened.then(() => this.#poll(stop.signal)).catch(() => undefined),
      }
      opened.catch(() => {
        this.#running = undefined
      })
    }
    await this.#running.opened
  }

  /** Begins no more. */
  refuse(): void {
    this.#closed = true
  }

  async stop(): Promise<void> {
    const running = this.#running
    running?.stop.abort()
    await running?.loop
  }

  async #begin(): Promise<void> {
    await this.#deps.history.begin()
    await this.#deps.rights.begin()
  }

  async #poll(stop: AbortSignal): Promise<void> {
    const { subscriptions, presenting, system, limits, opened, clock, outages } = this.#deps
    const leave = await hear(this.#deps, SYSTEM_TOPIC, (message) => {
      if (system.hear(message)) presenting.touchAll()
    })
    let away: string | undefined
    while (!stop.aborted) {
      try {
        await this.#look()
        if (away !== undefined) outages.worked(away)
        away = undefined
      } catch (error) {
        away = backendOf(error) ?? 'Reading the feed'
        outages.failed(error, away)
      }
      const now = elapsedMs(clock)
      presenting.look(now)
      limits.look(now)
      opened.tell(now)
      for (const subscription of subscriptions) subscription.tick(now)
      await clock.wait(FEED_POLL_MS, stop)
    }
    await leave?.()
  }

  async #look(): Promise<void> {
    const { subscriptions, history, rights, system, clock } = this.#deps
    if (subscriptions.size === 0) return
    if (history.isDue(elapsedMs(clock))) await history.check()
    await this.#lookAtHeads()
    const now = elapsedMs(clock)
    if (rights.isDue(now)) await rights.check()
    const isWatched = [...subscriptions].some(({ channel }) => channel.kind === 'admin')
    if (isWatched && system.isDue(now)) await system.look(now)
  }

  async #lookAtHeads(): Promise<void> {
    const { subscriptions, events, history, following, presenting } = this.#deps
    const everything = [...subscriptions].filter((each) => each.isOpen && scopeOf(each) === 'all')
    // Hints move these while heads are read: what was known before is what must not have gone back.
    const known = following.heads()
    const heads = await events.heads(everything.length > 0 ? undefined : [...known.keys()])
    if ([...known].some(([projectId, head]) => (heads.get(projectId) ?? 0) < head))
      await history.becameAnother()
    for (const projectId of heads.keys())
      for (const subscription of everything) {
        if (subscription.places.has(projectId)) continue
        await following.enter(subscription, projectId)
        presenting.show(subscription)
      }
    await Promise.all([...heads].map(([projectId, head]) => following.reach(projectId, head)))
  }
}
