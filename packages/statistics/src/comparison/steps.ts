/** A computation in steps of about a millisecond, so that its caller can do other things between them. */
export type Steps<Found> = Generator<void, Found, void>

/** All steps at once. */
export function finished<Found>(steps: Steps<Found>): Found {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Numbers that one step draws: about a millisecond of them. */
const OF_A_STEP = 100_000

/** Says when a step has done enough. */
export class Pace {
  #done = 0

  isDue(drawn: number): boolean {
    this.#done += drawn
    if (this.#done < OF_A_STEP) return false
    this.#done = 0
    return true
  }
}
