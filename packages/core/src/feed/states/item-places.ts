import type { Signal } from '../../events/signals.ts'
import type { JobId, ProjectId } from '../../ids.ts'
import type { ToldPlace } from '../feed-items.ts'

/** Places in one signal, which is what `/queue_updates` shows at once. */
export const PLACES_TOLD = 50

/** Where an item stands in line. */
export interface ItemPlace extends ToldPlace {
  readonly itemId: JobId
}

/** The place of an item that does not stand in line. */
export const NOWHERE = { position: null, globalPosition: null }

export function isSamePlace(one: ItemPlace | undefined, other: ItemPlace): boolean {
  return one?.position === other.position && one.globalPosition === other.globalPosition
}

/** Signals of these places, as few as hold them. */
export function placesOf(projectId: ProjectId, places: readonly ItemPlace[]): Signal[] {
  const signals: Signal[] = []
  for (let from = 0; from < places.length; from += PLACES_TOLD) {
    const items = places.slice(from, from + PLACES_TOLD).map((place) => ({ ...place }))
    signals.push({ type: 'position_updated', projectId, data: { items } })
  }
  return signals
}
