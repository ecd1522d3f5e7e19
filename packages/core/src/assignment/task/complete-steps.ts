import type { Slot } from '../../workflow/task.ts'

/** The people steps whose every slot is filled for good. */
export function completeSteps(slots: readonly Pick<Slot, 'stepId' | 'state'>[]): ReadonlySet<string> {
  const open = new Set(slots.filter(({ state }) => state !== 'done').map(({ stepId }) => stepId))
  return new Set(slots.map(({ stepId }) => stepId).filter((stepId) => !open.has(stepId)))
}
