import type { Broadcast } from '../events/ports.ts'
import { type Signal, signalKey, signalsIn, signalTopic } from '../events/signals.ts'
import type { JobId, ProjectId, RunId, UserId } from '../ids.ts'
import type { QueueItem, StepProgress } from '../jobs/job.ts'
import type { Json } from '../json.ts'
import type { Clock, Logger } from '../ports.ts'
import type { Present } from '../presence/ports.ts'
import type { QueueStatus } from '../queue/api.ts'
import { progressOf } from '../runs/progress.ts'
import type { Run } from '../runs/run.ts'
import { elapsedMs } from '../time.ts'
import type { QueueUpdate } from './api.ts'
import { MOST_RUNS, type readingFrom } from './snapshots.ts'

/** Between two looks at a project's states, however much happens. */
const SOONEST_MS = 250
/** How long a state may be out of date where nobody said that it has changed: while there is work, and while there is none. */
const BUSY_MS = 1_000
const IDLE_MS = 5_000
/** The same for who is present. */
const PRESENCE_MS = 1_000

/** Jobs whose steps are remembered. */
const MOST_STEPS = 500

/**
 * Who wants the signals of a project: `all` of them, even where nothing says that they changed; what is said to have changed, as somebody who follows all
 * projects does; or who is present alone.
 */
export interface StateReader {
  readonly wants: 'all' | 'changes' | 'presence'
  signal(signal: Signal): void
  queue(update: QueueUpdate): void
}

interface Deps {
  readonly reading: ReturnType<typeof readingFrom>
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * The states of one project, looked at once for everybody in this process. A broadcast says when to look, and what a look would not show (which job
 * has just begun); a broadcast that never comes makes it later, not wrong.
 */
export class ProjectStates {
  readonly readers = new Set<StateReader>()
  readonly #projectId: ProjectId
  readonly #deps: Deps
  /** The latest of each, for those who come back. */
  readonly #current = new Map<string, Signal>()
  #queue: QueueStatus | undefined
  readonly #items = new Map<JobId, string>()
  readonly #steps = new Map<JobId, Step>()
  #live = new Set<RunId>()
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

  /** Something may have changed. */
  touch(what: 'queue' | 'presence'): void {
    if (what === 'queue') this.#dirty = true
    else this.#presenceDirty = true
  }

  /** Gives the latest of everything to somebody who comes back. */
  tell(reader: StateReader): void {
    for (const signal of this.#current.values()) reader.signal(signal)
    if (this.#queue) reader.queue({ ...partOf(this.#queue), changed: this.#queue.items })
  }

  /** Looks again where it is time. Does not wait for it. */
  tick(): void {
    if (this.#looking) return
    this.#looking = true
    void this.#look().finally(() => {
      this.#looking = false
    })
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
      if (signal.type === 'run_progress' || signal.type === 'queue_count_changed') this.#dirty = true
      else if (signal.type === 'step_progress') this.#step(signal)
      else this.#give(signal)
    }
  }

  async #look(): Promise<void> {
    const now = elapsedMs(this.#deps.clock)
    try {
      if (this.#isTime(now)) {
        this.#dirty = false
        this.#lookedAt = now
        await this.#lookAtQueue()
      }
      if (this.#presenceDirty || now - this.#presenceAt >= PRESENCE_MS) {
        this.#presenceDirty = false
        this.#presenceAt = now
        this.#compare(await this.#deps.reading.presence(this.#projectId))
      }
    } catch (error) {
      this.#dirty = true
      this.#deps.logger.debug({ err: error, projectId: this.#projectId }, 'The states could not be read')
    }
  }

  #isTime(now: number): boolean {
    const since = now - this.#lookedAt
    let wanted = false
    for (const { wants } of this.readers) {
      if (wants === 'all') return since >= (this.#dirty ? SOONEST_MS : this.#isBusy() ? BUSY_MS : IDLE_MS)
      wanted ||= wants === 'changes'
    }
    return wanted && this.#dirty && since >= SOONEST_MS
  }

  #isBusy(): boolean {
    const { counts } = this.#queue ?? {}
    return this.#live.size > 0 || (counts !== undefined && counts.active + counts.pending > 0)
  }

  async #lookAtQueue(): Promise<void> {
    const { queue, runs } = this.#deps.reading
    const status = await queue.status(this.#projectId, {})
    const live = await runs.listLive(this.#projectId, MOST_RUNS)
    const ended = [...this.#live].filter((runId) => !live.some((run) => run.runId === runId))
    const last = ended.length === 0 ? [] : await runs.findMany(ended)
    if (this.#closed) return
    for (const run of [...live, ...last]) this.#progress(run)
    this.#live = new Set(live.map(({ runId }) => runId))
    for (const runId of ended) this.#current.delete(`run ${runId}`)
    this.#changed(status)
  }

  #progress(run: Run): void {
    this.#set({
      type: 'run_progress',
      projectId: this.#projectId,
      data: progressOf(run) as unknown as Signal['data'],
    })
  }

  #changed(status: QueueStatus): void {
    const before = this.#queue
    const counts = {
      type: 'queue_count_changed',
      projectId: this.#projectId,
      data: { counts: { ...status.counts } },
    } as const
    this.#set(counts)
    const changed = status.items.filter((item) => this.#items.get(item.jobId) !== JSON.stringify(item))
    const moved = changed.filter(
      ({ jobId, position }) =>
        position !== null && before?.items.find((item) => item.jobId === jobId)?.position !== position,
    )
    if (before && moved.length > 0) this.#give(positions(this.#projectId, moved))
    for (const item of changed) if (before || item.state === 'active') this.#stepOf(item, status.updatedAt)
    this.#items.clear()
    for (const item of status.items) this.#items.set(item.jobId, JSON.stringify(item))
    this.#queue = status
    const stands = JSON.stringify([status.paused, status.byType])
    if (changed.length === 0 && before && stands === JSON.stringify([before.paused, before.byType])) return
    for (const reader of this.readers) reader.queue({ ...partOf(status), changed })
  }

  /** A step as a look finds it, which may be older than one that was heard. */
  #stepOf(item: QueueItem, updatedAt: Date): void {
    const { jobId: itemId, runId, step, progress, attempt } = item
    if (step === null) return
    const heard = this.#steps.get(itemId)
    if (heard && (heard.attempt ?? attempt) >= attempt && !isFurther({ step, progress }, heard)) return
    const data = {
      projectId: this.#projectId,
      itemId,
      runId,
      step: { ...step },
      progress,
      updatedAt: updatedAt.toISOString(),
    }
    this.#remember(itemId, { step, progress, attempt })
    this.#give({ type: 'step_progress', projectId: this.#projectId, data })
  }

  #step(signal: Signal): void {
    const { itemId, step, progress } = signal.data as unknown as {
      itemId: JobId
      step: StepProgress
      progress: number
    }
    this.#remember(itemId, { step, progress, attempt: undefined })
    this.#give(signal)
  }

  #remember(itemId: JobId, step: Step): void {
    this.#steps.delete(itemId)
    this.#steps.set(itemId, step)
    const [oldest] = this.#steps.keys()
    if (this.#steps.size > MOST_STEPS && oldest !== undefined) this.#steps.delete(oldest)
  }

  #compare(present: readonly Present[]): void {
    const before = this.#present
    this.#present = new Map(present.map((person) => [person.userId, person]))
    for (const person of present) {
      const seen = before.get(person.userId)?.lastSeenAt.getTime()
      if (seen === undefined) this.#person(person, 'joined')
      else if (seen !== person.lastSeenAt.getTime()) this.#person(person, 'active')
    }
    for (const [userId, person] of before) if (!this.#present.has(userId)) this.#person(person, 'left')
  }

  #person(
    { userId, displayName, avatarUrl, lastSeenAt }: Present,
    state: 'joined' | 'active' | 'left',
  ): void {
    const data = { userId, displayName, avatarUrl, state, lastSeenAt: lastSeenAt.toISOString() }
    const signal: Signal = { type: 'presence_update', projectId: this.#projectId, data }
    const key = signalKey(signal)
    if (state === 'left') this.#current.delete(key)
    else this.#current.set(key, { ...signal, data: { ...data, state: 'active' } })
    this.#give(signal)
  }

  /** Keeps the signal, and gives it where it says something new. */
  #set(signal: Signal): void {
    const key = signalKey(signal)
    const before = this.#current.get(key)
    if (before && JSON.stringify(before.data) === JSON.stringify(signal.data)) return
    this.#current.set(key, signal)
    this.#give(signal)
  }

  #give(signal: Signal): void {
    for (const reader of this.readers) reader.signal(signal)
  }
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

function positions(projectId: ProjectId, items: readonly QueueItem[]): Signal {
  const data = {
    items: items.map(({ jobId, position, globalPosition }) => ({ itemId: jobId, position, globalPosition })),
  }
  return { type: 'position_updated', projectId, data }
}

function partOf({ projectId, paused, counts, byType, updatedAt }: QueueStatus): Omit<QueueUpdate, 'changed'> {
  return { projectId, paused, counts, byType, updatedAt }
}
