import type { JobId, ProjectId, RunId } from '../../ids.ts'
import type { CountedCall } from '../../usage/usage.ts'

/** A call that a handler reported. */
export interface ReportedCall {
  // Not the job itself: with its payload it would stay until the call is sent.
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly counted: CountedCall
  /** The part that the job's outcome brings to the job's own row; the report brings the rest. */
  takenUnits: number
  takenMicros: number
  sent: boolean
}
