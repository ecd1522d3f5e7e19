import { isDeepStrictEqual } from 'node:util'
import type { Step, TaskId, Workflow } from '@muster/core'
import type { Form } from '@muster/core/forms'
import type { Slot, Stores, TaskWork } from '@muster/core/ports'
import { adaptiveOverlap, purposeOf, type RecordedOverlap, replayOverlap } from '@muster/core/quality'
import { must } from './violation.ts'

/** Decisions on one task that are read; no task of a simulation has more. */
const MOST_DECISIONS = 1_000

/** The rules of overlap that is decided task by task, asked of every task that a commit has changed. */
export class OverlapRules {
  /** How often one more person was asked, and how often one was no longer waited for. */
  added = 0
  gaveUp = 0
  readonly #steps: readonly { readonly step: Step; readonly form: Form }[]
  /** Decisions on each task as of the last commit. */
  readonly #decided = new Map<TaskId, number>()

  constructor({ steps }: Workflow, forms: readonly Form[]) {
    this.#steps = steps.flatMap((step) => {
      const form = forms.find(({ formId }) => formId === step.formId)
      return adaptiveOverlap(step) === undefined || form === undefined ? [] : [{ step, form }]
    })
  }

  /** @throws ViolationError */
  async look({ tasks }: Stores, before: TaskWork | undefined, after: TaskWork): Promise<void> {
    if (this.#steps.length === 0 || purposeOf(after.task) === 'control') return
    const { taskId } = after.task
    const kept = await tasks.listOverlaps(taskId, MOST_DECISIONS)
    const fresh = kept.slice(0, kept.length - (this.#decided.get(taskId) ?? 0))
    this.#decided.set(taskId, kept.length)
    must('Overlap is decided once', fresh.length <= 1, () => `${taskId}: ${fresh.length} at one commit`)
    const [made] = fresh
    for (const { step, form } of this.#steps) {
      const decided = made?.decision.stepId === step.stepId ? made : undefined
      if (decided) this.#checkDecision(decided, form, after)
      else this.#checkUndecided(step, before, after)
    }
  }

  /** It is made of every answer there is, says the same if it is made again, and what it says has come of it. */
  #checkDecision({ decision, input }: RecordedOverlap, form: Form, { task, slots }: TaskWork): void {
    const { stepId, until, added, taskId } = decision
    const here = slots.filter((slot) => slot.stepId === stepId)
    const open = here.filter(({ state }) => state !== 'done')
    if (added) this.added++
    if (decision.gaveUp) this.gaveUp++
    const what = (): string => `${taskId}: ${JSON.stringify(decision)}, slots ${statesOf(here)}`
    must(
      'A decision on overlap replays',
      isDeepStrictEqual(replayOverlap({ decision, input }, form), { until, added }),
      what,
    )
    const answered = until.every(({ answers }) => answers.length === decision.slots)
    must('A decision on overlap has every answer', answered, what)
    const { currentStepId } = task
    if (added) {
      const [one, ...more] = open
      const isOneMore = one?.state === 'free' && more.length === 0 && here.length === decision.slots + 1
      must('Overlap is as it was decided', isOneMore && currentStepId === stepId, what)
      return
    }
    const held = until.every(({ holds }) => holds)
    const isOver =
      open.length === 0 && here.length === decision.slots && task.overlapEnds?.[stepId]?.held === held
    must('Overlap is as it was decided', isOver && currentStepId !== stepId, what)
  }

  /** Without a decision no slot is added but by a manager, and nothing is complete that was not. */
  #checkUndecided({ stepId }: Step, before: TaskWork | undefined, after: TaskWork): void {
    const was = placesOf(before, stepId)
    const is = placesOf(after, stepId)
    const what = (): string => `${after.task.taskId}: ${statesOf(is)} at ${stepId}`
    const more = asked(is) > asked(was) && was.length > 0
    must('Overlap is decided before it changes', !more, what)
    must('Overlap is decided with the last answer', !isComplete(is) || isComplete(was), what)
  }
}

function placesOf(work: TaskWork | undefined, stepId: string): Slot[] {
  return work?.slots.filter((slot) => slot.stepId === stepId) ?? []
}

function statesOf(slots: readonly Slot[]): string {
  return slots.map(({ state }) => state).join(' ')
}

/** Slots that no manager asked for. */
function asked(slots: readonly Slot[]): number {
  return slots.filter(({ reopened }) => !reopened).length
}

function isComplete(slots: readonly Slot[]): boolean {
  return slots.length > 0 && slots.every(({ state }) => state === 'done')
}
