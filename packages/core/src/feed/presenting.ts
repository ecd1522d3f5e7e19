import type { Clock } from '../environment.ts'
import type { Broadcast } from '../events/broadcast.ts'
import { decodeCursor } from '../events/cursor.ts'
import type { ProjectId, RunId } from '../ids.ts'
import type { Persistence } from '../stores.ts'
import { belongsTo } from './channel.ts'
import type { Opening } from './feed-items.ts'
import { type ReadingDeps, readingFrom } from './snapshots.ts'
import type { ItemPlace } from './states/item-places.ts'
import { ProjectStates } from './states/project-states.ts'
import type { Told } from './states/state-reader.ts'
import type { FeedSubscription, SnapshotOpening } from './subscription/subscription.ts'

/** Projects whose states are looked at at once. */
const MOST_LOOKS = 4

interface Deps extends ReadingDeps {
  readonly persistence: Persistence
  readonly broadcast: Broadcast
  readonly clock: Clock
  /** Follows the project for the sake of the subscription. */
  readonly hold: (subscription: FeedSubscription, projectId: ProjectId) => void
}

interface MovedRun {
  readonly projectId: ProjectId
  readonly runId: RunId
}

/** Presents the states of projects: each is looked at once for all subscriptions that show it. */
export class Presenting {
  readonly #deps: Deps
  readonly #states = new Map<ProjectId, ProjectStates>()
  /** The projects whose states each subscription is told. */
  readonly #presented = new Map<FeedSubscription, Set<ProjectId>>()
  /** The projects of which each was told who is present at some time. */
  readonly #shownBefore = new WeakMap<FeedSubscription, Set<ProjectId>>()
  /** Runs of which a subscription had the last fact, and perhaps not what followed from it. */
  readonly #owed = new WeakMap<FeedSubscription, readonly MovedRun[]>()
  /** Looks that are under way. */
  #looks = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Tells the subscription the states of its projects: what differs from its snapshot, or all of them if it resumed. Called again as rights change. */
  show(subscription: FeedSubscription): void {
    if (subscription.states.wants === 'presence') {
      // States that were told while the viewer's right was unknown did not reach them.
      for (const projectId of this.#presented.get(subscription) ?? []) this.tellAll(subscription, projectId)
      return
    }
    for (const projectId of subscription.places.projectIds) {
      if (this.#isTold(subscription, projectId) || !belongsTo(subscription.viewer, projectId)) continue
      this.#join(subscription, projectId)
    }
    const owed = this.#owed.get(subscription) ?? []
    this.#owed.delete(subscription)
    for (const { projectId, runId } of owed) this.runMoved(subscription, projectId, runId)
  }

  /** A viewer to whom it is shown again is told also who has left since it was hidden. */
  showPresence(subscription: FeedSubscription, projectId: ProjectId, shown: boolean): void {
    if (subscription.states.wants !== 'presence') return
    const before = this.#shownBefore.get(subscription) ?? new Set()
    this.#shownBefore.set(subscription, before)
    if (!shown) this.#leave(subscription, projectId)
    else this.#join(subscription, projectId, before.has(projectId) ? untold() : undefined)
    before.add(projectId)
  }

  /** Signals of the project did not reach the reader since they had this cursor: all that is true now is told in their place. */
  tellAll(subscription: FeedSubscription, projectId: ProjectId, cursor = subscription.cursor): void {
    if (!this.#isTold(subscription, projectId)) return
    this.#states.get(projectId)?.join(subscription.states, untoldSince(cursor, projectId))
  }

  /** The subscription's reader was told that the item stands here. */
  placed(subscription: FeedSubscription, projectId: ProjectId, place: ItemPlace): void {
    if (this.#isTold(subscription, projectId)) this.#states.get(projectId)?.placed(subscription.states, place)
  }

  /** The progress of these runs is told once {@link show} begins. */
  owe(subscription: FeedSubscription, runs: readonly MovedRun[]): void {
    this.#owed.set(subscription, [...(this.#owed.get(subscription) ?? []), ...runs])
  }

  /** The subscription shows a fact of the run, so the run's progress must follow. */
  runMoved({ states }: FeedSubscription, projectId: ProjectId, runId: RunId): void {
    this.#states.get(projectId)?.follow(runId, states)
  }

  /** A fact says that the run's status has changed. */
  follow(projectId: ProjectId, runId: RunId): void {
    this.#states.get(projectId)?.follow(runId)
  }

  touch(projectId: ProjectId, what: 'queue' | 'presence'): void {
    this.#states.get(projectId)?.touch(what)
  }

  touchAll(): void {
    for (const states of this.#states.values()) states.touch('queue')
  }

  /** Begins again with what `restart` opens. States that were on their way are older than its snapshot may be, and go. */
  async restart(
    subscription: FeedSubscription,
    restart: () => Promise<SnapshotOpening>,
  ): Promise<SnapshotOpening> {
    const { states } = subscription
    const opening = await restart()
    subscription.forgetStates()
    for (const projectId of this.#presented.get(subscription) ?? []) {
      this.#states.get(projectId)?.leave(states)
      // The snapshot of what is one's own does not say who is present.
      const told = states.wants === 'presence' ? untold() : toldBy(opening, projectId)
      this.#states.get(projectId)?.join(states, told)
    }
    return opening
  }

  /** The subscription has ended. */
  dismiss(subscription: FeedSubscription): void {
    for (const projectId of this.#presented.get(subscription) ?? []) this.#leave(subscription, projectId)
    this.#presented.delete(subscription)
  }

  /** Looks at states that are due, those first that have waited longest. Does not wait for it. */
  look(now: number): void {
    const all = [...this.#states.values()]
    const due = all.filter((states) => states.isDue(now, all.length))
    due.sort((a, b) => a.lookedAt - b.lookedAt)
    for (const states of due.slice(0, MOST_LOOKS - this.#looks)) {
      this.#looks += 1
      void states.look(all.length).finally(() => {
        this.#looks -= 1
      })
    }
  }

  async close(): Promise<void> {
    for (const states of this.#states.values()) await states.close()
  }

  #isTold(subscription: FeedSubscription, projectId: ProjectId): boolean {
    return this.#presented.get(subscription)?.has(projectId) === true
  }

  #join(
    subscription: FeedSubscription,
    projectId: ProjectId,
    told: Told = toldBy(subscription.opening, projectId),
  ): void {
    this.#deps.hold(subscription, projectId)
    const states = this.#states.get(projectId) ?? this.#statesOf(projectId)
    this.#states.set(projectId, states)
    const presented = this.#presented.get(subscription) ?? new Set()
    this.#presented.set(subscription, presented.add(projectId))
    states.join(subscription.states, told)
  }

  #statesOf(projectId: ProjectId): ProjectStates {
    const { persistence, broadcast, clock, logger } = this.#deps
    const now = readingFrom(persistence.stores, this.#deps)
    return new ProjectStates(projectId, {
      read: (work) => persistence.snapshot((stores) => work(readingFrom(stores, this.#deps))),
      presence: (id) => now.presence(id),
      departed: (id) => now.departed(id),
      broadcast,
      clock,
      logger,
    })
  }

  #leave(subscription: FeedSubscription, projectId: ProjectId): void {
    this.#presented.get(subscription)?.delete(projectId)
    const states = this.#states.get(projectId)
    states?.leave(subscription.states)
    if (states === undefined || states.isRead) return
    this.#states.delete(projectId)
    void states.close()
  }
}

/** It is not known what was told. */
function untold(): Told {
  return { runs: [], isBack: true }
}

/** It is not known what was told of the project since the cursor. */
function untoldSince(cursor: string, projectId: ProjectId): Told {
  return { ...untold(), behind: decodeCursor(cursor).seqs.get(projectId) }
}

/** The states of the project that an opening has told. */
function toldBy(opening: Opening, projectId: ProjectId): Told {
  if (opening.resumed) return untoldSince(opening.cursor, projectId)
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
