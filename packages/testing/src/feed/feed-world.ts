import { MemoryBroadcast, MemoryPresenceStore } from '@muster/adapters-memory'
import type { ProjectId, Role, User, UserId } from '@muster/core'
import type { PresenceUseCases, ProjectQueueUseCases } from '@muster/core/calls'
import type { FeedEvent, FeedItem, SubscribeRequest, Subscription } from '@muster/core/feed'
import { fact, hintTopic, type NewFact } from '@muster/core/feed'
import type { Broadcast, Persistence } from '@muster/core/ports'
import {
  FEED_POLL_MS,
  Feed,
  hint,
  peopleUseCases,
  presenceUseCases,
  projectQueueUseCases,
} from '@muster/core/use-cases'
import { vi } from 'vitest'
import { z } from 'zod'
import type { OpenPersistence } from '../stores/open-adapter.ts'
import type { VirtualClock } from '../system/virtual-clock.ts'
import { aProject, aUser, newId } from '../worlds/samples.ts'

/** A broadcast of which nothing ever arrives, as when its server is away. */
export const DEAF: Broadcast = {
  publish: () => Promise.reject(new Error('The broadcast is away')),
  subscribe: () => Promise.reject(new Error('The broadcast is away')),
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Processes that serve one database, each with a feed of its own; and people who follow it. */
export class FeedWorld {
  readonly clock: VirtualClock
  readonly persistence: Persistence
  readonly broadcast: Broadcast
  readonly presence: PresenceUseCases
  /** Takes items of the type `echo`. */
  readonly queue: ProjectQueueUseCases
  readonly feeds: Feed[] = []
  readonly #store = new MemoryPresenceStore()
  readonly #ids = { next: () => newId<'EventId'>() as string }

  constructor(adapter: OpenPersistence, broadcast: Broadcast = new MemoryBroadcast()) {
    this.clock = adapter.clock
    this.persistence = adapter.persistence
    this.broadcast = broadcast
    this.presence = presenceUseCases({
      presence: this.#store,
      transactions: this.persistence,
      clock: this.clock,
    })
    this.queue = projectQueueUseCases({
      transactions: this.persistence,
      jobTypes: new Map([['echo', { name: 'echo', payload: z.json(), handler: () => null }]]),
      clock: this.clock,
      ids: this.#ids,
      nudge: () => undefined,
      cancelSleeper: async () => false,
      changed: (projectId) => void hint({ broadcast: this.broadcast, logger: silent }, projectId, 'queue'),
    })
  }

  /** One more process. `persistence` is what it has of the database, where that is not all. */
  node(persistence: Persistence = this.persistence): Feed {
    const { clock, broadcast } = this
    const deps = { persistence, broadcast, clock, ids: this.#ids, presence: this.#store, logger: silent }
    const people = peopleUseCases({
      ...deps,
      transactions: persistence,
      endHolds: async () => undefined,
      settleSubmissions: async () => undefined,
    })
    const feed = new Feed({ ...deps, people })
    this.feeds.push(feed)
    return feed
  }

  async close(): Promise<void> {
    for (const feed of this.feeds) await feed.close()
  }

  async project(): Promise<ProjectId> {
    const project = aProject()
    await this.persistence.stores.projects.add(project)
    return project.projectId
  }

  /** Somebody, in these projects. */
  async person(role: Role, ...projectIds: readonly ProjectId[]): Promise<User> {
    const user = aUser({ role })
    const { people } = this.persistence.stores
    await people.add(user)
    for (const projectId of projectIds) await people.addMember(projectId, user.userId)
    return user
  }

  append(...facts: readonly NewFact[]): Promise<void> {
    return this.persistence.transaction(({ events }) => events.append(facts))
  }

  /** Says to every process that there is something new of the project. */
  hint(projectId: ProjectId): Promise<void> {
    return this.broadcast.publish(hintTopic(projectId), 'facts')
  }

  async follow(
    feed: Feed,
    { userId }: Pick<User, 'userId'>,
    request: Omit<SubscribeRequest, 'userId' | 'tokenRole'>,
  ): Promise<Follower> {
    return new Follower(await feed.subscribe({ userId, tokenRole: 'annotator', ...request }), this)
  }

  /** Lets time pass until `holds` does not throw. */
  async until(holds: () => void | Promise<void>, timeout = 20_000): Promise<void> {
    await vi.waitFor(
      async () => {
        await this.clock.advance(FEED_POLL_MS)
        await holds()
      },
      { timeout, interval: 1 },
    )
  }
}

/** Reads a subscription as it comes. */
export class Follower {
  readonly subscription: Subscription
  readonly items: FeedItem[] = []
  readonly #world: FeedWorld
  #reading = true

  constructor(subscription: Subscription, world: FeedWorld) {
    this.subscription = subscription
    this.#world = world
    this.#read()
    subscription.onReady(() => this.#read())
  }

  /** The last cursor that came. */
  get cursor(): string {
    let cursor = this.subscription.opening.cursor
    for (const item of this.items) {
      if (item.kind === 'event') cursor = item.event.cursor
      else if (item.kind === 'mark' || item.kind === 'reload') cursor = item.cursor
    }
    return cursor
  }

  get facts(): FeedEvent[] {
    return this.items.flatMap((item) =>
      item.kind === 'event' && item.event.seq !== null ? [item.event] : [],
    )
  }

  get seqs(): (number | null)[] {
    return this.facts.map(({ seq }) => seq)
  }

  get signals(): FeedEvent[] {
    return this.items.flatMap((item) =>
      item.kind === 'event' && item.event.seq === null ? [item.event] : [],
    )
  }

  of<Kind extends FeedItem['kind']>(kind: Kind): Extract<FeedItem, { kind: Kind }>[] {
    return this.items.filter((item): item is Extract<FeedItem, { kind: Kind }> => item.kind === kind)
  }

  /** Reads nothing more until told to. */
  stall(): void {
    this.#reading = false
  }

  goOn(): void {
    this.#reading = true
    this.#read()
  }

  until(holds: (follower: this) => void): Promise<void> {
    return this.#world.until(() => holds(this))
  }

  close(): void {
    this.subscription.close()
  }

  #read(): void {
    if (!this.#reading) return
    for (let item = this.subscription.next(); item; item = this.subscription.next()) {
      this.items.push(item)
      if (!this.#reading) return
    }
  }
}

/** A fact for everybody in the project, that can be told from others by its number. */
export function cleared(projectId: ProjectId, cancelled: number): NewFact {
  return fact(projectId, 'queue_cleared', { cancelled })
}

/** A fact about somebody's assignment. */
export function about(
  projectId: ProjectId,
  { userId }: { readonly userId: UserId },
  type: 'task_assigned' | 'task_status_changed' | 'task_unavailable' = 'task_assigned',
): NewFact {
  const [from, status] = (
    {
      task_assigned: [null, 'assigned'],
      task_status_changed: ['in_progress', 'submitted'],
      task_unavailable: ['assigned', 'reassigned'],
    } as const
  )[type]
  const move = {
    taskId: newId<'TaskId'>(),
    assignmentId: newId<'AssignmentId'>(),
    stepId: 'annotate',
    stepType: 'annotation',
    userId,
    status,
    from,
    attempt: 1,
  }
  return fact(projectId, type, move, [userId])
}
