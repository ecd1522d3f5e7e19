import type { JobType, SettledState } from '@muster/core'
import { type AnalysisPayload, analysisPayload, readProbes } from './probes.ts'
import {
  type AccuracyRow,
  accuracyOf,
  type ConfusionRow,
  confusionOf,
  type Split,
  splitsOf,
} from './tables.ts'

export interface BasicAnalysis {
  readonly accuracy: readonly AccuracyRow[]
  readonly confusion: readonly ConfusionRow[]
  /** What goes to people. */
  readonly splits: readonly Split[]
  /** What the tables stand on: settled jobs of the runs, by how they ended. */
  readonly jobs: Readonly<Record<SettledState, number>>
}

/** Counts what the models of finished runs got right, what they took for what, and where they differ. */
export const analyzeBasic: JobType<AnalysisPayload, BasicAnalysis> = {
  name: 'analyze:basic',
  payload: analysisPayload,
  async handler(job, tools) {
    tools.step('read', 1, 2)
    const { probes, jobs } = await readProbes(job)
    tools.step('count', 2, 2)
    return { accuracy: accuracyOf(probes), confusion: confusionOf(probes), splits: splitsOf(probes), jobs }
  },
}
