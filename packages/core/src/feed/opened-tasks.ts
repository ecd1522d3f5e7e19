import type { Signal } from '../events/signals.ts'
import type { ProjectId } from '../ids.ts'

/** How often a project's members are told that there is something to do, at most, in ms. */
export const OPENED_MS = 1_000

/**
 * Tells of each project how many places on its tasks came to be free, whichever processes freed them: at most once a second, so that a
 * thousand tasks send nobody a thousand times to look.
 */
export class OpenedTasks {
  readonly #tell: (signal: Signal) => void
  readonly #waiting = new Map<ProjectId, Map<string, number>>()
  readonly #toldAt = new Map<ProjectId, number>()

  constructor(tell: (signal: Signal) => void) {
    this.#tell = tell
  }

  hear(projectId: ProjectId, counts: ReadonlyMap<string, number>): void {
    const waiting = this.#waiting.get(projectId) ?? new Map<string, number>()
    this.#waiting.set(projectId, waiting)
    for (const [stepType, count] of counts) waiting.set(stepType, (waiting.get(stepType) ?? 0) + count)
  }

  /** Tells what may be told by now; called often. */
  tell(now: number): void {
    for (const [projectId, toldAt] of this.#toldAt)
      if (now - toldAt >= OPENED_MS) this.#toldAt.delete(projectId)
    for (const [projectId, counts] of this.#waiting) {
      if (this.#toldAt.has(projectId)) continue
      this.#waiting.delete(projectId)
      this.#toldAt.set(projectId, now)
      for (const [stepType, count] of counts)
        this.#tell({ type: 'task_opened', projectId, data: { projectId, stepType, count } })
    }
  }
}
