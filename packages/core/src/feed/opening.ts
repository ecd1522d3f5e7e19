import { ForbiddenError, NotFoundError } from '../errors.ts'
import type { Position } from '../events/cursor.ts'
import type { ProjectId, RunId } from '../ids.ts'
import type { Principal } from '../people/person.ts'
import type { Persistence } from '../stores.ts'
import { belongsTo, type Channel, isOfOneProject, refusalOf, scopeOf, sightOf } from './channel.ts'
import type { Opening, Snapshot } from './feed-items.ts'
import type { Following } from './following.ts'
import type { History } from './history.ts'
import type { ProjectFeed } from './project-feed.ts'
import { SharedReads } from './shared-reads.ts'
import { type ReadingDeps, snapshotOf } from './snapshots.ts'
import type { FeedSubscription, SnapshotOpening } from './subscription/subscription.ts'

/** Facts before a cursor of which is looked, as far as they are in memory, whether they were about runs. */
const LOOK_BACK = 256

/** Channels of which everybody who follows them is shown the same snapshot. */
const SAME_FOR_ALL: ReadonlySet<Channel['kind']> = new Set(['project', 'run', 'admin'])

interface Deps extends ReadingDeps {
  readonly persistence: Persistence
  readonly history: History
  readonly following: Following
  /** The subscription's reader had a fact of the run just before, and perhaps not what followed from it. */
  readonly owe: (subscription: FeedSubscription, runs: readonly MovedRun[]) => void
}

interface MovedRun {
  readonly projectId: ProjectId
  readonly runId: RunId
}

/** Where things stood, and the heads of that very moment. */
interface Moment {
  readonly since: Date
  readonly heads: ReadonlyMap<ProjectId, number>
  readonly scope: readonly ProjectId[]
  readonly snapshot: Snapshot
}

/** Opens subscriptions: behind a cursor, or at a snapshot. */
export class Openings {
  readonly #deps: Deps
  readonly #moments = new SharedReads<Moment>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** @throws NotFoundError, ForbiddenError if the channel is not the viewer's to follow */
  async projectOf(channel: Channel, viewer: Principal): Promise<ProjectId | null> {
    const { stores } = this.#deps.persistence
    switch (channel.kind) {
      case 'me':
        return null
      case 'admin':
        if (refusalOf(channel, viewer, null) !== undefined)
          throw new ForbiddenError('This needs the role admin')
        return null
      case 'run': {
        const run = await stores.runs.find(channel.runId)
        if (run === undefined || !belongsTo(viewer, run.projectId))
          throw new NotFoundError('run', channel.runId)
        return run.projectId
      }
      case 'project':
      case 'queues': {
        const { projectId } = channel
        if (projectId === null) return null
        const project = belongsTo(viewer, projectId) ? await stores.projects.find(projectId) : undefined
        if (project === undefined) throw new NotFoundError('project', projectId)
        return projectId
      }
    }
  }

  /** Begins behind the cursor if everything from there on can be given, else with a snapshot. */
  async open(subscription: FeedSubscription, cursor: Position | undefined): Promise<Opening> {
    const { persistence, following, history } = this.#deps
    const scope = scopeOf(subscription)
    const whole = scope === 'all' ? [...(await persistence.stores.events.heads()).keys()] : scope
    // Attached first: whatever is committed from now on is seen, wherever the subscription begins.
    const feeds = await Promise.all(whole.map((projectId) => following.follow(subscription, projectId)))
    // Nobody may have looked since the database became another.
    if (cursor !== undefined) await history.check()
    const resumed =
      cursor !== undefined &&
      cursor.epoch === history.epoch &&
      (await this.#resume(subscription, feeds, cursor))
    if (!resumed) return this.fromSnapshot(subscription)
    return { resumed: true, cursor: subscription.places.moveCursor() }
  }

  /** Begins at this moment, with a snapshot of it. */
  async fromSnapshot(subscription: FeedSubscription): Promise<SnapshotOpening> {
    const { channel, viewer, projectId, places } = subscription
    const { following } = this.#deps
    const key = JSON.stringify([
      channel,
      ...(SAME_FOR_ALL.has(channel.kind) ? [] : [viewer.userId, rightsOf(viewer)]),
    ])
    const { heads, snapshot, scope, since } = await this.#moments.read(key, () => this.#moment(subscription))
    places.since = isOfOneProject(channel) || projectId !== null ? null : since
    for (const id of scope) places.follow(await following.follow(subscription, id), heads.get(id) ?? 0)
    // Projects no longer of its scope have nothing to say from before this moment.
    const others = [...places.projectIds].filter((id) => !scope.includes(id))
    for (const id of others) {
      const feed = await following.follow(subscription, id)
      places.follow(feed, feed.head)
    }
    return { resumed: false, snapshot, cursor: places.moveCursor() }
  }

  /** Goes on from where the cursor stands, in every project; if it cannot in one of them, it says so, and nothing was shown. */
  async #resume(
    subscription: FeedSubscription,
    feeds: readonly ProjectFeed[],
    cursor: Position,
  ): Promise<boolean> {
    const { channel, projectId, places } = subscription
    const found = await Promise.all(feeds.map((feed) => this.#placeIn(feed, subscription.viewer, cursor)))
    if (found.includes(undefined)) return false
    places.since =
      isOfOneProject(channel) || projectId !== null ? null : (cursor.since ?? this.#deps.clock.now())
    for (const place of found) {
      if (place === undefined) continue
      places.follow(place.feed, place.seq)
      this.#deps.owe(subscription, lastRuns(place.feed, place.seq))
    }
    // A follower of all projects there are has lost none of them.
    const isOfSome = channel.kind === 'me' || channel.kind === 'queues'
    if (isOfSome && projectId === null) await this.#followLost(subscription, cursor)
    return true
  }

  /** Where the cursor stands in the project, if everything behind that can be given. */
  async #placeIn(
    feed: ProjectFeed,
    viewer: Principal,
    { sights, seqs, since }: Position,
  ): Promise<{ readonly feed: ProjectFeed; readonly seq: number } | undefined> {
    const { projectId } = feed
    // Facts passed over for want of a right that the reader has again cannot be given from there.
    if (sightOf(viewer, projectId) > (sights.get(projectId) ?? 2)) return undefined
    const seq = seqs.get(projectId) ?? (await this.#deps.following.beginningOf(projectId, since))
    return seq !== undefined && (await this.#isKept(feed, seq)) ? { feed, seq } : undefined
  }

  /** Whether everything behind `seq` can be given. Another process may have been further than this one is. */
  async #isKept(feed: ProjectFeed, seq: number): Promise<boolean> {
    await this.#deps.following.reach(feed.projectId, seq)
    return seq === feed.head || (seq < feed.head && (await feed.load(seq + 1)))
  }

  /**
   * Projects that were the caller's when the cursor was given: what they lost with them is theirs to hear, and where they were is known if they get
   * them back.
   */
  async #followLost(subscription: FeedSubscription, { seqs }: Position): Promise<void> {
    const { following } = this.#deps
    for (const [projectId, seq] of seqs) {
      if (subscription.places.has(projectId)) continue
      const feed = await following.follow(subscription, projectId)
      await following.reach(projectId, seq)
      if (seq <= feed.head) subscription.places.follow(feed, seq)
    }
  }

  #moment(subscription: FeedSubscription): Promise<Moment> {
    const { channel, viewer } = subscription
    const { persistence, clock } = this.#deps
    const since = clock.now()
    return persistence.snapshot(async (stores) => {
      const wanted = scopeOf(subscription)
      const heads = await stores.events.heads(wanted === 'all' ? undefined : wanted)
      const scope = wanted === 'all' ? [...heads.keys()] : wanted
      return { since, heads, scope, snapshot: await snapshotOf(stores, this.#deps, channel, viewer) }
    })
  }
}

/** Runs of the facts just before `seq`: a reader may have been cut off between a run's fact and its progress. */
function lastRuns(feed: ProjectFeed, seq: number): MovedRun[] {
  const runs: MovedRun[] = []
  for (let at = seq; at > Math.max(0, seq - LOOK_BACK); at--) {
    const fact = feed.at(at)
    if (fact?.type === 'run_status_changed') runs.push({ projectId: fact.projectId, runId: fact.data.runId })
  }
  return runs
}

/** Equal if the rights are. */
function rightsOf({ role, memberships }: Principal): string {
  return [role, ...[...memberships].sort()].join(' ')
}
