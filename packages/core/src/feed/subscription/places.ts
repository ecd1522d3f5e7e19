import { encodeCursor, type Sight } from '../../events/cursor.ts'
import type { Fact } from '../../events/event.ts'
import type { ProjectId } from '../../ids.ts'
import type { Principal } from '../../people/person.ts'
import { type Channel, carriesFact, isOfOneProject, sightOf } from '../channel.ts'
import type { FeedEvent } from '../feed-items.ts'
import type { ProjectFeed, Reader } from '../project-feed.ts'
import { factEvent, sharedFactEvent, shareFactEvent } from './feed-events.ts'

/** Between two marks of a subscription, and how long one waits for an event that makes it needless. */
const MARK_MS = 1_000
const MARK_PATIENCE_MS = 300

/** The subscription, as its places see it. */
export interface PlacesDeps {
  readonly channel: Channel
  /** Its viewer, as their rights are now. */
  readonly viewer: () => Principal
  /** The history that positions are of. */
  readonly epoch: () => string
  /** By `elapsedMs`. */
  readonly now: () => number
  /** There may be a fact to give. */
  readonly ready: () => void
  /** A fact of a run is about to be given. */
  readonly runMoved: (fact: Fact & { readonly type: 'run_status_changed' }) => void
  /** Facts behind a place are no longer kept. */
  readonly notKept: () => Promise<void>
  readonly failed: (error: unknown) => void
}

/** How far a subscription is in one project's feed. */
class Place implements Reader {
  readonly feed: ProjectFeed
  /** Facts up to here were looked at. */
  position: number
  /** The last one given of this project: the `prev` of the next. */
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

/** How far one subscription is in the feeds of its projects: gives the facts behind that, and the cursors. */
export class Places {
  /** When it began to follow whatever is its caller's; null on one project. */
  since: Date | null = null
  readonly #deps: PlacesDeps
  readonly #places = new Map<ProjectId, Place>()
  /** Those that may have something. */
  readonly #ready = new Set<Place>()
  readonly #loading = new Set<Place>()
  /** Those for which reading failed. */
  readonly #stuck = new Set<Place>()
  #cursor = ''
  /** Since when facts were passed over that the cursor given last stands before. */
  #passedAt: number | undefined
  #markedAt = Number.NEGATIVE_INFINITY
  #left = false

  constructor(deps: PlacesDeps) {
    this.#deps = deps
  }

  /** The cursor that its reader has now. */
  get cursor(): string {
    return this.#cursor
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

  /** Follows the project from behind `seq`, or goes there. */
  follow(feed: ProjectFeed, seq: number): void {
    const place = this.#places.get(feed.projectId) ?? new Place(feed, seq, (moved) => this.#moved(moved))
    place.position = seq
    place.told = seq
    this.#places.set(feed.projectId, place)
    feed.readers.add(place)
    this.#moved(place)
  }

  /** Stops following. */
  leave(): void {
    this.#left = true
    for (const place of this.#places.values()) place.feed.readers.delete(place)
    this.#ready.clear()
  }

  /** Gives its reader a cursor of where it stands, facts that it does not show included. */
  moveCursor(): string {
    return this.#setCursor(this.#position())
  }

  /** The next fact that its channel carries and its viewer may know. */
  next(): FeedEvent | undefined {
    for (const place of this.#ready) {
      const event = this.#advance(place)
      if (event) return event
    }
    return undefined
  }

  /** A cursor behind what was passed over, if it is time for one. */
  nextMark(): string | undefined {
    if (this.#passedAt === undefined) return undefined
    const now = this.#deps.now()
    if (!this.isMarkDue(now)) return undefined
    this.#markedAt = now
    const cursor = this.moveCursor()
    for (const place of this.#places.values()) place.told = place.position
    return cursor
  }

  isMarkDue(now: number): boolean {
    if (this.#passedAt === undefined) return false
    return now - this.#passedAt >= MARK_PATIENCE_MS && now - this.#markedAt >= MARK_MS
  }

  /** Tries again what could not be read. */
  retry(): void {
    for (const place of this.#stuck) {
      this.#stuck.delete(place)
      this.#moved(place)
    }
  }

  #position(): string {
    const viewer = this.#deps.viewer()
    const seqs = new Map<ProjectId, number>()
    const sights = new Map<ProjectId, Sight>()
    for (const [projectId, { position }] of this.#places) {
      seqs.set(projectId, position)
      sights.set(projectId, sightOf(viewer, projectId))
    }
    return encodeCursor({ epoch: this.#deps.epoch(), seqs, sights, since: this.since })
  }

  #setCursor(cursor: string): string {
    this.#cursor = cursor
    this.#passedAt = undefined
    return cursor
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
      if (carriesFact(this.#deps.channel, this.#deps.viewer(), fact)) {
        if (fact.type === 'run_status_changed') this.#deps.runMoved(fact)
        return this.#event(place, fact)
      }
      this.#passedAt ??= this.#deps.now()
    }
    this.#ready.delete(place)
    return undefined
  }

  /** One event for all who are at the same place and may know as much. */
  #event(place: Place, fact: Fact): FeedEvent {
    const prev = place.told
    place.told = fact.seq
    const sight = this.#deps.viewer().role === 'annotator' ? 1 : 2
    const isShared = this.#places.size === 1 && isOfOneProject(this.#deps.channel)
    const known = isShared ? sharedFactEvent(fact, sight, prev) : undefined
    if (known) {
      this.#setCursor(known.cursor)
      return known
    }
    const event = factEvent(fact, prev, this.moveCursor())
    if (isShared) shareFactEvent(fact, sight, event)
    return event
  }

  async #load(place: Place): Promise<void> {
    this.#loading.add(place)
    try {
      if (!(await place.feed.load(place.position + 1))) await this.#deps.notKept()
      this.#loading.delete(place)
      this.#moved(place)
    } catch (error) {
      this.#deps.failed(error)
      this.#loading.delete(place)
      this.#ready.delete(place)
      this.#stuck.add(place)
    }
  }

  #moved(place: Place): void {
    if (this.#left || place.position >= place.feed.head) return
    this.#ready.add(place)
    this.#deps.ready()
  }
}
