import type { Clock } from '../environment.ts'
import { elapsedMs } from '../time.ts'

/** Answers that could tell a control from work by their time come at these steps. */
const TICK_MS = 100

/**
 * Waits until a whole number of ticks has passed since then: to give or to judge a control takes other statements, and so another time, by which it could be
 * told from work. Time that a test moves tells nothing.
 */
export async function untilTick(clock: Clock, since: number): Promise<void> {
  if (clock.virtual) return
  const passed = elapsedMs(clock) - since
  await clock.wait(TICK_MS - (passed % TICK_MS))
}
