import { encodeCursor, type Sight } from '../events/cursor.ts'
import type { Fact } from '../events/event.ts'
import { type Signal, signalKey } from '../events/signals.ts'
import type { EventId, JobId, ProjectId, RunId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Principal } from '../people/person.ts'
import { type Channel, carriesFact, carriesSignal, isOfOneProject, sightOf } from './channel.ts'
import type {
  EndCode,
  FactEvent,
  FeedEvent,
  FeedItem,
  Opening,
  QueueUpdate,
  ReloadReason,
  Subscription,
  ToldPlace,
} from './feed-items.ts'
import type { ProjectFeed, Reader } from './project-feed.ts'
import type { ItemPlace, StateReader } from './project-states.ts'

/** Between two marks of a subscription, and how long one waits for an event that makes it needless. */
const MARK_MS = 1_000
const MARK_PATIENCE_MS = 300

/** Signals that wait for a slow reader; past these the oldest are dropped, and all that is true then is told once the reader has taken the rest. */
const MOST_SIGNALS = 1_000
/** Updates of places that wait before they are made one, and places in each of these. */
const MOST_MOVES = 4
const PLACES_TOLD = 50

const WANTS: Readonly<Record<Channel['kind'], StateReader['wants']>> = {
  me: 'presence',
  project: 'all',
  run: 'all',
  queues: 'changes',
  admin: 'changes',
}

/** What a subscription needs of the feed that it is of. */
export interface Surroundings {
  /** The history that positions are of. */
  readonly epoch: () => string
  /** By `elapsedMs`. */
  readonly now: () => number
  readonly date: () => Date
  readonly eventIdOf: (signal: Signal) => EventId
  /** Takes a new snapshot, and puts the subscription where it stands. */
  readonly restart: (subscription: FeedSubscription) => Promise<Opening & { readonly resumed: false }>
  readonly presenceOf: (subscription: FeedSubscription, projectId: ProjectId, shown: boolean) => void
  /** It shows a fact of the run: the run's progress must follow. */
  readonly runMoved: (subscription: FeedSubscription, projectId: ProjectId, runId: RunId) => void
  /** Its reader was told that the item stands here. */
  readonly placed: (subscription: FeedSubscription, projectId: ProjectId, place: ItemPlace) => void
  /** Signals of the project were dropped. */
  readonly missed: (subscription: FeedSubscription, projectId: ProjectId) => void
  readonly left: (subscription: FeedSubscription) => void
  readonly failed: (error: unknown) => void
}

/** How far a subscription is in one project's feed. */
class Place implements Reader {
  readonly feed: ProjectFeed
  /** Facts up to here were looked at. */
  position: number
  /** What was last given of this project: the `prev` of the next. */
  told: number
  #moved: (place: Place) => void

  constructor(feed: ProjectFeed, position: number, moved: (place: Place) => void) {
    this.feed = feed
    this.position = position
    this.told = position
    this.#moved = moved
  }

  moved(): void {
    this.#moved(this)
  }
}

/** One event for all who are at the same place and may know as much. */
const factEvents = new WeakMap<Fact, FeedEvent[]>()
const signalEvents = new WeakMap<Signal, FeedEvent>()

/** See {@link Subscription}. */
export class FeedSubscription implements Subscription {
  readonly channel: Channel
  readonly states: StateReader
  /** Projects that are followed for its sake. */
  readonly held = new Set<ProjectId>()
  /** Projects whose states it reads. */
  readonly stated = new Set<ProjectId>()
  /** Facts about runs that its reader had just before, and perhaps not what followed from them. */
  readonly lastRuns: (Fact & { readonly type: 'run_status_changed' })[] = []
  viewer: Principal
  projectId: ProjectId | null = null
  /** Rights changed before it was open. */
  stale = false
  #opening: Opening | undefined
  /** When it began to follow whatever is its caller's; null on one project. */
  since: Date | null = null
  readonly #around: Surroundings
  readonly #places = new Map<ProjectId, Place>()
  /** Those who may have something. */
  readonly #ready = new Set<Place>()
  readonly #loading = new Set<Place>()
  /** Those for whom reading failed. */
  readonly #stuck = new Set<Place>()
  readonly #control: FeedItem[] = []
  readonly #signals = new Map<string, Signal>()
  /** Each holds only what has moved, so the later does not replace the earlier. */
  readonly #moves = new Map<ProjectId, Signal[]>()
  readonly #queues = new Map<ProjectId, QueueUpdate>()
  /** Projects of which signals were dropped. */
  readonly #missed = new Set<ProjectId>()
  readonly #shown = new Set<ProjectId>()
  #cursor = ''
  /** Since when facts were passed over that the cursor given last stands before. */
  #passedAt: number | undefined
  #markedAt = Number.NEGATIVE_INFINITY
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
      signal: (signal) => this.#signal(signal),
      queue: (update) => this.#queue(update),
    }
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
    return this.#cursor
  }

  get ended(): EndCode | 'closed' | undefined {
    return this.#ended
  }

  get behind(): number {
    let behind = 0
    for (const { feed, position } of this.#places.values()) behind += Math.max(0, feed.head - position)
    return behind
  }

  get projectIds(): Iterable<ProjectId> {
    return this.#places.keys()
  }

  has(projectId: ProjectId): boolean {
    return this.#places.has(projectId)
  }

  /** Where it stands, facts that it does not show included. */
  get position(): string {
    const seqs = new Map<ProjectId, number>()
    const sights = new Map<ProjectId, Sight>()
    for (const [projectId, { position }] of this.#places) {
      seqs.set(projectId, position)
      sights.set(projectId, sightOf(this.viewer, projectId))
    }
    return encodeCursor({ epoch: this.#around.epoch(), seqs, sights, since: this.since })
  }

  /** Follows the project from behind `seq`, or goes there. */
  follow(feed: ProjectFeed, seq: number): void {
    const place = this.#places.get(feed.projectId) ?? new Place(feed, seq, (moved) => this.#moved(moved))
    place.position = seq
    place.told = seq
    this.#places.set(feed.projectId, place)
    feed.readers.add(place)
    this.#moved(place)
  }

  /** The cursor that its reader has now. */
  setCursor(cursor: string): void {
    this.#cursor = cursor
    this.#passedAt = undefined
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
    else this.#shown.delete(projectId)
    this.#around.presenceOf(this, projectId, shown)
  }

  toldPlace(projectId: ProjectId, itemId: JobId, place: ToldPlace): void {
    if (!this.#ended) this.#around.placed(this, projectId, { itemId, ...place })
  }

  /** Ends it for whoever follows: the last thing they hear is why. */
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
    for (const place of this.#stuck) {
      this.#stuck.delete(place)
      this.#moved(place)
    }
    if (this.#passedAt !== undefined && this.#isMarkDue(now, this.#passedAt)) this.wake()
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

  #stop(why: EndCode | 'closed'): void {
    if (this.#ended) return
    this.#ended = why
    for (const place of this.#places.values()) place.feed.readers.delete(place)
    this.#ready.clear()
    this.forgetSignals()
    this.#around.left(this)
  }

  /** Forgets the states that wait. */
  forgetSignals(): void {
    this.#signals.clear()
    this.#moves.clear()
    this.#queues.clear()
    this.#missed.clear()
  }

  #next(): FeedItem | undefined {
    for (const place of this.#ready) {
      const event = this.#advance(place)
      if (event) return { kind: 'event', event }
    }
    for (const [key, signal] of this.#signals) {
      this.#signals.delete(key)
      return { kind: 'event', event: this.#signalEvent(signal) }
    }
    for (const [projectId, moves] of this.#moves) {
      const move = moves.shift()
      if (moves.length === 0) this.#moves.delete(projectId)
      if (move) return { kind: 'event', event: this.#signalEvent(move) }
    }
    for (const [projectId, update] of this.#queues) {
      this.#queues.delete(projectId)
      return { kind: 'queue', update }
    }
    for (const projectId of this.#missed) this.#around.missed(this, projectId)
    this.#missed.clear()
    if (this.#passedAt === undefined) return undefined
    const now = this.#around.now()
    if (!this.#isMarkDue(now, this.#passedAt)) return undefined
    this.#markedAt = now
    this.setCursor(this.position)
    for (const place of this.#places.values()) place.told = place.position
    return { kind: 'mark', cursor: this.#cursor }
  }

  #isMarkDue(now: number, passedAt: number): boolean {
    return now - passedAt >= MARK_PATIENCE_MS && now - this.#markedAt >= MARK_MS
  }

  /** The next fact of the project that is shown. Facts that are not in memory are waited for. */
  #advance(place: Place): FeedEvent | undefined {
    if (this.#loading.has(place)) return undefined
    while (place.position < place.feed.head) {
      const fact = place.feed.at(place.position + 1)
      if (fact === undefined) {
        void this.#load(place)
        return undefined
      }
      place.position = fact.seq
      if (carriesFact(this.channel, this.viewer, fact)) {
        if (fact.type === 'run_status_changed') this.#around.runMoved(this, fact.projectId, fact.data.runId)
        return this.#factEvent(place, fact)
      }
      this.#passedAt ??= this.#around.now()
    }
    this.#ready.delete(place)
    return undefined
  }

  #factEvent(place: Place, fact: Fact): FeedEvent {
    const prev = place.told
    place.told = fact.seq
    const sight = this.viewer.role === 'annotator' ? 1 : 2
    const events = factEvents.get(fact) ?? []
    const known = events[sight]
    if (known && known.prev === prev && this.#places.size === 1 && isOfOneProject(this.channel)) {
      this.setCursor(known.cursor)
      return known
    }
    this.setCursor(this.position)
    const { audience: _audience, ...told } = fact
    const event = { ...told, prev, cursor: this.#cursor } as FactEvent
    if (isOfOneProject(this.channel)) {
      events[sight] = event
      factEvents.set(fact, events)
    }
    return event
  }

  #signalEvent(signal: Signal): FeedEvent {
    const known = signalEvents.get(signal)
    if (known?.cursor === this.#cursor) return known
    const event: FeedEvent = {
      eventId: this.#around.eventIdOf(signal),
      ...signal,
      seq: null,
      prev: null,
      cursor: this.#cursor,
      affectedUserIds: null,
      occurredAt: known?.occurredAt ?? this.#around.date(),
    }
    signalEvents.set(signal, event)
    return event
  }

  async #load(place: Place): Promise<void> {
    this.#loading.add(place)
    try {
      if (!(await place.feed.load(place.position + 1))) await this.reload('not_kept')
      this.#loading.delete(place)
      this.#moved(place)
    } catch (error) {
      this.#around.failed(error)
      this.#loading.delete(place)
      this.#ready.delete(place)
      this.#stuck.add(place)
    }
  }

  /** What the reader missed cannot be had: begins again from a snapshot, as soon as one can be taken. */
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

  #moved(place: Place): void {
    if (this.#ended || place.position >= place.feed.head) return
    this.#ready.add(place)
    this.wake()
  }

  #signal(signal: Signal): void {
    if (this.#ended || !carriesSignal(this.channel, this.viewer, signal, this.#shown)) return
    if (signal.type === 'position_updated' && signal.projectId !== null) this.#move(signal, signal.projectId)
    else this.#signals.set(signalKey(signal), signal)
    const [oldest] = this.#signals.keys()
    if (this.#signals.size > MOST_SIGNALS && oldest !== undefined) {
      const projectId = this.#signals.get(oldest)?.projectId
      if (projectId) this.#missed.add(projectId)
      this.#signals.delete(oldest)
    }
    this.wake()
  }

  #move(signal: Signal, projectId: ProjectId): void {
    const moves = [...(this.#moves.get(projectId) ?? []), signal]
    this.#moves.set(projectId, moves.length > MOST_MOVES ? mergedMoves(moves) : moves)
  }

  #queue(update: QueueUpdate): void {
    if (this.#ended || (this.channel.kind !== 'project' && this.channel.kind !== 'admin')) return
    const waiting = this.#queues.get(update.projectId)
    this.#queues.set(update.projectId, waiting ? merged(waiting, update) : update)
    this.wake()
  }
}

/** Updates of places as few, with the latest place of each item. */
function mergedMoves([first, ...rest]: readonly Signal[]): Signal[] {
  if (first === undefined) return []
  const items = new Map<string, Move>()
  for (const { data } of [first, ...rest])
    for (const item of data['items'] as readonly Move[]) {
      items.delete(item.itemId)
      items.set(item.itemId, item)
    }
  const latest = [...items.values()]
  return Array.from({ length: Math.ceil(latest.length / PLACES_TOLD) }, (_, nth) => {
    return { ...first, data: { items: latest.slice(nth * PLACES_TOLD, (nth + 1) * PLACES_TOLD) } }
  })
}

type Move = { readonly itemId: string; readonly [field: string]: Json }

/** Two updates as one: the later state, with what has changed in either. */
function merged(before: QueueUpdate, after: QueueUpdate): QueueUpdate {
  const items = new Map([...before.changed, ...after.changed].map((item) => [item.jobId, item]))
  return { ...after, changed: [...items.values()].slice(-MOST_SIGNALS) }
}
