import type { Fact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { ProjectId } from '../ids.ts'

/** Facts of a project that are kept in memory for those who are a little behind. */
const RING = 1_024

/** Facts read at once. */
export const PAGE = 256

/** Pages kept in memory for those who are far behind, over all projects. */
const MOST_PAGES = 64

/** A reader of a project's feed, and how far it is. */
export interface Reader {
  /** There may be facts behind the reader's place that were not there before. */
  moved(): void
}

/** Pages of old facts, the least recently read forgotten first: however many are far behind, memory is bounded. */
export class PageCache {
  readonly #pages = new Map<string, readonly Fact[]>()

  get(key: string): readonly Fact[] | undefined {
    const page = this.#pages.get(key)
    if (page) {
      this.#pages.delete(key)
      this.#pages.set(key, page)
    }
    return page
  }

  set(key: string, page: readonly Fact[]): void {
    this.#pages.set(key, page)
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= MOST_PAGES) break
      this.#pages.delete(oldest)
    }
  }

  clear(): void {
    this.#pages.clear()
  }
}

/** The feed of one project, read once for everybody in this process. Facts at or before {@link head} may be shown. */
export class ProjectFeed {
  readonly projectId: ProjectId
  readonly readers = new Set<Reader>()
  /** The last fact that was read, and that everybody's rights were checked after. */
  head = 0
  readonly #events: EventStore
  readonly #pages: PageCache
  /** Facts up to {@link head}, without a gap. */
  #ring: Fact[] = []
  readonly #loading = new Map<number, Promise<void>>()

  constructor(projectId: ProjectId, events: EventStore, pages: PageCache) {
    this.projectId = projectId
    this.#events = events
    this.#pages = pages
  }

  /** Begins, or begins again, at the head. */
  startAt(head: number): void {
    this.head = head
    this.#ring = []
  }

  /** The fact of that number, if it is in memory. */
  at(seq: number): Fact | undefined {
    const first = this.#ring[0]?.seq ?? this.head + 1
    if (seq >= first) return this.#ring[seq - first]
    const start = pageOf(seq)
    const page = this.#pages.get(`${this.projectId} ${start}`)
    const offset = seq - (page?.[0]?.seq ?? seq)
    return page?.[offset]
  }

  /** Reads into memory the facts around `seq`, which is not behind the head, and says whether it is kept at all. */
  async load(seq: number): Promise<boolean> {
    const start = pageOf(seq)
    const loading = this.#loading.get(start) ?? this.#load(start)
    this.#loading.set(start, loading)
    await loading
    // A reading that has begun may have done so before this fact was there.
    if (this.at(seq) === undefined) await this.#load(start)
    return this.at(seq) !== undefined
  }

  async #load(start: number): Promise<void> {
    try {
      const page = await this.#events.read(this.projectId, start, PAGE)
      this.#pages.set(`${this.projectId} ${start}`, page)
    } finally {
      this.#loading.delete(start)
    }
  }

  /** Facts that were committed behind the head, a page of them at most. Nobody sees it before {@link publish}. */
  readNew(): Promise<Fact[]> {
    return this.#events.read(this.projectId, this.head, PAGE)
  }

  /** Shows what {@link readNew} gave. Facts that were forgotten in between leave a gap that every reader finds by itself. */
  publish(facts: readonly Fact[]): void {
    const last = facts.at(-1)
    if (last === undefined) return
    const contiguous = facts[0]?.seq === this.head + 1
    this.#ring = contiguous ? [...this.#ring, ...facts].slice(-RING) : [...facts]
    this.head = last.seq
    for (const reader of this.readers) reader.moved()
  }
}

/** Pages lie side by side, so that all who are in the same region read the same one. */
function pageOf(seq: number): number {
  return Math.floor((seq - 1) / PAGE) * PAGE
}
