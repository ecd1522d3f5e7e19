import type { ClaimStore } from './assignment/stores/claim-store.ts'
import type { DecisionStore } from './assignment/stores/decision-store.ts'
import type { InboxStore } from './assignment/stores/inbox-store.ts'
import type { OverviewStore } from './assignment/stores/overview-store.ts'
import type { TaskStore } from './assignment/stores/task-store.ts'
import type { DatabaseDescription } from './environment.ts'
import type { CalibrationStore } from './evaluation/calibration-store.ts'
import type { ComparisonStore } from './evaluation/comparison-store.ts'
import type { EventStore } from './events/event-store.ts'
import type { ExportStore } from './exchange/exports/export-store.ts'
import type { ImportStore } from './exchange/import-store.ts'
import type { FormStore } from './forms/form-store.ts'
import type { IdempotencyStore } from './idempotency.ts'
import type { ArrivalStore } from './jobs/arrival-store.ts'
import type { AskStore } from './jobs/asks/ask-store.ts'
import type { FlowStore } from './jobs/flow-store.ts'
import type { JobSearchStore } from './jobs/job-search.ts'
import type { JobStore } from './jobs/job-store.ts'
import type { Joining } from './jobs/joining.ts'
import type { ProcessStore } from './jobs/processes/process-store.ts'
import type { RemoteWorkerStore } from './jobs/remote/remote-worker-store.ts'
import type { UniqueStore } from './jobs/unique-store.ts'
import type { WorkerStore } from './jobs/worker-store.ts'
import type { LimitStore } from './limits/limit-store.ts'
import type { OperationStore } from './operations/operation-store.ts'
import type { PeopleStore } from './people/people-store.ts'
import type { ProjectStore } from './people/project-store.ts'
import type { SettingsStore } from './people/settings-store.ts'
import type { FitStore } from './quality/fit-store.ts'
import type { QualityStore } from './quality/quality-store.ts'
import type { RateStore } from './rates/rate-store.ts'
import type { DefinitionStore } from './runs/definition-store.ts'
import type { EscalationStore } from './runs/escalation/escalation-store.ts'
import type { RunLinkStore } from './runs/links/link-store.ts'
import type { MatrixStore } from './runs/matrix/matrix-store.ts'
import type { RunStore } from './runs/run-store.ts'
import type { ScheduleStore } from './schedules/schedule-store.ts'
import type { Transactions } from './transactions.ts'
import type { BudgetStore } from './usage/budget-store.ts'
import type { UsageStore } from './usage/usage-store.ts'
import type { WebhookStore } from './webhooks/webhook-store.ts'
import type { WorkflowStore } from './workflow/workflow-store.ts'

/** Every store, bound to one transaction. */
export interface Stores {
  readonly people: PeopleStore
  readonly projects: ProjectStore
  readonly settings: SettingsStore
  readonly workflows: WorkflowStore
  readonly forms: FormStore
  readonly tasks: TaskStore
  readonly claims: ClaimStore
  readonly decisions: DecisionStore
  readonly inboxes: InboxStore
  readonly overviews: OverviewStore
  readonly fits: FitStore
  readonly definitions: DefinitionStore
  readonly runs: RunStore
  readonly runLinks: RunLinkStore
  readonly jobs: JobStore
  readonly jobSearch: JobSearchStore
  readonly uniques: UniqueStore
  readonly arrivals: ArrivalStore
  readonly flows: FlowStore
  readonly asks: AskStore
  readonly workers: WorkerStore
  readonly remoteWorkers: RemoteWorkerStore
  readonly limits: LimitStore
  readonly processes: ProcessStore
  readonly escalations: EscalationStore
  readonly quality: QualityStore
  readonly operations: OperationStore
  readonly rates: RateStore
  readonly usage: UsageStore
  readonly budgets: BudgetStore
  readonly matrices: MatrixStore
  readonly comparisons: ComparisonStore
  readonly schedules: ScheduleStore
  readonly calibrations: CalibrationStore
  readonly webhooks: WebhookStore
  readonly imports: ImportStore
  readonly exports: ExportStore
  readonly events: EventStore
  readonly idempotency: IdempotencyStore
}

/** A persistence adapter: all stores, together in transactions, and a way to leave. */
export interface Persistence extends Transactions<Stores> {
  /** Reads as of one moment: nothing that others commit meanwhile is seen. `work` must not write. */
  snapshot<T>(work: (stores: Stores) => Promise<T>): Promise<T>
  /** Finds the schema current, and that the backend would take a write now; asked each second. @throws UnavailableError */
  check(): Promise<void>
  /** The database that it stands on, for those who operate. @throws UnavailableError */
  readonly describe?: () => Promise<DatabaseDescription>
  /** The backend's time, if it has a clock of its own that other processes see too. @throws UnavailableError */
  readonly time?: () => Promise<Date>
  /** Adds jobs in transactions of the host; absent if the backend has none that a host could open. */
  readonly joining?: Joining
  /** Lets go of what the adapter opened itself. Can be called twice. */
  close(): Promise<void>
}
