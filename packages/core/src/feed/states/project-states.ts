import type { Clock, Logger } from '../../environment.ts'
import type { Broadcast } from '../../events/broadcast.ts'
import { signalsIn, signalTopic } from '../../events/signals.ts'
import type { ProjectId, RunId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import { elapsedMs } from '../../time.ts'
import { hear } from '../hints.ts'
import type { Reading } from '../snapshots.ts'
import { type ItemPlace, isSamePlace, placesOf } from './item-places.ts'
import { JobStates } from './job-states.ts'
import { lookAt, type Seen } from './look.ts'
import { type Placed, PlacedItems } from './placed-items.ts'
import { PresenceStates } from './presence-states.ts'
import { QueueStates } from './queue-states.ts'
import { RunStates } from './run-states.ts'
import type { StateReader, Told } from './state-reader.ts'
import { StepStates } from './step-states.ts'

/** Between two looks at a project's states, however much happens. */
const SOONEST_MS = 250
/** How long a state may be out of date if nobody said that it has changed: while there is work, and while there is none. */
const BUSY_MS = 1_000
const IDLE_MS = 5_000
/** Followers of all projects wait as much longer for each that is followed: the looks of a process are bounded. */
const EACH_MS = 100

/** Places told by a wire that wait for a look, for each reader. */
const MOST_PLACED = 500

interface Deps extends Pick<Reading, 'presence' | 'departed'> {
  /** Reads as of one moment. */
  readonly read: <T>(work: (reading: Reading) => Promise<T>) => Promise<T>
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * The states of one project, looked at once for everybody in this process. A broadcast says when to look, and what a look would not show (which job
 * has just begun); a broadcast that never comes makes it later, not wrong. Each reader is told by their first look what differs from what they were
 * told before, and by each later one what differs from the one before it.
 */
export class ProjectStates {
  readonly #projectId: ProjectId
  readonly #deps: Deps
  readonly #readers = new Set<StateReader>()
  /** Those whom no look has told anything yet. */
  readonly #newcomers = new Map<StateReader, Told>()
  readonly #runs = new RunStates()
  readonly #steps = new StepStates()
  readonly #jobs = new JobStates()
  readonly #queue: QueueStates
  readonly #presence: PresenceStates
  readonly #placed = new PlacedItems()
  readonly #leave: Promise<(() => Promise<void>) | undefined>
  #dirty = false
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking = false
  #closed = false

  constructor(projectId: ProjectId, deps: Deps) {
    this.#projectId = projectId
    this.#deps = deps
    this.#queue = new QueueStates(projectId, this.#steps)
    this.#presence = new PresenceStates(projectId, deps)
    this.#leave = hear(deps, signalTopic(projectId), (message) => this.#hear(message))
  }

  get isRead(): boolean {
    return this.#readers.size > 0
  }

  /** When it was last looked at. */
  get lookedAt(): number {
    return this.#lookedAt
  }

  /** Something may have changed. */
  touch(what: 'queue' | 'presence'): void {
    if (what === 'queue') this.#dirty = true
    else this.#presence.touch()
  }

  /** A run's status has changed: its progress is told after that, to `readers` in any case. */
  follow(runId: RunId, ...readers: readonly StateReader[]): void {
    this.#runs.want(runId, readers)
    this.#dirty = true
  }

  /** `reader` was told by its wire that an item stands here: the next look corrects it, if it is not so. */
  placed(reader: StateReader, place: ItemPlace): void {
    if (!this.#readers.has(reader)) return
    this.#dirty = true
    // Too many to be held against what is, one by one.
    if (this.#placed.add(reader, place) > MOST_PLACED) this.join(reader, { runs: [], isBack: true })
  }

  /** Tells `reader` from now on, beginning with what differs from `told`. */
  join(reader: StateReader, told: Told): void {
    this.#readers.add(reader)
    this.#placed.forget(reader)
    this.#presence.join(reader, told)
    if (reader.wants === 'presence') return
    this.#newcomers.set(reader, told)
    if (reader.wants === 'all' || told.isBack) this.#dirty = true
    else if (this.#lookedAt === Number.NEGATIVE_INFINITY) this.#lookedAt = elapsedMs(this.#deps.clock)
  }

  leave(reader: StateReader): void {
    this.#readers.delete(reader)
    this.#newcomers.delete(reader)
    this.#presence.leave(reader)
    this.#placed.forget(reader)
  }

  /** Whether it is time to look, if the process follows the states of `followed` projects. */
  isDue(now: number, followed: number): boolean {
    return !this.#looking && (this.#isTime(now, followed) || this.#presence.isDue(now))
  }

  /** Looks at what is due. Does not throw. */
  async look(followed: number): Promise<void> {
    if (this.#looking) return
    this.#looking = true
    const now = elapsedMs(this.#deps.clock)
    try {
      if (this.#isTime(now, followed)) {
        this.#dirty = false
        this.#lookedAt = now
        await this.#look()
      }
      if (this.#presence.isDue(now)) await this.#presence.look(now)
    } catch (error) {
      this.#dirty = true
      this.#presence.touch()
      this.#deps.logger.debug({ err: error, projectId: this.#projectId }, 'The states could not be read')
    } finally {
      this.#looking = false
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const leave = await this.#leave
    await leave?.()
  }

  #hear(message: Json): void {
    for (const signal of signalsIn(message, this.#projectId)) {
      if (signal.type === 'run_progress' || signal.type === 'run_escalation')
        this.follow(signal.data['runId'] as RunId)
      else if (signal.type === 'queue_count_changed') this.#dirty = true
      else {
        if (signal.type === 'step_progress') this.#steps.hear(signal)
        this.#jobs.hear(signal)
        for (const reader of this.#readers) reader.signal(signal)
      }
    }
  }

  #isTime(now: number, followed: number): boolean {
    const since = now - this.#lookedAt
    let wanted = false
    const isBusy = this.#queue.isBusy || this.#runs.isBusy || this.#jobs.isBusy
    const patience = isBusy ? BUSY_MS : IDLE_MS
    for (const { wants } of this.#readers) {
      if (wants === 'all') return since >= (this.#dirty ? SOONEST_MS : patience)
      wanted ||= wants === 'changes'
    }
    return wanted && since >= (this.#dirty ? SOONEST_MS : Math.max(patience, followed * EACH_MS))
  }

  async #look(): Promise<void> {
    this.#jobs.look()
    const told = { runs: this.#runs, queue: this.#queue, jobs: this.#jobs }
    const wanted = {
      newcomers: [...this.#newcomers],
      runs: this.#runs.takeWanted(),
      placed: this.#placed.take(),
    }
    let seen: Seen
    try {
      seen = await this.#deps.read((reading) => lookAt(reading, this.#projectId, told, wanted))
    } catch (error) {
      for (const [runId, readers] of wanted.runs) this.follow(runId, ...readers)
      this.#placeAgain(wanted.placed)
      throw error
    }
    if (this.#closed) return
    // The findings of this look may be older than the states told to those who joined since it began.
    const before = new Map(wanted.newcomers)
    const late = [...this.#newcomers].filter(([reader, told]) => before.get(reader) !== told)
    for (const [reader] of late) this.#keepFor(reader, wanted)
    this.#runs.tell(seen, wanted.runs, this.#readers, (reader) => this.#newcomers.has(reader))
    const others = [...this.#readers].filter((reader) => !this.#newcomers.has(reader))
    this.#queue.tell(seen, others)
    const ended = this.#jobs.news([...seen.status.items, ...seen.elsewhere], seen.unread)
    for (const signal of ended) for (const reader of others) reader.signal(signal)
    for (const [reader, before] of wanted.newcomers) {
      if (this.#newcomers.get(reader) !== before) continue
      this.#newcomers.delete(reader)
      this.#runs.introduce(reader, before, seen)
      this.#queue.introduce(reader, before, seen, this.#jobs)
    }
    this.#correct(wanted.placed, seen)
  }

  /** Leaves to the next look what this one was to tell the reader. */
  #keepFor(
    reader: StateReader,
    wanted: {
      readonly runs: ReadonlyMap<RunId, Set<StateReader>>
      readonly placed: Map<StateReader, unknown>
    },
  ): void {
    wanted.placed.delete(reader)
    for (const [runId, readers] of wanted.runs) if (readers.delete(reader)) this.follow(runId, reader)
  }

  /** Tells each reader where the items stand that its wire placed elsewhere. */
  #correct(placed: Placed, { unread }: Seen): void {
    for (const [reader, places] of placed) {
      if (!this.#readers.has(reader)) continue
      const wrong: ItemPlace[] = []
      for (const [itemId, told] of places) {
        if (unread.has(itemId)) {
          this.#placeAgain(new Map([[reader, new Map([[itemId, told]])]]))
          continue
        }
        const place = this.#queue.placeOf(itemId)
        if (!isSamePlace(told, place)) wrong.push(place)
      }
      for (const signal of placesOf(this.#projectId, wrong)) reader.signal(signal)
    }
  }

  /** Those that a look did not get to; what was told since then counts. */
  #placeAgain(placed: Placed): void {
    for (const [reader, places] of placed)
      for (const [itemId, place] of places) if (!this.#placed.has(reader, itemId)) this.placed(reader, place)
  }
}
