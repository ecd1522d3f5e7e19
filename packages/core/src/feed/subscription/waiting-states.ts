import { type Signal, signalKey } from '../../events/signals.ts'
import type { ProjectId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { QueueUpdate } from '../feed-items.ts'
import { PLACES_TOLD } from '../states/item-places.ts'

/** Signals that wait for a slow reader. Past these the oldest are dropped, and all that is true then is told once the reader has taken the rest. */
const MOST_SIGNALS = 1_000
/** Updates of places that wait before they are merged. */
const MOST_MOVES = 4

/** States that wait for one reader: of each the latest. */
export class WaitingStates {
  readonly #signals = new Map<string, Signal>()
  /** Each holds only what has moved, so the later does not replace the earlier. */
  readonly #moves = new Map<ProjectId, Signal[]>()
  readonly #queues = new Map<ProjectId, QueueUpdate>()
  /** Projects of which signals were dropped, null for the whole system, and the cursor that the reader had by then. */
  readonly #missed = new Map<ProjectId | null, string>()

  /** Lets the signal wait for a reader who is at this cursor. */
  add(signal: Signal, cursor: string): void {
    if (signal.type === 'position_updated' && signal.projectId !== null) this.#move(signal, signal.projectId)
    else this.#signals.set(signalKey(signal), signal)
    const [oldest] = this.#signals.keys()
    if (this.#signals.size > MOST_SIGNALS && oldest !== undefined) {
      const projectId = this.#signals.get(oldest)?.projectId
      if (projectId !== undefined && !this.#missed.has(projectId)) this.#missed.set(projectId, cursor)
      this.#signals.delete(oldest)
    }
  }

  addQueue(update: QueueUpdate): void {
    const waiting = this.#queues.get(update.projectId)
    this.#queues.set(update.projectId, waiting ? merged(waiting, update) : update)
  }

  nextSignal(): Signal | undefined {
    for (const [key, signal] of this.#signals) {
      this.#signals.delete(key)
      return signal
    }
    for (const [projectId, moves] of this.#moves) {
      const move = moves.shift()
      if (moves.length === 0) this.#moves.delete(projectId)
      if (move) return move
    }
    return undefined
  }

  nextQueue(): QueueUpdate | undefined {
    for (const [projectId, update] of this.#queues) {
      this.#queues.delete(projectId)
      return update
    }
    return undefined
  }

  /** The projects of which signals were dropped since the last call, each with the cursor that the reader had by then. */
  takeMissed(): readonly (readonly [ProjectId | null, string])[] {
    if (this.#missed.size === 0) return NONE
    const missed = [...this.#missed]
    this.#missed.clear()
    return missed
  }

  /** Presence on the project is no longer shown. */
  forgetPresence(projectId: ProjectId): void {
    for (const [key, signal] of this.#signals)
      if (signal.type === 'presence_update' && signal.projectId === projectId) this.#signals.delete(key)
  }

  clear(): void {
    this.#signals.clear()
    this.#moves.clear()
    this.#queues.clear()
    this.#missed.clear()
  }

  #move(signal: Signal, projectId: ProjectId): void {
    const moves = [...(this.#moves.get(projectId) ?? []), signal]
    this.#moves.set(projectId, moves.length > MOST_MOVES ? mergedMoves(moves) : moves)
  }
}

const NONE: readonly never[] = []

/** Updates of places as few, with the latest place of each item. */
function mergedMoves([first, ...rest]: readonly Signal[]): Signal[] {
  if (first === undefined) return []
  const items = new Map<string, Move>()
  for (const { data } of [first, ...rest])
    for (const item of data['items'] as readonly Move[]) {
      items.delete(item.itemId)
      items.set(item.itemId, item)
    }
  const latest = [...items.values()]
  return Array.from({ length: Math.ceil(latest.length / PLACES_TOLD) }, (_, nth) => {
    return { ...first, data: { items: latest.slice(nth * PLACES_TOLD, (nth + 1) * PLACES_TOLD) } }
  })
}

type Move = { readonly itemId: string; readonly [field: string]: Json }

/** Two updates as one: the later state, with what has changed in either. */
function merged(before: QueueUpdate, after: QueueUpdate): QueueUpdate {
  const items = new Map([...before.changed, ...after.changed].map((item) => [item.jobId, item]))
  return { ...after, changed: [...items.values()].slice(-MOST_SIGNALS) }
}
