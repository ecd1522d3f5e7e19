// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// For those who compose: the makers of use cases, and what they stand on. Other hosts call `createMuster` of @muster/host.

// People and their work.
export { endHoldsWith } from './assignment/holds.ts'
export type { AssignmentDeps, AssignmentStores } from './assignment/assignment-deps.ts'
export { assignmentUseCases } from './assignment/assignment-use-cases.ts'
export { settleSubmissions, settleTask } from './assignment/task/settled-task.ts'
export { moveTasksWith } from './assignment/task-bulk.ts'
export { taskUseCases } from './assignment/tasks.ts'
export { termsOf } from './assignment/claim/terms.ts'
export { settingsUseCases } from './people/settings.ts'
export { peopleUseCases } from './people/people-use-cases.ts'
export type { EndHolds, PeopleDeps, PeopleStores, SettleSubmissions } from './people/people-use-cases.ts'
export { projectUseCases } from './people/project-use-cases.ts'
export type { ProjectDeps, ProjectStores } from './people/project-use-cases.ts'
export { ticketUseCases } from './people/tickets.ts'
export { formUseCases } from './forms/form-use-cases.ts'
export { durableTakes } from './durable-takes.ts'
export { remembering } from './remembering.ts'
export type { FormDeps, FormStores } from './forms/form-use-cases.ts'
export { workflowUseCases } from './workflow/workflow-use-cases.ts'
export type { WorkflowDeps } from './workflow/workflow-use-cases.ts'

// The quality of work.
export { qualityUseCases } from './assignment/quality-use-cases.ts'

// Jobs and runs, and the loops that serve them.
export { assertJobTypes } from './jobs/job-types.ts'
export { Scheduler } from './jobs/scheduler.ts'
export type { SchedulerDeps } from './jobs/scheduler.ts'
export { POLL_MS } from './jobs/supply/feeder.ts'
export { traceEnqueued } from './jobs/tracing.ts'
export { DEFAULT_TIMEOUT_MS, GRACE_MS } from './jobs/worker/runner.ts'
export {
  assertCloseOptions,
  closingMs,
  DEFAULT_CONCURRENCY,
  DEFAULT_DEADLINE_MS,
  Worker,
} from './jobs/worker/worker.ts'
export type { CloseOptions, WorkerDeps, WorkerOptions, WorkerWatch } from './jobs/worker/worker.ts'
export { definitionUseCases } from './runs/definition-use-cases.ts'
export { projectRunResults } from './runs/run-results.ts'
export { runUseCases } from './runs/run-use-cases.ts'

// Queues.
export { Lookout } from './queue/lookout.ts'
export { personalQueueUseCases } from './queue/personal.ts'
export type { PersonalQueueDeps } from './queue/personal.ts'
export { projectPeopleUseCases } from './queue/project-people.ts'
export { projectQueueUseCases } from './queue/project.ts'
export { systemQueueUseCases } from './queue/system.ts'

// The feed, and presence.
export { mayKnow } from './feed/channel.ts'
export { AgreementSignals, tellingCounts } from './feed/agreement-signals.ts'
export { CalibrationSignals, tellingLabels } from './feed/calibration-signals.ts'
export { OpenedSignals, tellingOpened } from './feed/opened-signals.ts'
export { tellingChanges } from './feed/committed-changes.ts'
export { tellingFacts } from './feed/committed-facts.ts'
export { Feed } from './feed/feed.ts'
export type { FeedDeps } from './feed/feed.ts'
export { hint, hintFacts } from './feed/hints.ts'
export { JobSignals } from './feed/job-signals.ts'
export { eventUseCases } from './feed/kept-events.ts'
export { FEED_POLL_MS } from './feed/polling.ts'
export { runEnd } from './feed/run-end.ts'
export {
  PRESENCE_GRACE_MS,
  PRESENCE_LAPSE_MS,
  presenceUseCases,
} from './presence/presence-use-cases.ts'
export type { PresenceDeps } from './presence/presence-use-cases.ts'

// Time, and logs.
export { loggingPlainErrors } from './logging/plain-error.ts'
export { atMost, elapsedMs, StoreClock } from './time.ts'
