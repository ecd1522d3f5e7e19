import type { Clock, Ids, Logger } from '../environment.ts'
import { ClosedError, Forbidden, NotFound, Unauthorized } from '../errors.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { decodeCursor, type Position } from '../events/cursor.ts'
import { hintTopic, type Signal, SYSTEM_TOPIC, signalsIn } from '../events/signals.ts'
import type { EventId, ProjectId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import { backendOf, type Outages, outagesOf } from '../logging/outages.ts'
import type { PeopleUseCases } from '../people/people.ts'
import type { Principal, Role } from '../people/person.ts'
import type { PresenceStore } from '../presence/presence-store.ts'
import type { Persistence } from '../stores.ts'
import { elapsedMs } from '../time.ts'
import { belongsTo, CHANNEL_AUTHORITY, type Channel, isOfOneProject, sightOf } from './channel.ts'
import { Coalesced } from './coalesced.ts'
import type { FeedUseCases, Opening, Snapshot, SubscribeRequest, Subscription } from './feed-items.ts'
import { PAGE, PageCache, ProjectFeed } from './project-feed.ts'
import { ProjectStates, type Told } from './project-states.ts'
import { SharedReads } from './shared-reads.ts'
import { readingFrom, snapshotOf } from './snapshots.ts'
import { FeedSubscription, type Surroundings } from './subscription.ts'

/** How often heads are looked at, whether or not a hint has come. */
export const FEED_POLL_MS = 100

/** Rights are looked at as often as this where no fact makes it sooner. */
const ACCESS_MS = 400
/** How often is looked whether the facts are of another history. */
const EPOCH_MS = 1_000

/** Past this without a look, the log of changes may have forgotten some: everybody's rights are read again. */
const ACCESS_LOST_MS = 60_000

/** How far the clocks of two processes may lie apart: whatever is new to somebody is looked for from so much earlier. */
const CLOCK_SKEW_MS = 60_000

const SYSTEM_LOOK_MS = 1_000

/** Facts before a cursor of which is looked, as far as they are in memory, whether they were about runs. */
const LOOK_BACK = 256

/** Projects whose states are looked at at once. */
const MOST_LOOKS = 4

/** Channels of which everybody who follows them is shown the same snapshot. */
const SAME_FOR_ALL: ReadonlySet<Channel['kind']> = new Set(['project', 'run', 'admin'])

/** What the feed is made from. */
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

/** Somebody with at least one subscription here. */
interface Viewer {
  readonly tokenRole: Role
  readonly subscriptions: Set<FeedSubscription>
}

/** Where things stood, and the heads of that very moment. */
interface Moment {
  readonly since: Date
  readonly heads: ReadonlyMap<ProjectId, number>
  readonly scope: readonly ProjectId[]
  readonly snapshot: Snapshot
}

interface Followed {
  readonly feed: ProjectFeed
  readonly holders: Set<FeedSubscription>
  readonly started: Promise<void>
  readonly catchUp: Coalesced
  states: ProjectStates | undefined
  readonly leave: Promise<(() => Promise<void>) | undefined>
}

/**
 * Follows the feeds of all projects that somebody here follows: each is read once, whoever many follow it. Heads are polled; a hint makes it sooner, and one
 * that is lost costs a moment. Facts are shown only after everybody's rights were read *after* the facts were: whoever had lost theirs before a
 * fact was committed is gone before it is shown.
 */
export class Feed implements FeedUseCases {
  readonly #deps: FeedDeps
  readonly #outages: Outages
  readonly #projects = new Map<ProjectId, Followed>()
  readonly #viewers = new Map<UserId, Viewer>()
  readonly #subscriptions = new Set<FeedSubscription>()
  readonly #pages = new PageCache()
  readonly #checkAccess = new Coalesced(() => this.#readAccess())
  readonly #checkEpoch = new Coalesced(() => this.#readEpoch())
  readonly #signalIds = new WeakMap<Signal, EventId>()
  #seenChanges: ReadonlySet<string> = new Set()
  #accessAt = 0
  #epoch = ''
  #epochAt = 0
  #running:
    | { readonly stop: AbortController; readonly opened: Promise<void>; readonly loop: Promise<void> }
    | undefined
  readonly #moments = new SharedReads<Moment>()
  /** Looks at states that are under way. */
  #looks = 0
  #systemPaused: boolean | undefined
  #systemAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(deps: FeedDeps) {
    this.#deps = deps
    this.#outages = outagesOf(deps)
  }

  async subscribe({ userId, tokenRole, channel, after, states }: SubscribeRequest): Promise<Subscription> {
    const cursor = after === undefined ? undefined : decodeCursor(after)
    await this.#run()
    const nobody: Principal = { userId, role: 'annotator', memberships: new Set() }
    const subscription = new FeedSubscription(channel, nobody, this.#around, states)
    // From here on, changes of rights reach it; what is read next is not older.
    this.#admit(subscription, userId, tokenRole)
    try {
      subscription.viewer = await this.#deps.people.principalOf(userId, tokenRole)
      subscription.projectId = await this.#projectOf(channel, subscription.viewer)
      subscription.open(await this.#open(subscription, cursor))
      // The snapshot too is shown to those only who had not lost their rights before it.
      await this.#checkAccess.run()
      if (subscription.stale) await this.#applyRights(userId)
      if (subscription.ended) throw refused(subscription)
      this.#showStates(subscription)
      return subscription
    } catch (error) {
      subscription.close()
      throw error
    }
  }

  /** Ends every subscription. */
  async close(): Promise<void> {
    this.#closed = true
    for (const subscription of this.#subscriptions) subscription.close()
    const running = this.#running
    running?.stop.abort()
    await running?.loop
    for (const followed of this.#projects.values()) await this.#unfollow(followed)
  }

  readonly #around: Surroundings = {
    epoch: () => this.#epoch,
    now: () => elapsedMs(this.#deps.clock),
    date: () => this.#deps.clock.now(),
    eventIdOf: (signal) => {
      const eventId = this.#signalIds.get(signal) ?? (this.#deps.ids.next() as EventId)
      this.#signalIds.set(signal, eventId)
      return eventId
    },
    restart: async (subscription) => this.#restart(subscription),
    runMoved: (subscription, projectId, runId) =>
      this.#projects.get(projectId)?.states?.follow(runId, subscription.states),
    placed: ({ states, stated }, projectId, place) => {
      if (stated.has(projectId)) this.#projects.get(projectId)?.states?.placed(states, place)
    },
    missed: (subscription, projectId) => this.#tellAll(subscription, projectId),
    presenceOf: (subscription, projectId, shown) => this.#showPresence(subscription, projectId, shown),
    left: (subscription) => this.#dismiss(subscription),
    failed: (error) => this.#deps.logger.debug({ err: error }, 'Old facts could not be read'),
  }

  // Beginning

  #admit(subscription: FeedSubscription, userId: UserId, tokenRole: Role): void {
    this.#subscriptions.add(subscription)
    const viewer = this.#viewers.get(userId) ?? { tokenRole, subscriptions: new Set() }
    viewer.subscriptions.add(subscription)
    this.#viewers.set(userId, viewer)
  }

  /** @throws NotFound, Forbidden where the channel is not the viewer's to follow */
  async #projectOf(channel: Channel, viewer: Principal): Promise<ProjectId | null> {
    const { stores } = this.#deps.persistence
    const code = refusal(channel, viewer, undefined)
    switch (channel.kind) {
      case 'me':
        return null
      case 'admin':
        if (code !== undefined) throw new Forbidden('This needs the role admin')
        return null
      case 'run': {
        const run = await stores.runs.find(channel.runId)
        if (run === undefined || !belongsTo(viewer, run.projectId)) throw new NotFound('run', channel.runId)
        return run.projectId
      }
      case 'project':
      case 'queues': {
        const { projectId } = channel
        if (projectId === null) return null
        const project = belongsTo(viewer, projectId) ? await stores.projects.find(projectId) : undefined
        if (project === undefined) throw new NotFound('project', projectId)
        return projectId
      }
    }
  }

  async #open(subscription: FeedSubscription, cursor: Position | undefined): Promise<Opening> {
    const scope = this.#scopeOf(subscription)
    const whole = scope === 'all' ? [...(await this.#deps.persistence.stores.events.heads()).keys()] : scope
    // Attached first: whatever is committed from now on is seen, wherever the subscription begins.
    const feeds = await Promise.all(whole.map((projectId) => this.#follow(subscription, projectId)))
    // Nobody may have looked since the database became another.
    if (cursor !== undefined) await this.#checkEpoch.run()
    const resumed =
      cursor !== undefined &&
      cursor.epoch === this.#epoch &&
      (await this.#resume(subscription, feeds, cursor))
    if (!resumed) return this.#fromSnapshot(subscription)
    subscription.setCursor(subscription.position)
    return { resumed: true, cursor: subscription.position }
  }

  /** Goes on from where the cursor stands, in every project; where it cannot in one of them, it says so, and nothing was shown. */
  async #resume(
    subscription: FeedSubscription,
    feeds: readonly ProjectFeed[],
    cursor: Position,
  ): Promise<boolean> {
    const { channel } = subscription
    const places = await Promise.all(
      feeds.map(async (feed) => {
        // What was passed over for want of a right that its reader has again cannot be given from there.
        if (sightOf(subscription.viewer, feed.projectId) > (cursor.sights.get(feed.projectId) ?? 2))
          return undefined
        const seq = cursor.seqs.get(feed.projectId) ?? (await this.#beginningOf(feed.projectId, cursor.since))
        const can = seq !== undefined && (await this.#isKept(feed, seq))
        return can ? { feed, seq } : undefined
      }),
    )
    if (places.includes(undefined)) return false
    subscription.since =
      isOfOneProject(channel) || subscription.projectId !== null
        ? null
        : (cursor.since ?? this.#deps.clock.now())
    for (const place of places) {
      if (place === undefined) continue
      subscription.follow(place.feed, place.seq)
      // They may have been cut off between a run's fact and its progress.
      for (let seq = place.seq; seq > Math.max(0, place.seq - LOOK_BACK); seq--) {
        const fact = place.feed.at(seq)
        if (fact?.type === 'run_status_changed') subscription.lastRuns.push(fact)
      }
    }
    // Who follows all projects there are has lost none of them.
    const isOfSome = channel.kind === 'me' || channel.kind === 'queues'
    if (isOfSome && subscription.projectId === null) await this.#followLost(subscription, cursor)
    return true
  }

  /** Whether everything behind `seq` can be given. Another process may have been further than this one is. */
  async #isKept(feed: ProjectFeed, seq: number): Promise<boolean> {
    if (seq > feed.head) await this.#projects.get(feed.projectId)?.catchUp.run()
    return seq === feed.head || (seq < feed.head && (await feed.load(seq + 1)))
  }

  /**
   * Projects that were the caller's when the cursor was given: what they lost with them is theirs to hear, and where they were is known if they get
   * them back.
   */
  async #followLost(subscription: FeedSubscription, { seqs }: Position): Promise<void> {
    for (const [projectId, seq] of seqs) {
      if (subscription.has(projectId)) continue
      const feed = await this.#follow(subscription, projectId)
      if (seq > feed.head) await this.#projects.get(projectId)?.catchUp.run()
      if (seq <= feed.head) subscription.follow(feed, seq)
    }
  }

  /** Where somebody begins in a project that is new to them since `since`. */
  async #beginningOf(projectId: ProjectId, since: Date | null): Promise<number | undefined> {
    if (since === null) return undefined
    return this.#deps.persistence.stores.events.seqBefore(
      projectId,
      new Date(since.getTime() - CLOCK_SKEW_MS),
    )
  }

  /** Begins again. What states were on their way is older than the snapshot may be, and goes with it. */
  async #restart(subscription: FeedSubscription): Promise<Opening & { readonly resumed: false }> {
    for (const projectId of subscription.stated)
      this.#projects.get(projectId)?.states?.leave(subscription.states)
    subscription.forgetSignals()
    const opening = await this.#fromSnapshot(subscription)
    for (const projectId of subscription.stated)
      this.#projects.get(projectId)?.states?.join(subscription.states, toldBy(opening, projectId))
    return opening
  }

  /** Begins at this moment, with a snapshot of it. */
  async #fromSnapshot(subscription: FeedSubscription): Promise<Opening & { readonly resumed: false }> {
    const { channel, viewer, projectId } = subscription
    const key = JSON.stringify([
      channel,
      ...(SAME_FOR_ALL.has(channel.kind) ? [] : [viewer.userId, rightsOf(viewer)]),
    ])
    const { heads, snapshot, scope, since } = await this.#moments.read(key, () => this.#moment(subscription))
    subscription.since = isOfOneProject(channel) || projectId !== null ? null : since
    for (const id of scope) subscription.follow(await this.#follow(subscription, id), heads.get(id) ?? 0)
    // What is not of its scope any more has nothing to say from before this moment.
    const others = [...subscription.projectIds].filter((id) => !scope.includes(id))
    for (const id of others) {
      const feed = await this.#follow(subscription, id)
      subscription.follow(feed, feed.head)
    }
    const cursor = subscription.position
    subscription.setCursor(cursor)
    return { resumed: false, snapshot, cursor }
  }

  #moment(subscription: FeedSubscription): Promise<Moment> {
    const { channel, viewer } = subscription
    const { persistence, clock } = this.#deps
    const since = clock.now()
    return persistence.snapshot(async (stores) => {
      const wanted = this.#scopeOf(subscription)
      const heads = await stores.events.heads(wanted === 'all' ? undefined : wanted)
      const scope = wanted === 'all' ? [...heads.keys()] : wanted
      return { since, heads, scope, snapshot: await snapshotOf(stores, this.#deps, channel, viewer) }
    })
  }

  /** The projects that the subscription is of, as far as its viewer may see. */
  #scopeOf({ channel, viewer, projectId }: FeedSubscription): readonly ProjectId[] | 'all' {
    if (projectId !== null) return [projectId]
    if (channel.kind === 'admin' || (channel.kind === 'queues' && viewer.role === 'admin')) return 'all'
    return [...viewer.memberships]
  }

  // Following

  /** Follows the project for the sake of the subscription, until that ends. */
  async #follow(subscription: FeedSubscription, projectId: ProjectId): Promise<ProjectFeed> {
    const followed = this.#hold(subscription, projectId)
    await followed.started
    return followed.feed
  }

  #hold(subscription: FeedSubscription, projectId: ProjectId): Followed {
    if (subscription.ended) throw refused(subscription)
    const followed = this.#projects.get(projectId) ?? this.#begin(projectId)
    followed.holders.add(subscription)
    subscription.held.add(projectId)
    return followed
  }

  #begin(projectId: ProjectId): Followed {
    const { events } = this.#deps.persistence.stores
    const feed = new ProjectFeed(projectId, events, this.#pages)
    const followed: Followed = {
      feed,
      holders: new Set(),
      started: events.head(projectId).then((head) => feed.startAt(head)),
      catchUp: new Coalesced(() => this.#catchUp(followed)),
      states: undefined,
      leave: this.#listen(hintTopic(projectId), (hint) => this.#hear(followed, hint)),
    }
    followed.started.catch(() => this.#projects.delete(projectId))
    this.#projects.set(projectId, followed)
    return followed
  }

  async #listen(
    topic: string,
    listener: (message: Json) => void,
  ): Promise<(() => Promise<void>) | undefined> {
    try {
      return await this.#deps.broadcast.subscribe(topic, listener)
    } catch (error) {
      this.#deps.logger.warn({ err: error, topic }, 'Nothing is heard of this: it is polled')
      return undefined
    }
  }

  #hear(followed: Followed, hint: Json): void {
    if (hint === 'presence' || hint === 'queue') followed.states?.touch(hint)
    else void followed.catchUp.run().catch((error: unknown) => this.#around.failed(error))
  }

  /** Reads what is new, makes sure that who sees it still may, and shows it. */
  async #catchUp(followed: Followed): Promise<void> {
    const { feed } = followed
    await followed.started
    for (;;) {
      const facts = await feed.readNew()
      if (facts.length === 0) return
      await this.#checkAccess.run()
      feed.publish(facts)
      followed.states?.touch('queue')
      // A run may begin and end between two looks.
      for (const { type, data } of facts)
        if (type === 'run_status_changed') followed.states?.follow(data.runId)
      // Whoever writes without a pause must not hold up those who wait for this to end; the rest is asked for again.
      if (facts.length < PAGE) return
    }
  }

  // Rights

  /** Reads the rights of all whose rights have changed, and lets their subscriptions know. */
  async #readAccess(): Promise<void> {
    const { stores } = this.#deps.persistence
    const now = this.#around.now()
    const changes = await stores.people.accessChanges()
    const lost = now - this.#accessAt > ACCESS_LOST_MS
    const changed = changes
      .filter(({ changeId }) => !this.#seenChanges.has(changeId))
      .map(({ userId }) => userId)
    for (const userId of lost ? this.#viewers.keys() : new Set(changed)) await this.#applyRights(userId)
    this.#seenChanges = new Set(changes.map(({ changeId }) => changeId))
    this.#accessAt = now
  }

  async #applyRights(userId: UserId): Promise<void> {
    const viewer = this.#viewers.get(userId)
    if (viewer === undefined) return
    let principal: Principal
    try {
      principal = await this.#deps.people.principalOf(userId, viewer.tokenRole)
    } catch (error) {
      if (!(error instanceof Unauthorized)) throw error
      for (const subscription of viewer.subscriptions) subscription.end('unauthorized')
      return
    }
    for (const subscription of viewer.subscriptions) await this.#reconsider(subscription, principal)
  }

  async #reconsider(subscription: FeedSubscription, principal: Principal): Promise<void> {
    subscription.stale = !subscription.isOpen
    if (subscription.stale) return
    const code = refusal(subscription.channel, principal, subscription.projectId ?? undefined)
    if (code !== undefined) {
      subscription.end(code)
      return
    }
    const before = subscription.viewer
    subscription.viewer = principal
    // What was passed over for want of a right is not gone back to: it is in the snapshot.
    const projects = [...subscription.projectIds]
    const isMore = projects.some((id) => sightOf(principal, id) > sightOf(before, id))
    if (isMore) void subscription.reload('access_changed')
    const scope = this.#scopeOf(subscription)
    if (scope !== 'all') for (const projectId of scope) await this.#enter(subscription, projectId)
    this.#showStates(subscription)
  }

  /** A project that has come to be the subscription's while it goes on. */
  async #enter(subscription: FeedSubscription, projectId: ProjectId): Promise<void> {
    if (subscription.has(projectId) || subscription.ended) return
    const feed = await this.#follow(subscription, projectId)
    const seq = await this.#beginningOf(projectId, subscription.since)
    if (seq !== undefined) subscription.follow(feed, Math.min(seq, feed.head))
  }

  // States

  /** Reads the states of what the subscription is of: what differs from its snapshot, or all of them for one that comes back. */
  #showStates(subscription: FeedSubscription): void {
    if (subscription.states.wants === 'presence') return
    for (const projectId of subscription.projectIds) {
      if (subscription.stated.has(projectId) || !belongsTo(subscription.viewer, projectId)) continue
      this.#statesFor(subscription, projectId, toldBy(subscription.opening, projectId))
    }
    for (const { projectId, data } of subscription.lastRuns.splice(0))
      this.#around.runMoved(subscription, projectId, data.runId)
  }

  #showPresence(subscription: FeedSubscription, projectId: ProjectId, shown: boolean): void {
    if (subscription.states.wants !== 'presence') return
    if (shown) this.#statesFor(subscription, projectId, toldBy(subscription.opening, projectId))
    else this.#leaveStates(subscription, projectId)
  }

  #statesFor(subscription: FeedSubscription, projectId: ProjectId, told: Told): void {
    const followed = this.#hold(subscription, projectId)
    const { persistence, broadcast, clock, logger } = this.#deps
    const now = readingFrom(persistence.stores, this.#deps)
    followed.states ??= new ProjectStates(projectId, {
      read: (work) => persistence.snapshot((stores) => work(readingFrom(stores, this.#deps))),
      presence: (id) => now.presence(id),
      departed: (id) => now.departed(id),
      broadcast,
      clock,
      logger,
    })
    subscription.stated.add(projectId)
    followed.states.join(subscription.states, told)
  }

  /** Some signals were dropped: all that is true now is told in their place. */
  #tellAll({ stated, states }: FeedSubscription, projectId: ProjectId): void {
    if (stated.has(projectId)) this.#projects.get(projectId)?.states?.join(states, { runs: [], isBack: true })
  }

  #leaveStates(subscription: FeedSubscription, projectId: ProjectId): void {
    const followed = this.#projects.get(projectId)
    const { states } = followed ?? {}
    subscription.stated.delete(projectId)
    states?.leave(subscription.states)
    if (followed === undefined || states === undefined || states.isRead) return
    followed.states = undefined
    void states.close()
  }

  /** Looks at states that are due, those first that have waited longest. Does not wait for it. */
  #lookAtStates(now: number): void {
    const followed = [...this.#projects.values()].flatMap(({ states }) => states ?? [])
    const due = followed.filter((states) => states.isDue(now, followed.length))
    due.sort((a, b) => a.lookedAt - b.lookedAt)
    for (const states of due.slice(0, MOST_LOOKS - this.#looks)) {
      this.#looks += 1
      void states.look(followed.length).finally(() => {
        this.#looks -= 1
      })
    }
  }

  #hearSystem(message: Json): void {
    for (const signal of signalsIn(message, null)) this.#tellSystem(signal)
    for (const { states } of this.#projects.values()) states?.touch('queue')
  }

  #tellSystem(signal: Signal): void {
    this.#systemPaused = signal.type === 'queue_paused'
    for (const { states } of this.#subscriptions) states.signal(signal)
  }

  async #lookAtSystem(now: number): Promise<void> {
    const watched = [...this.#subscriptions].some(({ channel }) => channel.kind === 'admin')
    if (!watched || now - this.#systemAt < SYSTEM_LOOK_MS) return
    this.#systemAt = now
    const paused = await this.#deps.persistence.stores.projects.systemPaused()
    if (this.#systemPaused !== undefined && paused !== this.#systemPaused) {
      this.#tellSystem({
        type: paused ? 'queue_paused' : 'queue_resumed',
        projectId: null,
        data: { global: true },
      })
    }
    this.#systemPaused = paused
  }

  // Going on

  /** Begins to poll, with the first subscription; or goes on. */
  async #run(): Promise<void> {
    if (this.#closed) throw new ClosedError()
    if (this.#running === undefined) {
      const stop = new AbortController()
      const opened = this.#begun()
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

  async #begun(): Promise<void> {
    const { stores } = this.#deps.persistence
    this.#epoch = await stores.events.epoch()
    this.#epochAt = this.#around.now()
    this.#seenChanges = new Set((await stores.people.accessChanges()).map(({ changeId }) => changeId))
    this.#accessAt = this.#around.now()
  }

  async #poll(stop: AbortSignal): Promise<void> {
    const leave = await this.#listen(SYSTEM_TOPIC, (message) => this.#hearSystem(message))
    let away: string | undefined
    while (!stop.aborted) {
      try {
        await this.#look()
        if (away !== undefined) this.#outages.worked(away)
        away = undefined
      } catch (error) {
        away = backendOf(error) ?? 'Reading the feed'
        this.#outages.failed(error, away)
      }
      const now = this.#around.now()
      this.#lookAtStates(now)
      for (const subscription of this.#subscriptions) subscription.tick(now)
      await this.#deps.clock.wait(FEED_POLL_MS, stop)
    }
    await leave?.()
  }

  async #look(): Promise<void> {
    if (this.#subscriptions.size === 0) return
    if (this.#around.now() - this.#epochAt >= EPOCH_MS) await this.#checkEpoch.run()
    const { events } = this.#deps.persistence.stores
    const everything = [...this.#subscriptions].filter((each) => each.isOpen && this.#scopeOf(each) === 'all')
    // Hints move these while heads are read: what was known before is what must not have gone back.
    const known = [...this.#projects].map(([projectId, { feed }]) => [projectId, feed.head] as const)
    const heads = await events.heads(everything.length > 0 ? undefined : [...this.#projects.keys()])
    if (known.some(([projectId, head]) => (heads.get(projectId) ?? 0) < head)) await this.#otherHistory()
    for (const projectId of heads.keys()) await this.#enterAll(everything, projectId)
    await Promise.all(
      [...heads].map(async ([projectId, head]) => {
        const followed = this.#projects.get(projectId)
        if (followed !== undefined && head > followed.feed.head) await followed.catchUp.run()
      }),
    )
    const now = this.#around.now()
    if (now - this.#accessAt >= ACCESS_MS) await this.#checkAccess.run()
    await this.#lookAtSystem(now)
  }

  async #enterAll(subscriptions: readonly FeedSubscription[], projectId: ProjectId): Promise<void> {
    for (const subscription of subscriptions) {
      if (subscription.has(projectId)) continue
      await this.#enter(subscription, projectId)
      this.#showStates(subscription)
    }
  }

  async #readEpoch(): Promise<void> {
    this.#epochAt = this.#around.now()
    const epoch = await this.#deps.persistence.stores.events.epoch()
    if (epoch !== this.#epoch) await this.#otherHistory()
  }

  /** The database is another, or was put back to what it once was. Nothing that anybody has seen can be gone on from. */
  async #otherHistory(): Promise<void> {
    const { events } = this.#deps.persistence.stores
    this.#epoch = await events.epoch()
    this.#pages.clear()
    const heads = await events.heads([...this.#projects.keys()])
    for (const [projectId, { feed }] of this.#projects) feed.startAt(heads.get(projectId) ?? 0)
    for (const subscription of this.#subscriptions) void subscription.reload('other_history')
  }

  // Ending

  #dismiss(subscription: FeedSubscription): void {
    this.#subscriptions.delete(subscription)
    const { userId } = subscription.viewer
    const viewer = this.#viewers.get(userId)
    viewer?.subscriptions.delete(subscription)
    if (viewer?.subscriptions.size === 0) this.#viewers.delete(userId)
    for (const projectId of subscription.stated) this.#leaveStates(subscription, projectId)
    for (const projectId of subscription.held) {
      const followed = this.#projects.get(projectId)
      followed?.holders.delete(subscription)
      if (followed === undefined || followed.holders.size > 0) continue
      this.#projects.delete(projectId)
      void this.#unfollow(followed)
    }
  }

  async #unfollow({ leave, states }: Followed): Promise<void> {
    await (await leave)?.()
    await states?.close()
  }
}

/** What a subscription that ended before it was open is told. */
function refused({ ended, channel }: FeedSubscription): Error {
  if (ended === 'unauthorized') return new Unauthorized('The user is suspended')
  if (ended === 'forbidden') return new Forbidden('This needs the role admin')
  if (ended === 'closed') return new ClosedError('The subscription was closed')
  return new NotFound(
    channel.kind,
    'projectId' in channel ? String(channel.projectId) : 'runId' in channel ? channel.runId : '',
  )
}

/** Why the channel, of this project where it is of one, is not for them; `undefined` where it is. */
function refusal(
  channel: Channel,
  viewer: Principal,
  projectId: ProjectId | undefined,
): 'not_found' | 'forbidden' | undefined {
  if (CHANNEL_AUTHORITY[channel.kind] === 'admins' && viewer.role !== 'admin') return 'forbidden'
  return projectId === undefined || belongsTo(viewer, projectId) ? undefined : 'not_found'
}

/** What an opening has told of the project. */
function toldBy(opening: Opening, projectId: ProjectId): Told {
  if (opening.resumed) return { runs: [], isBack: true }
  const { snapshot } = opening
  const told = { runs: [], isBack: false }
  switch (snapshot.channel) {
    case 'project':
      return { ...told, queue: snapshot.queue, runs: snapshot.runs, present: snapshot.presence }
    case 'run':
      return { ...told, runs: [snapshot.run] }
    case 'queues':
      return { ...told, queue: snapshot.queues.find((queue) => queue.projectId === projectId) }
    case 'me':
    case 'admin':
      return told
  }
}

/** Equal where the rights are. */
function rightsOf({ role, memberships }: Principal): string {
  return [role, ...[...memberships].sort()].join(' ')
}
