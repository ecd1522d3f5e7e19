// Time, chance and ids that a test holds in its hand

export { SeededRandom } from './seeded-random.ts'
export { SequentialIds } from './sequential-ids.ts'
export { VirtualClock } from './virtual-clock.ts'

// What worlds are made from

export { ended, TaskWorld } from './task-world.ts'
export {
  after,
  anAssignment,
  aProject,
  aStep,
  aTaskWork,
  aUser,
  aWorkflow,
  freeSlots,
  NINE,
  newId,
  withAssignment,
} from './worlds.ts'

// Whole systems on memory adapters, under schedules that a seed chooses

export type { Adaptation } from './simulation/adaptation.ts'
export type { SimulationOptions, SimulationReport } from './simulation/simulate.ts'
export { SimulationFailure, simulate } from './simulation/simulate.ts'
export type { ManyOptions, ManyReport } from './simulation/simulate-many.ts'
export { simulateMany } from './simulation/simulate-many.ts'
export { Violation } from './simulation/violation.ts'

// What every adapter must pass

export type { OpenAuthenticator } from './authenticator-contract.ts'
export { authenticatorContract } from './authenticator-contract.ts'
export type { OpenBroadcast } from './broadcast-contract.ts'
export { broadcastContract } from './broadcast-contract.ts'
export type { OpenClock } from './clock-contract.ts'
export { clockContract } from './clock-contract.ts'
export { definitionStoreContract } from './definition-store-contract.ts'
export type { Simulated } from './engine-simulation.ts'
export { engineSimulation } from './engine-simulation.ts'
export { eventStoreContract } from './event-store-contract.ts'
export { feedContract } from './feed-contract.ts'
export type { HistoryOptions } from './feed-history.ts'
export { feedHistory } from './feed-history.ts'
export { idempotencyStoreContract } from './idempotency-store-contract.ts'
export { idsContract } from './ids-contract.ts'
export type { OpenJobQueue } from './job-queue-contract.ts'
export { jobQueueContract } from './job-queue-contract.ts'
export { jobStoreContract } from './job-store-contract.ts'
export { jsonContract } from './json-contract.ts'
export type { OpenAdapter, OpenPersistence } from './open-adapter.ts'
export { peopleStoreContract } from './people-store-contract.ts'
export type { OpenPresence } from './presence-store-contract.ts'
export { presenceStoreContract } from './presence-store-contract.ts'
export { projectStoreContract } from './project-store-contract.ts'
export { randomContract } from './random-contract.ts'
export { runStoreContract } from './run-store-contract.ts'
export { taskStoreContract } from './task-store-contract.ts'
export { transactionsContract } from './transactions-contract.ts'
export { workflowStoreContract } from './workflow-store-contract.ts'
