// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// For adapters: core asks the world through these ports. A contract suite of `@muster/testing/suites` holds each.
// Types alone.

// The process that Muster runs in.
export type { Clock, DatabaseDescription, Ids, Logger, Metrics, Random } from './environment.ts'

// Persistence: every store, bound to a transaction, and the slices that are read from them.
export type { NewestKey, Slice } from './paging.ts'
export type { Persistence, Stores } from './stores.ts'
export type { Transactions } from './transactions.ts'

// People and projects.
export type { AccessChange, PeopleStore } from './people/people-store.ts'
export type { Member, QualityScore } from './people/person.ts'
export type { ProjectStore } from './people/project-store.ts'

// Workflows, tasks, assignments, and claims of them.
export type { Person, TaskWork } from './assignment/assignment.ts'
export type {
  Claim,
  Claimed,
  ClaimRequest,
  ClaimStore,
  ClaimSurvey,
  OpenShelf,
  Shelf,
  ShelfCount,
} from './assignment/stores/claim-store.ts'
export type { DecisionStore, RecordedBatch, RecordedDecision } from './assignment/stores/decision-store.ts'
export type { TaskFilter, TaskStore, WorkChange } from './assignment/stores/task-store.ts'
export type { KeptMove, TaskMove } from './assignment/task-move.ts'
export type { Slot, SlotState } from './workflow/task.ts'
export type { FormStore } from './forms/form-store.ts'
export type { WorkflowStore } from './workflow/workflow-store.ts'

// Definitions and runs.
export type { DefinitionStore, StagedScenarios } from './runs/definition-store.ts'
export type { NewRun, NewRunOutcome, RunJobKey, RunStore, RunsWhere } from './runs/run-store.ts'
export type { RunTallies, Tally } from './runs/run.ts'

// Jobs, and the outcomes of work on them.
export type { WorkerId } from './ids.ts'
export type { JobStore, QueueFilter, QueueItemKey } from './jobs/job-store.ts'
export type {
  ActiveJob,
  Attendance,
  Delivery,
  Outcome,
  SettleReceipt,
  StepReport,
  Taken,
  WorkerStore,
} from './jobs/worker-store.ts'
export type { JobWithResult, NewJob, StepProgress } from './jobs/job.ts'

// Brokers, which move ids and may forget them.
export type { Broadcast } from './events/broadcast.ts'
export type { Consumer, DeliveryHandler, JobQueue } from './jobs/job-queue.ts'

// Facts, calls that are made once, presence, callers and traces.
export type { EventStore } from './events/event-store.ts'
export type {
  Answer,
  CurrentCall,
  IdempotencyStore,
  IdempotencyTicket,
  IdempotentCall,
} from './idempotency.ts'
export type { AttemptTrace, Enqueued, Tracing } from './jobs/tracing.ts'
export type { Authenticator, ExternalIdentity, Identity } from './people/authenticator.ts'
export type { PresenceStore } from './presence/presence-store.ts'
