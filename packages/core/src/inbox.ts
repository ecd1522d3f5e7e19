// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For people at work: what they hold, may claim and have done, and how that is kept.

export {
  claimRequest,
  draftRequest,
  flagRequest,
  moveQuery,
  submissionWithNext,
} from './assignment/assignment-input.ts'
export type {
  AssignmentWork,
  ClaimResult,
  Draft,
  MissingSkill,
  NextWish,
  Outlook,
  SavedDraft,
  SubmittedWithNext,
} from './assignment/assignments.ts'
export { UNSEEN } from './assignment/assignment.ts'
export { wasSeen } from './assignment/assignment-lifecycle.ts'
export { claimedRow } from './assignment/claim/claimed-row.ts'
export type {
  ActivityOf,
  InboxStore,
  PersonActivity,
  QueueFilter as PersonalQueueFilter,
  QueueKey,
  QueueRow,
  QueueSort,
  QueueStat,
  SubmittedStat,
} from './assignment/stores/inbox-store.ts'
export { pullMove } from './assignment/task-move.ts'
export { personalQueueQuery, queueStatsQuery } from './queue/queue-input.ts'
export type {
  HeldAssignment,
  PersonInProject,
  PersonalQueueStats,
  PersonalQueueStatsSince,
  PersonalQueueUseCases,
  ProjectPeopleUseCases,
  ProjectPerson,
  QueueEntry,
} from './queue/queues.ts'
export type {
  GivenControl,
  MoveKey,
  OverviewStore,
  StandingKey,
  Stay,
  StandingTask,
  TaskCount,
} from './assignment/stores/overview-store.ts'
export { TIMED_TASKS } from './assignment/task-steps.ts'
export type { ReadStepTotals, StepTotal, StepTotals } from './assignment/task-steps.ts'
export { settingsChange } from './people/people-input.ts'
export type { PersonSettings, SettingsStore } from './people/settings-store.ts'
export type { SettingsUseCases } from './people/settings.ts'
export { rejection } from './assignment/assignment-input.ts'
export type { Mark } from './assignment/assignments.ts'
