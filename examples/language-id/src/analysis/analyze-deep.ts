import { fileURLToPath } from 'node:url'
import type { JobContext, JobType } from '@muster/core'
import { pythonHandler } from '@muster/python'
import { type AnalysisPayload, analysisPayload, readProbes } from './probes.ts'

/** A proportion with bounds of 95 %. */
interface Bounds {
  readonly accuracy: number
  readonly low: number
  readonly high: number
}

/** What `python/analyze_deep.py` prints; its docstrings say how each part is computed. */
export interface DeepAnalysis {
  /** On phrases of the languages that both datasets have: what the declaration, which some models were trained on, flatters. `drop` = udhr − ui. */
  readonly leak: readonly {
    readonly model: string
    readonly udhr: number
    readonly ui: number
    readonly drop: number
    readonly low: number
    readonly high: number
    readonly languages: number
  }[]
  /** Wilson's. */
  readonly intervals: readonly (Bounds & {
    readonly dataset: string
    readonly model: string
    readonly correct: number
    readonly total: number
  })[]
  /** Whether two models differ by more than chance, on the scenarios that both support. */
  readonly mcnemar: readonly {
    readonly dataset: string
    readonly models: readonly [string, string]
    readonly onlyFirst: number
    readonly onlySecond: number
    readonly p: number
    readonly method: 'exact' | 'corrected'
  }[]
  /** Fleiss' kappa of all models; null where every answer is the same. */
  readonly agreement: readonly {
    readonly dataset: string
    readonly scenarios: number
    readonly models: number
    readonly kappa: number | null
  }[]
  /** Bounds that allow for the snippets of an article being alike. */
  readonly bootstrap: readonly (Bounds & {
    readonly dataset: string
    readonly model: string
    readonly clusters: number
    readonly rounds: number
  })[]
}

export const analyzeDeepProgram: string = fileURLToPath(
  new URL('../../python/analyze_deep.py', import.meta.url),
)

const SEED = 42
const ROUNDS = 1000

/** The statistics that say how far the tables of `analyze:basic` can be trusted. Needs Python 3; without it, it fails for good and says so. */
export const analyzeDeep: JobType<AnalysisPayload, DeepAnalysis> = {
  name: 'analyze:deep',
  payload: analysisPayload,
  concurrency: 1,
  timeoutMs: 120_000,
  handler: pythonHandler<AnalysisPayload, DeepAnalysis>({
    program: analyzeDeepProgram,
    args: ['--seed', String(SEED), '--rounds', String(ROUNDS)],
    input: rows,
  }),
}

async function* rows(job: JobContext<AnalysisPayload>): AsyncGenerator<object> {
  const { probes } = await readProbes(job)
  for (const { dataset, scenarioId, length, article, language, model, answered, unsupported } of probes) {
    yield { dataset, scenarioId, length, article, language, model, answered, unsupported }
  }
}
