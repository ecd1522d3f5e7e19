import type { Clock, Ids, Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { decodeCursor } from '../events/cursor.ts'
import { type Outages, outagesOf } from '../logging/outages.ts'
import type { PeopleUseCases } from '../people/people.ts'
import type { Principal } from '../people/person.ts'
import type { PresenceStore } from '../presence/presence-store.ts'
import type { Persistence } from '../stores.ts'
import { elapsedMs } from '../time.ts'
import { scopeOf } from './channel.ts'
import type { FeedUseCases, SubscribeRequest, Subscription } from './feed-items.ts'
import { Following } from './following.ts'
import { History } from './history.ts'
import { LimitStates } from './limit-states.ts'
import { openedAfterPause } from './opened-after-pause.ts'
import { OpenedTasks } from './opened-tasks.ts'
import { Openings } from './opening.ts'
import { Polling } from './polling.ts'
import { Presenting } from './presenting.ts'
import { RightsWatch } from './rights.ts'
import { FeedSubscription, type Surroundings } from './subscription/subscription.ts'
import { SystemPause } from './system-pause.ts'

/** Dependencies of the feed. */
export interface FeedDeps {
  readonly persistence: Persistence
  readonly broadcast: Broadcast
  readonly presence: PresenceStore
  readonly people: Pick<PeopleUseCases, 'principalOf'>
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  /** Where it reports what is away; default: outages of its own. */
  readonly outages?: Outages | undefined
}

/** Follows the feeds of all projects that somebody here follows. Its parts do the work; here they are put together. */
export class Feed implements FeedUseCases {
  readonly #deps: FeedDeps
  readonly #subscriptions = new Set<FeedSubscription>()
  readonly #history: History
  readonly #rights: RightsWatch
  readonly #following: Following
  readonly #presenting: Presenting
  readonly #openings: Openings
  readonly #limits: LimitStates
  readonly #polling: Polling
  readonly #around: Surroundings

  constructor(deps: FeedDeps) {
    const { persistence, people, clock } = deps
    const { events, limits, projects, people: changes } = persistence.stores
    const now = (): number => elapsedMs(clock)
    this.#deps = deps
    this.#history = new History({ events, now, restart: () => this.#startAgain() })
    this.#rights = new RightsWatch({ changes, people, now, changed: (each) => this.#rightsChanged(each) })
    const opened = new OpenedTasks((signal) => {
      if (signal.projectId === null) return
      for (const { states } of this.#following.holdersOf(signal.projectId)) states.signal(signal)
    })
    this.#following = new Following({
      ...deps,
      events,
      checkRights: () => this.#rights.check(),
      touched: (projectId, what) => this.#presenting.touch(projectId, what),
      runMoved: (projectId, runId) => this.#presenting.follow(projectId, runId),
      opened: (projectId, counts) => opened.hear(projectId, counts),
      failed: (error) => this.#failed(error),
    })
    this.#presenting = new Presenting({
      ...deps,
      hold: (subscription, projectId) => this.#following.hold(subscription, projectId),
    })
    this.#openings = new Openings({
      ...deps,
      history: this.#history,
      following: this.#following,
      owe: (subscription, runs) => this.#presenting.owe(subscription, runs),
    })
    const system = new SystemPause({
      projects,
      tell: (signal) => {
        for (const { states } of this.#subscriptions) states.signal(signal)
        if (signal.type === 'queue_resumed')
          void openedAfterPause(
            {
              stores: persistence.stores,
              logger: deps.logger,
              opened: (projectId, counts) => opened.hear(projectId, counts),
            },
            [...this.#following.heads().keys()],
          )
      },
    })
    this.#limits = new LimitStates({ ...deps, limits, subscriptions: this.#subscriptions })
    this.#polling = new Polling({
      ...deps,
      events,
      system,
      opened,
      outages: outagesOf(deps),
      subscriptions: this.#subscriptions,
      history: this.#history,
      following: this.#following,
      rights: this.#rights,
      presenting: this.#presenting,
      limits: this.#limits,
    })
    this.#around = this.#surroundings()
  }

  async subscribe({ userId, tokenRole, channel, after, states }: SubscribeRequest): Promise<Subscription> {
    const cursor = after === undefined ? undefined : decodeCursor(after)
    await this.#polling.run()
    const nobody: Principal = { userId, role: 'annotator', memberships: new Set() }
    const subscription = new FeedSubscription(channel, nobody, this.#around, states)
    this.#subscriptions.add(subscription)
    // From here on, changes of rights reach it; what is read next is not older.
    this.#rights.admit(subscription, userId, tokenRole)
    try {
      subscription.viewer = await this.#deps.people.principalOf(userId, tokenRole)
      subscription.projectId = await this.#openings.projectOf(channel, subscription.viewer)
      subscription.open(await this.#openings.open(subscription, cursor))
      // The snapshot too is shown to those only who had not lost their rights before it.
      await this.#rights.check()
      if (subscription.stale) await this.#rights.apply(userId)
      subscription.throwIfEnded()
      this.#presenting.show(subscription)
      return subscription
    } catch (error) {
      subscription.close()
      throw error
    }
  }

  /** Ends every subscription. */
  async close(): Promise<void> {
    this.#polling.refuse()
    for (const subscription of this.#subscriptions) subscription.close()
    await this.#polling.stop()
    await this.#following.close()
    await this.#presenting.close()
    await this.#limits.close()
  }

  #surroundings(): Surroundings {
    const { clock, ids } = this.#deps
    const presenting = this.#presenting
    return {
      clock,
      ids,
      epoch: () => this.#history.epoch,
      restart: async (subscription) => {
        const opening = await presenting.restart(subscription, () =>
          this.#openings.fromSnapshot(subscription),
        )
        this.#limits.tellAll(subscription)
        return opening
      },
      runMoved: (subscription, projectId, runId) => presenting.runMoved(subscription, projectId, runId),
      placed: (subscription, projectId, place) => presenting.placed(subscription, projectId, place),
      missed: (subscription, projectId, cursor) => {
        if (projectId !== null) presenting.tellAll(subscription, projectId, cursor)
        this.#limits.tellAll(subscription)
      },
      presenceOf: (subscription, projectId, shown) => presenting.showPresence(subscription, projectId, shown),
      left: (subscription) => this.#dismiss(subscription),
      failed: (error) => this.#failed(error),
    }
  }

  async #startAgain(): Promise<void> {
    await this.#following.startAgain()
    for (const subscription of this.#subscriptions) void subscription.reload('other_history')
  }

  async #rightsChanged(subscription: FeedSubscription): Promise<void> {
    const scope = scopeOf(subscription)
    if (scope !== 'all') for (const projectId of scope) await this.#following.enter(subscription, projectId)
    this.#presenting.show(subscription)
  }

  #dismiss(subscription: FeedSubscription): void {
    this.#subscriptions.delete(subscription)
    this.#rights.dismiss(subscription)
    this.#presenting.dismiss(subscription)
    this.#following.letGo(subscription)
  }

  #failed(error: unknown): void {
    this.#deps.logger.debug({ err: error }, 'Old facts could not be read')
  }
}
