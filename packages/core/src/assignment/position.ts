import { positionEffect, type ShownTask } from '@muster/statistics/comparison'
import { isForFirst, type Preference, preferencesOf } from '../forms/first-shown.ts'
import type { Form } from '../forms/form.ts'
import type { Assignment } from './assignment.ts'
import type { PositionOf, PositionRequest } from './assignments.ts'

/** The counting submissions of one task at a step with a form. */
export interface FormedStep {
  readonly stepId: string
  readonly form: Form
  readonly rows: readonly Assignment[]
}

/** A preference with what each task says of it. */
interface Counted extends Preference {
  readonly stepId: string
  readonly tasks: ShownTask[]
}

/**
 * The position effects over completed tasks, by step and then as their forms ask. Versions of a form count together: how people read from left to right is the same in all.
 */
export async function positionEffects(
  tasks: AsyncIterable<readonly FormedStep[]>,
  { stepId, question, level }: PositionRequest,
): Promise<PositionOf[]> {
  const found = new Map<string, Counted>()
  for await (const steps of tasks) {
    for (const step of steps.filter((one) => stepId === undefined || one.stepId === stepId)) {
      for (const preference of preferencesOf(step.form)) {
        if (question !== undefined && preference.question !== question) continue
        const key = JSON.stringify([step.stepId, preference])
        const counted = found.get(key) ?? { ...preference, stepId: step.stepId, tasks: [] }
        found.set(key, counted)
        counted.tasks.push(shownIn(step, preference))
      }
    }
  }
  const options = level === undefined ? {} : { level }
  return [...found.values()].map(({ tasks: shown, ...of }) => ({ ...of, ...positionEffect(shown, options) }))
}

function shownIn({ form, rows }: FormedStep, preference: Preference): ShownTask {
  const decisive = rows.flatMap(
    ({ result, presentation }) => isForFirst(form, preference, result, presentation) ?? [],
  )
  const first = decisive.filter((isFirst) => isFirst).length
  return { first, second: decisive.length - first }
}
