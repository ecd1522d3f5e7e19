import {
  type JobContext,
  NonRetryableError,
  type RunId,
  type RunResult,
  type SettledState,
} from '@muster/core'
import { uuid } from '@muster/core/schemas'
import { z } from 'zod'
import { languageOf } from '../languages.ts'
import { type ScenarioPayload, scenarioPayload } from '../models/probe-scenario.ts'

/** What an analysis is made of: the runs to read together. */
export const analysisPayload = z.strictObject({
  runIds: z.array(uuid).min(1).max(100),
})

export type AnalysisPayload = z.infer<typeof analysisPayload>

const probeResult = z.object({
  language: z.string().nullable(),
  unsupported: z.boolean(),
  confidence: z.number(),
})

/** What a model said of a scenario. */
export interface Probed {
  readonly dataset: ScenarioPayload['dataset']
  readonly scenarioId: string
  readonly text: string
  readonly length: ScenarioPayload['length']
  readonly article: number | null
  /** The true one. */
  readonly language: string
  readonly model: string
  /** null: it could not tell, or never learnt the language. */
  readonly answered: string | null
  readonly unsupported: boolean
  readonly confidence: number
}

export interface ProbedRuns {
  /** In the order of the runs, by scenario, then model. */
  readonly probes: readonly Probed[]
  /** Settled jobs of the runs by how they ended; only those completed say anything of a model. */
  readonly jobs: Readonly<Record<SettledState, number>>
}

/**
 * Reads the settled jobs of the runs. A scenario probed with the same model in several runs counts once, as the last run has it.
 *
 * @throws NonRetryableError where a run holds something else than probes of scenarios
 */
export async function readProbes(job: JobContext<AnalysisPayload>): Promise<ProbedRuns> {
  const jobs = { completed: 0, failed: 0, cancelled: 0 }
  const probes = new Map<string, Probed>()
  for (const runId of job.payload.runIds) {
    for await (const result of job.results(runId as RunId)) {
      jobs[result.state] += 1
      if (result.state !== 'completed') continue
      const probed = probedOf(result, runId)
      probes.set(JSON.stringify([probed.dataset, probed.scenarioId, probed.model]), probed)
    }
  }
  return { probes: [...probes.values()], jobs }
}

function probedOf({ scenarioId, model, payload, result }: RunResult, runId: string): Probed {
  const scenario = scenarioPayload.safeParse(payload)
  const answer = probeResult.safeParse(result)
  if (!scenario.success || !answer.success) {
    throw new NonRetryableError(
      `Run ${runId} holds no probes of scenarios: ${z.prettifyError((scenario.error ?? answer.error) as z.ZodError)}`,
      { runId, scenarioId, model },
    )
  }
  const { dataset, text, length, article, language } = scenario.data
  const { language: answered, unsupported, confidence } = answer.data
  return {
    dataset,
    scenarioId,
    text,
    length,
    article: article ?? null,
    language: languageOf(language) ?? language,
    model,
    answered,
    unsupported,
    confidence,
  }
}
