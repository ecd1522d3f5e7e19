import type { UntilRule } from '../forms/until.ts'
import { type OverlapDecision, posteriorsOf } from '../quality/overlap.ts'
import { adaptiveOverlap, mostSlots, type Step, slotsAtFirst, type Workflow } from '../workflow/workflow.ts'
import type { TaskWork } from './assignment.ts'
import type { StepOverlap } from './assignments.ts'

/** How far each step with adaptive overlap is that has opened. `decisions` on them: the newest first. */
export function overlapsOf(
  { slots }: TaskWork,
  { steps }: Workflow,
  decisions: readonly OverlapDecision[],
): StepOverlap[] {
  return steps.flatMap((step) => {
    const overlap = adaptiveOverlap(step)
    const here = slots.filter(({ stepId }) => stepId === step.stepId).length
    if (overlap === undefined || here === 0) return []
    const last = decisions.find(({ stepId }) => stepId === step.stepId)
    const { min, until } = overlap
    const judged = last?.until ?? []
    return [
      {
        stepId: step.stepId,
        slots: here,
        min,
        max: mostSlots(step, slots),
        until: until.map((rule) => ({ ...rule, holds: last ? holdsIn(judged, rule) : null })),
        posterior: last ? posteriorsOf(judged) : null,
      },
    ]
  })
}

/** Steps as those see them who may not know how many people are asked. */
export function stepsBlind(steps: readonly Step[]): Step[] {
  return steps.map((step) => ({ ...step, assignmentsRequired: slotsAtFirst(step) }))
}

function holdsIn(judged: OverlapDecision['until'], rule: UntilRule): boolean {
  const isPosterior = 'posterior' in rule
  return judged
    .filter((one) => one.question === rule.question && (one.posterior !== undefined) === isPosterior)
    .every(({ holds }) => holds)
}
