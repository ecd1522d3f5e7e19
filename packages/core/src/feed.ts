// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For followers of facts and signals: subscriptions, their items, and how transports show these.

// Subscriptions and their items.
export type {
  EndCode,
  FactEvent,
  FeedEvent,
  FeedItem,
  FeedUseCases,
  Opening,
  QueueUpdate,
  ReloadReason,
  SignalEvent,
  Snapshot,
  SubscribeRequest,
  Subscription,
  ToldPlace,
} from './feed/feed-items.ts'

// Channels, the rights to follow them, and how many a connection follows at once.
export { CHANNEL_AUTHORITY, MOST_SUBSCRIPTIONS, parseChannel } from './feed/channel.ts'
export type { Channel } from './feed/channel.ts'

// Cursors, which mark a place in the feed.
export { decodeCursor, encodeCursor } from './events/cursor.ts'
export type { Position } from './events/cursor.ts'

// Facts and signals.
export { fact, FACT_TYPES } from './events/event.ts'
export type { Audience, Fact, FactData, FactType, NewFact } from './events/event.ts'
export { hintTopic, SIGNAL_TYPES, signalTopic, SYSTEM_TOPIC } from './events/signals.ts'
export type { Hint, Signal, SignalType } from './events/signals.ts'
export type { EventId } from './ids.ts'

// Their form on a wire.
export { queueUpdateView, snapshotView } from './feed/feed-view.ts'
export { queueItemView } from './queue/queue-view.ts'
export { runView } from './runs/run-view.ts'
