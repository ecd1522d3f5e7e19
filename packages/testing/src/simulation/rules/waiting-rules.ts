import type { AssignmentId } from '@muster/core'
import type { Fact } from '@muster/core/feed'
import { must } from './violation.ts'

/** The submissions of an assignment that were asked for. */
interface Submits {
  readonly begun: number
  /** Not answered yet. A process that died never answers, so that nothing is said of its assignment any more. */
  readonly open: number
}

const NONE: Submits = { begun: 0, open: 0 }

/** The rule about what people hand in and take back, as the people themselves know it. */
export class WaitingRules {
  readonly #submits = new Map<AssignmentId, Submits>()
  /** How many submissions had been asked for when the last one was taken back. */
  readonly #takenBack = new Map<AssignmentId, number>()

  /** Somebody hands in; gives what to call when that is answered. */
  submitting(id: AssignmentId): () => void {
    this.#change(id, 1, 1)
    return () => this.#change(id, 0, -1)
  }

  /** Somebody was told that what they handed in is taken back. */
  tookBack(id: AssignmentId): void {
    const { begun, open } = this.#submits.get(id) ?? NONE
    if (open === 0) this.#takenBack.set(id, begun)
  }

  /** @throws ViolationError if something was submitted that was taken back and not handed in again */
  hear(facts: readonly Fact[]): void {
    for (const { type, data } of facts) {
      if (type !== 'task_status_changed' || data.status !== 'submitted') continue
      const id = data.assignmentId
      const { begun } = this.#submits.get(id) ?? NONE
      must('What is taken back never goes through', this.#takenBack.get(id) !== begun, () => id)
    }
  }

  #change(id: AssignmentId, begun: number, open: number): void {
    const now = this.#submits.get(id) ?? NONE
    this.#submits.set(id, { begun: now.begun + begun, open: now.open + open })
  }
}
