import type { ProcessId } from '../../ids.ts'
import type { KnownProcess, ProcessReport } from './process.ts'

/** Keeps what processes tell of themselves, for those who operate. Nothing else depends on it. */
export interface ProcessStore {
  /** Keeps the report in place of the process' last, alive until `until`; forgets others that have been silent for `PROCESS_KEPT_MS`. */
  report(report: ProcessReport, at: { readonly now: Date; readonly until: Date }): Promise<void>
  /** Forgets a process that has ended. */
  leave(processId: ProcessId): Promise<void>
  /** By host, then pid, then id; without those that have been silent for `PROCESS_KEPT_MS`. */
  list(now: Date): Promise<KnownProcess[]>
}
