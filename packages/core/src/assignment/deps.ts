import type { EventStore } from '../events/ports.ts'
import type { JobType } from '../jobs/job.ts'
import type { JobStore } from '../jobs/ports.ts'
import type { PeopleStore, ProjectStore } from '../people/ports.ts'
import type { Clock, Ids } from '../ports.ts'
import type { Transactions } from '../transactions.ts'
import type { WorkflowStore } from '../workflow/ports.ts'
import type { TaskStore } from './ports.ts'
import type { AssignmentStrategy } from './strategies/strategy.ts'

/** What the use cases of assignments and tasks read and write. */
export interface AssignmentStores {
  readonly people: PeopleStore
  readonly projects: ProjectStore
  readonly workflows: WorkflowStore
  readonly tasks: TaskStore
  readonly jobs: JobStore
  readonly events: EventStore
}

/** What the use cases of tasks and assignments are made from. */
export interface AssignmentDeps {
  readonly transactions: Transactions<AssignmentStores>
  readonly clock: Clock
  readonly ids: Ids
  /** The registered strategies, by name. */
  readonly strategies: ReadonlyMap<string, AssignmentStrategy>
  /** The registered job types, by name: what automatic steps are done by. */
  readonly jobTypes: ReadonlyMap<string, JobType>
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
}
