// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Ids, JSON, errors, pages: what everything stands on.
export {
  AlreadyAssigned,
  BusyError,
  ClosedError,
  Conflict,
  isMisconfiguration,
  Forbidden,
  InvalidTransition,
  JobValidationError,
  LeaseLost,
  MisconfiguredError,
  MusterError,
  NoEligiblePerson,
  NonRetryableError,
  NotNowError,
  NotFound,
  publicMessage,
  QueueError,
  RunStateError,
  Unauthorized,
  Unavailable,
  UnstorableError,
  ValidationError,
  VersionConflict,
  WrongSchemaError,
} from './errors.ts'
export type { ErrorCode } from './errors.ts'
export { basePath } from './input/base-path.ts'
export { nearestName } from './input/near-name.ts'
export { assertOptions, option } from './input/options.ts'
export type { OptionRule, OptionRules } from './input/options.ts'
export { originsOf, trustedPages } from './input/origins.ts'
export { sessionHolder } from './people/session-holder.ts'
export { isUuid, userId } from './ids.ts'
export type {
  AssignmentId,
  DefinitionId,
  EventId,
  Id,
  JobId,
  ProjectId,
  RunId,
  TaskId,
  UserId,
  WorkerId,
  WorkflowId,
} from './ids.ts'
export { lostNumber, parseJson, survives } from './json/json-text.ts'
export { jsonIssues, MAX_JSON_DEPTH, pathOf, sameJson, unstorableText } from './json/json.ts'
export type { Issue, Json } from './json/json.ts'
export { DEFAULT_PAGE, MAX_PAGE, newestKey, page } from './paging.ts'
export type { NewestKey, Page, PageRequest, Slice } from './paging.ts'
export {
  duration,
  json,
  LONGEST_NAME,
  lengthOf,
  name,
  pageCursor,
  pageLimit,
  parse,
  priority,
  LONGEST_STEP_ID,
  severalOf,
  stepId,
  text,
  uuid,
} from './input/parse.ts'
export type { TextForm } from './input/parse.ts'

// What core asks of the world.
export { DONE_UNANSWERED } from './idempotency.ts'
export type {
  Answer,
  CurrentCall,
  IdempotencyStore,
  IdempotencyTicket,
  IdempotentCall,
} from './idempotency.ts'
export type { Clock, Ids, Logger, Metrics, Random } from './environment.ts'
export type { Persistence, Stores } from './stores.ts'
export type { Transactions } from './transactions.ts'

// People, projects, memberships, quality.
export type {
  ByExternalId,
  NewProject,
  NewUser,
  PeopleUseCases,
  ProjectChange,
  ProjectUseCases,
  UpsertedProject,
  UpsertedUser,
  UserChange,
} from './people/people.ts'
export { DEFAULT_ASSIGNMENT_CONFIG } from './people/config.ts'
export {
  assignmentConfig,
  externalId,
  newProject,
  newUser,
  ownChange,
  projectChange,
  qualityChange,
  userChange,
} from './people/people-input.ts'
export { UNKNOWN_QUALITY } from './people/person.ts'
export type {
  AssignmentConfig,
  Member,
  Principal,
  Project,
  QualityScore,
  Role,
  User,
  UserStatus,
} from './people/person.ts'
export type { AccessChange, PeopleStore } from './people/people-store.ts'
export type { Authenticator, ExternalIdentity, Identity } from './people/authenticator.ts'
export type { ProjectStore } from './people/project-store.ts'
export { projectUseCases } from './people/project-use-cases.ts'
export type { ProjectDeps, ProjectStores } from './people/project-use-cases.ts'
export { observedQuality, PRIOR_SAMPLES } from './people/quality.ts'
export type { Quality } from './people/quality.ts'
export type { TicketHolder, TicketUseCases } from './people/tickets.ts'
export { peopleUseCases } from './people/people-use-cases.ts'
export type { EndHolds, PeopleDeps, PeopleStores } from './people/people-use-cases.ts'

// Workflows, their steps, and tasks.
export type { NewRequirement, NewStep, NewWorkflow, WorkflowUseCases } from './workflow/workflows.ts'
export { newRequirement, newStep, newWorkflow, stepType } from './workflow/workflow-input.ts'
export { TASK_MOVES } from './workflow/task-lifecycle.ts'
export { agree, conditionHolds, nextStep, reviewedStep } from './workflow/next-step.ts'
export type { History, Submission } from './workflow/next-step.ts'
export type { WorkflowStore } from './workflow/workflow-store.ts'
export { sufficientUntil, unmetRequirements } from './workflow/requirements.ts'
export type { UnmetRequirement } from './workflow/requirements.ts'
export type { Slot, SlotState, Task, TaskStatus } from './workflow/task.ts'
export { workflowUseCases } from './workflow/workflow-use-cases.ts'
export type { WorkflowDeps } from './workflow/workflow-use-cases.ts'
export { isPeopleStep } from './workflow/workflow.ts'
export type { Requirement, Step, StepCondition, StepType, Workflow } from './workflow/workflow.ts'

// Who may do what, who does it, and what becomes of it.
export type {
  AssignmentUseCases,
  ClaimResult,
  ExistingTask,
  MissingAdded,
  Move,
  Moved,
  Mover,
  NewTask,
  SeenAssignment,
  TaskResult,
  TaskUseCases,
  TaskView,
} from './assignment/assignments.ts'
export { LIVE_STATUSES } from './assignment/assignment.ts'
export type {
  Assignment,
  AssignmentStatus,
  Candidate,
  Decision,
  IneligibleReason,
  Person,
  ReasonCode,
  RejectCode,
  TaskWork,
} from './assignment/assignment.ts'
export type { AssignmentDeps, AssignmentStores } from './assignment/assignment-deps.ts'
export { openStepOf, reasonsAgainst } from './assignment/eligibility.ts'
export type { OpenStep } from './assignment/eligibility.ts'
export { endHoldsWith } from './assignment/holds.ts'
export {
  assignRequest,
  batchRequest,
  claimRequest,
  DEFAULT_BATCH,
  MAX_BATCH,
  MAX_NEW_TASKS,
  moveRequest,
  newTask,
  newTasks,
  newTasksRequest,
  reassignRequest,
  rejection,
  releaseRequest,
  reviewResult,
  submission,
  taskChange,
} from './assignment/assignment-input.ts'
export {
  ASSIGNMENT_MOVES,
  holdsOrSubmitted,
  isLive,
  isRevivable,
  transition,
} from './assignment/assignment-lifecycle.ts'
export type {
  BatchChoice,
  Claim,
  Claimant,
  Claimed,
  ClaimRequest,
  ClaimSurvey,
  OpenShelf,
  QueueFilter as PersonalQueueFilter,
  QueueKey,
  QueueRow,
  QueueSort,
  QueueStat,
  RecordedBatch,
  RecordedDecision,
  Shelf,
  ShelfCount,
  TaskStore,
  WorkChange,
} from './assignment/task-store.ts'
export { builtInStrategies } from './assignment/strategies/built-in.ts'
export { explainBatch, replayBatch } from './assignment/push/batch-plan.ts'
export { decide, replayDecision } from './assignment/strategies/decide.ts'
export type { Decided, Question, RankQuestion } from './assignment/strategies/decide.ts'
export type { AssignmentStrategy, StrategyChoice, StrategyInput } from './assignment/strategies/strategy.ts'
export { taskUseCases } from './assignment/tasks.ts'
export { excludedSteps, limitOf } from './assignment/claim/terms.ts'
export { assignmentUseCases } from './assignment/assignment-use-cases.ts'

// What is away, and errors that any logger may write.
export { backendOf, Outages } from './logging/outages.ts'
export { plainError, withoutSecrets } from './logging/plain-error.ts'
export type { PlainErrorOptions } from './logging/plain-error.ts'

// Kinds of jobs, the work on them, and the order of it.
export { Batcher } from './batcher.ts'
export { POLL_MS } from './jobs/supply/feeder.ts'
export { jobType } from './jobs/job.ts'
export type {
  Job,
  JobContext,
  JobError,
  JobHandler,
  JobState,
  JobTools,
  JobType,
  JobWithResult,
  NewJob,
  PayloadOf,
  QueueItem,
  ResultOf,
  RetryPolicy,
  RunResult,
  SettledState,
  StepProgress,
} from './jobs/job.ts'
export type { Kept } from './jobs/kept.ts'
export { BEAT_MS, LEASE_MS } from './jobs/worker/lease.ts'
export { JOB_MOVES } from './jobs/job-lifecycle.ts'
export { CATCH_UP_MS, MOST_DEATHS, WORKER_LOST } from './jobs/limits.ts'
export { afterDeath, afterOutcome } from './jobs/settling.ts'
export type { Reached } from './jobs/settling.ts'
export { byTurn, inOrder, positionAt } from './jobs/order.ts'
export type { Line } from './jobs/order.ts'
export { readPayload } from './jobs/payload.ts'
export type {
  ActiveJob,
  Attendance,
  Delivery,
  JobCounts,
  JobStore,
  Outcome,
  QueueFilter,
  QueueItemKey,
  SettleReceipt,
  StepReport,
} from './jobs/job-store.ts'
export type { Consumer, DeliveryHandler, JobQueue } from './jobs/job-queue.ts'
export { isRetryableStatus } from './jobs/retry/answer.ts'
export { classify, DEFAULT_RETRY, judged, retryDelayMs, retryPolicy } from './jobs/retry/retry.ts'
export type { Failure } from './jobs/retry/retry.ts'
export { DEFAULT_TIMEOUT_MS, GRACE_MS } from './jobs/worker/runner.ts'
export { Scheduler } from './jobs/scheduler.ts'
export type { SchedulerDeps } from './jobs/scheduler.ts'
export type { AttemptTrace, Enqueued, Tracing } from './jobs/tracing.ts'
export { DEFAULT_CONCURRENCY, DEFAULT_DEADLINE_MS, Worker as JobWorker } from './jobs/worker/worker.ts'
export type { WorkerDeps, WorkerOptions, WorkerWatch } from './jobs/worker/worker.ts'

// Definitions and runs.
export type {
  DefinitionUseCases,
  NewDefinition,
  NewOwnRun,
  NewRunRequest,
  NewScenario,
  RunOptions,
  RunProgress,
  RunSettings,
  RunUseCases,
} from './runs/runs.ts'
export {
  DEFAULT_JOB_TYPE,
  definitionHead,
  MAX_SCENARIOS,
  newDefinition,
  newRun,
  newScenario,
} from './runs/run-input.ts'
export { afterControl, RUN_CONTROLS, RUN_MOVES } from './runs/run-lifecycle.ts'
export type { ControlEffect, RunControl } from './runs/run-lifecycle.ts'
export type { DefinitionStore, StagedScenarios } from './runs/definition-store.ts'
export type { NewRun, RunJobKey, RunStore, RunsWhere } from './runs/run-store.ts'
export { freshPace, paceAfter, RATE_STRETCH_MS } from './runs/pace.ts'
export type { Pace } from './runs/pace.ts'
export { freshTallies, isOver, percentComplete, progressOf, settledOf } from './runs/run-progress.ts'
export { RUN_PRIORITIES } from './runs/run.ts'
export type {
  Definition,
  Run,
  RunConfig,
  RunPriority,
  RunStatus,
  RunTallies,
  Scenario,
  Tally,
} from './runs/run.ts'
export { samplePlaces, sampleSize } from './runs/sampling.ts'

// A person's queue, a project's, and all of them.
export type {
  NewQueueItem,
  PersonalQueueStats,
  PersonalQueueUseCases,
  ProjectQueueUseCases,
  QueueEntry,
  QueueStatus,
  SystemQueueStatus,
  Unattended,
  SystemQueueUseCases,
} from './queue/queues.ts'
export { newQueueItem, personalQueueQuery, queuePriority } from './queue/queue-input.ts'
export { personalQueueUseCases } from './queue/personal.ts'
export type { PersonalQueueDeps } from './queue/personal.ts'

// What values there are of each kind, for schemas.
export { ASSIGNMENT_STATUSES } from './assignment/assignment.ts'
export { JOB_STATES } from './jobs/job.ts'
export { ROLES, USER_STATUSES } from './people/person.ts'
export { RUN_PRIORITY_NAMES, RUN_STATUSES } from './runs/run.ts'
export { TASK_STATUSES } from './workflow/task.ts'
export { STEP_CONDITIONS, STEP_TYPES } from './workflow/workflow.ts'

// Facts and signals; who has a project open.
export { fact } from './events/event.ts'
export { FACT_TYPES } from './events/event.ts'
export type { Audience, Fact, FactData, FactType, NewFact } from './events/event.ts'
export type { Broadcast } from './events/broadcast.ts'
export type { EventStore } from './events/event-store.ts'
export { decodeCursor, encodeCursor } from './events/cursor.ts'
export type { Position } from './events/cursor.ts'
export { hintTopic, SIGNAL_TYPES, signalTopic, SYSTEM_TOPIC } from './events/signals.ts'
export type { Hint, Signal, SignalType } from './events/signals.ts'
export type { PresenceUseCases } from './presence/presence.ts'
export type { PresenceStore, Present } from './presence/presence-store.ts'
export {
  PRESENCE_GRACE_MS,
  PRESENCE_KEPT_MS,
  PRESENCE_LAPSE_MS,
  PRESENCE_MOST_SEEN,
  presenceUseCases,
} from './presence/presence-use-cases.ts'
export type { PresenceDeps } from './presence/presence-use-cases.ts'

// Following all of it.
export type {
  EndCode,
  FactEvent,
  FeedEvent,
  FeedItem,
  FeedUseCases,
  Opening,
  QueueUpdate,
  ReloadReason,
  SignalEvent,
  Snapshot,
  SubscribeRequest,
  Subscription,
  ToldPlace,
} from './feed/feed-items.ts'
export { CHANNEL_AUTHORITY, parseChannel } from './feed/channel.ts'
export type { EventUseCases, KeptEventsRequest } from './feed/kept-events.ts'
export type { Channel } from './feed/channel.ts'
export { queueUpdateView, snapshotView } from './feed/feed-view.ts'
export { queueItemView } from './queue/queue-view.ts'
export { runView } from './runs/run-view.ts'
export type { FinishedRun, WaitOptions } from './feed/run-end.ts'
export { Feed } from './feed/feed.ts'
export type { FeedDeps } from './feed/feed.ts'
