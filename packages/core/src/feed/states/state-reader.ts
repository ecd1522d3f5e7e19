import type { Signal } from '../../events/signals.ts'
import type { Present } from '../../presence/presence-store.ts'
import type { QueueStatus } from '../../queue/queues.ts'
import type { Run } from '../../runs/run.ts'
import type { QueueUpdate } from '../feed-items.ts'

/**
 * A wish for the signals of a project: `all` of them soon; `changes`, as somebody who follows all projects does, soon if it is said that something
 * changed and else less often; or who is present alone.
 */
export interface StateReader {
  readonly wants: 'all' | 'changes' | 'presence'
  signal(signal: Signal): void
  queue(update: QueueUpdate): void
}

/** The states that a reader was told before, by a snapshot. If they are unknown, all is told. */
export interface Told {
  readonly queue?: QueueStatus | undefined
  readonly runs: readonly Run[]
  readonly present?: readonly Present[] | undefined
  /** Comes back with a cursor: what has ended and who has left meanwhile is told too. */
  readonly isBack: boolean
  /** The last fact that they had when they came back, if it is known. */
  readonly behind?: number | undefined
}

/** Readers whom no look has told anything yet, and what they were told before. */
export type Newcomers = readonly (readonly [StateReader, Told])[]
