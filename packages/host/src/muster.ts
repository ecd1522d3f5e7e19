import type { JobType } from '@muster/core'
import type {
  AssignmentUseCases,
  DefinitionUseCases,
  EventUseCases,
  FormUseCases,
  PeopleUseCases,
  PresenceUseCases,
  ProjectUseCases,
  QualityUseCases,
  SystemQueueUseCases,
  TaskUseCases,
  TicketUseCases,
  WorkflowUseCases,
} from '@muster/core/calls'
import type { CalibrationUseCases, ComparisonUseCases, GateUseCases } from '@muster/core/evaluation'
import type { FeedUseCases } from '@muster/core/feed'
import type { PersonalQueueUseCases, ProjectPeopleUseCases, SettingsUseCases } from '@muster/core/inbox'
import type { LimitUseCases } from '@muster/core/limits'
import type { JobUseCases, OperationUseCases } from '@muster/core/operating'
import type { Broadcast, Clock, IdempotentCall, Ids, Logger, Metrics, Persistence } from '@muster/core/ports'
import type { FitUseCases } from '@muster/core/quality'
import type { RemoteWorkerUseCases } from '@muster/core/remote'
import type { MatrixUseCases, RateUseCases } from '@muster/core/runs'
import type { Outages } from '@muster/core/support'
import type { BudgetUseCases, UsageUseCases } from '@muster/core/usage'
import type { WebhookUseCases } from '@muster/core/webhooks'
import type { Exports } from './exports.ts'
import type { Imports } from './imports.ts'
import type { Queue } from './queue.ts'
import type { Runs } from './runs.ts'
import type { Schedules } from './schedules.ts'

/** Everything that Muster does. `createMuster` makes one, of the job types that are registered. */
export interface Muster<Types extends JobType = JobType> {
  readonly people: PeopleUseCases & ProjectPeopleUseCases & SettingsUseCases
  readonly projects: ProjectUseCases
  readonly workflows: WorkflowUseCases
  readonly forms: FormUseCases
  readonly quality: QualityUseCases & FitUseCases
  readonly tasks: TaskUseCases
  readonly assignments: AssignmentUseCases
  readonly personalQueue: PersonalQueueUseCases
  readonly definitions: DefinitionUseCases
  readonly runs: Runs<Types>
  readonly queue: Queue<Types>
  readonly schedules: Schedules<Types>
  readonly imports: Imports
  readonly exports: Exports
  readonly webhooks: WebhookUseCases
  readonly system: SystemQueueUseCases
  readonly jobs: JobUseCases
  readonly operations: OperationUseCases
  /** Jobs for workers over HTTP; transports call it. */
  readonly remoteWorkers: RemoteWorkerUseCases
  readonly presence: PresenceUseCases
  readonly feed: FeedUseCases
  readonly events: EventUseCases
  readonly rates: RateUseCases
  readonly usage: UsageUseCases
  /** Caps on what runs, projects and their days may cost. */
  readonly budgets: BudgetUseCases
  /** Limits by the keys of things that jobs use, for all processes together. */
  readonly limits: LimitUseCases
  readonly matrices: MatrixUseCases
  readonly comparisons: ComparisonUseCases
  readonly gates: GateUseCases
  readonly calibrations: CalibrationUseCases
  readonly tickets: TicketUseCases
  /**
   * Does `work` as part of a call with an idempotency key: what it commits notes in the same transaction that the call is done, so that a repeat
   * finds it even if the answer is lost. For transports.
   */
  within<T>(call: IdempotentCall, work: () => T): T
  /** For transports that keep something of their own (idempotency) and for hosts that read the feed. */
  readonly persistence: Persistence
  readonly broadcast: Broadcast
  readonly clock: Clock
  readonly ids: Ids
  readonly logger: Logger
  /** The backends that are away, as all parts of this process report them. */
  readonly outages: Outages
  readonly metrics: Metrics
  /** Of Muster, such as `1.4.0`. */
  readonly version: string
  /** Be a worker: does jobs until closed. Without `types`, all that have a handler. Schedules too, unless told `{ schedule: false }`. */
  work(options?: WorkOptions<Types['name']>): Promise<Worker>
  /** Be a scheduler alone: expires leases, ends cooldowns, wakes retries, reaps dead workers, prunes. Any number may run. */
  schedule(): Promise<{ close(): Promise<void> }>
  /** Tells those who operate that this process answers calls, until closed. It opens nothing: transports say so of themselves. */
  serve(): { close(): Promise<void> }
  /**
   * Stops workers and schedulers started here, handing back what is unfinished, and closes what adapters opened. Nothing is lost. Can be called
   * twice. From then on every call throws {@link ClosedError}; handlers that still run here may call until their worker has closed.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** The work of a worker; default: jobs of every registered type that has a handler. */
export interface WorkOptions<Name extends string = string> {
  readonly types?: readonly Name[]
  /** Jobs at once in this worker, for types that say nothing of their own. Default 50. */
  readonly concurrency?: number
  /** How long this worker may be silent before its jobs begin elsewhere, 2 to 3600. Default 6; a job type that asks for more gets it. */
  readonly leaseSeconds?: number
  /** `false`: this process does not schedule as well. Say so where others do: three schedulers are enough for any number of workers. */
  readonly schedule?: boolean
}

/** A worker at work, until it is closed. */
export interface Worker {
  /**
   * Takes no more, waits for running handlers up to the deadline (default 25 s), aborts and hands back the rest, which takes at most a
   * fifth of the deadline more (100 ms at least), whatever handlers and store do.
   */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}
