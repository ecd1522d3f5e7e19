// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// For callers of Muster: the inputs and results of each use case. Types alone.

// People and projects.
export type {
  ByExternalId,
  ChangedProject,
  NewProject,
  NewQualityPolicy,
  NewUser,
  PeopleUseCases,
  ProjectChange,
  ProjectUseCases,
  UpsertedProject,
  UpsertedUser,
  UserChange,
  WrongPause,
} from './people/people.ts'
export type { TicketHolder, TicketUseCases } from './people/tickets.ts'

// Forms, and workflows.
export type { FormCheck, FormUseCases } from './forms/forms.ts'
export type {
  NewOverlap,
  NewRequirement,
  NewStep,
  NewWorkflow,
  WorkflowUseCases,
} from './workflow/workflows.ts'

// Tasks, and people's moves.
export type {
  Asked,
  AssignmentUseCases,
  ExistingTask,
  ExplainedCandidate,
  ExplainedDecision,
  ListedTask,
  MainReason,
  MissingAdded,
  Move,
  Moved,
  Mover,
  NewTask,
  PositionOf,
  PositionRequest,
  SeenAssignment,
  SeenMove,
  SeenTask,
  StepOverlap,
  StepState,
  TaskBulk,
  TaskChange,
  TaskCounts,
  TaskDecision,
  TaskQuery,
  TaskResult,
  TasksOf,
  TaskUseCases,
  TaskView,
} from './assignment/assignments.ts'

// The quality of work; what it is told in comes from `@muster/core/quality`.
export type { QualityUseCases } from './quality/quality.ts'

// Why somebody was chosen, or was not.
export type {
  Candidate,
  Decision,
  IneligibleReason,
  ReasonCode,
  RejectCode,
} from './assignment/assignment.ts'

// Definitions and runs.
export type { FinishedRun, WaitOptions } from './feed/run-end.ts'
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

// A person's queue, a project's, and all of them.
export type { JobCounts } from './jobs/job-store.ts'
export type {
  AddedItem,
  AddedItems,
  AddMode,
  NewQueueItem,
  ProjectQueueUseCases,
  QueueStatus,
  SystemQueueStatus,
  SystemQueueUseCases,
  Unattended,
} from './queue/queues.ts'

// Facts that are kept; who has a project open.
export type { EventUseCases, KeptEventsRequest } from './feed/kept-events.ts'
export type { PresenceUseCases } from './presence/presence.ts'
export type { Present } from './presence/presence-store.ts'
