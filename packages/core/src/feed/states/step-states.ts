import type { Signal } from '../../events/signals.ts'
import type { JobId } from '../../ids.ts'
import type { QueueItem, StepProgress } from '../../jobs/job.ts'

/** Jobs whose steps are remembered. */
const MOST_STEPS = 500

interface Step {
  readonly step: StepProgress
  readonly progress: number
  /** Not known of one that was heard. */
  readonly attempt: number | undefined
}

/** How far the handlers of a project's items are, as was heard last or seen. */
export class StepStates {
  readonly #steps = new Map<JobId, Step>()

  /** A step that was broadcast. */
  hear({ data }: Signal): void {
    const { itemId, step, progress } = data as unknown as Step & { readonly itemId: JobId }
    this.#remember(itemId, { step, progress, attempt: undefined })
  }

  /** The step of an item that a look has found, unless one was heard that is as far. */
  news(item: QueueItem, updatedAt: Date): Signal | undefined {
    const { jobId, step, progress, attempt } = item
    const signal = stepSignal(item, updatedAt)
    if (step === null || signal === undefined) return undefined
    const heard = this.#steps.get(jobId)
    if (heard && (heard.attempt ?? attempt) >= attempt && !isFurther({ step, progress }, heard))
      return undefined
    this.#remember(jobId, { step, progress, attempt })
    return signal
  }

  #remember(itemId: JobId, step: Step): void {
    this.#steps.delete(itemId)
    this.#steps.set(itemId, step)
    const [oldest] = this.#steps.keys()
    if (this.#steps.size > MOST_STEPS && oldest !== undefined) this.#steps.delete(oldest)
  }
}

/** The step of an item as a signal; nothing of one that has none. */
export function stepSignal(item: QueueItem, updatedAt: Date): Signal | undefined {
  const { projectId, jobId: itemId, runId, step, progress } = item
  if (step === null) return undefined
  const data = { projectId, itemId, runId, step: { ...step }, progress, updatedAt: updatedAt.toISOString() }
  return { type: 'step_progress', projectId, data }
}

function isFurther(one: Pick<Step, 'step' | 'progress'>, other: Step): boolean {
  return (
    one.step.index > other.step.index ||
    (one.step.index === other.step.index && one.progress > other.progress)
  )
}
