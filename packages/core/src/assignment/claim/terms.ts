import type { AssignmentConfig } from '../../people/person.ts'
import type { Step, Workflow } from '../../workflow/workflow.ts'

const MINUTE_MS = 60_000

/** So long something is held ahead after its person's last heartbeat, unless the lease of its step is shorter. */
const AHEAD_LEASE_MS = 45_000

/** The terms of one step in one project: the step's own, else the project's. */
export interface Terms {
  readonly leaseMs: number
  readonly cooldownMs: number
  readonly holdMs: number
  readonly strategy: string
}

export function termsOf(step: Step, config: AssignmentConfig): Terms {
  return {
    leaseMs: (step.leaseMinutes ?? config.leaseMinutes) * MINUTE_MS,
    cooldownMs: (step.cooldownMinutes ?? config.cooldownMinutes) * MINUTE_MS,
    holdMs: config.holdMinutes * MINUTE_MS,
    strategy: step.strategy ?? config.defaultStrategy,
  }
}

/** The lease of something that is held ahead, by the lease that it would have otherwise. */
export function aheadLeaseMs(leaseMs: number): number {
  return Math.min(leaseMs, AHEAD_LEASE_MS)
}

/** The steps whose people may not do this one: those it excludes, those that exclude it, and its partners in the project's pairs. */
export function excludedSteps(workflow: Workflow, config: AssignmentConfig, stepId: string): string[] {
  const excluded = new Set<string>()
  for (const step of workflow.steps) {
    if (step.stepId === stepId) for (const other of step.excludes) excluded.add(other)
    else if (step.excludes.includes(stepId)) excluded.add(step.stepId)
  }
  for (const [one, other] of config.crossStepExclusionPairs) {
    if (one === stepId) excluded.add(other)
    if (other === stepId) excluded.add(one)
  }
  return [...excluded]
}

/** The smaller of a person's own limit of live assignments and the project's. */
export function limitOf(ownLimit: number | null, config: AssignmentConfig): number {
  return Math.min(ownLimit ?? Number.POSITIVE_INFINITY, config.maxConcurrentPerUser)
}

/** `at` plus `ms`. */
export function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms)
}
