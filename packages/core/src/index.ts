// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For hosts: errors, ids, kinds of jobs, and the records that the domain is about. The README lists the other entries.

// Errors: callers go by the class or the `code`, never by the text.
export {
  AlreadyAssignedError,
  BusyError,
  ChangedError,
  ClosedError,
  ConflictError,
  ForbiddenError,
  InvalidTransitionError,
  isMisconfiguration,
  JobValidationError,
  LeaseLostError,
  MisconfiguredError,
  MusterError,
  NoEligiblePersonError,
  NonRetryableError,
  NotFoundError,
  NotNowError,
  QueueError,
  RunStateError,
  UnauthorizedError,
  UnavailableError,
  UnstorableError,
  ValidationError,
  VersionConflictError,
  WrongSchemaError,
} from './errors.ts'
export type { ErrorCode } from './errors.ts'

// Ids, which the compiler keeps apart.
export { isUuid, userId } from './ids.ts'
export type {
  AssignmentId,
  DefinitionId,
  FormId,
  Id,
  JobId,
  OperationId,
  ProjectId,
  RunId,
  TaskId,
  UserId,
  WorkflowId,
} from './ids.ts'

// JSON, its faults, and pages of lists.
export type { Issue, Json } from './json/json.ts'
export type { Page, PageRequest } from './paging.ts'

// Kinds of jobs, their handlers, and the results of runs.
export { jobType } from './jobs/job.ts'
export type {
  JobContext,
  JobHandler,
  JobTools,
  JobType,
  PayloadOf,
  ResultOf,
  RetryPolicy,
  RunResult,
  SettledState,
} from './jobs/job.ts'

// People, and the projects that they are members of.
export type {
  AssignmentConfig,
  Principal,
  Project,
  QualityPolicy,
  Role,
  User,
  UserStatus,
} from './people/person.ts'

// Workflows, the tasks that go through them, and who holds their steps.
export type { Assignment, AssignmentStatus } from './assignment/assignment.ts'
export type { Task, TaskStatus } from './workflow/task.ts'
export type { Requirement, Step, StepCondition, StepType, Workflow } from './workflow/workflow.ts'

// Ways to choose among people; a host may bring its own.
export type { AssignmentStrategy, StrategyChoice, StrategyInput } from './assignment/strategies/strategy.ts'

// Definitions, and their runs.
export type { Definition, Run, RunConfig, RunPriority, RunStatus, Scenario } from './runs/run.ts'

// Items of a project's queue.
export type { JobError, JobState, QueueItem } from './jobs/job.ts'
