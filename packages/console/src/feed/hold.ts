import { type ReadonlySignal, signal } from '@preact/signals'

/** What is shown stands while the page goes on behind it. */
export interface Held {
  readonly since: Date
  /** What has come meanwhile. */
  readonly changes: number
}

const now = signal<Held | undefined>(undefined)

/** Whether what is shown is held. */
export const held: ReadonlySignal<Held | undefined> = now

/** Holds what is shown, or shows what has come. */
export function toggleHold(): void {
  now.value = now.peek() === undefined ? { since: new Date(), changes: 0 } : undefined
}

/** Another page begins at the present. */
export function endHold(): void {
  now.value = undefined
}

/** Counts what came while it is held. */
export function countHeld(changes: number): void {
  const before = now.peek()
  if (before !== undefined) now.value = { ...before, changes: before.changes + changes }
}
