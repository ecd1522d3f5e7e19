import type { Clock, Ids } from '../../environment.ts'
import { ClosedError, ForbiddenError, NotFoundError, UnauthorizedError } from '../../errors.ts'
import type { Signal } from '../../events/signals.ts'
import type { JobId, ProjectId, RunId } from '../../ids.ts'
import type { Principal } from '../../people/person.ts'
import { elapsedMs } from '../../time.ts'
import { type Channel, carriesSignal } from '../channel.ts'
import type {
  EndCode,
  FeedItem,
  Opening,
  QueueUpdate,
  ReloadReason,
  Subscription,
  ToldPlace,
} from '../feed-items.ts'
import type { ItemPlace } from '../states/item-places.ts'
import type { StateReader } from '../states/state-reader.ts'
import { signalEvent } from './feed-events.ts'
import { Places } from './places.ts'
import { WaitingStates } from './waiting-states.ts'

const WANTS: Readonly<Record<Channel['kind'], StateReader['wants']>> = {
  me: 'presence',
  project: 'all',
  run: 'all',
  queues: 'changes',
  admin: 'changes',
}

/** An opening with a snapshot. */
export type SnapshotOpening = Opening & { readonly resumed: false }

/** The feed, as its subscription sees it. */
export interface Surroundings {
  readonly clock: Clock
  readonly ids: Ids
  /** The history that positions are of. */
  readonly epoch: () => string
  /** Takes a new snapshot, and puts the subscription where it stands. */
  readonly restart: (subscription: FeedSubscription) => Promise<SnapshotOpening>
  readonly presenceOf: (subscription: FeedSubscription, projectId: ProjectId, shown: boolean) => void
  /** It shows a fact of the run: the run's progress must follow. */
  readonly runMoved: (subscription: FeedSubscription, projectId: ProjectId, runId: RunId) => void
  /** Its reader was told that the item stands here. */
  readonly placed: (subscription: FeedSubscription, projectId: ProjectId, place: ItemPlace) => void
  /** Signals of the project, or of the whole system, were dropped while its reader was at this cursor. */
  readonly missed: (subscription: FeedSubscription, projectId: ProjectId | null, cursor: string) => void
  readonly left: (subscription: FeedSubscription) => void
  readonly failed: (error: unknown) => void
}

/** Receives what a feed gives, and hands it on one item after the other. See {@link Subscription}. */
export class FeedSubscription implements Subscription {
  readonly channel: Channel
  readonly states: StateReader
  readonly places: Places
  viewer: Principal
  projectId: ProjectId | null = null
  /** Rights changed before it was open. */
  stale = false
  readonly #around: Surroundings
  readonly #control: FeedItem[] = []
  readonly #waitingStates = new WaitingStates()
  readonly #shown = new Set<ProjectId>()
  #opening: Opening | undefined
  #onReady: () => void = () => undefined
  #waiting = true
  /** Why it begins again, until it has. */
  #reason: ReloadReason | undefined
  #restarting = false
  #ended: EndCode | 'closed' | undefined

  constructor(channel: Channel, viewer: Principal, around: Surroundings, states = true) {
    this.channel = channel
    this.viewer = viewer
    this.#around = around
    this.states = {
      wants: states ? WANTS[channel.kind] : 'presence',
      signal: (signal) => {
        if (states) this.#signal(signal)
      },
      queue: (update) => this.#queue(update),
    }
    this.places = new Places({
      channel,
      viewer: () => this.viewer,
      epoch: around.epoch,
      now: () => elapsedMs(around.clock),
      ready: () => this.wake(),
      runMoved: ({ projectId, data }) => around.runMoved(this, projectId, data.runId),
      notKept: () => this.reload('not_kept'),
      failed: around.failed,
    })
  }

  get isOpen(): boolean {
    return this.#opening !== undefined
  }

  get opening(): Opening {
    if (this.#opening === undefined) throw new Error('The subscription is not open yet')
    return this.#opening
  }

  open(opening: Opening): void {
    this.#opening = opening
  }

  get cursor(): string {
    return this.places.cursor
  }

  get ended(): EndCode | 'closed' | undefined {
    return this.#ended
  }

  /** @throws UnauthorizedError, ForbiddenError, NotFoundError or ClosedError once it has ended */
  throwIfEnded(): void {
    if (this.#ended !== undefined) throw endError(this.#ended, this.channel)
  }

  get behind(): number {
    return this.places.behind
  }

  next(): FeedItem | undefined {
    const item = this.#control.shift() ?? (this.#ended || this.#reason ? undefined : this.#next())
    this.#waiting = item === undefined
    return item
  }

  onReady(ready: () => void): void {
    this.#onReady = ready
  }

  showPresence(projectId: ProjectId, shown: boolean): void {
    if (this.#ended || shown === this.#shown.has(projectId)) return
    if (shown) this.#shown.add(projectId)
    else {
      this.#shown.delete(projectId)
      this.#waitingStates.forgetPresence(projectId)
    }
    this.#around.presenceOf(this, projectId, shown)
  }

  toldPlace(projectId: ProjectId, itemId: JobId, place: ToldPlace): void {
    if (!this.#ended) this.#around.placed(this, projectId, { itemId, ...place })
  }

  /** Ends it for its follower: the last thing they hear is why. */
  end(code: EndCode): void {
    if (this.#ended) return
    this.#stop(code)
    this.#control.push({ kind: 'closed', code })
    this.wake()
  }

  close(): void {
    this.#control.length = 0
    this.#stop('closed')
    this.wake()
  }

  /** Called now and then: a mark may be due, and what could not be read is tried again. */
  tick(now: number): void {
    if (this.#reason !== undefined) void this.reload(this.#reason)
    this.places.retry()
    if (this.places.isMarkDue(now)) this.wake()
  }

  wake(): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#onReady()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FeedItem> {
    try {
      for (;;) {
        const item = this.next()
        if (item !== undefined) {
          yield item
          if (item.kind === 'closed') return
        } else if (this.#ended) return
        else await new Promise<void>((resolve) => this.onReady(resolve))
      }
    } finally {
      this.close()
    }
  }

  /** Forgets the states that wait. */
  forgetStates(): void {
    this.#waitingStates.clear()
  }

  /** The missed facts cannot be had: begins again from a snapshot, as soon as one can be taken. */
  async reload(reason: ReloadReason): Promise<void> {
    this.#reason ??= reason
    if (this.#restarting || this.#ended) return
    this.#restarting = true
    try {
      const { snapshot, cursor } = await this.#around.restart(this)
      this.#control.push({ kind: 'reload', reason: this.#reason, snapshot, cursor })
      this.#reason = undefined
    } catch (error) {
      this.#around.failed(error)
    } finally {
      this.#restarting = false
    }
    this.wake()
  }

  #stop(why: EndCode | 'closed'): void {
    if (this.#ended) return
    this.#ended = why
    this.places.leave()
    this.forgetStates()
    this.#around.left(this)
  }

  #next(): FeedItem | undefined {
    const fact = this.places.next()
    if (fact) return { kind: 'event', event: fact }
    const signal = this.#waitingStates.nextSignal()
    if (signal) return { kind: 'event', event: signalEvent(signal, this.cursor, this.#around) }
    const update = this.#waitingStates.nextQueue()
    if (update) return { kind: 'queue', update }
    for (const [projectId, cursor] of this.#waitingStates.takeMissed())
      this.#around.missed(this, projectId, cursor)
    const cursor = this.places.nextMark()
    return cursor === undefined ? undefined : { kind: 'mark', cursor }
  }

  #signal(signal: Signal): void {
    if (this.#ended || !carriesSignal(this.channel, this.viewer, signal, this.#shown)) return
    this.#waitingStates.add(signal, this.cursor)
    this.wake()
  }

  #queue(update: QueueUpdate): void {
    if (this.#ended || (this.channel.kind !== 'project' && this.channel.kind !== 'admin')) return
    this.#waitingStates.addQueue(update)
    this.wake()
  }
}

/** The error of a subscription that ended before it was open. */
function endError(ended: EndCode | 'closed', channel: Channel): Error {
  if (ended === 'unauthorized') return new UnauthorizedError('The user is suspended')
  if (ended === 'forbidden') return new ForbiddenError('This needs the role admin')
  if (ended === 'closed') return new ClosedError('The subscription was closed')
  return new NotFoundError(
    channel.kind,
    'projectId' in channel ? String(channel.projectId) : 'runId' in channel ? channel.runId : '',
  )
}
