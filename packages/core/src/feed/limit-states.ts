import type { Clock, Logger } from '../environment.ts'
import type { Signal } from '../events/signals.ts'
import type { ProjectId } from '../ids.ts'
import type { KeptLimit } from '../limits/limit.ts'
import type { LimitStore } from '../limits/limit-store.ts'
import { limitOf } from '../limits/limit-use-cases.ts'
import { elapsedMs } from '../time.ts'
import type { FeedSubscription } from './subscription/subscription.ts'

/** Keys of which changes are told: the first by name. */
const LIMITS_TOLD = 500
/** Between two looks, at least: while something is in use or waits, and else. */
const BUSY_MS = 500
const IDLE_MS = 2_000
/** A look waits so many times as long as the one before took, however many keys there are and jobs that they hold back; but no longer than this. */
const REST = 10
const MOST_REST_MS = 10_000
/** The keys of a project's jobs are read again this long after they were read. */
const CARRIED_MS = 10_000

interface Deps {
  readonly limits: Pick<LimitStore, 'list'>
  readonly subscriptions: ReadonlySet<FeedSubscription>
  readonly clock: Clock
  readonly logger: Logger
}

interface Carried {
  readonly keys: ReadonlySet<string>
  /** Keys that the project did not have when it was looked at before. */
  readonly fresh: ReadonlySet<string>
  readonly readAt: number
}

/**
 * Tells how keys stand, `limit_changed` { key, inUse, waiting, opensAt }: to those who follow all projects of every key, to managers who follow one of those that its jobs
 * have. All are told what changes between two looks; somebody who comes is told all. Nobody is looked for while nobody may hear.
 */
export class LimitStates {
  readonly #deps: Deps
  #dueAt = Number.NEGATIVE_INFINITY
  #look: Promise<void> | undefined
  /** As they were last told, by key. */
  #told: ReadonlyMap<string, string> = new Map()
  /** Those who were told at the last look. */
  #readers: Set<FeedSubscription> = new Set()
  #carried = new Map<ProjectId, Carried>()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Looks if it is time. Does not wait for it. */
  look(now: number): void {
    if (this.#look !== undefined || now < this.#dueAt) return
    const readers = [...this.#deps.subscriptions].filter(mayHear)
    if (readers.length === 0) {
      this.#readers.clear()
      this.#carried.clear()
      return
    }
    this.#look = this.#tell(readers).finally(() => {
      this.#look = undefined
    })
  }

  /** Signals did not reach the reader: all is told again. */
  tellAll(reader: FeedSubscription): void {
    this.#readers.delete(reader)
  }

  /** Waits for the look that is under way. */
  async close(): Promise<void> {
    await this.#look
  }

  async #tell(readers: readonly FeedSubscription[]): Promise<void> {
    const { limits, clock, logger } = this.#deps
    const begun = elapsedMs(clock)
    let restMs = IDLE_MS
    try {
      const now = clock.now()
      const kept = await limits.list('', { limit: LIMITS_TOLD }, now)
      const states = kept.map((one) => stateOf(one, now.getTime()))
      if (states.some(({ inUse, waiting, opensAt }) => inUse > 0 || waiting > 0 || opensAt !== null))
        restMs = BUSY_MS
      const texts = new Map(states.map((state) => [state.key, JSON.stringify(state)]))
      const changed = new Set([...texts].flatMap(([key, text]) => (this.#told.get(key) === text ? [] : key)))
      if (states.length > 0) await this.#readCarried(readers, begun)
      this.#told = texts
      const before = this.#readers
      this.#readers = new Set(readers)
      for (const reader of readers) this.#tellOne(reader, states, before.has(reader) ? changed : undefined)
    } catch (error) {
      logger.debug({ err: error }, 'The use of keys could not be told')
    }
    const ended = elapsedMs(clock)
    this.#dueAt = ended + Math.max(restMs, Math.min(MOST_REST_MS, REST * (ended - begun)))
  }

  /** Tells what has changed, or all. */
  #tellOne(reader: FeedSubscription, states: readonly State[], changed?: ReadonlySet<string>): void {
    const { projectId } = reader
    const carried = projectId === null ? undefined : this.#carried.get(projectId)
    if (projectId !== null && carried === undefined) return
    for (const data of states) {
      const { key } = data
      if (carried?.keys.has(key) === false) continue
      if (changed?.has(key) === false && carried?.fresh.has(key) !== true) continue
      reader.states.signal({ type: 'limit_changed', projectId, data } satisfies Signal)
    }
  }

  async #readCarried(readers: readonly FeedSubscription[], now: number): Promise<void> {
    const { limits, clock } = this.#deps
    const followed = new Set(readers.flatMap(({ projectId }) => projectId ?? []))
    for (const projectId of this.#carried.keys())
      if (!followed.has(projectId)) this.#carried.delete(projectId)
    for (const projectId of followed) {
      const before = this.#carried.get(projectId)
      if (before !== undefined && now - before.readAt < CARRIED_MS) {
        this.#carried.set(projectId, { ...before, fresh: NONE })
        continue
      }
      const kept = await limits.list('', { limit: LIMITS_TOLD }, clock.now(), [projectId])
      const keys = new Set(kept.map(({ key }) => key))
      const fresh = before === undefined ? NONE : new Set([...keys].filter((key) => !before.keys.has(key)))
      this.#carried.set(projectId, { keys, fresh, readAt: now })
    }
  }
}

const NONE: ReadonlySet<string> = new Set()

type State = {
  readonly key: string
  readonly inUse: number
  readonly waiting: number
  readonly opensAt: string | null
}

function stateOf(kept: KeptLimit, now: number): State {
  const { key, inUse, waiting, opensAt } = limitOf(kept, now)
  return { key, inUse, waiting, opensAt: opensAt?.toISOString() ?? null }
}

/** Whether it is open and its channel carries keys. */
function mayHear({ isOpen, ended, channel, viewer, states }: FeedSubscription): boolean {
  if (!isOpen || ended !== undefined || states.wants === 'presence') return false
  return channel.kind === 'admin' || (channel.kind === 'project' && viewer.role !== 'annotator')
}
