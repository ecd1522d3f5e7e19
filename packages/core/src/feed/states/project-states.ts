import type { Clock, Logger } from '../../environment.ts'
import type { Broadcast } from '../../events/broadcast.ts'
import { type Signal, signalsIn, signalTopic } from '../../events/signals.ts'
import type { JobId, ProjectId, RunId, UserId } from '../../ids.ts'
import type { QueueItem, StepProgress } from '../../jobs/job.ts'
import type { Json } from '../../json/json.ts'
import { DEFAULT_PAGE, MAX_PAGE } from '../../paging.ts'
import type { Present } from '../../presence/presence-store.ts'
import type { QueueStatus } from '../../queue/queues.ts'
import type { Run } from '../../runs/run.ts'
import { progressOf, settledOf } from '../../runs/run-progress.ts'
import { elapsedMs } from '../../time.ts'
import type { QueueUpdate } from '../feed-items.ts'
import { MOST_RUNS, type readingFrom } from '../snapshots.ts'
import { type ItemPlace, isSamePlace, NOWHERE, placesOf } from './item-places.ts'
import type { StateReader, Told } from './state-reader.ts'

/** Between two looks at a project's states, however much happens. */
const SOONEST_MS = 250
/** How long a state may be out of date where nobody said that it has changed: while there is work, and while there is none. */
const BUSY_MS = 1_000
const IDLE_MS = 5_000
/** The same for who is present. */
const PRESENCE_MS = 1_000
/** Whoever follows all projects waits as much longer for each that is followed: the looks of a process are bounded. */
const EACH_MS = 100

/** Jobs whose steps are remembered. */
const MOST_STEPS = 500
/** Items beyond the first page whose places are still told, for they were told before. */
const MOST_TRACKED = 100
/** Places told by a wire that wait for a look, for each reader. */
const MOST_PLACED = 500
/** Items beyond the first page that a look reads. */
const MOST_READ = 300
/** Runs that have ended of which the last that was told is known. */
const MOST_ENDED = 100

interface Deps {
  /** Reads as of one moment. */
  readonly read: <T>(work: (reading: Reading) => Promise<T>) => Promise<T>
  readonly presence: ReturnType<typeof readingFrom>['presence']
  /** Who was present not long ago. */
  readonly departed: ReturnType<typeof readingFrom>['departed']
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
}

type Reading = ReturnType<typeof readingFrom>

/** What one look has found. */
interface Seen {
  readonly status: QueueStatus
  readonly live: readonly Run[]
  /** Runs that were asked for and are not live. */
  readonly others: readonly Run[]
  /** The latest runs, for who comes back: they may have been cut off between a run's end and its last progress. */
  readonly recent: readonly RunId[]
  /** Items that are not on the page, and were told before. */
  readonly elsewhere: readonly QueueItem[]
  /** Those that were too many to be read. */
  readonly unread: ReadonlySet<JobId>
}

/**
 * The states of one project, looked at once for everybody in this process. A broadcast says when to look, and what a look would not show (which job
 * has just begun); a broadcast that never comes makes it later, not wrong. Each reader is told by their first look what differs from what they were
 * told before, and by each later one what differs from the one before it.
 */
export class ProjectStates {
  readonly #readers = new Set<StateReader>()
  /** Those whom no look has told anything yet. */
  readonly #newcomers = new Map<StateReader, Told>()
  readonly #unmet = new Map<StateReader, Told>()
  readonly #projectId: ProjectId
  readonly #deps: Deps
  #queue: QueueStatus | undefined
  /** What was told last of each run and item. */
  readonly #runs = new Map<RunId, Signal>()
  readonly #items = new Map<JobId, string>()
  readonly #places = new Map<JobId, ItemPlace>()
  readonly #steps = new Map<JobId, Step>()
  /** Places that wires told their readers by themselves, to be held against the next look. */
  #placed = new Map<StateReader, Map<JobId, ItemPlace>>()
  #live = new Set<RunId>()
  /** Runs to be looked at though they may not be live, and who must hear of them whatever was told before. */
  readonly #wanted = new Map<RunId, Set<StateReader>>()
  #present = new Map<UserId, Present>()
  #dirty = false
  #presenceDirty = true
  #lookedAt = Number.NEGATIVE_INFINITY
  #presenceAt = Number.NEGATIVE_INFINITY
  #looking = false
  #closed = false
  #leave: Promise<(() => Promise<void>) | undefined>

  constructor(projectId: ProjectId, deps: Deps) {
    this.#projectId = projectId
    this.#deps = deps
    this.#leave = this.#listen()
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
    else this.#presenceDirty = true
  }

  /** A run's status has changed: its progress is told after that, to `reader` in any case. */
  follow(runId: RunId, reader?: StateReader): void {
    const readers = this.#wanted.get(runId) ?? new Set()
    if (reader) readers.add(reader)
    this.#wanted.set(runId, readers)
    this.#dirty = true
  }

  /** `reader` was told by its wire that an item stands here: the next look corrects it, if it is not so. */
  placed(reader: StateReader, place: ItemPlace): void {
    if (!this.#readers.has(reader)) return
    const placed = this.#placed.get(reader) ?? new Map<JobId, ItemPlace>()
    placed.set(place.itemId, place)
    this.#placed.set(reader, placed)
    this.#dirty = true
    // Too many to be held against what is, one by one.
    if (placed.size > MOST_PLACED) this.join(reader, { runs: [], isBack: true })
  }

  /** Tells `reader` from now on, beginning with what differs from `told`. */
  join(reader: StateReader, told: Told): void {
    this.#readers.add(reader)
    this.#placed.delete(reader)
    this.#unmet.set(reader, told)
    this.#presenceDirty = true
    if (reader.wants === 'presence') return
    this.#newcomers.set(reader, told)
    if (reader.wants === 'all' || told.isBack) this.#dirty = true
    else if (this.#lookedAt === Number.NEGATIVE_INFINITY) this.#lookedAt = elapsedMs(this.#deps.clock)
  }

  leave(reader: StateReader): void {
    this.#readers.delete(reader)
    this.#newcomers.delete(reader)
    this.#unmet.delete(reader)
    this.#placed.delete(reader)
  }

  /** Whether it is time to look, where the process follows the states of `followed` projects. */
  isDue(now: number, followed: number): boolean {
    return !this.#looking && (this.#isTime(now, followed) || this.#isPresenceTime(now))
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
        await this.#lookAtQueue()
      }
      if (this.#isPresenceTime(now)) {
        this.#presenceDirty = false
        this.#presenceAt = now
        await this.#lookAtPresence()
      }
    } catch (error) {
      this.#dirty = true
      this.#presenceDirty = true
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

  async #listen(): Promise<(() => Promise<void>) | undefined> {
    try {
      return await this.#deps.broadcast.subscribe(signalTopic(this.#projectId), (message) =>
        this.#hear(message),
      )
    } catch (error) {
      this.#deps.logger.warn({ err: error, projectId: this.#projectId }, 'Signals are read, not heard')
      return undefined
    }
  }

  #hear(message: Json): void {
    for (const signal of signalsIn(message, this.#projectId)) {
      if (signal.type === 'run_progress') this.follow(signal.data['runId'] as RunId)
      else if (signal.type === 'queue_count_changed') this.#dirty = true
      else if (signal.type === 'step_progress') this.#step(signal)
      else for (const reader of this.#readers) reader.signal(signal)
    }
  }

  #isTime(now: number, followed: number): boolean {
    const since = now - this.#lookedAt
    let wanted = false
    const patience = this.#isBusy() ? BUSY_MS : IDLE_MS
    for (const { wants } of this.#readers) {
      if (wants === 'all') return since >= (this.#dirty ? SOONEST_MS : patience)
      wanted ||= wants === 'changes'
    }
    return wanted && since >= (this.#dirty ? SOONEST_MS : Math.max(patience, followed * EACH_MS))
  }

  #isPresenceTime(now: number): boolean {
    return this.isRead && (this.#presenceDirty || now - this.#presenceAt >= PRESENCE_MS)
  }

  #isBusy(): boolean {
    if (this.#queue === undefined) return true
    const { active, pending } = this.#queue.counts
    return this.#live.size > 0 || active + pending > 0
  }

  async #lookAtQueue(): Promise<void> {
    const newcomers = [...this.#newcomers]
    const wanted = new Map(this.#wanted)
    this.#wanted.clear()
    const placed = this.#placed
    this.#placed = new Map()
    let seen: Seen
    try {
      seen = await this.#deps.read((reading) => this.#see(reading, newcomers, wanted, placed))
    } catch (error) {
      for (const [runId, readers] of wanted) {
        this.follow(runId)
        for (const reader of readers) this.follow(runId, reader)
      }
      this.#placeAgain(placed)
      throw error
    }
    if (this.#closed) return
    this.#tellRuns(seen, wanted)
    this.#tellQueue(seen)
    for (const [reader, told] of newcomers) {
      if (this.#newcomers.get(reader) !== told) continue
      this.#newcomers.delete(reader)
      this.#introduce(reader, told, seen)
    }
    this.#correct(placed, seen)
  }

  /** Tells each reader where the items stand that its wire placed elsewhere. */
  #correct(placed: ReadonlyMap<StateReader, ReadonlyMap<JobId, ItemPlace>>, { unread }: Seen): void {
    for (const [reader, places] of placed) {
      if (!this.#readers.has(reader)) continue
      const wrong: ItemPlace[] = []
      for (const [itemId, told] of places) {
        if (unread.has(itemId)) {
          this.#placeAgain(new Map([[reader, new Map([[itemId, told]])]]))
          continue
        }
        const place = this.#places.get(itemId) ?? { itemId, ...NOWHERE }
        if (!isSamePlace(told, place)) wrong.push(place)
      }
      for (const signal of placesOf(this.#projectId, wrong)) reader.signal(signal)
    }
  }

  /** Those that a look did not get to; what was told since then counts. */
  #placeAgain(placed: ReadonlyMap<StateReader, ReadonlyMap<JobId, ItemPlace>>): void {
    for (const [reader, places] of placed)
      for (const [itemId, place] of places)
        if (this.#placed.get(reader)?.has(itemId) !== true) this.placed(reader, place)
  }

  /** All that is told together, read together. */
  async #see(
    { queue, runs, items }: Reading,
    newcomers: readonly (readonly [StateReader, Told])[],
    wanted: ReadonlyMap<RunId, unknown>,
    placed: ReadonlyMap<unknown, ReadonlyMap<JobId, unknown>>,
  ): Promise<Seen> {
    // Who comes back may have been told places that are far behind by now.
    const isBack = newcomers.some(([, told]) => told.isBack)
    const status = await queue.status(this.#projectId, isBack ? { limit: MAX_PAGE } : {})
    const live = await runs.listLive(this.#projectId, MOST_RUNS)
    const known = new Set(live.map(({ runId }) => runId))
    const recent = isBack
      ? (await runs.list(this.#projectId, { limit: MOST_RUNS })).map((run) => run.runId)
      : []
    const asked = new Set([...this.#live, ...wanted.keys(), ...recent])
    for (const [, told] of newcomers) for (const { runId } of told.runs) asked.add(runId)
    const others = [...asked].filter((runId) => !known.has(runId))
    const shown = new Set(status.items.map(({ jobId }) => jobId))
    const told = new Set(this.#items.keys())
    for (const [, { queue: before }] of newcomers)
      for (const { jobId } of before?.items ?? []) told.add(jobId)
    for (const places of placed.values()) for (const jobId of places.keys()) told.add(jobId)
    const hidden = [...told].filter((jobId) => !shown.has(jobId))
    const elsewhere = hidden.slice(0, MOST_READ)
    return {
      status,
      live,
      recent,
      others: others.length === 0 ? [] : await runs.findMany(others),
      elsewhere: elsewhere.length === 0 ? [] : await items(elsewhere),
      unread: new Set(hidden.slice(MOST_READ)),
    }
  }

  #tellRuns({ live, others }: Seen, wanted: ReadonlyMap<RunId, ReadonlySet<StateReader>>): void {
    for (const run of [...live, ...others]) {
      const signal = this.#progress(run)
      const isNews = !isSame(this.#runs.get(run.runId), signal)
      this.#runs.delete(run.runId)
      this.#runs.set(run.runId, signal)
      for (const reader of this.#readers) {
        const mustHear = wanted.get(run.runId)?.has(reader) === true
        if (mustHear || (isNews && !this.#newcomers.has(reader))) reader.signal(signal)
      }
    }
    // Jobs of a run that has ended may still be on their way.
    const unsettled = others.filter(({ tallies }) => settledOf(tallies) < tallies.total)
    this.#live = new Set([...live, ...unsettled.slice(0, MOST_RUNS)].map(({ runId }) => runId))
    const [...known] = this.#runs.keys()
    for (const runId of known.slice(0, Math.max(0, known.length - MOST_RUNS - MOST_ENDED)))
      if (!this.#live.has(runId)) this.#runs.delete(runId)
  }

  #progress(run: Run): Signal {
    const data = progressOf(run) as unknown as Signal['data']
    return { type: 'run_progress', projectId: this.#projectId, data }
  }

  #tellQueue({ status, elsewhere }: Seen): void {
    const before = this.#queue
    this.#queue = { ...status, items: status.items.slice(0, DEFAULT_PAGE) }
    const items = [...status.items, ...elsewhere]
    const changed = items.filter((item) => this.#items.get(item.jobId) !== JSON.stringify(item))
    const moved = this.#track(items)
    this.#items.clear()
    const kept = items.filter(({ jobId }, nth) => nth < DEFAULT_PAGE || this.#places.has(jobId))
    for (const item of kept) this.#items.set(item.jobId, JSON.stringify(item))
    if (before === undefined) return
    if (JSON.stringify(before.counts) !== JSON.stringify(status.counts)) this.#give(countsOf(status))
    for (const signal of placesOf(this.#projectId, moved)) this.#give(signal)
    for (const item of changed) this.#stepOf(item, status.updatedAt)
    if (changed.length === 0 && standing(before) === standing(status)) return
    const update = { ...partOf(status), changed }
    for (const reader of this.#readers) if (!this.#newcomers.has(reader)) reader.queue(update)
  }

  /** Notes where items stand, and gives what is to be told of it. What falls behind all that are followed has no place: null says so. */
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

  /** Tells somebody new what differs from what they were told; all of it where that is not known. */
  #introduce(reader: StateReader, told: Told, { status, live, recent, elsewhere }: Seen): void {
    const { queue } = told
    const runs = new Map(told.runs.map((run) => [run.runId, this.#progress(run)]))
    for (const runId of new Set([
      ...live.map((run) => run.runId),
      ...runs.keys(),
      ...(told.isBack ? recent : []),
    ])) {
      const signal = this.#runs.get(runId)
      if (signal && !isSame(runs.get(runId), signal)) reader.signal(signal)
    }
    if (queue === undefined || JSON.stringify(queue.counts) !== JSON.stringify(status.counts))
      reader.signal(countsOf(status))
    const before = new Map(queue?.items.map((item) => [item.jobId, item]))
    const items = [...status.items, ...elsewhere]
    const changed = items.filter((item) => JSON.stringify(before.get(item.jobId)) !== JSON.stringify(item))
    const places = changed.flatMap(({ jobId: itemId, position }): ItemPlace[] => {
      const place = this.#places.get(itemId) ?? { itemId, ...NOWHERE }
      const last = before.get(itemId)
      if (last === undefined && position === null && !told.isBack) return []
      return last !== undefined && isSamePlace({ itemId, ...last }, place) ? [] : [place]
    })
    const gone = [...before.values()].filter(
      ({ jobId, position }) => position !== null && !items.some((item) => item.jobId === jobId),
    )
    for (const { jobId: itemId } of gone) places.push({ itemId, ...NOWHERE })
    for (const signal of placesOf(this.#projectId, places)) reader.signal(signal)
    for (const item of changed) {
      const step = this.#stepSignal(item, status.updatedAt)
      if (step && (told.isBack || item.state === 'active' || before.has(item.jobId))) reader.signal(step)
    }
    if (changed.length > 0 || queue === undefined || standing(queue) !== standing(status))
      reader.queue({ ...partOf(status), changed })
  }

  /** A step as a look finds it, which may be older than one that was heard. */
  #stepOf(item: QueueItem, updatedAt: Date): void {
    const { jobId: itemId, step, progress, attempt } = item
    const signal = this.#stepSignal(item, updatedAt)
    if (step === null || signal === undefined) return
    const heard = this.#steps.get(itemId)
    if (heard && (heard.attempt ?? attempt) >= attempt && !isFurther({ step, progress }, heard)) return
    this.#remember(itemId, { step, progress, attempt })
    this.#give(signal)
  }

  #stepSignal({ jobId: itemId, runId, step, progress }: QueueItem, updatedAt: Date): Signal | undefined {
    if (step === null) return undefined
    const projectId = this.#projectId
    const data = { projectId, itemId, runId, step: { ...step }, progress, updatedAt: updatedAt.toISOString() }
    return { type: 'step_progress', projectId, data }
  }

  #step(signal: Signal): void {
    const { itemId, step, progress } = signal.data as unknown as {
      itemId: JobId
      step: StepProgress
      progress: number
    }
    this.#remember(itemId, { step, progress, attempt: undefined })
    for (const reader of this.#readers) reader.signal(signal)
  }

  #remember(itemId: JobId, step: Step): void {
    this.#steps.delete(itemId)
    this.#steps.set(itemId, step)
    const [oldest] = this.#steps.keys()
    if (this.#steps.size > MOST_STEPS && oldest !== undefined) this.#steps.delete(oldest)
  }

  async #lookAtPresence(): Promise<void> {
    const unmet = [...this.#unmet]
    const present = await this.#deps.presence(this.#projectId)
    const isBack = unmet.some(([, told]) => told.isBack)
    const departed = isBack ? await this.#deps.departed(this.#projectId) : []
    const before = this.#present
    this.#present = new Map(present.map((person) => [person.userId, person]))
    const told = changesOf(before, present).map((change) => this.#person(...change))
    for (const reader of this.#readers)
      if (!this.#unmet.has(reader)) for (const signal of told) reader.signal(signal)
    for (const [reader, { present: known, isBack: comesBack }] of unmet) {
      if (this.#unmet.get(reader) === undefined) continue
      this.#unmet.delete(reader)
      const changes = known
        ? changesOf(new Map(known.map((person) => [person.userId, person])), present)
        : present.map(
            (person) => [person, comesBack || before.has(person.userId) ? 'active' : 'joined'] as const,
          )
      for (const change of changes) reader.signal(this.#person(...change))
      const left = comesBack ? departed.filter(({ userId }) => !this.#present.has(userId)) : []
      for (const person of left) reader.signal(this.#person(person, 'left'))
    }
  }

  #person({ userId, displayName, avatarUrl, lastSeenAt }: Present, state: Coming): Signal {
    const data = { userId, displayName, avatarUrl, state, lastSeenAt: lastSeenAt.toISOString() }
    return { type: 'presence_update', projectId: this.#projectId, data }
  }

  #give(signal: Signal): void {
    for (const reader of this.#readers) if (!this.#newcomers.has(reader)) reader.signal(signal)
  }
}

type Coming = 'joined' | 'active' | 'left'

function changesOf(
  before: ReadonlyMap<UserId, Present>,
  present: readonly Present[],
): (readonly [Present, Coming])[] {
  const here = new Set(present.map(({ userId }) => userId))
  const came = present.flatMap((person): (readonly [Present, Coming])[] => {
    const seen = before.get(person.userId)?.lastSeenAt.getTime()
    if (seen === undefined) return [[person, 'joined'] as const]
    return seen === person.lastSeenAt.getTime() ? [] : [[person, 'active'] as const]
  })
  const left = [...before.values()].filter(({ userId }) => !here.has(userId))
  return [...came, ...left.map((person) => [person, 'left'] as const)]
}

function isSame(one: Signal | undefined, other: Signal): boolean {
  return JSON.stringify(one?.data) === JSON.stringify(other.data)
}

function standing({ paused, byType }: QueueStatus): string {
  return JSON.stringify([paused, byType])
}

function countsOf({ projectId, counts }: QueueStatus): Signal {
  return { type: 'queue_count_changed', projectId, data: { counts: { ...counts } } }
}

interface Step {
  readonly step: StepProgress
  readonly progress: number
  /** Not known of one that was heard. */
  readonly attempt: number | undefined
}

function isFurther(one: Pick<Step, 'step' | 'progress'>, other: Step): boolean {
  return (
    one.step.index > other.step.index ||
    (one.step.index === other.step.index && one.progress > other.progress)
  )
}

function partOf({ projectId, paused, counts, byType, updatedAt }: QueueStatus): Omit<QueueUpdate, 'changed'> {
  return { projectId, paused, counts, byType, updatedAt }
}
