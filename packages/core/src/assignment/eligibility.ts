import type { AssignmentConfig, QualityPolicy } from '../people/person.ts'
import { unmetRequirements } from '../workflow/requirements.ts'
import type { Slot } from '../workflow/task.ts'
import type { Requirement, Step, Workflow } from '../workflow/workflow.ts'
import type { Assignment, IneligibleReason, Person, TaskWork } from './assignment.ts'
import { holdsOrSubmitted } from './assignment-lifecycle.ts'
import { excludedSteps, later, limitOf, termsOf } from './claim/terms.ts'

/** The members of a row that the rules ask for. */
type Row = Pick<Assignment, 'userId' | 'stepId' | 'status'>

/** Everything about one open step of one task that decides who may take it now. */
export interface OpenStep {
  readonly stepId: string
  /** The step's own and the task's. */
  readonly requirements: readonly Requirement[]
  readonly openForMs: number
  /** When a slot no longer waits for whose it was; null if none waits. */
  readonly reservedUntil: Date | null
  /** In both directions. */
  readonly excludedSteps: readonly string[]
  readonly config: AssignmentConfig
  /** Controls that must have been judged of a person; null: none, or the step is not covered. */
  readonly onboarding?: number | null | undefined
  /** Whether the gates of the project and of the system are open. */
  readonly gateOpen: boolean
  /** The step's slots. */
  readonly slots: readonly Pick<Slot, 'state' | 'wakeAt'>[]
  /** All rows on the task. */
  readonly assignments: readonly Row[]
}

/** The step of `work` as the rules see it at `now`. */
export function openStepOf(
  work: TaskWork,
  step: Step,
  {
    workflow,
    config,
    quality,
    gateOpen,
    now,
  }: {
    readonly workflow: Workflow
    readonly config: AssignmentConfig
    readonly quality?: QualityPolicy | null | undefined
    readonly gateOpen: boolean
    readonly now: Date
  },
): OpenStep {
  const slots = work.slots.filter(({ stepId }) => stepId === step.stepId)
  return {
    stepId: step.stepId,
    requirements: [...step.requiredSkills, ...work.task.requiredSkills],
    openForMs: now.getTime() - work.task.stepOpenedAt.getTime(),
    reservedUntil: slots.some(({ state }) => state === 'reserved')
      ? later(work.task.stepOpenedAt, termsOf(step, config).holdMs)
      : null,
    excludedSteps: excludedSteps(workflow, config, step.stepId),
    config,
    onboarding: onboardingAt(quality, step.stepId),
    gateOpen,
    slots,
    assignments: work.assignments,
  }
}

/**
 * Every reason why the person may not take the step now; none means that they may. The engine decides by this function and
 * explanations are its answer. Where SQL must decide, it states the same rules.
 */
export function reasonsAgainst(person: Person, step: OpenStep): IneligibleReason[] {
  const mine = step.assignments.filter(({ userId }) => userId === person.userId)
  return [
    ...absence(person),
    ...unmetRequirements(person.skills, step.requirements, step.openForMs).map(
      (unmet) => ({ code: 'missingSkill', ...unmet }) as const,
    ),
    ...historyOf(mine, step),
    ...overload(person, step.config),
    ...unqualified(person, step.onboarding ?? null),
    ...slotReasons(step),
    ...(step.gateOpen ? [] : [{ code: 'queuePaused' } as const]),
  ]
}

/** Not at work, not here, or paused here. */
export function absence(person: Pick<Person, 'status' | 'isMember' | 'paused'>): IneligibleReason[] {
  const reasons: IneligibleReason[] = []
  if (person.status !== 'active') reasons.push({ code: 'inactive' })
  if (!person.isMember) reasons.push({ code: 'notMember' })
  if (person.paused) reasons.push({ code: 'qualityPaused', ...person.paused })
  return reasons
}

/** Controls that a newcomer needs before work of the step; null: none. */
export function onboardingAt(policy: QualityPolicy | null | undefined, stepId: string): number | null {
  return policy?.controls?.stepId === stepId ? (policy.controls.onboarding?.count ?? null) : null
}

/** Too few controls of the person were judged. */
export function unqualified(
  { controls = 0 }: Pick<Person, 'controls'>,
  count: number | null,
): IneligibleReason[] {
  return count === null || controls >= count ? [] : [{ code: 'notQualified', judged: controls, count }]
}

/** As many live assignments as the person may have. */
export function overload(
  person: Pick<Person, 'live' | 'ownLimit'>,
  config: AssignmentConfig,
): IneligibleReason[] {
  const limit = limitOf(person.ownLimit, config)
  return person.live < limit ? [] : [{ code: 'atLimit', live: person.live, limit }]
}

/** The reasons against the person that their own rows on the task give. */
export function historyOf(
  mine: readonly Row[],
  step: Pick<OpenStep, 'stepId' | 'excludedSteps'>,
): IneligibleReason[] {
  const reasons: IneligibleReason[] = []
  const here = mine.find(({ stepId }) => stepId === step.stepId)
  if (here && holdsOrSubmitted(here)) reasons.push({ code: 'alreadyAssigned' })
  for (const row of mine) {
    if (step.excludedSteps.includes(row.stepId) && holdsOrSubmitted(row)) {
      reasons.push({ code: 'excludedByStep', stepId: row.stepId })
    }
  }
  if (here?.status === 'rejected') reasons.push({ code: 'rejectedBefore' })
  return reasons
}

function slotReasons({ slots, reservedUntil }: OpenStep): IneligibleReason[] {
  if (slots.some(({ state }) => state === 'free')) return []
  const wakes = slots.flatMap(({ state, wakeAt }) =>
    state === 'cooling' && wakeAt ? [wakeAt.getTime()] : [],
  )
  if (wakes.length > 0) return [{ code: 'coolingDown', until: new Date(Math.min(...wakes)) }]
  return [reservedUntil ? { code: 'reservedFor', until: reservedUntil } : { code: 'noFreeSlot' }]
}
