import type { Logger } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import type { EventStore } from '../events/event-store.ts'
import { hintTopic, openedIn } from '../events/signals.ts'
import type { ProjectId, RunId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import { Coalesced } from './coalesced.ts'
import { hear } from './hints.ts'
import { PAGE, PageCache, ProjectFeed } from './project-feed.ts'
import type { FeedSubscription } from './subscription/subscription.ts'

/** How far the clocks of two processes may lie apart: what is new to somebody is looked for from so much earlier. */
const CLOCK_SKEW_MS = 60_000

interface Deps {
  readonly events: EventStore
  readonly broadcast: Broadcast
  readonly logger: Logger
  /** Waited for between reading facts and showing them. */
  readonly checkRights: () => Promise<void>
  /** Something may have changed in the project's states. */
  readonly touched: (projectId: ProjectId, what: 'queue' | 'presence') => void
  /** Places on tasks came to be free, so many by type of step. */
  readonly opened: (projectId: ProjectId, counts: ReadonlyMap<string, number>) => void
  /** A run's status has changed. */
  readonly runMoved: (projectId: ProjectId, runId: RunId) => void
  readonly failed: (error: unknown) => void
}

interface Followed {
  readonly feed: ProjectFeed
  readonly holders: Set<FeedSubscription>
  readonly started: Promise<void>
  readonly catchUp: Coalesced
  readonly leave: Promise<(() => Promise<void>) | undefined>
}

/**
 * The projects that somebody here follows: the feed of each is read once per process. Facts are shown only after everybody's rights were read *after* the
 * facts were: those who had lost theirs before a fact was committed are gone before it is shown.
 */
export class Following {
  readonly #deps: Deps
  readonly #projects = new Map<ProjectId, Followed>()
  readonly #held = new Map<FeedSubscription, Set<ProjectId>>()
  readonly #pages = new PageCache()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** How far each project was read. */
  heads(): ReadonlyMap<ProjectId, number> {
    return new Map([...this.#projects].map(([projectId, { feed }]) => [projectId, feed.head]))
  }

  /** Those who follow the project. */
  holdersOf(projectId: ProjectId): Iterable<FeedSubscription> {
    return this.#projects.get(projectId)?.holders ?? []
  }

  /** Follows the project for the sake of the subscription, until that ends. */
  async follow(subscription: FeedSubscription, projectId: ProjectId): Promise<ProjectFeed> {
    const followed = this.#hold(subscription, projectId)
    await followed.started
    return followed.feed
  }

  /** The same, without waiting until the feed can be read. */
  hold(subscription: FeedSubscription, projectId: ProjectId): void {
    this.#hold(subscription, projectId)
  }

  /** Puts the subscription into a project that has come to be its own while it goes on. */
  async enter(subscription: FeedSubscription, projectId: ProjectId): Promise<void> {
    const { places } = subscription
    if (places.has(projectId) || subscription.ended) return
    const feed = await this.follow(subscription, projectId)
    const seq = await this.beginningOf(projectId, places.since)
    if (seq !== undefined) places.follow(feed, Math.min(seq, feed.head))
  }

  /** Where somebody begins in a project that is new to them since `since`. */
  async beginningOf(projectId: ProjectId, since: Date | null): Promise<number | undefined> {
    if (since === null) return undefined
    return this.#deps.events.seqBefore(projectId, new Date(since.getTime() - CLOCK_SKEW_MS))
  }

  /** Reads what is new if the project may be further than it was read. */
  async reach(projectId: ProjectId, seq: number): Promise<void> {
    const followed = this.#projects.get(projectId)
    if (followed !== undefined && seq > followed.feed.head) await followed.catchUp.run()
  }

  /** Begins every feed again where the facts now end. */
  async startAgain(): Promise<void> {
    this.#pages.clear()
    const heads = await this.#deps.events.heads([...this.#projects.keys()])
    for (const [projectId, { feed }] of this.#projects) feed.startAt(heads.get(projectId) ?? 0)
  }

  /** The subscription has ended: what only it followed is followed no longer. */
  letGo(subscription: FeedSubscription): void {
    const held = this.#held.get(subscription) ?? []
    this.#held.delete(subscription)
    for (const projectId of held) {
      const followed = this.#projects.get(projectId)
      followed?.holders.delete(subscription)
      if (followed?.holders.size === 0) this.#end(followed)
    }
  }

  #end(followed: Followed): void {
    const { projectId } = followed.feed
    // It may have ended before, and another have begun in its place.
    if (this.#projects.get(projectId) !== followed) return
    this.#projects.delete(projectId)
    void unfollow(followed)
  }

  async close(): Promise<void> {
    for (const followed of this.#projects.values()) await unfollow(followed)
  }

  #hold(subscription: FeedSubscription, projectId: ProjectId): Followed {
    subscription.throwIfEnded()
    const followed = this.#projects.get(projectId) ?? this.#begin(projectId)
    followed.holders.add(subscription)
    const held = this.#held.get(subscription) ?? new Set()
    this.#held.set(subscription, held.add(projectId))
    return followed
  }

  #begin(projectId: ProjectId): Followed {
    const { events } = this.#deps
    const feed = new ProjectFeed(projectId, events, this.#pages)
    const followed: Followed = {
      feed,
      holders: new Set(),
      started: events.head(projectId).then((head) => feed.startAt(head)),
      catchUp: new Coalesced(() => this.#catchUp(followed)),
      leave: hear(this.#deps, hintTopic(projectId), (hint) => this.#hear(followed, hint)),
    }
    followed.started.catch(() => this.#end(followed))
    this.#projects.set(projectId, followed)
    return followed
  }

  #hear({ feed, catchUp }: Followed, hint: Json): void {
    const opened = openedIn(hint)
    if (opened) this.#deps.opened(feed.projectId, opened)
    else if (hint === 'presence' || hint === 'queue') this.#deps.touched(feed.projectId, hint)
    else void catchUp.run().catch((error: unknown) => this.#deps.failed(error))
  }

  /** Reads what is new, makes sure that those who see it still may, and shows it. */
  async #catchUp({ feed, started }: Followed): Promise<void> {
    const { checkRights, touched, runMoved } = this.#deps
    await started
    for (;;) {
      const facts = await feed.readNew()
      if (facts.length === 0) return
      await checkRights()
      feed.publish(facts)
      touched(feed.projectId, 'queue')
      // A run may begin and end between two looks.
      for (const { type, data } of facts)
        if (type === 'run_status_changed') runMoved(feed.projectId, data.runId)
      // A writer without a pause must not hold up those who wait for this to end; the rest is asked for again.
      if (facts.length < PAGE) return
    }
  }
}

async function unfollow({ leave }: Followed): Promise<void> {
  await (await leave)?.()
}
