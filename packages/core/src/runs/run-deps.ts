import type { Clock, Ids } from '../environment.ts'
import { NotFoundError } from '../errors.ts'
import type { EventStore } from '../events/event-store.ts'
import type { FormStore } from '../forms/form-store.ts'
import type { ProjectId } from '../ids.ts'
import type { FlowStore } from '../jobs/flow-store.ts'
import type { JobType } from '../jobs/job.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { LimitStore } from '../limits/limit-store.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { RateStore } from '../rates/rate-store.ts'
import type { Transactions } from '../transactions.ts'
import type { BudgetStore } from '../usage/budget-store.ts'
import type { UsageStore } from '../usage/usage-store.ts'
import type { WorkflowStore } from '../workflow/workflow-store.ts'
import type { DefinitionStore } from './definition-store.ts'
import type { EscalationStore } from './escalation/escalation-store.ts'
import type { RunLinkStore } from './links/link-store.ts'
import type { RunStore } from './run-store.ts'

/** The stores that runs are kept in. */
export interface RunStores {
  readonly definitions: DefinitionStore
  readonly runs: RunStore
  readonly runLinks: RunLinkStore
  readonly rates: RateStore
  readonly jobs: JobStore
  readonly flows: FlowStore
  readonly escalations: EscalationStore
  readonly workflows: WorkflowStore
  readonly forms: FormStore
  readonly projects: ProjectStore
  readonly events: EventStore
  readonly usage: UsageStore
  readonly budgets: BudgetStore
  readonly limits: LimitStore
}

/** Dependencies of the use cases of definitions and runs. */
export interface RunDeps {
  readonly transactions: Transactions<RunStores>
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly clock: Clock
  readonly ids: Ids
  /** Called after a commit that may have made jobs ready. */
  readonly nudge: () => void
  /** Called after a commit that may have made scenarios ready to be decided. */
  readonly nudgeDeciding: () => void
}

/** @throws NotFoundError if there is no such project */
export async function demandProject(projects: ProjectStore, projectId: ProjectId): Promise<void> {
  if (!(await projects.find(projectId))) throw new NotFoundError('project', projectId)
}
