// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// The quality of work: how far people agree, how often they are right, and how many of them are asked.

// Agreement and accuracy as they are asked for and told.
export type {
  Accuracy,
  AgreementBy,
  AgreementMatrix,
  AgreementRequest,
  AgreementValue,
  KnownAnswers,
  NoAgreementReason,
  PersonMove,
  PersonQuality,
} from './quality/quality.ts'
export type { Coefficient } from './quality/questions.ts'

// The counters of agreement, and a task's part in them.
export { countedSteps } from './assignment/task/counted-steps.ts'
export { addedUp, SHARE_KINDS } from './quality/counters.ts'
export type {
  CompositionCounter,
  Counted,
  Counters,
  PairCounter,
  RaterCounter,
  ShareCounter,
  ShareKind,
} from './quality/counters.ts'
export { countersOf } from './quality/counting.ts'
export type { CompleteStep } from './quality/counting.ts'
export type { KnownCounter } from './quality/known.ts'
export { freshWatch, watchAfter, watchResumed } from './quality/watch.ts'
export type { Judged, LiftedPause, Pause, Watch } from './quality/watch.ts'
export type { ControlLeft, CountersWhere, QualityStore } from './quality/quality-store.ts'

// Whether one more person is asked.
export { decideOverlap, replayOverlap } from './quality/overlap.ts'
export type {
  DecidedOverlap,
  OverlapDecision,
  OverlapInput,
  OverlapQuestion,
  UntilJudgement,
} from './quality/overlap.ts'
export type { RecordedOverlap } from './assignment/stores/task-store.ts'
export { adaptiveOverlap, mostSlots, slotsAtFirst } from './workflow/workflow.ts'
export { OF_CONTROL, purposeOf } from './workflow/task.ts'
export type { OverlapEnd, TaskPurpose } from './workflow/task.ts'

// Fits of people's answers, and what is believed by them.
export type { Belief, FitKey, GoldCounts, KnownAccuracy } from './quality/believed.ts'
export type {
  CountedTasks,
  Fit,
  FitListKey,
  FitStore,
  FitWithSkills,
  SettledKey,
  SettledTask,
  ShownWork,
  Skill,
  TaskWay,
} from './quality/fit-store.ts'
export { formIdAt } from './workflow/step-forms.ts'

// From many answers to one, and what they say of people and models: what callers ask, and get.
export { AGGREGATION_METHODS } from './quality/aggregation.ts'
export type { Aggregate, AggregationMethod } from './quality/aggregation.ts'
export type {
  AggregatesAsked,
  AnswersAsked,
  FitUseCases,
  StrengthsAsked,
  StrengthsOfAnswers,
} from './quality/fits.ts'
export type { ModelStrength, ModelStrengths } from './quality/strengths.ts'
export { aggregatesAsked, answersAsked, strengthsAsked } from './quality/fit-input.ts'

// For those who compose.
export { fitUseCases, refitDue } from './quality/fit-use-cases.ts'
export type { FitDeps, FitStores } from './quality/fit-use-cases.ts'
