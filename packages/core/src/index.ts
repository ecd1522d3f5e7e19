// Ids, JSON, errors, paging

export type {
  AssignmentUseCases,
  ClaimResult,
  Move,
  NewTask,
  SeenAssignment,
  TaskResult,
  TaskUseCases,
  TaskView,
} from './assignment/api.ts'
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
// Assignments
export { LIVE_STATUSES } from './assignment/assignment.ts'
export type { AssignmentDeps, AssignmentStores } from './assignment/deps.ts'
export type { OpenStep } from './assignment/eligibility.ts'
export { openStepOf, reasonsAgainst } from './assignment/eligibility.ts'
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
  reassignRequest,
  rejection,
  releaseRequest,
  reviewResult,
  submission,
  taskChange,
} from './assignment/input.ts'
export {
  ASSIGNMENT_MOVES,
  holdsOrSubmitted,
  isLive,
  isRevivable,
  transition,
} from './assignment/lifecycle.ts'
export type {
  Claim,
  Claimed,
  OpenShelf,
  QueueFilter as PersonalQueueFilter,
  QueueKey,
  QueueRow,
  QueueSort,
  QueueStat,
  RecordedDecision,
  Shelf,
  ShelfCount,
  TaskStore,
} from './assignment/ports.ts'
export { builtInStrategies } from './assignment/strategies/built-in.ts'
export type { Decided, Question, RankQuestion } from './assignment/strategies/decide.ts'
export { decide, replayDecision } from './assignment/strategies/decide.ts'
export type { AssignmentStrategy, StrategyChoice, StrategyInput } from './assignment/strategies/strategy.ts'
export { taskUseCases } from './assignment/tasks.ts'
export { excludedSteps, limitOf } from './assignment/terms.ts'
export { assignmentUseCases } from './assignment/use-cases.ts'
export type { ErrorCode } from './errors.ts'
export {
  AlreadyAssigned,
  Conflict,
  Forbidden,
  InvalidTransition,
  JobValidationError,
  LeaseLost,
  MusterError,
  NoEligiblePerson,
  NonRetryableError,
  NotFound,
  QueueError,
  RunStateError,
  Unauthorized,
  Unavailable,
  ValidationError,
  VersionConflict,
} from './errors.ts'
export type { Audience, Fact, FactData, FactType, NewFact } from './events/event.ts'
// Events and presence
export { fact } from './events/event.ts'
export type { Broadcast, EventStore } from './events/ports.ts'
// Jobs
export { SYSTEM_TOPIC, signalTopic } from './events/signals.ts'
export type { Answer, IdempotencyStore, IdempotencyTicket, IdempotentCall } from './idempotency.ts'
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
export { isUuid } from './ids.ts'
export { Batcher } from './jobs/batcher.ts'
export { POLL_MS } from './jobs/feeder.ts'
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
  QueueItem,
  RetryPolicy,
  RunResult,
  SettledState,
  StepProgress,
} from './jobs/job.ts'
export { jobType } from './jobs/job.ts'
export { BEAT_MS, LEASE_MS } from './jobs/lease.ts'
export type { Line } from './jobs/order.ts'
export { byTurn, inOrder, positionAt } from './jobs/order.ts'
export { readPayload } from './jobs/payload.ts'
export type {
  ActiveJob,
  Consumer,
  Delivery,
  DeliveryHandler,
  JobCounts,
  JobQueue,
  JobStore,
  Outcome,
  QueueFilter,
  QueueItemKey,
  SettleReceipt,
  StepReport,
} from './jobs/ports.ts'
export type { Failure } from './jobs/retry.ts'
export { classify, DEFAULT_RETRY, isRetryableStatus, retryDelayMs, retryPolicy } from './jobs/retry.ts'
export { DEFAULT_TIMEOUT_MS, GRACE_MS } from './jobs/runner.ts'
export type { SchedulerDeps } from './jobs/scheduler.ts'
export { Scheduler } from './jobs/scheduler.ts'
export type { WorkerDeps, WorkerOptions, WorkerWatch } from './jobs/worker.ts'
export { DEFAULT_CONCURRENCY, DEFAULT_DEADLINE_MS, Worker as JobWorker } from './jobs/worker.ts'
export type { Issue, Json } from './json.ts'
export { jsonIssues, MAX_JSON_DEPTH, pathOf, sameJson, unstorableText } from './json.ts'
// All of it together
export type { Muster, Worker, WorkOptions } from './muster.ts'
export type { NewestKey, Page, PageRequest, Slice } from './paging.ts'
export { DEFAULT_PAGE, MAX_PAGE, newestKey, page } from './paging.ts'
export { duration, json, name, parse, priority, text, uuid } from './parse.ts'
export type {
  NewProject,
  NewUser,
  PeopleUseCases,
  ProjectChange,
  ProjectUseCases,
  UserChange,
} from './people/api.ts'
// People and projects
export { DEFAULT_ASSIGNMENT_CONFIG } from './people/config.ts'
export {
  assignmentConfig,
  newProject,
  newUser,
  ownChange,
  projectChange,
  qualityChange,
  userChange,
} from './people/input.ts'
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
export { UNKNOWN_QUALITY } from './people/person.ts'
export type { Authenticator, PeopleStore, ProjectStore } from './people/ports.ts'
export type { ProjectDeps, ProjectStores } from './people/project-use-cases.ts'
export { projectUseCases } from './people/project-use-cases.ts'
export type { Quality } from './people/quality.ts'
export { observedQuality, PRIOR_SAMPLES } from './people/quality.ts'
export type { EndHolds, PeopleDeps, PeopleStores } from './people/use-cases.ts'
export { peopleUseCases } from './people/use-cases.ts'
// What core asks of the world
export type { Clock, Ids, Logger, Metrics, Random } from './ports.ts'
export type { PresenceUseCases } from './presence/api.ts'
export type { PresenceStore, Present } from './presence/ports.ts'
export type { PresenceDeps } from './presence/use-cases.ts'
export { PRESENCE_LAPSE_MS, presenceUseCases } from './presence/use-cases.ts'
export type {
  NewQueueItem,
  PersonalQueueStats,
  PersonalQueueUseCases,
  ProjectQueueUseCases,
  QueueEntry,
  QueueStatus,
  SystemQueueStatus,
  SystemQueueUseCases,
} from './queue/api.ts'
// Queues
export { newQueueItem, personalQueueQuery, queuePriority } from './queue/input.ts'
export type { PersonalQueueDeps } from './queue/personal.ts'
export { personalQueueUseCases } from './queue/personal.ts'
export type {
  DefinitionUseCases,
  NewDefinition,
  NewRunRequest,
  NewScenario,
  RunProgress,
  RunUseCases,
} from './runs/api.ts'
// Runs
export {
  DEFAULT_JOB_TYPE,
  definitionHead,
  MAX_SCENARIOS,
  newDefinition,
  newRun,
  newScenario,
} from './runs/input.ts'
export type { RunControl } from './runs/lifecycle.ts'
export { afterControl, RUN_MOVES } from './runs/lifecycle.ts'
export type { DefinitionStore, NewRun, RunJobKey, RunStore } from './runs/ports.ts'
export { freshTallies, percentComplete, progressOf, settledOf } from './runs/progress.ts'
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
export { RUN_PRIORITIES } from './runs/run.ts'
export { samplePlaces, sampleSize } from './runs/sampling.ts'
export type { Persistence, Stores } from './stores.ts'
export type { Transactions } from './transactions.ts'
export type { NewRequirement, NewStep, NewWorkflow, WorkflowUseCases } from './workflow/api.ts'
// Workflows and tasks
export { newRequirement, newStep, newWorkflow, stepId, stepType } from './workflow/input.ts'
export type { History, Submission } from './workflow/next-step.ts'
export { agree, conditionHolds, nextStep, reviewedStep } from './workflow/next-step.ts'
export type { WorkflowStore } from './workflow/ports.ts'
export type { UnmetRequirement } from './workflow/requirements.ts'
export { sufficientUntil, unmetRequirements } from './workflow/requirements.ts'
export type { Slot, SlotState, Task, TaskStatus } from './workflow/task.ts'
export type { WorkflowDeps } from './workflow/use-cases.ts'
export { workflowUseCases } from './workflow/use-cases.ts'
export type { Requirement, Step, StepCondition, StepType, Workflow } from './workflow/workflow.ts'
export { isPeopleStep } from './workflow/workflow.ts'
