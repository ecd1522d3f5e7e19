// What every adapter must pass, by subject: run by vitest and fast-check.

// Evaluation
export { calibrationStoreContract } from './evaluation/calibration-store-contract.ts'
export { comparisonStoreContract } from './evaluation/comparison-store-contract.ts'
// Files that are brought
export { blobsContract } from './exchange/blobs-contract.ts'
export { exportStoreContract } from './exchange/export-store-contract.ts'
export { importStoreContract } from './exchange/import-store-contract.ts'
// The feed, and what it stands on
export type { OpenBroadcast } from './feed/broadcast-contract.ts'
export { broadcastContract } from './feed/broadcast-contract.ts'
export { eventStoreContract } from './feed/event-store-contract.ts'
export { feedContract } from './feed/feed-contract.ts'
export { feedCrowd } from './feed/feed-crowd.ts'
export type { HistoryOptions } from './feed/feed-history.ts'
export { feedHistory } from './feed/feed-history.ts'
export { about, cleared, FeedWorld } from './feed/feed-world.ts'
export type { OpenPresence } from './feed/presence-store-contract.ts'
export { presenceStoreContract } from './feed/presence-store-contract.ts'
// Jobs and runs
export { askStoreContract, playBroken } from './jobs/ask-store-contract.ts'
export { budgetStoreContract } from './jobs/budget-store-contract.ts'
export { flowStoreContract } from './jobs/flow-store-contract.ts'
export type { OpenJobQueue } from './jobs/job-queue-contract.ts'
export { jobQueueContract } from './jobs/job-queue-contract.ts'
export { jobStoreContract } from './jobs/job-store-contract.ts'
export { inWorld } from './jobs/job-world.ts'
export { processStoreContract } from './jobs/process-store-contract.ts'
export { remoteWorkerContract } from './jobs/remote-worker-contract.ts'
export { usageStoreContract } from './jobs/usage-store-contract.ts'
// People and projects
export type { OpenAuthenticator } from './people/authenticator-contract.ts'
export { authenticatorContract } from './people/authenticator-contract.ts'
export { peopleStoreContract } from './people/people-store-contract.ts'
export { projectStoreContract } from './people/project-store-contract.ts'
export { settingsStoreContract } from './people/settings-store-contract.ts'
// The quality of work
export { qualityStoreContract } from './quality/quality-store-contract.ts'
export { definitionStoreContract } from './runs/definition-store-contract.ts'
export { escalationStoreContract } from './runs/escalation-store-contract.ts'
export { matrixStoreContract } from './runs/matrix-store-contract.ts'
export { rateStoreContract } from './runs/rate-store-contract.ts'
export { runLinkStoreContract } from './runs/run-link-store-contract.ts'
export { runStoreContract } from './runs/run-store-contract.ts'
// Work by the clock
export { scheduleStoreContract } from './schedules/schedule-store-contract.ts'
// What all stores share
export { anyCharacter } from './stores/any-character.ts'
export { idempotencyStoreContract } from './stores/idempotency-store-contract.ts'
export { jsonContract } from './stores/json-contract.ts'
export type { OpenAdapter, OpenPersistence } from './stores/open-adapter.ts'
export { operationStoreContract } from './stores/operation-store-contract.ts'
export { transactionsContract } from './stores/transactions-contract.ts'
// Time, ids and chance
export type { OpenClock } from './system/clock-contract.ts'
export { clockContract } from './system/clock-contract.ts'
export { idsContract } from './system/ids-contract.ts'
export { randomContract } from './system/random-contract.ts'
// Tasks
export type { Simulated } from './tasks/engine-simulation.ts'
export { engineSimulation } from './tasks/engine-simulation.ts'
export { fitStoreContract } from './tasks/fit-store-contract.ts'
export { formStoreContract } from './tasks/form-store-contract.ts'
export { taskStoreContract } from './tasks/task-store-contract.ts'
export { workflowStoreContract } from './tasks/workflow-store-contract.ts'
// Receivers outside
export { webhookStoreContract } from './webhooks/webhook-store-contract.ts'
