// Composing Muster

export type { Parts } from './compose.ts'
export { compose } from './compose.ts'
export type { CoreOptions, MusterOptions } from './container.ts'
export {
  AUTHENTICATOR,
  BROADCAST,
  CLOCK,
  coreModule,
  createMuster,
  IDS,
  JOB_QUEUE,
  JOB_TYPES,
  LOGGER,
  METRICS,
  MUSTER,
  Opening,
  OUTAGES,
  PERSISTENCE,
  PRESENCE_STORE,
  RANDOM,
  SCORERS,
  STRATEGIES,
  TRACING,
} from './container.ts'
export type { ExportHandle, Exports, StartedExport } from './exports.ts'
export type { ImportHandle, Imports, StartedImport } from './imports.ts'
export type { Muster, Worker, WorkOptions } from './muster.ts'

// Types that job types keep
export type { AddOptions, Queue } from './queue.ts'
export type {
  CompletedResult,
  MissingResult,
  RunHandle,
  Runs,
  StartedRun,
  TypedRun,
  TypedScenario,
} from './runs.ts'
export type {
  Schedules,
  Templated,
  TickReference,
  TypedJobStart,
  TypedSchedule,
  TypedScheduleChange,
} from './schedules.ts'

// The machine's time, ids and chance, and loggers
export { consoleLogger } from './system/console-logger.ts'
export { folderBlobs } from './system/folder-blobs.ts'
export { noMetrics, silentLogger, systemClock, systemRandom, uuidIds } from './system/index.ts'
