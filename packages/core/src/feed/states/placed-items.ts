import type { JobId } from '../../ids.ts'
import type { ItemPlace } from './item-places.ts'
import type { StateReader } from './state-reader.ts'

/** Places of items that wires told readers by themselves. */
export type Placed = ReadonlyMap<StateReader, ReadonlyMap<JobId, ItemPlace>>

/** Places told by wires that wait to be held against the next look. */
export class PlacedItems {
  #placed = new Map<StateReader, Map<JobId, ItemPlace>>()

  /** How many now wait for the reader. */
  add(reader: StateReader, place: ItemPlace): number {
    const placed = this.#placed.get(reader) ?? new Map<JobId, ItemPlace>()
    this.#placed.set(reader, placed.set(place.itemId, place))
    return placed.size
  }

  has(reader: StateReader, itemId: JobId): boolean {
    return this.#placed.get(reader)?.has(itemId) === true
  }

  /** Those that a look that begins now holds against what it finds. */
  take(): Map<StateReader, ReadonlyMap<JobId, ItemPlace>> {
    const placed = this.#placed
    this.#placed = new Map()
    return placed
  }

  forget(reader: StateReader): void {
    this.#placed.delete(reader)
  }
}
