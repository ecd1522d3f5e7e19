import type { FactData, FactType } from '../events/event.ts'
import type { SignalType } from '../events/signals.ts'
import type { EventId, JobId, ProjectId, UserId } from '../ids.ts'
import type { QueueItem } from '../jobs/job.ts'
import type { JobCounts } from '../jobs/job-store.ts'
import type { Json } from '../json/json.ts'
import type { Role } from '../people/person.ts'
import type { Present } from '../presence/presence-store.ts'
import type { PersonalQueueStats, QueueEntry, QueueStatus, SystemQueueStatus } from '../queue/queues.ts'
import type { Run } from '../runs/run.ts'
import type { Channel } from './channel.ts'

/** The members of every event. */
interface EventHead {
  readonly eventId: EventId
  /** null: of the whole system. */
  readonly projectId: ProjectId | null
  /** The `seq` that this subscription had of the project before; null for a signal. */
  readonly prev: number | null
  /** Resumes any subscription, on any node and wire, behind this event. A signal repeats the last one. */
  readonly cursor: string
  readonly affectedUserIds: readonly UserId[] | null
  readonly occurredAt: Date
}

/** A fact as a subscription gets it; `seq` is its place in its project's feed. */
export type FactEvent<Type extends FactType = FactType> = {
  [Each in Type]: EventHead & { readonly type: Each; readonly seq: number; readonly data: FactData[Each] }
}[Type]

/** A signal as a subscription gets it: it has no place in a feed. */
export type SignalEvent<Type extends SignalType = SignalType> = {
  [Each in Type]: EventHead & {
    readonly type: Each
    readonly seq: null
    readonly data: { readonly [field: string]: Json }
  }
}[Type]

/**
 * A fact or a signal as a subscription gets it: `data` follows from `type` (of pauses, from `seq` too). One object may go to many subscriptions: what is made
 * of it can be kept by it.
 */
export type FeedEvent = FactEvent | SignalEvent

/** How a project's queue stands, and which of its items have changed since the last time. */
export interface QueueUpdate {
  readonly projectId: ProjectId
  readonly paused: boolean
  readonly counts: JobCounts
  readonly byType: Readonly<Record<string, JobCounts>>
  readonly changed: readonly QueueItem[]
  readonly updatedAt: Date
}

/** Where things stand at the moment of a cursor. */
export type Snapshot =
  | {
      readonly channel: 'me'
      readonly assignments: readonly QueueEntry[]
      readonly stats: PersonalQueueStats
    }
  | {
      readonly channel: 'project'
      readonly queue: QueueStatus
      readonly runs: readonly Run[]
      readonly presence: readonly Present[]
    }
  | { readonly channel: 'run'; readonly run: Run }
  | { readonly channel: 'queues'; readonly queues: readonly QueueStatus[] }
  | {
      readonly channel: 'admin'
      readonly system: SystemQueueStatus
      /** Jobs of projects that have any, first where most are to be done. */
      readonly projects: readonly { readonly projectId: ProjectId; readonly counts: JobCounts }[]
    }

/** Why a subscription has ended: the project is no longer theirs, it is no longer allowed, or the person is suspended. */
export type EndCode = 'not_found' | 'forbidden' | 'unauthorized'

/** Where an item stands in line: of its project, and of all; null if it does not. */
export interface ToldPlace {
  readonly position: number | null
  readonly globalPosition: number | null
}

/** The items of a subscription, one after the other. */
export type FeedItem =
  /** A fact, once and in its project's order, or a signal: the latest of its kind. */
  | { readonly kind: 'event'; readonly event: FeedEvent }
  | { readonly kind: 'queue'; readonly update: QueueUpdate }
  /** Something was committed that this subscription does not show; the cursor stands behind it. At most one a second. */
  | { readonly kind: 'mark'; readonly cursor: string }
  /** Missed facts are no longer kept: begin again from the snapshot. */
  | {
      readonly kind: 'reload'
      readonly reason: ReloadReason
      readonly snapshot: Snapshot
      readonly cursor: string
    }
  /** The last one. */
  | { readonly kind: 'closed'; readonly code: EndCode }

/**
 * `not_kept`: the facts behind the cursor were forgotten. `other_history`: its numbers belong to another history of facts. `access_changed`: its reader may
 * know more than they could, of what was passed over too.
 */
export type ReloadReason = 'not_kept' | 'other_history' | 'access_changed'

/** How a subscription begins: where the cursor left off, or from a snapshot taken at the very moment of its cursor. */
export type Opening =
  | { readonly resumed: true; readonly cursor: string }
  | { readonly resumed: false; readonly cursor: string; readonly snapshot: Snapshot }

/**
 * Somebody's view of a channel. It is pulled, so a slow reader costs nothing but a place in the feed: facts wait where they are kept, and of
 * signals the latest of each kind is kept. Iterating over it ends with it.
 */
export interface Subscription extends AsyncIterable<FeedItem> {
  readonly channel: Channel
  readonly opening: Opening
  /** The last cursor that was given. */
  readonly cursor: string
  /** The channel's project or run's project; null if there are several. */
  readonly projectId: ProjectId | null
  /** The next item, or `undefined` if there is none now: {@link onReady} is then called when something may. */
  next(): FeedItem | undefined
  /** Called, not more often than needed, after `next` gave `undefined`. One at a time: the last one set. */
  onReady(ready: () => void): void
  /** Facts that have not been looked at yet. */
  readonly behind: number
  /** On `me`: also shows who is present on this project, from now on or no longer. */
  showPresence(projectId: ProjectId, shown: boolean): void
  /** A wire has told where an item stands, beside what this gives: if that is not so, or changes, it is corrected here. */
  toldPlace(projectId: ProjectId, itemId: JobId, place: ToldPlace): void
  /** Ends it: nothing more is given. Can be called twice. */
  close(): void
}

/** A wish to follow a channel, and from where. */
export interface SubscribeRequest {
  readonly userId: UserId
  /** The role that the token claims; the directory's wins if it knows the user. */
  readonly tokenRole: Role
  readonly channel: Channel
  /** A cursor that was received on any channel: what came after it follows, or a snapshot if that cannot be. */
  readonly after?: string | undefined
  /** `false`: facts alone, and no signals of the states between them. */
  readonly states?: boolean | undefined
}

/** Committed facts to those whom they concern, in order and live. */
export interface FeedUseCases {
  /**
   * Authorised now and at every change of rights. Every fact committed after the opening's cursor that the caller may see is given, once.
   * @throws ValidationError (an unreadable cursor), NotFoundError (unknown or foreign), ForbiddenError, UnauthorizedError (suspended), UnavailableError
   */
  subscribe(request: SubscribeRequest): Promise<Subscription>
}
