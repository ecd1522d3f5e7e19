import type { Clock, Ids, Random } from '../environment.ts'
import type { EventStore } from '../events/event-store.ts'
import type { FormStore } from '../forms/form-store.ts'
import type { AskStore } from '../jobs/asks/ask-store.ts'
import type { JobType } from '../jobs/job.ts'
import type { JobSearchStore } from '../jobs/job-search.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { OperationStore } from '../operations/operation-store.ts'
import type { PeopleStore } from '../people/people-store.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { FitStore } from '../quality/fit-store.ts'
import type { QualityStore } from '../quality/quality-store.ts'
import type { Transactions } from '../transactions.ts'
import type { WorkflowStore } from '../workflow/workflow-store.ts'
import type { CalibratedTasks } from './calibrated-tasks.ts'
import type { EscalatedTasks } from './escalated-tasks.ts'
import type { ClaimStore } from './stores/claim-store.ts'
import type { DecisionStore } from './stores/decision-store.ts'
import type { InboxStore } from './stores/inbox-store.ts'
import type { OverviewStore } from './stores/overview-store.ts'
import type { TaskStore } from './stores/task-store.ts'
import type { AssignmentStrategy } from './strategies/strategy.ts'

/** The stores that the use cases of assignments and tasks read and write. */
export interface AssignmentStores {
  readonly people: PeopleStore
  readonly projects: ProjectStore
  readonly workflows: WorkflowStore
  readonly forms: FormStore
  readonly tasks: TaskStore
  readonly claims: ClaimStore
  readonly decisions: DecisionStore
  readonly inboxes: InboxStore
  readonly overviews: OverviewStore
  readonly operations: OperationStore
  readonly fits: Pick<FitStore, 'believe' | 'listWays' | 'readShown'>
  readonly jobs: JobStore
  readonly jobSearch: Pick<JobSearchStore, 'moveMany'>
  readonly asks: AskStore
  readonly escalations: EscalatedTasks
  readonly calibrations: CalibratedTasks
  readonly quality: QualityStore
  readonly events: EventStore
}

/** Dependencies of the use cases of tasks and assignments. */
export interface AssignmentDeps {
  readonly transactions: Transactions<AssignmentStores>
  readonly clock: Clock
  readonly ids: Ids
  /** Draws the orders of what is shown. */
  readonly random: Random
  /** The registered strategies, by name. */
  readonly strategies: ReadonlyMap<string, AssignmentStrategy>
  /** The registered job types, by name: what automatic steps are done by. */
  readonly jobTypes: ReadonlyMap<string, JobType>
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
}
