import type { ErrorCode, ProjectId } from '@muster/core'
import type { FeedEvent, ReloadReason } from '@muster/core/feed'

/** `me`, `project:<id>`, `run:<id>` or `admin`. */
export type ChannelName = 'me' | 'admin' | `project:${string}` | `run:${string}`

/** Why something was refused. */
export type RefusalCode = ErrorCode | 'rate_limited' | 'internal'

/** The answer to a call that was refused. */
export interface Refusal {
  readonly ok: false
  readonly code: RefusalCode
  readonly detail?: string
  /** After how many ms the same call is let in, if it was one too many in a second. */
  readonly retryAfterMs?: number
}

/** As JSON brings it: instants are text. */
export type WireEvent = Omit<FeedEvent, 'occurredAt' | 'data'> & {
  readonly occurredAt: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The beginning of a subscription. A snapshot is the channel's: see asyncapi.yaml. */
export type Subscribed =
  | { readonly ok: true; readonly resumed: true; readonly cursor: string }
  | {
      readonly ok: true
      readonly resumed: false
      readonly cursor: string
      readonly snapshot: Readonly<Record<string, unknown>>
    }

/** How a project's queue stands. */
export interface QueueUpdated {
  /** The subscription that it is of; absent from a server of before. */
  readonly channel?: ChannelName
  readonly projectId: ProjectId
  readonly paused: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly byType: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly changed: readonly Readonly<Record<string, unknown>>[]
  readonly updatedAt: string
}

/** How far a handler is with an item. */
export interface StepProgressed {
  /** The subscription that it is of; absent from a server of before. */
  readonly channel?: ChannelName
  readonly projectId: ProjectId
  readonly itemId: string
  readonly runId: string | null
  readonly step: { readonly name: string; readonly index: number; readonly total: number }
  readonly progress: number
  readonly updatedAt: string
}

/** Nothing for this subscription happened up to this cursor. */
export interface Mark {
  readonly channel: ChannelName
  readonly cursor: string
}

/** A subscription has lost its right: nothing more comes. */
export interface Closed {
  readonly channel: ChannelName
  readonly code: 'not_found' | 'forbidden' | 'unauthorized'
}

/** Missed facts are no longer kept: the snapshot is what holds now, and the feed goes on from its cursor. */
export interface Reload {
  readonly channel: ChannelName
  readonly reason: ReloadReason
  readonly snapshot: Readonly<Record<string, unknown>>
  readonly cursor: string
}

/** The calls of a socket.io client; each is answered. */
export interface ClientToServerEvents {
  subscribe: (
    request: { readonly channel: ChannelName; readonly after?: string },
    answer: (answer: Subscribed | Refusal) => void,
  ) => void
  unsubscribe: (
    request: { readonly channel: ChannelName },
    answer: (answer: { readonly ok: true } | Refusal) => void,
  ) => void
  presence: (
    request: { readonly projectId: string; readonly state: 'active' | 'left' },
    answer: (answer: { readonly ok: true } | Refusal) => void,
  ) => void
}

/** The events that a socket.io client hears. */
export interface ServerToClientEvents {
  event: (event: WireEvent & { readonly channel: ChannelName }) => void
  mark: (mark: Mark) => void
  reload: (reload: Reload) => void
  closed: (closed: Closed) => void
  [queueUpdated: `queue:updated:${string}`]: (update: QueueUpdated) => void
  [stepProgressed: `task:step:progress:${string}`]: (progress: StepProgressed) => void
}
