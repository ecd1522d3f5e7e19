import { inspect, isDeepStrictEqual } from 'node:util'
import type { ProjectId, TaskId, Workflow } from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { Stores, TaskWork } from '@muster/core/ports'
import { addedUp, type Counters, countedSteps, countersOf } from '@muster/core/quality'
import { inOrder, keptCounters } from '../../quality/recount.ts'
import { must } from './violation.ts'

/** What one task comes to. */
interface Share {
  readonly projectId: ProjectId
  /** The steps that are counted, with who said what. */
  readonly of: string
  readonly counters: Counters
}

/** Counters of agreement are at every commit what the tasks come to, counted anew. */
export class CounterRules {
  readonly #workflow: Workflow
  readonly #forms: ReadonlyMap<string, Form>
  readonly #shares = new Map<TaskId, Share>()

  constructor(workflow: Workflow, forms: readonly Form[]) {
    this.#workflow = workflow
    this.#forms = new Map(
      workflow.steps.flatMap(({ stepId, formId }) => {
        const form = forms.find((one) => one.formId === formId)
        return form === undefined ? [] : [[stepId, form] as const]
      }),
    )
  }

  /** To be called with every task that a commit has changed. @throws ViolationError */
  async look(stores: Stores, changed: readonly TaskWork[]): Promise<void> {
    const projectIds = new Set(changed.flatMap((work) => (this.#note(work) ? [work.task.projectId] : [])))
    for (const projectId of projectIds) {
      const mine = [...this.#shares.values()].filter((share) => share.projectId === projectId)
      const wanted = inOrder(addedUp(mine.map(({ counters }) => counters)))
      const kept = await keptCounters(stores, projectId)
      must('Counters equal a recount', isDeepStrictEqual(kept, wanted), () =>
        inspect({ kept, wanted }, { depth: 4 }),
      )
    }
  }

  /** Whether the task comes to something else than before. */
  #note(work: TaskWork): boolean {
    const { taskId, projectId } = work.task
    const before = this.#shares.get(taskId)
    const steps = [...countedSteps(work, { workflow: this.#workflow, forms: this.#forms }).values()]
    const of =
      steps.length === 0 ? '' : JSON.stringify(steps.map(({ stepId, submissions }) => [stepId, submissions]))
    if ((before?.of ?? '') === of) return false
    this.#shares.set(taskId, { projectId, of, counters: addedUp(steps.map((step) => countersOf(step))) })
    return true
  }
}
