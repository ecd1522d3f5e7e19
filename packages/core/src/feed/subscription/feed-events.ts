import type { Clock, Ids } from '../../environment.ts'
import type { Sight } from '../../events/cursor.ts'
import type { Fact } from '../../events/event.ts'
import type { Signal } from '../../events/signals.ts'
import type { EventId } from '../../ids.ts'
import type { FactEvent, FeedEvent } from '../feed-items.ts'

const ofFacts = new WeakMap<Fact, Map<Sight, FeedEvent>>()
const ofSignals = new WeakMap<Signal, FeedEvent>()

/** The event that another subscription of the same sight was given of this fact, if its `prev` is the same. */
export function sharedFactEvent(fact: Fact, sight: Sight, prev: number): FeedEvent | undefined {
  const event = ofFacts.get(fact)?.get(sight)
  return event?.prev === prev ? event : undefined
}

/** Keeps an event of a fact for {@link sharedFactEvent}. */
export function shareFactEvent(fact: Fact, sight: Sight, event: FeedEvent): void {
  const events = ofFacts.get(fact) ?? new Map<Sight, FeedEvent>()
  ofFacts.set(fact, events.set(sight, event))
}

/** The fact as an event. The audience stays inside. */
export function factEvent(fact: Fact, prev: number, cursor: string): FactEvent {
  const { audience: _audience, ...told } = fact
  return { ...told, prev, cursor } as FactEvent
}

/** The signal as an event: one id and moment for all who are told it, one object for all at the same cursor. */
export function signalEvent(
  signal: Signal,
  cursor: string,
  { ids, clock }: { readonly ids: Ids; readonly clock: Clock },
): FeedEvent {
  const known = ofSignals.get(signal)
  if (known?.cursor === cursor) return known
  const event: FeedEvent = {
    eventId: known?.eventId ?? (ids.next() as EventId),
    ...signal,
    seq: null,
    prev: null,
    cursor,
    affectedUserIds: null,
    occurredAt: known?.occurredAt ?? clock.now(),
  }
  ofSignals.set(signal, event)
  return event
}
