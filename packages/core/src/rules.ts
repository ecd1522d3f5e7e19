// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// The rules of the domain: pure functions of their arguments, and limits. Adapters and suites call them, so that each
// rule stands once.

// The moves between states.
export {
  ASSIGNMENT_MOVES,
  holdsOrSubmitted,
  isLive,
  isRevivable,
  transition,
} from './assignment/assignment-lifecycle.ts'
export { LIVE_STATUSES } from './assignment/assignment.ts'
export { JOB_MOVES } from './jobs/job-lifecycle.ts'
export { afterControl, RUN_CONTROLS, RUN_MOVES } from './runs/run-lifecycle.ts'
export type { ControlEffect, RunControl } from './runs/run-lifecycle.ts'
export { TASK_MOVES } from './workflow/task-lifecycle.ts'

// The next step of a task, and the people who may take it.
export { MOST_BEFORE } from './assignment/task-move.ts'
export type { TakenSlot, TakingClaim } from './assignment/claim/claimed-row.ts'
export { excludedSteps, limitOf } from './assignment/claim/terms.ts'
export { openStepOf, reasonsAgainst } from './assignment/eligibility.ts'
export type { OpenStep } from './assignment/eligibility.ts'
export { conditionHolds, nextStep, resultsAgree, reviewedStep } from './workflow/next-step.ts'
export type { History, Submission } from './workflow/next-step.ts'
export { sufficientUntil, unmetRequirements } from './workflow/requirements.ts'
export type { UnmetRequirement } from './workflow/requirements.ts'
export { isPeopleStep } from './workflow/workflow.ts'

// The quality of people, and the choice among them.
export { explainBatch, replayBatch } from './assignment/push/batch-plan.ts'
export { builtInStrategies } from './assignment/strategies/built-in.ts'
export { decide, replayDecision } from './assignment/strategies/decide.ts'
export type { Decided, Question, RankQuestion } from './assignment/strategies/decide.ts'
export { DEFAULT_ASSIGNMENT_CONFIG } from './people/config.ts'
export { UNKNOWN_QUALITY } from './people/person.ts'
export { observedQuality, PRIOR_SAMPLES } from './people/quality.ts'
export type { Quality } from './people/quality.ts'

// The order of a line, and the pace of runs.
export { byTurn, inOrder, positionAt } from './jobs/order.ts'
export type { Line } from './jobs/order.ts'
export { freshPace, paceAfter, RATE_STRETCH_MS } from './runs/pace.ts'
export type { Pace } from './runs/pace.ts'
export { RUN_PRIORITIES } from './runs/run.ts'

// The effect of an outcome on its job, and of jobs on their run.
export type { Kept } from './jobs/kept.ts'
export { readPayload } from './jobs/payload.ts'
export { isRetryableStatus } from './jobs/retry/answer.ts'
export { classify, DEFAULT_RETRY, judged, retryDelayMs, retryPolicy } from './jobs/retry/retry.ts'
export type { Failure } from './jobs/retry/retry.ts'
export { afterDeath, afterOutcome } from './jobs/settling.ts'
export type { Reached } from './jobs/settling.ts'
export { freshTallies, isOver, percentComplete, progressOf, settledOf } from './runs/run-progress.ts'

// The sample of a definition that a run takes.
export { samplePlaces, sampleSize } from './runs/sampling.ts'

// Limits.
export { DONE_UNANSWERED } from './idempotency.ts'
export { CATCH_UP_MS, MOST_DEATHS, WORKER_LOST } from './jobs/limits.ts'
export { BEAT_MS, LEASE_MS } from './jobs/worker/lease.ts'
export { PRESENCE_KEPT_MS, PRESENCE_MOST_SEEN } from './presence/presence-use-cases.ts'
