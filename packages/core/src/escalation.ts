// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Escalation: which scenarios of a run go to people, and what comes back.

// Policies, and what has come of them.
export {
  ESCALATION_REASONS,
  ESCALATION_STATES,
  freshEscalation,
} from './runs/escalation/policy.ts'
export type {
  AgreeOn,
  EscalationCondition,
  EscalationCounts,
  EscalationPolicy,
  EscalationReason,
  EscalationState,
  EscalationTask,
  RunEscalation,
  Template,
} from './runs/escalation/policy.ts'

// Input.
export { byHand, escalationPolicy, peopleFilter } from './runs/escalation/policy-input.ts'

// The decision: a pure function of the rule, a scenario and its results.
export { decideEscalation } from './runs/escalation/decide.ts'
export type {
  EscalationDecision,
  EscalationRule,
  ScenarioResult,
  SettledScenario,
} from './runs/escalation/decide.ts'
export type { ComparedQuestion } from './runs/escalation/comparison.ts'
export { sampleEnds } from './runs/escalation/draw.ts'
export type { SampleEnd } from './runs/escalation/draw.ts'

// For callers.
export type { EscalationPreview, EscalationUseCases } from './runs/escalation/escalations.ts'
export type {
  ModelAgainstPeople,
  ModelsAgainstPeople,
  PeopleAgainstModels,
  ResultWithPeople,
} from './runs/escalation/people.ts'

// For adapters.
export type {
  AskedByHand,
  EscalatingRun,
  EscalationStore,
  NewDecision,
  ReadyScenario,
  ReadyScenarios,
  ScenarioEscalation,
} from './runs/escalation/escalation-store.ts'

// For those who compose.
export { escalationSweeper, sweepEscalations } from './runs/escalation/sweep.ts'
export type { SweepDeps, Swept } from './runs/escalation/sweep.ts'
