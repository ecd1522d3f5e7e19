// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// For those who compose: what the use cases are made by. Hosts that just want Muster call `createMuster` of @muster/host.

// People and their work
export { peopleUseCases } from './people/people-use-cases.ts'
export { projectUseCases } from './people/project-use-cases.ts'
export { ticketUseCases } from './people/tickets.ts'
export { workflowUseCases } from './workflow/workflow-use-cases.ts'
export { settleTask } from './assignment/task/due.ts'
export { endHoldsWith } from './assignment/holds.ts'
export { taskUseCases } from './assignment/tasks.ts'
export { termsOf } from './assignment/claim/terms.ts'
export { assignmentUseCases } from './assignment/assignment-use-cases.ts'

// Jobs and runs
export { assertJobTypes } from './jobs/job-types.ts'
export { Scheduler } from './jobs/scheduler.ts'
export { traceEnqueued } from './jobs/tracing.ts'
export type { CloseOptions } from './jobs/worker/worker.ts'
export { assertCloseOptions, closingMs, Worker } from './jobs/worker/worker.ts'
export { definitionUseCases } from './runs/definition-use-cases.ts'
export { projectRunResults } from './runs/run-results.ts'
export { runUseCases } from './runs/run-use-cases.ts'

// Queues
export { Lookout } from './queue/lookout.ts'
export { personalQueueUseCases } from './queue/personal.ts'
export { projectQueueUseCases } from './queue/project.ts'
export { systemQueueUseCases } from './queue/system.ts'

// What is followed live
export { mayKnow } from './feed/channel.ts'
export { Feed } from './feed/feed.ts'
export { FEED_POLL_MS } from './feed/polling.ts'
export { eventUseCases } from './feed/kept-events.ts'
export { tellingFacts } from './feed/committed-facts.ts'
export { JobSignals } from './feed/job-signals.ts'
export { hint, hintFacts } from './feed/hints.ts'
export { runEnd } from './feed/run-end.ts'
export { presenceUseCases } from './presence/presence-use-cases.ts'

// Time, and what a log may hold
export { loggingPlainErrors } from './logging/plain-error.ts'
export { atMost, elapsedMs, StoreClock } from './time.ts'
