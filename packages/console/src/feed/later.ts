import type { ReadonlySignal } from '@preact/signals'
import { type Later, onTimer } from './pace.ts'

/** A deed that is put off. */
export interface Postponed {
  /** Asks for it. What is asked for meanwhile is done with it. */
  readonly ask: () => void
  /** Forgets it. */
  readonly stop: () => void
}

/** Does something so many ms after it is first asked for, but not while what is shown is held: then once that ends. */
export function postponed(
  act: () => unknown,
  ms: number,
  held: ReadonlySignal<unknown>,
  later: Later = onTimer,
): Postponed {
  let cancel: (() => void) | undefined
  let isDue = false
  const settle = (): void => {
    if (!isDue || held.peek() !== undefined) return
    isDue = false
    cancel = undefined
    void act()
  }
  const stopHeld = held.subscribe(settle)
  return {
    ask: () => {
      cancel ??= later(() => {
        isDue = true
        settle()
      }, ms)
    },
    stop: () => {
      cancel?.()
      stopHeld()
    },
  }
}
