// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For those who operate: moves on many things, and how far they have come.

// Jobs that are looked for, and their failures by cause.
export {
  CAUSE_STRETCH_SECONDS,
  causePattern,
  MOST_CAUSES,
  MOST_CAUSES_LISTED,
  OTHER_CAUSE,
} from './jobs/causes.ts'
export { ATTEMPT_OUTCOMES } from './jobs/job-search.ts'
export type {
  AttemptOutcome,
  CausesWhere,
  FoundJob,
  FoundJobs,
  JobAttempt,
  JobCause,
  JobFilter,
  JobMove,
  JobRecord,
  JobSearchSlice,
  JobsMoved,
  JobSearchStore,
} from './jobs/job-search.ts'

export { causesQuery, JOB_ACTIONS, jobsBulk, jobsChosen, jobsFilter, jobsQuery } from './queue/job-input.ts'
export type { JobsBulk, JobsChosen, JobsQuery, JobsWhere } from './queue/job-input.ts'
export { jobUseCases, moveJobs } from './queue/job-calls.ts'
export type {
  JobDetail,
  JobPage,
  JobsPreview,
  JobUseCases,
  KeyWaitsFor,
  Operated,
  WaitsFor,
} from './queue/job-calls.ts'

// Which decisions on a task are listed.
export type { DecisionsRequest } from './assignment/assignments.ts'

// Operations.
export {
  countMove,
  movedSum,
  NONE_MOVED,
  OPERATION_STATES,
  OPERATION_SUBJECTS,
} from './operations/operation.ts'
export type {
  MovedByProject,
  NewOperation,
  Operation,
  OperationState,
  OperationSubject,
  OperationTally,
} from './operations/operation.ts'
export type { Advanced, OperationPart, OperationStore } from './operations/operation-store.ts'
export { beginOperation, operationUseCases, operationWorker } from './operations/operations.ts'
export type {
  MoveMany,
  OperationDeps,
  OperationStores,
  OperationUseCases,
} from './operations/operations.ts'

// The processes that there are, and what they tell of themselves.
export { durationAt, durationBucket, durationSum } from './jobs/processes/durations.ts'
export { PROCESS_KEPT_MS, PROCESS_LEASE_MS, PROCESS_ROLES } from './jobs/processes/process.ts'
export type { KnownProcess, ProcessReport, ProcessRole, TypeLoad } from './jobs/processes/process.ts'
export { readProcesses } from './jobs/processes/process-calls.ts'
export type {
  SeenProcess,
  SystemProcesses,
  TypeDurations,
  TypeWorkers,
} from './jobs/processes/process-calls.ts'
export { ProcessReporter } from './jobs/processes/process-reporter.ts'
export type { ThisProcess } from './jobs/processes/process-reporter.ts'
export type { ProcessStore } from './jobs/processes/process-store.ts'
export type { ProcessId } from './ids.ts'
export type { SystemSetup } from './queue/queues.ts'
