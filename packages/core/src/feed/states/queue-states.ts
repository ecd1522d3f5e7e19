import type { Signal } from '../../events/signals.ts'
import type { JobId, ProjectId } from '../../ids.ts'
import type { QueueItem } from '../../jobs/job.ts'
import { DEFAULT_PAGE } from '../../paging.ts'
import type { QueueStatus } from '../../queue/queues.ts'
import type { QueueUpdate } from '../feed-items.ts'
import { type ItemPlace, isSamePlace, NOWHERE, placesOf } from './item-places.ts'
import { type JobStates, jobSignal } from './job-states.ts'
import type { StateReader, Told } from './state-reader.ts'
import { type StepStates, stepSignal } from './step-states.ts'

/** Items beyond the first page whose places are still told, for they were told before. */
const MOST_TRACKED = 100

/** The queue of a project as a look has found it. */
export interface SeenQueue {
  readonly status: QueueStatus
  /** Items that are not on the page, and were told before. */
  readonly elsewhere: readonly QueueItem[]
  /** Items that have completed since those who come back were cut off: the latest of them. */
  readonly completed: readonly QueueItem[]
}

/** A project's queue as it was told last: its counts, its items and where these stand. */
export class QueueStates {
  readonly #projectId: ProjectId
  readonly #steps: StepStates
  readonly #items = new Map<JobId, string>()
  readonly #places = new Map<JobId, ItemPlace>()
  #status: QueueStatus | undefined

  constructor(projectId: ProjectId, steps: StepStates) {
    this.#projectId = projectId
    this.#steps = steps
  }

  /** Whether there is work, as far as is known. */
  get isBusy(): boolean {
    if (this.#status === undefined) return true
    const { active, pending } = this.#status.counts
    return active + pending > 0
  }

  /** The items that were told. */
  get itemIds(): Iterable<JobId> {
    return this.#items.keys()
  }

  placeOf(itemId: JobId): ItemPlace {
    return this.#places.get(itemId) ?? { itemId, ...NOWHERE }
  }

  /** Notes what a look has found, and tells what is new. */
  tell({ status, elsewhere }: SeenQueue, readers: readonly StateReader[]): void {
    const before = this.#status
    this.#status = { ...status, items: status.items.slice(0, DEFAULT_PAGE) }
    const items = [...status.items, ...elsewhere]
    const changed = items.filter((item) => this.#items.get(item.jobId) !== JSON.stringify(item))
    const moved = this.#track(items)
    this.#items.clear()
    const kept = items.filter(({ jobId }, nth) => nth < DEFAULT_PAGE || this.#places.has(jobId))
    for (const item of kept) this.#items.set(item.jobId, JSON.stringify(item))
    if (before === undefined) return
    const signals = [
      ...(isSame(before.counts, status.counts) ? [] : [countsOf(status)]),
      ...placesOf(this.#projectId, moved),
      ...changed.flatMap((item) => this.#steps.news(item, status.updatedAt) ?? []),
    ]
    for (const signal of signals) for (const reader of readers) reader.signal(signal)
    if (changed.length === 0 && isSame(standing(before), standing(status))) return
    const update = { ...partOf(status), changed }
    for (const reader of readers) reader.queue(update)
  }

  /** Tells somebody new what differs from what they were told; all of it if that is not known. */
  introduce(
    reader: StateReader,
    { queue, isBack }: Told,
    { status, elsewhere, completed }: SeenQueue,
    jobs: Pick<JobStates, 'isNewer'>,
  ): void {
    if (!isSame(queue?.counts, status.counts)) reader.signal(countsOf(status))
    const before = new Map(queue?.items.map((item) => [item.jobId, item]))
    const items = [...status.items, ...elsewhere]
    const changed = items.filter((item) => !isSame(before.get(item.jobId), item))
    const places = changed.flatMap(({ jobId: itemId, position }): ItemPlace[] => {
      const place = this.placeOf(itemId)
      const last = before.get(itemId)
      if (last === undefined && position === null && !isBack) return []
      return last !== undefined && isSamePlace({ itemId, ...last }, place) ? [] : [place]
    })
    const gone = [...before.values()].filter(
      ({ jobId, position }) => position !== null && !items.some((item) => item.jobId === jobId),
    )
    for (const { jobId: itemId } of gone) places.push({ itemId, ...NOWHERE })
    for (const signal of placesOf(this.#projectId, places)) reader.signal(signal)
    for (const item of changed) {
      const step = stepSignal(item, status.updatedAt)
      if (step && (isBack || item.state === 'active' || before.has(item.jobId))) reader.signal(step)
    }
    const moved = isBack
      ? [
          ...items.filter(({ state, attempt }) => state === 'active' || (state === 'pending' && attempt > 0)),
          ...completed,
        ]
      : items.filter(({ jobId, state }) => before.has(jobId) && before.get(jobId)?.state !== state)
    for (const item of moved) {
      const signal = jobs.isNewer(item.jobId) ? undefined : jobSignal(item)
      if (signal) reader.signal(signal)
    }
    if (changed.length > 0 || queue === undefined || !isSame(standing(queue), standing(status)))
      reader.queue({ ...partOf(status), changed })
  }

  /** Notes where items stand, and gives what is to be told of it. An item that falls behind all that are followed has no place: null says so. */
  #track(items: readonly QueueItem[]): ItemPlace[] {
    const moved: ItemPlace[] = []
    let tracked = 0
    const before = new Map(this.#places)
    this.#places.clear()
    for (const [nth, { jobId: itemId, position, globalPosition }] of items.entries()) {
      const isTold = position !== null && (nth < DEFAULT_PAGE || tracked < MOST_TRACKED)
      if (isTold && nth >= DEFAULT_PAGE) tracked += 1
      const place = isTold ? { itemId, position, globalPosition } : { itemId, ...NOWHERE }
      const last = before.get(itemId)
      before.delete(itemId)
      if (isTold) this.#places.set(itemId, place)
      if (isTold ? !isSamePlace(last, place) : last !== undefined) moved.push(place)
    }
    for (const itemId of before.keys()) moved.push({ itemId, ...NOWHERE })
    return moved
  }
}

function isSame(one: unknown, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function standing({ paused, byType }: QueueStatus): object {
  return [paused, byType]
}

function countsOf({ projectId, counts }: QueueStatus): Signal {
  return { type: 'queue_count_changed', projectId, data: { counts: { ...counts } } }
}

function partOf({ projectId, paused, counts, byType, updatedAt }: QueueStatus): Omit<QueueUpdate, 'changed'> {
  return { projectId, paused, counts, byType, updatedAt }
}
