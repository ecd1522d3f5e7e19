import type { Signal } from '../../events/signals.ts'
import type { JobId } from '../../ids.ts'
import type { QueueItem } from '../../jobs/job.ts'
import { MAX_PAGE } from '../../paging.ts'

/** Items of which it is remembered that they have begun. */
const MOST_BEGUN = 500

/** Which items of a project have begun, as far as was said or seen: that they have ended is told even if nobody says so. */
export class JobStates {
  /** How many looks have found each of them ended. */
  readonly #begun = new Map<JobId, number>()
  /** Those of which something was said since the look that is under way began. */
  readonly #heard = new Set<JobId>()
  #completed: { readonly count: number; readonly latest: readonly QueueItem[] } = { count: 0, latest: [] }

  get isBusy(): boolean {
    return this.#begun.size > 0
  }

  /** Those whose state a look must find. */
  get itemIds(): Iterable<JobId> {
    return this.#begun.keys()
  }

  /** A signal that was broadcast. */
  hear({ type, data }: Signal): void {
    if (type !== 'job_started' && type !== 'job_completed' && type !== 'job_retried') return
    const itemId = data['itemId'] as JobId
    this.#heard.add(itemId)
    this.#begun.delete(itemId)
    if (type === 'job_started') this.#begin(itemId)
  }

  /** The latest that have completed, of this many; `read` gives as many of them as are not known yet. */
  async latest(
    count: number,
    read: (limit: number) => Promise<readonly QueueItem[]>,
  ): Promise<readonly QueueItem[]> {
    const known = this.#completed
    if (count !== known.count) {
      // Fewer than before: old ones were forgotten, and perhaps others have come.
      const more = count < known.count ? count : count - known.count
      const found = await read(Math.min(more, MAX_PAGE))
      const ids = new Set(found.map(({ jobId }) => jobId))
      const latest = [...found, ...known.latest.filter(({ jobId }) => !ids.has(jobId))]
      this.#completed = { count, latest: latest.slice(0, MAX_PAGE) }
    }
    return this.#completed.latest
  }

  /** A look begins. */
  look(): void {
    this.#heard.clear()
  }

  /** Whether more is known of the item than the look that is under way has found. */
  isNewer(itemId: JobId): boolean {
    return this.#heard.has(itemId)
  }

  /** Jobs that a look has found and no hint has named; told a look later, for by then they would have been heard of. */
  news(items: readonly QueueItem[], unread: ReadonlySet<JobId>): Signal[] {
    const found = new Map(items.map((item) => [item.jobId, item]))
    const signals: Signal[] = []
    for (const { jobId, state } of items)
      if (state === 'active' && !this.#begun.has(jobId) && !this.isNewer(jobId)) this.#begin(jobId)
    for (const [itemId, looks] of this.#begun) {
      const item = found.get(itemId)
      if (item?.state === 'active' || unread.has(itemId) || this.isNewer(itemId)) continue
      if (item !== undefined && looks === 0) {
        this.#begun.set(itemId, 1)
        continue
      }
      this.#begun.delete(itemId)
      const signal = item && jobSignal(item)
      if (signal) signals.push(signal)
    }
    return signals
  }

  #begin(itemId: JobId): void {
    this.#begun.set(itemId, 0)
    const [oldest] = this.#begun.keys()
    if (this.#begun.size > MOST_BEGUN && oldest !== undefined) this.#begun.delete(oldest)
  }
}

/** The state of an item in the signal that tells it; nothing of what a fact tells. */
export function jobSignal(item: QueueItem): Signal | undefined {
  const { projectId, jobId: itemId, runId, type, attempt, error } = item
  const data = { itemId, runId, type, attempt }
  switch (item.state) {
    case 'active':
      return { type: 'job_started', projectId, data }
    case 'completed':
      return { type: 'job_completed', projectId, data }
    case 'pending': {
      const why = error === null ? {} : { error: { code: error.code, message: error.message } }
      return { type: 'job_retried', projectId, data: { ...data, ...why } }
    }
    case 'failed':
    case 'cancelled':
      return undefined
  }
}
